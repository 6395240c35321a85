//! [`OutboundFuture`]: a call until the head of its answer.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Response;
use http_body::Body;
use netcause_fault::Limit;
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use super::call::Call;
use super::layer::Settings;
use super::{OutboundBody, OutboundError};

pin_project! {
    /// A call until the head of its answer; see [`Outbound`](super::Outbound).
    pub struct OutboundFuture<F> {
        // Dropped before the call, which then tells what became of its connects.
        #[pin]
        calling: Option<F>,
        call: Option<Box<Call>>,
        timer: Option<Timer>,
        settings: Arc<Settings>,
    }
}

impl<F> fmt::Debug for OutboundFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundFuture").field("call", &self.call).finish_non_exhaustive()
    }
}

impl<F> OutboundFuture<F> {
    pub(crate) fn new(calling: F, call: Box<Call>, settings: Arc<Settings>) -> Self {
        let timer = Timer::until_head(&settings);
        OutboundFuture { calling: Some(calling), call: Some(call), timer, settings }
    }
}

impl<F, R, E> Future for OutboundFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
    R: Body,
{
    type Output = Result<Response<OutboundBody<R>>, OutboundError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(call) = this.call else { return Poll::Pending };
        let Some(calling) = this.calling.as_mut().as_pin_mut() else { return Poll::Pending };
        let result = match call.within(|| calling.poll(context)) {
            Poll::Ready(Ok(response)) => Ok(response),
            Poll::Ready(Err(error)) => Err(call.failed(error.into())),
            Poll::Pending => {
                call.note_connection();
                let Some((limit, timeout)) = Timer::ran_out(this.timer, context) else {
                    return Poll::Pending;
                };
                // What it gives up is a part of what is known.
                call.within(|| this.calling.set(None));
                Err(call.ran_out(limit, timeout))
            }
        };
        let Some(call) = this.call.take() else { return Poll::Pending };
        let settings = &*this.settings;
        Poll::Ready(result.map(|response| OutboundBody::wrap(response, call, settings)))
    }
}

/// A limit that is running.
#[derive(Debug)]
pub(super) struct Timer {
    limit: Limit,
    timeout: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl Timer {
    fn new(limit: Limit, timeout: Duration, left: Duration) -> Self {
        Timer { limit, timeout, sleep: Box::pin(sleep(left)) }
    }

    /// The limit that runs out first until the head of an answer is there.
    fn until_head(settings: &Settings) -> Option<Self> {
        match (settings.response_limit, settings.total_limit) {
            (Some(response), total) if total.is_none_or(|total| response <= total) => {
                Some(Timer::new(Limit::Response, response, response))
            }
            (_, total) => total.map(|total| Timer::new(Limit::Total, total, total)),
        }
    }

    /// What is left of the limit of everything.
    pub(super) fn until_end(settings: &Settings, call: &Call) -> Option<Self> {
        let total = settings.total_limit?;
        Some(Timer::new(Limit::Total, total, total.saturating_sub(call.started.elapsed())))
    }

    /// The limit that has run out, if there is one.
    pub(super) fn ran_out(
        timer: &mut Option<Timer>,
        context: &mut Context<'_>,
    ) -> Option<(Limit, Duration)> {
        let timer = timer.as_mut()?;
        let ran_out = timer.sleep.as_mut().poll(context).is_ready();
        ran_out.then_some((timer.limit, timer.timeout))
    }
}
