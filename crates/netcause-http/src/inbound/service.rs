//! [`Inbound`]: the service around a handler.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::layer::Settings;
use super::report::Report;
use super::{InboundBody, InboundFuture};

/// A service whose requests are watched; see [`InboundLayer`](super::InboundLayer).
#[derive(Clone)]
pub struct Inbound<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S: fmt::Debug> fmt::Debug for Inbound<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S> Inbound<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Inbound { inner, settings }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S, B, R> Service<Request<B>> for Inbound<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
{
    type Response = Response<InboundBody<R>>;
    type Error = S::Error;
    type Future = InboundFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let report = Box::new(Report::begin(&request, &self.settings));
        let handling = report.within(|| self.inner.call(request));
        InboundFuture::new(handling, report)
    }
}
