//! What calls tell: to their callers, to the request that they are made for, and to spans.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Channel, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause_fault::{Category, Fault, Limit, Phase, Reason, Retry};
use netcause_net::{Attempt, Connector, Impact, Operation, Outcome, Served, Watch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tower::{ServiceExt, service_fn};
use tower_layer::Layer;

use super::*;
use crate::tests::logged;

const MS: Duration = Duration::from_millis(1);

fn answer(status: u16) -> Response<Full<Bytes>> {
    Response::builder().status(status).header("retry-after", "3").body(Full::from("x")).unwrap()
}

fn get() -> Request<()> {
    Request::get("http://prices:8080/v1/all").body(()).unwrap()
}

type Answered<B> = Result<Response<OutboundBody<B>>, OutboundError>;

/// What a call to a peer gives that does as told, and what it did to the request.
async fn call<B: Body>(
    layer: OutboundLayer,
    request: Request<()>,
    peer: impl AsyncFn() -> io::Result<Response<B>>,
) -> (Answered<B>, Served) {
    let served = Served::new();
    let client = layer.layer(service_fn(|_: Request<()>| peer()));
    let result = served.clone().scope(client.oneshot(request)).await;
    (result, served)
}

fn fault_of(impact: &Impact) -> &Fault<'static> {
    impact.fault.as_ref().expect("a call failed for good")
}

#[tokio::test]
async fn an_answer_that_is_a_failure_goes_to_the_caller_and_counts() {
    let (result, served) = call(OutboundLayer::new(), get(), async || Ok(answer(503))).await;
    assert_eq!(result.unwrap().status(), 503);
    let impact = served.impact(false);
    assert_eq!((impact.outcome, impact.calls_failed), (Outcome::Degraded, 1));
    let fault = fault_of(&impact);
    assert_eq!((fault.category, fault.error_type()), (Category::Unavailable, "503"));
    assert_eq!(fault.peer.server_address.as_deref(), Some("prices"));
    assert_eq!(fault.peer.server_port, Some(8080));
    assert_eq!(fault.retry, Some(Retry::AfterDelay));
    assert!(fault.evidence.iter().any(|fact| fact.to_string() == "the peer asks to wait 3s"));
    assert!(
        fault.summary().to_string().contains("answered GET /v1/all with status 503"),
        "{}",
        fault.summary()
    );
}

#[tokio::test]
async fn what_counts_as_a_failure_is_the_callers_choice() {
    let (_, served) = call(OutboundLayer::new(), get(), async || Ok(answer(404))).await;
    assert_eq!(served.impact(false).outcome, Outcome::Ok);
    let strict = OutboundLayer::new().failure_if(|answer| answer.status() == 404);
    let (_, served) = call(strict.clone(), get(), async || Ok(answer(404))).await;
    assert_eq!(served.impact(false).outcome, Outcome::Degraded);
    let (_, served) = call(strict, get(), async || Ok(answer(503))).await;
    assert_eq!(served.impact(false).outcome, Outcome::Ok);
    let odd = OutboundLayer::new().failure_if(|answer| answer.status() == 204);
    let (_, served) = call(odd, get(), async || Ok(answer(204))).await;
    assert_eq!(fault_of(&served.impact(false)).error_type(), "204");
}

#[tokio::test]
async fn an_error_carries_the_whole_fault() {
    let refuse = async || Err::<Response<Full<Bytes>>, _>(io::Error::from_raw_os_error(111));
    let attempt = Operation::new(Some(5)).attempt(2);
    let mut request = get();
    request.extensions_mut().insert::<Attempt>(attempt);
    let (result, served) = call(OutboundLayer::new(), request, refuse).await;
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), "Connection refused (os error 111)");
    let fault = error.fault().unwrap();
    assert_eq!(fault.category, Category::ConnectRefused);
    assert_eq!(fault.peer.server_address.as_deref(), Some("prices"));
    assert_eq!(fault.request.url.as_deref(), Some("http://prices:8080/v1/all"));
    assert_eq!((fault.attempts.attempt, fault.attempts.max_attempts), (Some(2), Some(5)));
    assert_eq!(served.impact(true).outcome, Outcome::Failed);
}

#[tokio::test]
async fn an_error_that_says_nothing_is_a_failed_call_of_unknown_nature() {
    let fail = async || Err::<Response<Full<Bytes>>, _>(io::Error::other("no luck"));
    let (result, served) = call(OutboundLayer::new(), get(), fail).await;
    assert_eq!(result.unwrap_err().fault().unwrap().category, Category::Unknown);
    assert_eq!(served.impact(false).calls_failed, 1);
}

#[tokio::test]
async fn a_limit_that_runs_out_says_which_one() {
    let silent = async || std::future::pending::<io::Result<Response<Full<Bytes>>>>().await;
    let layer = OutboundLayer::new().response_limit(10 * MS).total_limit(Duration::from_secs(9));
    let (result, _) = call(layer, get(), silent).await;
    let error = result.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.limit, fault.timeout), (Some(Limit::Response), Some(10 * MS)));
    assert_eq!(fault.category, Category::Timeout, "nothing tells where the time went");
    assert!(fault.elapsed.unwrap() >= 10 * MS);
}

#[tokio::test]
async fn a_body_that_stalls_runs_into_the_limit_of_everything() {
    let stall = async || {
        let (sender, body) = Channel::<Bytes, Infallible>::new(1);
        std::mem::forget(sender);
        Ok(Response::new(body))
    };
    let (result, served) = call(OutboundLayer::new().total_limit(20 * MS), get(), stall).await;
    let error = result.unwrap().into_body().collect().await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.reason, fault.phase), (Some(Reason::BodyTimeout), Some(Phase::Body)));
    assert_eq!((fault.limit, fault.timeout), (Some(Limit::Total), Some(20 * MS)));
    assert_eq!(served.impact(false).calls_failed, 1);
}

#[tokio::test]
async fn a_body_that_breaks_fails_the_call_with_its_phase() {
    let cut = async || {
        let (mut sender, body) = Channel::<Bytes, io::Error>::new(2);
        sender.send_data(Bytes::from("half")).await.unwrap();
        sender.abort(io::Error::from(io::ErrorKind::ConnectionReset));
        Ok(Response::new(body))
    };
    let (result, served) = call(OutboundLayer::new(), get(), cut).await;
    let error = result.unwrap().into_body().collect().await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.category, fault.phase), (Category::ConnectionReset, Some(Phase::Body)));
    assert_eq!(served.impact(false).calls_failed, 1);
}

#[tokio::test]
async fn a_status_of_grpc_counts_in_trailers_and_in_headers() {
    let grpc = || {
        let request = Request::post("http://prices:8080/shop.Prices/Get");
        request.header("content-type", "application/grpc").body(()).unwrap()
    };
    let trailers = async || {
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        let status = [("grpc-status".parse().unwrap(), "14".parse().unwrap())];
        sender.send_trailers(HeaderMap::from_iter(status)).await.unwrap();
        Ok(Response::new(body))
    };
    let (result, served) = call(OutboundLayer::new(), grpc(), trailers).await;
    result.unwrap().into_body().collect().await.unwrap();
    let impact = served.impact(false);
    assert_eq!(fault_of(&impact).error_type(), "UNAVAILABLE");
    let headers = async || {
        let response = Response::builder().header("grpc-status", "5");
        Ok(response.body(Full::<Bytes>::default()).unwrap())
    };
    let (_, served) = call(OutboundLayer::new(), grpc(), headers).await;
    assert_eq!(served.impact(false).outcome, Outcome::Ok, "NOT_FOUND may be an answer");
}

#[tokio::test]
async fn the_same_get_again_is_a_retry() {
    let served = Served::new();
    let tries = std::cell::Cell::new(0);
    let client = OutboundLayer::new().layer(service_fn(|_: Request<()>| async {
        tries.set(tries.get() + 1);
        Ok::<_, io::Error>(answer(if tries.get() < 3 { 503 } else { 200 }))
    }));
    for _ in 0..3 {
        let answer = served.clone().scope(client.clone().oneshot(get())).await.unwrap();
        drop(answer);
    }
    let impact = served.impact(false);
    assert_eq!((impact.outcome, impact.calls, impact.retries), (Outcome::Recovered, 1, 2));
}

#[tokio::test]
async fn a_call_that_its_caller_drops_has_failed_unless_the_request_ends() {
    let silent = || {
        let silent = |_: Request<()>| std::future::pending::<io::Result<Response<Full<Bytes>>>>();
        OutboundLayer::new().layer(service_fn(silent))
    };
    let served = Served::new();
    let call = served.clone().scope(silent().oneshot(get()));
    assert!(tokio::time::timeout(5 * MS, call).await.is_err());
    let impact = served.impact(false);
    assert_eq!(fault_of(&impact).category, Category::Cancelled);
    assert_eq!(impact.calls_failed, 1);

    let served = Served::new();
    let mut call = Box::pin(served.clone().scope(silent().oneshot(get())));
    assert!(tokio::time::timeout(5 * MS, &mut call).await.is_err());
    served.end();
    drop(call);
    let impact = served.impact(false);
    assert_eq!((impact.outcome, impact.calls), (Outcome::Ok, 1));
    assert_eq!(impact.unfinished.unwrap().0, "prices:8080");
}

#[tokio::test]
async fn a_call_inside_a_call_is_a_part_of_it() {
    let served = Served::new();
    let inner = OutboundLayer::new()
        .layer(service_fn(|_: Request<()>| async { Ok::<_, io::Error>(answer(503)) }));
    let outer = OutboundLayer::new().layer(inner);
    drop(served.clone().scope(outer.oneshot(get())).await.unwrap());
    assert_eq!(served.impact(false).calls, 1);
}

/// A client of hyper-util, with our connector and layers.
fn client(layer: OutboundLayer) -> Outbound<Client<netcause_net::Watched<Connector>, String>> {
    let connector = Watch::new().layer(Connector::new());
    layer.layer(Client::builder(TokioExecutor::new()).build(connector))
}

fn to(port: u16) -> Request<String> {
    Request::get(format!("http://127.0.0.1:{port}/v1")).body(String::new()).unwrap()
}

#[tokio::test]
async fn an_answer_that_never_comes_is_judged_by_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let peer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        std::future::pending::<()>().await;
    });
    let client = client(OutboundLayer::new().response_limit(50 * MS));
    let error = client.oneshot(to(port)).await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!(fault.category, Category::ResponseTimeout);
    assert_eq!(fault.phase, Some(Phase::Response));
    assert_eq!(fault.peer.peer_port, Some(port));
    assert!(fault.peer.local_port.is_some());
    #[cfg(target_os = "linux")]
    assert!(
        fault.evidence.iter().any(|fact| fact.to_string().contains("acknowledged")),
        "{:?}",
        fault.evidence
    );
    peer.abort();
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_the_connectors_to_tell() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client(OutboundLayer::new()).oneshot(to(free.port())).await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.category, fault.phase), (Category::ConnectRefused, Some(Phase::Connect)));
    assert_eq!(fault.request.method.as_deref(), Some("GET"));
    assert_eq!(fault.peer.peer_port, Some(free.port()));
}

/// Never answers.
#[derive(Debug)]
struct SilentResolver;

impl netcause_net::Resolve for SilentResolver {
    fn resolve(&self, _: &str) -> netcause_net::Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_limit_that_runs_out_in_the_lookup_says_so() {
    let connector = Watch::new().layer(Connector::new().resolver(SilentResolver));
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let client = OutboundLayer::new().total_limit(20 * MS).layer(client);
    let request = Request::get("http://prices.test/").body(String::new()).unwrap();
    let error = client.oneshot(request).await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.reason, fault.phase), (Some(Reason::DnsTimeout), Some(Phase::Dns)));
    assert_eq!((fault.limit, fault.timeout), (Some(Limit::Total), Some(20 * MS)));
    assert_eq!(fault.peer.server_address.as_deref(), Some("prices.test"));
}

#[tokio::test]
async fn a_connection_that_is_used_again_says_so_when_it_breaks() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
        // The second request is read, so that the client does not send it again by itself.
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
    });
    let client = client(OutboundLayer::new());
    let first = client.clone().oneshot(to(port)).await.unwrap();
    first.into_body().collect().await.unwrap();
    let error = client.oneshot(to(port)).await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!(fault.category, Category::ConnectionReset, "{error:?}");
    let said: Vec<_> = fault.evidence.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|it| it.contains("reused after")), "{said:?}");
}

#[test]
fn a_timer_around_a_call_is_known_by_what_it_dropped() {
    let lines = logged(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = client(OutboundLayer::new());
        let work = async {
            let error = tokio::time::timeout(30 * MS, client.oneshot(to(port))).await.unwrap_err();
            tracing::error!(error = &error as &(dyn std::error::Error + 'static), "no prices");
        };
        tracing::Instrument::instrument(work, tracing::info_span!("handler")).await;
    });
    let line = lines.last().unwrap();
    assert_eq!(line["server.address"], "127.0.0.1", "{line}");
    assert_eq!(line["fault.category"], "response_timeout");
    assert_eq!(line["fault.phase"], "response");
    assert!(line["network.local.port"].is_u64());
}

#[test]
fn a_status_that_the_caller_makes_an_error_of_is_known_again() {
    let lines = logged(async {
        let work = async {
            let (result, _) = call(OutboundLayer::new(), get(), async || Ok(answer(503))).await;
            let text = format!("prices: {}", result.unwrap().status());
            tracing::error!(error = %text, "no prices");
        };
        tracing::Instrument::instrument(work, tracing::info_span!("handler")).await;
    });
    let line = lines.last().unwrap();
    assert_eq!(line["server.address"], "prices", "{line}");
    assert_eq!(line["fault.category"], "unavailable");
    assert_eq!(line["url.full"], "http://prices:8080/v1/all");
}
