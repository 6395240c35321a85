//! The service: a shop that asks for prices, in several ways of treating failures.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::{Router, routing};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause::http::{InboundLayer, Outbound, OutboundLayer};
use netcause::net::{Connector, Operation, Watch, Watched};
use tokio::net::TcpListener;
use tower_layer::Layer;
use tower_service::Service;

/// Statuses with which the dependency fails.
const FAILURES: [u16; 3] = [500, 503, 429];

/// How often a request is tried at most.
const TRIES: u32 = 3;

/// What the dependency answered to each request of the shop, by that request's number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prices {
    answered: Arc<Mutex<HashMap<u64, Vec<u16>>>>,
    /// The header `traceparent` of each call.
    parents: Arc<Mutex<HashMap<u64, String>>>,
}

impl Prices {
    pub(crate) fn answers(&self, number: u64) -> Vec<u16> {
        self.answered.lock().unwrap().get(&number).cloned().unwrap_or_default()
    }

    pub(crate) fn parent(&self, number: u64) -> Option<String> {
        self.parents.lock().unwrap().get(&number).cloned()
    }

    /// Fails three of ten calls.
    fn answer(&self, number: u64) -> StatusCode {
        let mut answered = self.answered.lock().unwrap();
        let answers = answered.entry(number).or_default();
        let drawn = draw(number * 64 + answers.len() as u64);
        let failure = FAILURES[(drawn / 10 % 3) as usize];
        let status = if drawn % 10 < 3 { failure } else { 200 };
        answers.push(status);
        StatusCode::from_u16(status).unwrap()
    }
}

/// A number that looks drawn at random (splitmix64).
fn draw(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) >> 8
}

async fn price(
    State(prices): State<Prices>,
    Path((how, number)): Path<(String, u64)>,
    request: Request<Body>,
) -> StatusCode {
    if let Some(parent) = request.headers().get("traceparent") {
        let parent = parent.to_str().unwrap().to_owned();
        prices.parents.lock().unwrap().insert(number, parent);
    }
    if how == "hang" {
        std::future::pending::<()>().await;
    }
    prices.answer(number)
}

type Caller = Outbound<Client<Watched<Connector>, Body>>;

#[derive(Clone)]
struct Shop {
    prices: SocketAddr,
    caller: Caller,
}

impl Shop {
    /// Whether the call went well.
    async fn call(&self, how: &str, number: u64) -> bool {
        let url = format!("http://{}/{how}/{number}", self.prices);
        let request = Request::get(url).body(Body::empty()).unwrap();
        let answer = self.caller.clone().call(request).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Serves a cart. How a failure is treated is a part of the path.
async fn cart(State(shop): State<Shop>, Path((how, number)): Path<(String, u64)>) -> StatusCode {
    let mut is_well = false;
    match how.as_str() {
        "retry" | "retry-fallback" => {
            for attempt in Operation::new(Some(TRIES - 1)).attempts() {
                is_well = attempt.scope(shop.call(&how, number)).await;
                if is_well {
                    break;
                }
            }
        }
        // A loop that says nothing of itself.
        "again" => {
            for _ in 0..TRIES {
                is_well = shop.call(&how, number).await;
                if is_well {
                    break;
                }
            }
        }
        _ => is_well = shop.call(&how, number).await,
    }
    match how.ends_with("fallback") || is_well {
        true => StatusCode::OK,
        false => StatusCode::BAD_GATEWAY,
    }
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Starts dependency and service; gives the service's address.
pub(crate) async fn open() -> (Prices, SocketAddr) {
    let prices = Prices::default();
    let dependency = Router::new().route("/{how}/{number}", routing::get(price));
    let address = serve(dependency.with_state(prices.clone())).await;
    let connector = Watch::new().layer(Connector::new());
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let shop = Shop { prices: address, caller: OutboundLayer::new().layer(client) };
    let service = Router::new()
        .route("/{how}/{number}", routing::get(cart))
        .layer(InboundLayer::new())
        .with_state(shop);
    (prices, serve(service).await)
}

/// A client of the shop.
pub(crate) fn client() -> Client<hyper_util::client::legacy::connect::HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The name of the trace of a request, by its number.
pub(crate) fn trace_id(number: u64) -> String {
    format!("{:032x}", number + 1)
}

/// Asks the shop, as a part of a trace; gives the status.
pub(crate) async fn ask(
    client: &Client<hyper_util::client::legacy::connect::HttpConnector, Body>,
    shop: SocketAddr,
    how: &str,
    number: u64,
) -> Result<u16, Infallible> {
    let request = Request::get(format!("http://{shop}/{how}/{number}"))
        .header("traceparent", format!("00-{}-00f067aa0ba902b7-01", trace_id(number)))
        .body(Body::empty())
        .unwrap();
    let answer = client.request(request).await.unwrap();
    let status = answer.status().as_u16();
    axum::body::to_bytes(Body::new(answer.into_body()), 1024).await.unwrap();
    Ok(status)
}
