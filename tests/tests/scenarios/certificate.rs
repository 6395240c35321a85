//! A certificate that is accepted and ends soon: said once, and no fault.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause::net::TlsClient;
use rustls::RootCertStore;
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::record_async;

const NAME: &str = "ends-soon.test";

/// A server's certificate that ends in so many days and an hour, and who trusts it.
fn ending_in(days: u64) -> (rustls::ServerConfig, RootCertStore) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([NAME.to_owned()]).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let end = now + Duration::from_secs(days * 86_400 + 3_600);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + end;
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    (config, roots)
}

async fn shake_hands(server: rustls::ServerConfig, client: rustls::ClientConfig) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let connector = TlsConnector::from(Arc::new(client));
    for _ in 0..3 {
        let accepting = async { acceptor.accept(listener.accept().await.unwrap().0).await };
        let connecting = async {
            let socket = TcpStream::connect(address).await.unwrap();
            connector.connect(ServerName::try_from(NAME).unwrap(), socket).await
        };
        let (accepted, connected) = tokio::join!(accepting, connecting);
        assert!(accepted.is_ok() && connected.is_ok(), "{connected:?}");
    }
}

#[test]
fn a_certificate_that_ends_soon_is_warned_of_once_and_is_no_fault() {
    let (server, roots) = ending_in(5);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = TlsClient::with_roots(roots).provider(provider).build().unwrap();
    let lines = record_async(shake_hands(server, client));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let line = &lines[0];
    let message = "The certificate of host ends-soon.test ends in 5 days";
    assert_eq!(line.text("message"), Some(message));
    assert_eq!((line.text("severity"), line.category()), (Some("WARN"), None));
    assert_eq!(line.text("server.address"), Some(NAME));
    assert_eq!(line.number("certificate.days_left"), Some(5));
    assert!(line.text("tls.server.not_after").is_some_and(|it| it.ends_with('Z')), "{line:#?}");
    assert!(line.has("tls.server.subject") && line.has("tls.server.issuer"), "{line:#?}");
}
