//! [`TlsOptions`]: how a peer shakes hands.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};

use super::Identity;

/// The TLS versions of a peer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 only.
    Only12,
    /// 1.3 only.
    Only13,
}

/// How a peer shakes hands; by default as most servers do.
///
/// # Example: a client certificate is demanded
///
/// ```
/// use netcause_cli::peers::TlsOptions;
/// let options = TlsOptions { client_certificate: true, ..TlsOptions::default() };
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// The versions.
    pub versions: TlsVersions,
    /// Whether a client certificate of the authority is demanded.
    pub client_certificate: bool,
    /// The application protocols (RFC 7301); none are negotiated if empty.
    pub alpn: Vec<String>,
    /// How long what the client sends is under way. Without it a verdict of TLS 1.3 on a
    /// client's certificate may overtake the client's own request.
    pub latency: Duration,
}

impl TlsOptions {
    pub(super) fn server_config(&self, identity: &Identity) -> io::Result<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.versions.supported())
            .map_err(io::Error::other)?
            .with_client_cert_verifier(self.verifier(identity)?)
            .with_single_cert(identity.chain(), identity.key())
            .map_err(io::Error::other)?;
        config.alpn_protocols = self.alpn.iter().map(|name| name.clone().into_bytes()).collect();
        Ok(config)
    }

    fn verifier(&self, identity: &Identity) -> io::Result<Arc<dyn ClientCertVerifier>> {
        if !self.client_certificate {
            return Ok(WebPkiClientVerifier::no_client_auth());
        }
        let roots = Arc::new(identity.client_roots()?);
        let provider = Arc::new(ring::default_provider());
        WebPkiClientVerifier::builder_with_provider(roots, provider)
            .build()
            .map_err(io::Error::other)
    }
}

impl TlsVersions {
    /// As rustls takes them.
    #[must_use]
    pub fn supported(self) -> &'static [&'static SupportedProtocolVersion] {
        const ONLY_12: &[&SupportedProtocolVersion] = &[&TLS12];
        const ONLY_13: &[&SupportedProtocolVersion] = &[&TLS13];
        match self {
            TlsVersions::Both => rustls::ALL_VERSIONS,
            TlsVersions::Only12 => ONLY_12,
            TlsVersions::Only13 => ONLY_13,
        }
    }
}

/// A fatal TLS alert in one plain record (RFC 8446, section 6), such as 40
/// `handshake_failure`, 70 `protocol_version`, 80 `internal_error`, 112
/// `unrecognized_name`.
///
/// ```
/// use netcause_cli::peers::{Script, tls_alert};
/// let script = Script::new().read_record().send(tls_alert(40)).finish();
/// # let _ = script;
/// ```
#[must_use]
pub const fn tls_alert(description: u8) -> [u8; 7] {
    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    [ALERT, 3, 3, 0, 2, FATAL, description]
}
