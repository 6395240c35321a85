//! [`World`]: what all cases share.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use netcause_cli::peers::{Certificates, Identity, Leaf, TlsVersions};
use rustls::ClientConfig;
use rustls::crypto::ring;

/// The name in every certificate; clients map it to the peer's address.
pub const HOST: &str = "peer.test";

/// A name that never exists (RFC 6761, section 6.4).
pub const NO_HOST: &str = "no.such.host.invalid";

/// Far longer than anything takes on loopback, and short enough to wait for.
pub const LIMIT: Duration = Duration::from_millis(300);

/// One authority for all certificates.
#[derive(Debug)]
pub struct World {
    /// The authority.
    pub certificates: Certificates,
}

/// The world of this process.
///
/// # Panics
///
/// When no certificate can be made.
#[must_use]
pub fn world() -> &'static World {
    static WORLD: LazyLock<World> =
        LazyLock::new(|| World { certificates: Certificates::new().expect("an authority") });
    &WORLD
}

impl World {
    /// A server's certificate for [`HOST`] and `localhost`, with one flaw.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    #[must_use]
    pub fn server(&self, leaf: Leaf) -> Identity {
        self.certificates.server(leaf, &[HOST, "localhost"]).expect("a server's certificate")
    }

    /// A client's side of TLS that trusts the authority, with or without a certificate.
    ///
    /// # Panics
    ///
    /// When rustls does not take the versions or the certificate.
    #[must_use]
    pub fn tls(&self, versions: TlsVersions, identity: Option<&Identity>) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions.supported())
            .expect("supported versions")
            .with_root_certificates(self.certificates.roots().expect("roots"));
        match identity {
            Some(identity) => builder
                .with_client_auth_cert(identity.chain(), identity.key())
                .expect("a client's certificate"),
            None => builder.with_no_client_auth(),
        }
    }
}
