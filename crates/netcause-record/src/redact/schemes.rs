//! Credentials behind an authorization scheme (RFC 9110 §11, RFC 6750, RFC 7617).

use std::ops::Range;

use super::{Found, byte, run, take};

/// Words that follow `Bearer` in prose.
const PROSE: &[&str] = &[
    "auth",
    "authentication",
    "authorization",
    "challenge",
    "credential",
    "credentials",
    "error",
    "format",
    "header",
    "is",
    "or",
    "and",
    "not",
    "realm",
    "required",
    "scheme",
    "token",
    "tokens",
    "type",
    "was",
    "with",
    "of",
    "in",
    "for",
    "to",
    "from",
    "expected",
    "missing",
    "only",
];

/// Takes the credentials behind a scheme whose name, without its first letter and with a
/// space, was found at `hit`.
pub(super) fn scheme(text: &str, hit: Range<usize>, found: &mut Found) -> usize {
    let first = match byte(text, hit.start) {
        // The only piece that begins with the scheme's first letter.
        b'N' => hit.start,
        _ => hit.start.saturating_sub(1),
    };
    let name = text.get(first..hit.end - 1).unwrap_or_default();
    let start = run(text, hit.end, |letter| letter == b' ');
    let end = run(text, start, is_token);
    let token = text.get(start..end).unwrap_or_default();
    let is_secret = match name.to_ascii_lowercase().as_str() {
        "bearer" => is_bearer(name, token),
        "basic" => is_basic(token),
        "digest" if token == "username=" => return digest(text, start, found),
        "negotiate" | "ntlm" => token.len() >= 16 && is_mixed(token),
        _ => false,
    };
    if is_secret {
        take(text, start..end, found);
        return end;
    }
    hit.end
}

/// Takes the parameters of a digest (RFC 7616 §3.4): `key=value` or `key="value"`, commas
/// between them.
fn digest(text: &str, start: usize, found: &mut Found) -> usize {
    let mut end = start;
    loop {
        let key = run(text, end, |letter| letter.is_ascii_alphanumeric() || letter == b'-');
        if key == end || byte(text, key) != b'=' {
            break;
        }
        end = parameter(text, key + 1);
        let next = run(text, end, |letter| matches!(letter, b',' | b' '));
        if next == end || !byte(text, next).is_ascii_alphabetic() {
            break;
        }
        end = next;
    }
    let digest = text.get(start..end).unwrap_or_default().trim_end_matches([',', ' ']);
    take(text, start..start + digest.len(), found);
    end
}

/// The end of a parameter's value; its quotes may be escaped.
fn parameter(text: &str, start: usize) -> usize {
    let quote = run(text, start, |letter| letter == b'\\');
    if byte(text, quote) != b'"' {
        return run(text, start, |letter| letter > b' ' && !b"\"',;)]}".contains(&letter));
    }
    let end = run(text, quote + 1, |letter| !matches!(letter, b'"' | b'\n'));
    end + usize::from(byte(text, end) == b'"')
}

/// In lower or upper case, `bearer` may be a word of a sentence.
fn is_bearer(name: &str, token: &str) -> bool {
    let bare = token.trim_end_matches(['.', '=', ':']);
    if name == "Bearer" {
        bare.len() >= 3
            && !bare.bytes().all(|letter| matches!(letter, b'.' | b'-' | b'_' | b'~'))
            && !PROSE.iter().any(|word| bare.eq_ignore_ascii_case(word))
            && !bare.eq_ignore_ascii_case("error_description")
    } else {
        token.len() >= 3
            && !token.bytes().all(|letter| letter.is_ascii_alphabetic() || letter == b'.')
    }
}

/// `user:password` in base64.
fn is_basic(token: &str) -> bool {
    token.len() >= 4 && decodes_to_pair(token.trim_end_matches('='))
}

/// Whether base64 text, possibly cut, decodes to printable text with a colon.
fn decodes_to_pair(token: &str) -> bool {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut colon = false;
    for letter in token.bytes() {
        let Some(value) = base64_value(letter) else { return false };
        bits = (bits << 6 | value) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = (bits >> count) as u8;
            if decoded < 0x20 {
                return false;
            }
            colon |= decoded == b':';
        }
    }
    colon
}

fn base64_value(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Whether a token has a capital letter after its first, or a digit.
fn is_mixed(token: &str) -> bool {
    token.bytes().skip(1).any(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// `token68` of RFC 9110 §11.2.
fn is_token(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b"-._~+/=".contains(&letter)
}
