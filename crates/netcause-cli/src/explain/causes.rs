//! What usually lies behind a category of failure, from the most to the least frequent.

use netcause_fault::{Category, Cause, Fault, Reason};

/// A cause, and how it comes about.
pub(crate) type Usual = (Cause, &'static str);

const REFUSED: &[Usual] = &[
    (Cause::PeerDown, "no program listens there: it is stopped, still starting, or has crashed"),
    (Cause::Misconfiguration, "the host or the port is wrong, or it listens on another address"),
    (Cause::Firewall, "a firewall answers in its place"),
];

const CONNECT_TIMEOUT: &[Usual] = &[
    (Cause::Firewall, "a firewall or a security group drops the packets"),
    (Cause::PeerDown, "the host is down, or nobody has that address"),
    (Cause::PeerOverloaded, "the program does not accept: its queue of connections is full"),
    (Cause::ClientDeadline, "the limit is too short for the distance, or for one lost packet"),
];

const UNREACHABLE: &[Usual] = &[
    (Cause::NetworkPath, "there is no route to the host, or a router on the way is down"),
    (Cause::PeerDown, "the host is down, or nobody has that address"),
    (Cause::Firewall, "a firewall or a policy rejects the packets"),
];

const DNS: &[Usual] = &[
    (Cause::Misconfiguration, "the name is misspelt, or lacks its domain or its namespace"),
    (Cause::Dns, "the name server does not answer, or cannot reach the one that knows"),
    (Cause::PeerDown, "the record, or the service behind the name, was removed"),
];

const RESET: &[Usual] = &[
    (Cause::PeerFault, "the peer's program crashed, was restarted, or gave up the connection"),
    (Cause::Misconfiguration, "an idle connection was used again after the peer had closed it"),
    (Cause::NetworkPath, "a balancer, a NAT or a firewall on the way forgot the connection"),
];

const CERTIFICATE: &[Usual] = &[
    (Cause::Certificate, "the certificate has ended, is for another name, or is not trusted here"),
    (
        Cause::Misconfiguration,
        "the name or the port belongs to another service, or a CA is missing",
    ),
    (Cause::NetworkPath, "a proxy on the way shows a certificate of its own"),
];

const HANDSHAKE: &[Usual] = &[
    (Cause::Misconfiguration, "one side speaks TLS and the other does not, or the port is wrong"),
    (Cause::PeerFault, "no version or cipher is common to both, or the peer wants a certificate"),
    (Cause::NetworkPath, "something on the way cuts the handshake off"),
];

const SLOW: &[Usual] = &[
    (Cause::PeerOverloaded, "the peer has more to do than it can, or waits for something itself"),
    (Cause::ClientDeadline, "the limit is shorter than the work takes"),
    (Cause::NetworkPath, "packets get lost on the way"),
];

const TIMEOUT: &[Usual] = &[
    (Cause::PeerOverloaded, "the peer has more to do than it can, or hangs"),
    (Cause::Firewall, "a firewall drops the packets"),
    (Cause::ClientDeadline, "the limit is shorter than the work or the distance takes"),
];

const POOL: &[Usual] = &[
    (Cause::LocalLimits, "connections are not given back, or the pool is too small for the load"),
    (Cause::PeerOverloaded, "the peer answers slowly, so that each connection is held longer"),
    (Cause::Misconfiguration, "more clients than the server allows connections for"),
];

const RATE_LIMITED: &[Usual] = &[
    (Cause::PeerOverloaded, "more requests than the peer allows in that time"),
    (Cause::Misconfiguration, "retries without pauses, or several services on one key"),
];

const UNAVAILABLE: &[Usual] = &[
    (Cause::PeerOverloaded, "the peer refuses work: overloaded, or in maintenance"),
    (Cause::PeerDown, "a balancer stands there, with no healthy server behind it"),
    (Cause::PeerFault, "the peer starts, stops, or has lost something that it depends on"),
];

const AUTH: &[Usual] = &[
    (Cause::Credentials, "the credentials are wrong, have ended, or lack the permission"),
    (Cause::Misconfiguration, "they are those of another environment, or are not sent at all"),
];

const CLIENT_ERROR: &[Usual] = &[
    (Cause::Misconfiguration, "the path, the method or the version of the interface is wrong"),
    (Cause::PeerFault, "what was asked for is gone, or the peer checks more strictly than before"),
];

const SERVER_ERROR: &[Usual] = &[
    (Cause::PeerFault, "the peer failed while it worked on the request: its own log says how"),
    (Cause::PeerDown, "a proxy stands there, and what is behind it does not answer"),
];

const PROTOCOL: &[Usual] = &[
    (Cause::Misconfiguration, "another protocol is spoken on that port, or another version"),
    (Cause::PeerFault, "the peer, or a proxy before it, answers wrongly"),
];

const LOCAL: &[Usual] = &[
    (Cause::LocalLimits, "this host ran out: files, ports, or a limit that is set too low"),
    (Cause::Misconfiguration, "another program has the address already"),
];

const CANCELLED: &[Usual] = &[
    (Cause::ClientDeadline, "the caller had no more time, and gave up"),
    (Cause::PeerOverloaded, "the answer took so long that the caller left"),
];

/// The usual causes of a fault, the one that its facts point to first.
pub(crate) fn ranked(fault: &Fault<'_>) -> Vec<Usual> {
    let mut causes = usual(fault).to_vec();
    causes.sort_by_key(|(cause, _)| *cause != fault.cause || fault.cause == Cause::Unknown);
    causes
}

fn usual(fault: &Fault<'_>) -> &'static [Usual] {
    match fault.category {
        Category::Dns => DNS,
        Category::ConnectRefused => REFUSED,
        Category::ConnectTimeout => CONNECT_TIMEOUT,
        Category::Unreachable => UNREACHABLE,
        Category::ConnectionReset => RESET,
        Category::TlsCertificate => CERTIFICATE,
        Category::TlsHandshake => HANDSHAKE,
        Category::ResponseTimeout => SLOW,
        Category::Timeout => TIMEOUT,
        Category::PoolExhausted => POOL,
        Category::RateLimited => RATE_LIMITED,
        Category::Unavailable => UNAVAILABLE,
        Category::Auth => AUTH,
        Category::HttpClientError => CLIENT_ERROR,
        Category::HttpServerError => SERVER_ERROR,
        Category::Protocol => PROTOCOL,
        Category::LocalResource if fault.reason == Some(Reason::AddressInUse) => {
            &[(Cause::Misconfiguration, "another program, or another copy of it, has the address")]
        }
        Category::LocalResource => LOCAL,
        Category::Cancelled => CANCELLED,
        _ => &[],
    }
}
