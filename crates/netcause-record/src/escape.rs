//! Escaping for JSON, such that a line stays one line and shows what it holds.

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
    is_plain(bytes) || next_suspect(bytes, 0).is_none()
}

/// Whether a text is ASCII, and none of it needs an escape.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    // Eight bytes at a time, without a branch: most texts are short, and the vector code that
    // compilers make of simpler loops is four times slower on them.
    let (words, rest) = bytes.as_chunks::<8>();
    let any = |any, word: &[u8; 8]| any | special_bytes(u64::from_le_bytes(*word));
    let special = words.iter().fold(0, any);
    special == 0 && rest.iter().fold(0, |any, &byte| any | SUSPECTS[byte as usize]) == 0
}

/// The first place from `at` on where a byte needs a closer look.
fn next_suspect(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let (words, tail) = rest.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let suspects = suspects_of(u64::from_le_bytes(*word));
        if suspects != 0 {
            return Some(at + 8 * index + place_of_first(suspects));
        }
    }
    let Some(word) = rest.last_chunk::<8>() else {
        return Some(at + tail.iter().position(|&byte| SUSPECTS[byte as usize] != 0)?);
    };
    // Those of its bytes that were looked at hold none.
    let suspects = suspects_of(u64::from_le_bytes(*word));
    (suspects != 0).then(|| at + rest.len() - 8 + place_of_first(suspects))
}

/// The place of the lowest byte whose high bit is set.
#[inline]
const fn place_of_first(high_bits: u64) -> usize {
    (high_bits.trailing_zeros() / 8) as usize
}

/// The high bits of the bytes that are C0, `"`, `\`, DEL, or not ASCII. Behind the first such
/// byte there may be false ones.
#[inline]
const fn special_bytes(word: u64) -> u64 {
    (special_ascii(word) | word) & repeat(0x80)
}

/// The high bits of the bytes that [`is_suspect`] names, with false ones as above.
#[inline]
const fn suspects_of(word: u64) -> u64 {
    let suspects = match word & repeat(0x80) {
        0 => special_ascii(word),
        _ => special_ascii(word) | first_bytes_of_suspects(word),
    };
    suspects & repeat(0x80)
}

#[inline]
const fn special_ascii(word: u64) -> u64 {
    let controls = word.wrapping_sub(repeat(0x20)) & !word;
    controls | equal(word, b'"') | equal(word, b'\\') | equal(word, 0x7f)
}

const fn first_bytes_of_suspects(word: u64) -> u64 {
    equal(word, 0xc2) | equal(word, 0xd8) | equal(word, 0xe2) | equal(word, 0xef)
}

/// A set high bit where the byte is equal; above such a byte there may be false ones.
#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ repeat(byte);
    difference.wrapping_sub(repeat(1)) & !difference
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
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
    let (mut copied, mut at) = (0, 0);
    while let Some(suspect) = next_suspect(bytes, at) {
        let before = text.get(copied..suspect).unwrap_or_default();
        if let Some(b'"' | b'\\') = bytes.get(suspect) {
            out.push_str(before);
            // What is escaped stands at the start of what is copied next.
            out.push('\\');
            copied = suspect;
            at = suspect + 1;
            continue;
        }
        let tail = text.get(suspect..).unwrap_or_default();
        let Some(scalar) = tail.chars().next() else { break };
        at = suspect + scalar.len_utf8();
        if is_dangerous(scalar) {
            out.push_str(before);
            escape_scalar(scalar, out);
            copied = at;
        }
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
    fn the_first_suspect_is_found_wherever_it_stands_and_whatever_follows() {
        for byte in 0..=u8::MAX {
            for place in 0..24 {
                let mut bytes = [b'x'; 24];
                bytes[place..].fill(byte);
                let expected = is_suspect(byte).then_some(place);
                for end in place + 1..=24 {
                    assert_eq!(next_suspect(&bytes[..end], 0), expected, "{byte:x} at {place}");
                }
                assert_eq!(next_suspect(&bytes, place), expected);
                // A byte that is not ASCII switches to the longer look.
                bytes[0] = 0xe4;
                let expected = if place == 0 { is_suspect(byte).then_some(1) } else { expected };
                assert_eq!(next_suspect(&bytes, 0), expected, "{byte:x} at {place}");
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
