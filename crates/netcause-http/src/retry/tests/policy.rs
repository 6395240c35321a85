//! The retries of tower, against servers on the loopback address.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause_net::{Attempt, Connector, Watch};
use serde_json::Value;
use tower::ServiceExt;
use tower::retry::Retry;
use tower_layer::Layer;
use tower_service::Service;

use super::loopback::{BUSY, CLOSED, DENIED, OK, PAUSED, member, server, told};
use crate::OutboundLayer;
use crate::retry::RetryPolicy;

fn policy() -> RetryPolicy {
    RetryPolicy::with_pauses("ask for the price", [10; 2].map(Duration::from_millis))
}

fn request(method: Method, address: SocketAddr) -> Request<Empty<Bytes>> {
    let request = Request::builder().method(method).uri(format!("http://{address}/price"));
    request.body(Empty::new()).unwrap()
}

/// What a call by that method logs, and the status that its caller gets.
fn call<const N: usize>(
    policy: RetryPolicy,
    method: Method,
    answers: [&'static str; N],
) -> (Vec<Value>, Option<u16>) {
    let mut status = None;
    let records = told(async {
        let address = server(answers).await;
        let client = Client::builder(TokioExecutor::new());
        let client = client.build(Watch::new().layer(Connector::new()));
        let client = policy.layer(OutboundLayer::new().layer(client));
        let response = client.oneshot(request(method, address)).await;
        status = response.ok().map(|response| response.status().as_u16());
    });
    (records, status)
}

#[test]
fn a_call_that_fails_twice_and_recovers_says_so() {
    let (records, status) = call(policy(), Method::GET, [BUSY, CLOSED, OK]);
    assert_eq!(status, Some(200));
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "INFO"]);
    assert_eq!(member(&records, "retry.attempt"), [0, 1, 2]);
    assert_eq!(member(&records, "retry.max_attempts"), [2, 2, 2]);
    assert_eq!(member(&records, "retry.next_delay_ms")[..2], [10, 10]);
    assert_eq!(member(&records, "server.address")[..2], ["127.0.0.1", "127.0.0.1"]);
    assert_eq!(records[0]["http.response.status_code"], 503);
    assert_eq!(records[0]["network.peer.address"], "127.0.0.1");
    assert_eq!(records[1]["error.type"], "connection_closed");
    assert_eq!(records[2]["message"], "ask for the price: went well after 2 retries");
}

#[test]
fn the_last_answer_goes_to_the_caller_and_is_an_error_of_the_log() {
    let (records, status) = call(policy(), Method::POST, [BUSY, BUSY, BUSY]);
    assert_eq!(status, Some(503));
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "ERROR"]);
    assert_eq!(records[2]["retry.exhausted"], true);
    assert_eq!(records[2]["message"], "could not ask for the price");
    let summary = records[2]["fault.summary"].as_str().unwrap();
    assert!(summary.ends_with("Retries: 2/2, giving up"), "{summary}");
}

#[test]
fn what_may_have_been_done_is_done_again_by_idempotent_methods_only() {
    let (records, status) = call(policy(), Method::POST, [CLOSED, OK]);
    assert_eq!(status, None);
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    assert_eq!(
        records[0]["message"],
        "could not ask for the price: not tried again, as it may have been done already"
    );
    for (policy, method) in [(policy(), Method::PUT), (policy().idempotent(), Method::POST)] {
        let (records, status) = call(policy, method, [CLOSED, OK]);
        assert_eq!(status, Some(200));
        assert_eq!(member(&records, "severity"), ["WARN", "INFO"]);
    }
}

#[test]
fn an_answer_that_another_try_does_not_change_is_no_failure_of_the_call() {
    let (records, status) = call(policy(), Method::GET, [DENIED, OK]);
    assert_eq!(status, Some(401));
    assert!(records.is_empty(), "{records:?}");
}

#[test]
fn a_longer_pause_than_there_is_patience_for_is_not_made() {
    let (records, status) = call(policy(), Method::GET, [PAUSED, OK]);
    assert_eq!(status, Some(429));
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    let message = records[0]["message"].as_str().unwrap();
    assert!(message.ends_with("as the peer asks to wait for 1m"), "{message}");
}

/// The numbers that a client finds in its requests, which all get the status 503.
async fn numbers<L, S>(layer: L) -> Vec<Option<u32>>
where
    L: FnOnce(Refusing) -> S,
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let client = Refusing::default();
    let seen = Arc::clone(&client.0);
    layer(client).oneshot(Request::get("http://prices/").body(()).unwrap()).await.unwrap();
    seen.lock().unwrap().clone()
}

#[derive(Clone, Default)]
struct Refusing(Arc<Mutex<Vec<Option<u32>>>>);

impl Service<Request<()>> for Refusing {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let attempt: Option<&Attempt> = request.extensions().get();
        self.0.lock().unwrap().push(attempt.map(|attempt| attempt.number()));
        ready(Ok(Response::builder().status(503).body(()).unwrap()))
    }
}

#[tokio::test]
async fn each_request_has_its_number_also_below_another_policy() {
    let outer = RetryPolicy::with_pauses("shop", [Duration::ZERO]);
    let seen = numbers(|client| outer.layer(policy().layer(client))).await;
    assert_eq!(seen, [0, 1, 2, 0, 1, 2].map(Some));
}

#[tokio::test]
async fn in_the_layer_of_tower_the_number_begins_with_the_first_retry() {
    let seen = numbers(|client| Retry::new(policy(), client)).await;
    assert_eq!(seen, [None, Some(1), Some(2)]);
}

#[test]
fn what_the_layer_beneath_takes_for_no_failure_is_not_tried_again() {
    let records = told(async {
        let address = server([BUSY, OK]).await;
        let client = Client::builder(TokioExecutor::new()).build(Connector::new());
        let client = OutboundLayer::new().failure_if(|_| false).layer(client);
        let response = policy().layer(client).oneshot(request(Method::GET, address)).await;
        assert_eq!(response.unwrap().status(), 503);
    });
    assert!(records.is_empty(), "{records:?}");
}
