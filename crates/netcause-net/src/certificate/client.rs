//! [`TlsClient`]: a whole configuration with the recording verifier.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientSessionMemoryCache, Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, Error, RootCertStore};

use super::{RecordingSessions, RecordingVerifier};

/// As many sessions as rustls keeps by itself.
const SESSIONS: usize = 256;

/// Makes a rustls configuration that tells what certificates were presented.
///
/// Clone the configuration for all clients: it holds the one verifier with which sessions
/// are resumed.
///
/// # Example: for reqwest, which takes ALPN from the configuration
///
/// ```
/// use netcause_net::TlsClient;
/// # fn roots() -> rustls::RootCertStore { rustls::RootCertStore::empty() }
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// # let mut roots = roots();
/// # let ca = rcgen::generate_simple_self_signed(["ca".to_owned()]).unwrap();
/// # roots.add(ca.cert.der().clone()).unwrap();
///
/// let config = TlsClient::with_roots(roots).alpn(&["h2", "http/1.1"]).build()?;
/// assert_eq!(config.alpn_protocols.len(), 2);
/// # Ok::<(), rustls::Error>(())
/// ```
#[must_use = "it does nothing until `build`"]
pub struct TlsClient {
    trust: Trust,
    provider: Option<Arc<CryptoProvider>>,
    alpn: Vec<Vec<u8>>,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

enum Trust {
    #[cfg(feature = "rustls-platform-verifier")]
    Platform,
    Roots(RootCertStore),
    Verifier(Arc<dyn ServerCertVerifier>),
}

impl TlsClient {
    /// Trusts whom the operating system trusts.
    #[cfg(feature = "rustls-platform-verifier")]
    pub fn with_platform() -> Self {
        TlsClient::new(Trust::Platform)
    }

    /// Trusts whom Mozilla trusts.
    #[cfg(feature = "webpki-roots")]
    pub fn with_webpki_roots() -> Self {
        TlsClient::with_roots(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }

    /// Trusts these.
    pub fn with_roots(roots: RootCertStore) -> Self {
        TlsClient::new(Trust::Roots(roots))
    }

    /// Leaves the question to a verifier.
    pub fn with_verifier(verifier: Arc<dyn ServerCertVerifier>) -> Self {
        TlsClient::new(Trust::Verifier(verifier))
    }

    fn new(trust: Trust) -> Self {
        TlsClient { trust, provider: None, alpn: Vec::new(), identity: None }
    }

    /// Takes cryptography from there instead of from the process's default.
    pub fn provider(self, provider: Arc<CryptoProvider>) -> Self {
        TlsClient { provider: Some(provider), ..self }
    }

    /// Offers these protocols, the best first; none by default, as hyper-rustls wants it,
    /// which adds its own.
    pub fn alpn(self, protocols: &[&str]) -> Self {
        let alpn = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        TlsClient { alpn, ..self }
    }

    /// Shows this certificate to peers that demand one.
    pub fn identity(
        self,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Self {
        TlsClient { identity: Some((chain, key)), ..self }
    }

    /// Makes the configuration.
    ///
    /// # Errors
    ///
    /// Where there is no default provider of cryptography and none was given, where the
    /// roots cannot be had or are none, and where the key does not fit its certificate.
    pub fn build(self) -> Result<ClientConfig, Error> {
        let provider = self.provider.or_else(|| CryptoProvider::get_default().cloned());
        let provider = provider.ok_or_else(|| {
            let text = "no provider of cryptography: install a default one, or give one to \
                        TlsClient::provider";
            Error::General(text.to_owned())
        })?;
        let algorithms = provider.signature_verification_algorithms;
        let inner = self.trust.verifier(&provider)?;
        let verifier = RecordingVerifier::new(inner).with_algorithms(algorithms);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match self.identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
            None => builder.with_no_client_auth(),
        };
        let sessions = Arc::new(ClientSessionMemoryCache::new(SESSIONS));
        config.resumption = Resumption::store(Arc::new(RecordingSessions::new(sessions)));
        config.alpn_protocols = self.alpn;
        Ok(config)
    }
}

impl Trust {
    fn verifier(
        self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        match self {
            #[cfg(feature = "rustls-platform-verifier")]
            Trust::Platform => {
                Ok(Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider))?))
            }
            Trust::Roots(roots) => {
                let builder = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(provider),
                );
                let verifier =
                    builder.build().map_err(|error| Error::General(error.to_string()))?;
                Ok(verifier)
            }
            Trust::Verifier(verifier) => Ok(verifier),
        }
    }
}

impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No key.
        f.debug_struct("TlsClient").field("alpn", &self.alpn).finish_non_exhaustive()
    }
}
