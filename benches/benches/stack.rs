//! What a new connection costs through our connector, beside hyper-util's own.
//!
//! Time is that of this thread on its processor, the kernel's part included; the server is
//! another thread. For instruction counts, one case alone and so many times:
//! `valgrind --tool=callgrind target/release/deps/stack-… plain 2000`.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use netcause_benches::measure::{Case, measure};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_net::{Connector, Watch};
use nix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};
use tower_layer::Layer;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PLAIN: &str = "plain";
const OURS: &str = "ours";

/// What a new connection may cost more.
const MICROSECONDS: f64 = 5.0;

fn main() -> Outcome<()> {
    let address = serve()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut arguments = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    match (arguments.next().as_deref(), arguments.next()) {
        (Some(PLAIN), Some(times)) => calls(&runtime, &plain(), address, times.parse()?),
        (Some(OURS), Some(times)) => calls(&runtime, &ours(), address, times.parse()?),
        _ => compare(&runtime, address),
    };
    Ok(())
}

fn compare(runtime: &Runtime, address: SocketAddr) -> Duration {
    let (plain, ours) = (plain(), ours());
    let measured = measure(vec![
        Case::new(PLAIN, |times| calls(runtime, &plain, address, times)),
        Case::new(OURS, |times| calls(runtime, &ours, address, times)),
    ]);
    print(&table("a request on a connection of its own, CPU time", &measured, PLAIN));
    let more = measured.difference(OURS, PLAIN) / 1000.0;
    let what = "microseconds more for a new connection";
    print_budgets(&[Budget::at_most(what, more, MICROSECONDS, None)]);
    Duration::ZERO
}

type Body = Empty<&'static [u8]>;

fn plain() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

fn ours() -> Client<netcause_net::Watched<Connector>, Body> {
    Client::builder(TokioExecutor::new()).build(Watch::new().layer(Connector::new()))
}

/// Makes so many requests, each on a new connection; gives the processor's time.
fn calls<C>(runtime: &Runtime, client: &Client<C, Body>, to: SocketAddr, times: u64) -> Duration
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let start = processor_time();
    runtime.block_on(async {
        for _ in 0..times {
            let _ = call(client, to).await;
        }
    });
    processor_time().saturating_sub(start)
}

async fn call<C>(client: &Client<C, Body>, to: SocketAddr) -> Outcome<()>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let response = client.get(format!("http://{to}/").parse()?).await?;
    response.into_body().collect().await?;
    Ok(())
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// Answers each connection once and closes it.
fn serve() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
}
