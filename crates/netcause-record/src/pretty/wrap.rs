//! Lines that end before the terminal does.

use std::fmt;

use crate::escape::is_dangerous;
use crate::limits::boundary_before;

/// Where lines end, in characters.
const WIDTH: usize = 100;

/// Writes text that is safe for a terminal, broken at blanks.
#[derive(Debug)]
pub(super) struct Wrapped<'a> {
    out: &'a mut String,
    /// How many characters the line has.
    column: usize,
    /// How many a line may have.
    width: usize,
    /// How far the following lines are indented.
    indent: usize,
    /// The last blank of this line, and the column behind it.
    blank: Option<(usize, usize)>,
}

impl<'a> Wrapped<'a> {
    /// Goes on with a line that has `column` characters.
    pub(super) fn new(out: &'a mut String, column: usize, indent: usize) -> Self {
        Wrapped { out, column, width: WIDTH, indent, blank: None }
    }

    /// Never breaks a line.
    pub(super) fn unlimited(out: &'a mut String) -> Self {
        Wrapped { width: usize::MAX, ..Wrapped::new(out, 0, 0) }
    }

    /// Appends a text.
    pub(super) fn text(&mut self, text: &str) {
        text.chars().for_each(|letter| self.letter(letter));
    }

    /// Appends the first `limit` bytes of a text, and `…` where it is longer.
    pub(super) fn cut(&mut self, text: &str, limit: usize) {
        self.text(text.get(..boundary_before(text, limit)).unwrap_or(text));
        if text.len() > limit {
            self.text("…");
        }
    }

    /// Appends what `write` does.
    pub(super) fn with(&mut self, write: impl FnOnce(&mut String)) {
        let mut text = String::new();
        write(&mut text);
        self.text(&text);
    }

    /// Changes the style: takes no room.
    pub(super) fn style(&mut self, sequence: &str) {
        self.out.push_str(sequence);
    }

    fn letter(&mut self, letter: char) {
        match letter {
            ' ' => {
                self.blank = Some((self.out.len(), self.column + 1));
                self.push(' ');
            }
            '\n' => self.escape("\\n"),
            '\r' => self.escape("\\r"),
            '\t' => self.escape("\\t"),
            _ if is_dangerous(letter) => {
                letter.escape_unicode().for_each(|letter| self.push(letter));
            }
            _ => self.push(letter),
        }
        if self.column > self.width {
            self.break_line();
        }
    }

    fn push(&mut self, letter: char) {
        self.out.push(letter);
        self.column += 1;
    }

    fn escape(&mut self, text: &str) {
        text.chars().for_each(|letter| self.push(letter));
    }

    /// Ends the line at its last blank; a word that is longer than a line stays whole.
    fn break_line(&mut self) {
        let Some((blank, column)) = self.blank.take() else { return };
        let mut end_of_line = String::with_capacity(self.indent + 1);
        end_of_line.push('\n');
        end_of_line.extend(std::iter::repeat_n(' ', self.indent));
        self.out.replace_range(blank..=blank, &end_of_line);
        self.column = self.indent + self.column.saturating_sub(column);
    }
}

impl fmt::Write for Wrapped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}
