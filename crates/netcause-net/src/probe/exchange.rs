//! A request of HTTP/1.1, and the head of its answer.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::time::{Duration, Instant, SystemTime};

use netcause_fault::{
    Category, Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, classify,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::answer::{Answer, Head, Protocol};
use super::run::{Failed, Run};
use super::{Exchange, Step};

/// A head longer than this is none.
const LONGEST_HEAD: usize = 64 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The connection broke while the request was sent, or after it.
    Io(Phase, io::Error),
    /// The peer closed; whether part of an answer had come.
    Closed { begun: bool },
    /// The time was up; whether part of an answer had come.
    TimedOut { begun: bool, limit: Duration },
    /// The answer is not one of HTTP/1.
    Protocol(Protocol),
}

impl Run<'_> {
    /// Makes the request, if one is wanted.
    pub(super) async fn ask<S>(&mut self, stream: &mut S) -> Result<(), Failed>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(path) = self.probe.path.clone() else { return Ok(()) };
        let (host, limit) = (self.host(), self.probe.limit);
        let scheme = if self.probe.tls { "https" } else { "http" };
        self.request.method = Some(Cow::Borrowed("GET"));
        self.request.url = Some(Cow::Owned(format!("{scheme}://{host}{path}")));
        let started = Instant::now();
        let asked = exchange(stream, &request(&path, &host), limit).await;
        let elapsed = started.elapsed();
        let mut step = Exchange::of(path, elapsed);
        let outcome = match asked {
            Ok(head) => {
                step.take(&head);
                self.request.status = Some(head.status);
                self.judge(&head, elapsed)
            }
            Err(broken) => {
                step.error = Some(broken.to_string());
                if let Broken::Protocol(protocol) = &broken {
                    step.protocol = Some(protocol.clone());
                }
                Err(self.broken(&broken, elapsed))
            }
        };
        self.push(Step::Http(step));
        outcome
    }

    /// The field `Host` (RFC 9110 §7.2).
    fn host(&self) -> String {
        let (name, port) = (self.probe.name(), self.probe.port);
        let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        match (self.probe.tls, port) {
            (true, 443) | (false, 80) => name,
            _ => format!("{name}:{port}"),
        }
    }

    fn judge(&self, head: &Head, elapsed: Duration) -> Result<(), Failed> {
        let Some(mut fault) = Fault::of_status(head.status) else { return Ok(()) };
        if let Some(pause) = head.pause(SystemTime::now()) {
            fault.add_evidence(Evidence::RetryAfter(pause));
        }
        self.complete(&mut fault, elapsed);
        Err(Failed::answered(fault))
    }

    fn broken(&self, broken: &Broken, elapsed: Duration) -> Failed {
        let mut fault = broken.fault();
        self.complete(&mut fault, elapsed);
        Failed::new(fault, broken)
    }

    /// Adds whom and what it was about, and what the kernel tells; diagnoses.
    pub(super) fn complete(&self, fault: &mut Fault<'static>, elapsed: Duration) {
        fault.elapsed = Some(elapsed);
        fault.certificate.clone_from(&self.certificate);
        fault.request.clone_from(&self.request);
        if let Some(connection) = &self.connection {
            connection.describe(fault);
        }
        fault.diagnose();
    }
}

impl Exchange {
    fn of(path: String, elapsed: Duration) -> Self {
        Exchange {
            path,
            elapsed,
            status: None,
            retry_after: None,
            location: None,
            protocol: None,
            error: None,
        }
    }

    fn take(&mut self, head: &Head) {
        self.status = Some(head.status);
        self.retry_after.clone_from(&head.retry_after);
        self.location.clone_from(&head.location);
    }
}

fn request(path: &str, host: &str) -> String {
    const AGENT: &str = concat!("netcause/", env!("CARGO_PKG_VERSION"));
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n\
         Connection: close\r\n\r\n"
    )
}

async fn exchange<S>(stream: &mut S, request: &str, limit: Duration) -> Result<Head, Broken>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut received = Vec::new();
    match timeout(limit, talk(stream, request, &mut received)).await {
        Ok(answer) => answer,
        Err(_) => Err(Broken::TimedOut { begun: !received.is_empty(), limit }),
    }
}

async fn talk<S>(stream: &mut S, request: &str, received: &mut Vec<u8>) -> Result<Head, Broken>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let sent = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await
    };
    // A peer that closes early may have said why before.
    let sent = sent.await;
    loop {
        match stream.read_buf(received).await {
            Ok(0) => {
                let begun = !received.is_empty();
                return Err(sent.err().map_or(Broken::Closed { begun }, in_request));
            }
            Ok(_) => {}
            Err(error) => {
                return Err(sent.err().map_or(Broken::Io(Phase::Response, error), in_request));
            }
        }
        match Answer::read(received) {
            Answer::Head(head) => return Ok(head),
            Answer::Other(protocol) => return Err(Broken::Protocol(protocol)),
            Answer::Incomplete if received.len() > LONGEST_HEAD => {
                return Err(Broken::Protocol(Protocol::of(received)));
            }
            Answer::Incomplete => {}
        }
    }
}

fn in_request(error: io::Error) -> Broken {
    Broken::Io(Phase::Request, error)
}

impl Broken {
    pub(super) fn fault(&self) -> Fault<'static> {
        match self {
            Broken::Io(phase, error) => of_io(*phase, error),
            Broken::Closed { .. } => {
                Fault { phase: Some(Phase::Response), ..Fault::of_reason(Reason::ConnectionClosed) }
            }
            Broken::TimedOut { limit, .. } => {
                let mut fault = Fault {
                    phase: Some(Phase::Response),
                    timeout: Some(*limit),
                    limit: Some(Limit::Response),
                    ..Fault::of_reason(Reason::ResponseTimeout)
                };
                fault.add_evidence(Evidence::OwnTimer(Some(Limit::Response)));
                fault
            }
            Broken::Protocol(protocol) => of_protocol(protocol),
        }
    }
}

fn of_io(phase: Phase, error: &io::Error) -> Fault<'static> {
    let mut fault = classify(error).unwrap_or_else(|| Fault::new(Category::Unknown));
    // More facts follow.
    (fault.cause, fault.confidence, fault.retry) = (Cause::Unknown, Confidence::Possible, None);
    let of_tls = matches!(fault.category, Category::TlsCertificate | Category::TlsHandshake);
    fault.phase = Some(if of_tls { Phase::Tls } else { phase });
    if error.kind() == io::ErrorKind::UnexpectedEof && !of_tls {
        fault.reason = Some(Reason::ConnectionClosed);
        fault.category = Category::ConnectionReset;
    }
    fault
}

fn of_protocol(protocol: &Protocol) -> Fault<'static> {
    let mut fault = match protocol {
        Protocol::Tls => Fault {
            // TLS answered what is not TLS.
            cause: Cause::Misconfiguration,
            confidence: Confidence::Likely,
            ..Fault::new(Category::TlsHandshake)
        },
        _ => Fault::of_reason(Reason::InvalidResponse),
    };
    fault.phase = Some(Phase::Response);
    fault.add_evidence(Evidence::Note(protocol.to_string().into()));
    fault
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Io(Phase::Request, error) => write!(f, "could not send the request: {error}"),
            Broken::Io(_, error) => write!(f, "no answer: {error}"),
            Broken::Closed { begun: false } => {
                f.write_str("the peer closed the connection without an answer")
            }
            Broken::Closed { begun: true } => {
                f.write_str("the peer closed the connection in the middle of its answer")
            }
            Broken::TimedOut { begun, limit } => {
                let what = if *begun { "no complete answer" } else { "no answer" };
                write!(f, "{what} within {}", netcause_fault::text_duration(*limit))
            }
            Broken::Protocol(protocol) => protocol.fmt(f),
        }
    }
}

impl Error for Broken {}
