//! reqwest with limits and retries: no call says anything about its network.
//!
//! Nobody listens on the port that it calls. Run it with
//! `cargo run -p netcause --example reqwest --features backon,reqwest-middleware`.

use std::time::Duration;

use backon::ExponentialBuilder;
use netcause::http::reqwest::{CallMiddleware, Instrument};
use netcause::http::retry::Retrying;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

async fn charge(http: &ClientWithMiddleware) -> reqwest_middleware::Result<String> {
    let response = http.post("http://localhost:12345/v1/charges").send().await?;
    Ok(response.error_for_status()?.text().await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _guard = netcause::init();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Instrument::new().connect_limit(Duration::from_millis(500));
    let client = client.apply(reqwest::Client::builder()).build()?;
    let calls = CallMiddleware::new().total_limit(Duration::from_secs(2));
    let http = ClientBuilder::new(client).with(calls).build();

    let pauses = ExponentialBuilder::default().with_max_times(2);
    let receipt = Retrying::new("charge the card", pauses).run(|| charge(&http)).await;
    if let Ok(receipt) = receipt {
        tracing::info!(receipt, "the card is charged");
    }
    Ok(())
}
