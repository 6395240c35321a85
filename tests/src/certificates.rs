//! A private authority, and certificates of a server and a client.

use std::fs;
use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use tempfile::TempDir;

/// Files, in PEM.
#[derive(Debug)]
pub struct Certificates {
    directory: TempDir,
    /// The authority's certificate.
    pub authority: PathBuf,
    /// The certificate of `localhost` and 127.0.0.1.
    pub server: PathBuf,
    /// Its key.
    pub server_key: PathBuf,
    /// A client's certificate.
    pub client: PathBuf,
    /// Its key.
    pub client_key: PathBuf,
}

impl Certificates {
    /// Makes them.
    ///
    /// # Panics
    ///
    /// Where that does not succeed.
    #[must_use]
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory for a test");
        let mut authority = CertificateParams::new(Vec::new()).expect("no names are valid");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(authority, key).expect("a certificate");
        let write = |name: &str, text: &str| {
            let path = directory.path().join(name);
            fs::write(&path, text).expect("a file for a test");
            path
        };
        let signed = |name: &str, usage: ExtendedKeyUsagePurpose| {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let mut params = CertificateParams::new(names).expect("valid names");
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate().expect("a key");
            let certificate = params.signed_by(&key, &authority).expect("a certificate");
            let paths = [format!("{name}.pem"), format!("{name}.key")];
            (write(&paths[0], &certificate.pem()), write(&paths[1], &key.serialize_pem()))
        };
        let (server, server_key) = signed("server", ExtendedKeyUsagePurpose::ServerAuth);
        let (client, client_key) = signed("client", ExtendedKeyUsagePurpose::ClientAuth);
        let authority = write("authority.pem", &authority.pem());
        Certificates { directory, authority, server, server_key, client, client_key }
    }

    /// The directory that they stand in.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Certificates::new()
    }
}
