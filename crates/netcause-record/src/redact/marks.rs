//! The marks that secrets stand behind: `:`, `=`, `?` and `@`.

/// The marks of a text, from its start on. Between `:` and `@` lie `;`, `<` and `>`, which
/// are found as well: one look at eight bytes then finds all of them.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    bytes: &'a [u8],
    /// Where the word begins that is looked at.
    at: usize,
    /// The high bits of those of its bytes that are marks and were not given yet.
    left: u64,
}

impl<'a> Marks<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Marks { bytes, at: 0, left: word_at(bytes, 0).map_or(0, marks_of) }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.at += 8;
            self.left = marks_of(word_at(self.bytes, self.at)?);
        }
        let place = self.at + (self.left.trailing_zeros() / 8) as usize;
        self.left &= self.left - 1;
        Some(place)
    }
}

/// Eight bytes from a place on, the first one lowest, with zeros past the end.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    match (rest.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(word), _) => Some(u64::from_le_bytes(*word)),
        (None, Some(last)) => Some(u64::from_le_bytes(*last) >> (64 - 8 * rest.len())),
        (None, None) => Some(rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))),
    }
}

/// The high bits of the bytes from `:` to `@`. No sum of two bytes below 0x80 reaches into
/// the byte above.
#[inline]
const fn marks_of(word: u64) -> u64 {
    let low = word & repeat(0x7f);
    let from_first = low + repeat(0x80 - b':');
    let past_last = low + repeat(0x80 - (b'@' + 1));
    from_first & !past_last & !word & repeat(0x80)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_and_nothing_else() {
        for byte in 0..=u8::MAX {
            for length in 0..40 {
                for place in 0..length {
                    let mut bytes = vec![b'x'; length];
                    bytes[place] = byte;
                    bytes[length / 2] = b'@';
                    let is_mark = |at: &usize| (b':'..=b'@').contains(&bytes[*at]);
                    let expected: Vec<usize> = (0..length).filter(is_mark).collect();
                    assert_eq!(Marks::of(&bytes).collect::<Vec<_>>(), expected);
                }
            }
        }
    }

    #[test]
    fn a_text_of_marks_is_all_found() {
        let bytes = b":=?@;<>".repeat(5);
        assert!(Marks::of(&bytes).eq(0..bytes.len()));
        assert!(Marks::of(b"").next().is_none());
    }
}
