//! [`ConnectError`]: why no connection stands.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why [`Connector`](crate::Connector) has no connection to give.
///
/// ```
/// use netcause_net::{ConnectErrorKind, Connector};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
/// let error = Connector::new().connect("127.0.0.1", free.port()).await.unwrap_err();
/// let inner = error.error().downcast_ref::<netcause_net::ConnectError>().unwrap();
/// assert_eq!(inner.kind(), ConnectErrorKind::Connect);
/// # }
/// ```
#[derive(Debug)]
pub struct ConnectError {
    kind: ConnectErrorKind,
    peer: String,
    limit: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a [`ConnectError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// The name could not be looked up.
    Lookup,
    /// The lookup took longer than its limit.
    LookupTimeout,
    /// The name has no address.
    NoAddress,
    /// No address could be connected to.
    Connect,
    /// A limit of ours ran out while connecting.
    Timeout,
    /// Whoever asked for it stopped waiting.
    GivenUp,
}

impl ConnectError {
    pub(crate) fn new(kind: ConnectErrorKind, peer: String) -> Self {
        ConnectError { kind, peer, limit: None, source: None }
    }

    /// Whoever asked for a connection stopped waiting for it.
    #[cfg(feature = "hyper-util")]
    pub(crate) fn given_up(server: Option<(String, u16)>) -> Self {
        let peer = server.map_or_else(|| "a peer".to_owned(), |it| format!("{}:{}", it.0, it.1));
        ConnectError::new(ConnectErrorKind::GivenUp, peer)
    }

    pub(crate) fn with_limit(self, limit: Duration) -> Self {
        ConnectError { limit: Some(limit), ..self }
    }

    pub(crate) fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        ConnectError { source: Some(source.into()), ..self }
    }

    /// Whether the kernel's own tries came to their end.
    pub(crate) fn is_timeout_of_kernel(&self) -> bool {
        let error = self.source.as_deref().and_then(|it| it.downcast_ref::<io::Error>());
        error.is_some_and(|it| it.kind() == io::ErrorKind::TimedOut)
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }

    /// The limit that ran out.
    #[must_use]
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = &self.peer;
        match self.kind {
            ConnectErrorKind::Lookup => write!(f, "could not look up {peer}"),
            ConnectErrorKind::LookupTimeout => write!(f, "lookup of {peer} timed out"),
            ConnectErrorKind::NoAddress => write!(f, "lookup of {peer} gave no address"),
            ConnectErrorKind::Connect => write!(f, "could not connect to {peer}"),
            ConnectErrorKind::Timeout => write!(f, "connecting to {peer} timed out"),
            ConnectErrorKind::GivenUp => write!(f, "connecting to {peer} was given up"),
        }?;
        match self.limit {
            Some(limit) => write!(f, " after {}", netcause_fault::text_duration(limit)),
            None => Ok(()),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}
