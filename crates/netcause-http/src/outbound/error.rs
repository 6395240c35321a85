//! [`OutboundError`]: why a call has no answer.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use netcause_fault::{Fault, WithFault};

/// Why a call has no answer, or why the body of its answer ended early.
///
/// `Display` and `source()` lead to the client's own error; [`OutboundError::fault`] is what is
/// known of the failure, and whoever logs the error as a typed value logs that, too.
///
/// # Example: whether another try helps
///
/// ```
/// use netcause_fault::Retry;
/// use netcause_http::OutboundError;
///
/// fn may_retry(error: &OutboundError) -> bool {
///     error.fault().is_some_and(|fault| fault.retry == Some(Retry::Yes))
/// }
/// ```
#[derive(Debug)]
pub struct OutboundError(Box<dyn Error + Send + Sync>);

impl OutboundError {
    pub(crate) fn new(error: Box<dyn Error + Send + Sync>) -> Self {
        OutboundError(error)
    }

    /// What is known of the failure; none where the error is not about a peer, such as an
    /// invalid request.
    #[must_use]
    pub fn fault(&self) -> Option<&Arc<Fault<'static>>> {
        WithFault::find(&*self.0).map(WithFault::fault)
    }

    /// The error inside, which carries the fault.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for OutboundError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// A limit of the layer ran out.
#[derive(Debug)]
pub(super) struct LimitRanOut(pub(super) Option<netcause_fault::Limit>);

impl fmt::Display for LimitRanOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(limit) => write!(f, "no answer within the {limit} limit"),
            None => f.write_str("no answer within the limit"),
        }
    }
}

impl Error for LimitRanOut {}

/// The answer counts as a failure.
#[derive(Debug, Clone, Copy)]
pub(super) enum FailureStatus {
    Http(http::StatusCode),
    Grpc(u32),
}

impl fmt::Display for FailureStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailureStatus::Http(status) => fmt::Display::fmt(status, f),
            FailureStatus::Grpc(status) => match netcause_fault::grpc_status_text(*status) {
                Some(text) => f.write_str(text),
                None => write!(f, "gRPC status {status}"),
            },
        }
    }
}

impl Error for FailureStatus {}

/// The caller did not wait for the answer.
#[derive(Debug)]
pub(super) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call was given up by its caller")
    }
}

impl Error for GivenUp {}
