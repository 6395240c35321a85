//! Calls through our connector, as services make them.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::rt::TokioExecutor;
use netcause_fault::{Fault, WithFault, classify};
use netcause_http::OutboundLayer;
use netcause_net::{Connector, Watch, Watched};
use tower_layer::Layer;
use tower_service::Service;

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
    let mut calls = OutboundLayer::new().response_limit(limit).layer(calls.clone());
    let request = Request::get(url).body(Empty::new()).unwrap();
    let answer = calls.call(request).await.map_err(|error| fault(&error))?;
    answer.into_body().collect().await.map(drop).map_err(|error| fault(&error))
}

/// The fault that an error carries.
fn fault(error: &(dyn Error + 'static)) -> Fault<'static> {
    assert!(WithFault::find(error).is_some(), "{error:?}");
    classify(error).unwrap()
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
