//! The errors that are logged and classified.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use netcause_fault::{Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, Retry, WithFault};

/// A link of a chain with the texts of a library's error type.
pub struct Link {
    display: &'static str,
    debug: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Link {
    /// The innermost link.
    #[must_use]
    pub fn last(display: &'static str) -> Self {
        Link { display, debug: display, source: None }
    }

    /// The same link with another `Debug` text.
    #[must_use]
    pub fn with_debug(self, debug: &'static str) -> Self {
        Link { debug, ..self }
    }

    /// A link around another error.
    pub fn around(display: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Link { display, debug: display, source: Some(source.into()) }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.debug)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.display)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// Three links; the fault's own facts in the chain, as a connector would put them there.
#[must_use]
pub fn with_fault() -> Link {
    let timeout = Link::last("tcp connect error: deadline has elapsed");
    let fault = WithFault::new(timeout, connect_timeout());
    Link::around("error sending request", Link::around("client error (Connect)", fault))
}

/// The same, but the text is another one each time it is printed: nothing that was kept of
/// one failure serves for the next.
#[must_use]
pub fn with_fault_and_number() -> Link {
    let fault = WithFault::new(Numbered(AtomicU64::new(1_000_000)), connect_timeout());
    Link::around("error sending request", Link::around("client error (Connect)", fault))
}

/// An error whose text ends with a number that no text before had.
#[derive(Debug)]
struct Numbered(AtomicU64);

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        write!(f, "tcp connect error: deadline has elapsed ({number})")
    }
}

impl Error for Numbered {}

/// Three links that nobody has enriched; the last is the operating system's.
#[must_use]
pub fn plain() -> Link {
    let refused = io::Error::from_raw_os_error(111);
    Link::around("could not reach the payment provider", Link::around("connect failed", refused))
}

/// Chains as clients hand them out, each with a name.
#[must_use]
pub fn chains() -> Vec<(&'static str, Link)> {
    vec![
        ("std: refused, 3 links", plain()),
        ("facts in the chain, 3 links", with_fault()),
        ("reqwest: refused", reqwest_connect(tcp_connect(io::Error::from_raw_os_error(111)))),
        ("reqwest: connect timeout", reqwest_connect(tcp_connect(elapsed()))),
        ("reqwest: no such host", reqwest_connect(dns())),
        ("reqwest: expired certificate", reqwest_connect(expired())),
        ("reqwest: closed without an answer", reqwest(closed())),
        ("no fault, 2 links", Link::around("could not read the cart", Link::last("no quantity"))),
    ]
}

fn reqwest(source: Link) -> Link {
    Link::around("error sending request for url (http://api.example:8080/v1/charge)", source)
        .with_debug("reqwest::Error { kind: Request, url: \"http://api.example:8080/v1/charge\" }")
}

fn reqwest_connect(source: impl Into<Box<dyn Error + Send + Sync>>) -> Link {
    reqwest(
        Link::around("client error (Connect)", source)
            .with_debug("hyper_util::client::legacy::Error(Connect)"),
    )
}

fn tcp_connect(source: impl Into<Box<dyn Error + Send + Sync>>) -> Link {
    Link::around("tcp connect error", source)
        .with_debug("ConnectError(\"tcp connect error\", 10.3.7.19:8080)")
}

fn elapsed() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, Link::last("deadline has elapsed"))
}

fn dns() -> Link {
    let text = "failed to lookup address information: Name or service not known";
    Link::around("dns error", Link::last(text)).with_debug("ConnectError(\"dns error\")")
}

fn expired() -> io::Error {
    let text = "invalid peer certificate: certificate expired: verification time 1763888813 \
                (UNIX), but certificate is not valid after 1763628413 (260400 seconds ago)";
    io::Error::new(io::ErrorKind::InvalidData, Link::last(text))
}

fn closed() -> Link {
    let closed = Link::last("connection closed before message completed")
        .with_debug("hyper::Error(IncompleteMessage)");
    Link::around("client error (SendRequest)", closed)
        .with_debug("hyper_util::client::legacy::Error(SendRequest)")
}

/// Texts of faults, and one that is none, each with a name.
pub const TEXTS: [(&str, &str); 6] = [
    ("refused", "db:5432: Connection refused (os error 111)"),
    (
        "no such host",
        "error sending request for url (https://api.example/v1/charge): client error (Connect): \
         dns error: failed to lookup address information: Name or service not known",
    ),
    (
        "timed out",
        "error sending request for url (http://10.3.7.19:8080/v1/charge): operation timed out",
    ),
    (
        "expired certificate",
        "client error (Connect): invalid peer certificate: certificate expired: verification \
         time 1763888813 (UNIX), but certificate is not valid after 1763628413 (260400 seconds ago)",
    ),
    ("closed", "client error (SendRequest): connection closed before message completed"),
    ("no fault", "could not read the quantity of item 17: invalid digit found in string"),
];

/// Lines of logs, ordinary ones but for the last, each with a name.
pub const LINES: [(&str, &str); 4] = [
    (
        "ordinary line, 120 bytes",
        "2026-11-23T10:32:07.123456Z  INFO checkout::payment: order 4711 accepted items=3 \
         total=59.90 customer=42 took=1.3ms tax=0",
    ),
    (
        "ordinary line, JSON",
        "{\"timestamp\":\"2026-11-23T10:32:07Z\",\"level\":\"INFO\",\"message\":\"cart saved\",\
         \"path\":\"/v1/cart\",\"items\":3,\"took_ms\":12}",
    ),
    (
        "line with an error that is no fault",
        "2026-11-23T10:32:07.123456Z ERROR checkout::cart: could not read the quantity of item 17: \
         invalid digit found in string",
    ),
    (
        "line with a fault",
        "2026-11-23T10:32:07.123456Z ERROR checkout::payment: dial tcp 10.3.7.19:8080: connect: \
         connection refused",
    ),
];

/// The fault of a connect timeout, with everything that evidence can tell.
fn connect_timeout() -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    fault.phase = Some(Phase::Connect);
    fault.elapsed = Some(Duration::from_millis(101));
    fault.timeout = Some(Duration::from_millis(100));
    fault.limit = Some(Limit::Connect);
    fault.cause = Cause::Firewall;
    fault.confidence = Confidence::Possible;
    fault.retry = Some(Retry::Yes);
    fault.add_evidence(Evidence::Note("1 SYN sent, no answer, no ICMP".into()));
    fault.add_evidence(Evidence::Note("this peer was never reached since start".into()));
    fault.add_evidence(Evidence::ShortConnectLimit);
    fault.attempts.attempt = Some(2);
    fault.attempts.max_attempts = Some(5);
    fault.peer.server_address = Some("hello.from.the.other.side".into());
    fault.peer.server_port = Some(12_345);
    fault.peer.peer_address = Some(IpAddr::V4(Ipv4Addr::new(10, 3, 7, 19)));
    fault.peer.peer_port = Some(12_345);
    fault.peer.local_address = Some(IpAddr::V4(Ipv4Addr::new(10, 3, 1, 4)));
    fault
}
