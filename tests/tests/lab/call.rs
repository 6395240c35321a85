//! Calls through our connector, as services make them.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause_fault::{Fault, classify};
use netcause_net::{Connector, Watch, Watched};
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
pub(crate) async fn get(calls: &Calls, host: &str) -> Result<(), Box<dyn Error>> {
    let answer = calls.get(format!("http://{host}/").parse()?).await?;
    answer.into_body().collect().await?;
    Ok(())
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
        self.client.run(|| async move {
            let error = get(&calls(connector), &host).await.expect_err("it fails");
            classify(&*error).unwrap_or_else(|| panic!("no fault: {error:?}"))
        })
    }
}
