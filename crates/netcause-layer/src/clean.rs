//! [`CleanTexts`]: texts that hold no secret, known from before.
//!
//! Messages and the texts of errors repeat. Looking a text up here costs a tenth of
//! searching it for secrets.

use arrayvec::ArrayString;
use netcause_record::Redactor;

/// How many texts are known; a new one takes the place of another.
const TEXTS: usize = 64;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 160;

/// Texts that a layer's redactor left as they were.
#[derive(Debug, Default)]
pub(crate) struct CleanTexts {
    /// The layer whose redactor looked at them.
    layer: Option<u32>,
    texts: Vec<ArrayString<LONGEST>>,
}

impl CleanTexts {
    /// Forgets the texts of another layer, whose redactor knows other keys.
    pub(crate) fn of_layer(&mut self, layer: u32) {
        if self.layer != Some(layer) {
            self.layer = Some(layer);
            self.texts.clear();
        }
    }

    /// Removes the secrets of `buffer[start..]`; says whether there were any.
    pub(crate) fn redact(
        &mut self,
        redactor: &Redactor,
        buffer: &mut String,
        start: usize,
    ) -> bool {
        let text = buffer.get(start..).unwrap_or_default();
        let place = place(text.as_bytes());
        if self.texts.get(place).is_some_and(|known| known.as_str() == text) {
            return false;
        }
        if redactor.text(buffer, start) {
            return true;
        }
        if let Ok(text) = ArrayString::from(buffer.get(start..).unwrap_or_default()) {
            self.texts.resize(TEXTS, ArrayString::new());
            if let Some(known) = self.texts.get_mut(place) {
                *known = text;
            }
        }
        false
    }
}

/// The place of a text, from its length and its ends.
fn place(text: &[u8]) -> usize {
    let word = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_ne_bytes(*bytes));
    let ends = word(text.first_chunk()) ^ word(text.last_chunk()).rotate_left(17);
    let mixed = (ends ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 58) as usize % TEXTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(known: &mut CleanTexts, redactor: &Redactor, text: &str) -> String {
        let mut buffer = format!("before {text}");
        known.redact(redactor, &mut buffer, 7);
        buffer.split_off(7)
    }

    #[test]
    fn a_text_seen_before_is_left_as_it_is_and_a_secret_never() {
        let (mut known, redactor) = (CleanTexts::default(), Redactor::default());
        for _ in 0..3 {
            assert_eq!(redact(&mut known, &redactor, "all is well"), "all is well");
            assert_eq!(redact(&mut known, &redactor, "password=hunter2"), "password=REDACTED");
        }
    }

    #[test]
    fn texts_that_share_a_place_are_told_apart() {
        let (mut known, redactor) = (CleanTexts::default(), Redactor::default());
        // Equal in length and at both ends, so that they share one.
        let (clean, secret) = ("aaaaaaaa tokens:x aaaaaaaa", "aaaaaaaa token=xy aaaaaaaa");
        assert_eq!(place(clean.as_bytes()), place(secret.as_bytes()));
        assert_eq!(redact(&mut known, &redactor, clean), clean);
        assert!(!redact(&mut known, &redactor, secret).contains("xy"));
    }

    #[test]
    fn another_layer_knows_none_of_them() {
        let mut known = CleanTexts::default();
        known.of_layer(1);
        assert_eq!(redact(&mut known, &Redactor::default(), "pin_code=12"), "pin_code=12");
        known.of_layer(2);
        let stricter = Redactor::new(["pin_code"]);
        assert_eq!(redact(&mut known, &stricter, "pin_code=12"), "pin_code=REDACTED");
    }
}
