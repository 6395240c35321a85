//! [`Connector`]: resolves, connects, and keeps what each address answered.

pub(crate) mod address;
mod connection;
mod error;
mod race;
mod resolve;
#[cfg(feature = "hyper-util")]
mod service;
mod stream;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::WithFault;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::address::Opened;
pub use self::connection::{Connection, Use};
pub use self::error::{ConnectError, ConnectErrorKind};
pub use self::resolve::{Resolve, Resolving, SystemResolver};
pub use self::stream::Stream;
use crate::{Ledger, Reach, Step, Trail};
use ConnectErrorKind as Kind;

/// Connects by name, and knows why where it cannot.
///
/// Its errors carry a fault: which host and port, which addresses, in which phase, after how
/// long, which limit ran out, and what the kernel and the network said.
///
/// # Example: a port on which nobody listens
///
/// ```
/// use netcause_fault::Category;
/// use netcause_net::Connector;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
/// let error = Connector::new().connect("127.0.0.1", free.port()).await.unwrap_err();
/// assert_eq!(error.fault().category, Category::ConnectRefused);
/// assert_eq!(error.fault().peer.server_port, Some(free.port()));
/// # }
/// ```
///
/// With the feature `hyper-util` it is a [`tower_service::Service`] of URIs, for hyper-util's
/// client and for tonic's `connect_with_connector`.
#[derive(Debug, Clone)]
pub struct Connector {
    resolver: Arc<dyn Resolve>,
    limits: Limits,
    keep_alive: Option<KeepAlive>,
    no_delay: bool,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    lookup: Duration,
    address: Duration,
    total: Option<Duration>,
}

/// How often the peer's kernel is asked whether it is still there (tcp(7)).
///
/// Probes tell a peer that is silent from a path that is cut, once a request was acknowledged;
/// without them both look the same.
///
/// ```
/// use std::time::Duration;
/// use netcause_net::{Connector, KeepAlive};
///
/// let mut often = KeepAlive::default();
/// often.idle = Duration::from_secs(1);
/// let connector = Connector::new().keep_alive(often);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepAlive {
    /// How long nothing came before the first probe; 2 s unless set, whole seconds.
    pub idle: Duration,
    /// The pause between probes that are not answered; 1 s unless set, whole seconds.
    pub interval: Duration,
    /// After so many that were not answered the connection ends; 60 unless set.
    pub probes: u32,
}

impl Default for KeepAlive {
    fn default() -> Self {
        KeepAlive { idle: Duration::from_secs(2), interval: Duration::from_secs(1), probes: 60 }
    }
}

impl Default for Connector {
    fn default() -> Self {
        Connector {
            resolver: Arc::new(SystemResolver),
            limits: Limits { lookup: TEN_SECONDS, address: TEN_SECONDS, total: None },
            keep_alive: Some(KeepAlive::default()),
            no_delay: true,
        }
    }
}

const TEN_SECONDS: Duration = Duration::from_secs(10);

impl Connector {
    /// A connector with the resolver of this host, and limits of 10 s for the lookup and for
    /// each address.
    #[must_use]
    pub fn new() -> Self {
        Connector::default()
    }

    /// Looks names up by another resolver.
    #[must_use]
    pub fn resolver(self, resolver: impl Resolve) -> Self {
        Connector { resolver: Arc::new(resolver), ..self }
    }

    /// Limits the lookup of a name.
    #[must_use]
    pub fn lookup_limit(mut self, limit: Duration) -> Self {
        self.limits.lookup = limit;
        self
    }

    /// Limits the try of each address.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.limits.address = limit;
        self
    }

    /// Limits lookup and tries together.
    #[must_use]
    pub fn total_limit(mut self, limit: Duration) -> Self {
        self.limits.total = Some(limit);
        self
    }

    /// Asks the peer's kernel at other times whether it is still there, or never.
    #[must_use]
    pub fn keep_alive(self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        Connector { keep_alive: keep_alive.into(), ..self }
    }

    /// Whether small segments are sent at once (`TCP_NODELAY`), as they are unless set.
    #[must_use]
    pub fn no_delay(self, no_delay: bool) -> Self {
        Connector { no_delay, ..self }
    }

    /// A connection to a host, by name or address.
    ///
    /// # Errors
    ///
    /// A [`ConnectError`] with its fault, where the name has no address, none of the
    /// addresses gives a connection, or a limit runs out.
    pub async fn connect(&self, host: &str, port: u16) -> Result<Stream, WithFault> {
        let host = host.trim_matches(['[', ']']);
        let trail = Trail::current().unwrap_or_else(Trail::start);
        trail.set_server(host, port);
        let opening = self.open(host, port, &trail);
        let opened = match self.limits.total {
            None => opening.await,
            Some(total) => {
                let opened = timeout(total, opening).await;
                opened.unwrap_or_else(|_| Err(ran_out(host, port, &trail).with_limit(total)))
            }
        };
        match opened {
            Ok(opened) => {
                Ledger::global().reached(host, port, Reach::Connected);
                Ok(Stream::new(opened, self.keep_alive, &trail))
            }
            Err(error) => {
                let fault = trail.fault(&error);
                Err(WithFault::new(error, fault))
            }
        }
    }

    async fn open(
        &self,
        host: &str,
        port: u16,
        trail: &Arc<Trail>,
    ) -> Result<Opened, ConnectError> {
        let addresses = match host.parse() {
            Ok(address) => vec![address],
            Err(_) => self.look_up(host, port, trail).await?,
        };
        let addresses = addresses.into_iter().map(|it| SocketAddr::new(it, port)).collect();
        let limit = self.limits.address;
        let opened = race::race(addresses, limit, trail).await.map_err(|failure| {
            let peer = || format!("{host}:{port}");
            match failure.map(|it| it.error) {
                None => ConnectError::new(Kind::NoAddress, host.to_owned()),
                Some(Some(error)) => ConnectError::new(Kind::Connect, peer()).with_source(error),
                Some(None) => ConnectError::new(Kind::Timeout, peer()).with_limit(limit),
            }
        })?;
        self.set_up(&opened.stream);
        Ok(opened)
    }

    async fn look_up(
        &self,
        host: &str,
        port: u16,
        trail: &Trail,
    ) -> Result<Vec<IpAddr>, ConnectError> {
        trail.note(Step::LookingUp);
        let limit = self.limits.lookup;
        let found = timeout(limit, self.resolver.resolve(host)).await;
        let failed = |kind| {
            trail.note(Step::LookupFailed);
            ConnectError::new(kind, host.to_owned())
        };
        let addresses = found
            .map_err(|_| failed(Kind::LookupTimeout).with_limit(limit))?
            .map_err(|error| failed(Kind::Lookup).with_source(error))?;
        if addresses.is_empty() {
            return Err(failed(Kind::NoAddress));
        }
        trail.note(Step::Resolved(addresses.clone()));
        Ledger::global().resolved(host, port, &addresses);
        Ok(addresses)
    }

    /// Sets options that are worth having, and not worth failing for.
    pub(crate) fn set_up(&self, stream: &TcpStream) {
        if self.no_delay {
            let _ = stream.set_nodelay(true);
        }
        if let Some(keep_alive) = self.keep_alive {
            let options = TcpKeepalive::new().with_time(keep_alive.idle);
            #[cfg(not(any(target_os = "openbsd", target_os = "haiku", target_os = "vita")))]
            let options = options.with_interval(keep_alive.interval);
            #[cfg(target_os = "linux")]
            let options = options.with_retries(keep_alive.probes);
            let _ = SockRef::from(stream).set_tcp_keepalive(&options);
        }
    }
}

/// The limit of everything ran out: in the lookup, or after it.
fn ran_out(host: &str, port: u16, trail: &Trail) -> ConnectError {
    match trail.is_looking_up() {
        true => ConnectError::new(Kind::LookupTimeout, host.to_owned()),
        false => ConnectError::new(Kind::Timeout, format!("{host}:{port}")),
    }
}
