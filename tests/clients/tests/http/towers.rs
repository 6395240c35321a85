//! tower's own errors, and those that its layers wrap.

use std::convert::Infallible;
use std::error::Error;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use netcause_cli::peers::Peer;
use netcause_client_tests::{Case, Expect, Failure, LIMIT, fault};
use netcause_fault::{Category, Reason};
use tokio::net::TcpStream;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use crate::expect::TIMEOUT;

type BoxError = Box<dyn Error + Send + Sync>;

pub(crate) fn cases() -> Vec<Case> {
    let overloaded: Expect = fault(Category::LocalResource)
        .reason(&[Reason::ClientOverloaded])
        // A lone "Overloaded" in a `Debug` text may speak of the peer.
        .also(&[Category::Unavailable])
        .display_tells();
    vec![
        Case::new("tower", "timeout: Elapsed", TIMEOUT, || async {
            let silent = service_fn(|()| pending::<Result<(), Infallible>>());
            let service = ServiceBuilder::new().timeout(LIMIT).service(silent);
            Failure::of_boxed(call(service).await)
        }),
        Case::new("tower", "load_shed: Overloaded", overloaded, || async {
            let busy = service_fn(|()| pending::<Result<(), Infallible>>());
            let service = ServiceBuilder::new().load_shed().concurrency_limit(1).service(busy);
            let (mut first, mut second) = (service.clone(), service);
            let running = tokio::spawn(async move { first.ready().await?.call(()).await });
            tokio::time::sleep(Duration::from_millis(20)).await;
            let outcome = second.ready().await?.call(()).await;
            running.abort();
            Failure::of_boxed(outcome)
        }),
        Case::new("tower", "timeout around a refused dial", REFUSED_IN, || async {
            let peer = Peer::closed_port()?;
            let addr = peer.addr;
            let dial =
                service_fn(move |()| async move { TcpStream::connect(addr).await.map(drop) });
            let service = ServiceBuilder::new().timeout(LIMIT).service(dial);
            Failure::of_boxed(call(service).await)
        }),
        Case::new("tower", "buffer: ServiceError", REFUSED_IN, || async {
            let peer = Peer::closed_port()?;
            let addr = peer.addr;
            let service = ServiceBuilder::new().buffer(1).service(Broken { addr });
            Failure::of_boxed(call(service).await)
        }),
    ]
}

const REFUSED_IN: Expect = fault(Category::ConnectRefused).reason(REASONS);
const REASONS: &[Reason] = &[Reason::ConnectRefused];

/// A service that cannot become ready: it connects first.
#[derive(Debug)]
struct Broken {
    addr: std::net::SocketAddr,
}

impl Service<()> for Broken {
    type Response = ();
    type Error = BoxError;
    type Future = std::future::Ready<Result<(), BoxError>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), BoxError>> {
        let dialed = std::net::TcpStream::connect(self.addr);
        std::task::Poll::Ready(dialed.map(drop).map_err(Into::into))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        std::future::ready(Ok(()))
    }
}

/// One call, in a box: the compiler cannot tell that the future of a buffer may be sent.
pub(crate) fn call<S>(service: S) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>
where
    S: Service<(), Response = (), Error = BoxError> + Send + 'static,
    S::Future: Send,
{
    Box::pin(service.oneshot(()))
}
