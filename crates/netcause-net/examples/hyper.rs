//! hyper-util's client: the connector is ours, no call names it.
//!
//! `cargo run -p netcause-net --features hyper-util --example hyper -- http://localhost:1/`

use std::error::Error;
use std::time::Duration;

use http::Uri;
use http_body_util::Empty;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;
use netcause_net::{Connector, Watch, Watched};
use tower_layer::Layer;

type Body = Empty<&'static [u8]>;
type Http = Client<Watched<Connector>, Body>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _guard = netcause::init();
    let connector = Connector::new().connect_limit(Duration::from_millis(100));
    let http = Client::builder(TokioExecutor::new()).build(Watch::new().layer(connector));
    let uri = std::env::args().nth(1).unwrap_or("http://localhost:1/".to_owned()).parse()?;
    if let Err(error) = stock(&http, uri).await {
        tracing::error!(error = &error as &dyn Error, "could not look into the stock");
    }
    Ok(())
}

async fn stock(http: &Http, uri: Uri) -> Result<u16, ClientError> {
    Ok(http.get(uri).await?.status().as_u16())
}
