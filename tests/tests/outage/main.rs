//! A peer that goes away under load and comes back: said once each.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at a surprise")]

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use netcause_tests::lines::{Line, Lines};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tracing_subscriber::prelude::*;

/// How long the peer is away: not much longer than it has to be to be told.
const OUTAGE: Duration = Duration::from_millis(1_600);

/// How long it is there before and after.
const WELL: Duration = Duration::from_millis(150);

/// 100 calls a second, from so many tasks.
const CALLERS: u32 = 4;
const BETWEEN_CALLS: Duration = Duration::from_millis(40);

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    tracing_subscriber::registry().with(lines.layer()).init();
    lines
});

/// A server that answers one byte to each connection, while it is well.
struct Server {
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
    is_hung: Arc<AtomicBool>,
}

impl Server {
    async fn start() -> Self {
        let listener = listener().await;
        let address = listener.local_addr().unwrap();
        let mut server = Server { address, accepting: None, is_hung: Arc::default() };
        server.listen(listener);
        server
    }

    fn listen(&mut self, listener: TcpListener) {
        let is_hung = Arc::clone(&self.is_hung);
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let is_hung = Arc::clone(&is_hung);
                tokio::spawn(async move {
                    while is_hung.load(Ordering::Relaxed) {
                        sleep(Duration::from_millis(10)).await;
                    }
                    let _ = socket.write_all(b"!").await;
                });
            }
        }));
    }

    /// Nothing listens any more.
    async fn stop(&mut self) {
        let accepting = self.accepting.take().expect("it listens");
        accepting.abort();
        let _ = accepting.await;
    }

    async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.listen(listener);
    }
}

/// On a port that the kernel gives to no client: else one that calls the closed port could
/// get that very port, and connect to itself.
async fn listener() -> TcpListener {
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    for port in 0..10_000 {
        let address = SocketAddr::from(([127, 0, 0, 1], 20_000 + (first + port) % 10_000));
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
    }
    panic!("no port is free");
}

async fn query(address: SocketAddr) -> io::Result<u8> {
    TcpStream::connect(address).await?.read_u8().await
}

/// Calls a server again and again; counts what fails.
async fn keep_calling(host: &str, address: SocketAddr, end: Instant, failed: &AtomicU64) {
    let mut ticks = interval(BETWEEN_CALLS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < end {
        ticks.tick().await;
        let call = netcause::call("db", host, address.port()).timeout(Duration::from_millis(100));
        if call.run(query(address)).await.is_err() {
            failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Runs a server with an outage in the middle, under load; what failed meanwhile.
async fn outage(host: &'static str, server: &mut Server, hangs: bool) -> u64 {
    LazyLock::force(&LINES);
    let end = Instant::now() + WELL + OUTAGE + WELL + Duration::from_millis(200);
    let failed = Arc::new(AtomicU64::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (address, failed) = (server.address, Arc::clone(&failed));
            tokio::spawn(async move { keep_calling(host, address, end, &failed).await })
        })
        .collect();
    sleep(WELL).await;
    if hangs {
        server.is_hung.store(true, Ordering::Relaxed);
    } else {
        server.stop().await;
    }
    sleep(OUTAGE).await;
    if hangs {
        server.is_hung.store(false, Ordering::Relaxed);
    } else {
        server.restart().await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    failed.load(Ordering::Relaxed)
}

fn check(lines: &[Line], host: &str, port: u16, failed: u64, category: &str) {
    let about = lines.iter().filter(|it| it.text("server.address") == Some(host));
    let about: Vec<_> = about.collect();
    let [onset, recovery] = about.as_slice() else { panic!("not two lines: {about:#?}") };
    let name = format!("Host {host} on port {port}");
    let message = |line: &Line| line.text("message").unwrap().to_owned();

    assert_eq!(onset.text("severity"), Some("WARN"));
    assert_eq!(onset.category(), Some(category));
    assert!(message(onset).starts_with(&format!("{name} has failed for 1")), "{onset:#?}");
    assert!(onset.raw().contains("failures in a row, the first 1"), "{onset:#?}");

    assert_eq!((recovery.text("severity"), recovery.category()), (Some("INFO"), None));
    let failures = recovery.number("outage.failures").unwrap();
    let message = message(recovery);
    let told = message.strip_prefix(&format!("{name} reachable again after "));
    let (lasted, tries) = told.and_then(|it| it.split_once("s, ")).expect(&message);
    assert!((1.4..2.4).contains(&lasted.parse::<f64>().unwrap()), "{message}");
    assert_eq!(tries, format!("{failures} failed tries"));
    // A call that was under way when the peer came back may fail after another one succeeded.
    let failures = u64::try_from(failures).unwrap();
    assert!((failures..=failures + u64::from(CALLERS)).contains(&failed), "{failed} {failures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_and_its_end_are_told_once_each() {
    let (mut stopped, mut hung) = (Server::start().await, Server::start().await);
    let (refused, silent) = tokio::join!(
        outage("stopped.test", &mut stopped, false),
        outage("hung.test", &mut hung, true),
    );
    let lines = LINES.take();
    check(&lines, "stopped.test", stopped.address.port(), refused, "connect_refused");
    check(&lines, "hung.test", hung.address.port(), silent, "timeout");
}
