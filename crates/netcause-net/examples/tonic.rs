//! tonic's client: the channel's connector is ours, no call names it.
//!
//! `cargo run -p netcause-net --features hyper-util --example tonic -- http://localhost:1/`

use std::error::Error;
use std::time::Duration;

use netcause_net::{Connector, Watch};
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower_layer::Layer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _guard = netcause::init();
    let connector = Connector::new().connect_limit(Duration::from_millis(100));
    let uri = std::env::args().nth(1).unwrap_or("http://localhost:1/".to_owned());
    let endpoint = Endpoint::from_shared(uri)?;
    let channel = endpoint.connect_with_connector_lazy(Watch::new().layer(connector));
    if let Err(error) = stock(channel).await {
        tracing::error!(error = &error as &dyn Error, "could not look into the stock");
    }
    Ok(())
}

async fn stock(channel: Channel) -> Result<(), Status> {
    let request = HealthCheckRequest { service: "stock".to_owned() };
    HealthClient::new(channel).check(request).await.map(drop)
}
