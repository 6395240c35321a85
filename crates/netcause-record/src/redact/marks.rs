//! The marks that secrets stand behind: `:`, `=`, `?` and `@`.

use std::slice;

/// The marks of a text, from its start on. Between `:` and `@` lie `;`, `<` and `>`, which
/// are found as well: one look at eight bytes then finds all of them.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    words: slice::Iter<'a, [u8; 8]>,
    /// What follows the words.
    tail: Option<u64>,
    /// Where the word behind the one that is looked at begins.
    next: usize,
    /// The high bits of those of its bytes that are marks and were not given yet.
    left: u64,
}

impl<'a> Marks<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let (words, tail) = bytes.as_chunks::<8>();
        let tail = tail.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        Marks { words: words.iter(), tail: Some(tail), next: 0, left: 0 }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = marks_of(match self.words.next() {
                Some(word) => u64::from_le_bytes(*word),
                None => self.tail.take()?,
            });
            self.next += 8;
        }
        let place = self.next - 8 + (self.left.trailing_zeros() / 8) as usize;
        self.left &= self.left - 1;
        Some(place)
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
