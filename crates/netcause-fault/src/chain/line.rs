//! A bounded writer that makes one line of many.

use std::fmt;

/// Marks where a text was cut.
const CUT: char = '…';

/// Appends to a text up to a limit, with each line break and control character as one space.
///
/// Ends the formatting early, with an error, once the limit is reached.
pub(super) struct LineWriter<'a> {
    out: &'a mut String,
    start: usize,
    end: usize,
    /// How many bytes more may come: breaks and the blanks behind them fill no room.
    left: usize,
}

/// How many bytes may come for each that there is room for; the `Debug` output of what is
/// nested ten deep has fewer blanks.
const MOST_PER_BYTE: usize = 8;

impl<'a> LineWriter<'a> {
    /// Writes what begins at `start` and ends at `end` at the latest.
    pub(super) fn new(out: &'a mut String, start: usize, end: usize) -> Self {
        let left = end.saturating_sub(start).saturating_mul(MOST_PER_BYTE);
        LineWriter { out, start, end, left }
    }

    /// Goes on after a text that was written before.
    pub(super) fn resume(&mut self, before: &str) {
        self.out.push_str(before);
    }

    /// Writes a text that has no break and follows none.
    #[inline]
    pub(super) fn push(&mut self, text: &str) -> fmt::Result {
        let room = self.end.saturating_sub(self.out.len());
        if text.len() <= room {
            self.out.push_str(text);
            return Ok(());
        }
        self.out.push_str(text.get(..floor_char_boundary(text, room)).unwrap_or_default());
        self.close()
    }

    fn close(&mut self) -> fmt::Result {
        if self.out.len() > self.start && self.out.ends_with(BREAK) {
            self.out.pop();
        }
        // One more character tells `cut` that something is missing.
        self.out.push(CUT);
        self.end = 0;
        Err(fmt::Error)
    }

    /// Joins what follows a break to what is there. Pretty `Debug` output becomes the
    /// compact one: no space inside of brackets, no comma before a closing one.
    fn join(&mut self, next: char) -> fmt::Result {
        if self.out.len() <= self.start || self.out.ends_with([' ', '(', '[']) {
            return Ok(());
        }
        let closes = matches!(next, ')' | ']' | '}');
        if closes && self.out.ends_with(',') {
            self.out.pop();
        }
        if matches!(next, ')' | ']') { Ok(()) } else { self.push(" ") }
    }
}

impl fmt::Write for LineWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.end == 0 {
            return Err(fmt::Error);
        }
        // Nothing at all, for ever, is no less without an end than anything else.
        if let Some(left) = self.left.checked_sub(text.len().max(1)) {
            self.left = left;
            let is_plain = !self.ends_with_break() && !has_break(text);
            return if is_plain { self.push(text) } else { self.write(text) };
        }
        let head = floor_char_boundary(text, self.left);
        self.write(text.get(..head).unwrap_or_default())?;
        self.close()
    }
}

impl LineWriter<'_> {
    /// Whether a break waits for what follows it.
    fn ends_with_break(&self) -> bool {
        self.out.as_bytes().last() == Some(&(BREAK as u8))
    }

    /// Writes a text that has a break or follows one.
    fn write(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        // A break that ended the text before waits as a trailing space.
        if self.out.len() > self.start && self.ends_with_break() {
            self.out.pop();
            rest = rest.trim_start_matches(is_gap);
            match rest.chars().next() {
                Some(next) => self.join(next)?,
                None => self.out.push(BREAK),
            }
        }
        while let Some(at) = rest.find(is_break) {
            let (before, after) = rest.split_at(at);
            self.push(before)?;
            rest = after.trim_start_matches(is_gap);
            match rest.chars().next() {
                Some(next) => self.join(next)?,
                None if self.out.len() > self.start => self.out.push(BREAK),
                None => {}
            }
        }
        self.push(rest)
    }
}

/// Stands for a break at the end of what was written so far; never stays.
const BREAK: char = '\n';

/// Whether there is a break.
pub(super) fn has_break(text: &str) -> bool {
    any_word(text, breaks)
}

/// Whether there is no break, and all is ASCII.
pub(super) fn is_plain(text: &str) -> bool {
    !any_word(text, |word| breaks(word) | word & HIGHEST)
}

/// The breaks among eight bytes, as the highest bit of each.
fn breaks(word: u64) -> u64 {
    let deletes = word ^ (0x7f * EACH);
    let is_below = |word: u64, least: u64| word.wrapping_sub(least * EACH) & !word;
    (is_below(word, 0x20) | is_below(deletes, 1)) & HIGHEST
}

/// Whether all is ASCII.
pub(super) fn is_ascii(text: &str) -> bool {
    !any_word(text, |word| word & HIGHEST)
}

/// One in each byte, and the highest bit of each.
const EACH: u64 = u64::MAX / 0xff;
const HIGHEST: u64 = 0x80 * EACH;

/// Whether something is found in any eight bytes of a text; looks at all of them.
fn any_word(text: &str, find: impl Fn(u64) -> u64) -> bool {
    let (words, rest) = text.as_bytes().as_chunks();
    let found = words.iter().fold(0, |found, word| found | find(u64::from_le_bytes(*word)));
    let last = match text.as_bytes().last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest.iter().fold(0x20 * EACH, |word, byte| word << 8 | u64::from(*byte)),
    };
    found | find(last) != 0
}

fn is_break(c: char) -> bool {
    c.is_ascii_control()
}

fn is_gap(c: char) -> bool {
    c == ' ' || is_break(c)
}

/// Cuts what begins at `start` so that the text ends at `limit` at the latest, on a
/// character, and marks the cut.
pub(super) fn cut(text: &mut String, start: usize, limit: usize) {
    if text.len() <= limit {
        return;
    }
    match limit.checked_sub(CUT.len_utf8()).filter(|end| *end > start) {
        Some(end) => {
            text.truncate(floor_char_boundary(text, end).max(start));
            text.push(CUT);
        }
        None => text.truncate(start),
    }
}

/// The greatest character boundary not above `index`.
pub(super) fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut at = index.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{has_break, is_ascii, is_plain};

    #[test]
    fn a_break_is_found_wherever_it_stands_and_nothing_else() {
        for length in 1..40 {
            for at in 0..length {
                let with = |c: char| {
                    let mut text: Vec<char> = vec!['~'; length];
                    text[at] = c;
                    text.into_iter().collect::<String>()
                };
                for c in ['\0', '\n', '\x1f', '\x7f'] {
                    assert!(has_break(&with(c)) && is_ascii(&with(c)), "{c:?} at {at} of {length}");
                    assert!(!is_plain(&with(c)), "{c:?} at {at} of {length}");
                }
                for c in [' ', '!', '~', '\u{80}', '\u{a0}', 'é', 'ÿ', '漢'] {
                    assert!(!has_break(&with(c)), "{c:?} at {at} of {length}");
                    assert_eq!(is_ascii(&with(c)), c.is_ascii(), "{c:?} at {at} of {length}");
                    assert_eq!(is_plain(&with(c)), c.is_ascii(), "{c:?} at {at} of {length}");
                }
            }
        }
        assert!(!has_break("") && is_ascii("") && is_plain(""));
    }
}
