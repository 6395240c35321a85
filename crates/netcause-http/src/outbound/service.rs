//! [`Outbound`]: the service around a client.

use std::error::Error;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::call::Call;
use super::layer::Settings;
use super::{OutboundBody, OutboundError, OutboundFuture};

/// A client whose calls are watched; see [`OutboundLayer`](super::OutboundLayer).
#[derive(Clone)]
pub struct Outbound<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S: std::fmt::Debug> std::fmt::Debug for Outbound<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S> Outbound<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Outbound { inner, settings }
    }

    /// The client inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S, B, R> Service<Request<B>> for Outbound<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body,
{
    type Response = Response<OutboundBody<R>>;
    type Error = OutboundError;
    type Future = OutboundFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), OutboundError>> {
        self.inner.poll_ready(context).map_err(|error| OutboundError::new(error.into()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let call = Call::begin(&mut request, &self.settings);
        let calling = call.within(|| self.inner.call(request));
        OutboundFuture::new(calling, call, Arc::clone(&self.settings))
    }
}
