//! A receiver of log records over http/protobuf that counts what arrives.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;
use tokio::net::TcpListener;

/// Answers every request and counts its records.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    records: AtomicU64,
    bytes: AtomicU64,
}

impl Receiver {
    /// Listens on a free port, on a thread of its own.
    ///
    /// # Errors
    ///
    /// Where no port or no thread can be had.
    pub fn start() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let counts = Arc::<Counts>::default();
        let shared = Arc::clone(&counts);
        let serve = move || runtime.block_on(serve(listener, shared));
        thread::Builder::new().name("receiver".to_owned()).spawn(serve)?;
        Ok(Receiver { address, counts })
    }

    /// Where log records go to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1/logs", self.address)
    }

    /// How many records arrived, in how many requests, of how many bytes.
    #[must_use]
    pub fn counts(&self) -> [u64; 3] {
        let Counts { requests, records, bytes } = &*self.counts;
        [records, requests, bytes].map(|count| count.load(Ordering::Relaxed))
    }
}

async fn serve(listener: TcpListener, counts: Arc<Counts>) {
    while let Ok((stream, _)) = listener.accept().await {
        let counts = Arc::clone(&counts);
        tokio::spawn(async move {
            let service = service_fn(|request| receive(request, &counts));
            // Whoever sends may leave whenever it likes.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn receive(
    request: Request<Incoming>,
    counts: &Counts,
) -> Result<Response<Empty<&'static [u8]>>, Infallible> {
    let mut response = Response::new(Empty::new());
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).ok();
    let message = body.as_ref().and_then(|body| ExportLogsServiceRequest::decode(&**body).ok());
    if let (Some(body), Some(message)) = (body, message) {
        let scopes = message.resource_logs.iter().flat_map(|resource| &resource.scope_logs);
        let records: usize = scopes.map(|scope| scope.log_records.len()).sum();
        counts.requests.fetch_add(1, Ordering::Relaxed);
        counts.records.fetch_add(records as u64, Ordering::Relaxed);
        counts.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
    } else {
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
    }
    Ok(response)
}
