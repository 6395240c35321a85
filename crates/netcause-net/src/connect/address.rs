//! Connecting to one address.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;

use crate::kernel;
use crate::{AddressFailure, Step, Trail};

/// A connection that stands.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
}

/// Why an address gave no connection.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the kernel reported; none where the limit ran out.
    pub(crate) error: Option<io::Error>,
    pub(crate) seen: Box<AddressFailure>,
}

/// Connects to one address; what became of it is noted on the trail, also where the future is
/// dropped.
pub(crate) async fn connect(
    address: SocketAddr,
    limit: Duration,
    trail: &Arc<Trail>,
) -> Result<Opened, Failure> {
    connect_over(address, None, limit, trail).await
}

/// The same with packets that live for so many routers, where that is given.
pub(crate) async fn connect_over(
    address: SocketAddr,
    routers: Option<u8>,
    limit: Duration,
    trail: &Arc<Trail>,
) -> Result<Opened, Failure> {
    trail.note(Step::Trying(address));
    let stream = match begin(address, routers) {
        Ok(stream) => stream,
        Err(error) => {
            let mut seen = Box::new(AddressFailure::new(address));
            (seen.os_error, seen.nothing_sent) = (error.raw_os_error(), true);
            trail.note(Step::Failed(seen.clone()));
            return Err(Failure { error: Some(error), seen });
        }
    };
    let attempt = Attempt { address, stream: Some(stream), trail: Arc::clone(trail) };
    let result = tokio::time::timeout(limit, attempt.wait()).await;
    attempt.finish(result.map_err(|_| limit))
}

/// A connect under way.
struct Attempt {
    address: SocketAddr,
    stream: Option<TcpStream>,
    trail: Arc<Trail>,
}

/// Begins to connect. What this host decides by itself (no route, a rule of its own) ends here.
fn begin(address: SocketAddr, routers: Option<u8>) -> io::Result<TcpStream> {
    let socket = socket(Domain::for_address(address))?;
    if kernel::may_ask() {
        kernel::queue_errors(&socket, address.is_ipv6(), true);
    }
    match (routers.map(u32::from), address.is_ipv6()) {
        (Some(routers), true) => socket.set_unicast_hops_v6(routers)?,
        (Some(routers), false) => socket.set_ttl_v4(routers)?,
        (None, _) => {}
    }
    match socket.connect(&address.into()) {
        Err(error) if !kernel::is_in_progress(&error) => Err(error),
        // Only now: the reactor takes a socket that does not connect for one that was hung up.
        _ => TcpStream::from_std(socket.into()),
    }
}

/// A socket that does not block.
#[cfg(target_os = "linux")]
fn socket(domain: Domain) -> io::Result<Socket> {
    Socket::new(domain, Type::STREAM.nonblocking(), Some(Protocol::TCP))
}

/// A socket that does not block.
#[cfg(not(target_os = "linux"))]
fn socket(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Attempt {
    /// Waits until the kernel has decided.
    async fn wait(&self) -> io::Result<SocketAddr> {
        let Some(stream) = &self.stream else { return Err(io::ErrorKind::NotConnected.into()) };
        // A peer on this host has answered by now: neither a timer nor a turn of the reactor.
        if let Ok(peer) = stream.peer_addr() {
            return Ok(peer);
        }
        stream.writable().await?;
        match stream.take_error()? {
            Some(error) => Err(error),
            // Without a peer it was woken by an entry in the error queue alone.
            None => stream.peer_addr(),
        }
    }

    fn finish(
        mut self,
        result: Result<io::Result<SocketAddr>, Duration>,
    ) -> Result<Opened, Failure> {
        let Some(stream) = self.stream.take() else {
            let error = Some(io::ErrorKind::NotConnected.into());
            return Err(Failure { error, seen: Box::new(AddressFailure::new(self.address)) });
        };
        let (error, limit) = match result {
            Ok(Ok(peer)) => return Ok(Opened { stream: self.stand(stream), peer }),
            Ok(Err(error)) => (Some(error), None),
            Err(limit) => (None, Some(limit)),
        };
        let mut seen = Box::new(self.look(&stream));
        let told = error.as_ref().and_then(io::Error::raw_os_error);
        seen.os_error = told.or(seen.os_error.filter(|_| error.is_some()));
        seen.limit = limit;
        self.trail.note(Step::Failed(seen.clone()));
        let error = error.map(|it| seen.os_error.map_or(it, io::Error::from_raw_os_error));
        Err(Failure { error, seen })
    }

    /// The connection stands: from now on a message of ICMP must not break it.
    fn stand(&self, stream: TcpStream) -> TcpStream {
        if kernel::may_ask() {
            kernel::queue_errors(&stream, self.address.is_ipv6(), false);
        }
        stream
    }

    fn look(&self, stream: &TcpStream) -> AddressFailure {
        let mut seen = AddressFailure::new(self.address);
        let local = stream.local_addr().ok();
        seen.local = local.filter(|it| !it.ip().is_unspecified());
        if kernel::may_ask() {
            let queued = kernel::read_errors(stream, self.address.ip());
            (seen.icmp, seen.os_error) = queued.unzip();
            seen.would_see_icmp = true;
            seen.tcp = kernel::tcp_info(stream);
        }
        seen
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.trail.note(Step::GivenUp(Box::new(self.look(&stream))));
        }
    }
}
