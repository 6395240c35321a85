//! [`FullQueue`]: a listener that never accepts, filled until the kernel drops attempts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// On loopback an answer takes microseconds; silence for this long is silence.
const UNANSWERED: Duration = Duration::from_millis(100);

/// More connections than a queue of length zero ever takes.
const MAX_FILLERS: usize = 16;

/// The listener and the connections that fill its queue.
#[derive(Debug)]
pub(super) struct FullQueue {
    addr: SocketAddr,
    _listener: Socket,
    _fillers: Vec<TcpStream>,
}

impl FullQueue {
    pub(super) async fn start(port: Option<u16>) -> io::Result<Self> {
        let listener = listen(port.unwrap_or(0)).or_else(|_| listen(0))?;
        let addr = super::local_addr(&listener)?;
        let fillers = fill(addr).await?;
        Ok(FullQueue { addr, _listener: listener, _fillers: fillers })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

fn listen(port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // A demonstration that was just ended leaves connections in TIME_WAIT on this port.
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(0)?;
    Ok(socket)
}

/// Connects until an attempt goes unanswered; that last attempt is the proof.
async fn fill(addr: SocketAddr) -> io::Result<Vec<TcpStream>> {
    let mut fillers = Vec::new();
    while fillers.len() < MAX_FILLERS {
        match timeout(UNANSWERED, TcpStream::connect(addr)).await {
            Ok(connected) => fillers.push(connected?),
            Err(_) => return Ok(fillers),
        }
    }
    Err(io::Error::other("the accept queue does not fill"))
}
