//! [`ConnectLayer`]: around reqwest's own connector.

use std::error::Error;
use std::fmt::{self, Debug};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::Connection;
use netcause_fault::{Evidence, Fault, Limit, Reason, WithFault, text_duration};
use netcause_net::{Trail, Watch, Watched, Watching};
use tower_layer::Layer;
use tower_service::Service;
use tracing::field::Empty;
use tracing::instrument::Instrumented;
use tracing::{Instrument, info_span};

type BoxError = Box<dyn Error + Send + Sync>;

/// For reqwest's `connector_layer`: each connect has a span and a trail of its own, knows whom
/// it is meant to reach, and has a limit where one is set.
///
/// ```
/// use netcause_http::reqwest::ConnectLayer;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = reqwest::Client::builder().connector_layer(ConnectLayer::new(None)).build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ConnectLayer {
    limit: Option<Duration>,
}

impl ConnectLayer {
    /// With a limit for the whole connect, or without.
    #[must_use]
    pub fn new(limit: Option<Duration>) -> Self {
        ConnectLayer { limit }
    }
}

impl<S> Layer<S> for ConnectLayer {
    type Service = Connecting<Watched<Limited<S>>>;

    fn layer(&self, inner: S) -> Self::Service {
        let limited = Limited { inner, limit: self.limit };
        Connecting { inner: Watch::foreign_sockets().layer(limited) }
    }
}

/// A connector with a span for each connect; see [`ConnectLayer`].
#[derive(Debug, Clone)]
pub struct Connecting<S> {
    inner: S,
}

impl<S: Service<R>, R> Service<R> for Connecting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Instrumented<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        // A connect that is dropped says on it what was seen.
        let span = info_span!("connect", error = Empty);
        span.in_scope(|| self.inner.call(request)).instrument(span)
    }
}

/// A connector that is told whom to reach, and has a limit.
#[derive(Debug, Clone)]
pub struct Limited<S> {
    inner: S,
    limit: Option<Duration>,
}

impl<S, R> Service<R> for Limited<S>
where
    S: Service<R>,
    S::Response: Connection + Send,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    R: Debug,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Watching<S::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: R) -> Self::Future {
        if let Some(trail) = Trail::current()
            && let Some((host, port)) = server(&request)
        {
            trail.set_server(&host, port);
        }
        let connecting = self.inner.call(request);
        let limit = self.limit;
        Box::pin(async move {
            let mut connecting = pin!(connecting);
            let Some(limit) = limit else { return connecting.await.map_err(Into::into) };
            match tokio::time::timeout(limit, connecting.as_mut()).await {
                Ok(result) => result.map_err(Into::into),
                // Its sockets are still open.
                Err(_) => Err(ran_out(limit)),
            }
        })
    }
}

/// Host and port of a connect. reqwest's type for it is private, but it prints its URI.
fn server(request: &impl Debug) -> Option<(String, u16)> {
    let text = format!("{request:?}");
    let uri: Uri = text.split_once('(')?.1.strip_suffix(')')?.parse().ok()?;
    let port = uri.port_u16().or_else(|| match uri.scheme_str()? {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })?;
    Some((uri.host()?.trim_matches(['[', ']']).to_owned(), port))
}

/// The error of a limit that ran out, with what is known of the connect so far.
fn ran_out(limit: Duration) -> BoxError {
    let mut fault = Fault::of_reason(Reason::Timeout);
    (fault.timeout, fault.limit) = (Some(limit), Some(Limit::Connect));
    fault.add_evidence(Evidence::OwnTimer(fault.limit));
    let Some(trail) = Trail::current() else {
        return WithFault::new(ConnectLimitRanOut(limit), fault).into();
    };
    trail.ask_kernel();
    let fault = trail.fault(&WithFault::new(ConnectLimitRanOut(limit), fault));
    WithFault::new(ConnectLimitRanOut(limit), fault).into()
}

/// A connect took longer than its limit.
#[derive(Debug)]
struct ConnectLimitRanOut(Duration);

impl fmt::Display for ConnectLimitRanOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting timed out after {}", text_duration(self.0))
    }
}

impl Error for ConnectLimitRanOut {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Unnameable(#[expect(dead_code, reason = "it is printed")] Uri);

    #[test]
    fn host_and_port_are_read_from_what_reqwest_prints() {
        let server = |uri: &str| server(&Unnameable(uri.parse().unwrap()));
        assert_eq!(server("http://db:8080/x"), Some(("db".to_owned(), 8080)));
        assert_eq!(server("https://db/"), Some(("db".to_owned(), 443)));
        assert_eq!(server("http://[::1]:1/"), Some(("::1".to_owned(), 1)));
        assert_eq!(server("/nowhere"), None);
    }
}
