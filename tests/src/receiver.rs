//! A receiver of OTLP that does what a test tells it to, and notes what came and when.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use prost::Message;

/// What to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, headers and a body.
    Http(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A status of gRPC, with `grpc-message` and, in base64, `grpc-status-details-bin`.
    Grpc(u8, &'static str, &'static str),
    /// Nothing, ever.
    Nothing,
}

/// All is well.
#[must_use]
pub fn accepted() -> Reply {
    Reply::Http(200, Vec::new(), Vec::new())
}

/// A status and nothing else.
#[must_use]
pub fn status(status: u16) -> Reply {
    Reply::Http(status, Vec::new(), Vec::new())
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// When it was there.
    pub at: Instant,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its message.
    pub body: Vec<u8>,
    /// The log records in it.
    pub logs: Vec<LogRecord>,
}

impl Arrived {
    /// The texts of the records, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.logs.iter().map(text).collect()
    }
}

/// The body of a record, as a text.
#[must_use]
pub fn text(log: &LogRecord) -> String {
    match log.body.as_ref().and_then(|body| body.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

type Script = dyn Fn(usize, &[LogRecord]) -> Reply + Send + Sync;

/// A receiver that runs until the process ends.
#[derive(Clone)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    script: Arc<Script>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.address.fmt(f)
    }
}

impl Receiver {
    /// Starts one, which asks `script` what to answer to the request of that number, from 0.
    ///
    /// # Panics
    ///
    /// Where there is no free port.
    #[must_use]
    pub fn start(
        is_grpc: bool,
        script: impl Fn(usize, &[LogRecord]) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Receiver::start_at("127.0.0.1:0".parse().expect("an address"), is_grpc, script)
    }

    /// The same at a known address.
    ///
    /// # Panics
    ///
    /// Where it is taken.
    #[must_use]
    pub fn start_at(
        address: SocketAddr,
        is_grpc: bool,
        script: impl Fn(usize, &[LogRecord]) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("a port of its own");
        let address = listener.local_addr().expect("it is bound");
        let receiver = Receiver { address, arrived: Arc::default(), script: Arc::new(script) };
        let server = receiver.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(server.serve(listener, is_grpc));
        });
        receiver
    }

    async fn serve(self, listener: TcpListener, is_grpc: bool) {
        listener.set_nonblocking(true).expect("a socket can be told");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
        while let Ok((stream, _)) = listener.accept().await {
            let receiver = self.clone();
            let service = service_fn(move |request| {
                let receiver = receiver.clone();
                async move { Ok::<_, Infallible>(receiver.answer(request).await) }
            });
            let io = TokioIo::new(stream);
            if is_grpc {
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                tokio::spawn(builder.serve_connection(io, service));
            } else {
                let builder = hyper::server::conn::http1::Builder::new();
                tokio::spawn(builder.serve_connection(io, service));
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<BoxBody<Bytes, Infallible>> {
        let headers = request.headers().clone();
        let body = request.into_body().collect().await.map(|body| body.to_bytes());
        let message = message(&headers, &body.unwrap_or_default());
        let logs = decoded(&message);
        let number = {
            let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
            let at = Instant::now();
            arrived.push(Arrived { at, headers, body: message, logs: logs.clone() });
            arrived.len() - 1
        };
        match (self.script)(number, &logs) {
            Reply::Nothing => std::future::pending().await,
            Reply::Http(status, headers, body) => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(Full::new(body.into()).boxed()).expect("a response")
            }
            Reply::Grpc(code, text, details) => grpc(code, text, details),
        }
    }

    /// What came so far.
    #[must_use]
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The URL for log records.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1/logs", self.address)
    }

    /// Waits until something is so.
    ///
    /// # Panics
    ///
    /// Where it does not become so in half a minute.
    pub fn wait(&self, is_so: impl Fn(&[Arrived]) -> bool) {
        let start = Instant::now();
        while !is_so(&self.arrived()) {
            assert!(start.elapsed() < Duration::from_secs(30), "{} requests", self.arrived().len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn grpc(code: u8, text: &'static str, details: &str) -> Response<BoxBody<Bytes, Infallible>> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(u16::from(code)));
    trailers.insert("grpc-message", HeaderValue::from_static(text));
    if let (false, Ok(value)) = (details.is_empty(), HeaderValue::from_str(details)) {
        trailers.insert(HeaderName::from_static("grpc-status-details-bin"), value);
    }
    let empty = Full::new(Bytes::from_static(&[0; 5]));
    let body = empty.with_trailers(std::future::ready(Some(Ok(trailers)))).boxed();
    let builder = Response::builder().header("content-type", "application/grpc");
    builder.body(body).expect("a response")
}

/// The message of a request: decompressed, and for gRPC without its frame.
fn message(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|it| it == value);
    let (is_gzip, bytes) = match is("content-type", "application/grpc") {
        true => (body.first() == Some(&1), body.get(5..).unwrap_or_default()),
        false => (is("content-encoding", "gzip"), body),
    };
    if !is_gzip {
        return bytes.to_vec();
    }
    let mut message = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(bytes), &mut message).expect("gzip");
    message
}

fn decoded(message: &[u8]) -> Vec<LogRecord> {
    let request = ExportLogsServiceRequest::decode(message).expect("a request of OTLP");
    let scopes = request.resource_logs.into_iter().flat_map(|resource| resource.scope_logs);
    scopes.flat_map(|scope| scope.log_records).collect()
}
