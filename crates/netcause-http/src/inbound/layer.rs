//! [`InboundLayer`]: what is known of requests.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Extensions;
use tower_layer::Layer;

use super::Inbound;

/// Gives each request a span, and one line at its end.
///
/// # Example: axum
///
/// ```
/// use axum::{Router, routing::get};
/// use netcause_http::InboundLayer;
///
/// let app: Router = Router::new()
///     .route("/cart/{id}", get(|| async { "empty" }))
///     .layer(InboundLayer::new());
/// ```
///
/// With the feature `axum` the route and the client are those that axum knows: add the layer
/// with `Router::layer`, and serve with `into_make_service_with_connect_info::<SocketAddr>()`.
#[derive(Clone, Default)]
pub struct InboundLayer {
    settings: Arc<Settings>,
}

type FindRoute = Arc<dyn Fn(&Extensions) -> Option<String> + Send + Sync>;
type FindClient = Arc<dyn Fn(&Extensions) -> Option<SocketAddr> + Send + Sync>;

#[derive(Clone, Default)]
pub(super) struct Settings {
    route: Option<FindRoute>,
    client: Option<FindClient>,
}

impl fmt::Debug for InboundLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundLayer").finish_non_exhaustive()
    }
}

impl InboundLayer {
    /// Route and client as far as the request's extensions tell them.
    #[must_use]
    pub fn new() -> Self {
        InboundLayer::default()
    }

    /// Finds the route of a request: `http.route`.
    ///
    /// # Example: a router of one's own
    ///
    /// ```
    /// use netcause_http::InboundLayer;
    ///
    /// #[derive(Clone)]
    /// struct Route(&'static str);
    ///
    /// let layer = InboundLayer::new()
    ///     .route(|extensions| extensions.get::<Route>().map(|route| route.0.to_owned()));
    /// ```
    #[must_use]
    pub fn route(
        self,
        find: impl Fn(&Extensions) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.route = Some(Arc::new(find)))
    }

    /// Finds out who sent a request: `client.address` and `client.port`.
    ///
    /// # Example: tonic
    ///
    /// ```
    /// use netcause_http::InboundLayer;
    /// # mod tonic { #[derive(Clone)] pub struct TcpConnectInfo;
    /// # impl TcpConnectInfo { pub fn remote_addr(&self) -> Option<std::net::SocketAddr> { None } } }
    /// use tonic::TcpConnectInfo; // tonic::transport::server::TcpConnectInfo
    ///
    /// let layer = InboundLayer::new()
    ///     .client(|extensions| extensions.get::<TcpConnectInfo>()?.remote_addr());
    /// ```
    #[must_use]
    pub fn client(
        self,
        find: impl Fn(&Extensions) -> Option<SocketAddr> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.client = Some(Arc::new(find)))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl Settings {
    /// Calls `with` with the route of a request.
    pub(super) fn with_route<R>(
        &self,
        extensions: &Extensions,
        with: impl FnOnce(Option<&str>) -> R,
    ) -> R {
        if let Some(route) = self.route.as_ref().and_then(|find| find(extensions)) {
            return with(Some(&route));
        }
        #[cfg(feature = "axum")]
        if let Some(path) = extensions.get::<axum::extract::MatchedPath>() {
            return with(Some(path.as_str()));
        }
        with(None)
    }

    pub(super) fn client_of(&self, extensions: &Extensions) -> Option<SocketAddr> {
        if let Some(client) = self.client.as_ref().and_then(|find| find(extensions)) {
            return Some(client);
        }
        #[cfg(feature = "axum")]
        if let Some(info) = extensions.get::<axum::extract::ConnectInfo<SocketAddr>>() {
            return Some(info.0);
        }
        None
    }
}

impl<S> Layer<S> for InboundLayer {
    type Service = Inbound<S>;

    fn layer(&self, inner: S) -> Inbound<S> {
        Inbound::new(inner, Arc::clone(&self.settings))
    }
}
