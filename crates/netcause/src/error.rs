//! [`Error`]: why logging could not be started.

use std::fmt;

/// Why logging could not be started.
///
/// ```
/// use netcause::{Config, ErrorKind};
///
/// let error = Config::from_variables([("NETCAUSE_FORMAT", "xml")]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Value);
/// assert_eq!(error.to_string(), "NETCAUSE_FORMAT=xml: allowed are auto, json, pretty, otlp-json, off");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    text: String,
    source: Option<std::io::Error>,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A variable has a value that is not allowed.
    Value,
    /// A variable of this name does not exist.
    Name,
    /// A variable asks for something that this version does not have.
    NotBuilt,
    /// The output could not be opened.
    Output,
    /// An exporter could not be started.
    Exporter,
    /// A global subscriber is in place already.
    AlreadySet,
}

impl Error {
    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Error { kind, text: text.into(), source: None }
    }

    pub(crate) fn value(name: &str, value: &str, allowed: &str) -> Self {
        Error::new(ErrorKind::Value, format!("{name}={value}: {allowed}"))
    }

    pub(crate) fn output(name: &str, path: &str, source: std::io::Error) -> Self {
        let text = format!("{name}={path}: the file cannot be opened for appending: {source}");
        Error { kind: ErrorKind::Output, text, source: Some(source) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
