//! tokio-rustls and OpenSSL (native-tls, tokio-native-tls) by hand, and reqwest on OpenSSL.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, TlsVersions, scripts, tls_alert};
use netcause_client_tests::{Case, Expect, Failure, HOST, LIMIT, Outcome, fault, world};
use netcause_fault::{Category, Phase, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::expect::{GONE, certificate, handshake};
use crate::hyper::UNTRUSTED;

type BoxError = Box<dyn Error + Send + Sync>;

/// Who shakes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Rustls,
    NativeTls,
    TokioNativeTls,
    /// reqwest 0.13 with native-tls.
    Reqwest,
}

impl Client {
    const ALL: [Client; 4] =
        [Client::Rustls, Client::NativeTls, Client::TokioNativeTls, Client::Reqwest];

    fn name(self) -> &'static str {
        match self {
            Client::Rustls => "tokio-rustls",
            Client::NativeTls => "native-tls",
            Client::TokioNativeTls => "tokio-native-tls",
            Client::Reqwest => "reqwest, native-tls",
        }
    }

    async fn call(self, peer: &Peer) -> Outcome {
        match self {
            Client::Rustls => Failure::of(rustls(peer).await),
            Client::NativeTls => {
                let addr = peer.addr;
                Failure::of_boxed(tokio::task::spawn_blocking(move || native_tls(addr)).await?)
            }
            Client::TokioNativeTls => Failure::of_boxed(tokio_native_tls(peer).await),
            Client::Reqwest => Failure::of(reqwest(peer).await),
        }
    }
}

async fn rustls(peer: &Peer) -> std::io::Result<()> {
    let connector = TlsConnector::from(Arc::new(world().tls(TlsVersions::Both, None)));
    let stream = TcpStream::connect(peer.addr).await?;
    let name = HOST.try_into().map_err(std::io::Error::other)?;
    let mut stream = connector.connect(name, stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

fn native_connector() -> native_tls::Result<native_tls::TlsConnector> {
    native_tls::TlsConnector::builder().add_root_certificate(native_root()?).build()
}

fn native_root() -> native_tls::Result<native_tls::Certificate> {
    native_tls::Certificate::from_der(world().certificates.authority())
}

fn native_tls(addr: std::net::SocketAddr) -> Result<(), BoxError> {
    use std::io::{Read, Write};
    let stream = std::net::TcpStream::connect(addr)?;
    let mut stream = match native_connector()?.connect(HOST, stream) {
        Ok(stream) => stream,
        // What programs get to see of it: the generic wrapper needs the stream's type.
        Err(native_tls::HandshakeError::Failure(error)) => return Err(error.into()),
        Err(error) => return Err(error.into()),
    };
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

async fn tokio_native_tls(peer: &Peer) -> Result<(), BoxError> {
    let connector = tokio_native_tls::TlsConnector::from(native_connector()?);
    let stream = TcpStream::connect(peer.addr).await?;
    let mut stream = connector.connect(HOST, stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn reqwest(peer: &Peer) -> reqwest::Result<()> {
    let root = reqwest::Certificate::from_der(world().certificates.authority())?;
    let client = reqwest::Client::builder()
        .no_proxy()
        .resolve(HOST, peer.addr)
        .tls_backend_native()
        .tls_certs_only([root])
        .build()?;
    client.get(peer.https(HOST, "/")).send().await?.bytes().await?;
    Ok(())
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = Client::ALL.into_iter().flat_map(certificates).collect();
    cases.extend(Client::ALL.into_iter().flat_map(handshakes));
    cases.extend(Client::ALL.into_iter().map(client_certificate));
    cases
}

fn certificates(client: Client) -> Vec<Case> {
    [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("not yet valid", Leaf::NotYetValid, certificate(&[Reason::TlsCertificateNotYetValid])),
        ("wrong name", Leaf::WrongName, certificate(&[Reason::TlsCertificateNameMismatch])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
        ("self-signed", Leaf::SelfSigned, UNTRUSTED),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new(client.name(), name, expect, move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            client.call(&peer).await
        })
    })
    .collect()
}

fn handshakes(client: Client) -> Vec<Case> {
    let alert = |number| Script::new().read_record().send(tls_alert(number)).finish();
    let mut cases: Vec<_> = [
        ("peer speaks HTTP", &[Reason::TlsPeerNotTls][..], scripts::status(400, &[])),
        ("closes on ClientHello", &[Reason::TlsHandshakeClosed], hello().finish()),
        ("alert handshake_failure", &[Reason::TlsHandshakeFailure], alert(40)),
        ("alert protocol_version", &[Reason::TlsProtocolVersion], alert(70)),
        ("alert unrecognized_name", &[Reason::TlsUnrecognizedName], alert(112)),
    ]
    .into_iter()
    .map(|(name, reasons, script)| {
        let expect = match name {
            // A text may as well be that of a proxy which hung up, or no more than
            // "unexpected EOF".
            "closes on ClientHello" => handshake(reasons).also(&[Category::ConnectionReset]),
            _ => handshake(reasons),
        };
        Case::new(client.name(), name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            client.call(&peer).await
        })
    })
    .collect();
    cases.push(Case::new(client.name(), "resets on ClientHello", GONE, move || async move {
        let peer = Peer::scripted(hello().reset()).await?;
        client.call(&peer).await
    }));
    if client == Client::Rustls {
        cases.push(Case::new(client.name(), "silent, timeout()", TIMEOUT, move || async move {
            let peer = Peer::silent().await?;
            Failure::of(tokio::time::timeout(LIMIT, rustls(&peer)).await)
        }));
    }
    cases
}

const TIMEOUT: Expect = fault(Category::Timeout).reason(&[Reason::Timeout]);

fn hello() -> Script {
    Script::new().read_record()
}

/// In TLS 1.3 it is refused once the client thinks that all is well.
fn client_certificate(client: Client) -> Case {
    let expect = fault(Category::TlsCertificate)
        .reason(&[Reason::TlsClientCertificateRequired])
        .phase(&[None, Some(Phase::Tls), Some(Phase::Request), Some(Phase::Response)]);
    Case::new(client.name(), "client certificate required", expect, move || async move {
        let options = TlsOptions {
            client_certificate: true,
            latency: Duration::from_millis(150),
            ..TlsOptions::default()
        };
        let peer = Peer::tls(&world().server(Leaf::Good), &options, Script::new()).await?;
        client.call(&peer).await
    })
}
