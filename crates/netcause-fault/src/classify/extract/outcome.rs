//! What is said of an address right behind it, and whether anything is.

use super::words::strip;

/// What is said of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its name was not found.
    Unresolved,
    /// The same, in words that are said of names only.
    NotResolved,
    /// It did not let somebody in.
    Denied,
    /// Anything else that befalls a peer.
    Failed,
}

/// Whether its name was not found.
pub(super) fn is_unresolved(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Unresolved | Outcome::NotResolved))
}

/// What stands at the start, behind marks.
pub(super) fn outcome(near: &str) -> Option<Outcome> {
    let words = near.trim_start_matches(|c: char| c.is_whitespace() || "\"'`)]}>:,".contains(c));
    if words.len() == near.len() {
        return None;
    }
    let words = words
        .strip_prefix("[Errno ")
        .and_then(|it| it.split_once("] "))
        .map_or(words, |(_, words)| words);
    let begins = |list: &[&str]| list.iter().any(|it| strip(words, it).is_some());
    if begins(NOT_RESOLVED) {
        return Some(Outcome::NotResolved);
    }
    if begins(DENIED) {
        return Some(Outcome::Denied);
    }
    if begins(UNRESOLVED) {
        return Some(Outcome::Unresolved);
    }
    begins(FAILED).then_some(Outcome::Failed)
}

const NOT_RESOLVED: &[&str] = &["could not be resolved"];

const DENIED: &[&str] = &["permission denied"];

#[rustfmt::skip]
const UNRESOLVED: &[&str] = &[
    "name or service not known", "temporary failure in name resolution", "no address associated",
    "nodename nor servname", "name does not resolve", "unknown host", "no such host", "nxdomain",
    "not found: 3", "non-existing domain", "is not in the cert",
];

#[rustfmt::skip]
const FAILED: &[&str] = &[
    "refused", "timed out", "failed", "unreachable", "is unreachable", "is down", "closed",
    "reset", "lost", "was refused", "disconnected", "not responding", "is not responding",
    "did not", "has failed", "connection", "no route to host", "network is",
    "operation timed out", "i/o timeout", "broken pipe", "timeout", "could not",
    "cannot be reached", "host is",
];

/// Whether surely nothing is said of a word of letters, digits and `_`: no quotes stand
/// around it, no port, no second name and no outcome behind it. So it is with most words,
/// which need no closer look.
pub(super) fn is_alone(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    if before.is_some_and(|it| matches!(it, b'"' | b'\'' | b'`' | b'<' | b'\\' | 0x80..)) {
        return false;
    }
    let Some(first) = bytes.get(end) else { return true };
    let is_gap = match first {
        b':' if !bytes.get(end + 1).is_none_or(|it| is_blank(*it)) => return false,
        b'=' => is_mark,
        first if is_passed(*first) => is_passed,
        first => return is_end(*first),
    };
    let gap = bytes.iter().skip(end).take_while(|it| is_gap(**it)).count();
    match bytes.get(end + gap) {
        None => true,
        Some(byte) if byte.is_ascii_digit() => !matches!(first, b'"' | b'\'' | b'`'),
        Some(byte) if !byte.is_ascii() || is_mark(*byte) => false,
        Some(_) => !begins_phrase(bytes, end + gap),
    }
}

/// What ends the part of the sentence that may tell something.
fn is_end(byte: u8) -> bool {
    matches!(byte, b';' | b'!' | b'?' | b'+' | b'&' | b'~' | b'$' | b'^' | b'@')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// What may stand between a word and its outcome.
fn is_passed(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'"' | b'\'' | b'`' | b')' | b']' | b'}' | b'>' | b':' | b',')
}

/// What may stand between a word and its port.
fn is_mark(byte: u8) -> bool {
    is_passed(byte) || matches!(byte, b'=' | b'(' | b'{' | b'[' | b'\\' | b'<' | b'|')
}

/// Whether a phrase that tells something of a word before it may begin at a place.
fn begins_phrase(text: &[u8], at: usize) -> bool {
    let start = text.get(at..).and_then(<[u8]>::first_chunk);
    start.is_some_and(|start| {
        let (index, bit) = bit(*start);
        STARTS.get(index).is_some_and(|bits| bits & bit != 0)
    })
}

/// How the phrases begin: a bit for four bytes that one has at its start.
static STARTS: [u64; 32] = starts(&[
    NOT_RESOLVED,
    DENIED,
    UNRESOLVED,
    FAILED,
    &["port", "on port", "at port", "and accepting"],
]);

const fn starts(lists: &[&[&str]]) -> [u64; 32] {
    let mut starts = [0; 32];
    let mut list = 0;
    while list < lists.len() {
        let mut phrase = 0;
        while phrase < lists[list].len() {
            let Some(start) = lists[list][phrase].as_bytes().first_chunk() else {
                // A phrase of less than four bytes may begin anywhere.
                return [u64::MAX; 32];
            };
            let (index, bit) = bit(*start);
            starts[index] |= bit;
            phrase += 1;
        }
        list += 1;
    }
    starts
}

/// The place of four bytes in [`STARTS`], whatever their case.
const fn bit(start: [u8; 4]) -> (usize, u64) {
    let folded = u32::from_le_bytes(start) | 0x2020_2020;
    let hash = folded.wrapping_mul(0x9e37_79b1) >> (u32::BITS - 11);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::is_alone;

    #[test]
    fn a_word_is_alone_unless_something_is_told_of_it() {
        let is_alone = |text: &str| {
            let start = text.find("db").unwrap_or_default();
            is_alone(text, start, start + 2)
        };
        for text in
            ["db", "the db is slow", "db, 80 rows", "db=5", "db: 5", "db; lost", "a db. lost"]
        {
            assert!(is_alone(text) || text.contains('.'), "{text}");
        }
        for text in [
            "db:80",
            "db timed out",
            "db: Connection refused",
            "db): lost",
            "db port 80",
            "db=port 80",
            "db (10.0.0.1)",
            "db/10.0.0.1",
            "'db'",
            "\"db\", 80",
            "db\", 80",
            "db on port 80",
            "db#53",
            "db::1",
            "db[10.0.0.1]",
            "db|10.0.0.1",
            "db\u{a0}timed out",
            "db Temporary failure in name",
        ] {
            assert!(!is_alone(text), "{text}");
        }
    }
}
