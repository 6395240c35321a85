//! [`FailedAnswer`]: an answer that counts as a failure, for those who try again.

use std::sync::Arc;
use std::time::SystemTime;

use http::{Request, Response};
use netcause_fault::{Evidence, Fault, WithFault};

use super::Answer;
use super::error::FailureStatus;
use super::target::Target;
use crate::retry_after;

/// An answer that counts as a failure, and why.
#[derive(Debug, Clone)]
pub(crate) struct FailedAnswer {
    said: FailureStatus,
    fault: Arc<Fault<'static>>,
}

impl FailedAnswer {
    pub(super) fn new(said: FailureStatus, fault: &Arc<Fault<'static>>) -> Self {
        FailedAnswer { said, fault: Arc::clone(fault) }
    }

    /// What the call has left with its answer, else what the status says. None for an answer
    /// that is no failure.
    pub(crate) fn of<B, R>(request: &Request<B>, response: &Response<R>) -> Option<Self> {
        match response.extensions().get::<Judged>() {
            Some(Judged(failed)) => failed.clone(),
            None => FailedAnswer::of_status(request, response),
        }
    }

    fn of_status<B, R>(request: &Request<B>, response: &Response<R>) -> Option<Self> {
        let status = response.status();
        if !Answer::new(request.method(), request.uri(), status).is_failure() {
            return None;
        }
        let mut fault = Fault::of_status(status.as_u16())?;
        if let Some(pause) = retry_after::read(response.headers(), SystemTime::now()) {
            fault.add_evidence(Evidence::RetryAfter(pause));
        }
        Target::of(request, None).name(&mut fault);
        fault.diagnose();
        Some(FailedAnswer { said: FailureStatus::Http(status), fault: Arc::new(fault) })
    }

    /// As the error that it would be.
    pub(crate) fn into_error(self) -> WithFault {
        WithFault::shared(self.said, self.fault)
    }
}

/// Left with an answer: whether it counts as a failure.
#[derive(Debug, Clone)]
pub(super) struct Judged(pub(super) Option<FailedAnswer>);
