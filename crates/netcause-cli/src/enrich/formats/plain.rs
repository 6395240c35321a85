//! Anything else: a line without a format still may begin with a level.

use super::{Format, Line, leading_level};

/// A line without a format.
#[must_use]
pub fn line(line: &[u8]) -> Line<'_> {
    let level = leading_level(line, 1);
    Line { format: Format::Plain, time: None, severity: level.map(|it| it.0), message: line }
}
