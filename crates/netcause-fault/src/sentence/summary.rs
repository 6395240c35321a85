//! `fault.summary`: one sentence for people.

use std::fmt::{self, Write};
use std::time::Duration;

use super::target::{Target, path_of};
use super::words::{tls_reason, unreachable};
use crate::duration::write_number;
use crate::{Category, Evidence, Fault, Limit, Phase, Reason, long_duration, text_duration};

impl Fault<'_> {
    /// `fault.summary`: one sentence for people.
    ///
    /// ```
    /// use netcause_fault::{Fault, Limit, Reason};
    ///
    /// let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    /// fault.peer.server_address = Some("hello.from.the.other.side".into());
    /// fault.peer.server_port = Some(12345);
    /// fault.timeout = Some(std::time::Duration::from_millis(100));
    /// fault.attempts.attempt = Some(2);
    /// fault.attempts.max_attempts = Some(5);
    /// assert_eq!(
    ///     fault.summary().to_string(),
    ///     "Connection to host hello.from.the.other.side on port 12345 timed out after 100ms. \
    ///      Retries: 2/5",
    /// );
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary(self)
    }
}

/// What [`Fault::summary`] returns.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a>(&'a Fault<'a>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl Summary<'_> {
    /// Writes the sentence; the same text as `Display`, without a formatter.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, out: &mut impl Write) -> fmt::Result {
        self.write_sentence(out)?;
        self.write_retries(out)
    }

    fn write_sentence(&self, out: &mut impl Write) -> fmt::Result {
        let fault = self.0;
        match fault.category {
            Category::Dns => self.write_lookup(out),
            Category::ConnectRefused if fault.reason == Some(Reason::SocketPathNotFound) => {
                self.write_connection(out, " failed: the unix socket does not exist")
            }
            Category::ConnectRefused => {
                self.write_connection(out, " refused")?;
                self.write_after(out, fault.elapsed)
            }
            Category::ConnectTimeout => {
                self.write_connection(out, " timed out")?;
                self.write_after(out, fault.timeout.or(fault.elapsed))
            }
            Category::Unreachable => {
                self.write_connection(out, unreachable(fault.reason))?;
                self.write_after(out, fault.elapsed)
            }
            Category::ConnectionReset => self.write_broken(out),
            Category::TlsCertificate | Category::TlsHandshake => self.write_tls(out),
            Category::ResponseTimeout => self.write_no_answer(out),
            Category::Timeout => {
                self.write_call(out, " timed out")?;
                self.write_after(out, fault.timeout.or(fault.elapsed))
            }
            Category::PoolExhausted => self.write_pool(out),
            Category::RateLimited => self.write_answer(out, "asks for fewer requests"),
            Category::Unavailable => self.write_answer(out, "is not available"),
            Category::Auth => self.write_auth(out),
            Category::HttpClientError => self.write_answer(out, "rejected the request"),
            Category::HttpServerError => self.write_answer(out, "failed"),
            Category::Protocol => self.write_protocol(out),
            Category::LocalResource => self.write_local(out),
            Category::Cancelled => self.write_call(out, " was cancelled"),
            Category::Unknown => self.write_unknown(out),
        }
    }

    fn write_lookup(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("Name lookup")?;
        self.target().write_host(out, " of host ")?;
        let what = match self.0.reason {
            Some(Reason::DnsHostNotFound) => " failed: no such name",
            Some(Reason::DnsNoAddress) => " failed: the name has no address",
            Some(Reason::DnsTemporaryFailure) => " failed: temporary failure",
            Some(Reason::DnsTimeout) => " timed out",
            _ => " failed",
        };
        out.write_str(what)?;
        match self.0.reason {
            Some(Reason::DnsTimeout) => self.write_after(out, self.0.timeout.or(self.0.elapsed)),
            _ => Ok(()),
        }
    }

    fn write_broken(&self, out: &mut impl Write) -> fmt::Result {
        match self.0.reason {
            Some(Reason::BodyTruncated) => {
                out.write_str("Answer")?;
                self.target().write(out, " of host ")?;
                self.write_request(out, " to ")?;
                return out.write_str(" ended before it was complete");
            }
            Some(Reason::KeepaliveTimeout) => {
                return self.write_connection(out, " broke: no answer to a keep-alive ping");
            }
            _ => {}
        }
        let what = match self.0.reason {
            Some(Reason::ConnectionClosed | Reason::BrokenPipe) => " closed by the peer",
            Some(Reason::StreamReset) => " had its stream reset by the peer",
            Some(Reason::StreamRefused) => " had its stream refused by the peer",
            Some(Reason::ConnectionTimeoutEstablished) => " broke: no acknowledgement came back",
            _ => " reset by the peer",
        };
        self.write_connection(out, what)?;
        out.write_str(match self.0.phase {
            Some(Phase::Tls) => " during the TLS handshake",
            Some(Phase::Request) => " while the request was sent",
            Some(Phase::Response) => " before the answer was complete",
            Some(Phase::Body) => " within the answer's body",
            _ => "",
        })?;
        self.write_after(out, self.0.elapsed)
    }

    fn write_tls(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("TLS handshake")?;
        self.target().write(out, " with host ")?;
        if self.0.reason == Some(Reason::TlsHandshakeTimeout) {
            out.write_str(" timed out")?;
            return self.write_after(out, self.0.timeout.or(self.0.elapsed));
        }
        out.write_str(" failed")?;
        let Some(reason) = self.0.reason.and_then(tls_reason) else { return Ok(()) };
        out.write_str(": ")?;
        out.write_str(reason)?;
        self.write_certificate_age(out)
    }

    fn write_certificate_age(&self, out: &mut impl Write) -> fmt::Result {
        let age = self.0.evidence.iter().find_map(|fact| match fact {
            Evidence::CertificateExpired(by) => Some((" ", *by, " ago")),
            Evidence::CertificateNotYetValid(by) => Some((", only in ", *by, "")),
            _ => None,
        });
        let Some((before, by, after)) = age else { return Ok(()) };
        out.write_str(before)?;
        long_duration(by).write_to(out)?;
        out.write_str(after)
    }

    fn write_no_answer(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.request.status.is_some() {
            return self.write_answer(out, "");
        }
        let in_body = self.0.reason == Some(Reason::BodyTimeout);
        let verb = if in_body { " did not finish its answer to " } else { " did not answer " };
        if self.target().is_unknown() {
            out.write_str(if in_body { "No complete answer" } else { "No answer" })?;
            self.write_request(out, " to ")?;
        } else {
            self.target().write(out, "Host ")?;
            if !self.write_request_if_known(out, verb)? {
                out.write_str(if in_body {
                    " did not finish its answer"
                } else {
                    " did not answer"
                })?;
            }
        }
        match self.0.timeout.or(self.0.elapsed) {
            Some(limit) => {
                out.write_str(" within ")?;
                text_duration(limit).write_to(out)
            }
            None => out.write_str(" in time"),
        }
    }

    fn write_pool(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.reason != Some(Reason::PoolTimeout) {
            return self.write_answer(out, "has no connection left");
        }
        out.write_str("No pooled connection")?;
        self.target().write(out, " to host ")?;
        out.write_str(" was free")?;
        match self.0.timeout.or(self.0.elapsed) {
            Some(limit) => {
                out.write_str(" within ")?;
                text_duration(limit).write_to(out)
            }
            None => out.write_str(" in time"),
        }
    }

    fn write_auth(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.reason == Some(Reason::ProxyAuthRequired) && self.0.request.status.is_none() {
            out.write_str("Proxy wants credentials")?;
            return self.target().write(out, " for the way to host ");
        }
        self.write_answer(out, "did not accept the credentials")
    }

    fn write_protocol(&self, out: &mut impl Write) -> fmt::Result {
        match self.0.reason {
            Some(Reason::ProxyTunnelError) => {
                out.write_str("Proxy refused the tunnel")?;
                self.target().write(out, " to host ")
            }
            Some(Reason::TooManyRedirects) => {
                self.write_subject(out)?;
                self.write_request_if_known(out, " redirects ")?;
                out.write_str(if self.0.request.method.is_some() {
                    " without end"
                } else {
                    " redirects without end"
                })
            }
            Some(Reason::BodyDecodeError) => {
                out.write_str("Answer")?;
                self.target().write(out, " of host ")?;
                self.write_request(out, " to ")?;
                out.write_str(" could not be decoded")
            }
            _ => {
                self.write_subject(out)?;
                out.write_str(" sent an answer that is not of the protocol")
            }
        }
    }

    fn write_local(&self, out: &mut impl Write) -> fmt::Result {
        match self.0.reason {
            Some(Reason::TooManyOpenFiles) => {
                out.write_str("This process has no file descriptor left")?;
                self.target().write(out, " for a connection to host ")
            }
            Some(Reason::AddressNotAvailable) => {
                out.write_str("No local address or port is free")?;
                self.target().write(out, " for a connection to host ")
            }
            Some(Reason::AddressInUse) => {
                out.write_str("Local address is already in use")?;
                self.target().write(out, ": host ")
            }
            Some(Reason::ClientOverloaded) => {
                out.write_str("Call")?;
                self.target().write(out, " to host ")?;
                out.write_str(" rejected by our own limit")
            }
            _ => {
                out.write_str("This host has no resources left")?;
                self.target().write(out, " for a connection to host ")
            }
        }
    }

    fn write_unknown(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.reason == Some(Reason::ProxyConnectFailed) {
            out.write_str("Connection to the proxy")?;
            self.target().write(out, " for host ")?;
            return out.write_str(" failed");
        }
        match self.0.phase {
            Some(Phase::Connect) => self.write_connection(out, " failed"),
            _ => self.write_call(out, " failed"),
        }
    }

    /// `Host H on port P answered GET /x with status 503`, or what the peer did.
    fn write_answer(&self, out: &mut impl Write, otherwise: &str) -> fmt::Result {
        self.write_subject(out)?;
        if let Some(status) = self.0.request.status {
            out.write_str(" answered ")?;
            if self.write_request_if_known(out, "")? {
                out.write_str(" ")?;
            }
            out.write_str("with status ")?;
            return write_number(out, u64::from(status));
        }
        out.write_str(" ")?;
        out.write_str(otherwise)?;
        let Some(code) = self.0.code.as_deref() else { return Ok(()) };
        out.write_str(" (")?;
        out.write_str(code)?;
        out.write_str(")")
    }

    fn write_subject(&self, out: &mut impl Write) -> fmt::Result {
        if self.target().is_unknown() {
            return out.write_str("The peer");
        }
        self.target().write(out, "Host ")
    }

    fn write_connection(&self, out: &mut impl Write, what: &str) -> fmt::Result {
        if self.0.phase == Some(Phase::Proxy) {
            out.write_str("Connection to the proxy")?;
            self.target().write_proxy(out)?;
            self.target().write(out, " for host ")?;
        } else {
            out.write_str("Connection")?;
            self.target().write(out, " to host ")?;
            self.target().write_way(out)?;
        }
        out.write_str(what)
    }

    fn write_call(&self, out: &mut impl Write, what: &str) -> fmt::Result {
        let connecting = self.0.limit == Some(Limit::Connect);
        out.write_str(if connecting { "Connection" } else { "Call" })?;
        self.target().write(out, " to host ")?;
        out.write_str(what)
    }

    fn write_after(&self, out: &mut impl Write, time: Option<Duration>) -> fmt::Result {
        let Some(time) = time else { return Ok(()) };
        out.write_str(" after ")?;
        text_duration(time).write_to(out)
    }

    fn write_request(&self, out: &mut impl Write, before: &str) -> fmt::Result {
        self.write_request_if_known(out, before).map(|_| ())
    }

    /// `GET /v1/charge`, where the method is known; whether it was.
    fn write_request_if_known(
        &self,
        out: &mut impl Write,
        before: &str,
    ) -> Result<bool, fmt::Error> {
        let Some(method) = self.0.request.method.as_deref() else { return Ok(false) };
        out.write_str(before)?;
        out.write_str(method)?;
        if let Some(path) = self.0.request.url.as_deref().and_then(path_of) {
            out.write_str(" ")?;
            out.write_str(path)?;
        }
        Ok(true)
    }

    fn write_retries(&self, out: &mut impl Write) -> fmt::Result {
        let attempts = &self.0.attempts;
        let Some(attempt) = attempts.attempt else { return Ok(()) };
        out.write_str(". Retries: ")?;
        write_number(out, u64::from(attempt))?;
        if let Some(maximum) = attempts.max_attempts {
            out.write_str("/")?;
            write_number(out, u64::from(maximum))?;
        }
        let last = attempts.max_attempts.is_some_and(|maximum| attempt >= maximum);
        if attempts.exhausted.unwrap_or(last) { out.write_str(", giving up") } else { Ok(()) }
    }

    fn target(&self) -> Target<'_> {
        Target(&self.0.peer)
    }
}
