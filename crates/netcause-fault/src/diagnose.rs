//! From facts to cause, confidence, evidence and retry verdict.

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::Duration;

use crate::classify::codes;
use crate::{Category, Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, Retry};

/// Linux sends the first SYN again after one second (RFC 6298 §2.1).
const FIRST_RETRANSMISSION: Duration = Duration::from_secs(1);

/// What a reason states, where no finer fact is known.
fn fact_of_reason(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::DnsHostNotFound => Some("the resolver reported that there is no such name"),
        Reason::DnsNoAddress => Some("the resolver reported that the name has no address"),
        Reason::DnsTemporaryFailure => Some("the resolver reported that it could not answer"),
        Reason::TlsCertificateExpired
        | Reason::TlsCertificateNotYetValid
        | Reason::TlsCertificateNameMismatch
        | Reason::TlsCertificateUntrusted
        | Reason::TlsCertificateRevoked
        | Reason::TlsCertificateInvalid => Some("the peer's certificate did not pass verification"),
        Reason::TlsPeerNotTls => Some("the peer's first bytes were not TLS"),
        Reason::TlsHandshakeClosed => Some("the peer hung up during the TLS handshake"),
        Reason::BodyTruncated => Some("fewer bytes came than were announced"),
        Reason::ConnectionClosed => Some("the connection was closed"),
        Reason::InvalidResponse => Some("the answer could not be parsed"),
        Reason::BodyDecodeError => Some("the body could not be decoded"),
        Reason::TooManyRedirects => Some("each answer redirected to another one"),
        _ => None,
    }
}

impl Fault<'_> {
    /// Derives cause, confidence, retry verdict and the evidence that follows from the
    /// facts; what a caller has set (a cause other than unknown, a confidence above
    /// possible, a retry verdict, evidence) stands.
    ///
    /// # Example: what a refusal supports, and what not
    ///
    /// ```
    /// use netcause_fault::{Cause, Confidence, Fault, Reason, Retry};
    ///
    /// let mut fault = Fault::of_reason(Reason::ConnectRefused);
    /// fault.diagnose();
    /// assert_eq!(fault.cause, Cause::PeerDown);
    /// assert_eq!(fault.confidence, Confidence::Possible); // a firewall may have said it
    /// assert_eq!(fault.retry, Some(Retry::Yes));          // nothing was sent
    /// ```
    pub fn diagnose(&mut self) {
        self.add_derived_evidence();
        if self.cause == Cause::Unknown {
            let (cause, confidence) = self.likely_cause();
            self.cause = cause;
            self.confidence = self.confidence.max(confidence);
        }
        if self.retry.is_none() {
            self.retry = self.retry_verdict();
        }
    }

    fn add_derived_evidence(&mut self) {
        if let Some(status) = self.request.status {
            self.add_evidence(Evidence::Status(status));
        }
        if codes::of_fault(self).is_some()
            && let Some(code) = self.code.clone()
        {
            self.add_evidence(Evidence::Code(code));
        }
        if self.ran_into_short_connect_limit() {
            self.add_evidence(Evidence::ShortConnectLimit);
        }
        if let Some(fact) = self.certificate_evidence() {
            self.add_evidence(fact);
        }
        if let (Some(address), Some(port)) = (self.peer.peer_address, self.peer.peer_port)
            && self.peer.server_port.is_some_and(|stated| stated != port)
        {
            self.add_evidence(Evidence::OtherPort(address, port));
        }
        // A cause without a word on what it rests on would have to be believed.
        if self.evidence.is_empty()
            && let Some(fact) = self.reason.and_then(fact_of_reason)
        {
            self.add_evidence(Evidence::Note(fact.into()));
        }
    }

    fn ran_into_short_connect_limit(&self) -> bool {
        let is_os = |fact: &Evidence<'_>| matches!(fact, Evidence::OsError(_));
        let own = |fact: &Evidence<'_>| matches!(fact, Evidence::OwnTimer(_));
        let own_timer = self.evidence.iter().any(own)
            || (self.limit == Some(Limit::Connect) && !self.evidence.iter().any(is_os));
        self.category == Category::ConnectTimeout
            && self.phase == Some(Phase::Connect)
            && own_timer
            && self.timeout.or(self.elapsed).is_some_and(|limit| limit < FIRST_RETRANSMISSION)
    }

    fn certificate_evidence(&self) -> Option<Evidence<'static>> {
        let certificate = self.certificate.as_ref()?;
        let checked = certificate.verified_at?;
        match self.reason? {
            Reason::TlsCertificateExpired => {
                since(certificate.not_after?, checked).map(Evidence::CertificateExpired)
            }
            Reason::TlsCertificateNotYetValid => {
                since(checked, certificate.not_before?).map(Evidence::CertificateNotYetValid)
            }
            _ => None,
        }
    }

    /// The cause, and how much the facts support it. An errno comes from a socket that is
    /// not ours, so without the ICMP record that would tell a firewall from a closed port.
    fn likely_cause(&self) -> (Cause, Confidence) {
        use Confidence::{Certain, Likely, Possible};
        if let Some(status) = self.request.status {
            return self.cause_of_status(status);
        }
        if let Some(code) = codes::of_fault(self) {
            return (code.cause, code.confidence());
        }
        if let Some(verdict) = self.reason.and_then(|reason| self.cause_of_reason(reason)) {
            return verdict;
        }
        let stated = if self.code.is_some() { Certain } else { Likely };
        match self.category {
            Category::Dns => (Cause::Dns, Possible),
            Category::ConnectRefused => (Cause::PeerDown, Possible),
            Category::Unreachable => (Cause::NetworkPath, Possible),
            Category::ConnectionReset => (Cause::PeerFault, Possible),
            Category::TlsCertificate => (Cause::Certificate, Likely),
            Category::ResponseTimeout => (Cause::PeerOverloaded, Possible),
            Category::PoolExhausted if self.code.is_some() => (Cause::PeerOverloaded, Likely),
            Category::RateLimited => (Cause::PeerOverloaded, stated),
            Category::Auth => (Cause::Credentials, stated),
            Category::Unavailable => (Cause::PeerOverloaded, Possible),
            Category::HttpServerError | Category::Protocol => (Cause::PeerFault, Possible),
            Category::HttpClientError => (Cause::Misconfiguration, Possible),
            Category::LocalResource => (Cause::LocalLimits, Likely),
            Category::ConnectTimeout
            | Category::TlsHandshake
            | Category::Timeout
            | Category::PoolExhausted
            | Category::Cancelled
            | Category::Unknown => (Cause::Unknown, Possible),
        }
    }

    fn cause_of_status(&self, status: u16) -> (Cause, Confidence) {
        use Confidence::{Certain, Likely, Possible};
        let asked_to_wait = self.evidence.iter().any(|it| matches!(it, Evidence::RetryAfter(_)));
        match status {
            401 | 403 | 407 => (Cause::Credentials, Certain),
            429 => (Cause::PeerOverloaded, Certain),
            503 if asked_to_wait => (Cause::PeerOverloaded, Likely),
            408 | 503 | 504 => (Cause::PeerOverloaded, Possible),
            // The proxy answered: what it stands for is not there, or broke off.
            502 => (Cause::PeerDown, Possible),
            499 => (Cause::Unknown, Possible),
            400..500 => (Cause::Misconfiguration, Possible),
            _ => (Cause::PeerFault, Likely),
        }
    }

    fn cause_of_reason(&self, reason: Reason) -> Option<(Cause, Confidence)> {
        use Confidence::{Certain, Likely, Possible};
        use Reason as R;
        let verdict = match reason {
            R::DnsHostNotFound | R::DnsNoAddress => (Cause::Misconfiguration, Likely),
            R::DnsTemporaryFailure | R::DnsTimeout => (Cause::Dns, Likely),
            R::ConnectDenied => self.cause_of_denial(),
            R::AddressNotAvailable if self.phase == Some(Phase::Connect) => {
                (Cause::LocalLimits, Likely)
            }
            R::AddressNotAvailable => (Cause::Unknown, Possible),
            R::TooManyOpenFiles => (Cause::LocalLimits, Certain),
            R::ClientOverloaded => (Cause::LocalLimits, Likely),
            R::AddressInUse => (Cause::Misconfiguration, Likely),
            R::ProxyAuthRequired => (Cause::Credentials, Certain),
            R::ProxyTunnelError => (Cause::Unknown, Possible),
            R::TlsCertificateExpired
            | R::TlsCertificateNotYetValid
            | R::TlsCertificateNameMismatch
            | R::TlsCertificateUntrusted
            | R::TlsCertificateRevoked
            | R::TlsCertificateInvalid => (Cause::Certificate, Certain),
            R::TlsClientCertificateRequired | R::TlsClientCertificateRejected => {
                (Cause::Misconfiguration, Likely)
            }
            R::TlsPeerNotTls
            | R::TlsAlpnMismatch
            | R::TlsUnrecognizedName
            | R::TlsProtocolVersion
            | R::TooManyRedirects => (Cause::Misconfiguration, Likely),
            R::BodyTruncated => (Cause::PeerFault, Likely),
            R::StreamRefused => (Cause::PeerOverloaded, Possible),
            R::KeepaliveTimeout | R::ConnectionTimeoutEstablished => (Cause::NetworkPath, Possible),
            R::InvalidResponse if self.phase == Some(Phase::Body) => (Cause::PeerFault, Likely),
            // The port of another protocol, for the most part.
            R::InvalidResponse if self.phase == Some(Phase::Response) => {
                (Cause::Misconfiguration, Likely)
            }
            R::InvalidResponse => (Cause::Misconfiguration, Possible),
            _ => return None,
        };
        Some(verdict)
    }

    /// Over IPv4 only this host's own policy answers EACCES; over IPv6 a firewall's ICMP
    /// message does, too.
    fn cause_of_denial(&self) -> (Cause, Confidence) {
        match self.peer.peer_address {
            Some(IpAddr::V4(_)) => (Cause::Misconfiguration, Confidence::Likely),
            Some(IpAddr::V6(_)) => (Cause::Firewall, Confidence::Possible),
            None => (Cause::Misconfiguration, Confidence::Possible),
        }
    }

    fn retry_verdict(&self) -> Option<Retry> {
        if let Some(status) = self.request.status {
            return Some(self.retry_of_status(status));
        }
        if let Some(code) = codes::of_fault(self) {
            return Some(code.retry);
        }
        let verdict = self.reason.and_then(|reason| self.retry_of_reason(reason));
        verdict.or_else(|| self.retry_of_category())
    }

    fn retry_of_status(&self, status: u16) -> Retry {
        match status {
            429 | 503 => Retry::AfterDelay,
            408 | 425 => Retry::IfIdempotent,
            501 | 505 => Retry::No,
            400..=499 => Retry::No,
            _ => Retry::IfIdempotent,
        }
    }

    fn retry_of_reason(&self, reason: Reason) -> Option<Retry> {
        use Reason as R;
        match reason {
            R::DnsHostNotFound | R::DnsNoAddress | R::ConnectDenied | R::AddressInUse => {
                Some(Retry::No)
            }
            R::AddressNotAvailable | R::TooManyOpenFiles | R::ClientOverloaded => {
                Some(Retry::AfterDelay)
            }
            R::ProxyConnectFailed
            | R::StreamRefused
            | R::TlsHandshakeClosed
            | R::TlsHandshakeTimeout => Some(Retry::Yes),
            R::ProxyTunnelError | R::PoolTimeout => Some(Retry::IfIdempotent),
            _ => None,
        }
    }

    fn retry_of_category(&self) -> Option<Retry> {
        let nothing_sent = matches!(
            self.phase,
            Some(Phase::Dns | Phase::Connect | Phase::Tls | Phase::Proxy | Phase::Pool)
        ) || self.limit == Some(Limit::Connect);
        match self.category {
            Category::Dns
            | Category::ConnectRefused
            | Category::ConnectTimeout
            | Category::Unreachable => Some(Retry::Yes),
            Category::ConnectionReset | Category::Timeout if nothing_sent => Some(Retry::Yes),
            Category::ConnectionReset
            | Category::Timeout
            | Category::ResponseTimeout
            | Category::HttpServerError => Some(Retry::IfIdempotent),
            Category::RateLimited
            | Category::Unavailable
            | Category::PoolExhausted
            | Category::LocalResource => Some(Retry::AfterDelay),
            Category::TlsCertificate
            | Category::TlsHandshake
            | Category::Auth
            | Category::HttpClientError
            | Category::Protocol
            | Category::Cancelled => Some(Retry::No),
            Category::Unknown if nothing_sent => Some(Retry::Yes),
            Category::Unknown => None,
        }
    }
}

/// The time from `then` to `now`, where it is positive.
fn since(then: i64, now: i64) -> Option<Duration> {
    let seconds = u64::try_from(now.checked_sub(then)?).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
