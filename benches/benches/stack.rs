//! What a new connection and a request cost through our connector and our layer, beside
//! hyper-util's client alone.
//!
//! Time is that of this thread on its processor, the kernel's part included; the servers are
//! other threads. Spans go to our subscriber. For instruction counts, one case alone and so
//! many times: `valgrind --tool=callgrind target/release/deps/stack-… closing plain 2000`.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use netcause_benches::measure::{Case, measure};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_benches::subscribers;
use netcause_http::{Outbound, OutboundLayer};
use netcause_net::{Connector, Watch, Watched};
use nix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};
use tower_layer::Layer;
use tower_service::Service;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Body = Empty<&'static [u8]>;
type Connected = Client<Watched<Connector>, Body>;

const PLAIN: &str = "plain";
const CONNECTOR: &str = "connector";
const WHOLE: &str = "connector and layer";

/// How many microseconds more a new connection may cost, and a request.
const CONNECTION: f64 = 5.0;
const REQUEST: f64 = 3.0;

/// What a server does after an answer, what that makes of a request, and how many
/// microseconds more the connector and the whole stack may cost.
const SCENES: [(&str, &str, f64, f64); 2] = [
    ("closing", "a request on a new connection", CONNECTION, CONNECTION + REQUEST),
    ("keeping", "a request on a connection kept", REQUEST, REQUEST),
];

fn main() -> Outcome<()> {
    tracing::dispatcher::set_global_default(subscribers::ours_from_info())?;
    let bench = Bench::new()?;
    let arguments: Vec<_> = std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    if let [scene, case, times] = &*arguments {
        bench.calls(case, &serve(scene == "keeping")?, times.parse()?);
        return Ok(());
    }
    for (scene, title, connector, whole) in SCENES {
        let uri = serve(scene == "keeping")?;
        let case = |name| Case::new(name, |times| bench.calls(name, &uri, times));
        let measured = measure([PLAIN, CONNECTOR, WHOLE].map(case).into());
        print(&table(&format!("{title}, processor time"), &measured, PLAIN));
        let budget = |case, bound| {
            let more = measured.difference(case, PLAIN) / 1000.0;
            Budget::at_most(format!("microseconds more: {case}"), more, bound, None)
        };
        print_budgets(&[budget(CONNECTOR, connector), budget(WHOLE, whole)]);
    }
    Ok(())
}

struct Bench {
    runtime: Runtime,
    plain: Client<HttpConnector, Body>,
    connector: Connected,
    whole: Outbound<Connected>,
}

impl Bench {
    fn new() -> Outcome<Self> {
        let mut theirs = HttpConnector::new();
        theirs.set_nodelay(true);
        let ours = || Watch::new().layer(Connector::new());
        let client = || Client::builder(TokioExecutor::new());
        Ok(Bench {
            runtime: Builder::new_current_thread().enable_all().build()?,
            plain: client().build(theirs),
            connector: client().build(ours()),
            whole: OutboundLayer::new().layer(client().build(ours())),
        })
    }

    /// Makes so many requests; gives the processor's time.
    fn calls(&self, case: &str, to: &Uri, times: u64) -> Duration {
        let start = processor_time();
        match case {
            PLAIN => self.runtime.block_on(calls(self.plain.clone(), to, times)),
            CONNECTOR => self.runtime.block_on(calls(self.connector.clone(), to, times)),
            _ => self.runtime.block_on(calls(self.whole.clone(), to, times)),
        }
        processor_time().saturating_sub(start)
    }
}

async fn calls<S, R>(mut service: S, to: &Uri, times: u64)
where
    S: Service<Request<Body>, Response = Response<R>>,
    R: http_body::Body,
{
    for _ in 0..times {
        let mut request = Request::new(Body::new());
        *request.uri_mut() = to.clone();
        if let Ok(response) = service.call(request).await {
            let _ = response.into_body().collect().await;
        }
        // Its task brings the connection back to the pool; else the client opens another one.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
    }
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

const CLOSING: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
const KEEPING: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A server that answers each connection once and closes it, or as long as it is asked.
fn serve(keeping: bool) -> Outcome<Uri> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            match keeping {
                true => drop(thread::spawn(move || while answer(&stream, KEEPING).is_ok() {})),
                false => drop(answer(&stream, CLOSING)),
            }
        }
    });
    Ok(format!("http://{address}/").parse()?)
}

fn answer(mut stream: &TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let mut request = [0; 1024];
    match stream.read(&mut request)? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => stream.write_all(answer),
    }
}
