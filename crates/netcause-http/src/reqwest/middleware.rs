//! [`CallMiddleware`]: calls of reqwest-middleware.

use std::time::Duration;

use http::Extensions;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};

use netcause_fault::WithFault;

use crate::outbound::{Call, OutboundBody, OutboundError, OutboundFuture, Redirected};
use crate::{Answer, OutboundLayer};

/// Gives each call of a client a span with its try and its limit, and tells the request that
/// it is made for, and the ledger of peers, how it went.
///
/// It goes innermost: add it last, after whatever retries. The error of a call stays what it
/// is, so that strategies of retries can read it; what is known of the failure is recorded on
/// the span, and a line about the failure in the spans around takes it from there. A body
/// that breaks says so by itself.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use netcause_http::reqwest::{CallMiddleware, instrument};
/// use reqwest_middleware::ClientBuilder;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = instrument(reqwest::Client::builder()).build()?;
/// let calls = CallMiddleware::new().total_limit(Duration::from_secs(2));
/// let client = ClientBuilder::new(client).with(calls).build();
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CallMiddleware {
    layer: OutboundLayer,
    limit: Option<Duration>,
}

impl CallMiddleware {
    /// No limit; 5xx and 429 are failures.
    #[must_use]
    pub fn new() -> Self {
        CallMiddleware::default()
    }

    /// Limits the whole call, body included, where a request has no timeout of its own. Unlike
    /// the timeout of the client it is known when it runs out.
    #[must_use]
    pub fn total_limit(self, limit: Duration) -> Self {
        CallMiddleware { limit: Some(limit), ..self }
    }

    /// See [`OutboundLayer::failure_if`].
    #[must_use]
    pub fn failure_if(
        self,
        is_failure: impl Fn(&Answer<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        CallMiddleware { layer: self.layer.failure_if(is_failure), ..self }
    }
}

#[async_trait::async_trait]
impl Middleware for CallMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        if request.timeout().is_none() {
            *request.timeout_mut() = self.limit;
        }
        let Some(mut head) = head(&request, extensions) else {
            return next.run(request, extensions).await;
        };
        let settings = self.layer.settings();
        #[cfg(feature = "reqwest-retry")]
        if let Some(attempt) = crate::retry::Counted::attempt(extensions) {
            head.extensions_mut().insert(attempt);
        }
        let call = Call::begin(&mut head, &settings).of_other_client(request.timeout().copied());
        *request.headers_mut() = std::mem::take(head.headers_mut());
        let asked = request.url().clone();
        let calling = next.run(request, extensions);
        let calling = async { calling.await.map(|response| split(response, &asked)) };
        match OutboundFuture::new(Box::pin(calling), call, settings).await {
            Ok(response) => Ok(join(response)),
            Err(error) => Err(original(error)),
        }
    }
}

/// What a request says before its body; none for what is no URI of HTTP.
fn head(request: &Request, extensions: &Extensions) -> Option<http::Request<()>> {
    let builder = http::Request::builder().method(request.method()).uri(request.url().as_str());
    let mut head = builder.body(()).ok()?;
    head.headers_mut().clone_from(request.headers());
    head.extensions_mut().extend(extensions.clone());
    Some(head)
}

/// Where a response came from, after redirects.
#[derive(Clone)]
struct From(Url);

fn split(response: Response, asked: &Url) -> http::Response<Body> {
    let from = From(response.url().clone());
    let mut response = http::Response::from(response);
    if from.0.origin() != asked.origin() {
        response.extensions_mut().insert(Redirected);
    }
    response.extensions_mut().insert(from);
    response
}

fn join(response: http::Response<OutboundBody<Body>>) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(From(url)) = parts.extensions.remove() {
        let mut of_url = http::Response::builder().url(url);
        parts.extensions.extend(of_url.extensions_mut().map(std::mem::take).unwrap_or_default());
    }
    Response::from(http::Response::from_parts(parts, Body::wrap(body)))
}

/// The error as it was.
fn original(error: OutboundError) -> Error {
    let error = match error.into_inner().downcast::<WithFault>() {
        Ok(with_fault) => with_fault.into_inner(),
        Err(error) => error,
    };
    match error.downcast::<Error>() {
        Ok(original) => *original,
        Err(error) => Error::middleware(OutboundError::new(error)),
    }
}
