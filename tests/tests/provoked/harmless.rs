//! Errors that are about no peer.

use std::fs::File;
use std::io::{self, Read};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use netcause_cli::peers::{Certificates, Leaf};
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, broadcast, mpsc as channel, oneshot, watch};

/// What happened, and the error.
pub(crate) type Harmless = (&'static str, anyhow::Error);

/// Makes each error by doing what causes it.
pub(crate) async fn errors() -> Vec<Harmless> {
    let mut errors = parsing();
    errors.extend(files());
    errors.extend(threads());
    errors.extend(requests());
    errors.extend(channels().await);
    errors.extend(tasks().await);
    errors.extend(chains());
    errors
}

fn failed<T, E: Into<anyhow::Error>>(name: &'static str, result: Result<T, E>) -> Harmless {
    (name, result.err().map(Into::into).unwrap_or_else(|| panic!("{name} did not fail")))
}

fn parsing() -> Vec<Harmless> {
    let bad_utf8 = vec![b'a', 0xff];
    vec![
        failed("an integer", i32::from_str("many")),
        failed("an integer out of range", u8::from_str("503")),
        failed("a float", f64::from_str("1,5")),
        failed("a bool", bool::from_str("yes")),
        failed("a char", char::from_str("ab")),
        failed("a number that does not fit", u8::try_from(504)),
        failed("bytes as text", std::str::from_utf8(&bad_utf8)),
        failed("owned bytes as text", String::from_utf8(bad_utf8.clone())),
        failed("UTF-16", String::from_utf16(&[0xd800])),
        failed("a C string", std::ffi::CString::new("a\0b")),
        failed("JSON", serde_json::from_str::<serde_json::Value>("{]")),
        failed("the end of JSON", serde_json::from_str::<serde_json::Value>("[1,")),
        failed("JSON of another type", serde_json::from_str::<u8>("\"connection\"")),
        failed("an address", std::net::SocketAddr::from_str("db:5432")),
        failed("a URI", hyper::Uri::from_str("http://[::1")),
        failed("a header value", hyper::header::HeaderValue::from_str("a\nb")),
        failed("a status code", hyper::StatusCode::from_u16(1000)),
        failed("a server name", rustls::pki_types::ServerName::try_from("not a name")),
        failed("an array of another length", <[u8; 4]>::try_from(&[1_u8, 2][..])),
        failed("a duration", Duration::try_from_secs_f64(-1.0)),
        failed("a layout", std::alloc::Layout::from_size_align(1, 3)),
    ]
}

fn files() -> Vec<Harmless> {
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short");
    std::fs::write(&short, "ab").unwrap();
    vec![
        failed("a file that is not there", File::open(folder.path().join("missing"))),
        failed("a folder that exists", std::fs::create_dir(folder.path())),
        failed("a folder that is not empty", std::fs::remove_dir(folder.path())),
        failed("a folder read as a file", std::fs::read(folder.path())),
        failed("a file used as a folder", File::open(short.join("x"))),
        failed("a file that is too short", File::open(&short).unwrap().read_exact(&mut [0; 8])),
        failed("a file that is not text", not_text(folder.path())),
        failed("a file that may not be written", not_writable()),
        failed(
            "a seek before the start",
            io::Seek::seek(&mut io::Cursor::new([0]), io::SeekFrom::End(-9)),
        ),
        failed("a full slice", io::Write::write_all(&mut &mut [0_u8; 1][..], b"ab")),
        failed(
            "a program that is not there",
            std::process::Command::new("no-such-program").spawn(),
        ),
        failed("a variable that is not set", std::env::var("NETCAUSE_TEST_NOT_SET")),
    ]
}

fn not_text(folder: &std::path::Path) -> io::Result<String> {
    let path = folder.join("binary");
    std::fs::write(&path, [0xff, 0xfe])?;
    std::fs::read_to_string(path)
}

/// Not even root may write here, so the answer is a permission or a read-only error.
fn not_writable() -> io::Result<()> {
    std::fs::write("/proc/version", "x")
}

fn threads() -> Vec<Harmless> {
    let (sender, receiver) = mpsc::channel::<u8>();
    drop(sender);
    let (late, dropped) = mpsc::channel::<u8>();
    drop(dropped);
    let cell = std::cell::RefCell::new(0);
    let _borrowed = cell.borrow_mut();
    vec![
        failed("a channel without senders", receiver.recv()),
        failed("a channel without a receiver", late.send(1)),
        failed("an empty channel", mpsc::channel::<u8>().1.try_recv()),
        failed("a second borrow", cell.try_borrow().map(drop)),
        failed("a poisoned lock", poisoned()),
        failed(
            "a clock that went back",
            std::time::UNIX_EPOCH.duration_since(std::time::UNIX_EPOCH + Duration::from_secs(1)),
        ),
    ]
}

fn poisoned() -> Result<i32, PoisonError<i32>> {
    let mutex = std::sync::Arc::new(Mutex::new(0));
    let other = std::sync::Arc::clone(&mutex);
    let _ = std::thread::spawn(move || {
        let _guard = other.lock();
        std::panic::resume_unwind(Box::new("the holder stops"));
    })
    .join();
    std::sync::Arc::into_inner(mutex).unwrap().into_inner()
}

/// A request that a client refuses to send.
fn requests() -> Vec<Harmless> {
    // Fails only where another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    vec![
        failed("a URL without a scheme", client.get("api.example/v1").build()),
        failed("a URL without a host", client.get("http://").build()),
        failed("a header that is none", client.get("http://a").header("a b", "c").build()),
        failed("a request without a URI", hyper::Request::builder().uri("a b").body(())),
        failed("a key of another certificate", key_of_another()),
    ]
}

fn key_of_another() -> Result<rustls::ClientConfig, rustls::Error> {
    let certificates = Certificates::new().unwrap();
    let one = certificates.client(Leaf::Good).unwrap();
    let other = certificates.client(Leaf::Good).unwrap();
    rustls::ClientConfig::builder()
        .with_root_certificates(certificates.roots().unwrap())
        .with_client_auth_cert(one.chain(), other.key())
}

async fn channels() -> Vec<Harmless> {
    let (sender, receiver) = channel::channel::<u8>(1);
    drop(receiver);
    let (full, _kept) = channel::channel::<u8>(1);
    full.send(1).await.unwrap();
    let (once, answer) = oneshot::channel::<u8>();
    drop(once);
    let (source, mut watcher) = watch::channel(1);
    drop(source);
    let (lagging, mut late) = broadcast::channel::<u8>(1);
    let _ = (lagging.send(1), lagging.send(2));
    let semaphore = Semaphore::new(1);
    semaphore.close();
    vec![
        failed("an mpsc without a receiver", sender.send(1).await),
        failed("a full mpsc", full.try_send(2)),
        failed("a oneshot without a sender", answer.await),
        failed("a watch without a sender", watcher.changed().await),
        failed("a broadcast that lags", late.recv().await),
        failed("a closed semaphore", semaphore.acquire().await),
    ]
}

async fn tasks() -> Vec<Harmless> {
    let panicked = tokio::spawn(async { std::panic::resume_unwind(Box::new("stop")) });
    let aborted = tokio::spawn(std::future::pending::<()>());
    aborted.abort();
    let short = tempfile::NamedTempFile::new().unwrap();
    let mut short = tokio::fs::File::open(short.path()).await.unwrap();
    vec![
        failed("a file that is too short, by tokio", short.read_exact(&mut [0; 8]).await),
        failed::<(), _>("a task that panicked", panicked.await),
        failed("a task that was aborted", aborted.await),
    ]
}

/// Errors under words that sound like a network's.
fn chains() -> Vec<Harmless> {
    use anyhow::Context;
    let setting = i32::from_str("soon").context("reading the connection timeout");
    let config = File::open("/no/such/file").context("loading the proxy settings");
    let limit = u16::from_str("70000").context("port 5432 of the TLS listener");
    [("a bad timeout setting", setting.map(drop)), ("no proxy settings", config.map(drop))]
        .into_iter()
        .chain([("a bad port setting", limit.map(drop))])
        .map(|(name, result)| failed(name, result))
        .collect()
}
