//! `fault.hint`: what to check next.

mod answers;
mod observed;

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

use self::answers::{LOOK_INTO_ITS_LOG, REQUEST_IS_WRONG, of_pause, of_status};
use super::target::{Target, write_ip};
use crate::classify::codes;
use crate::diagnose::Seen;
use crate::{Category, Evidence, Fault, Limit, Phase, Reason, text_duration};

impl Fault<'_> {
    /// `fault.hint`: what to check next, where there is something to say.
    ///
    /// ```
    /// use netcause_fault::{Fault, Reason};
    ///
    /// let mut fault = Fault::of_reason(Reason::DnsHostNotFound);
    /// fault.peer.server_address = Some("api.exmaple".into());
    /// let hint = fault.hint().expect("there is something to check").to_string();
    /// assert!(hint.starts_with("api.exmaple does not exist in DNS"));
    /// ```
    #[must_use]
    pub fn hint(&self) -> Option<Hint<'_>> {
        Parts::of(self).map(|parts| Hint { fault: self, parts })
    }
}

/// What [`Fault::hint`] returns.
#[derive(Debug, Clone, Copy)]
pub struct Hint<'a> {
    fault: &'a Fault<'a>,
    parts: Parts,
}

/// What stands around the peer's name.
#[derive(Debug, Clone, Copy)]
struct Parts {
    before: &'static str,
    who: Who,
    after: &'static str,
    sender: Option<IpAddr>,
    more: &'static str,
    pause: Option<Duration>,
}

/// How the peer is named in a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The address really used, else the name.
    Address,
    /// The name that was meant, else `the name`.
    Name,
    /// Nobody.
    Nobody,
}

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl Hint<'_> {
    /// Writes the hint; the same text as `Display`, without a formatter.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str(self.parts.before)?;
        let target = Target(&self.fault.peer);
        match (self.parts.who, self.fault.peer.server_address.as_deref()) {
            (Who::Address, _) => target.write_address(out)?,
            (Who::Name, Some(name)) => out.write_str(name)?,
            (Who::Name, None) => out.write_str("the name")?,
            (Who::Nobody, _) => {}
        }
        out.write_str(self.parts.after)?;
        if let Some(sender) = self.parts.sender {
            write_ip(out, sender)?;
        }
        out.write_str(self.parts.more)?;
        match self.parts.pause {
            Some(pause) => text_duration(pause).write_to(out),
            None => Ok(()),
        }
    }
}

const fn about(before: &'static str, after: &'static str) -> Parts {
    Parts { before, who: Who::Address, after, sender: None, more: "", pause: None }
}

const fn named(before: &'static str, after: &'static str) -> Parts {
    Parts { before, who: Who::Name, after, sender: None, more: "", pause: None }
}

const fn plain(text: &'static str) -> Parts {
    Parts { before: text, who: Who::Nobody, after: "", sender: None, more: "", pause: None }
}

const fn waiting(text: &'static str, pause: Duration) -> Parts {
    Parts { pause: Some(pause), ..plain(text) }
}

impl Parts {
    fn of(fault: &Fault<'_>) -> Option<Self> {
        if let Some(status) = fault.failing_status() {
            return of_status(status, fault);
        }
        if let Some(code) = codes::of_fault(fault) {
            return Some(plain(code.hint));
        }
        if let Some(parts) = of_observed(fault) {
            return Some(parts);
        }
        if let Some(parts) = fault.reason.and_then(|reason| of_reason(reason, fault)) {
            return Some(parts);
        }
        of_category(fault)
    }
}

/// What was observed tells more than the error alone.
fn of_observed(fault: &Fault<'_>) -> Option<Parts> {
    let seen = Seen::of(fault);
    match fault.category {
        Category::ConnectRefused | Category::Unreachable => observed::of_connecting(fault, &seen),
        Category::ConnectTimeout => {
            observed::of_connecting(fault, &seen).or_else(|| observed::of_silence(fault, &seen))
        }
        Category::ResponseTimeout | Category::Timeout => observed::of_waiting(fault, &seen),
        Category::ConnectionReset => observed::of_break(fault, &seen),
        _ => None,
    }
}

fn of_reason(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    of_lookup(reason)
        .or_else(|| of_connecting(reason, fault))
        .or_else(|| of_tls(reason, fault))
        .or_else(|| of_connection(reason, fault))
        .or_else(|| of_limit(reason, fault))
        .or_else(|| of_rest(reason, fault))
}

/// Name lookup.
fn of_lookup(reason: Reason) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::DnsHostNotFound => named(
            "",
            " does not exist in DNS as seen from this host: check spelling, search domain or namespace, and that the record exists",
        ),
        R::DnsNoAddress => {
            named("", " exists in DNS but has no usable address: check its A and AAAA records")
        }
        R::DnsTemporaryFailure => named(
            "the resolver could not answer for ",
            ": check /etc/resolv.conf and that its name servers answer on port 53",
        ),
        R::DnsTimeout => named(
            "no answer for ",
            " from the name servers: check /etc/resolv.conf and that port 53 is reachable",
        ),
        _ => return None,
    };
    Some(parts)
}

/// Making a connection, also through a proxy.
fn of_connecting(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::ConnectRefused => about(
            "",
            " said no: nothing listens there, or a firewall rejects; check that the process runs and the port is right",
        ),
        R::SocketPathNotFound => {
            plain("the unix socket does not exist: check that the server runs, and the path")
        }
        R::ConnectTimeout => of_connect_timeout(fault),
        R::HostUnreachable => about(
            "no way to ",
            ": a dead host, a wrong address, a router without a route or a firewall",
        ),
        R::NetworkUnreachable => {
            about("no route to ", ": check VPN and routes; for IPv6, that this host has it")
        }
        R::ConnectDenied => about(
            "this host, or a firewall over IPv6, forbids the connection to ",
            ": check routes and local policy",
        ),
        R::ProxyConnectFailed if fault.peer.peer_address.is_some() => about(
            "the proxy could not be reached at ",
            "; the target itself was not tried: check the proxy settings",
        ),
        R::ProxyConnectFailed => plain(
            "the proxy could not be reached; the target itself was not tried: check the proxy settings",
        ),
        R::ProxyAuthRequired => plain("the proxy wants credentials: check the proxy settings"),
        R::ProxyTunnelError => {
            plain("the proxy refused the tunnel: its policy, or it cannot reach the target itself")
        }
        _ => return None,
    };
    Some(parts)
}

/// The TLS handshake.
fn of_tls(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::TlsCertificateExpired => plain(
            "renew the peer's certificate; where many peers fail at once, check this host's clock",
        ),
        R::TlsCertificateNotYetValid => plain(
            "the certificate starts in the future: check this host's clock, then the certificate",
        ),
        R::TlsCertificateNameMismatch => named(
            "the certificate is not for ",
            ": check the name that is called, and which certificate the peer serves for it",
        ),
        R::TlsCertificateUntrusted if is_self_issued(fault) => plain(
            "the certificate names itself as its issuer: trust it here, or have the peer serve one of an authority that is trusted",
        ),
        R::TlsCertificateUntrusted => plain(
            "the issuer is not trusted here: install its CA, or have the peer send the whole chain; a self-signed certificate and an inspecting proxy look the same",
        ),
        R::TlsCertificateRevoked => plain("the certificate was revoked: the peer needs a new one"),
        R::TlsCertificateInvalid => plain(
            "the peer's certificate did not pass: see error.message for what is wrong with it",
        ),
        R::TlsClientCertificateRequired => plain(
            "the peer demands a client certificate and got none: check the identity of this client",
        ),
        R::TlsClientCertificateRejected => plain(
            "the other side did not accept the certificate that it was shown: check its expiry and issuer",
        ),
        R::TlsAlpnMismatch => {
            plain("no common application protocol: HTTP/2 may be off on one side")
        }
        R::TlsUnrecognizedName => {
            named("the peer does not know ", ": check SNI and the peer's host configuration")
        }
        R::TlsPeerNotTls => about("", " does not speak TLS: check port and scheme (http or https)"),
        R::TlsProtocolVersion => {
            plain("no common TLS version: one side is too old, or forbids what the other offers")
        }
        R::TlsHandshakeFailure => plain(
            "the handshake failed without a stated reason: cipher suites, a client certificate or the server name",
        ),
        R::TlsHandshakeClosed => about(
            "",
            " hung up during the handshake: a balancer without backend, an allow-list, a filter on the server name, or no TLS there",
        ),
        R::TlsHandshakeTimeout => about(
            "TCP connected, TLS did not finish: ",
            " may be overloaded, not speak TLS, or lose large packets on the way",
        ),
        _ => return None,
    };
    Some(parts)
}

fn is_self_issued(fault: &Fault<'_>) -> bool {
    let seen = fault.certificate.as_ref();
    seen.is_some_and(|it| it.subject.is_some() && it.subject == it.issuer)
}

/// A connection that broke.
fn of_connection(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::ConnectionReset => of_reset(fault),
        R::ConnectionClosed => plain(
            "the peer closed before its answer was complete: a restart, a crash, or an idle connection that it had given up",
        ),
        R::BrokenPipe => plain(
            "the peer had closed while the request was sent: it may have answered early (413, 401), restarted, or given up an idle connection",
        ),
        R::ConnectionTimeoutEstablished => plain(
            "the path broke after the connection was made: a dead host, or a firewall that forgot the connection",
        ),
        R::KeepaliveTimeout => {
            plain("the path broke, or the peer hangs: a protocol ping got no answer")
        }
        R::BodyTruncated => plain(
            "fewer bytes came than announced: the peer or a proxy broke off in mid-answer; look into their logs",
        ),
        R::StreamRefused => {
            plain("the peer refused before it processed anything: safe to try again")
        }
        R::StreamReset => plain("the peer or a proxy ended the stream: look into their logs"),
        _ => return None,
    };
    Some(parts)
}

/// A limit that ran out.
fn of_limit(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::PoolTimeout => plain(
            "every pooled connection is taken, or none can be made: look at the pool's size, at slow calls, and whether the server is reachable",
        ),
        R::ResponseTimeout => plain(
            "the peer was reached and stayed silent: slow, overloaded or stuck; compare the limit with its usual times",
        ),
        R::BodyTimeout => plain(
            "the answer began and stalled: a slow peer, a slow path, or a limit below the size of the body",
        ),
        R::Timeout if fault.limit == Some(Limit::Connect) => plain(
            "the limit ran out while the connection was made: lookup, TCP or TLS; nothing was sent",
        ),
        R::Timeout if fault.evidence.iter().any(|it| matches!(it, Evidence::OsError(_))) => plain(
            "the kernel gave up: a connection attempt, or an established connection, got no \
             answer at all",
        ),
        R::Timeout => plain(
            "the error does not tell in which phase the limit ran out; where a shorter connect limit is set as well, connecting was not it",
        ),
        _ => return None,
    };
    Some(parts)
}

/// This host, and answers that make no sense.
fn of_rest(reason: Reason, fault: &Fault<'_>) -> Option<Parts> {
    use Reason as R;
    let parts = match reason {
        R::AddressNotAvailable => plain(
            "no local port left to this peer, or an address that this host does not have: reuse connections, count those in TIME_WAIT",
        ),
        R::TooManyOpenFiles => plain(
            "this process is out of file descriptors: look for a leak, then for its limit (ulimit -n)",
        ),
        R::AddressInUse => plain("another process, or an old instance, holds the local address"),
        R::ClientOverloaded => plain("our own limit rejected the call before anything was sent"),
        R::InvalidResponse if fault.phase == Some(Phase::Body) => {
            plain("the body is not framed as the protocol says: the peer or a proxy is at fault")
        }
        R::InvalidResponse => {
            about("what ", " sent is not of the protocol: check port and scheme (http or https)")
        }
        R::BodyDecodeError => plain(
            "the body is not what was expected: a changed schema, or an error page of a proxy",
        ),
        R::TooManyRedirects => {
            plain("the redirects go in a circle: often http to https and back behind a proxy")
        }
        _ => return None,
    };
    Some(parts)
}

fn of_connect_timeout(fault: &Fault<'_>) -> Parts {
    let parts = about(
        "nothing came back from ",
        ": a firewall that drops, a dead host, a wrong address or a full accept queue",
    );
    Parts { more: after_short_limit(fault), ..parts }
}

fn after_short_limit(fault: &Fault<'_>) -> &'static str {
    let short = fault.evidence.contains(&Evidence::ShortConnectLimit);
    if short { "; with a limit under 1 s one lost packet is enough" } else { "" }
}

fn of_reset(fault: &Fault<'_>) -> Parts {
    match fault.phase {
        Some(Phase::Connect | Phase::Tls) => about(
            "",
            " accepted and hung up: a balancer without backend, a connection limit, an allow-list or a filter",
        ),
        Some(Phase::Body) => {
            plain("the peer or a proxy broke off in mid-answer: look into their logs")
        }
        _ => plain(
            "the peer or something on the way reset the connection: a crash or restart, or an idle connection that it had given up",
        ),
    }
}

fn of_category(fault: &Fault<'_>) -> Option<Parts> {
    if let Some(usual) = usual_reason(fault.category) {
        return of_reason(usual, fault);
    }
    let parts = match fault.category {
        Category::Dns => named(
            "the lookup of ",
            " failed: check the name, /etc/resolv.conf and the name servers",
        ),
        Category::LocalResource => {
            plain("this host ran out of something: check its limits and memory")
        }
        Category::RateLimited => {
            of_pause(fault).unwrap_or(plain("the peer asks for fewer requests: slow down"))
        }
        Category::Auth => plain("check credentials and permissions"),
        Category::PoolExhausted => plain(
            "the server has no connection left: fewer or smaller pools, or a higher limit there",
        ),
        Category::Unavailable => {
            plain("the peer says that it cannot serve now: wait, then look into its own log")
        }
        Category::HttpClientError => plain(REQUEST_IS_WRONG),
        Category::HttpServerError => plain(LOOK_INTO_ITS_LOG),
        Category::Unknown if !fault.peer.is_empty() => about(
            "the text does not tell what happened; log the error itself, not only its outermost words, or probe ",
            "",
        ),
        _ => return None,
    };
    Some(parts)
}

/// The reason whose hint holds for the whole category.
fn usual_reason(category: Category) -> Option<Reason> {
    match category {
        Category::ConnectRefused => Some(Reason::ConnectRefused),
        Category::ConnectTimeout => Some(Reason::ConnectTimeout),
        Category::Unreachable => Some(Reason::HostUnreachable),
        Category::ConnectionReset => Some(Reason::ConnectionReset),
        Category::TlsHandshake => Some(Reason::TlsHandshakeFailure),
        Category::ResponseTimeout => Some(Reason::ResponseTimeout),
        Category::Timeout => Some(Reason::Timeout),
        Category::Protocol => Some(Reason::InvalidResponse),
        _ => None,
    }
}
