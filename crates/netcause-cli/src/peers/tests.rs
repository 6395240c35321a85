use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Certificates, Leaf, Peer, Script, TlsOptions, scripts};

const SHORT: Duration = Duration::from_millis(50);

/// Sends a request and reads until the connection ends.
async fn request(peer: &Peer) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(peer.addr).await?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn a_closed_port_refuses_on_both_families() {
    let peer = Peer::closed_port().unwrap();
    let ipv4 = TcpStream::connect(peer.addr).await.unwrap_err();
    let both = TcpStream::connect(("localhost", peer.port())).await.unwrap_err();
    assert_eq!(ipv4.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(both.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_full_queue_answers_no_attempt() {
    let peer = Peer::full_queue(None).await.unwrap();
    assert!(timeout(4 * SHORT, TcpStream::connect(peer.addr)).await.is_err());
}

#[tokio::test]
async fn a_full_queue_gives_way_to_a_taken_port() {
    let taken = Peer::silent().await.unwrap();
    let peer = Peer::full_queue(Some(taken.port())).await.unwrap();
    assert_ne!(peer.port(), taken.port());
}

#[tokio::test]
async fn a_silent_peer_accepts_and_never_answers() {
    let peer = Peer::silent().await.unwrap();
    assert!(timeout(2 * SHORT, request(&peer)).await.is_err());
}

#[tokio::test]
async fn a_reset_is_a_reset_and_an_end_is_an_end() {
    let peer = Peer::scripted(scripts::reset_on_request()).await.unwrap();
    assert_eq!(request(&peer).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let peer = Peer::scripted(scripts::no_answer()).await.unwrap();
    assert_eq!(request(&peer).await.unwrap(), "");
}

#[tokio::test]
async fn a_status_has_its_headers() {
    let script = scripts::status(503, &[("Retry-After", "2")]);
    let answer = request(&Peer::scripted(script).await.unwrap()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert!(answer.contains("\r\nRetry-After: 2\r\n"), "{answer}");
}

#[tokio::test]
async fn scripts_take_turns_and_the_last_one_stays() {
    let turns = vec![scripts::no_answer(), scripts::answer(200, &[], "ok")];
    let peer = Peer::scripted_in_turn(turns).await.unwrap();
    assert_eq!(request(&peer).await.unwrap(), "");
    for _ in 0..2 {
        assert!(request(&peer).await.unwrap().ends_with("\r\n\r\nok"));
    }
}

#[tokio::test]
async fn a_dropped_peer_refuses_and_ends_its_connections() {
    let peer = Peer::silent().await.unwrap();
    let addr = peer.addr;
    let mut stream = TcpStream::connect(addr).await.unwrap();
    drop(peer);
    let ended = timeout(Duration::from_secs(5), stream.read(&mut [0])).await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)));
    assert_eq!(TcpStream::connect(addr).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_tls_peer_presents_its_identity() {
    let certificates = Certificates::new().unwrap();
    for (leaf, accepted) in [
        (Leaf::Good, true),
        (Leaf::Expired, false),
        (Leaf::NotYetValid, false),
        (Leaf::WrongName, false),
        (Leaf::UnknownAuthority, false),
        (Leaf::SelfSigned, false),
        (Leaf::WrongPurpose, false),
    ] {
        let handshake = handshake(&certificates, leaf, &TlsOptions::default()).await;
        assert_eq!(handshake.is_ok(), accepted, "{leaf:?}: {handshake:?}");
    }
}

#[tokio::test]
async fn a_distant_tls_peer_takes_its_time() {
    let certificates = Certificates::new().unwrap();
    let options = TlsOptions { latency: SHORT, ..TlsOptions::default() };
    let started = Instant::now();
    handshake(&certificates, Leaf::Good, &options).await.unwrap();
    assert!(started.elapsed() >= SHORT);
}

async fn handshake(
    certificates: &Certificates,
    leaf: Leaf,
    options: &TlsOptions,
) -> std::io::Result<()> {
    let identity = certificates.server(leaf, &["localhost"])?;
    let peer = Peer::tls(&identity, options, Script::new()).await?;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(certificates.roots()?)
        .with_no_client_auth();
    let stream = TcpStream::connect(peer.addr).await?;
    tokio_rustls::TlsConnector::from(std::sync::Arc::new(config))
        .connect("localhost".try_into().unwrap(), stream)
        .await
        .map(drop)
}
