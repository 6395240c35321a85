//! [`World`] and [`Call`]: what the clients are given.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use netcause_cli::peers::{Certificates, Identity, Leaf, Peer, TlsVersions};
use rustls::ClientConfig;
use rustls::crypto::ring;

use crate::case::Target;

/// The name of every peer that has one; clients map it to the peer's address.
pub(crate) const HOST: &str = "peer.test";

/// A name that never exists (RFC 6761, section 6.4).
pub(crate) const NO_HOST: &str = "no.such.host.invalid";

/// Far longer than anything takes on loopback, and short enough to wait for.
pub(crate) const LIMIT: Duration = Duration::from_millis(300);

/// What all cases share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) certificates: Certificates,
}

impl World {
    pub(crate) fn new() -> Self {
        World { certificates: Certificates::new().unwrap() }
    }

    pub(crate) fn server(&self, leaf: Leaf) -> Identity {
        self.certificates.server(leaf, &[HOST, "localhost"]).unwrap()
    }

    /// A client's side of TLS that trusts the authority.
    pub(crate) fn tls(&self, versions: TlsVersions, identity: Option<&Identity>) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions.supported())
            .unwrap()
            .with_root_certificates(self.certificates.roots().unwrap());
        match identity {
            Some(identity) => {
                builder.with_client_auth_cert(identity.chain(), identity.key()).unwrap()
            }
            None => builder.with_no_client_auth(),
        }
    }
}

/// One call, as any of the clients can make it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) scheme: &'static str,
    pub(crate) host: String,
    pub(crate) addr: SocketAddr,
    pub(crate) tls: Option<ClientConfig>,
    pub(crate) limits: Limits,
    pub(crate) proxy: Option<SocketAddr>,
    /// Whether the body is read as JSON.
    pub(crate) json: bool,
}

/// The limits of a call, none by default.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) connect: Option<Duration>,
    pub(crate) read: Option<Duration>,
    pub(crate) total: Option<Duration>,
}

impl Limits {
    pub(crate) fn connect() -> Self {
        Limits { connect: Some(LIMIT), ..Limits::default() }
    }

    pub(crate) fn read() -> Self {
        Limits { read: Some(LIMIT), ..Limits::default() }
    }

    pub(crate) fn total() -> Self {
        Limits { total: Some(LIMIT), ..Limits::default() }
    }
}

impl Call {
    /// A call of a peer over plain HTTP.
    pub(crate) fn http(peer: &Peer) -> Self {
        Call {
            scheme: "http",
            host: HOST.to_owned(),
            addr: peer.addr,
            tls: None,
            limits: Limits::default(),
            proxy: None,
            json: false,
        }
    }

    /// A call of a peer over TLS.
    pub(crate) fn https(peer: &Peer, tls: ClientConfig) -> Self {
        Call { scheme: "https", tls: Some(tls), ..Call::http(peer) }
    }

    pub(crate) fn host(self, host: &str) -> Self {
        Call { host: host.to_owned(), ..self }
    }

    pub(crate) fn limits(self, limits: Limits) -> Self {
        Call { limits, ..self }
    }

    pub(crate) fn target(&self) -> Target {
        let addr = self.proxy.unwrap_or(self.addr);
        Target { host: self.host.clone(), port: self.addr.port(), addr: Some(addr) }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}:{}/v1/charge", self.scheme, self.host, self.addr.port())
    }
}
