//! A service on axum that calls another one; neither the handler nor its call mentions netcause.
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::{Router, extract::State, routing::get};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use netcause::http::{InboundLayer, Outbound, OutboundLayer};
use netcause::net::{Connector, Watch, Watched};
use std::{error::Error, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

type Prices = Outbound<Client<Watched<Connector>, Body>>;

async fn fetch(prices: Prices, url: &str) -> Result<String, Box<dyn Error + Send + Sync>> {
    let answer = prices.oneshot(Request::get(url).body(Body::empty())?).await?;
    let body = to_bytes(Body::new(answer.into_body()), 1 << 20).await?;
    Ok(String::from_utf8(body.to_vec())?)
}

async fn cart(State(prices): State<Prices>) -> Result<String, StatusCode> {
    fetch(prices, "http://localhost:8081/prices").await.map_err(|error| {
        tracing::error!(error = &*error as &(dyn Error + 'static), "no prices");
        StatusCode::BAD_GATEWAY
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _guard = netcause::init();
    let connector = Watch::new().layer(Connector::new().connect_limit(Duration::from_secs(1)));
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let prices = OutboundLayer::new().response_limit(Duration::from_secs(2)).layer(client);
    let app = Router::new().route("/cart/{id}", get(cart)).layer(InboundLayer::new());
    let app = app.with_state(prices).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    tracing::info!("try: curl http://{}/cart/7", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
