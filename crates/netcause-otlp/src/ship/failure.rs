//! [`Failure`]: why an attempt failed, in the terms of our own faults.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::StatusCode;
use netcause_fault::{Category, Chain, Evidence, Fault, Limit, Phase, ReadOptions, Reason};

use super::target::Target;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault<'static>,
    /// What the error, or the receiver, said.
    pub(crate) text: String,
}

/// What is known of an attempt, as far as it has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) phase: Phase,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) elapsed: Duration,
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
        complete(&mut fault, progress, target);
        Failure { fault, text: chain.message().to_owned() }
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
        complete(&mut fault, progress, target);
        Failure { fault, text: format!("no answer within {limit:?}") }
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
        fault.request.method = Some("POST".into());
        fault.phase = Some(Phase::Response);
        complete(&mut fault, progress, target);
        Failure { fault, text: with(status.canonical_reason().unwrap_or("no success"), &text) }
    }

    /// A status of gRPC that is no success.
    pub(crate) fn of_code(code: u16, text: &str, progress: Progress, target: &Target) -> Self {
        let (name, category) =
            CODES.get(usize::from(code)).copied().unwrap_or(("UNKNOWN", Category::Unknown));
        let mut fault = Fault::new(category);
        fault.code = Some(name.into());
        fault.phase = Some(Phase::Response);
        complete(&mut fault, progress, target);
        // It is the receiver that says so, and it took no time to.
        fault.elapsed = None;
        Failure { fault, text: with(name, text) }
    }
}

/// A word, and what the receiver says besides.
fn with(word: &str, text: &str) -> String {
    if text.is_empty() { word.to_owned() } else { format!("{word}: {text}") }
}

fn complete(fault: &mut Fault<'static>, progress: Progress, target: &Target) {
    fault.peer.server_address = Some(target.host.clone().into());
    fault.peer.server_port = Some(target.port);
    fault.peer.peer_address = progress.peer.map(|peer| peer.ip());
    fault.peer.peer_port = progress.peer.map(|peer| peer.port());
    fault.elapsed = Some(progress.elapsed);
    fault.diagnose();
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
