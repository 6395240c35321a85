//! Statuses that stand near the words that announce them, whatever is between:
//! `status code: 503`, `answered with HTTP 429`, `"statusCode" : "404"`, `[:status, 502]`.

use super::super::extract;

/// What may stand between the words and the number, besides marks.
const FILLERS: &[&str] = &[
    "is ", "was ", "of ", "with ", "a ", "an ", "code", "status", "/1.1", "/1.0", "/2.0", "/2",
    "http/1.1", "http/1.0", "http/2", "http/3", "http", "error", "response", "returned",
    "received",
];

/// The bytes that fillers begin with.
static BEGIN_FILLERS: [bool; 256] = {
    let (mut begin, mut at) = ([false; 256], 0);
    while at < FILLERS.len() {
        let first = FILLERS[at].as_bytes()[0];
        begin[first.to_ascii_lowercase() as usize] = true;
        begin[first.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    begin
};

/// What a number of the same look counts when it is no status.
static UNITS: &[&str] = &[
    "b",
    "kb",
    "mb",
    "ms",
    "s",
    "sec",
    "seconds",
    "byte",
    "bytes",
    "row",
    "rows",
    "item",
    "items",
    "record",
    "records",
    "result",
    "results",
    "time",
    "times",
    "message",
    "messages",
    "entry",
    "entries",
    "event",
    "events",
    "line",
    "lines",
    "file",
    "files",
    "connection",
    "connections",
    "request",
    "requests",
    "user",
    "users",
    "more",
    "of",
];

/// How many marks and fillers are skipped.
const MOST: usize = 6;

/// How many marks may stand together.
const MARKS: usize = 5;

/// The digits of a status near the start of a text.
pub(super) fn near(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..MOST {
        let marks = rest.bytes().take(MARKS).take_while(|byte| b" :='\"`([\\,".contains(byte));
        rest = rest.get(marks.count()..).unwrap_or_default();
        let may_begin = |byte: &u8| BEGIN_FILLERS.get(usize::from(*byte)) == Some(&true);
        if !rest.as_bytes().first().is_some_and(may_begin) {
            break;
        }
        match FILLERS.iter().find_map(|filler| super::strip(rest, filler)) {
            Some(more) => rest = more,
            None => break,
        }
    }
    let words = rest.trim_start_matches(JOINTS);
    let first = words.bytes().next().map(|first| first.to_ascii_lowercase());
    // Nearly always a digit.
    let may_begin = |phrase: &str| phrase.bytes().next() == first;
    let named = PHRASES.iter().find(|(phrase, _)| may_begin(phrase) && begins(words, phrase));
    match named {
        Some((_, status)) => status,
        None if counts_nothing(rest) => rest,
        None => "",
    }
}

/// Reason phrases (RFC 9110 §15), as identifiers and as words.
static PHRASES: &[(&str, &str)] = &[
    ("bad request", "400"),
    ("unauthorized", "401"),
    ("forbidden", "403"),
    ("not found", "404"),
    ("method not allowed", "405"),
    ("request timeout", "408"),
    ("conflict", "409"),
    ("too many requests", "429"),
    ("internal server error", "500"),
    ("bad gateway", "502"),
    ("service unavailable", "503"),
    ("gateway timeout", "504"),
];

/// What may stand between two words of a phrase.
const JOINTS: [char; 3] = [' ', '_', '-'];

/// Whether a text begins with these words, however they are joined.
fn begins(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split(' ').all(|word| {
        rest = rest.trim_start_matches(JOINTS);
        match super::strip(rest, word) {
            Some(more) => {
                rest = more;
                true
            }
            None => false,
        }
    })
}

/// A status that stands right before or behind a URL: `GET 404 http://…`, `http://…  404`.
pub(super) fn beside<'a>(before: &'a str, after: &'a str) -> Option<u16> {
    let behind = after.trim_start();
    let is_apart = behind.len() < after.len() && after.len() - behind.len() <= 3;
    if is_apart
        && counts_nothing(behind)
        && let Some(status) = extract::status(behind)
    {
        return Some(status);
    }
    let near = extract::before(before, before.len());
    let (lead, word) = near.trim_end().rsplit_once(' ')?;
    let is_word = word.len() == 3 && before.ends_with(' ') && !lead.is_empty();
    is_word.then(|| extract::status(word))?
}

/// Whether the number at the start is not one of things that are counted or measured.
fn counts_nothing(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let word = extract::word(rest.trim_start_matches(' '));
    let is_word = word.starts_with(|it: char| it.is_ascii_alphabetic());
    let is_unit = is_word && UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(word));
    let goes_on = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '%')
        || rest
            .strip_prefix(['.', '-'])
            .is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    !is_unit && !goes_on
}
