//! Escaping for JSON, such that a line stays one line and shows what it holds.

use crate::places::{Places, repeat};

/// Appends `text` to `out` as it stands inside a JSON string.
///
/// Besides what RFC 8259 §7 demands, everything is escaped that could end a line, move a
/// terminal's cursor or turn the direction of text: C0, DEL, C1, U+2028, U+2029, the
/// bidirectional controls of Unicode TR 9, and the byte order mark.
///
/// ```
/// let mut out = String::new();
/// netcause_record::escape_into("a \"b\"\n\u{202e}", &mut out);
/// assert_eq!(out, r#"a \"b\"\n\u202e"#);
/// ```
#[inline]
pub fn escape_into(text: &str, out: &mut String) {
    if is_plain(text.as_bytes()) {
        out.push_str(text);
    } else {
        escape_slowly(text, out);
    }
}

/// Escapes what was appended to `out` at and after `start`.
pub(crate) fn escape_from(out: &mut String, start: usize) {
    if !out.get(start..).is_some_and(|text| is_clean(text.as_bytes())) {
        let text = out.split_off(start);
        escape_slowly(&text, out);
    }
}

/// Appends as much of `text`, escaped, as fits into `limit` bytes, and `…` where it was cut.
pub(crate) fn escape_cut(text: &str, limit: usize, out: &mut String) {
    let start = out.len();
    let mut end_with_room = start;
    for scalar in text.chars() {
        escape_scalar(scalar, out);
        if out.len() - start > limit {
            out.truncate(end_with_room);
            out.push('…');
            return;
        }
        if out.len() - start + '…'.len_utf8() <= limit {
            end_with_room = out.len();
        }
    }
}

/// Whether nothing needs a closer look. Some texts that need no escape do, such as those
/// with typographic quotes: they share a first byte with U+2028.
pub(crate) fn is_clean(bytes: &[u8]) -> bool {
    is_plain(bytes) || Places::of(bytes, suspects_of).next().is_none()
}

/// Whether a text is ASCII, and none of it needs an escape.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    // Eight bytes at a time, without a branch: most texts are short, and the vector code that
    // compilers make of simpler loops is four times slower on them.
    let (words, rest) = bytes.as_chunks::<8>();
    let special = |word: u64| suspects_of_ascii(word) | word & repeat(0x80);
    let any = words.iter().fold(0, |any, word| any | special(u64::from_le_bytes(*word)));
    any == 0 && rest.iter().fold(0, |any, &byte| any | SUSPECTS[byte as usize]) == 0
}

/// The high bits of the bytes that [`is_suspect`] names.
#[inline]
const fn suspects_of(word: u64) -> u64 {
    let others = word & repeat(0x80);
    match others {
        0 => suspects_of_ascii(word),
        _ => {
            let low = word & repeat(0x7f);
            suspects_of_ascii(low) & !others | first_bytes_of_suspects(low) & others
        }
    }
}

/// As [`suspects_of`], for a word of ASCII.
#[inline]
const fn suspects_of_ascii(word: u64) -> u64 {
    let no_controls = word.wrapping_add(repeat(0x80 - 0x20));
    let deletes = word.wrapping_add(repeat(1));
    (!no_controls | deletes | equal(word, b'"') | equal(word, b'\\')) & repeat(0x80)
}

/// As [`suspects_of`], for the other bytes, their high bits taken away.
const fn first_bytes_of_suspects(low: u64) -> u64 {
    equal(low, 0x42) | equal(low, 0x58) | equal(low, 0x62) | equal(low, 0x6f)
}

/// The high bits of the bytes that are equal, in a word of ASCII: no difference of two
/// reaches into the byte above.
#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    repeat(0x80).wrapping_sub(word ^ repeat(byte))
}

/// 1 for each byte that [`is_suspect`] names.
const SUSPECTS: [u8; 256] = {
    let mut suspects = [0; 256];
    let mut byte = 0;
    while byte < suspects.len() {
        suspects[byte] = is_suspect(byte as u8) as u8;
        byte += 1;
    }
    suspects
};

/// C0, `"`, `\`, DEL, and the first bytes of the scalars that [`is_dangerous`] names.
const fn is_suspect(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\' | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef)
}

/// Scalars that must never reach a line or a terminal raw.
pub(crate) const fn is_dangerous(scalar: char) -> bool {
    matches!(scalar,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}')
}

fn escape_slowly(text: &str, out: &mut String) {
    out.reserve(text.len() + text.len() / 8);
    let bytes = text.as_bytes();
    let mut copied = 0;
    for suspect in Places::of(bytes, suspects_of) {
        let before = text.get(copied..suspect).unwrap_or_default();
        if let Some(b'"' | b'\\') = bytes.get(suspect) {
            out.push_str(before);
            // What is escaped stands at the start of what is copied next.
            out.push('\\');
            copied = suspect;
            continue;
        }
        let tail = text.get(suspect..).unwrap_or_default();
        let Some(scalar) = tail.chars().next().filter(|scalar| is_dangerous(*scalar)) else {
            continue;
        };
        out.push_str(before);
        escape_scalar(scalar, out);
        copied = suspect + scalar.len_utf8();
    }
    out.push_str(text.get(copied..).unwrap_or_default());
}

fn escape_scalar(scalar: char, out: &mut String) {
    match scalar {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_dangerous(scalar) => push_unicode_escape(scalar, out),
        _ => out.push(scalar),
    }
}

/// Every dangerous scalar lies below U+10000, so that four digits are enough.
fn push_unicode_escape(scalar: char, out: &mut String) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.extend(char::from_digit((scalar as u32 >> shift) & 0xf, 16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape_into(text, &mut out);
        out
    }

    #[test]
    fn every_scalar_survives_and_no_dangerous_one_stays_raw() {
        for scalar in '\0'..=char::MAX {
            let text = format!("0123456789abcdef{scalar}-");
            let json = format!("\"{}\"", escaped(&text));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            assert!(!json.chars().any(is_dangerous), "{:x}", scalar as u32);
        }
    }

    #[test]
    fn a_suspect_at_any_place_is_seen() {
        for place in 0..70 {
            let mut text = "x".repeat(70);
            text.replace_range(place..=place, "\u{85}");
            assert!(!is_clean(text.as_bytes()));
            assert!(escaped(&text).contains("\\u0085"));
        }
        assert!(is_clean("x".repeat(70).as_bytes()));
        assert!(is_clean("größer 日本語 🚀".as_bytes()));
    }

    #[test]
    fn exactly_the_suspects_are_found_wherever_they_stand() {
        for byte in 0..=u8::MAX {
            for place in 0..24 {
                for other in [b'x', b'"', 0, 0xe4, 0xe2, 0xff] {
                    let mut bytes = [b'x'; 24];
                    bytes[(place + 1) % 24] = other;
                    bytes[place] = byte;
                    let expected = (0..24).filter(|at| is_suspect(bytes[*at]));
                    assert!(Places::of(&bytes, suspects_of).eq(expected), "{bytes:x?}");
                    let is_ascii_only = bytes.is_ascii() && is_clean(&bytes);
                    assert_eq!(is_plain(&bytes), is_ascii_only, "{bytes:x?}");
                }
            }
        }
    }

    #[test]
    fn harmless_texts_that_share_a_byte_with_dangerous_ones_stand() {
        for text in ["“quoted” – €5…", "§ 5 ©", "ﬁ", "ب"] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn a_cut_text_fits_and_never_ends_inside_an_escape() {
        let text = "ab\u{1}\"é\u{202e}漢字".repeat(3);
        for limit in 3..90 {
            let mut out = String::new();
            escape_cut(&text, limit, &mut out);
            assert!(out.len() <= limit, "{limit}: {out}");
            assert!(serde_json::from_str::<String>(&format!("\"{out}\"")).is_ok());
        }
        let mut whole = String::new();
        escape_cut("abc", 3, &mut whole);
        assert_eq!(whole, "abc");
    }
}
