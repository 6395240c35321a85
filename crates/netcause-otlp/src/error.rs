//! [`Error`]: why an exporter could not be started.

use std::fmt;

/// Why an exporter could not be started.
///
/// ```
/// use netcause_otlp::{ErrorKind, LogExporter, OtlpConfig};
///
/// let config = OtlpConfig { endpoint: "collector:4318".to_owned(), ..OtlpConfig::default() };
/// assert_eq!(LogExporter::start(config).unwrap_err().kind(), ErrorKind::Endpoint);
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    text: String,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The endpoint is no URL of the schemes `http` and `https`.
    Endpoint,
    /// A header has a name or a value that HTTP does not allow.
    Header,
    /// A file of certificates or keys cannot be used.
    Tls,
    /// The thread that sends could not be started.
    Thread,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Error { kind, text: text.into() }
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
