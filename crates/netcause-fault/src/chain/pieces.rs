//! Splits an error's text into links: what `?error` of anyhow and eyre prints.

use super::line::{is_ascii, is_plain};

/// A line of a text, and whether a link begins there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// The first line of a link.
    Start(&'a str),
    /// A further line of the same link.
    More(&'a str),
}

/// The lines of a text that belong to the error, up to a backtrace. Nearly all texts are one
/// line, which needs no looking for its end.
pub(super) fn pieces(text: &str, is_line: bool) -> Pieces<'_> {
    let (only, lines) = if is_line { (Some(text), "") } else { (None, text) };
    Pieces { only, lines: lines.lines(), expects_start: true }
}

/// Whether a text surely is one link as it stands, as nearly every line is: no break, no blank
/// at either end, and no heading at its begin.
pub(super) fn is_one(text: &str) -> bool {
    let may_be_heading = |byte: &u8| matches!(byte, b'S' | b's' | b'B' | b'L' | b'C');
    let [first, .., last] = text.as_bytes() else { return false };
    first.is_ascii_graphic() && last.is_ascii_graphic() && !may_be_heading(first) && is_plain(text)
}

/// What [`pieces`] returns.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    only: Option<&'a str>,
    lines: std::str::Lines<'a>,
    expects_start: bool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let line = self.only.take().or_else(|| self.lines.next())?;
            let trimmed = line.trim();
            if ends_error(trimmed) {
                self.lines = "".lines();
                return None;
            }
            if let Some(rest) = trimmed.strip_prefix("Caused by:") {
                self.expects_start = true;
                if rest.trim().is_empty() {
                    continue;
                }
                return Some(self.start(rest.trim()));
            }
            if trimmed.is_empty() {
                continue;
            }
            let indented = line.starts_with([' ', '\t']);
            return Some(match numbered(trimmed).filter(|_| indented) {
                Some(rest) => self.start(rest),
                None if self.expects_start => self.start(line.trim_start()),
                None => Piece::More(line),
            });
        }
    }
}

impl<'a> Pieces<'a> {
    fn start(&mut self, line: &'a str) -> Piece<'a> {
        self.expects_start = false;
        Piece::Start(line)
    }
}

/// Whether only a backtrace or source positions follow.
fn ends_error(line: &str) -> bool {
    const HEADINGS: [&str; 5] =
        ["Stack backtrace:", "stack backtrace:", "Backtrace:", "Location:", "Backtrace omitted"];
    let may_begin = line.starts_with(['S', 's', 'B', 'L']);
    may_begin && HEADINGS.iter().any(|heading| line.starts_with(heading))
        || !is_ascii(line) && (line.contains("━ BACKTRACE ━") || line.contains("━ SPANTRACE ━"))
}

/// What follows `0: ` in a numbered list of causes.
fn numbered(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { None } else { line.get(digits..)?.strip_prefix(": ") }
}
