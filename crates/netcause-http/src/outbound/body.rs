//! [`OutboundBody`]: the body of an answer, watched to its end.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::OutboundError;
use super::call::Call;
use super::future::Timer;
use super::layer::Settings;

pin_project! {
    /// The body of an answer; see [`Outbound`](super::Outbound).
    pub struct OutboundBody<B> {
        #[pin]
        body: B,
        // None where the body matters no more.
        watched: Option<Watched>,
    }
}

struct Watched {
    call: Box<Call>,
    timer: Option<Timer>,
    settings: Arc<Settings>,
}

impl<B: fmt::Debug> fmt::Debug for OutboundBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundBody").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<B: Body> OutboundBody<B> {
    /// The answer, its body watched where the call may still fail.
    pub(super) fn wrap(
        response: Response<B>,
        mut call: Box<Call>,
        settings: &Arc<Settings>,
    ) -> Response<Self> {
        let is_over = call.answered(&response, settings);
        #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
        let response = call.mark(response);
        if is_over || response.body().is_end_stream() {
            call.succeeded();
            return response.map(|body| OutboundBody { body, watched: None });
        }
        let timer = Timer::until_end(settings, &call);
        let watched = Some(Watched { call, timer, settings: Arc::clone(settings) });
        response.map(|body| OutboundBody { body, watched })
    }
}

impl<B> Body for OutboundBody<B>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = B::Data;
    type Error = OutboundError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, OutboundError>>> {
        let mut this = self.project();
        let Some(Watched { call, timer, settings }) = this.watched else {
            let frame = this.body.poll_frame(context);
            return frame.map_err(|error| OutboundError::new(error.into()));
        };
        let frame = match call.within(|| this.body.as_mut().poll_frame(context)) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let Some((limit, timeout)) = Timer::ran_out(timer, context) else {
                    return Poll::Pending;
                };
                let error = call.ran_out(limit, timeout);
                *this.watched = None;
                return Poll::Ready(Some(Err(error)));
            }
        };
        let frame = frame.map(|frame| frame.map_err(|error| call.broken(error.into())));
        match &frame {
            Some(Ok(frame)) => match frame.trailers_ref() {
                Some(trailers) => call.trailed(trailers, settings),
                None => call.progressed(),
            },
            Some(Err(_)) => {}
            None => call.succeeded(),
        }
        if !matches!(frame, Some(Ok(_))) || this.body.is_end_stream() {
            call.succeeded();
            *this.watched = None;
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
