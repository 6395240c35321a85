//! The TLS handshake, and the certificates that the peer presents in it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use netcause_fault::{
    Category, Cause, Certificate, Confidence, Evidence, Fault, Limit, Phase, Reason,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::exchange::Broken;
use super::run::{Failed, Run};
use super::{Handshake, Step};
use crate::certificate::certificate;
use crate::{Stream, TlsClient};

/// More certificates of a chain than this are not told.
const CHAIN: usize = 8;

/// How long a peer of TLS 1.3 has to say that it wants a certificate: it finds out only after
/// this side has finished (RFC 8446 §4.4.2.4).
const SECOND_THOUGHTS: Duration = Duration::from_millis(200);

/// What came of the handshake.
type Outcome = Result<TlsStream<Stream>, Option<io::Error>>;

impl Run<'_> {
    /// Shakes hands over a connection.
    pub(super) async fn shake_hands(
        &mut self,
        stream: Stream,
    ) -> Result<TlsStream<Stream>, Failed> {
        let name = self.probe.name().to_owned();
        let keeper = Arc::new(Keeper::new(self.probe.verifier.clone()));
        let started = Instant::now();
        let outcome = self.handshake(&name, stream, &keeper).await;
        let elapsed = started.elapsed();
        let chain = keeper.chain();
        self.certificate = chain.first().cloned();
        let mut step = Handshake { name, elapsed, version: None, chain, error: None };
        match outcome {
            Ok(mut stream) => {
                let version = stream.get_ref().1.protocol_version();
                step.version = version.map(|it| format!("{it:?}").replace('_', "."));
                let refused = self.second_thoughts(&mut stream).await;
                step.error = refused.as_ref().map(ToString::to_string);
                self.push(Step::Tls(step));
                match refused {
                    Some(error) => Err(self.refused(error, elapsed)),
                    None => Ok(stream),
                }
            }
            Err(error) => {
                let failed = self.handshake_failed(error, elapsed, &keeper, &mut step);
                self.push(Step::Tls(step));
                Err(failed)
            }
        }
    }

    async fn handshake(&self, name: &str, stream: Stream, keeper: &Arc<Keeper>) -> Outcome {
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other);
        let config = self.config(keeper).map_err(io::Error::other);
        let (name, config) = (name.map_err(Some)?, config.map_err(Some)?);
        let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let shaking = Arc::clone(&self.trail).scope(shaking);
        match timeout(self.probe.limit, shaking).await {
            Ok(shaken) => shaken.map_err(Some),
            Err(_) => Err(None),
        }
    }

    fn config(&self, keeper: &Arc<Keeper>) -> Result<ClientConfig, Error> {
        // Whoever asks for no path may speak any protocol.
        let alpn: &[&str] = if self.probe.path.is_some() { &["http/1.1"] } else { &[] };
        let verifier: Arc<dyn ServerCertVerifier> = keeper.clone();
        TlsClient::with_verifier(verifier).provider(Arc::new(provider())).alpn(alpn).build()
    }

    fn handshake_failed(
        &self,
        error: Option<io::Error>,
        elapsed: Duration,
        keeper: &Keeper,
        step: &mut Handshake,
    ) -> Failed {
        let Some(error) = error else {
            let limit = self.probe.limit;
            let error = Broken::TimedOut { begun: false, limit };
            step.error = Some(error.to_string());
            let mut fault = too_slow(limit);
            self.complete(&mut fault, elapsed);
            return Failed::new(fault, &error);
        };
        let authority = is_of_an_authority(&error);
        step.error = Some(authority.map_or_else(|| error.to_string(), str::to_owned));
        let mut fault = self.fault_of(&error, elapsed);
        if let Some(fact) = authority {
            fault.add_evidence(Evidence::Note(fact.into()));
        }
        if let Some(ended) = self.certificate.as_ref().and_then(ended)
            && fault.reason != Some(Reason::TlsCertificateExpired)
            && fault.category == Category::TlsCertificate
        {
            fault.add_evidence(Evidence::CertificateExpired(ended));
        }
        if keeper.trusts_nobody() && fault.category == Category::TlsCertificate {
            let fact = "this host has no root certificates at all: it trusts nobody";
            fault.add_evidence(Evidence::Note(fact.into()));
            (fault.cause, fault.confidence) = (Cause::Misconfiguration, Confidence::Likely);
        }
        Failed::new(fault, &error)
    }

    /// Waits a moment for the peer to refuse this side, where no request will show it.
    async fn second_thoughts(&self, stream: &mut TlsStream<Stream>) -> Option<io::Error> {
        if self.probe.path.is_some() {
            return None;
        }
        let read = timeout(SECOND_THOUGHTS, stream.read(&mut [0])).await;
        // Whether it speaks or hangs up is its own affair.
        read.ok()?.err().filter(|it| it.get_ref().is_some_and(|it| it.is::<Error>()))
    }

    fn refused(&self, error: io::Error, elapsed: Duration) -> Failed {
        let error = Broken::Io(Phase::Tls, error);
        let mut fault = error.fault();
        self.complete(&mut fault, elapsed);
        Failed::new(fault, &error)
    }
}

/// What is wrong with a certificate that its holder could sign others with; rustls says it in
/// words of its own code.
fn is_of_an_authority(error: &io::Error) -> Option<&'static str> {
    error.to_string().contains("CaUsedAsEndEntity").then_some(
        "the certificate is one of an authority (CA:TRUE), as no server's should be: rustls \
         refuses that, OpenSSL does not",
    )
}

/// For how long a certificate has ended, if it has.
fn ended(seen: &Certificate<'_>) -> Option<Duration> {
    let ago = seen.verified_at?.checked_sub(seen.not_after?)?;
    u64::try_from(ago).ok().filter(|ago| *ago > 0).map(Duration::from_secs)
}

fn too_slow(limit: Duration) -> Fault<'static> {
    let mut fault = Fault {
        phase: Some(Phase::Tls),
        timeout: Some(limit),
        limit: Some(Limit::Tls),
        ..Fault::of_reason(Reason::TlsHandshakeTimeout)
    };
    fault.add_evidence(Evidence::OwnTimer(Some(Limit::Tls)));
    fault
}

fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// A verifier that keeps the certificates that it was shown, and leaves the verdict to another.
#[derive(Debug)]
struct Keeper {
    inner: Option<Arc<dyn ServerCertVerifier>>,
    chain: Mutex<Vec<Certificate<'static>>>,
}

impl Keeper {
    fn new(inner: Option<Arc<dyn ServerCertVerifier>>) -> Self {
        let inner = inner.or_else(|| {
            // It fails where the system trusts nobody.
            let system = rustls_platform_verifier::Verifier::new(Arc::new(provider())).ok()?;
            Some(Arc::new(system))
        });
        Keeper { inner, chain: Mutex::default() }
    }

    fn trusts_nobody(&self) -> bool {
        self.inner.is_none()
    }

    fn chain(&self) -> Vec<Certificate<'static>> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn inner(&self) -> Result<&dyn ServerCertVerifier, Error> {
        self.inner.as_deref().ok_or(CertificateError::UnknownIssuer.into())
    }
}

impl ServerCertVerifier for Keeper {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(leaf).chain(intermediates).take(CHAIN);
        let verified_at = i64::try_from(now.as_secs()).ok();
        let seen = all.filter_map(certificate).map(|it| Certificate { verified_at, ..it });
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = seen.collect();
        self.inner()?.verify_server_cert(leaf, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner()?.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner()?.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match &self.inner {
            Some(inner) => inner.supported_verify_schemes(),
            None => provider().signature_verification_algorithms.supported_schemes(),
        }
    }
}
