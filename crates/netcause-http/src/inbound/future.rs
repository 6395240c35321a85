//! [`InboundFuture`]: a request until the head of its answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use super::InboundBody;
use super::report::{Ending, Report};

pin_project! {
    /// A request until the head of its answer; see [`Inbound`](super::Inbound).
    pub struct InboundFuture<F> {
        // Says that the request ends before the handler is dropped, and so its calls.
        ending: Ending,
        #[pin]
        handling: F,
        // Writes the line, after the handler is gone.
        report: Option<Box<Report>>,
    }
}

impl<F> fmt::Debug for InboundFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundFuture").field("report", &self.report).finish_non_exhaustive()
    }
}

impl<F> InboundFuture<F> {
    pub(super) fn new(handling: F, report: Box<Report>) -> Self {
        InboundFuture { ending: report.ending(), handling, report: Some(report) }
    }
}

impl<F, R, E> Future for InboundFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<InboundBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(report) = this.report else { return Poll::Pending };
        let Poll::Ready(result) = report.within(|| this.handling.poll(context)) else {
            return Poll::Pending;
        };
        this.ending.dismiss();
        let Some(mut report) = this.report.take() else { return Poll::Pending };
        Poll::Ready(match result {
            Ok(response) => Ok(InboundBody::wrap(response, report)),
            Err(error) => {
                report.failed();
                Err(error)
            }
        })
    }
}
