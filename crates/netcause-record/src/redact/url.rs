//! Secrets in URLs: user information, query values, fragments (RFC 3986 §3).

use std::ops::Range;

use super::{Found, byte, is_random, run, take};
use crate::REDACTED;

/// The longest authority, and the longest way back to the start of a URL, that is looked at.
const REACH: usize = 1024;

/// Takes the user information behind a `://` found at `hit`.
pub(super) fn user_info(text: &str, hit: Range<usize>, found: &mut Found) -> usize {
    let limit = text.len().min(hit.end + REACH);
    let window = text.as_bytes().get(hit.end..limit).unwrap_or_default();
    let end = window.iter().position(|&letter| !is_inside(letter)).unwrap_or(window.len());
    let window = window.get(..end).unwrap_or_default();
    let end = memchr::memmem::find(window, b"://").unwrap_or(window.len());
    let window = window.get(..end).unwrap_or_default();
    let authority = window
        .iter()
        .position(|letter| matches!(letter, b'/' | b'?' | b'#'))
        .unwrap_or(window.len());
    let (authority, path) = window.split_at(authority);
    let end_of_secret = match memchr::memrchr(b'@', authority) {
        Some(mark) => Some(mark),
        // A password with a slash in it, which should have been encoded.
        None if is_pair(authority) => {
            memchr::memrchr(b'@', path).map(|mark| authority.len() + mark)
        }
        None => None,
    };
    match end_of_secret {
        Some(mark) => {
            take_info(text, hit.end..hit.end + mark, found);
            hit.end + mark
        }
        None => hit.end,
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

/// Takes `user:password` before `@tcp(` or `@unix(`, as Go's MySQL driver writes it.
pub(super) fn data_source(text: &str, open: usize, found: &mut Found) {
    let before = text.as_bytes().get(found.floor..open).unwrap_or_default();
    let Some(info) = before.strip_suffix(b"@tcp").or_else(|| before.strip_suffix(b"@unix")) else {
        return;
    };
    let near = info.get(info.len().saturating_sub(REACH)..).unwrap_or_default();
    let is_outside = |letter: &u8| !is_inside(*letter) || matches!(letter, b'(' | b'=');
    let length = near.iter().rev().take_while(|letter| !is_outside(letter)).count();
    let end = found.floor + info.len();
    take_info(text, end - length..end, found);
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
    if !begins_query(text, mark) {
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

/// Whether a query or fragment follows, which begins with `key=` or is one random value.
fn begins_query(text: &str, mark: usize) -> bool {
    let key = run(text, mark + 1, is_key);
    let value = || run(text, key, |letter| is_inside(letter) && !matches!(letter, b'?' | b'#'));
    let begins = match byte(text, key) {
        b'=' => key > mark + 1,
        _ => is_random(trim_sentence(text.get(mark + 1..value()).unwrap_or_default())),
    };
    begins
        && match byte(text, mark) {
            b'?' => mark > 0 && is_inside(byte(text, mark - 1)),
            _ => is_in_url(text, mark),
        }
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

/// Whether a place lies in a URL, as far as the text before it tells.
fn is_in_url(text: &str, at: usize) -> bool {
    let lowest = at.saturating_sub(REACH / 4);
    let before = text.as_bytes().get(lowest..at).unwrap_or_default();
    let start = before.iter().rposition(|&letter| !is_inside(letter)).map_or(0, |stop| stop + 1);
    memchr::memmem::find(before.get(start..).unwrap_or_default(), b"://").is_some()
}

/// What can stand inside a URL that stands in a text.
fn is_inside(letter: u8) -> bool {
    letter > b' ' && letter != 0x7f && !b"\"'`<>\\".contains(&letter)
}

fn is_key(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"_-.~%[]$+".contains(&letter)
}
