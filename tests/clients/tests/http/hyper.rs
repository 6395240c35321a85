//! hyper 1 by hand, and hyper-util's client, over HTTP/1.1 and HTTP/2.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, TlsVersions, scripts};
use netcause_client_tests::{
    ADDRESS, Case, Expect, Failure, HOST, LIMIT, NO_HOST, Outcome, fault, firewall, in_namespace,
    world,
};
use netcause_fault::{Category, Phase, Reason};
use tokio::net::TcpStream;

use crate::expect::{
    CLOSED, CONNECT_TIMEOUT, GONE, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED_ON_CONNECT, RESET,
    TIMEOUT, TRUNCATED, certificate, handshake,
};

type BoxError = Box<dyn Error + Send + Sync>;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = by_hand();
    cases.extend(by_hand_http2());
    cases.extend(dialing());
    cases.extend(routes());
    cases.extend(exchanging());
    cases.extend(tls());
    cases
}

fn by_hand() -> Vec<Case> {
    [
        ("closes on request", CLOSED, scripts::no_answer()),
        ("resets on request", RESET, scripts::reset_on_request()),
        ("closes in the head", CLOSED, scripts::cut_head()),
        ("answers with garbage", NOT_THE_PROTOCOL, scripts::garbage()),
        ("truncated body", TRUNCATED, scripts::truncated_body()),
        ("reset in the body", RESET.phase(&[Some(Phase::Body)]), scripts::reset_in_body()),
        ("bad chunk size", NOT_THE_PROTOCOL, scripts::bad_chunk_size()),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new("hyper", name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            let io = TokioIo::new(TcpStream::connect(peer.addr).await?);
            let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
            tokio::spawn(connection);
            let request = hyper::Request::get("/").body(Empty::<Bytes>::new())?;
            let answer = match sender.send_request(request).await {
                Ok(response) => response.into_body().collect().await.map(drop),
                Err(error) => Err(error),
            };
            Failure::of(answer)
        })
    })
    .collect()
}

/// "operation was canceled", which a lone `Display` text cannot tell from a caller's choice.
const CANCELED: Expect = CLOSED.also(&[Category::Cancelled]);

fn by_hand_http2() -> Vec<Case> {
    [
        ("HTTP/2, closes on request", CANCELED, Script::new().read_head().finish()),
        (
            "HTTP/2, resets on request",
            GONE.also(&[Category::Cancelled]),
            Script::new().read_head().reset(),
        ),
        // The request learns no more than that; its connection knows why.
        ("HTTP/2 to HTTP/1.1", NOT_THE_PROTOCOL, scripts::status(400, &[])),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new("hyper", name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            let io = TokioIo::new(TcpStream::connect(peer.addr).await?);
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
            let connection = tokio::spawn(connection);
            let request = hyper::Request::get("http://a/").body(Empty::<Bytes>::new())?;
            let answer = sender.send_request(request).await.map(drop);
            if name.ends_with("HTTP/1.1") {
                return Failure::of(connection.await?);
            }
            Failure::of(answer)
        })
    })
    .collect()
}

/// A request with hyper-util's client, to the end of its body.
async fn get(url: String) -> Result<(), BoxError> {
    let mut http = HttpConnector::new();
    http.set_connect_timeout(Some(LIMIT));
    let client = Client::builder(TokioExecutor::new()).build(http);
    let request = hyper::Request::get(url).body(Empty::<Bytes>::new())?;
    client.request(request).await?.into_body().collect().await?;
    Ok(())
}

fn dialing() -> Vec<Case> {
    vec![
        Case::new("hyper-util", "closed port", REFUSED_ON_CONNECT, || async {
            let peer = Peer::closed_port()?;
            Failure::of_boxed(get(peer.http("/")).await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new("hyper-util", "full queue, connect limit", CONNECT_TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            Failure::of_boxed(get(peer.http("/")).await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new("hyper-util", "no such host", NO_SUCH_HOST, || async {
            Failure::of_boxed(get(format!("http://{NO_HOST}/")).await)
        }),
    ]
}

fn routes() -> Vec<Case> {
    const CONNECT: &[Option<Phase>] = &[Some(Phase::Connect)];
    let unreachable = |reasons| fault(Category::Unreachable).reason(reasons).phase(CONNECT);
    [
        ("no route", "true".to_owned(), unreachable(&[Reason::NetworkUnreachable])),
        (
            "route unreachable",
            "ip route add unreachable 10.98.0.0/16".to_owned(),
            unreachable(&[Reason::HostUnreachable]),
        ),
        (
            "route prohibited",
            "ip route add prohibit 10.98.0.0/16".to_owned(),
            unreachable(&[Reason::ConnectDenied]),
        ),
        (
            "route to nowhere",
            "ip route add blackhole 10.98.0.0/16".to_owned(),
            fault(Category::Unreachable).phase(CONNECT),
        ),
    ]
    .into_iter()
    .map(|(name, commands, expect)| {
        Case::new("hyper-util", name, expect, move || async move {
            in_namespace(&commands, || fail("10.98.0.2", 80)).await
        })
    })
    .chain([Case::new("hyper-util", "firewall drops", CONNECT_TIMEOUT, || async {
        in_namespace(&firewall("tcp dport 81 drop"), || fail(ADDRESS, 81)).await
    })])
    .collect()
}

async fn fail(host: &'static str, port: u16) -> Outcome {
    Failure::of_boxed(get(format!("http://{host}:{port}/")).await)?.target(&[host], port)
}

fn exchanging() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("closes on accept", GONE, Script::new().finish()),
        ("closes on request", CLOSED, scripts::no_answer()),
        ("resets on request", RESET, scripts::reset_on_request()),
        ("SSH server", NOT_THE_PROTOCOL, scripts::ssh()),
        ("truncated body", TRUNCATED, scripts::truncated_body()),
        ("cut chunk", TRUNCATED, scripts::cut_chunk()),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new("hyper-util", name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            Failure::of_boxed(get(peer.http("/")).await)
        })
    })
    .collect();
    cases.push(Case::new("hyper-util", "silent, timeout()", TIMEOUT, || async {
        let peer = Peer::silent().await?;
        Failure::of(tokio::time::timeout(LIMIT, get(peer.http("/"))).await)
    }));
    cases
}

/// hyper-rustls, which puts the error of rustls two layers deep into `io::Error`s.
fn tls() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
        ("wrong name", Leaf::WrongName, certificate(&[Reason::TlsCertificateNameMismatch])),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new("hyper-rustls", name, expect, move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            Failure::of_boxed(get_tls(&peer).await)
        })
    })
    .collect();
    let not_tls = handshake(&[Reason::TlsPeerNotTls]);
    cases.push(Case::new("hyper-rustls", "https to an http port", not_tls, || async {
        let peer = Peer::scripted(scripts::status(400, &[])).await?;
        Failure::of_boxed(get_tls(&peer).await)
    }));
    let closed = handshake(&[Reason::TlsHandshakeClosed]);
    cases.push(Case::new("hyper-rustls", "closes on ClientHello", closed, || async {
        let peer = Peer::scripted(Script::new().read_record().finish()).await?;
        Failure::of_boxed(get_tls(&peer).await)
    }));
    cases
}

pub(crate) const UNTRUSTED: Expect = certificate(&[Reason::TlsCertificateUntrusted]);

async fn get_tls(peer: &Peer) -> Result<(), BoxError> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(world().tls(TlsVersions::Both, None))
        .https_only()
        .with_server_name_resolver(hyper_rustls::FixedServerNameResolver::new(HOST.try_into()?))
        .enable_http1()
        .wrap_connector(http);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let request = hyper::Request::get(format!("https://{}/", peer.addr));
    client.request(request.body(Empty::<Bytes>::new())?).await?;
    Ok(())
}
