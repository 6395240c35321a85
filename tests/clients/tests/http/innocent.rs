//! Errors that are about no peer, made by doing what causes them.

use std::error::Error;
use std::future::pending;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use netcause_cli::peers::{Peer, scripts};
use netcause_client_tests::{Case, Failure, NO_HOST, Outcome, harmless, world};
use tokio::sync::{broadcast, mpsc, oneshot};
use tower::{ServiceBuilder, service_fn};

use crate::towers::call;

type BoxError = Box<dyn Error + Send + Sync>;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = parsing();
    cases.extend(requests());
    cases.extend(files());
    cases.extend(tasks());
    cases.extend(decoding());
    cases
}

/// A failure that needs no waiting.
fn case<F>(client: &'static str, name: &'static str, fail: F) -> Case
where
    F: FnOnce() -> Outcome + Send + 'static,
{
    Case::new(client, name, harmless(), move || std::future::ready(fail()))
}

fn parsing() -> Vec<Case> {
    use serde_json::{Value, from_str};
    vec![
        case("serde_json", "syntax", || Failure::of(from_str::<Value>("{\"host\": }"))),
        case("serde_json", "end of input", || Failure::of(from_str::<Value>("{\"timeout\": 5"))),
        case("serde_json", "another type", || Failure::of(from_str::<u16>("\"503\""))),
        case("serde_json", "missing field, in anyhow", || {
            Failure::of_anyhow(from_str::<Vec<u8>>("{}").context("reading the proxy settings"))
        }),
        case("url", "relative", || Failure::of(url::Url::parse("api.example/v1"))),
        case("url", "bad port", || Failure::of(url::Url::parse("http://db:99999/"))),
        case("url", "bad IPv6", || Failure::of(url::Url::parse("http://[::1/"))),
        case("http", "header value", || Failure::of(http::HeaderValue::from_str("a\nb"))),
        case("http", "header name", || Failure::of(http::HeaderName::from_str("a b"))),
        case("http", "status code", || Failure::of(http::StatusCode::from_u16(5030))),
        case("http", "method", || Failure::of(http::Method::from_bytes(b"GE T"))),
        case("http", "URI", || Failure::of(http::Uri::from_str("http://[::1"))),
        case("std", "socket address", || {
            Failure::of(std::net::SocketAddr::from_str("db.internal:5432"))
        }),
        case("std", "port", || Failure::of(u16::from_str("70000"))),
        case("std", "UTF-8", || Failure::of(String::from_utf8(vec![0xff]))),
        case("rustls", "server name", || {
            Failure::of(rustls::pki_types::ServerName::try_from("not a name"))
        }),
        case("native-tls", "no certificate", || {
            Failure::of(native_tls::Certificate::from_pem(b"no certificate").map(drop))
        }),
        case("tonic", "metadata value", || {
            Failure::of(tonic::metadata::AsciiMetadataValue::try_from("a\nb"))
        }),
        case("tonic", "endpoint", || {
            Failure::of(tonic::transport::Endpoint::from_shared("not a url").map(drop))
        }),
    ]
}

/// Requests that a client refuses to send.
fn requests() -> Vec<Case> {
    vec![
        case("reqwest 0.13", "URL without a scheme", || {
            Failure::of(client()?.get("api.example/v1").build())
        }),
        case("reqwest 0.13", "header value", || {
            Failure::of(client()?.get("http://a").header("x", "a\nb").build())
        }),
        case("reqwest 0.12", "URL without a host", || {
            Failure::of(
                reqwest012::Client::builder()
                    .use_preconfigured_tls(tls())
                    .build()?
                    .get("http://")
                    .build(),
            )
        }),
        Case::new("reqwest 0.13", "scheme of another protocol", harmless(), || async {
            Failure::of(client()?.get("ftp://peer.test/x").send().await)
        }),
        Case::new("ureq", "URL without a scheme", harmless(), || async {
            Failure::of(tokio::task::spawn_blocking(|| ureq::get("/v1").call()).await?)
        }),
        Case::new("tokio-tungstenite", "URL without a scheme", harmless(), || async {
            Failure::of(tokio_tungstenite::connect_async("/socket").await)
        }),
        Case::new("hickory-resolver", "name too long", harmless(), || async {
            let label = "a".repeat(64);
            Failure::of(hickory_resolver::proto::rr::Name::from_str(&format!("{label}.{NO_HOST}")))
        }),
    ]
}

fn tls() -> rustls::ClientConfig {
    world().tls(netcause_cli::peers::TlsVersions::Both, None)
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls()).build()
}

fn files() -> Vec<Case> {
    vec![
        case("std", "file not found", || Failure::of(std::fs::read("/no/such/file"))),
        case("std", "file not permitted", || Failure::of(std::fs::write("/proc/version", "x"))),
        case("std", "file too short", || {
            Failure::of(io::Read::read_exact(&mut io::empty(), &mut [0; 4]))
        }),
        case("anyhow", "no configuration of a connection", || {
            let read = std::fs::read_to_string("/no/such/connection.toml");
            Failure::of_anyhow(read.context("loading the connection settings"))
        }),
        case("eyre", "no key file", || {
            let read = std::fs::read("/etc/netcause-no-such/tls.key");
            Failure::of_eyre(eyre::WrapErr::wrap_err(read, "reading the TLS key"))
        }),
        case("std", "program not found", || {
            Failure::of(std::process::Command::new("no-such-program").spawn())
        }),
    ]
}

fn tasks() -> Vec<Case> {
    vec![
        Case::new("tokio", "JoinError: panic", harmless(), || async {
            let task = tokio::spawn(async { std::panic::resume_unwind(Box::new("boom")) });
            Failure::of::<(), _>(task.await)
        }),
        Case::new("tokio", "JoinError: panic about a connection", harmless(), || async {
            let text = "called `Result::unwrap()` on an `Err` value: connection refused";
            let task = tokio::spawn(async move { std::panic::resume_unwind(Box::new(text)) });
            Failure::of::<(), _>(task.await)
        }),
        Case::new("tokio", "JoinError: aborted", harmless(), || async {
            let task = tokio::spawn(pending::<()>());
            task.abort();
            Failure::of(task.await)
        }),
        Case::new("tokio", "oneshot without a sender", harmless(), || async {
            let (sender, receiver) = oneshot::channel::<u8>();
            drop(sender);
            Failure::of(receiver.await)
        }),
        Case::new("tokio", "channel without a receiver", harmless(), || async {
            let (sender, receiver) = mpsc::channel::<u8>(1);
            drop(receiver);
            Failure::of(sender.send(1).await)
        }),
        Case::new("tokio", "full channel", harmless(), || async {
            let (sender, _receiver) = mpsc::channel::<u8>(1);
            sender.try_send(1)?;
            Failure::of(sender.try_send(2))
        }),
        Case::new("tokio", "lagging receiver", harmless(), || async {
            let (sender, mut receiver) = broadcast::channel::<u8>(1);
            let _ = (sender.send(1), sender.send(2));
            Failure::of(receiver.recv().await)
        }),
        case("std", "duration below zero", || Failure::of(Duration::try_from_secs_f32(-1.0))),
        Case::new("tower", "buffer: worker is gone", harmless(), || async {
            let busy = service_fn(|()| pending::<Result<(), BoxError>>());
            let (service, worker) = tower::buffer::Buffer::pair(busy, 1);
            drop(worker);
            let service = ServiceBuilder::new().service(service);
            Failure::of_boxed(call(service).await)
        }),
    ]
}

/// What was received well, and is of another shape than the program thinks.
fn decoding() -> Vec<Case> {
    vec![Case::new("serde_json", "an answer kept as text", harmless(), || async {
        let peer = Peer::scripted(scripts::answer(200, &[], "{\"total\": \"12\"}")).await?;
        let body = client()?.get(peer.http("/")).send().await?.text().await?;
        Failure::of(serde_json::from_str::<std::collections::BTreeMap<String, u32>>(&body))
    })]
}
