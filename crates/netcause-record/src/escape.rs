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
    if is_clean(text.as_bytes()) {
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
#[inline]
pub(crate) fn is_clean(bytes: &[u8]) -> bool {
    none(bytes, |byte| is_special(byte) | (byte.wrapping_sub(b' ') > b'~' - b' '))
        || none(bytes, |byte| is_special(byte) | is_suspect(byte))
}

/// Whether no byte is one of those. No branches inside: the compiler turns it into vector
/// code.
#[inline]
fn none(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    let (blocks, rest) = bytes.as_chunks::<16>();
    let any = |any: bool, byte: &u8| any | wanted(*byte);
    let in_blocks = blocks.iter().fold(false, |found, block| found | block.iter().fold(false, any));
    !rest.iter().fold(in_blocks, any)
}

/// The two printable characters that JSON escapes.
#[inline]
const fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\')
}

/// C0, DEL, and the first bytes of the other scalars that [`is_dangerous`] names.
#[inline]
const fn is_suspect(byte: u8) -> bool {
    (byte < 0x20)
        | (byte == 0x7f)
        | (byte == 0xc2)
        | (byte == 0xd8)
        | (byte == 0xe2)
        | (byte == 0xef)
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

#[cold]
fn escape_slowly(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(|scalar| matches!(scalar, '"' | '\\') || is_dangerous(scalar)) {
        let (clean, tail) = rest.split_at(at);
        out.push_str(clean);
        let mut scalars = tail.chars();
        if let Some(scalar) = scalars.next() {
            escape_scalar(scalar, out);
        }
        rest = scalars.as_str();
    }
    out.push_str(rest);
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
