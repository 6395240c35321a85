//! A request that is served by an instrumented axum service, and a call that fails in it.

use std::net::SocketAddr;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Router, routing};
use netcause_cli::peers::Peer;
use netcause_tests::lines::{Line, Lines};
use netcause_tests::otel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::{Instrument, error, info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{runtime, typed};

/// What the service calls, under a name that is not its own.
const PAYMENTS: &str = "payments.test";

#[derive(Clone, Copy)]
struct Service {
    own: SocketAddr,
    payments: SocketAddr,
}

/// The span that OpenTelemetry's conventions ask of a server.
async fn instrument(State(service): State<Service>, request: Request, next: Next) -> Response {
    let span = info_span!(
        "GET /checkout/{cart}",
        otel.kind = "server",
        server.address = %service.own.ip(),
        server.port = service.own.port(),
        http.route = "/checkout/{cart}",
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        client.address = "10.1.2.3",
    );
    next.run(request).instrument(span).await
}

/// Fails, and the error is logged once the span of the call is closed.
async fn checkout(State(service): State<Service>, Path(how): Path<String>) -> StatusCode {
    let port = service.payments.port();
    let call =
        info_span!("charge", otel.kind = "client", server.address = PAYMENTS, server.port = port);
    let outcome = match &*how {
        "told" => TcpStream::connect(service.payments).inspect_err_in(call, true).await,
        "silent" => TcpStream::connect(service.payments).inspect_err_in(call, false).await,
        _ => TcpStream::connect(service.payments).await,
    };
    let error = outcome.unwrap_err();
    error!(error = typed(&error), "could not charge the card");
    error!(error = %format!("charge failed: {error}"), "no order");
    error!("order lost: {error}");
    info!("answering");
    StatusCode::BAD_GATEWAY
}

trait InSpan: Future<Output = std::io::Result<TcpStream>> + Sized {
    /// Awaits the call in its span, and tells of its failure there or not.
    async fn inspect_err_in(self, call: tracing::Span, tell: bool) -> std::io::Result<TcpStream> {
        async {
            let outcome = self.await;
            if let (Err(error), true) = (&outcome, tell) {
                error!(error = typed(error), "the call failed");
            }
            outcome
        }
        .instrument(call)
        .await
    }
}

impl<F: Future<Output = std::io::Result<TcpStream>>> InSpan for F {}

/// The lines of one request, the service's own address, and that of what it calls.
fn serve(how: &str) -> (Vec<Line>, Service) {
    let lines = Lines::default();
    let spans = otel::Spans::default();
    let subscriber = registry().with(spans.layer()).with(lines.layer());
    let service = tracing::subscriber::with_default(subscriber, || {
        runtime().block_on(async {
            let payments = Peer::closed_port().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let service = Service { own: listener.local_addr().unwrap(), payments: payments.addr };
            let app = Router::new()
                .route("/checkout/{cart}", routing::get(checkout))
                .layer(middleware::from_fn_with_state(service, instrument))
                .with_state(service);
            let serving = tokio::spawn(async move { axum::serve(listener, app).await });
            let answer = request(service.own, how).await;
            assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
            serving.abort();
            service
        })
    });
    let lines = lines.take();
    assert!(lines.iter().all(|line| line.has("trace_id")), "{lines:?}");
    (lines, service)
}

async fn request(service: SocketAddr, how: &str) -> String {
    let mut stream = TcpStream::connect(service).await.unwrap();
    let head =
        format!("GET /checkout/{how} HTTP/1.1\r\nhost: shop.test\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// No line that reports a fault shows anything of our own listener as its peer.
fn never_our_own(lines: &[Line], service: Service) {
    let faults: Vec<_> = lines.iter().filter(|line| line.category().is_some()).collect();
    assert!(faults.len() >= 3, "{lines:?}");
    for line in faults {
        assert_eq!(line.category(), Some("connect_refused"));
        assert_ne!(line.text("server.address"), Some("127.0.0.1"), "{line:?}");
        assert_ne!(line.number("server.port"), Some(i64::from(service.own.port())), "{line:?}");
        assert!(!line.has("http.request.method") && !line.has("url.path"), "{line:?}");
        assert_eq!(line.text("http.route"), Some("/checkout/{cart}"), "{line:?}");
        let summary = line.text("fault.summary").unwrap();
        assert!(!summary.contains(&service.own.port().to_string()), "{summary}");
    }
}

#[test]
fn an_error_logged_after_its_call_takes_the_peer_from_memory() {
    let (lines, service) = serve("told");
    never_our_own(&lines, service);
    let expected = (Some(PAYMENTS), Some(i64::from(service.payments.port())));
    assert_eq!(lines.len(), 5, "{lines:?}");
    for line in &lines[..4] {
        assert_eq!(line.peer(), expected, "{line:?}");
    }
    let said = lines[1].get("fault.evidence").unwrap().to_string();
    assert!(said.contains("in this span"), "what comes from memory says so: {said}");
    let said = lines[0].get("fault.evidence").unwrap().to_string();
    assert!(!said.contains("in this span"), "{said}");
}

#[test]
fn an_error_whose_call_told_nothing_has_no_peer() {
    let (lines, service) = serve("silent");
    never_our_own(&lines, service);
    assert!(lines[..3].iter().all(|line| line.peer() == (None, None)), "{lines:?}");
}

#[test]
fn an_error_straight_in_the_server_span_has_no_peer() {
    let (lines, service) = serve("direct");
    never_our_own(&lines, service);
    assert!(lines[..3].iter().all(|line| line.peer() == (None, None)), "{lines:?}");
}

#[test]
fn an_ordinary_event_in_the_server_span_keeps_its_fields() {
    let (lines, service) = serve("direct");
    let ordinary = lines.last().unwrap();
    assert_eq!(ordinary.category(), None);
    assert_eq!(ordinary.peer(), (Some("127.0.0.1"), Some(i64::from(service.own.port()))));
    assert_eq!(ordinary.text("http.request.method"), Some("GET"));
    assert!(!ordinary.has("otel.kind"), "{ordinary:?}");
}
