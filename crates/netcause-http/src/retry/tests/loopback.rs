//! Servers on the loopback address, and what calls of them log.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::tests::logged;

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
pub(super) const BUSY: &str =
    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
pub(super) const DENIED: &str =
    "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
pub(super) const PAUSED: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\ncontent-length: 0\r\n\
                      connection: close\r\n\r\n";
/// Reads the request, and closes.
pub(super) const CLOSED: &str = "";

/// A server that answers one connection after the other with these.
pub(super) async fn server<const N: usize>(answers: [&'static str; N]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

/// What work logs, without what hyper says of each of its steps.
pub(super) fn told(work: impl Future<Output = ()>) -> Vec<Value> {
    let mut records = logged(work);
    records.retain(|record| record["severity"] != "TRACE" && record["severity"] != "DEBUG");
    records
}

pub(super) fn member<'a>(records: &'a [Value], key: &str) -> Vec<&'a Value> {
    records.iter().map(|record| record.get(key).unwrap_or(&Value::Null)).collect()
}
