//! Calls through our connector, as services make them.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, Connect, capture_connection};
use hyper_util::rt::TokioExecutor;
use netcause_fault::{Cause, Confidence, Fault, Limit, Phase, Reason, WithFault, classify};
use netcause_net::{Connection, Connector, Ledger, Watch, Watched};
use tokio::time::{Instant, timeout};
use tower_layer::Layer;

use crate::lab::Lab;

/// Longer than anything takes that answers at all.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// hyper-util's client over our connector.
pub(crate) type Calls = Client<Watched<Connector>, Empty<Bytes>>;

pub(crate) fn calls(connector: Connector) -> Calls {
    Client::builder(TokioExecutor::new()).build(Watch::new().layer(connector))
}

pub(crate) fn plain() -> Connector {
    Connector::new().connect_limit(LIMIT)
}

/// A host of an URI.
pub(crate) fn at(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}

/// Calls a host and reads its answer.
pub(crate) async fn get(calls: &Calls, host: &str) -> Result<(), Fault<'static>> {
    call(calls, host, 2 * LIMIT).await
}

/// Calls a host within a limit, and judges a failure by the connection that the call had.
pub(crate) async fn call(calls: &Calls, host: &str, limit: Duration) -> Result<(), Fault<'static>> {
    call_url(calls, &format!("http://{host}/"), limit).await
}

/// As [`call`], by any client and for any URL.
pub(crate) async fn call_url<C>(
    calls: &Client<C, Empty<Bytes>>,
    url: &str,
    limit: Duration,
) -> Result<(), Fault<'static>>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let mut request = Request::get(url).body(Empty::new()).unwrap();
    let captured = capture_connection(&mut request);
    let begun = Instant::now();
    let outcome = timeout(limit, exchange(calls, request)).await;
    let connection = connection(&captured);
    let _ = connection.as_ref().map(|it| it.begin_use());
    let mut fault = match outcome {
        Ok(Ok(())) => {
            connection.iter().for_each(|it| it.end_use());
            return Ok(());
        }
        Ok(Err((phase, error))) => match WithFault::find(&*error) {
            Some(known) => return Err(Fault::clone(known.fault())),
            None => undecided(phase, &*error),
        },
        Err(_) => {
            let limits = (Some(limit), Some(Limit::Response), Some(Phase::Response));
            let mut fault = Fault::of_reason(Reason::ResponseTimeout);
            (fault.timeout, fault.limit, fault.phase) = limits;
            fault
        }
    };
    fault.elapsed = Some(begun.elapsed());
    connection.expect("it was sent").describe(&mut fault);
    Ledger::global().failed(&mut fault);
    fault.diagnose();
    Err(fault)
}

type Failure = (Phase, Box<dyn Error + Send + Sync>);

async fn exchange<C>(
    calls: &Client<C, Empty<Bytes>>,
    request: Request<Empty<Bytes>>,
) -> Result<(), Failure>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let answer = calls.request(request).await.map_err(|it| (Phase::Response, it.into()))?;
    let body = answer.into_body().collect().await;
    body.map(drop).map_err(|it| (Phase::Body, it.into()))
}

fn connection(captured: &CaptureConnection) -> Option<Arc<Connection>> {
    let mut extras = http::Extensions::new();
    captured.connection_metadata().as_ref()?.get_extras(&mut extras);
    extras.remove()
}

/// What an error says by itself, the conclusions left out: more facts follow.
fn undecided(phase: Phase, error: &(dyn Error + 'static)) -> Fault<'static> {
    let fault = classify(error).unwrap_or_else(|| panic!("no fault: {error:?}"));
    Fault {
        phase: Some(phase),
        cause: Cause::Unknown,
        confidence: Confidence::Possible,
        retry: None,
        ..fault
    }
}

impl Lab {
    /// The fault of a call that fails.
    #[track_caller]
    pub(crate) fn fault(&self, host: &str) -> Fault<'static> {
        self.fault_within(host, LIMIT)
    }

    /// The fault of a call with another limit for a connection.
    #[track_caller]
    pub(crate) fn fault_within(&self, host: &str, limit: Duration) -> Fault<'static> {
        self.fault_by(host, Connector::new().connect_limit(limit))
    }

    /// The fault of a call through another connector.
    #[track_caller]
    pub(crate) fn fault_by(&self, host: &str, connector: Connector) -> Fault<'static> {
        let host = host.to_owned();
        self.client
            .run(|| async move { get(&calls(connector), &host).await.expect_err("it fails") })
    }
}
