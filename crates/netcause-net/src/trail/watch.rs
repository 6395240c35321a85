//! [`Watch`]: a layer around any connector.

use std::error::Error;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{self, HttpInfo};
use netcause_fault::WithFault;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Span;

use super::{CURRENT, Step, Trail};
use crate::{ConnectError, Ledger, Reach};

type BoxError = Box<dyn Error + Send + Sync>;

/// Watches any connector: each connect gets a [`Trail`] of its own, and a failed one an error
/// that carries its fault.
///
/// It goes outermost: around our [`Connector`](crate::Connector), around hyper-rustls over
/// it, or into reqwest's `connector_layer`.
///
/// # Example: hyper-util's client
///
/// ```
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use netcause_net::{Connector, Watch};
/// use tower_layer::Layer;
///
/// let connector = Watch::new().layer(Connector::new());
/// let client: Client<_, String> = Client::builder(TokioExecutor::new()).build(connector);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Watch {
    foreign: bool,
}

impl Watch {
    /// Watches a connector.
    #[must_use]
    pub fn new() -> Self {
        Watch::default()
    }

    /// Watches a connector whose sockets are not ours, as reqwest's: when a connect is given
    /// up, the kernel is asked for it by address.
    #[must_use]
    pub fn foreign_sockets() -> Self {
        Watch { foreign: true }
    }
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, watch: *self }
    }
}

/// A connector that is watched; see [`Watch`].
#[derive(Debug, Clone)]
pub struct Watched<S> {
    inner: S,
    watch: Watch,
}

/// What [`Watched`] returns.
pub type Watching<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

impl<S, R> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Response: connect::Connection,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Watching<S::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let trail = Trail::start();
        let connecting = CURRENT.sync_scope(Arc::clone(&trail), || self.inner.call(request));
        let foreign = self.watch.foreign;
        let mut report = Report { trail: Some(Arc::clone(&trail)), span: Span::current() };
        Box::pin(async move {
            // They are dropped in reverse: the question comes while the sockets are open.
            let mut connecting = pin!(CURRENT.scope(Arc::clone(&trail), connecting));
            let mut question = Question(foreign.then(|| Arc::clone(&trail)));
            let result = connecting.as_mut().await;
            question.0 = None;
            report.dismiss();
            match result {
                Ok(connection) => {
                    ready(&trail, &connection);
                    Ok(connection)
                }
                Err(error) => Err(with_fault(&trail, error.into())),
            }
        })
    }
}

/// Asks the kernel for the sockets of a connect that is dropped.
struct Question(Option<Arc<Trail>>);

impl Drop for Question {
    fn drop(&mut self) {
        if let Some(trail) = self.0.take() {
            trail.ask_kernel();
        }
    }
}

/// Says on the span of the call what was seen, when a connect is dropped: by a timer further
/// out, or because the caller is gone. It is dropped after the connector, which notes what it
/// gives up.
struct Report {
    trail: Option<Arc<Trail>>,
    span: Span,
}

impl Report {
    /// The connect has ended by itself.
    fn dismiss(&mut self) {
        self.trail = None;
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        let Some(trail) = self.trail.take().filter(|_| !self.span.is_disabled()) else { return };
        let error = ConnectError::given_up(trail.server());
        let fault = trail.fault(&error);
        let error = WithFault::new(error, fault);
        self.span.record("error", &error as &(dyn Error + 'static));
    }
}

/// The connection stands, TLS included.
fn ready(trail: &Trail, connection: &impl connect::Connection) {
    if trail.connected().is_none() {
        let mut extras = http::Extensions::new();
        connection.connected().get_extras(&mut extras);
        if let Some(info) = extras.get::<HttpInfo>() {
            let (local, peer) = (info.local_addr(), info.remote_addr());
            trail.note(Step::Connected { local, peer });
        }
    }
    trail.note(Step::Ready);
    if let Some((host, port)) = trail.server() {
        Ledger::global().reached(&host, port, Reach::Secured);
    }
}

/// An error with its fault, unless it carries one.
fn with_fault(trail: &Trail, error: BoxError) -> BoxError {
    if WithFault::find(&*error).is_some() {
        return error;
    }
    let fault = trail.fault(&*error);
    WithFault::new(error, fault).into()
}
