//! Reading an error as one that is known, for as long as it prints the same.

use std::fmt;

use super::line::LineWriter;

/// Compares what is written with a known text, and appends it from where both differ.
///
/// A known text has no breaks, so that what it begins with has none either.
pub(super) struct KnownWriter<'a> {
    /// The known text, until it differs.
    known: Option<&'a str>,
    /// How much of it was written.
    at: usize,
    out: LineWriter<'a>,
}

impl<'a> KnownWriter<'a> {
    /// Writes what follows the first `at` bytes of `known`.
    pub(super) fn new(known: &'a str, at: usize, out: LineWriter<'a>) -> Self {
        KnownWriter { known: Some(known), at, out }
    }

    /// Whether nothing but the known text up to there was written; if not, appends what was.
    pub(super) fn finish(mut self, end: usize) -> bool {
        let is_same = self.known.is_some() && self.at == end;
        if !is_same {
            self.append();
        }
        is_same
    }

    /// Appends what was only compared so far.
    fn append(&mut self) {
        if let Some(known) = self.known.take() {
            self.out.resume(known.get(..self.at).unwrap_or_default());
        }
    }
}

impl fmt::Write for KnownWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(known) = self.known {
            let rest = known.get(self.at..).unwrap_or_default();
            // Nothing at all may be written without end, which is not for here to count.
            if !text.is_empty() && rest.starts_with(text) {
                self.at += text.len();
                return Ok(());
            }
            self.append();
        }
        self.out.write_str(text)
    }
}

#[cfg(test)]
mod tests;
