//! [`Certificates`]: a private authority and leaves that are wrong in one way each.

use std::fmt;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

const DAY: Duration = Duration::from_secs(86_400);

/// In which way a leaf is right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// Nothing is wrong.
    Good,
    /// Expired three days ago.
    Expired,
    /// Valid from tomorrow.
    NotYetValid,
    /// For `other.test` only.
    WrongName,
    /// Signed by an authority that nobody trusts.
    UnknownAuthority,
    /// Signed by itself.
    SelfSigned,
    /// Signed by itself, and allowed to sign others, as `openssl req -x509` makes them.
    OfAnAuthority,
    /// For clients only, where a server is; for servers only, where a client is.
    WrongPurpose,
}

/// A certificate with its key.
pub struct Identity {
    certificate: Certificate,
    key: KeyPair,
    authority: CertificateDer<'static>,
}

/// A private authority; what it signs is trusted by who trusts [`Certificates::authority`].
///
/// # Example: an expired certificate
///
/// ```
/// use netcause_cli::peers::{Certificates, Leaf};
///
/// let certificates = Certificates::new()?;
/// let expired = certificates.server(Leaf::Expired, &["localhost"])?;
/// # let _ = expired;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Certificates {
    trusted: Authority,
    unknown: Authority,
}

struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Certificates {
    /// A new authority, and one that nobody trusts.
    ///
    /// # Errors
    ///
    /// When no key can be made.
    pub fn new() -> io::Result<Self> {
        let trusted = Authority::new("Demonstration CA").map_err(io::Error::other)?;
        let unknown = Authority::new("Unknown CA").map_err(io::Error::other)?;
        Ok(Certificates { trusted, unknown })
    }

    /// The authority's certificate, for a client to trust.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.trusted.certificate
    }

    /// The same as PEM text, as a file of root certificates has it.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.trusted.pem
    }

    /// The authority's certificate as roots of rustls.
    ///
    /// # Errors
    ///
    /// When rustls does not take it.
    pub fn roots(&self) -> io::Result<RootCertStore> {
        roots(&self.trusted.certificate)
    }

    /// A server's identity for these host names; addresses become address entries.
    ///
    /// # Errors
    ///
    /// When a name is not ASCII or no key can be made.
    pub fn server(&self, leaf: Leaf, names: &[&str]) -> io::Result<Identity> {
        self.identity(leaf, names, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A client's identity.
    ///
    /// # Errors
    ///
    /// When no key can be made.
    pub fn client(&self, leaf: Leaf) -> io::Result<Identity> {
        self.identity(leaf, &["client.test"], ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn identity(
        &self,
        leaf: Leaf,
        names: &[&str],
        purpose: ExtendedKeyUsagePurpose,
    ) -> io::Result<Identity> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = leaf.params(names, purpose).map_err(io::Error::other)?;
        let certificate = self.sign(leaf, &params, &key).map_err(io::Error::other)?;
        let authority = self.trusted.certificate.clone();
        Ok(Identity { certificate, key, authority })
    }

    fn sign(
        &self,
        leaf: Leaf,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<Certificate, rcgen::Error> {
        match leaf {
            Leaf::SelfSigned | Leaf::OfAnAuthority => params.self_signed(key),
            Leaf::UnknownAuthority => params.signed_by(key, &self.unknown.issuer),
            _ => params.signed_by(key, &self.trusted.issuer),
        }
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Authority {
    fn new(name: &str) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let (der, pem) = (certificate.der().clone(), certificate.pem());
        Ok(Authority { certificate: der, pem, issuer: Issuer::new(params, key) })
    }
}

impl Leaf {
    fn params(
        self,
        names: &[&str],
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<CertificateParams, rcgen::Error> {
        let names = if self == Leaf::WrongName { &["other.test"] } else { names };
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names)?;
        params.extended_key_usages = vec![self.purpose(purpose)];
        if self == Leaf::OfAnAuthority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        self.set_validity(&mut params);
        Ok(params)
    }

    fn purpose(self, right: ExtendedKeyUsagePurpose) -> ExtendedKeyUsagePurpose {
        match (self, right) {
            (Leaf::WrongPurpose, ExtendedKeyUsagePurpose::ServerAuth) => {
                ExtendedKeyUsagePurpose::ClientAuth
            }
            (Leaf::WrongPurpose, _) => ExtendedKeyUsagePurpose::ServerAuth,
            (_, right) => right,
        }
    }

    fn set_validity(self, params: &mut CertificateParams) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = date_time_ymd(1970, 1, 1) + now;
        (params.not_before, params.not_after) = match self {
            Leaf::Expired => (now - 93 * DAY, now - 3 * DAY),
            Leaf::NotYetValid => (now + DAY, now + 91 * DAY),
            _ => (now - DAY, now + 89 * DAY),
        };
    }
}

impl Identity {
    /// The certificates that the peer presents.
    #[must_use]
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.der().clone()]
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.serialize_der().into())
    }

    /// Certificate and key as one PEM text, as HTTP clients take it.
    #[must_use]
    pub fn pem(&self) -> String {
        format!("{}{}", self.certificate.pem(), self.key.serialize_pem())
    }

    /// The authority of [`Certificates`], whose clients a peer accepts.
    pub(super) fn client_roots(&self) -> io::Result<RootCertStore> {
        roots(&self.authority)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn roots(authority: &CertificateDer<'static>) -> io::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone()).map_err(io::Error::other)?;
    Ok(roots)
}
