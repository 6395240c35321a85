//! [`Fault`]: everything that is known about one failure.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use arrayvec::ArrayVec;

use crate::{Category, Cause, Confidence, Evidence, Limit, Phase, Reason, Retry};

/// The most facts kept as evidence; more would not be read.
pub const MAX_EVIDENCE: usize = 6;

const SECONDS_A_DAY: i64 = 86_400;

/// Everything that is known about one failure of a network call or a dependency.
///
/// What is not known is absent: a fault says nothing that no fact supports.
/// [`classify`](crate::classify) makes one from an error, and
/// [`WithFault`](crate::WithFault) carries one inside an error's own chain.
///
/// # Example: a refused connection
///
/// ```
/// use netcause_fault::{Category, Fault, Reason};
///
/// let mut fault = Fault::of_reason(Reason::ConnectRefused);
/// fault.peer.server_address = Some("db".into());
/// fault.peer.server_port = Some(5432);
/// fault.elapsed = Some(std::time::Duration::from_millis(2));
/// fault.diagnose();
/// assert_eq!(fault.category, Category::ConnectRefused);
/// assert_eq!(
///     fault.summary().to_string(),
///     "Connection to host db on port 5432 refused after 2ms",
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault<'a> {
    /// What kind of failure it is.
    pub category: Category,
    /// What exactly happened.
    pub reason: Option<Reason>,
    /// The protocol's own code, such as `503`, `UNAVAILABLE` or `28P01`.
    pub code: Option<Cow<'a, str>>,
    /// Where in the exchange it happened.
    pub phase: Option<Phase>,
    /// How long it took.
    pub elapsed: Option<Duration>,
    /// The limit that ran out.
    pub timeout: Option<Duration>,
    /// Which limit that was.
    pub limit: Option<Limit>,
    /// The likely cause; set by [`Fault::diagnose`].
    pub cause: Cause,
    /// How sure the cause is.
    pub confidence: Confidence,
    /// The facts that led there.
    pub evidence: ArrayVec<Evidence<'a>, MAX_EVIDENCE>,
    /// Whether trying again helps; set by [`Fault::diagnose`] where it is absent.
    pub retry: Option<Retry>,
    /// Which try of how many.
    pub attempts: Attempts,
    /// Who the peer is.
    pub peer: Peer<'a>,
    /// What was asked of it.
    pub request: Request<'a>,
    /// The peer's certificate, where one was seen.
    pub certificate: Option<Certificate<'a>>,
}

/// Which try of how many, as the code that retries counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Retries made before this try: 0 on the first.
    pub attempt: Option<u32>,
    /// Retries allowed.
    pub max_attempts: Option<u32>,
    /// Whether no further try follows.
    pub exhausted: Option<bool>,
    /// The pause before the next try.
    pub next_delay: Option<Duration>,
}

/// Who the peer is, and from where it was called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peer<'a> {
    /// The name, or address, that the caller meant to reach.
    pub server_address: Option<Cow<'a, str>>,
    /// Its port.
    pub server_port: Option<u16>,
    /// The address really used.
    pub peer_address: Option<IpAddr>,
    /// The port really used.
    pub peer_port: Option<u16>,
    /// Our own address.
    pub local_address: Option<IpAddr>,
    /// Our own port.
    pub local_port: Option<u16>,
    /// `tcp`, `udp`, `unix` …
    pub transport: Option<Cow<'a, str>>,
    /// `http`, `postgresql` …
    pub protocol: Option<Cow<'a, str>>,
    /// What the name resolved to.
    pub dns_answers: Vec<IpAddr>,
}

impl Peer<'_> {
    /// Whether nothing names the peer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.server_address.is_none() && self.peer_address.is_none()
    }
}

/// What was asked of the peer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// `http.request.method`.
    pub method: Option<Cow<'a, str>>,
    /// `url.full`; secrets in it are removed by whoever renders it.
    pub url: Option<Cow<'a, str>>,
    /// `http.response.status_code`.
    pub status: Option<u16>,
}

/// A certificate, as far as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// The end of validity, in seconds since the Unix epoch.
    pub not_after: Option<i64>,
    /// The start of validity, in seconds since the Unix epoch.
    pub not_before: Option<i64>,
    /// The time of verification, in seconds since the Unix epoch.
    pub verified_at: Option<i64>,
    /// The subject.
    pub subject: Option<Cow<'a, str>>,
    /// The issuer.
    pub issuer: Option<Cow<'a, str>>,
    /// The names that it is valid for, as the verifier printed them.
    pub names: Option<Cow<'a, str>>,
}

impl Attempts {
    /// Which of these are known.
    fn which(&self) -> [bool; 4] {
        let Attempts { attempt, max_attempts, exhausted, next_delay } = self;
        [attempt.is_some(), max_attempts.is_some(), exhausted.is_some(), next_delay.is_some()]
    }
}

impl<'a> Fault<'a> {
    /// A fault of a category, with nothing else known.
    #[must_use]
    pub fn new(category: Category) -> Self {
        Fault {
            category,
            reason: None,
            code: None,
            phase: None,
            elapsed: None,
            timeout: None,
            limit: None,
            cause: Cause::Unknown,
            confidence: Confidence::Possible,
            evidence: ArrayVec::new_const(),
            retry: None,
            attempts: Attempts::default(),
            peer: Peer::default(),
            request: Request::default(),
            certificate: None,
        }
    }

    /// A fault of a reason, and of the category that it belongs to.
    #[must_use]
    pub fn of_reason(reason: Reason) -> Self {
        Fault { reason: Some(reason), ..Fault::new(reason.category()) }
    }

    /// `error.type`: the protocol's own code, else the reason, else the category.
    #[must_use]
    pub fn error_type(&self) -> &str {
        match (&self.code, self.reason) {
            (Some(code), _) => code,
            (None, Some(reason)) => reason.as_str(),
            (None, None) => self.category.as_str(),
        }
    }

    /// Adds a fact, unless it stands there or there is no room.
    pub fn add_evidence(&mut self, fact: Evidence<'a>) {
        let is_timer = |fact: &Evidence<'_>| matches!(fact, Evidence::OwnTimer(_));
        // One timer ran out, whether or not it is known which.
        let known = match self.evidence.iter_mut().find(|known| is_timer(known)) {
            Some(known) if is_timer(&fact) => {
                if *known == Evidence::OwnTimer(None) {
                    *known = fact;
                }
                return;
            }
            _ => self.evidence.contains(&fact),
        };
        if !known {
            let _ = self.evidence.try_push(fact);
        }
    }

    /// Whether both tell the same but for what differs from one try to the next: how long
    /// it took, and which try it was.
    pub(crate) fn tells_same(&self, other: &Fault<'_>) -> bool {
        // Taken apart, so that no fact is forgotten that comes to them.
        let Fault {
            category,
            reason,
            code,
            phase,
            elapsed,
            timeout,
            limit,
            cause,
            confidence,
            evidence,
            retry,
            attempts,
            peer,
            request,
            certificate,
        } = self;
        (category, reason, code, phase)
            == (&other.category, &other.reason, &other.code, &other.phase)
            && elapsed.is_some() == other.elapsed.is_some()
            && (timeout, limit, cause) == (&other.timeout, &other.limit, &other.cause)
            && (confidence, retry) == (&other.confidence, &other.retry)
            && attempts.which() == other.attempts.which()
            && (peer, request) == (&other.peer, &other.request)
            && (certificate, evidence) == (&other.certificate, &other.evidence)
    }

    /// The same fault, borrowing its texts from this one.
    ///
    /// Allocates only where `peer.dns_answers` has entries.
    #[must_use]
    pub fn borrowed(&self) -> Fault<'_> {
        Fault {
            category: self.category,
            reason: self.reason,
            code: self.code.as_deref().map(Cow::Borrowed),
            phase: self.phase,
            elapsed: self.elapsed,
            timeout: self.timeout,
            limit: self.limit,
            cause: self.cause,
            confidence: self.confidence,
            evidence: self.evidence.iter().map(Evidence::borrowed).collect(),
            retry: self.retry,
            attempts: self.attempts,
            peer: self.peer.borrowed(),
            request: Request {
                method: self.request.method.as_deref().map(Cow::Borrowed),
                url: self.request.url.as_deref().map(Cow::Borrowed),
                status: self.request.status,
            },
            certificate: self.certificate.as_ref().map(Certificate::borrowed),
        }
    }

    /// The same fault, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Fault<'static> {
        Fault {
            category: self.category,
            reason: self.reason,
            code: self.code.map(owned),
            phase: self.phase,
            elapsed: self.elapsed,
            timeout: self.timeout,
            limit: self.limit,
            cause: self.cause,
            confidence: self.confidence,
            evidence: self.evidence.into_iter().map(Evidence::into_owned).collect(),
            retry: self.retry,
            attempts: self.attempts,
            peer: self.peer.into_owned(),
            request: Request {
                method: self.request.method.map(owned),
                url: self.request.url.map(owned),
                status: self.request.status,
            },
            certificate: self.certificate.map(Certificate::into_owned),
        }
    }
}

impl Peer<'_> {
    fn borrowed(&self) -> Peer<'_> {
        Peer {
            server_address: self.server_address.as_deref().map(Cow::Borrowed),
            transport: self.transport.as_deref().map(Cow::Borrowed),
            protocol: self.protocol.as_deref().map(Cow::Borrowed),
            server_port: self.server_port,
            peer_address: self.peer_address,
            peer_port: self.peer_port,
            local_address: self.local_address,
            local_port: self.local_port,
            dns_answers: self.dns_answers.clone(),
        }
    }

    /// The same peer, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Peer<'static> {
        Peer {
            server_address: self.server_address.map(owned),
            transport: self.transport.map(owned),
            protocol: self.protocol.map(owned),
            server_port: self.server_port,
            peer_address: self.peer_address,
            peer_port: self.peer_port,
            local_address: self.local_address,
            local_port: self.local_port,
            dns_answers: self.dns_answers,
        }
    }
}

impl Certificate<'_> {
    fn borrowed(&self) -> Certificate<'_> {
        Certificate {
            not_after: self.not_after,
            not_before: self.not_before,
            verified_at: self.verified_at,
            subject: self.subject.as_deref().map(Cow::Borrowed),
            issuer: self.issuer.as_deref().map(Cow::Borrowed),
            names: self.names.as_deref().map(Cow::Borrowed),
        }
    }

    /// The same certificate, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Certificate<'static> {
        Certificate {
            not_after: self.not_after,
            not_before: self.not_before,
            verified_at: self.verified_at,
            subject: self.subject.map(owned),
            issuer: self.issuer.map(owned),
            names: self.names.map(owned),
        }
    }

    /// Whole days from the verification to the end of validity, toward zero: negative once a
    /// whole day has passed since.
    ///
    /// ```
    /// use netcause_fault::Certificate;
    ///
    /// let ended = Certificate {
    ///     verified_at: Some(1_795_405_669),
    ///     not_after: Some(1_795_405_669 - 3 * 86_400 - 9),
    ///     ..Certificate::default()
    /// };
    /// assert_eq!(ended.days_left(), Some(-3));
    /// ```
    #[must_use]
    pub fn days_left(&self) -> Option<i64> {
        Some(self.not_after?.saturating_sub(self.verified_at?) / SECONDS_A_DAY)
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
