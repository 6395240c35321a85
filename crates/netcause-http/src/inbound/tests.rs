//! What requests log, as records.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Channel, Empty, Full};
use netcause_fault::{Fault, Reason};
use netcause_net::{Ended, FinishedTry, Operation, Outcome, Served, carry, set_outcome};
use serde_json::Value;
use tower::{ServiceExt, service_fn};
use tower_layer::Layer;

use super::*;
use crate::tests::logged;

const MS: Duration = Duration::from_millis(1);

fn request() -> Request<()> {
    Request::get("/cart/7?token=x").body(()).unwrap()
}

fn answer(status: u16) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::from("done")).unwrap()
}

/// One call to the database that is over.
fn call(number: u32, operation: Option<Operation>, works: bool) {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some("db".into());
    fault.peer.server_port = Some(5432);
    fault.diagnose();
    let fault = Arc::new(fault);
    let ended = if works { Ended::Well } else { Ended::Failed(&fault) };
    let mut finished = FinishedTry::new("db", Some(5432), MS, ended);
    finished.attempt = operation.map(|operation| operation.attempt(number));
    Served::current().expect("a request is being served").add(&finished);
}

/// The only line of a request that is read to its end.
fn line_of<B>(handler: impl AsyncFn() -> Response<B> + Send + Sync) -> Value
where
    B: http_body::Body<Data = Bytes, Error = Infallible>,
{
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(handler().await) });
        let layer = InboundLayer::new().route(|_| Some("/cart/{id}".to_owned()));
        let answer = layer.layer(service).oneshot(request()).await.unwrap();
        answer.into_body().collect().await.unwrap();
    });
    only(lines)
}

fn only(mut lines: Vec<Value>) -> Value {
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.pop().unwrap()
}

#[test]
fn a_request_that_goes_well_has_a_line_at_info() {
    let line = line_of(async || {
        call(0, None, true);
        answer(200)
    });
    assert_eq!(line["severity"], "INFO");
    assert_eq!(line["message"], "request served");
    assert_eq!(line["target"], "netcause::request");
    assert_eq!(line["http.route"], "/cart/{id}");
    assert_eq!(line["url.path"], "/cart/7");
    assert_eq!(line["http.request.method"], "GET");
    assert_eq!(line["http.response.status_code"], 200);
    assert_eq!(line["impact.outcome"], "ok");
    assert_eq!(line["impact.status_code"], 200);
    assert_eq!(line["impact.calls"], 1);
    assert_eq!(line["impact.calls_failed"], 0);
    assert_eq!(line["impact.retries"], 0);
    assert_eq!(line["impact.slowest_peer"], "db:5432");
    assert!(line["impact.duration_ms"].is_u64());
    assert_eq!(line.get("fault.category"), None);
}

#[test]
fn a_request_that_failed_says_why_and_names_the_peer() {
    let line = line_of(async || {
        call(0, None, false);
        answer(502)
    });
    assert_eq!(line["severity"], "ERROR");
    assert_eq!(line["impact.outcome"], "failed");
    assert_eq!(line["impact.status_code"], 502);
    assert_eq!(line["fault.category"], "connect_refused");
    assert_eq!(line["server.address"], "db");
    assert_eq!(line["server.port"], 5432);
    assert_eq!(line["fault.summary"], "Connection to host db on port 5432 refused");
    assert_eq!(line["http.route"], "/cart/{id}");
    // That of the peer, which there is none of.
    assert_eq!(line.get("http.response.status_code"), None);
}

#[test]
fn an_answer_without_a_call_that_failed_is_a_warning() {
    let line = line_of(async || {
        call(0, None, false);
        answer(200)
    });
    assert_eq!((&line["severity"], &line["impact.outcome"]), (&"WARN".into(), &"degraded".into()));
    assert_eq!(line["fault.category"], "connect_refused");
}

#[test]
fn a_call_that_recovered_is_no_fault_of_the_request() {
    let line = line_of(async || {
        let operation = Operation::new(Some(3));
        call(0, Some(operation), false);
        call(1, Some(operation), true);
        answer(200)
    });
    assert_eq!((&line["severity"], &line["impact.outcome"]), (&"INFO".into(), &"recovered".into()));
    assert_eq!((&line["impact.calls"], &line["impact.retries"]), (&1.into(), &1.into()));
    assert_eq!(line.get("fault.category"), None);
}

#[test]
fn a_failure_of_the_services_own_blames_nobody() {
    let line = line_of(async || {
        call(0, None, true);
        answer(503)
    });
    assert_eq!((&line["severity"], &line["impact.status_code"]), (&"ERROR".into(), &503.into()));
    assert_eq!(line.get("fault.category"), None, "{line}");
}

#[test]
fn what_the_handler_says_of_the_outcome_stands() {
    let line = line_of(async || {
        call(0, None, false);
        assert!(set_outcome(Outcome::Ok));
        answer(200)
    });
    assert_eq!(line["impact.outcome"], "ok");
}

#[test]
fn a_call_of_a_spawned_task_counts() {
    let line = line_of(async || {
        tokio::spawn(carry(async { call(0, None, false) })).await.unwrap();
        answer(200)
    });
    assert_eq!(line["impact.calls_failed"], 1);
}

#[test]
fn a_status_of_grpc_in_trailers_is_the_answer() {
    let line = line_of(async || {
        call(0, None, false);
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        let trailers = [("grpc-status".parse().unwrap(), "14".parse().unwrap())];
        sender.send_trailers(HeaderMap::from_iter(trailers)).await.unwrap();
        Response::new(body)
    });
    assert_eq!(line["severity"], "ERROR");
    assert_eq!(line["impact.outcome"], "failed");
    assert_eq!(line["impact.status_code"], 200);
}

#[test]
fn calls_made_while_the_body_is_sent_count() {
    let line = line_of(async || {
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        tokio::spawn(carry(async move {
            sender.send_data(Bytes::from("a")).await.unwrap();
            call(0, None, false);
        }));
        Response::new(body)
    });
    assert_eq!((&line["impact.calls"], &line["impact.outcome"]), (&1.into(), &"degraded".into()));
}

#[test]
fn a_client_that_leaves_before_the_answer_leaves_a_line() {
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async {
            call(0, None, true);
            let _under_way = UnderWay(Served::current().unwrap());
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, Infallible>(answer(200))
        });
        let answer = InboundLayer::new().layer(service).oneshot(request());
        assert!(tokio::time::timeout(10 * MS, answer).await.is_err());
    });
    let line = only(lines);
    assert_eq!(line["severity"], "WARN");
    assert_eq!(line["message"], "request given up by its client");
    assert_eq!(line["fault.category"], "cancelled");
    assert_eq!(line["impact.calls"], 2);
    assert_eq!(line["impact.calls_failed"], 0);
    assert_eq!(line.get("impact.status_code"), None);
    let evidence = line["fault.evidence"].to_string();
    assert!(evidence.contains("a call to api:443 had been under way for"), "{evidence}");
    assert_eq!(line.get("server.address"), None);
}

/// A call that is dropped unfinished.
struct UnderWay(Served);

impl Drop for UnderWay {
    fn drop(&mut self) {
        assert!(self.0.has_ended());
        self.0.add(&FinishedTry::new("api", Some(443), MS, Ended::Unfinished));
    }
}

#[test]
fn a_client_that_leaves_in_the_body_leaves_a_line() {
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async {
            let (sender, body) = Channel::<Bytes, Infallible>::new(1);
            std::mem::forget(sender);
            Ok::<_, Infallible>(Response::new(body))
        });
        drop(InboundLayer::new().layer(service).oneshot(request()).await.unwrap());
    });
    let line = only(lines);
    assert_eq!(line["message"], "request given up by its client");
    assert_eq!(line["impact.status_code"], 200);
}

#[test]
fn an_answer_to_head_is_complete_without_its_body() {
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(answer(200)) });
        let head = Request::head("/").body(()).unwrap();
        drop(InboundLayer::new().layer(service).oneshot(head).await.unwrap());
    });
    assert_eq!(only(lines)["message"], "request served");
}

#[test]
fn a_handler_that_panics_leaves_a_line() {
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async {
            call(0, None, false);
            if true {
                std::panic::resume_unwind(Box::new("boom"));
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        });
        let answer = InboundLayer::new().layer(service).oneshot(request());
        let caught = tokio::spawn(answer);
        assert!(caught.await.is_err());
    });
    let line = only(lines);
    assert_eq!(line["severity"], "ERROR");
    assert_eq!(line["message"], "the handler of the request panicked");
    assert_eq!(line["impact.outcome"], "failed");
}

#[test]
fn a_route_that_reads_like_a_failure_is_none() {
    let lines = logged(async {
        let service = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(answer(500)) });
        let layer = InboundLayer::new().route(|_| Some("/connection refused/timed out".to_owned()));
        let answer = layer.layer(service).oneshot(request()).await.unwrap();
        answer.into_body().collect().await.unwrap();
    });
    let line = only(lines);
    assert_eq!(line["severity"], "ERROR");
    assert_eq!(line.get("fault.category"), None, "{line}");
}
