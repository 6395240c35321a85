//! [`FailedAnswer`]: an answer that counts as a failure, for those who try again.

use std::sync::Arc;
use std::time::SystemTime;

use http::{Extensions, HeaderMap, Request, StatusCode};
use netcause_fault::{Evidence, Fault, WithFault};

use super::Answer;
use super::error::FailureStatus;
use super::failure;
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
    pub(crate) fn judged<B>(
        request: &Request<B>,
        status: StatusCode,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Option<Self> {
        if let Some(Judged(failed)) = extensions.get() {
            return failed.clone();
        }
        let answer = Answer::new(request.method(), request.uri(), status);
        answer.is_failure().then(|| FailedAnswer::of_status(request, status, headers))
    }

    /// Whatever the status says, taken for a failure.
    pub(crate) fn of_status<B>(
        request: &Request<B>,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Self {
        let mut fault = failure::of_http_status(status);
        if let Some(pause) = retry_after::read(headers, SystemTime::now()) {
            fault.add_evidence(Evidence::RetryAfter(pause));
        }
        Target::of(request, None).name(&mut fault);
        fault.diagnose();
        FailedAnswer { said: FailureStatus::Http(status), fault: Arc::new(fault) }
    }

    /// As the error that it would be.
    pub(crate) fn into_error(self) -> WithFault {
        WithFault::shared(self.said, self.fault)
    }
}

/// Left with an answer: whether it counts as a failure.
#[derive(Debug, Clone)]
pub(super) struct Judged(pub(super) Option<FailedAnswer>);
