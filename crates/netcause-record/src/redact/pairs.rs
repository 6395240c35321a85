//! Keys and their values: `key=value`, `key: value`, `"key":"value"`, `Debug` forms, headers.

use std::ops::Range;

use super::url::starts_another;
use super::{Found, byte, run, take};
use crate::secret;

/// The longest key that is looked at.
const LONGEST_KEY: usize = 64;

/// Values that tell nothing.
const HARMLESS: &[&str] =
    &["None", "none", "null", "nil", "true", "false", "undefined", "Sensitive", "{}", "[]"];

/// A key in a text.
struct Key<'a> {
    name: &'a str,
    place: Range<usize>,
}

/// Whether the key before a separator may be a secret's: a quick look at its last letters.
#[inline]
pub(super) fn may_follow_secret_key(text: &str, separator: usize) -> bool {
    let before = text.as_bytes().get(..separator).unwrap_or_default();
    last_letters(before).is_some_and(secret::may_end_secret) && secret::ends_like_secret(before)
}

/// The last three letters of the key that a text ends with, the last two of them side by side.
#[inline]
fn last_letters(before: &[u8]) -> Option<[u8; 3]> {
    let class = |letter: u8| CLASSES[letter as usize];
    let mut letters = before.iter().rev().copied();
    let mut last = letters.next()?;
    while class(last) == Class::Between {
        last = letters.next()?;
    }
    while class(last) == Class::Inner {
        last = letters.next()?;
    }
    let second = letters.next().filter(|_| class(last) == Class::Letter)?;
    let mut third = letters.next().filter(|_| class(second) == Class::Letter)?;
    while class(third) == Class::Inner {
        third = letters.next()?;
    }
    Some([third, second, last])
}

/// What a letter is to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter of it.
    Letter,
    /// What else it is made of.
    Inner,
    /// What may stand between it and its separator.
    Between,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < classes.len() {
        let letter = byte as u8;
        if letter.is_ascii_alphabetic() {
            classes[byte] = Class::Letter;
        } else if is_key(letter) {
            classes[byte] = Class::Inner;
        } else if is_between(letter) {
            classes[byte] = Class::Between;
        }
        byte += 1;
    }
    classes
};

/// Takes the value behind a `:` or `=`, if the key before it is a secret's.
pub(super) fn pair(
    text: &str,
    separator: usize,
    found: &mut Found,
    is_secret: impl Fn(&str) -> bool,
) -> usize {
    let Some(key) = key_before(text, separator, found.floor) else { return separator + 1 };
    let next = byte(text, separator + 1);
    let after = match byte(text, separator) {
        b':' if next == b':' => None,
        b':' => Some(separator + 1 + usize::from(next == b'=')),
        _ => Some(separator + 1 + usize::from(matches!(next, b'=' | b'>'))),
    };
    match after.filter(|_| is_secret(key.name)) {
        Some(after) => value(text, &key, after, found),
        None => separator + 1,
    }
}

/// The key before a separator, blanks and a closing quote between them.
fn key_before(text: &str, separator: usize, floor: usize) -> Option<Key<'_>> {
    let lowest = floor.max(separator.saturating_sub(LONGEST_KEY));
    let before = text.as_bytes().get(lowest..separator)?;
    let end = before.iter().rposition(|&letter| !is_between(letter))? + 1;
    let name = before.get(..end)?;
    let start = name.iter().rposition(|&letter| !is_key(letter)).map_or(0, |at| at + 1);
    let place = lowest + start..lowest + end;
    Some(Key { name: text.get(place.clone())?, place })
}

/// Takes the second of two quoted texts in parentheses, as `Debug` prints pairs; `"`, `,`,
/// blank and `"` between them are at `hit`.
pub(super) fn tuple(
    text: &str,
    hit: Range<usize>,
    found: &mut Found,
    is_secret: impl Fn(&str) -> bool,
) -> usize {
    let Some(key) = key_before(text, hit.start, found.floor) else { return hit.start + 1 };
    let is_first = text.get(..key.place.start).is_some_and(|before| before.ends_with("(\""));
    if is_first && key.place.end == hit.start && is_secret(key.name) {
        return value(text, &key, hit.start + 2, found);
    }
    hit.start + 1
}

/// Takes the word behind a key of a command line, whose beginning was found at `hit`.
pub(super) fn option(
    text: &str,
    hit: Range<usize>,
    found: &mut Found,
    is_secret: impl Fn(&str) -> bool,
) -> usize {
    let end = run(text, hit.end, is_key);
    let key = Key { name: text.get(hit.start..end).unwrap_or_default(), place: hit.start..end };
    if byte(text, end) == b' ' && is_secret(key.name) {
        return value(text, &key, end, found);
    }
    // A `=` behind it is a mark of its own.
    end
}

/// What may stand between a key and its separator.
const fn is_between(letter: u8) -> bool {
    is_blank(letter) || matches!(letter, b'"' | b'\'' | b'\\')
}

const fn is_key(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-' | b'.')
}

/// Skips `Some(`, `Secret(`, `b` before a quote.
fn unwrap(text: &str, mut at: usize) -> usize {
    for _ in 0..4 {
        let name = run(text, at, |letter| letter.is_ascii_alphanumeric()).min(at + 32);
        at = match byte(text, name) {
            b'(' => name + 1,
            b'"' if matches!(text.get(at..name), Some("b" | "r" | "br")) => return name,
            _ => return at,
        };
    }
    at
}

/// Takes the value behind `after`; says where to go on.
fn value(text: &str, key: &Key<'_>, after: usize, found: &mut Found) -> usize {
    let start = unwrap(text, run(text, after, is_blank));
    let quote = run(text, start, |letter| letter == b'\\');
    match byte(text, quote) {
        _ if start >= text.len() => text.len(),
        b'"' | b'\'' => quoted(text, start, quote, found),
        b'[' | b'{' if quote == start => group(text, start, found),
        _ if is_header(key.name) => header(text, key, start, found),
        _ => bare(text, key, start, found),
    }
}

/// A quoted value, up to the quote that closes it, or the text's end.
fn quoted(text: &str, start: usize, quote: usize, found: &mut Found) -> usize {
    let depth = quote - start;
    let inside = quote + 1;
    let mut backslashes = 0;
    let rest = text.as_bytes().get(inside..).unwrap_or_default();
    let closing = rest.iter().position(|&letter| {
        let escaped = if depth == 0 { backslashes % 2 == 1 } else { backslashes > depth };
        let closes = letter == byte(text, quote) && !escaped;
        if !closes {
            backslashes = if letter == b'\\' { backslashes + 1 } else { 0 };
        }
        closes
    });
    let Some(closing) = closing else {
        take_value(text, inside..text.len(), found);
        return text.len();
    };
    // The backslashes before the closing quote belong to the quote.
    let own = if depth == 0 { 0 } else { backslashes };
    take_value(text, inside..inside + closing - own, found);
    inside + closing + 1
}

/// A list or an object, up to the bracket that closes it, or the line's end.
fn group(text: &str, start: usize, found: &mut Found) -> usize {
    let mut depth = 0_usize;
    let end = run(text, start, |letter| {
        match letter {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'\n' => depth = 0,
            _ => {}
        }
        depth > 0
    });
    take_value(text, start + 1..end, found);
    end
}

/// Headers whose whole value is a secret.
fn is_header(key: &str) -> bool {
    let ends = |end| secret::ends_with_word(key, end);
    ends("authorization") || (ends("cookie") && !key.contains('_'))
}

/// Schemes with one token behind them.
const SCHEMES: &[&str] = &["Bearer ", "Basic ", "Negotiate ", "NTLM ", "Token ", "ApiKey "];

/// A header's value, up to the end of the line or the quote around it; of a usual scheme
/// only the token.
fn header(text: &str, key: &Key<'_>, start: usize, found: &mut Found) -> usize {
    let quote = quote_around(text, key);
    let end = run(text, start, |letter| !matches!(letter, b'\n' | b'\r') && Some(letter) != quote);
    let line = text.get(start..end).unwrap_or_default();
    let is_scheme = |scheme: &&&str| {
        line.get(..scheme.len()).is_some_and(|word| word.eq_ignore_ascii_case(scheme))
    };
    if let Some(scheme) = SCHEMES.iter().find(is_scheme) {
        let token = run(text, start + scheme.len(), is_blank);
        let end = run(text, token, |letter| letter > b' ' && !b"\"',;)]}\\".contains(&letter));
        take_value(text, token..end, found);
        return end;
    }
    let value = line.trim_end_matches(['\\', ' ', ')', ']', '}']);
    take_value(text, start..start + value.len(), found);
    end
}

/// The quote of a quoted text that a key stands in.
fn quote_around(text: &str, key: &Key<'_>) -> Option<u8> {
    if key.place.start > 0 && byte(text, key.place.start - 1) == b'\'' {
        return Some(b'\'');
    }
    let lowest = key.place.start.saturating_sub(1024);
    let before = text.as_bytes().get(lowest..key.place.start).unwrap_or_default();
    (memchr::memchr_iter(b'"', before).count() % 2 == 1).then_some(b'"')
}

/// An unquoted value.
fn bare(text: &str, key: &Key<'_>, start: usize, found: &mut Found) -> usize {
    let mut end = start;
    loop {
        end = run(text, end, |letter| {
            letter > b' ' && letter != 0x7f && !b"\"'`;,&\\".contains(&letter)
        });
        let separates = match byte(text, end) {
            b',' | b'&' => starts_another(text, end + 1),
            // A list whose items end with `;` may have blanks inside its values.
            b' ' => !is_in_list(text, key) || !has_semicolon_ahead(text, end),
            _ => true,
        };
        if separates {
            break;
        }
        end += 1;
    }
    let value = text.get(start..end).unwrap_or_default();
    let value = value.trim_end_matches([')', ']', '}', ',', '.', ':', ' ']);
    if !is_prose(text, key, start, value) {
        take_value(text, start..start + value.len(), found);
    }
    end
}

fn take_value(text: &str, value: Range<usize>, found: &mut Found) {
    let harmless = text.get(value.clone()).is_none_or(|value| {
        HARMLESS.contains(&value)
            || value.starts_with('<') && value.ends_with('>')
            || value.bytes().all(|letter| letter == b'*')
    });
    if !harmless {
        take(text, value, found);
    }
}

/// Whether the key stands in a list of `Key=value;`, as data sources of databases do.
fn is_in_list(text: &str, key: &Key<'_>) -> bool {
    text.get(..key.place.start).is_some_and(|before| before.trim_end_matches(' ').ends_with(';'))
}

fn has_semicolon_ahead(text: &str, at: usize) -> bool {
    let ahead = text.as_bytes().get(at..).unwrap_or_default();
    let end = run(text, at, |letter| !matches!(letter, b';' | b'\n' | b'"'));
    byte(text, end) == b';' && end - at < ahead.len().min(LONGEST_KEY)
}

/// Whether this is a sentence about a token, such as `invalid token: expected a comma`.
fn is_prose(text: &str, key: &Key<'_>, start: usize, value: &str) -> bool {
    let before = text.get(..key.place.start).unwrap_or_default();
    let after = text.get(start + value.len()..).unwrap_or_default();
    let follows_word = before
        .strip_suffix(' ')
        .is_some_and(|before| before.ends_with(|letter: char| letter.is_ascii_alphabetic()));
    let more = after.strip_prefix(' ').unwrap_or_default();
    let next_word =
        more.len() - more.trim_start_matches(|letter: char| letter.is_ascii_lowercase()).len();
    byte(text, key.place.end) == b':'
        && follows_word
        && !key.name.to_ascii_lowercase().contains("pass")
        && (value.bytes().all(|letter| letter.is_ascii_lowercase()) && value.len() <= 14)
        && (after.is_empty() || next_word > 0 && !matches!(byte(more, next_word), b'=' | b':'))
}

const fn is_blank(letter: u8) -> bool {
    matches!(letter, b' ' | b'\t')
}
