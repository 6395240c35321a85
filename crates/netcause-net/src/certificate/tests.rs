//! Against real servers of TLS on the loopback interface.

mod seen;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause_fault::{Certificate, Fault, Reason, classify_text};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, HandshakeKind, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use self::seen::warnings;
use super::TlsClient;
use super::expiry::{Certificates, Peer};
use super::read::Recent;
use crate::{Settings, Trail, set_settings};

type Issuer = CertifiedIssuer<'static, KeyPair>;
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

const DAY: i64 = 86_400;

fn authority(name: &str) -> Issuer {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// The parameters of a certificate that is valid from and to so many days from now.
fn params(name: &str, days: [i64; 2]) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let time = |days: i64| {
        let seconds = u64::try_from(now() + days * DAY + 3600).unwrap();
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    let [from, to] = days;
    (params.not_before, params.not_after) = (time(from), time(to));
    params
}

fn signed(name: &str, days: [i64; 2], issuer: &Issuer) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(name, days).signed_by(&key, issuer).unwrap();
    (vec![certificate.der().clone()], key.into())
}

fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(name, [-1, 90]).self_signed(&key).unwrap();
    (vec![certificate.der().clone()], key.into())
}

fn roots(issuer: &Issuer) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    roots
}

fn client(issuer: &Issuer) -> ClientConfig {
    TlsClient::with_roots(roots(issuer)).build().unwrap()
}

fn server(identity: Identity, clients: Option<&Issuer>) -> ServerConfig {
    server_of(identity, clients, rustls::DEFAULT_VERSIONS)
}

fn server_of(
    (chain, key): Identity,
    clients: Option<&Issuer>,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let builder = ServerConfig::builder_with_protocol_versions(versions);
    let builder = match clients {
        Some(issuer) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder(Arc::new(roots(issuer))).build().unwrap(),
        ),
        None => builder.with_no_client_auth(),
    };
    builder.with_single_cert(chain, key).unwrap()
}

/// A server that answers each connection with one byte.
async fn serve(config: ServerConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, acceptor) = (listener.local_addr().unwrap(), TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(socket).await {
                    let _ = stream.write_all(b"!").await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    address
}

/// One byte from a server, and how the handshake went.
async fn ask(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
    name: &str,
) -> io::Result<HandshakeKind> {
    let socket = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connector = TlsConnector::from(Arc::clone(config));
    let mut stream = connector.connect(name, socket).await?;
    let mut byte = [0];
    stream.read_exact(&mut byte).await?;
    Ok(stream.get_ref().1.handshake_kind().unwrap())
}

/// The fault of a call that fails.
async fn fault(config: ClientConfig, server: ServerConfig, name: &str) -> Fault<'static> {
    let address = serve(server).await;
    let trail = Trail::start();
    trail.set_server(name, address.port());
    let config = Arc::new(config);
    let asked = trail.clone().scope(ask(&config, address, name)).await;
    trail.fault(&asked.expect_err("it is not accepted"))
}

fn notes(fault: &Fault<'_>) -> String {
    let notes: Vec<String> = fault.evidence.iter().map(ToString::to_string).collect();
    notes.join("; ")
}

#[tokio::test]
async fn each_kind_of_refusal_is_told_apart_and_shows_the_certificate() {
    let (ours, other) = (authority("Our CA"), authority("Other CA"));
    let cases = [
        (signed("a.test", [-9, -3], &ours), Reason::TlsCertificateExpired, ""),
        (signed("a.test", [3, 9], &ours), Reason::TlsCertificateNotYetValid, ""),
        (signed("b.test", [-9, 9], &ours), Reason::TlsCertificateNameMismatch, ""),
        (
            signed("a.test", [-9, 9], &other),
            Reason::TlsCertificateUntrusted,
            "issued by CN=Other CA, and the peer sent no certificate of it",
        ),
        (self_signed("a.test"), Reason::TlsCertificateUntrusted, "its own key signed it"),
    ];
    for (identity, reason, note) in cases {
        let fault = fault(client(&ours), server(identity, None), "a.test").await;
        assert_eq!(fault.reason, Some(reason));
        let notes = notes(&fault);
        assert!(notes.contains(note), "{reason}: {notes}");
        assert_eq!(notes.contains("own key"), note.contains("own key"), "{reason}: {notes}");
        let seen = fault.certificate.expect("it was presented");
        assert_eq!(seen.names.as_deref(), seen.subject.as_deref().map(|it| &it[3..]));
        assert!(seen.issuer.is_some() && seen.not_before.is_some(), "{seen:?}");
        let days = match reason {
            Reason::TlsCertificateExpired => -2,
            Reason::TlsCertificateUntrusted if note.contains("own key") => 90,
            _ => 9,
        };
        assert_eq!(seen.days_left(), Some(days), "{reason}");
    }
}

#[tokio::test]
async fn a_chain_with_its_issuer_is_not_said_to_lack_it() {
    let (ours, other) = (authority("Our CA"), authority("Other CA"));
    let (mut chain, key) = signed("a.test", [-9, 9], &other);
    chain.push(other.der().clone());
    let fault = fault(client(&ours), server((chain, key), None), "a.test").await;
    assert!(notes(&fault).ends_with("issued by CN=Other CA"), "{}", notes(&fault));
}

#[tokio::test]
async fn a_certificate_that_claims_to_be_its_own_issuer_is_not_believed() {
    let (ours, other) = (authority("Our CA"), authority("a.test"));
    // The same name as its issuer has, and another key.
    let identity = signed("a.test", [-9, 9], &other);
    let fault = fault(client(&ours), server(identity, None), "a.test").await;
    let notes = notes(&fault);
    assert!(notes.contains("names itself as its issuer"), "{notes}");
    assert!(!notes.contains("own key signed it"), "{notes}");
}

#[tokio::test]
async fn a_client_certificate_that_is_required_or_rejected_is_told_apart() {
    let (ours, other) = (authority("Our CA"), authority("Other CA"));
    let identity = |name| signed(name, [-9, 9], &ours);
    for versions in [[&rustls::version::TLS13], [&rustls::version::TLS12]] {
        let server = || server_of(identity("a.test"), Some(&ours), &versions);
        let without = fault(client(&ours), server(), "a.test").await;
        let (chain, key) = signed("client", [-9, 9], &other);
        let wrong = TlsClient::with_roots(roots(&ours)).identity(chain, key).build().unwrap();
        let wrong = fault(wrong, server(), "a.test").await;
        assert_eq!(without.reason, Some(Reason::TlsClientCertificateRequired), "{versions:?}");
        assert_eq!(wrong.reason, Some(Reason::TlsClientCertificateRejected), "{versions:?}");
        let (chain, key) = identity("client");
        let right = TlsClient::with_roots(roots(&ours)).identity(chain, key).build().unwrap();
        let address = serve(server()).await;
        assert!(ask(&Arc::new(right), address, "a.test").await.is_ok(), "{versions:?}");
    }
}

#[tokio::test]
async fn sessions_are_resumed_and_their_certificate_is_warned_of_once() {
    let ours = authority("Our CA");
    for (versions, name) in
        [([&rustls::version::TLS13], "tls13.test"), ([&rustls::version::TLS12], "tls12.test")]
    {
        let identity = signed(name, [-9, 5], &ours);
        let address = serve(server_of(identity, None, &versions)).await;
        let config = Arc::new(client(&ours));
        let (kinds, said) = warnings(async {
            let mut kinds = Vec::new();
            for _ in 0..3 {
                let trail = Trail::start();
                trail.set_server(name, address.port());
                kinds.push(trail.scope(ask(&config, address, name)).await.unwrap());
            }
            kinds
        })
        .await;
        assert_eq!(
            kinds,
            [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed],
            "{versions:?}"
        );
        let port = address.port();
        assert_eq!(said.len(), 1, "{said:?}");
        for part in [
            &format!("The certificate of host {name} on port {port} ends in 5 days"),
            &format!("server.address={name}"),
            &format!("server.port={port}"),
            "certificate.days_left=5",
            &format!("tls.server.subject=CN={name}"),
            "tls.server.issuer=CN=Our CA",
            "Z",
        ] {
            assert!(said[0].contains(part), "{part}: {}", said[0]);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_comes_near_its_end_is_warned_of_though_no_verifier_is_asked() {
    let ours = authority("Our CA");
    for (versions, name) in
        [([&rustls::version::TLS13], "later13.test"), ([&rustls::version::TLS12], "later12.test")]
    {
        let identity = signed(name, [-9, 20], &ours);
        let address = serve(server_of(identity, None, &versions)).await;
        let config = Arc::new(client(&ours));
        let asked = |times| async move {
            let mut kinds = Vec::new();
            for _ in 0..times {
                kinds.push(ask(&config, address, name).await.unwrap());
            }
            kinds
        };
        set_settings(Settings::default());
        let (kinds, said) = warnings(asked.clone()(1)).await;
        assert_eq!((kinds.as_slice(), said.len()), (&[HandshakeKind::Full][..], 0));
        // As if seven days had passed.
        set_settings(Settings { certificate_warn_days: 21, ..Settings::default() });
        let (kinds, said) = warnings(asked(2)).await;
        assert_eq!(kinds, [HandshakeKind::Resumed, HandshakeKind::Resumed]);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(&format!("host {name} ends in 20 days")), "{said:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_lasts_and_one_that_is_refused_are_not_warned_of() {
    let (ours, other) = (authority("Our CA"), authority("Other CA"));
    for (identity, config) in [
        (signed("long.test", [-9, 40], &ours), client(&ours)),
        (signed("refused.test", [-9, 5], &ours), client(&other)),
    ] {
        let address = serve(server(identity, None)).await;
        let (_, said) = warnings(async {
            for name in ["long.test", "refused.test"] {
                let _ = ask(&Arc::new(config.clone()), address, name).await;
            }
        })
        .await;
        assert!(said.is_empty(), "{said:?}");
    }
}

fn peer(host: &str) -> Peer {
    Peer { host: host.to_owned(), port: Some(443) }
}

fn ending(seconds: i64) -> Certificate<'static> {
    Certificate { not_after: Some(seconds), verified_at: Some(0), ..Certificate::default() }
}

#[test]
fn a_warning_is_due_once_a_day_and_peer_and_anew_for_another_certificate() {
    let mut known = Certificates::default();
    assert!(known.note(&peer("a"), &ending(10 * DAY), 14));
    assert!(!known.note(&peer("a"), &ending(10 * DAY), 14));
    assert!(known.note(&peer("b"), &ending(10 * DAY), 14));
    assert!(known.again(&peer("a"), Some(DAY - 1), 14).is_none());
    let again = known.again(&peer("a"), Some(DAY), 14).expect("a day has passed");
    assert_eq!(again.days_left(), Some(9));
    assert!(known.again(&peer("a"), Some(DAY + 1), 14).is_none());
    assert!(known.note(&peer("a"), &ending(11 * DAY), 14));
    assert!(known.again(&peer("c"), Some(DAY), 14).is_none());
}

#[test]
fn a_session_is_warned_of_once_its_certificate_comes_near_its_end() {
    let mut known = Certificates::default();
    assert!(!known.note(&peer("a"), &ending(30 * DAY), 14));
    assert!(known.again(&peer("a"), Some(16 * DAY - 1), 14).is_none());
    assert!(known.again(&peer("a"), Some(16 * DAY), 14).is_some());
    assert!(!known.note(&peer("never"), &ending(DAY), 0), "0 days: never");
}

#[test]
fn certificates_are_not_kept_without_bound() {
    let mut known = Certificates::default();
    for index in 0..5_000 {
        known.note(&peer(&index.to_string()), &ending(index * DAY), 14);
    }
    assert_eq!(known.len(), 1_000);
    assert!(known.again(&peer("20"), Some(10 * DAY), 14).is_some(), "the next to end is kept");
}

#[test]
fn a_certificate_that_was_read_before_reads_the_same() {
    let (ours, recent) = (authority("Our CA"), Recent::default());
    let chains: Vec<_> =
        (0..40).map(|it| signed(&format!("a{it}.test"), [-9, it], &ours).0).collect();
    for (index, chain) in chains.iter().enumerate().chain(chains.iter().enumerate()) {
        for _ in 0..2 {
            let seen = recent.certificate(&chain[0]).expect("it can be read");
            assert_eq!(seen.names, Some(format!("a{index}.test").into()));
        }
    }
    assert_eq!(recent.certificate(&CertificateDer::from(vec![1, 2, 3])), None);
}

#[test]
fn a_warning_is_no_fault() {
    for text in [
        "The certificate of host db.example on port 443 ends in 5 days",
        "The certificate of host db.example was accepted past its end by 3 days",
    ] {
        let fault = classify_text(text);
        assert_eq!(fault, None, "{text}");
    }
}
