//! [`OutboundLayer`]: what is wanted of calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tower_layer::Layer;

use super::{Answer, Outbound};

/// Gives each call of a client a span, limits, and an error that knows what happened.
///
/// # Example: hyper-util's client
///
/// ```
/// use std::time::Duration;
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use netcause_http::OutboundLayer;
/// use netcause_net::{Connector, Watch};
/// use tower_layer::Layer;
///
/// let connector = Watch::new().layer(Connector::new());
/// let client: Client<_, String> = Client::builder(TokioExecutor::new()).build(connector);
/// let client = OutboundLayer::new().response_limit(Duration::from_secs(2)).layer(client);
/// ```
#[derive(Clone, Default)]
pub struct OutboundLayer {
    settings: Arc<Settings>,
}

type IsFailure = Arc<dyn Fn(&Answer<'_>) -> bool + Send + Sync>;

#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(super) response_limit: Option<Duration>,
    pub(super) total_limit: Option<Duration>,
    pub(super) origin: Option<Uri>,
    is_failure: Option<IsFailure>,
}

impl Settings {
    pub(super) fn is_failure(&self, answer: &Answer<'_>) -> bool {
        self.is_failure.as_ref().map_or_else(|| answer.is_failure(), |judge| judge(answer))
    }
}

impl fmt::Debug for OutboundLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundLayer")
            .field("response_limit", &self.settings.response_limit)
            .field("total_limit", &self.settings.total_limit)
            .finish_non_exhaustive()
    }
}

impl OutboundLayer {
    /// No limits; 5xx, 429 and what gRPC has in their place are failures.
    #[must_use]
    pub fn new() -> Self {
        OutboundLayer::default()
    }

    /// Limits the time until the head of the answer is there.
    #[must_use]
    pub fn response_limit(self, limit: Duration) -> Self {
        self.with(|settings| settings.response_limit = Some(limit))
    }

    /// Limits the time until the whole answer is there.
    #[must_use]
    pub fn total_limit(self, limit: Duration) -> Self {
        self.with(|settings| settings.total_limit = Some(limit))
    }

    /// Says whom requests go to that name no host: those of tonic's `Channel`.
    ///
    /// ```
    /// use netcause_http::OutboundLayer;
    ///
    /// let layer = OutboundLayer::new().origin(http::Uri::from_static("http://prices:50051"));
    /// ```
    #[must_use]
    pub fn origin(self, origin: Uri) -> Self {
        self.with(|settings| settings.origin = Some(origin))
    }

    /// Decides which answers count as failures of a call; they go to the caller all the same.
    ///
    /// # Example: here, a missing page is one, too
    ///
    /// ```
    /// use netcause_http::OutboundLayer;
    ///
    /// let layer = OutboundLayer::new()
    ///     .failure_if(|answer| answer.status() == 404 || answer.is_failure());
    /// ```
    #[must_use]
    pub fn failure_if(
        self,
        is_failure: impl Fn(&Answer<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.is_failure = Some(Arc::new(is_failure)))
    }

    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings)
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<S> Layer<S> for OutboundLayer {
    type Service = Outbound<S>;

    fn layer(&self, inner: S) -> Outbound<S> {
        Outbound::new(inner, Arc::clone(&self.settings))
    }
}
