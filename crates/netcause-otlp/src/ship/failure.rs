//! [`Failure`]: why an attempt failed, in the terms of our own faults.

use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::StatusCode;
use netcause_fault::{Category, Chain, Evidence, Fault, Limit, Phase, ReadOptions, Reason};

use super::advice::{Seen, advice};
use super::target::Target;
use crate::Protocol;

/// So many characters of what a receiver says are enough.
const LONGEST: usize = 300;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault<'static>,
    /// What the error, or the receiver, said, if anything.
    pub(crate) text: String,
    /// What to check, where OTLP knows more than the fault.
    pub(crate) advice: Option<String>,
}

/// What is known of an attempt, as far as it has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) phase: Phase,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) elapsed: Duration,
    pub(crate) seen: Seen,
}

impl Failure {
    /// An attempt that ended with an error.
    pub(crate) fn of_error(
        error: &(dyn StdError + 'static),
        progress: Progress,
        target: &Target,
    ) -> Self {
        let mut chain = Chain::new();
        chain.read_error(error, &ReadOptions::plain());
        let read = chain.classify().map(Fault::into_owned);
        let mut fault = read.unwrap_or_else(|| Fault::new(usual_category(progress.phase)));
        fault.phase = fault.phase.or(Some(progress.phase));
        Failure::new(fault, chain.message().to_owned(), progress, target)
    }

    /// An attempt that took too long.
    pub(crate) fn of_timeout(limit: Duration, progress: Progress, target: &Target) -> Self {
        let (reason, which) = match progress.phase {
            Phase::Dns => (Reason::DnsTimeout, None),
            Phase::Connect => (Reason::ConnectTimeout, Some(Limit::Connect)),
            Phase::Tls => (Reason::TlsHandshakeTimeout, Some(Limit::Tls)),
            Phase::Body => (Reason::BodyTimeout, Some(Limit::Total)),
            _ => (Reason::ResponseTimeout, Some(Limit::Response)),
        };
        let mut fault = Fault::of_reason(reason);
        fault.timeout = Some(limit);
        fault.limit = which;
        fault.phase = Some(progress.phase);
        fault.add_evidence(Evidence::OwnTimer(which));
        Failure::new(fault, String::new(), progress, target)
    }

    /// An answer of HTTP that is no success.
    pub(crate) fn of_status(
        status: StatusCode,
        text: String,
        progress: Progress,
        target: &Target,
    ) -> Self {
        let mut fault = Fault::new(category_of_status(status.as_u16()));
        fault.code = Some(status.as_u16().to_string().into());
        fault.request.status = Some(status.as_u16());
        fault.phase = Some(Phase::Response);
        let reason = status.canonical_reason().unwrap_or_default();
        // Only of a failure does the summary tell the status.
        let number = if status.is_redirection() { status.as_str() } else { "" };
        let between = if reason.is_empty() || text.is_empty() { "" } else { ": " };
        let text = format!("{number} {reason}{between}{text}").trim().to_owned();
        Failure::new(fault, text, progress, target)
    }

    /// A status of gRPC that is no success.
    pub(crate) fn of_code(code: u16, text: &str, progress: Progress, target: &Target) -> Self {
        let (name, category) =
            CODES.get(usize::from(code)).copied().unwrap_or(("UNKNOWN", Category::Unknown));
        let mut fault = Fault::new(category);
        fault.code = Some(name.into());
        fault.phase = Some(Phase::Response);
        let mut failure = Failure::new(fault, text.to_owned(), progress, target);
        // It is the receiver that says so, and it took no time to.
        failure.fault.elapsed = None;
        failure
    }

    /// An answer that no receiver of OTLP gives, whatever its status says.
    pub(crate) fn of_stranger(text: &str, progress: Progress, target: &Target) -> Self {
        let mut fault = Fault::of_reason(Reason::InvalidResponse);
        fault.phase = Some(Phase::Response);
        Failure::new(fault, text.to_owned(), progress, target)
    }

    fn new(mut fault: Fault<'static>, text: String, progress: Progress, target: &Target) -> Self {
        fault.peer.server_address = Some(target.host.clone().into());
        fault.peer.server_port = Some(target.port);
        fault.peer.peer_address = progress.peer.map(|peer| peer.ip());
        fault.peer.peer_port = progress.peer.map(|peer| peer.port());
        fault.elapsed = Some(progress.elapsed);
        if target.protocol != Protocol::Grpc {
            fault.request.method = Some("POST".into());
            fault.request.url = Some(target.url().into());
        }
        fault.diagnose();
        let advice = advice(&fault, &text, target, progress.seen);
        // A receiver may repeat what was sent to it.
        let text = netcause_record::redacted(&text).chars().take(LONGEST).collect();
        Failure { fault, text, advice }
    }
}

/// What broke, where, what was said, and what to check: one sentence.
pub(crate) fn write_sentence(
    fault: &Fault<'_>,
    text: &str,
    advice: Option<&str>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let summary = fault.summary().to_string();
    f.write_str(&summary)?;
    match text {
        "" => {}
        _ if is_told_whole(fault) => {}
        // After a code, what the receiver says of it.
        _ if summary.ends_with(')') => write!(f, ": {text}")?,
        _ => write!(f, " ({text})")?,
    }
    match (advice, fault.hint()) {
        (Some(advice), _) => write!(f, "; {advice}"),
        (None, Some(hint)) => write!(f, "; {hint}"),
        (None, None) => Ok(()),
    }
}

/// Whether the summary says all that the error's own text does, and better.
fn is_told_whole(fault: &Fault<'_>) -> bool {
    use Reason::{TlsCertificateExpired, TlsCertificateNotYetValid};
    matches!(fault.reason, Some(TlsCertificateExpired | TlsCertificateNotYetValid))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_sentence(&self.fault, &self.text, self.advice.as_deref(), f)
    }
}

fn usual_category(phase: Phase) -> Category {
    match phase {
        Phase::Dns => Category::Dns,
        Phase::Tls => Category::TlsHandshake,
        _ => Category::Unknown,
    }
}

fn category_of_status(status: u16) -> Category {
    match status {
        401 | 403 | 407 => Category::Auth,
        408 | 504 => Category::ResponseTimeout,
        429 => Category::RateLimited,
        503 => Category::Unavailable,
        500.. => Category::HttpServerError,
        400.. => Category::HttpClientError,
        _ => Category::Protocol,
    }
}

/// The codes of gRPC in order (grpc/grpc, `doc/statuscodes.md`).
const CODES: [(&str, Category); 17] = [
    ("OK", Category::Unknown),
    ("CANCELLED", Category::Cancelled),
    ("UNKNOWN", Category::Unknown),
    ("INVALID_ARGUMENT", Category::HttpClientError),
    ("DEADLINE_EXCEEDED", Category::ResponseTimeout),
    ("NOT_FOUND", Category::HttpClientError),
    ("ALREADY_EXISTS", Category::HttpClientError),
    ("PERMISSION_DENIED", Category::Auth),
    ("RESOURCE_EXHAUSTED", Category::RateLimited),
    ("FAILED_PRECONDITION", Category::HttpClientError),
    ("ABORTED", Category::Unavailable),
    ("OUT_OF_RANGE", Category::HttpClientError),
    ("UNIMPLEMENTED", Category::HttpClientError),
    ("INTERNAL", Category::HttpServerError),
    ("UNAVAILABLE", Category::Unavailable),
    ("DATA_LOSS", Category::HttpServerError),
    ("UNAUTHENTICATED", Category::Auth),
];
