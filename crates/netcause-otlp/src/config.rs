//! [`OtlpConfig`]: where records go, and how.

use std::path::PathBuf;
use std::time::Duration;

use netcause_record::OnFull;

use crate::{AttributeLimits, ResourceValue};

/// How requests are made: `OTEL_EXPORTER_OTLP_PROTOCOL`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Protocol Buffers over HTTP/1.1.
    #[default]
    HttpProtobuf,
    /// JSON over HTTP/1.1: for receivers that take nothing else.
    HttpJson,
    /// gRPC over HTTP/2.
    Grpc,
}

/// Files, in PEM, for connections over TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authorities that are trusted in place of the system's.
    pub certificate: Option<PathBuf>,
    /// The certificate that the client shows.
    pub client_certificate: Option<PathBuf>,
    /// Its key.
    pub client_key: Option<PathBuf>,
}

/// Where records go, and how.
///
/// # Example: a collector on this machine, by gRPC
///
/// ```
/// use netcause_otlp::{OtlpConfig, Protocol};
///
/// let config = OtlpConfig {
///     protocol: Protocol::Grpc,
///     endpoint: "http://localhost:4317".to_owned(),
///     ..OtlpConfig::default()
/// };
/// assert_eq!(config.timeout.as_secs(), 10);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OtlpConfig {
    /// The whole URL that requests go to; for gRPC only scheme, host and port count.
    pub endpoint: String,
    /// How requests are made.
    pub protocol: Protocol,
    /// Further headers of each request, such as an API key.
    pub headers: Vec<(String, String)>,
    /// The longest that one attempt takes: name lookup, connection, handshake, answer.
    pub timeout: Duration,
    /// Whether requests are compressed.
    pub gzip: bool,
    /// Files for TLS.
    pub tls: TlsFiles,
    /// The most bytes that wait.
    pub buffer: usize,
    /// The most records that wait.
    pub queue_records: usize,
    /// What happens when there is no room.
    pub on_full: OnFull,
    /// How long a caller waits for room at most where it waits, [`OnFull::Block`]; then the
    /// record is lost.
    pub patience: Duration,
    /// The most records of one request.
    pub batch_records: usize,
    /// How long a record waits for others to go with it.
    pub delay: Duration,
    /// After so long a batch that cannot be delivered is given up; never, where absent.
    pub give_up: Option<Duration>,
    /// The limits of attributes.
    pub attributes: AttributeLimits,
    /// What runs here, in order, keys unique: see [`resource`](crate::resource()).
    pub resource: Vec<(String, ResourceValue)>,
}

impl Default for OtlpConfig {
    fn default() -> Self {
        OtlpConfig {
            endpoint: "http://localhost:4318/v1/logs".to_owned(),
            protocol: Protocol::default(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            gzip: false,
            tls: TlsFiles::default(),
            buffer: 16 << 20,
            queue_records: usize::MAX,
            on_full: OnFull::default(),
            patience: OnFull::PATIENCE,
            batch_records: 512,
            delay: Duration::from_secs(1),
            give_up: None,
            attributes: AttributeLimits::default(),
            resource: Vec::new(),
        }
    }
}

/// Headers carry secrets: their values are not shown, and neither is a password in the URL.
impl std::fmt::Debug for OtlpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("OtlpConfig")
            .field("protocol", &self.protocol)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .field("gzip", &self.gzip)
            .field("tls", &self.tls)
            .field("buffer", &self.buffer)
            .field("on_full", &self.on_full)
            .finish_non_exhaustive()
    }
}
