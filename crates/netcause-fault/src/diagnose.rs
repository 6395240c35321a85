//! From facts to cause, confidence, evidence and retry verdict.

mod connecting;
mod established;
mod retry;
mod seen;
mod stated;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use self::seen::Seen;
use crate::classify::codes;
use crate::{Category, Cause, Confidence, Evidence, Fault, Limit, Phase, Reason};

/// Linux sends the first SYN again after one second (RFC 6298 §2.1).
const FIRST_RETRANSMISSION: Duration = Duration::from_secs(1);

/// As many bytes of a certificate's names as a fact has room for.
const LONGEST_NAMES: usize = 200;

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
        let seen = Seen::of(self);
        self.unmask(&seen);
        self.add_derived_evidence();
        if self.cause == Cause::Unknown {
            let (cause, confidence) = self.likely_cause(&seen);
            self.cause = cause;
            self.confidence = self.confidence.max(confidence);
        }
        if self.retry.is_none() {
            self.retry = self.retry_verdict(&seen);
        }
    }

    /// Names what a lookup hides: `getaddrinfo` that can open no file says that there is no
    /// such name.
    fn unmask(&mut self, seen: &Seen) {
        if self.category == Category::Dns && seen.no_file_left {
            self.category = Category::LocalResource;
            self.reason = Some(Reason::TooManyOpenFiles);
        }
        // What settles it comes before what the resolver made of it.
        let settles = |fact: &Evidence<'_>| matches!(fact, Evidence::OpenFiles(..));
        if self.reason == Some(Reason::TooManyOpenFiles)
            && let Some(at) = self.evidence.iter().position(settles)
            && let Some(facts) = self.evidence.get_mut(..=at)
        {
            facts.rotate_right(1);
        }
    }

    /// The status of the answer, where it says that the call failed.
    pub(crate) fn failing_status(&self) -> Option<u16> {
        self.request.status.filter(|status| *status >= 400)
    }

    fn add_derived_evidence(&mut self) {
        if let Some(status) = self.failing_status() {
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
            Reason::TlsCertificateNameMismatch => {
                let names = certificate.names.as_deref()?;
                let some = names.get(..names.floor_char_boundary(LONGEST_NAMES))?;
                let more = if some.len() < names.len() { " …" } else { "" };
                Some(Evidence::Note(format!("the certificate is for {some}{more}").into()))
            }
            _ => None,
        }
    }

    /// The cause, and how much the facts support it: the peer's own words before what was
    /// observed, and that before what the error alone supports.
    fn likely_cause(&self, seen: &Seen) -> (Cause, Confidence) {
        if let Some(verdict) = stated::cause_of_answer(self) {
            return verdict;
        }
        let observed = self.observed_cause(seen);
        observed.unwrap_or_else(|| stated::cause(self))
    }

    fn observed_cause(&self, seen: &Seen) -> Option<(Cause, Confidence)> {
        if connecting::is_it(self, seen) {
            return connecting::cause(self, seen);
        }
        match self.category {
            Category::ResponseTimeout | Category::Timeout => {
                established::cause_of_waiting(self, seen)
            }
            Category::TlsHandshake if self.reason == Some(Reason::TlsHandshakeTimeout) => {
                established::cause_of_handshake(self, seen)
            }
            Category::ConnectionReset => established::cause_of_break(self, seen),
            // A name that led to the peer a while ago is spelled as it should be.
            Category::Dns if self.reason == Some(Reason::DnsHostNotFound) => {
                seen.reached.map(|_| (Cause::Misconfiguration, Confidence::Possible))
            }
            _ => None,
        }
    }
}

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

/// The time from `then` to `now`, where it is positive.
fn since(then: i64, now: i64) -> Option<Duration> {
    let seconds = u64::try_from(now.checked_sub(then)?).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
