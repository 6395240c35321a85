//! Errors of the shapes that clients make, for the tests of all modules.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;

/// An error with a text and perhaps a source.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

pub(crate) fn link(text: &str) -> Link {
    Link { text: text.to_owned(), source: None }
}

pub(crate) fn link_to(text: &str, source: impl Error + Send + Sync + 'static) -> Link {
    Link { text: text.to_owned(), source: Some(Box::new(source)) }
}

pub(crate) fn refused() -> io::Error {
    io::Error::from_raw_os_error(111)
}

/// Prints as hyper-util's private type of that name does.
pub(crate) struct ConnectError {
    address: SocketAddr,
    cause: io::Error,
}

impl ConnectError {
    pub(crate) fn new(address: SocketAddr, cause: io::Error) -> Self {
        ConnectError { address, cause }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tcp connect error")
    }
}

impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectError")
            .field(&"tcp connect error")
            .field(&self.address)
            .field(&self.cause)
            .finish()
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}
