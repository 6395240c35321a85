//! What the words before an address make of it.

use super::dictionary::Dictionary;
use super::vocabulary::{Class, class};
use super::words::{Word, WordsBack, back, is_one_of};

/// What an address is in its sentence, from the least to the most telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Our own, a resolver's, a file's, a page to read.
    Never,
    /// Who called us.
    Client,
    /// What stands on the way.
    Way,
    /// A word, of which nothing says what.
    Guessed,
    /// Nothing says what.
    Plain,
    /// A failure stands right before.
    Failed,
    /// A word such as "host" or "broker" announces it.
    Named,
    /// "to", "at", "for".
    Reached,
    /// A connection was made to it.
    Connected,
    /// Its name was looked up.
    Looked,
}

/// How many words before an address may say what it is.
const WORDS: usize = 8;

/// The role of what stands behind a text.
pub(super) fn of(lead: &str) -> Role {
    let lead = lead.trim_end_matches(opens);
    if lead.ends_with("->") || lead.ends_with('→') {
        return Role::Connected;
    }
    let mut words = back(lead);
    let (mut found, mut is_way) = (Role::Plain, false);
    for index in 0..WORDS {
        let Some(word) = words.next().filter(|word| !breaks(*word, index == 0)) else { break };
        match class(word.text) {
            Class::Skip => {}
            Class::Noun => found = Role::Named,
            Class::Way if is_one_of(word.text, &["through", "via"]) => return Role::Way,
            Class::Way => is_way = true,
            Class::Local => return Role::Never,
            Class::Client => return Role::Client,
            Class::Lookup => return Role::Looked,
            Class::Connect => return Role::Connected,
            Class::Preposition => return behind(word.text, words, is_way, found),
            // As a key; elsewhere it is who reset a connection.
            Class::Failure if index == 0 && word.text == "peer" && is_key(word.gap) => {
                found = Role::Named;
            }
            // The level of the line.
            Class::Failure if index == 0 && word.text == "ERROR" => break,
            Class::Failure if index == 0 && is_one_of(word.text, OF_CONNECTING) => {
                return Role::Connected;
            }
            Class::Failure if index == 0 => return Role::Failed,
            Class::Failure | Class::Other => break,
        }
    }
    if is_way { Role::Way } else { found }
}

/// Whether these are the marks between a key and its value.
fn is_key(gap: &str) -> bool {
    gap.contains([':', '='])
}

/// Whether it may stand between an address and the words before.
fn opens(c: char) -> bool {
    match c {
        '"' | '\'' | '`' | '(' | '[' | '{' | '<' | '\\' | '/' | '‘' | '“' | '«' => true,
        c => c.is_whitespace(),
    }
}

/// Whether another part of the sentence begins between a word and what follows it. A key
/// and its value belong together.
fn breaks(word: Word<'_>, is_first: bool) -> bool {
    // Most words have one blank between them.
    let gap = word.gap.as_bytes();
    let ends = |byte: &u8| matches!(byte, b';' | b'|' | b',' | b'}' | b')' | b']' | b'\n');
    let links = |byte: &u8| matches!(byte, b':' | b'=' | b'>' | b'{');
    gap != b" "
        && (gap.iter().any(|byte| ends(byte) || (!is_first && links(byte)))
            || gap.windows(2).any(|it| it == b". ")
            // What stands before is the logger.
            || (!is_first && gap == b" - "))
}

/// The role of what stands behind a preposition, by the words before that.
fn behind(preposition: &str, words: WordsBack<'_>, is_way: bool, found: Role) -> Role {
    let is_host_noun = found == Role::Named;
    let mut words = words.take(5).take_while(|word| !breaks(*word, false)).map(|word| word.text);
    if preposition.eq_ignore_ascii_case("from") {
        let is_read = words.any(|word| READS.contains(word));
        return if is_read { Role::Reached } else { Role::Client };
    }
    if preposition.eq_ignore_ascii_case("by") {
        let is_ended = words.any(|word| ENDS.contains(word));
        return if is_ended { Role::Reached } else { found };
    }
    let (is_on, is_to) = (is_one_of(preposition, &["on"]), is_one_of(preposition, &["to"]));
    if is_on && is_host_noun {
        // Where something ran is not whom it called.
        return Role::Plain;
    }
    let (mut before, mut is_way) = (None, is_way);
    for word in words {
        match class(word) {
            Class::Local => return Role::Never,
            // `lookup a on b` asks b, `a resolves to b`, and the lookup for a is a's.
            Class::Lookup if is_on || is_to => return Role::Never,
            Class::Lookup => return Role::Looked,
            Class::Way => is_way = true,
            // Whoever names a proxy may name the target as well.
            Class::Connect if is_way => return Role::Way,
            Class::Connect => return Role::Connected,
            // "due to" names a cause.
            _ if is_to && is_one_of(word, &["due"]) => return Role::Never,
            _ if is_one_of(word, &["valid"]) => before = Some(Role::Never),
            // A certificate is not valid for the name that was expected.
            _ if before.is_some() && is_one_of(word, &["not"]) => return Role::Reached,
            _ => {}
        }
    }
    match before {
        Some(role) => role,
        None if is_way => Role::Way,
        None => Role::Reached,
    }
}

/// Failures that a connection to what follows has.
#[rustfmt::skip]
static OF_CONNECTING: &[&str] = &[
    "refused", "unreachable", "out", "it",
];

/// What is read comes from a peer that was asked; all else comes from one that asks.
#[rustfmt::skip]
static READS: Dictionary<(), 128> = Dictionary::new(&[(&[
    "read", "reading", "recv", "recvfrom", "receive", "received", "receiving", "response",
    "responses", "answer", "reply", "replies", "data", "fetch", "fetching", "fetched", "download",
    "downloading", "pull", "pulling", "get", "getting", "got", "load", "loading", "disconnect",
    "disconnected", "retrieve", "retrieving", "upstream", "header", "headers", "body", "server",
    "backend", "returned",
], ())]);

#[rustfmt::skip]
static ENDS: Dictionary<(), 32> = Dictionary::new(&[(&[
    "closed", "reset", "refused", "terminated", "aborted", "rejected", "dropped", "lost", "hung",
    "denied",
], ())]);
