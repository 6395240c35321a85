//! [`Connection`]: what is known of a connection, also when an answer never came.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use netcause_fault::{Category, Evidence, Fault, Peer};
use tokio::net::TcpStream;

use crate::{KeepAlive, TcpInfo, Trail, kernel};

/// What is known of a connection of our connector, also after it was closed.
///
/// A client built on hyper-util has it as `Arc<Connection>` among the extras of its
/// `Connected`, and in the extensions of a response.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// # let port = listener.local_addr()?.port();
/// let stream = netcause_net::Connector::new().connect("127.0.0.1", port).await?;
/// let connection = stream.connection();
/// assert!(!connection.begin_use().reused);
/// connection.end_use();
/// assert!(connection.begin_use().reused);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Connection {
    server: Option<(String, u16)>,
    answers: Vec<IpAddr>,
    local: Option<SocketAddr>,
    peer: SocketAddr,
    probing: Option<KeepAlive>,
    opened: Instant,
    sent: AtomicU64,
    received: AtomicU64,
    stream: Weak<TcpStream>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    uses: u64,
    last_use: Option<Use>,
    idle_since: Option<Instant>,
    at_close: Option<TcpInfo>,
    soft_error: Option<i32>,
}

/// How a connection comes to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Use {
    /// Whether it had been used before.
    pub reused: bool,
    /// How long it had been idle.
    pub idle: Option<Duration>,
}

impl Connection {
    pub(super) fn new(
        stream: &Arc<TcpStream>,
        peer: SocketAddr,
        probing: Option<KeepAlive>,
        trail: &Trail,
    ) -> Self {
        Connection {
            server: trail.server(),
            answers: trail.answers(),
            local: stream.local_addr().ok(),
            peer,
            probing,
            opened: Instant::now(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            stream: Arc::downgrade(stream),
            state: Mutex::default(),
        }
    }

    /// Our own address.
    #[must_use]
    pub fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    /// The peer's address.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// When it was opened.
    #[must_use]
    pub fn opened(&self) -> Instant {
        self.opened
    }

    /// Bytes handed to the kernel so far.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    /// Bytes taken from the kernel so far.
    #[must_use]
    pub fn bytes_received(&self) -> u64 {
        self.received.load(Relaxed)
    }

    /// A call begins to use it; says whether one did before, and how long it was idle.
    pub fn begin_use(&self) -> Use {
        let mut state = self.lock();
        state.uses += 1;
        let idle = state.idle_since.take().map(|since| since.elapsed());
        let begun = Use { reused: state.uses > 1, idle };
        state.last_use = Some(begun);
        begun
    }

    /// A call has ended with it, body included.
    pub fn end_use(&self) {
        self.lock().idle_since = Some(Instant::now());
    }

    /// What the kernel counts now, or counted just before the connection was closed.
    #[must_use]
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        if !kernel::may_ask() {
            return None;
        }
        let at_close = self.lock().at_close;
        at_close.or_else(|| kernel::tcp_info(&*self.stream.upgrade()?))
    }

    /// Adds to the fault of a call who the peer was, and what the kernel tells of the
    /// connection; call it before [`Fault::diagnose`].
    ///
    /// ```
    /// use netcause_fault::{Fault, Reason};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # let port = listener.local_addr()?.port();
    /// let stream = netcause_net::Connector::new().connect("127.0.0.1", port).await?;
    /// let mut fault = Fault::of_reason(Reason::ResponseTimeout);
    /// stream.connection().describe(&mut fault);
    /// assert_eq!(fault.peer.server_port, Some(port));
    /// # Ok(())
    /// # }
    /// ```
    pub fn describe(&self, fault: &mut Fault<'static>) {
        fault.peer = self.as_peer();
        self.add_evidence(fault);
    }

    pub(crate) fn add_evidence(&self, fault: &mut Fault<'static>) {
        if fault.category == Category::ConnectionReset
            && let Some(begun) = self.lock().last_use.filter(|it| it.reused)
        {
            fault.add_evidence(Evidence::Reused(begun.idle));
        }
        if let Some(code) = self.soft_error() {
            fault.add_evidence(Evidence::SoftError(code));
        }
        if let Some(counters) = self.tcp_info() {
            counters.describe_probed(self.probing, fault);
        }
    }

    /// What a message of ICMP said of a connection that rides it out.
    fn soft_error(&self) -> Option<i32> {
        let kept = self.lock().soft_error;
        kept.or_else(|| soft_error(&*self.stream.upgrade()?, self.tcp_info()?))
    }

    fn as_peer(&self) -> Peer<'static> {
        let (name, port) = self.server.clone().unzip();
        Peer {
            server_address: name.map(Into::into),
            server_port: port,
            peer_address: Some(self.peer.ip()),
            peer_port: Some(self.peer.port()),
            local_address: self.local.map(|it| it.ip()),
            local_port: self.local.map(|it| it.port()),
            transport: Some("tcp".into()),
            protocol: None,
            dns_answers: self.answers.clone(),
        }
    }

    pub(super) fn sent(&self, count: usize) {
        self.sent.fetch_add(count as u64, Relaxed);
    }

    pub(super) fn received(&self, count: usize) {
        self.received.fetch_add(count as u64, Relaxed);
    }

    /// Keeps what the kernel counts before the socket is closed; the first time counts.
    pub(super) fn close(&self, stream: &TcpStream) {
        let mut state = self.lock();
        // No call waits for anything on a connection that is idle.
        let is_idle = state.idle_since.is_some();
        if state.at_close.is_none() && !is_idle && kernel::may_ask() {
            state.at_close = kernel::tcp_info(stream);
            state.soft_error = state.at_close.and_then(|it| soft_error(stream, it));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the connection stands, `SO_ERROR` holds nothing else, so that nobody misses it.
fn soft_error(stream: &TcpStream, counters: TcpInfo) -> Option<i32> {
    let error = || stream.take_error().ok().flatten()?.raw_os_error();
    if counters.is_established() { error() } else { None }
}
