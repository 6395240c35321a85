//! [`RecordingVerifier`]: what was presented, whatever the verdict.

use std::sync::Arc;

use netcause_fault::{Certificate, Evidence};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::expiry;
use super::read::{self, Recent, Signer};
use crate::{Step, Trail};

/// A verifier of server certificates that decides nothing: it passes the question on and
/// notes what was presented in the [`Trail`] of the connect.
///
/// Use one for all connections: rustls resumes sessions only with the very same verifier.
/// [`TlsClient`](super::TlsClient) makes a whole configuration with it.
///
/// # Example: around the verifier that one has
///
/// ```
/// use std::sync::Arc;
/// use netcause_net::RecordingVerifier;
/// use rustls::client::danger::ServerCertVerifier;
///
/// fn recorded(config: &mut rustls::ClientConfig, inner: Arc<dyn ServerCertVerifier>) {
///     let verifier = Arc::new(RecordingVerifier::new(inner));
///     config.dangerous().set_certificate_verifier(verifier);
/// }
/// ```
#[derive(Debug)]
pub struct RecordingVerifier {
    inner: Arc<dyn ServerCertVerifier>,
    algorithms: Option<WebPkiSupportedAlgorithms>,
    recent: Recent,
}

impl RecordingVerifier {
    /// Notes what `inner` is asked about.
    #[must_use]
    pub fn new(inner: Arc<dyn ServerCertVerifier>) -> Self {
        let provider = CryptoProvider::get_default();
        RecordingVerifier {
            inner,
            algorithms: provider.map(|it| it.signature_verification_algorithms),
            recent: Recent::default(),
        }
    }

    /// Checks with these algorithms whether a certificate that was not accepted is signed by
    /// its own key, instead of with those of the process's default.
    #[must_use]
    pub fn with_algorithms(self, algorithms: WebPkiSupportedAlgorithms) -> Self {
        RecordingVerifier { algorithms: Some(algorithms), ..self }
    }

    fn note(
        &self,
        leaf: &CertificateDer<'_>,
        is_alone: bool,
        name: &ServerName<'_>,
        now: UnixTime,
        verdict: Result<(), &Error>,
    ) {
        let Some(mut seen) = self.recent.certificate(leaf) else { return };
        seen.verified_at = i64::try_from(now.as_secs()).ok();
        let trail = Trail::current();
        match (verdict, &trail) {
            (Ok(()), trail) => expiry::accepted(name, trail.as_deref(), &seen),
            (Err(error), Some(trail)) => {
                let facts = self.facts(leaf, is_alone, &seen, error);
                facts.into_iter().for_each(|fact| trail.note(Step::Fact(fact)));
            }
            (Err(_), None) => {}
        }
        if let Some(trail) = trail {
            trail.note(Step::Certificate(Box::new(seen)));
        }
    }

    /// What a verdict leaves open and can be seen.
    fn facts(
        &self,
        leaf: &CertificateDer<'_>,
        is_alone: bool,
        seen: &Certificate<'_>,
        error: &Error,
    ) -> Option<Evidence<'static>> {
        let text = match read::signer(leaf, self.algorithms)? {
            Signer::Itself => "the certificate is self-signed: its own key signed it".to_owned(),
            Signer::AllegedlyItself => {
                "the certificate names itself as its issuer, as a self-signed one does".to_owned()
            }
            Signer::Another => {
                let is_untrusted =
                    matches!(error, Error::InvalidCertificate(CertificateError::UnknownIssuer));
                let issuer = seen.issuer.as_deref().filter(|_| is_untrusted)?;
                let alone = if is_alone { ", and the peer sent no certificate of it" } else { "" };
                format!("the certificate was issued by {issuer}{alone}")
            }
        };
        Some(Evidence::Note(text.into()))
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.inner.verify_server_cert(leaf, intermediates, name, ocsp, now);
        self.note(leaf, intermediates.is_empty(), name, now, verdict.as_ref().map(drop));
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.inner.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.inner.root_hint_subjects()
    }
}
