//! Secrets in URLs: user information, query values, fragments (RFC 3986 §3).

use std::ops::Range;

use super::{Found, byte, is_random, run, take};
use crate::REDACTED;

/// The longest authority, and the longest way back to the start of a URL, that is looked at.
const REACH: usize = 1024;

/// What follows user information in Go.
const DATA_SOURCES: &[&[u8]] = &[b"@tcp(", b"@unix("];

/// Takes the user information of a URL whose authority begins at `from`, and a fragment
/// that reads like a secret; says where to go on.
pub(super) fn authority(text: &str, from: usize, found: &mut Found) -> usize {
    let limit = text.len().min(from + REACH);
    let window = text.as_bytes().get(from..limit).unwrap_or_default();
    let end = window.iter().position(|&letter| !is_inside(letter)).unwrap_or(window.len());
    let window = window.get(..end).unwrap_or_default();
    // The next URL has its turn.
    let end = memchr::memmem::find(window, b"://").unwrap_or(window.len());
    let window = window.get(..end).unwrap_or_default();
    let at = match end_of_user_info(window) {
        Some(mark) => {
            take_info(text, from..from + mark, found);
            from + mark
        }
        None => from,
    };
    match memchr::memchr2(b'?', b'#', window) {
        Some(mark) if window.get(mark) == Some(&b'#') && from + mark >= at => {
            query(text, from + mark, found).max(at)
        }
        _ => at,
    }
}

/// Where the `@` behind the user information is.
fn end_of_user_info(window: &[u8]) -> Option<usize> {
    let authority = window
        .iter()
        .position(|letter| matches!(letter, b'/' | b'?' | b'#'))
        .unwrap_or(window.len());
    let (authority, path) = window.split_at(authority);
    match memchr::memrchr(b'@', authority) {
        None if is_pair(authority) => {
            // A password with a slash in it, which should have been encoded.
            memchr::memrchr(b'@', path).map(|mark| authority.len() + mark)
        }
        mark => mark,
    }
}

/// Whether an authority without `@` is `name:something`, the something being no port.
fn is_pair(authority: &[u8]) -> bool {
    !authority.starts_with(b"[")
        && memchr::memchr(b':', authority).is_some_and(|colon| {
            let after = authority.get(colon + 1..).unwrap_or_default();
            !after.is_empty()
                && !after.iter().all(|letter| letter.is_ascii_digit() || *letter == b',')
        })
}

/// Takes `user:password` before `@tcp(` or `@unix(`, as Go's MySQL driver writes it, whose `@`
/// is at `mark`; says where to go on.
pub(super) fn data_source(text: &str, mark: usize, found: &mut Found) -> usize {
    let rest = text.as_bytes().get(mark..).unwrap_or_default();
    let Some(piece) = DATA_SOURCES.iter().find(|piece| rest.starts_with(piece)) else {
        return mark + 1;
    };
    let lowest = found.floor.max(mark.saturating_sub(REACH));
    let before = text.as_bytes().get(lowest..mark).unwrap_or_default();
    let is_info = |letter: u8| is_inside(letter) && !matches!(letter, b'(' | b'=');
    let length = before.iter().rev().take_while(|letter| is_info(**letter)).count();
    take_info(text, mark - length..mark, found);
    mark + piece.len()
}

/// Takes user information, unless its end is redacted already.
fn take_info(text: &str, place: Range<usize>, found: &mut Found) {
    if !text.get(place.clone()).is_some_and(|info| info.ends_with(REDACTED)) {
        take(text, place, found);
    }
}

/// Takes the values of a query, or of a fragment that reads like one, whose `?` or `#` is
/// at `mark`.
pub(super) fn query(text: &str, mark: usize, found: &mut Found) -> usize {
    let from = mark + 1;
    let follows = mark > 0 && is_inside(byte(text, mark - 1));
    if !follows || !begins_query(text, from) {
        return from;
    }
    let end = end_of_query(text, from);
    let mut start = from;
    for pair in text.get(from..end).unwrap_or_default().split(['&', '#']) {
        let value = match pair.find('=') {
            Some(equals) => equals + 1,
            None if is_random(pair) => 0,
            None => pair.len(),
        };
        take(text, start + value..start + pair.len(), found);
        start += pair.len() + 1;
    }
    end.max(from)
}

/// Whether `key=` or one random value follows.
fn begins_query(text: &str, from: usize) -> bool {
    let key = run(text, from, is_key);
    if byte(text, key) == b'=' {
        return key > from;
    }
    let end = run(text, key, |letter| is_inside(letter) && !matches!(letter, b'?' | b'#'));
    is_random(trim_sentence(text.get(from..end).unwrap_or_default()))
}

/// The end of a query in running text: trailing punctuation belongs to the sentence.
fn end_of_query(text: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        end = run(text, end, |letter| is_inside(letter) && letter != b',');
        if byte(text, end) != b',' || starts_another(text, end + 1) {
            break;
        }
        end += 1;
    }
    from + trim_sentence(text.get(from..end).unwrap_or_default()).len()
}

/// Without the punctuation of the sentence that a URL stands in.
fn trim_sentence(text: &str) -> &str {
    text.trim_end_matches([')', ']', '}', '.', ',', ';', ':', '!', '”', '’', '»', '…'])
}

/// Whether the text at a place is no part of a value before it: its end, or `key=`.
pub(super) fn starts_another(text: &str, at: usize) -> bool {
    let end_of_key = run(text, at, is_key).min(at + 64);
    !is_inside(byte(text, at))
        || end_of_key > at && matches!(byte(text, end_of_key), b'=' | b':' | b'"')
}

/// What can stand inside a URL that stands in a text.
fn is_inside(letter: u8) -> bool {
    letter > b' ' && letter != 0x7f && !b"\"'`<>\\".contains(&letter)
}

fn is_key(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"_-.~%[]$+".contains(&letter)
}
