//! Real failing peers on loopback, for the demonstration and for tests.
//!
//! Each peer is a [`Peer`]: it has an address and stops when it is dropped. What it does
//! with a connection is a [`Script`]; over TLS it also has an identity and
//! [`TlsOptions`]. Nothing here is simulated: a client that calls a peer gets the error
//! that the kernel, or its own library, gives it.
//!
//! | what the client should meet | how |
//! |---|---|
//! | connection refused | [`Peer::closed_port`] |
//! | no answer to the connection attempt | [`Peer::full_queue`] |
//! | accepts, never answers | [`Peer::silent`] |
//! | anything over TCP: close, reset, garbage, statuses, cut bodies | [`Peer::scripted`] with a [`Script`] of [`scripts`] |
//! | other behaviour on each connection in turn | [`Peer::scripted_in_turn`] |
//! | a certificate that fails, a client certificate demanded, ALPN, versions | [`Peer::tls`] |
//! | a broken handshake | [`Peer::scripted`] with [`Script::read_record`] and [`tls_alert`] |
//! | a proxy that is down, refuses, wants credentials | [`Peer::closed_port`], [`Peer::scripted`] with [`scripts::status`] |
//!
//! # Example: a peer that answers 503
//!
//! ```
//! use netcause_cli::peers::{Peer, scripts};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let peer = Peer::scripted(scripts::status(503, &[("Retry-After", "2")])).await?;
//! let url = format!("http://{}/v1/charge", peer.addr);
//! # assert!(url.starts_with("http://127.0.0.1:"));
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use socket2::{Domain, Socket, Type};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod certificates;
mod latency;
mod queue;
mod script;
pub mod scripts;
mod serve;
mod tls;

pub use certificates::{Certificates, Identity, Leaf};
pub use script::Script;
pub use tls::{TlsOptions, TlsVersions, tls_alert};

/// A failing peer on 127.0.0.1; stops, and drops its connections, when it is dropped.
#[derive(Debug)]
pub struct Peer {
    /// Where it listens, or does not.
    pub addr: SocketAddr,
    _hold: Hold,
}

/// What keeps a peer as it is.
#[derive(Debug)]
enum Hold {
    Task(#[expect(dead_code, reason = "kept for its drop")] AbortOnDrop),
    Sockets(#[expect(dead_code, reason = "kept for its drop")] Vec<Socket>),
    Queue(#[expect(dead_code, reason = "kept for its drop")] queue::FullQueue),
}

#[derive(Debug)]
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Peer {
    /// A port where nothing listens, on 127.0.0.1 and, where IPv6 exists, on `::1`.
    ///
    /// The port stays bound without `listen`, so nobody takes it, and the kernel answers
    /// each connection attempt with a reset.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub fn closed_port() -> io::Result<Peer> {
        let ipv4 = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let addr = local_addr(&ipv4)?;
        let mut sockets = vec![ipv4];
        sockets.extend(bind(SocketAddr::from((Ipv6Addr::LOCALHOST, addr.port()))).ok());
        Ok(Peer { addr, _hold: Hold::Sockets(sockets) })
    }

    /// A listener whose accept queue is full: the kernel drops every further connection
    /// attempt, as a firewall or a dead host would.
    ///
    /// Takes the port if it is free, else any. Returns once an attempt went unanswered.
    ///
    /// # Errors
    ///
    /// When no port can be bound, or the queue does not fill.
    pub async fn full_queue(port: Option<u16>) -> io::Result<Peer> {
        let queue = queue::FullQueue::start(port).await?;
        Ok(Peer { addr: queue.addr(), _hold: Hold::Queue(queue) })
    }

    /// A peer that accepts, reads, and never answers.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn silent() -> io::Result<Peer> {
        Self::scripted(Script::new().hang()).await
    }

    /// A peer that does the same with each connection.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn scripted(script: Script) -> io::Result<Peer> {
        Self::scripted_in_turn(vec![script]).await
    }

    /// A peer that follows the first script on the first connection, and so on; the last
    /// one on all that come later.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn scripted_in_turn(scripts: Vec<Script>) -> io::Result<Peer> {
        Self::scripted_on(listen().await?, scripts)
    }

    /// As [`Peer::scripted_in_turn`], on a listener of the caller's own.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    pub fn scripted_on(listener: TcpListener, scripts: Vec<Script>) -> io::Result<Peer> {
        Ok(Self::task(listener.local_addr()?, serve::plain(listener, scripts)))
    }

    /// A peer that completes TLS handshakes as the identity and then follows the script.
    ///
    /// # Errors
    ///
    /// When no port can be bound, or rustls does not take the identity.
    pub async fn tls(
        identity: &Identity,
        options: &TlsOptions,
        script: Script,
    ) -> io::Result<Peer> {
        Self::tls_on(listen().await?, identity, options, script)
    }

    /// As [`Peer::tls`], on a listener of the caller's own.
    ///
    /// # Errors
    ///
    /// When the listener has no address, or rustls does not take the identity.
    pub fn tls_on(
        listener: TcpListener,
        identity: &Identity,
        options: &TlsOptions,
        script: Script,
    ) -> io::Result<Peer> {
        let config = Arc::new(options.server_config(identity)?);
        let addr = listener.local_addr()?;
        Ok(Self::task(addr, serve::tls(listener, config, options.latency, script)))
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// `http://127.0.0.1:port` and the path.
    #[must_use]
    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// `https://host:port` and the path; the client has to map the host to [`Peer::addr`].
    #[must_use]
    pub fn https(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.addr.port())
    }

    fn task(addr: SocketAddr, serve: impl Future<Output = ()> + Send + 'static) -> Peer {
        Peer { addr, _hold: Hold::Task(AbortOnDrop(tokio::spawn(serve))) }
    }
}

async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((IpAddr::from(Ipv4Addr::LOCALHOST), 0)).await
}

fn bind(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

fn local_addr(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("not an IP socket"))
}

#[cfg(test)]
mod tests;
