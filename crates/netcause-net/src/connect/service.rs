//! The connector as a service for hyper-util's client and for tonic.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tower_service::Service;

use super::{Connector, Stream};

type BoxError = Box<dyn Error + Send + Sync>;

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let host = uri.host().ok_or(NoHost)?;
            let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
                Some("https" | "wss") => 443,
                _ => 80,
            });
            Ok(TokioIo::new(connector.connect(host, port).await?))
        })
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        // Only hyper-util itself can make its `HttpInfo`.
        self.socket().connected().extra(self.connection().clone())
    }
}

/// The URI names nobody to connect to: no fault of a peer.
#[derive(Debug)]
struct NoHost;

impl fmt::Display for NoHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the URI has no host")
    }
}

impl Error for NoHost {}
