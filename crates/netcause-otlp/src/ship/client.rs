//! [`Client`]: one connection, kept, and requests over it, one at a time.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::rt;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use netcause_fault::Phase;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::advice::Seen;
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
    seen: Seen,
}

/// An answer, read as far as it is worth reading.
struct Whole {
    status: StatusCode,
    headers: HeaderMap,
    trailers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(target: Target, tls: Option<TlsConnector>, timeout: Duration) -> Self {
        let phase = Phase::Connect;
        let seen = Seen::default();
        Client { target, tls, timeout, connection: None, phase, peer: None, seen }
    }

    /// Makes one attempt to deliver a request.
    pub(crate) async fn send(&mut self, body: Bytes) -> Answer {
        let start = Instant::now();
        let exchange = tokio::time::timeout(self.timeout, self.exchange(body)).await;
        let (phase, peer, seen) = (self.phase, self.peer, self.seen);
        let progress = Progress { phase, peer, elapsed: start.elapsed(), seen };
        match exchange {
            Ok(Ok(whole)) => {
                self.seen.has_answered = true;
                judge(&self.target, &whole, progress)
            }
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
        let read = read(body).await;
        if !matches!(read, Ok(Read { is_whole: true, .. })) {
            self.connection = None;
        }
        let read = match read {
            // What a failure means is in its status.
            Err(_) if !head.status.is_success() => Read::default(),
            read => read?,
        };
        let Read { body, trailers, .. } = read;
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
        let agreed = stream.get_ref().1.alpn_protocol();
        self.seen.lacks_h2 = self.target.protocol == Protocol::Grpc && agreed != Some(b"h2");
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
        I: rt::Read + rt::Write + Unpin + Send + 'static,
    {
        match self.target.protocol {
            Protocol::HttpProtobuf | Protocol::HttpJson => {
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
}

/// What was read of an answer after its head.
#[derive(Default)]
struct Read {
    body: Vec<u8>,
    trailers: HeaderMap,
    is_whole: bool,
}

async fn read(mut body: Incoming) -> hyper::Result<Read> {
    let mut read = Read::default();
    while let Some(frame) = body.frame().await {
        match frame?.into_data() {
            Ok(data) => read.body.extend_from_slice(&data),
            Err(frame) => read.trailers = frame.into_trailers().unwrap_or_default(),
        }
        if read.body.len() > ANSWER {
            return Ok(read);
        }
    }
    Ok(Read { is_whole: true, ..read })
}

/// What an answer means.
fn judge(target: &Target, answer: &Whole, mut progress: Progress) -> Answer {
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    if !answer.status.is_success() {
        let text = match target.protocol {
            Protocol::Grpc => String::new(),
            _ => answer::message(&kind, &answer.body),
        };
        let failure = Failure::of_status(answer.status, text, progress, target);
        return answer::of_status(answer.status.as_u16(), &answer.headers, failure);
    }
    if kind.starts_with("text/html") {
        progress.seen.is_page = true;
        let text = "a page of HTML";
        return Answer::Refused(Failure::of_stranger(text, progress, target));
    }
    match target.protocol {
        Protocol::HttpProtobuf => Answer::Accepted(answer::partial(&answer.body)),
        Protocol::HttpJson => Answer::Accepted(answer::partial_of_json(&answer.body)),
        Protocol::Grpc => judge_grpc(target, answer, progress),
    }
}

fn judge_grpc(target: &Target, answer: &Whole, progress: Progress) -> Answer {
    let header = |name: &str| answer.trailers.get(name).or_else(|| answer.headers.get(name));
    let Some(code) = header("grpc-status").and_then(|it| it.to_str().ok()?.parse().ok()) else {
        let text = "an answer without a status of gRPC";
        return Answer::Refused(Failure::of_stranger(text, progress, target));
    };
    if code == 0 {
        // A message of gRPC: whether it is compressed, its length, its bytes.
        let message = answer.body.get(5..).unwrap_or_default();
        return Answer::Accepted(answer::partial(message));
    }
    let text = header("grpc-message").map(|it| percent_decoded(it.as_bytes())).unwrap_or_default();
    let details = header("grpc-status-details-bin").and_then(|it| base64(it.as_bytes()));
    let failure = Failure::of_code(code, &text, progress, target);
    answer::of_code(code, details.as_deref(), failure)
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

/// A text as gRPC puts it into a header (gRPC over HTTP2, "Responses"): what is no escape
/// stands as it is.
fn percent_decoded(text: &[u8]) -> String {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let escape = (*byte == b'%').then(|| digit(after.first()).zip(digit(after.get(1))));
        match escape.flatten() {
            Some((high, low)) => {
                out.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
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
    use super::{base64, percent_decoded};

    #[test]
    fn a_message_of_grpc_is_decoded_and_broken_escapes_stand() {
        assert_eq!(percent_decoded(b"gr%C3%B6%c3%9fer than 4%"), "gr\u{f6}\u{df}er than 4%");
        assert_eq!(percent_decoded(b"100%, %zz, %ff"), "100%, %zz, \u{fffd}");
    }

    #[test]
    fn base64_is_read_padded_or_not() {
        for text in ["bm90IHByaW50YWJsZf8=", "bm90IHByaW50YWJsZf8"] {
            assert_eq!(base64(text.as_bytes()).unwrap(), b"not printable\xff");
        }
        assert_eq!(base64(b"a b"), None);
    }
}
