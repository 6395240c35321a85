//! Sentences that name a peer and then what became of it, as our own summaries do:
//! `connection to db:5432 refused`, `Host db on port 5432 did not answer within 2s`.
//!
//! The words at the end are too common to be rules of their own: they count only right
//! behind what they are said of.

use super::super::extract::{self, HostPort};
use super::super::rules::{Says, Stage, Subject};
use super::{Reading, strip};
use crate::errno::Os;
use crate::sentence::TLS_REASONS;
use crate::{Category, Phase, Reason};

/// What may be said of a subject.
#[derive(Debug)]
struct Outcome {
    of: Subject,
    words: &'static str,
    /// What has to follow; a request may stand between.
    then: &'static str,
    says: Says,
}

const fn outcome(of: Subject, words: &'static str, says: Says) -> Outcome {
    Outcome { of, words, then: "", says }
}

const fn then(then: &'static str, outcome: Outcome) -> Outcome {
    Outcome { then, ..outcome }
}

/// Every outcome; of those that begin alike the longest stands first.
#[rustfmt::skip]
static OUTCOMES: &[Outcome] = &[
    outcome(Subject::Lookup, " failed: no such name", Says::Is(Reason::DnsHostNotFound)),
    outcome(Subject::Lookup, " failed: the name has no address", Says::Is(Reason::DnsNoAddress)),
    outcome(Subject::Lookup, " failed: temporary failure", Says::Is(Reason::DnsTemporaryFailure)),
    outcome(Subject::Lookup, " failed", Says::Of(Category::Dns)),
    outcome(Subject::Lookup, " timed out", Says::At(Stage::Resolving)),
    outcome(Subject::Connection, " refused", Says::Os(Os::Refused)),
    outcome(Subject::Connection, " timed out", Says::At(Stage::Trying)),
    outcome(Subject::Connection, " reset by the peer", Says::Os(Os::Reset)),
    outcome(Subject::Connection, " closed by the peer", Says::Is(Reason::ConnectionClosed)),
    outcome(Subject::Connection, " had its stream reset by the peer", Says::Is(Reason::StreamReset)),
    outcome(Subject::Connection, " had its stream refused by the peer", Says::Is(Reason::StreamRefused)),
    outcome(Subject::Connection, " broke", Says::Of(Category::ConnectionReset)),
    outcome(Subject::Connection, " failed", Says::At(Stage::FailedConnect)),
    outcome(Subject::Connecting, " did not finish", Says::ConnectTimer),
    outcome(Subject::Handshake, " failed: certificate not accepted", Says::Of(Category::TlsCertificate)),
    outcome(Subject::Handshake, " failed", Says::Of(Category::TlsHandshake)),
    outcome(Subject::Handshake, " timed out", Says::At(Stage::Tls)),
    then(" with status ", outcome(Subject::Host, " answered", Says::Status)),
    outcome(Subject::Host, " did not answer", Says::Is(Reason::ResponseTimeout)),
    outcome(Subject::Host, " did not finish its answer", Says::Is(Reason::BodyTimeout)),
    then(" without end", outcome(Subject::Host, " redirects", Says::Is(Reason::TooManyRedirects))),
    outcome(Subject::Host, " sent an answer that is not of the protocol", Says::Is(Reason::InvalidResponse)),
    outcome(Subject::Host, " asks for fewer requests", Says::Of(Category::RateLimited)),
    outcome(Subject::Host, " cannot serve now", Says::Of(Category::Unavailable)),
    outcome(Subject::Host, " did not accept the credentials", Says::Of(Category::Auth)),
    outcome(Subject::Host, " rejected the request", Says::Of(Category::HttpClientError)),
    outcome(Subject::Host, " failed on this request", Says::Of(Category::HttpServerError)),
    outcome(Subject::Host, " has no connection left", Says::Of(Category::PoolExhausted)),
    outcome(Subject::Answer, " ended before it was complete", Says::Is(Reason::BodyTruncated)),
    outcome(Subject::Answer, " could not be decoded", Says::Is(Reason::BodyDecodeError)),
    outcome(Subject::NoAnswer, " within ", Says::Is(Reason::ResponseTimeout)),
    outcome(Subject::NoAnswer, " in time", Says::Is(Reason::ResponseTimeout)),
    outcome(Subject::NoWholeAnswer, " within ", Says::Is(Reason::BodyTimeout)),
    outcome(Subject::NoWholeAnswer, " in time", Says::Is(Reason::BodyTimeout)),
    outcome(Subject::Call, " timed out", Says::Timer),
    outcome(Subject::Call, " was cancelled", Says::Is(Reason::Cancelled)),
    outcome(Subject::Call, " rejected by our own limit", Says::Is(Reason::ClientOverloaded)),
    outcome(Subject::Call, " failed", Says::Of(Category::Unknown)),
    outcome(Subject::Pool, " was free", Says::Is(Reason::PoolTimeout)),
];

/// What explains a connection that failed, behind a colon.
static EXPLANATIONS: &[(&str, Says)] = &[
    (": unreachable", Says::Of(Category::Unreachable)),
    (": not permitted", Says::Is(Reason::ConnectDenied)),
];

/// Words behind an outcome that tell the phase.
static PHASES: &[(&str, Phase)] = &[
    (", during the TLS handshake", Phase::Tls),
    (", while the request was sent", Phase::Request),
    (", before the answer was complete", Phase::Response),
    (", within the answer's body", Phase::Body),
];

/// Words that go on behind an outcome without changing what it says.
static GOES_ON: &[&str] =
    &[" after ", " within ", " in time", " by ", " because", " while ", " during ", " - "];

/// Words behind "host" that are no name.
static NO_NAMES: &[&str] = &[
    "is",
    "was",
    "are",
    "were",
    "be",
    "been",
    "has",
    "have",
    "had",
    "got",
    "did",
    "does",
    "could",
    "cannot",
    "can",
    "not",
    "that",
    "which",
    "unexpectedly",
    "suddenly",
    "again",
    "also",
];

/// A peer in a sentence, and what follows it.
#[derive(Debug)]
struct Named<'a> {
    host_port: HostPort<'a>,
    /// Whether it is one even if no outcome follows.
    is_sure: bool,
    rest: &'a str,
}

impl<'a> Reading<'a> {
    /// Reads on behind the words that announce a peer.
    pub(super) fn take_subject(&mut self, subject: Subject, after: &'a str) {
        let Some(named) = named(subject, after) else { return };
        let is_said = match subject {
            Subject::Target => ends_clause(named.rest),
            _ => self.take_outcome(subject, named.rest),
        };
        if is_said || named.is_sure {
            self.address = self.address.or(Some(named.host_port));
        }
    }

    /// Reads on behind `connection to the proxy`.
    pub(super) fn take_proxy(&mut self, after: &'a str) {
        let (proxy, mut rest) = socket_after(" at ", after);
        let target = rest.strip_prefix(" for host ").and_then(|name| host(name, true));
        if let Some(target) = &target {
            rest = target.rest;
        }
        if !self.take_outcome(Subject::Connection, rest) {
            return;
        }
        self.place(Stage::Tunnel);
        self.peer = proxy.or(self.peer);
        self.address = self.address.or(target.map(|it| it.host_port));
    }

    /// Reads what is said of a subject; whether anything is.
    pub(super) fn take_outcome(&mut self, subject: Subject, rest: &'a str) -> bool {
        let (way, rest) = socket_after(" through ", rest);
        let rest = rest.strip_prefix(", with TLS,").unwrap_or(rest);
        let (method, rest) = skip_request(rest);
        let found = handshake_reason(subject, rest).or_else(|| {
            OUTCOMES.iter().filter(|it| it.of == subject).find_map(|it| {
                let (method, rest) = skip_request(strip(rest, it.words)?);
                Some((it.says, method, strip(rest, it.then)?))
            })
        });
        let Some((says, later, rest)) = found else { return false };
        // The age of a certificate, or a status.
        let has_number = subject == Subject::Handshake || says == Says::Status;
        if !has_number && !ends_clause(rest) {
            return false;
        }
        self.method = method.or(later).or(self.method);
        self.peer = way.or(self.peer);
        self.take(says, rest, 0, 0);
        self.take_details(says, rest);
        true
    }

    /// Reads phase, explanation, code and age behind an outcome.
    fn take_details(&mut self, says: Says, rest: &'a str) {
        let mut rest = rest;
        if let Some(time) = rest.strip_prefix(" after ") {
            rest = time.find([':', ',', '.', ' ']).and_then(|end| time.get(end..)).unwrap_or("");
        }
        if says == Says::At(Stage::FailedConnect)
            && let Some((_, why)) = EXPLANATIONS.iter().find(|it| rest.starts_with(it.0))
        {
            self.take(*why, rest, 0, 0);
        }
        let phase = PHASES.iter().find(|it| rest.starts_with(it.0));
        self.phase = phase.map(|it| it.1).or(self.phase);
        if let Says::Of(_) = says {
            self.code = code(rest).or(self.code);
        }
        let age = rest.strip_prefix(", only in").unwrap_or(rest);
        self.certificate_age = age.strip_prefix(' ').and_then(extract::duration);
    }
}

/// The peer behind the words that announce it.
fn named(subject: Subject, after: &str) -> Option<Named<'_>> {
    if subject == Subject::Host {
        return host(after, false);
    }
    if let Some(name) = strip(after, "host ") {
        return host(name, true);
    }
    let (host_port, rest) = extract::address(after)?;
    let is_sure = host_port.port.is_some() || host_port.needs_no_lookup();
    Some(Named { host_port, is_sure, rest })
}

/// The name behind `host `, and its port. A name of one word could be any word: it needs
/// an outcome. So does one that nothing announces, as it may be the host of the program.
fn host(after: &str, is_announced: bool) -> Option<Named<'_>> {
    let (name, rest) = extract::host(after)?;
    let (port, rest) =
        match rest.strip_prefix(" on port ").map(|rest| (extract::number(rest), rest)) {
            Some((Some(port), rest)) => (Some(u16::try_from(port).ok()?), digits_skipped(rest)),
            _ => (None, rest),
        };
    if port.is_none() && NO_NAMES.iter().any(|word| word.eq_ignore_ascii_case(name)) {
        return None;
    }
    let is_sure = port.is_some() || (is_announced && name.contains(['.', ':']));
    Some(Named { host_port: HostPort { host: name, port }, is_sure, rest })
}

fn digits_skipped(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_digit())
}

/// The socket address behind a word, and what follows it.
fn socket_after<'a>(word: &str, text: &'a str) -> (Option<std::net::SocketAddr>, &'a str) {
    let Some(rest) = text.strip_prefix(word) else { return (None, text) };
    match extract::socket_address(rest) {
        Some(address) => {
            (Some(address), rest.find([' ', ',']).and_then(|end| rest.get(end..)).unwrap_or(""))
        }
        None => (None, text),
    }
}

/// The method of ` GET /v1/charge` or ` to GET /v1/charge` at the start, and what follows.
fn skip_request(text: &str) -> (Option<&str>, &str) {
    let words = text.strip_prefix(" to").unwrap_or(text);
    let Some((method, rest)) = words.strip_prefix(' ').and_then(extract::method_at) else {
        return (None, text);
    };
    match rest.strip_prefix(" /") {
        Some(path) => (Some(method), path.find(' ').and_then(|end| path.get(end..)).unwrap_or("")),
        None => (Some(method), rest),
    }
}

/// What failed in a handshake, in the words of our own summary.
fn handshake_reason(subject: Subject, rest: &str) -> Option<(Says, Option<&str>, &str)> {
    if subject != Subject::Handshake {
        return None;
    }
    let why = strip(rest, " failed: ")?;
    TLS_REASONS.iter().find_map(|(reason, words)| {
        let rest = strip(why, words)?;
        Some((Says::Is(*reason), None, rest))
    })
}

/// The code in ` (57P01)`.
fn code(text: &str) -> Option<&str> {
    let (code, _) = text.strip_prefix(" (")?.split_once(')')?;
    let is_code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (2..=40).contains(&code.len()).then_some(code).filter(|code| code.chars().all(is_code))
}

/// Whether nothing follows that would change the meaning, as in `failed over to b`.
fn ends_clause(rest: &str) -> bool {
    rest.is_empty()
        || rest.starts_with([':', ',', '.', ';', ')', '"', '\'', '`', '\n'])
        || rest.starts_with(" (")
        || rest.starts_with(" [")
        || rest.starts_with(|c: char| c.is_ascii_digit())
        || GOES_ON.iter().any(|words| rest.starts_with(words))
}
