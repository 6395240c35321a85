//! [`Places`]: where the bytes of some kind stand, found by looks at eight of them.

use std::slice;

/// The places of some bytes of a text, from its start on.
#[derive(Debug)]
pub(crate) struct Places<'a, F> {
    words: slice::Iter<'a, [u8; 8]>,
    /// What follows the words, and blanks.
    tail: Option<u64>,
    /// Where the word behind the one that is looked at begins.
    next: usize,
    /// The high bits of those of its bytes that were not given yet.
    left: u64,
    find: F,
}

impl<'a, F: Fn(u64) -> u64> Places<'a, F> {
    /// Those of the bytes whose high bits `find` gives for each word; its first byte is the
    /// lowest. A blank is none of them.
    pub(crate) fn of(bytes: &'a [u8], find: F) -> Self {
        let (words, tail) = bytes.as_chunks::<8>();
        let blanks = repeat(b' ');
        let tail = tail.iter().rev().fold(blanks, |word, &byte| word << 8 | u64::from(byte));
        Places { words: words.iter(), tail: Some(tail), next: 0, left: 0, find }
    }
}

impl<F: Fn(u64) -> u64> Iterator for Places<'_, F> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = (self.find)(match self.words.next() {
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

/// Eight times the same byte.
pub(crate) const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_of(word: u64) -> u64 {
        let low = (word & repeat(0x7f)) ^ repeat(b'_');
        (repeat(0x80) - low) & !word & repeat(0x80)
    }

    #[test]
    fn every_place_is_found_and_no_other() {
        for length in 0..40 {
            for place in 0..length {
                let mut bytes = vec![b'x'; length];
                bytes[place] = b'_';
                bytes[length / 2] = b'_';
                let expected = (0..length).filter(|at| bytes[*at] == b'_');
                assert!(Places::of(&bytes, places_of).eq(expected));
            }
        }
    }

    #[test]
    fn places_side_by_side_are_all_found() {
        assert!(Places::of(&[b'_'; 35], places_of).eq(0..35));
        assert!(Places::of(b"", places_of).next().is_none());
    }
}
