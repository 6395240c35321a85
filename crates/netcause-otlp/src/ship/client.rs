//! [`Client`]: one connection, kept, and requests over it, one at a time.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::header::HeaderMap;
use hyper::rt::{Read, Write};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use netcause_fault::Phase;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::answer::{self, Answer};
use super::failure::{Failure, Progress};
use super::target::Target;
use crate::Protocol;

/// The most that is read of an answer.
const ANSWER: usize = 64 * 1024;

type AnyError = Box<dyn StdError + Send + Sync>;

/// A connection, ready for requests.
enum Connection {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// One connection, kept, and requests over it, one at a time.
pub(crate) struct Client {
    pub(crate) target: Target,
    tls: Option<TlsConnector>,
    timeout: Duration,
    connection: Option<Connection>,
    phase: Phase,
    peer: Option<SocketAddr>,
}

/// An answer, read whole.
struct Whole {
    status: StatusCode,
    headers: HeaderMap,
    trailers: HeaderMap,
    body: Bytes,
}

impl Client {
    pub(crate) fn new(target: Target, tls: Option<TlsConnector>, timeout: Duration) -> Self {
        let phase = Phase::Connect;
        Client { target, tls, timeout, connection: None, phase, peer: None }
    }

    /// Makes one attempt to deliver a request.
    pub(crate) async fn send(&mut self, body: Bytes) -> Answer {
        let start = Instant::now();
        let exchange = tokio::time::timeout(self.timeout, self.exchange(body)).await;
        let progress = Progress { phase: self.phase, peer: self.peer, elapsed: start.elapsed() };
        match exchange {
            Ok(Ok(whole)) => self.judge(&whole, progress),
            Ok(Err(error)) => {
                self.connection = None;
                Answer::Retry(Failure::of_error(&*error, progress, &self.target), None)
            }
            Err(_) => {
                self.connection = None;
                Answer::Retry(Failure::of_timeout(self.timeout, progress, &self.target), None)
            }
        }
    }

    async fn exchange(&mut self, body: Bytes) -> Result<Whole, AnyError> {
        if self.is_usable().await {
            match self.request(body.clone()).await {
                // The peer may have closed a connection that was idle just now.
                Err(error) if is_closed(&*error) => {}
                answer => return answer,
            }
        }
        self.connection = Some(self.connect().await?);
        self.request(body).await
    }

    async fn request(&mut self, body: Bytes) -> Result<Whole, AnyError> {
        self.phase = Phase::Response;
        let request = self.target.request(Full::new(body));
        let response = match &mut self.connection {
            Some(connection) => connection.send(request).await?,
            None => return Err("the connection is closed".into()),
        };
        self.phase = Phase::Body;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER).collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        let body = body.to_bytes();
        Ok(Whole { status: head.status, headers: head.headers, trailers, body })
    }

    /// Whether there is a connection that the peer has not closed meanwhile.
    async fn is_usable(&mut self) -> bool {
        match &mut self.connection {
            Some(Connection::Http1(sender)) => sender.ready().await.is_ok(),
            Some(Connection::Http2(sender)) => sender.ready().await.is_ok(),
            None => false,
        }
    }

    async fn connect(&mut self) -> Result<Connection, AnyError> {
        let stream = self.connect_tcp().await?;
        let Some(tls) = &self.tls else { return self.handshake(TokioIo::new(stream)).await };
        self.phase = Phase::Tls;
        let name = ServerName::try_from(self.target.host.clone())?;
        let stream = tls.connect(name, stream).await?;
        self.handshake(TokioIo::new(stream)).await
    }

    /// Tries one address after the other; each gets an equal part of the time.
    async fn connect_tcp(&mut self) -> Result<TcpStream, AnyError> {
        self.phase = Phase::Dns;
        self.peer = None;
        let host = (self.target.host.as_str(), self.target.port);
        let addresses: Vec<_> = tokio::net::lookup_host(host).await?.collect();
        self.phase = Phase::Connect;
        let mut left = addresses.len();
        let mut failed = None;
        for address in addresses {
            self.peer = Some(address);
            let part = self.timeout / u32::try_from(left).unwrap_or(1).max(1);
            left -= 1;
            let connecting = TcpStream::connect(address);
            // The last one may take all the time there is.
            let connected = match left {
                0 => connecting.await,
                _ => match tokio::time::timeout(part, connecting).await {
                    Ok(connected) => connected,
                    Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
                },
            };
            match connected {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => failed = Some(error),
            }
        }
        let none = || std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
        Err(failed.unwrap_or_else(none).into())
    }

    async fn handshake<I>(&self, io: I) -> Result<Connection, AnyError>
    where
        I: Read + Write + Unpin + Send + 'static,
    {
        match self.target.protocol {
            Protocol::HttpProtobuf => {
                let (sender, connection) = http1::handshake(io).await?;
                tokio::spawn(connection);
                Ok(Connection::Http1(sender))
            }
            Protocol::Grpc => {
                let builder = http2::Builder::new(TokioExecutor::new());
                let (sender, connection) =
                    builder.clone().timer(TokioTimer::new()).handshake(io).await?;
                tokio::spawn(connection);
                Ok(Connection::Http2(sender))
            }
        }
    }

    fn judge(&self, answer: &Whole, progress: Progress) -> Answer {
        let target = &self.target;
        if !answer.status.is_success() {
            let text = match target.protocol {
                Protocol::HttpProtobuf => answer::message(&answer.body),
                Protocol::Grpc => String::new(),
            };
            let failure = Failure::of_status(answer.status, text, progress, target);
            return answer::of_status(answer.status.as_u16(), &answer.headers, failure);
        }
        if target.protocol == Protocol::HttpProtobuf {
            return Answer::Accepted(answer::partial(&answer.body));
        }
        let header = |name: &str| answer.trailers.get(name).or_else(|| answer.headers.get(name));
        let code = header("grpc-status").and_then(|it| it.to_str().ok()?.parse().ok()).unwrap_or(2);
        if code == 0 {
            // A message of gRPC: whether it is compressed, its length, its bytes.
            let message = answer.body.get(5..).unwrap_or_default();
            return Answer::Accepted(answer::partial(message));
        }
        let text = header("grpc-message").and_then(|it| it.to_str().ok()).unwrap_or_default();
        let details = header("grpc-status-details-bin").and_then(|it| base64(it.as_bytes()));
        let failure = Failure::of_code(code, text, progress, target);
        answer::of_code(code, details.as_deref(), failure)
    }
}

impl Connection {
    async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        match self {
            Connection::Http1(sender) => sender.send_request(request).await,
            Connection::Http2(sender) => sender.send_request(request).await,
        }
    }
}

fn is_closed(error: &(dyn StdError + 'static)) -> bool {
    let error = error.downcast_ref::<hyper::Error>();
    error.is_some_and(|it| it.is_canceled() || it.is_closed() || it.is_incomplete_message())
}

/// Bytes in base64, padded or not, as gRPC puts them into headers.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.iter().filter(|letter| **letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_read_padded_or_not() {
        for text in ["bm90IHByaW50YWJsZf8=", "bm90IHByaW50YWJsZf8"] {
            assert_eq!(base64(text.as_bytes()).unwrap(), b"not printable\xff");
        }
        assert_eq!(base64(b"a b"), None);
    }
}
