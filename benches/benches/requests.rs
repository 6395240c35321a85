//! What a request costs through the layers of requests in and calls out, beside the same
//! request without them.
//!
//! A handler makes one call with hyper-util's client and reads the answer; client and server
//! of that call are joined by memory, so that the kernel takes no part. For instruction
//! counts, one case alone and so many times:
//! `valgrind --tool=callgrind target/release/deps/requests-… plain 2000`.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use netcause_benches::measure::{Case, measure};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_benches::subscribers;
use netcause_http::{InboundLayer, OutboundLayer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::runtime::{Builder, Runtime};
use tower_layer::Layer;
use tower_service::Service;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Body = Empty<&'static [u8]>;

const PLAIN: &str = "plain";
const LAYERS: &str = "layers";

/// What a request may cost more.
const MICROSECONDS: f64 = 3.0;

fn main() -> Outcome<()> {
    tracing::dispatcher::set_global_default(subscribers::ours_from_info())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut arguments = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    match (arguments.next().as_deref(), arguments.next()) {
        (Some(PLAIN), Some(times)) => plain(&runtime)(times.parse()?),
        (Some(LAYERS), Some(times)) => layers(&runtime)(times.parse()?),
        _ => compare(&runtime),
    };
    Ok(())
}

fn compare(runtime: &Runtime) -> Duration {
    let measured =
        measure(vec![Case::new(PLAIN, plain(runtime)), Case::new(LAYERS, layers(runtime))]);
    print(&table("a request that makes one call", &measured, PLAIN));
    let more = measured.difference(LAYERS, PLAIN) / 1000.0;
    let what = "microseconds more with both layers, their spans and the line";
    print_budgets(&[Budget::at_most(what, more, MICROSECONDS, None)]);
    Duration::ZERO
}

fn plain(runtime: &Runtime) -> impl FnMut(u64) -> Duration + '_ {
    let handler = Handler(client());
    move |times| requests(runtime, handler.clone(), times)
}

fn layers(runtime: &Runtime) -> impl FnMut(u64) -> Duration + '_ {
    let handler = InboundLayer::new().layer(Handler(OutboundLayer::new().layer(client())));
    move |times| requests(runtime, handler.clone(), times)
}

/// Makes so many requests.
fn requests<S, B>(runtime: &Runtime, mut service: S, times: u64) -> Duration
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let start = Instant::now();
    runtime.block_on(async {
        for _ in 0..times {
            let request = Request::new(Body::new());
            let Ok(answer) = service.call(request).await;
            let _ = answer.into_body().collect().await;
        }
    });
    start.elapsed()
}

/// Makes one call and reads the answer.
#[derive(Clone)]
struct Handler<C>(C);

impl<C, B> Service<Request<Body>> for Handler<C>
where
    C: Service<Request<Body>, Response = Response<B>> + Clone + 'static,
    C::Error: std::fmt::Debug,
    B: http_body::Body,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let mut client = self.0.clone();
        Box::pin(async move {
            let mut request = Request::new(Body::new());
            *request.uri_mut() = Uri::from_static("http://prices.test:8080/v1/prices");
            if let Ok(answer) = client.call(request).await {
                let _ = answer.into_body().collect().await;
            }
            Ok(Response::new(Body::new()))
        })
    }
}

fn client() -> Client<InMemory, Body> {
    Client::builder(TokioExecutor::new()).build(InMemory)
}

/// Connects to a server in memory.
#[derive(Clone)]
struct InMemory;

impl Service<Uri> for InMemory {
    type Response = TokioIo<Pipe>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<Pipe>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (ours, theirs) = tokio::io::duplex(4096);
        tokio::spawn(serve(theirs));
        ready(Ok(TokioIo::new(Pipe(ours))))
    }
}

/// Answers each request on a connection.
async fn serve(mut stream: DuplexStream) -> io::Result<()> {
    let mut request = [0; 1024];
    while stream.read(&mut request).await? > 0 {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
    }
    Ok(())
}

struct Pipe(DuplexStream);

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
