//! [`Limits`], and writing no more than they allow.

use std::fmt;

/// The least that [`Limits::record`] can be: room for every key and the shortest texts.
pub const MIN_RECORD: usize = 4096;

/// What marks a text as cut.
const ELLIPSIS: &str = "…";

/// The largest sizes, in bytes.
///
/// ```
/// use netcause_record::Limits;
/// assert_eq!(Limits::default().record, 16_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of one text, before it is escaped.
    pub field: usize,
    /// Of one line, its line feed included; taken as [`MIN_RECORD`] where it is less.
    pub record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { field: 8192, record: 16_000 }
    }
}

/// Cuts `buffer[start..]` to `limit` bytes at most, `…` included, between two characters.
///
/// Says whether something was cut.
///
/// ```
/// let mut text = String::from("key: größer");
/// assert!(netcause_record::cut_text(&mut text, 5, 6));
/// assert_eq!(text, "key: gr…");
/// ```
pub fn cut_text(buffer: &mut String, start: usize, limit: usize) -> bool {
    if buffer.len().saturating_sub(start) <= limit {
        return false;
    }
    let room = limit.saturating_sub(ELLIPSIS.len());
    let end = boundary_before(buffer, start + room);
    buffer.truncate(end);
    if limit >= ELLIPSIS.len() {
        buffer.push_str(ELLIPSIS);
    }
    true
}

/// The last place between two characters at or before `at`.
pub(crate) fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Takes what is formatted into it up to a limit; then stops the formatting by an error, so
/// that the rest is neither rendered nor stored.
///
/// # Example: a long `Debug` output
///
/// ```
/// use std::fmt::Write;
/// use netcause_record::LimitedWriter;
///
/// let mut buffer = String::new();
/// let mut writer = LimitedWriter::new(&mut buffer, 10);
/// assert!(write!(writer, "{:?}", [0; 1_000_000]).is_err());
/// assert!(writer.is_cut());
/// assert_eq!(buffer, "[0, 0, …");
/// ```
#[derive(Debug)]
pub struct LimitedWriter<'a> {
    buffer: &'a mut String,
    start: usize,
    limit: usize,
    cut: bool,
}

impl<'a> LimitedWriter<'a> {
    /// Appends to `buffer`, `limit` bytes at most.
    #[must_use]
    pub fn new(buffer: &'a mut String, limit: usize) -> Self {
        let start = buffer.len();
        LimitedWriter { buffer, start, limit, cut: false }
    }

    /// Whether something was left out.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    #[cold]
    fn cut(&mut self, text: &str) -> fmt::Result {
        let room = self.limit.saturating_sub(self.buffer.len() - self.start);
        // At least a byte more than fits, so that `cut_text` sees that something is missing.
        let longest_character = 4;
        let end = boundary_before(text, room + longest_character);
        self.buffer.push_str(text.get(..end).unwrap_or(text));
        self.cut = true;
        cut_text(self.buffer, self.start, self.limit);
        Err(fmt::Error)
    }
}

impl fmt::Write for LimitedWriter<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.cut {
            return Err(fmt::Error);
        }
        if self.buffer.len() - self.start + text.len() > self.limit {
            return self.cut(text);
        }
        self.buffer.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_limited_writer_keeps_a_prefix(pieces in proptest::collection::vec(".{0,8}", 0..8), limit in 0_usize..40) {
            let mut buffer = String::from("before ");
            let mut writer = LimitedWriter::new(&mut buffer, limit);
            let stopped = pieces.iter().any(|piece| writer.write_str(piece).is_err());
            let cut = writer.is_cut();
            let whole = pieces.concat();
            let written = buffer.strip_prefix("before ").unwrap();
            prop_assert_eq!(stopped, cut);
            prop_assert_eq!(cut, whole.len() > limit);
            prop_assert!(written.len() <= limit);
            prop_assert!(whole.starts_with(written.strip_suffix(ELLIPSIS).unwrap_or(written)));
        }

        #[test]
        fn a_cut_text_fits(text in ".{0,40}", limit in 0_usize..60) {
            let mut buffer = text.clone();
            prop_assert_eq!(cut_text(&mut buffer, 0, limit), text.len() > limit);
            prop_assert!(buffer.len() <= limit);
        }
    }

    #[test]
    fn what_a_stopped_format_goes_on_writing_is_ignored() {
        let mut buffer = String::new();
        let mut writer = LimitedWriter::new(&mut buffer, 4);
        assert!(writer.write_str("12345").is_err());
        assert!(writer.write_str("x").is_err());
        assert_eq!(buffer, "1…");
    }
}
