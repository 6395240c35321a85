//! Texts as they are written: escapes resolved.

use super::scan::{Kind, Raw};

/// Appends what a text stands for. A half of a surrogate pair, which no text can hold,
/// becomes U+FFFD.
pub(crate) fn decode(raw: &Raw<'_>, out: &mut String) {
    if raw.kind != Kind::EscapedText {
        return out.push_str(raw.text);
    }
    let mut rest = raw.text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        rest = unescape(escape, out);
    }
    out.push_str(rest);
}

/// Appends what stands behind a backslash, and returns what follows.
fn unescape<'a>(escape: &'a str, out: &mut String) -> &'a str {
    let mut scalars = escape.chars();
    match scalars.next() {
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('b') => out.push('\u{8}'),
        Some('f') => out.push('\u{c}'),
        Some('u') => return unicode(scalars.as_str(), out),
        Some(other) => out.push(other),
        None => {}
    }
    scalars.as_str()
}

/// Appends what four digits stand for, with the four of a second half where that follows.
fn unicode<'a>(digits: &'a str, out: &mut String) -> &'a str {
    let (first, rest) = unit(digits);
    if let Some(low) = rest.strip_prefix("\\u")
        && (0xd800..0xdc00).contains(&first)
    {
        let (second, after) = unit(low);
        if (0xdc00..0xe000).contains(&second) {
            let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            out.push(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
            return after;
        }
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

/// The number of four hexadecimal digits, and what follows them.
fn unit(digits: &str) -> (u32, &str) {
    let (digits, rest) = digits.split_at_checked(4).unwrap_or((digits, ""));
    (u32::from_str_radix(digits, 16).unwrap_or(0xfffd), rest)
}
