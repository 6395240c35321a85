//! Sentences of two parts with anything between: what could not be done (`failed to …`),
//! and what became of a thing (`connection with the master … lost`).
//!
//! Each part alone is too common to say anything.

use super::super::rules::{Says, Stage};
use super::super::starts::Starts;
use super::{Finding, Reading, strip};
use crate::errno::Os;
use crate::{Category, Reason};

/// What words that stand together say counts more.
pub(super) const RANK: u8 = 3;

/// How far behind the first part the second one may stand.
const REACH: usize = 80;

/// What somebody failed to do. The verb stands in its plain form; an ending may follow.
static VERBS: &[(&str, Says)] = &[
    ("connect", Says::At(Stage::FailedConnect)),
    ("reconnect", Says::At(Stage::FailedConnect)),
    ("establish", Says::At(Stage::FailedConnect)),
    ("reach", Says::At(Stage::FailedConnect)),
    ("contact", Says::At(Stage::FailedConnect)),
    ("dial", Says::At(Stage::FailedConnect)),
    ("communicat", Says::At(Stage::FailedConnect)),
    ("talk to", Says::At(Stage::FailedConnect)),
    ("authenticat", Says::Of(Category::Auth)),
    ("log in", Says::Of(Category::Auth)),
    ("login", Says::Of(Category::Auth)),
    ("bootstrap", Says::At(Stage::FailedConnect)),
    ("bind", Says::Of(Category::LocalResource)),
    ("listen", Says::Of(Category::LocalResource)),
    ("obtain a connection", Says::At(Stage::Pool)),
    ("obtain a database connection", Says::At(Stage::Pool)),
    ("obtain connection", Says::At(Stage::Pool)),
    ("acquire a connection", Says::At(Stage::Pool)),
    ("acquire connection", Says::At(Stage::Pool)),
    ("borrow", Says::At(Stage::Pool)),
    ("resolv", Says::Of(Category::Dns)),
    ("look up", Says::Of(Category::Dns)),
    ("negotiat", Says::At(Stage::Speak)),
    ("send", Says::At(Stage::Remote)),
    ("receiv", Says::At(Stage::Remote)),
    ("read", Says::At(Stage::Speak)),
    ("writ", Says::At(Stage::Speak)),
    ("fetch", Says::At(Stage::Remote)),
    ("download", Says::At(Stage::Remote)),
    ("upload", Says::At(Stage::Remote)),
    ("publish", Says::At(Stage::Remote)),
    ("push", Says::At(Stage::Remote)),
    ("pull", Says::At(Stage::Remote)),
    ("ping", Says::At(Stage::Remote)),
    ("sync", Says::At(Stage::Remote)),
    ("replicat", Says::At(Stage::Remote)),
    ("exchang", Says::At(Stage::Speak)),
    ("deliver", Says::At(Stage::Remote)),
    ("poll", Says::At(Stage::Remote)),
    ("call", Says::At(Stage::Speak)),
    ("query", Says::At(Stage::Speak)),
    ("request", Says::At(Stage::Speak)),
    ("register", Says::At(Stage::Speak)),
    ("join", Says::At(Stage::Speak)),
    ("proxy", Says::At(Stage::Speak)),
    ("forward", Says::At(Stage::Remote)),
    ("scrap", Says::At(Stage::Remote)),
    ("export", Says::At(Stage::Remote)),
    ("handshak", Says::At(Stage::Speak)),
    ("serv", Says::At(Stage::Speak)),
    ("get ", Says::At(Stage::Speak)),
    ("post ", Says::At(Stage::Speak)),
    ("acquir", Says::At(Stage::Speak)),
    ("retriev", Says::At(Stage::Remote)),
    ("access", Says::At(Stage::Speak)),
    ("pass request", Says::At(Stage::Speak)),
    ("deal", Says::At(Stage::Speak)),
    ("open channel", Says::At(Stage::FailedConnect)),
    ("open connection", Says::At(Stage::FailedConnect)),
    ("open socket", Says::At(Stage::FailedConnect)),
    ("opening socket", Says::At(Stage::FailedConnect)),
    ("decode", Says::At(Stage::Malformed)),
];

/// What somebody failed to do with a thing that stands behind, within its clause.
static VERBS_OF: &[(&str, &[&str], Says)] = &[
    ("open", CONNECTIONS, Says::At(Stage::FailedConnect)),
    ("creat", CONNECTIONS, Says::At(Stage::FailedConnect)),
    ("mak", CONNECTIONS, Says::At(Stage::FailedConnect)),
    ("set up", CONNECTIONS, Says::At(Stage::FailedConnect)),
    ("initiat", CONNECTIONS, Says::At(Stage::FailedConnect)),
    ("find", SERVERS, Says::Of(Category::Unavailable)),
    ("locate", SERVERS, Says::Of(Category::Unavailable)),
    ("discover", SERVERS, Says::Of(Category::Unavailable)),
    ("verif", &[" certificate", " cert"], Says::Is(Reason::TlsCertificateInvalid)),
    ("validat", &[" certificate", " cert"], Says::Is(Reason::TlsCertificateInvalid)),
];

/// What leads to another machine.
const CONNECTIONS: &[&str] = &[" connection", " tunnel", " websocket", " session with"];

/// Who serves.
const SERVERS: &[&str] = &[
    " kdc",
    " server",
    " servers",
    " host",
    " leader",
    " master",
    " broker",
    " brokers",
    " node",
    " nodes",
    " coordinator",
    " route to",
    " any peers",
];

/// Words between "failed" and the verb.
static FILLERS: &[&str] = &["to ", "while ", "when ", "on ", "during ", "re-", "properly "];

/// What may become of something, each behind a space.
struct Outcomes {
    words: &'static [(&'static str, Says)],
    starts: Starts,
}

impl Outcomes {
    /// Words of two small letters or more behind a space.
    const fn new(words: &'static [(&'static str, Says)]) -> Self {
        let (mut starts, mut at) = (Starts::none(), 0);
        while at < words.len() {
            let word = words[at].0.as_bytes();
            starts = starts.with(word[1], word[2]);
            at += 1;
        }
        Outcomes { words, starts }
    }

    /// The same, where what begins with these letters is asked for as well.
    const fn or(self, first: u8, second: u8) -> Self {
        Outcomes { words: self.words, starts: self.starts.with(first, second) }
    }

    /// Whether one of them may stand in the clause that a text begins with: hardly ever.
    fn may_follow(&self, text: &str) -> bool {
        let near = text.as_bytes().get(..REACH + 2).unwrap_or(text.as_bytes());
        memchr::memchr3_iter(b' ', b'_', b'-', near).any(|gap| {
            matches!(near.get(gap + 1..), Some([first, second, ..])
                if self.starts.may_be(*first, *second))
        })
    }
}

/// What becomes of a connection.
static LINK_OUTCOMES: Outcomes = Outcomes::new(&[
    (" lost", Says::Is(Reason::ConnectionClosed)),
    (" closed", Says::Is(Reason::ConnectionClosed)),
    (" closing down", Says::Is(Reason::ConnectionClosed)),
    (" terminated", Says::Is(Reason::ConnectionClosed)),
    (" dropped", Says::Is(Reason::ConnectionClosed)),
    (" broken", Says::Is(Reason::ConnectionClosed)),
    (" broke", Says::Is(Reason::ConnectionClosed)),
    (" interrupted", Says::Is(Reason::ConnectionClosed)),
    (" severed", Says::Is(Reason::ConnectionClosed)),
    (" died", Says::Is(Reason::ConnectionClosed)),
    (" destroyed", Says::Is(Reason::ConnectionClosed)),
    (" down", Says::At(Stage::FailedConnect)),
    (" disconnected", Says::Is(Reason::ConnectionClosed)),
    (" is closing", Says::Is(Reason::ConnectionClosed)),
    (" aborted", Says::Os(Os::Aborted)),
    (" reset", Says::Os(Os::Reset)),
    (" refused", Says::Os(Os::Refused)),
    (" timed out", Says::At(Stage::Trying)),
    (" timeout", Says::At(Stage::Trying)),
    (" failed", Says::At(Stage::FailedConnect)),
    (" error", Says::At(Stage::Speak)),
    (" not established", Says::At(Stage::FailedConnect)),
    (" unreachable", Says::Of(Category::Unreachable)),
]);

/// What becomes of a connection only where something goes wrong.
static ALARMS: &[&str] =
    &[" lost", " broken", " broke", " severed", " interrupted", " died", " refused", " down"];

/// How a caller leaves.
static CLIENT_OUTCOMES: &[&str] =
    &[" closed", " disconnected", " aborted", " went away", " gone", " hung up", " dropped"];

/// How far behind the adjective the thing stands.
const PART_REACH: usize = 50;

/// How far behind a caller it stands that it left: an adverb fits between.
const CLIENT_REACH: usize = 24;

/// Machines, and what leads to them, of which none is there.
static LACKING: Outcomes = Outcomes::new(&[
    (" connection", Says::Of(Category::Unavailable)),
    (" connections", Says::Of(Category::Unavailable)),
    (" server", Says::Of(Category::Unavailable)),
    (" servers", Says::Of(Category::Unavailable)),
    (" node", Says::Of(Category::Unavailable)),
    (" nodes", Says::Of(Category::Unavailable)),
    (" host", Says::Of(Category::Unavailable)),
    (" hosts", Says::Of(Category::Unavailable)),
    (" broker", Says::Of(Category::Unavailable)),
    (" brokers", Says::Of(Category::Unavailable)),
    (" endpoint", Says::Of(Category::Unavailable)),
    (" endpoints", Says::Of(Category::Unavailable)),
    (" backend", Says::Of(Category::Unavailable)),
    (" backends", Says::Of(Category::Unavailable)),
    (" upstream", Says::Of(Category::Unavailable)),
    (" upstreams", Says::Of(Category::Unavailable)),
    (" replica", Says::Of(Category::Unavailable)),
    (" replicas", Says::Of(Category::Unavailable)),
    (" peer", Says::Of(Category::Unavailable)),
    (" peers", Says::Of(Category::Unavailable)),
    (" instance", Says::Of(Category::Unavailable)),
    (" instances", Says::Of(Category::Unavailable)),
    (" leader", Says::Of(Category::Unavailable)),
    (" master", Says::Of(Category::Unavailable)),
    (" target", Says::Of(Category::Unavailable)),
    (" targets", Says::Of(Category::Unavailable)),
    (" address", Says::Of(Category::Unavailable)),
    (" addresses", Says::Of(Category::Unavailable)),
    (" destination", Says::Of(Category::Unavailable)),
    (" proxy", Says::Of(Category::Unavailable)),
    (" proxies", Says::Of(Category::Unavailable)),
    (" nameserver", Says::Of(Category::Unavailable)),
    (" nameservers", Says::Of(Category::Unavailable)),
    (" link", Says::Of(Category::Unavailable)),
    (" links", Says::Of(Category::Unavailable)),
]);

/// What is lost when a connection is.
static LOSSES: Outcomes = Outcomes::new(&[
    (" connection", Says::Is(Reason::ConnectionClosed)),
    (" connectivity", Says::Is(Reason::ConnectionClosed)),
    (" contact", Says::Is(Reason::ConnectionClosed)),
    (" session", Says::Is(Reason::ConnectionClosed)),
    (" link", Says::Is(Reason::ConnectionClosed)),
    (" stream", Says::Is(Reason::ConnectionClosed)),
    (" communication", Says::Is(Reason::ConnectionClosed)),
]);

/// Parts of what is received; of a certificate it is told what is wrong.
static PARTS: Outcomes = Outcomes::new(&[
    (" certificate", Says::Is(Reason::TlsCertificateInvalid)),
    (" cert", Says::Is(Reason::TlsCertificateInvalid)),
    (" password", Says::Of(Category::Auth)),
    (" credential", Says::Of(Category::Auth)),
    (" credentials", Says::Of(Category::Auth)),
    (" user/pass", Says::Of(Category::Auth)),
    (" username", Says::Of(Category::Auth)),
    (" api key", Says::Of(Category::Auth)),
    (" access token", Says::Of(Category::Auth)),
    // A status follows, or it is spoken of.
    (" response code", Says::At(Stage::Response)),
    (" response status", Says::At(Stage::Response)),
    (" header", Says::At(Stage::Malformed)),
    (" headers", Says::At(Stage::Malformed)),
    (" chunk size", Says::Is(Reason::InvalidResponse)),
    (" chunk", Says::At(Stage::Malformed)),
    (" chunked", Says::Is(Reason::InvalidResponse)),
    (" frame", Says::At(Stage::Malformed)),
    (" packet", Says::At(Stage::Malformed)),
    (" protocol header", Says::Is(Reason::InvalidResponse)),
    (" protocol", Says::At(Stage::Malformed)),
    (" handshake", Says::At(Stage::Malformed)),
    (" response", Says::At(Stage::Malformed)),
    (" reply", Says::At(Stage::Malformed)),
    (" status line", Says::At(Stage::Malformed)),
    (" greeting", Says::At(Stage::Malformed)),
    (" banner", Says::At(Stage::Malformed)),
    (" magic", Says::At(Stage::Malformed)),
    (" opcode", Says::At(Stage::Malformed)),
    (" content-encoding", Says::At(Stage::Malformed)),
    (" content-length", Says::At(Stage::Malformed)),
    (" body length", Says::At(Stage::Malformed)),
    (" message type", Says::At(Stage::Malformed)),
    (" message length", Says::At(Stage::Malformed)),
]);

/// What becomes of a machine or a service; that it is "down" may end a clause, too.
static PEER_OUTCOMES: Outcomes = Outcomes::new(&[
    (" is down", Says::Of(Category::Unavailable)),
    (" went down", Says::Of(Category::Unavailable)),
    (" marked down", Says::Of(Category::Unavailable)),
    (" is dead", Says::Of(Category::Unavailable)),
    (" is offline", Says::Of(Category::Unavailable)),
    (" offline", Says::Of(Category::Unavailable)),
    (" unavailable", Says::Of(Category::Unavailable)),
    (" not available", Says::Of(Category::Unavailable)),
    (" not be available", Says::Of(Category::Unavailable)),
    (" reset", Says::Of(Category::ConnectionReset)),
    (" closed the connection", Says::Of(Category::ConnectionReset)),
    (" closed connection", Says::Of(Category::ConnectionReset)),
    (" hung up", Says::Of(Category::ConnectionReset)),
    (" went away", Says::Of(Category::ConnectionReset)),
    (" failed to respond", Says::Is(Reason::ResponseTimeout)),
    (" aborted", Says::Of(Category::ConnectionReset)),
    (" not up", Says::Of(Category::Unavailable)),
    (" not running", Says::Of(Category::Unavailable)),
    (" not ready", Says::Of(Category::Unavailable)),
    (" unreachable", Says::Of(Category::Unreachable)),
    (" not reachable", Says::Of(Category::Unreachable)),
    (" not responding", Says::Is(Reason::ResponseTimeout)),
    (" did not respond", Says::Is(Reason::ResponseTimeout)),
    (" not respond", Says::Is(Reason::ResponseTimeout)),
    (" did not reply", Says::Is(Reason::ResponseTimeout)),
    (" disconnected", Says::Of(Category::ConnectionReset)),
    (" has failed", Says::Of(Category::Unknown)),
])
.or(b'd', b'o');

/// Why a certificate is not accepted.
static CERTIFICATE_OUTCOMES: Outcomes = Outcomes::new(&[
    (" not trusted", Says::Is(Reason::TlsCertificateUntrusted)),
    (" untrusted", Says::Is(Reason::TlsCertificateUntrusted)),
    (" unknown authority", Says::Is(Reason::TlsCertificateUntrusted)),
    (" has expired", Says::Is(Reason::TlsCertificateExpired)),
    (" is expired", Says::Is(Reason::TlsCertificateExpired)),
    (" expired on", Says::Is(Reason::TlsCertificateExpired)),
    (" not yet activated", Says::Is(Reason::TlsCertificateNotYetValid)),
    (" not yet valid", Says::Is(Reason::TlsCertificateNotYetValid)),
    (" not match", Says::Is(Reason::TlsCertificateNameMismatch)),
    (" mismatch", Says::Is(Reason::TlsCertificateNameMismatch)),
    (" revoked", Says::Is(Reason::TlsCertificateRevoked)),
    (" not valid", Says::Is(Reason::TlsCertificateInvalid)),
    (" is invalid", Says::Is(Reason::TlsCertificateInvalid)),
    (" was rejected", Says::Is(Reason::TlsCertificateInvalid)),
    (" not verified", Says::Is(Reason::TlsCertificateInvalid)),
    (" verification failed", Says::Is(Reason::TlsCertificateInvalid)),
    (" validation failed", Says::Is(Reason::TlsCertificateInvalid)),
]);

/// What becomes of something that is done with another machine.
static ACTION_OUTCOMES: Outcomes = Outcomes::new(&[
    (" failed", Says::At(Stage::Speak)),
    (" failure", Says::At(Stage::Speak)),
    (" error", Says::At(Stage::Speak)),
    (" rejected", Says::At(Stage::Speak)),
]);

impl<'a> Reading<'a> {
    /// Reads what somebody failed to do.
    pub(super) fn take_failed(&mut self, after: &'a str) {
        let mut rest = after;
        while let Some(more) =
            FILLERS.iter().find_map(|filler| strip(rest, filler)).or_else(|| skip_adverb(rest))
        {
            rest = more;
        }
        let is_said = |(verb, things, _): &&(&str, &[&str], Says)| {
            strip(rest, verb).is_some_and(|behind| {
                things.iter().any(|thing| find(clause(behind), thing).is_some())
            })
        };
        if let Some((_, _, says)) = VERBS_OF.iter().find(is_said) {
            return self.take(*says, rest, 0, 0);
        }
        if let Some((verb, says)) = VERBS.iter().find(|(verb, _)| strip(rest, verb).is_some()) {
            let behind = rest.get(verb.len()..).unwrap_or_default();
            match says {
                Says::Of(category) => self.consider_at(RANK, Finding::Of(*category)),
                says => self.take(*says, behind, 0, 0),
            }
            if *says == Says::At(Stage::FailedConnect) {
                if [" any ", " to any ", " to all ", " all "]
                    .iter()
                    .any(|it| strip(behind, it).is_some())
                {
                    self.consider_at(RANK, Finding::Of(Category::Unavailable));
                }
                self.take_last_number(behind);
            }
        }
    }

    /// Reads the error number that ends a sentence: `can't connect to 'db' (111)`.
    fn take_last_number(&mut self, text: &str) {
        let near = up_to(text, REACH);
        let Some(end) = near.rfind(')') else { return };
        let text = near.get(..end).unwrap_or_default();
        // Numbers of errors have five digits at most.
        let last = text.len().saturating_sub(6);
        let begin = text.bytes().skip(last).rposition(|byte| byte == b'(').map(|at| last + at + 1);
        let number = begin.and_then(|begin| text.get(begin..));
        let ends = near.trim_end().len() == end + 1;
        if let Some(number) =
            number.filter(|it| (2..=5).contains(&it.len()) || (ends && *it == "2"))
        {
            self.take_number(number);
        }
    }

    /// Reads the second part of a sentence.
    pub(super) fn take_half(&mut self, says: Says, before: &'a str, after: &'a str) {
        let near = up_to(after, PART_REACH);
        match says {
            Says::Link => self.take_link(after),
            Says::Client => self.take_client(after),
            Says::Available => self.take_available(before),
            Says::Peer => self.take_peer(after),
            Says::Action => self.take_loose(&ACTION_OUTCOMES, after),
            Says::Certificate => self.take_loose(&CERTIFICATE_OUTCOMES, after),
            Says::Lack => self.take_loose(&LACKING, after),
            Says::Lost => self.take_loose(&LOSSES, near),
            Says::Malformed => self.take_loose(&PARTS, near),
            _ => {}
        }
    }

    /// Reads what became of a connection that is spoken of.
    fn take_link(&mut self, after: &'a str) {
        // What alarms is an outcome, too.
        if !LINK_OUTCOMES.may_follow(after) {
            return;
        }
        self.take_loose(&LINK_OUTCOMES, after);
        self.alarm |= ALARMS.iter().any(|words| find(clause(after), words).is_some());
    }

    /// Reads what became of a machine that is spoken of.
    fn take_peer(&mut self, after: &'a str) {
        // "did not" begins as an outcome does; of "down" it knows.
        if !PEER_OUTCOMES.may_follow(after) {
            return;
        }
        self.take_loose(&PEER_OUTCOMES, after);
        let clause = clause(after);
        self.alarm |= find(clause, " did not").is_some();
        let is_down = clause.ends_with(" down") || strip(after, " down").is_some();
        if is_down && !clause.ends_with("shut down") {
            self.consider_at(RANK, Finding::Of(Category::Unavailable));
            self.alarm = true;
        }
    }

    /// Reads whether a caller that is spoken of left.
    fn take_client(&mut self, after: &'a str) {
        let near = up_to(after, CLIENT_REACH);
        if CLIENT_OUTCOMES.iter().any(|words| find(clause(near), words).is_some()) {
            self.consider(Finding::Of(Category::Cancelled));
        }
    }

    /// Reads of what there is none: `no upstream connections available`.
    fn take_available(&mut self, before: &'a str) {
        let start = before.ceil_char_boundary(before.len().saturating_sub(PART_REACH));
        let near = before.get(start..).unwrap_or_default();
        let denied = near.rsplit_once("no ").or_else(|| near.rsplit_once("No "));
        let Some((_, thing)) = denied else { return };
        if LACKING
            .words
            .iter()
            .any(|(words, _)| find(thing, words).is_some() || is_first(thing, words))
        {
            self.consider_at(RANK, Finding::Of(Category::Unavailable));
        }
    }

    fn take_loose(&mut self, outcomes: &Outcomes, after: &'a str) {
        if !outcomes.may_follow(after) {
            return;
        }
        let Some((at, says)) = first_of(clause(after), outcomes.words) else { return };
        let words = after.get(at..).unwrap_or_default();
        let finding = match says {
            Says::Is(reason) => Finding::Is(*reason),
            Says::Os(os) => Finding::Os(*os),
            Says::Of(category) => Finding::Of(*category),
            // "Connection timed out" is the system's word for a limit in any phase.
            Says::At(Stage::Trying) if at == 0 => return,
            Says::At(Stage::Trying) => {
                self.place(Stage::Trying);
                Finding::Timer(false)
            }
            _ => return self.take(*says, words, 0, 0),
        };
        self.consider_at(RANK, finding);
    }
}

/// What stands behind an adverb: `unable to quickly connect`.
fn skip_adverb(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(' ')?;
    (word.len() <= 16 && word.ends_with("ly") && word != "reply").then_some(rest)
}

/// So many bytes from the start, or a few less: no character is cut.
fn up_to(text: &str, length: usize) -> &str {
    text.get(..text.floor_char_boundary(length)).unwrap_or_default()
}

/// What stands up to the end of the clause.
fn clause(text: &str) -> &str {
    let near = up_to(text, REACH);
    let stops = |at: &usize| {
        matches!(
            near.as_bytes().get(*at..).unwrap_or_default(),
            [b':' | b'.' | b';' | b',', b' ', ..]
                | [b' ', b'-' | b'|', b' ', ..]
                | [b'\\', b'n', ..]
                | [b'{', ..]
        )
    };
    let stop = (0..near.len()).find(stops).unwrap_or(near.len());
    near.get(..stop).unwrap_or_default()
}

/// The words of a list that stand first, each behind a space, where, and what they say.
fn first_of<'l, T>(text: &str, list: &'l [(&str, T)]) -> Option<(usize, &'l T)> {
    let bytes = text.as_bytes();
    let gaps = bytes.iter().enumerate().filter(|(_, byte)| is_same(**byte, b' '));
    gaps.map(|(at, _)| at).find_map(|at| {
        let next = bytes.get(at + 1)?;
        // Hardly any begin with the same letter.
        let begins = |words: &str| words.as_bytes().get(1).is_some_and(|it| is_same(*next, *it));
        let found = list.iter().find(|(words, _)| begins(words) && stands_at(bytes, at, words));
        found.map(|(_, says)| (at, says))
    })
}

/// Where whole words stand, whatever their case and however they are joined.
fn find(text: &str, words: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|at| stands_at(bytes, *at, words))
}

/// Whether whole words stand at a place.
fn stands_at(text: &[u8], at: usize, words: &str) -> bool {
    #[cfg(test)]
    super::super::work::count(1);
    let end = at + words.len();
    let Some(found) = text.get(at..end) else { return false };
    found.iter().zip(words.as_bytes()).all(|(byte, word)| is_same(*byte, *word))
        && text.get(end).is_none_or(|next| !next.is_ascii_alphanumeric())
}

/// Whether a text begins with a word that elsewhere stands behind a space.
fn is_first(text: &str, words: &str) -> bool {
    strip(text, words.trim_start()).is_some_and(|rest| rest.starts_with(' '))
}

fn is_same(byte: u8, word: u8) -> bool {
    byte.eq_ignore_ascii_case(&word) || (word == b' ' && matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify_text;

    #[test]
    fn no_outcome_is_passed_over() {
        let tables = [
            &LINK_OUTCOMES,
            &LACKING,
            &LOSSES,
            &PARTS,
            &PEER_OUTCOMES,
            &CERTIFICATE_OUTCOMES,
            &ACTION_OUTCOMES,
        ];
        for outcomes in tables {
            for (words, _) in outcomes.words {
                assert!(outcomes.may_follow(&format!(" it{words}.")), "{words}");
            }
        }
        for words in ALARMS {
            assert!(LINK_OUTCOMES.may_follow(words), "{words}");
        }
        for words in [" down", " did not"] {
            assert!(PEER_OUTCOMES.may_follow(words), "{words}");
        }
    }

    #[test]
    fn a_machine_that_is_down_is_told_at_the_end_of_a_clause() {
        for line in ["2026-11-23 10:00:00 ERROR [node] down", "[ERROR] [MY-000001] [Server] down"] {
            let category = classify_text(line).map(|fault| fault.category);
            assert_eq!(category, Some(Category::Unavailable), "{line}");
        }
    }
}
