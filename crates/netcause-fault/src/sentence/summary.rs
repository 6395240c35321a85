//! `fault.summary`: one sentence for people.

use std::fmt::{self, Write};
use std::time::Duration;

use super::target::{Target, write_ip};
use super::words::{tls_reason, unreachable};
use crate::duration::write_number;
use crate::{
    Category, Evidence, Fault, IcmpMeaning, IcmpSender, Limit, Phase, Reason, long_duration,
    text_duration,
};

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
pub struct Summary<'a>(pub(super) &'a Fault<'a>);

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
                self.write_after(out, self.limit_or_elapsed())
            }
            Category::Unreachable => {
                self.write_connection(out, " failed")?;
                self.write_after(out, fault.elapsed)?;
                out.write_str(unreachable(fault.reason))?;
                self.write_prohibition(out)
            }
            Category::ConnectionReset => self.write_broken(out),
            Category::TlsCertificate | Category::TlsHandshake => self.write_tls(out),
            Category::ResponseTimeout => self.write_no_answer(out),
            Category::Timeout if fault.limit == Some(Limit::Connect) => self.write_connecting(out),
            Category::Timeout => {
                self.write_call(out, " timed out")?;
                self.write_after(out, self.limit_or_elapsed())
            }
            Category::PoolExhausted => self.write_pool(out),
            Category::RateLimited => self.write_answer(out, "asks for fewer requests"),
            Category::Unavailable => self.write_answer(out, "cannot serve now"),
            Category::Auth => self.write_auth(out),
            Category::HttpClientError => self.write_answer(out, "rejected the request"),
            Category::HttpServerError => self.write_answer(out, "failed on this request"),
            Category::Protocol => self.write_protocol(out),
            Category::LocalResource => self.write_local(out),
            Category::Cancelled if fault.request.status.is_some() => self.write_answer(out, ""),
            Category::Cancelled => self.write_call(out, " was cancelled"),
            Category::Unknown => self.write_unknown(out),
        }
    }

    /// `, prohibited by 10.0.0.1`, where the machine that forbids it has said so.
    fn write_prohibition(&self, out: &mut impl Write) -> fmt::Result {
        let record = self.0.evidence.iter().find_map(|fact| match fact {
            Evidence::Icmp(icmp) if icmp.meaning() == IcmpMeaning::Prohibited => Some(icmp),
            _ => None,
        });
        let Some(record) = record else { return Ok(()) };
        out.write_str(", prohibited by ")?;
        match (record.from, record.sender) {
            (IcmpSender::ThisHost, _) => out.write_str("this host"),
            (_, Some(sender)) => write_ip(out, sender),
            (_, None) => out.write_str("a machine on the way"),
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
            Some(Reason::DnsTimeout) => self.write_after(out, self.limit_or_elapsed()),
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
                return self.write_path_broke(out, ": no answer to a keep-alive ping");
            }
            Some(Reason::ConnectionTimeoutEstablished) => {
                return self.write_path_broke(out, ": no acknowledgement came back");
            }
            _ => {}
        }
        let what = match self.0.reason {
            Some(Reason::ConnectionClosed | Reason::BrokenPipe) => " closed by the peer",
            Some(Reason::StreamReset) => " had its stream reset by the peer",
            Some(Reason::StreamRefused) => " had its stream refused by the peer",
            _ => " reset by the peer",
        };
        self.write_connection(out, what)?;
        self.write_after(out, self.0.elapsed)?;
        out.write_str(match self.0.phase {
            Some(Phase::Tls) => ", during the TLS handshake",
            Some(Phase::Request) => ", while the request was sent",
            Some(Phase::Response) => ", before the answer was complete",
            Some(Phase::Body) => ", within the answer's body",
            _ => "",
        })
    }

    fn write_path_broke(&self, out: &mut impl Write, why: &str) -> fmt::Result {
        self.write_connection(out, " broke")?;
        self.write_after(out, self.0.elapsed)?;
        out.write_str(why)
    }

    fn write_tls(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("TLS handshake")?;
        self.target().write(out, " with host ")?;
        if self.0.reason == Some(Reason::TlsHandshakeTimeout) {
            out.write_str(" timed out")?;
            return self.write_after(out, self.limit_or_elapsed());
        }
        out.write_str(" failed")?;
        if self.0.reason.is_none() && self.0.category == Category::TlsCertificate {
            return out.write_str(": certificate not accepted");
        }
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

    fn write_pool(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.reason != Some(Reason::PoolTimeout) {
            return self.write_answer(out, "has no connection left");
        }
        out.write_str("No pooled connection")?;
        self.target().write(out, " to host ")?;
        out.write_str(" was free")?;
        self.write_within(out)
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
                self.target().write(out, " for a connection to host ")
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
        out.write_str("Call")?;
        self.target().write(out, " to host ")?;
        out.write_str(what)
    }

    /// ` within 2s`, or ` in time`.
    pub(super) fn write_within(&self, out: &mut impl Write) -> fmt::Result {
        let Some(limit) = self.limit_or_elapsed() else { return out.write_str(" in time") };
        out.write_str(" within ")?;
        text_duration(limit).write_to(out)
    }

    /// The limit that ran out, else how long it took.
    fn limit_or_elapsed(&self) -> Option<Duration> {
        self.0.timeout.filter(is_telling).or(self.0.elapsed.filter(is_telling))
    }

    /// A limit over lookup, TCP and TLS: which of them ran out of time is not known.
    fn write_connecting(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str("Connecting")?;
        self.target().write(out, " to host ")?;
        self.target().write_way(out)?;
        if self.0.request.url.as_deref().is_some_and(is_tls) {
            out.write_str(", with TLS,")?;
        }
        out.write_str(" did not finish")?;
        self.write_within(out)
    }

    fn write_after(&self, out: &mut impl Write, time: Option<Duration>) -> fmt::Result {
        let Some(time) = time.filter(is_telling) else { return Ok(()) };
        out.write_str(" after ")?;
        text_duration(time).write_to(out)
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

    pub(super) fn target(&self) -> Target<'_> {
        Target(&self.0.peer)
    }
}

/// Whether a time says something: those who measure in whole milliseconds call all below
/// one 0.
fn is_telling(time: &Duration) -> bool {
    *time >= Duration::from_millis(1)
}

/// Whether the scheme of a URL puts TLS between.
fn is_tls(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss")
}
