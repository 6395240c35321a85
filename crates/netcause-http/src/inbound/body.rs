//! [`InboundBody`]: the body of an answer, watched to its end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::report::{Ending, Report};

pin_project! {
    /// The body of an answer; see [`Inbound`](super::Inbound).
    pub struct InboundBody<B> {
        ending: Ending,
        #[pin]
        body: B,
        // Writes the line, after the body and the calls that it made are gone.
        report: Box<Report>,
    }
}

impl<B: fmt::Debug> fmt::Debug for InboundBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundBody").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<B: Body> InboundBody<B> {
    pub(super) fn wrap(response: Response<B>, mut report: Box<Report>) -> Response<Self> {
        report.answered(&response);
        response.map(|body| {
            report.expect(body.size_hint().exact(), body.is_end_stream());
            InboundBody { ending: report.ending(), body, report }
        })
    }
}

impl<B: Body> Body for InboundBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        // It runs in the server's task, after the handler.
        let polled = this.report.within(|| this.body.as_mut().poll_frame(context));
        let Poll::Ready(frame) = polled else { return Poll::Pending };
        match &frame {
            Some(Ok(frame)) => {
                let sent = frame.data_ref().map_or(0, Buf::remaining);
                this.report.sent(sent, frame.trailers_ref(), this.body.is_end_stream());
            }
            Some(Err(_)) => this.report.broke_off(),
            None => this.report.completed(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
