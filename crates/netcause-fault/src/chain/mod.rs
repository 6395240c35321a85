//! [`Chain`]: an error's links, rendered once.

mod known;
mod line;
mod mute;
mod pieces;
mod state;
mod typed;
mod walk;

#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::{self, Write};
use std::ops::Range;

use arrayvec::ArrayVec;

use self::line::LineWriter;
use self::pieces::{Piece, is_one, pieces};
use self::typed::Reader;
pub(crate) use self::walk::links;
use crate::Fault;
use crate::classify::{self, Classifiers, Facts, Source};

/// The most links that are read; a cyclic chain costs no more than a long one.
pub const MAX_LINKS: usize = 16;

/// Between two links in [`Chain::message`].
const SEPARATOR: &str = ": ";

/// Read beyond the limit before secrets are removed, so that a cut does not hide the end
/// by which a secret is known.
const SLACK: usize = 256;

/// Removes secrets from a text, from an index on, and says whether there were any; it may
/// change the length.
pub type Sanitize<'a> = &'a dyn Fn(&mut String, usize) -> bool;

/// How a chain is read.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The classifiers of the user's own error types.
    pub classifiers: &'a Classifiers,
    /// Removes secrets from every text that is kept, before anything is read from it.
    pub sanitize: Option<Sanitize<'a>>,
    /// The most bytes kept of the whole chain.
    pub limit: usize,
}

impl ReadOptions<'static> {
    /// No classifiers, nothing removed, at most 8 KiB.
    ///
    /// ```
    /// use netcause_fault::{Category, Chain, ReadOptions};
    ///
    /// let mut chain = Chain::new();
    /// chain.read_text("db:5432: Connection refused (os error 111)", &ReadOptions::plain());
    /// assert_eq!(chain.classify().map(|fault| fault.category), Some(Category::ConnectRefused));
    /// ```
    #[must_use]
    pub const fn plain() -> Self {
        ReadOptions { classifiers: &classify::NO_CLASSIFIERS, sanitize: None, limit: 8 * 1024 }
    }
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// An error's links, rendered once into a buffer that is used again.
///
/// # Example: a typed chain
///
/// ```
/// use netcause_fault::{Chain, ReadOptions, Reason};
///
/// let mut chain = Chain::new();
/// chain.read_error(&std::io::Error::from_raw_os_error(104), &ReadOptions::plain());
/// assert_eq!(chain.links().len(), 1);
/// let fault = chain.classify().expect("a reset is a fault");
/// assert_eq!(fault.reason, Some(Reason::ConnectionReset));
/// ```
///
/// # Performance
///
/// Reading and classifying allocate nothing once the buffer has grown to its size.
#[derive(Debug, Default, Clone)]
pub struct Chain {
    text: String,
    links: ArrayVec<Range<usize>, MAX_LINKS>,
    facts: Facts,
    /// Whether each link was printed whole and as it stands here, and nothing was read from
    /// its `Debug` output.
    plain: bool,
    /// Whether anything was read since it was cleared.
    is_read: bool,
}

impl Chain {
    /// An empty chain; allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets what was read and keeps the buffers.
    pub fn clear(&mut self) {
        if !std::mem::take(&mut self.is_read) {
            return;
        }
        self.text.clear();
        self.links.clear();
        self.facts.clear();
        self.plain = false;
    }

    /// Reads an error and all its sources.
    ///
    /// Goes where `source()` does not lead, too: into the payload of an [`std::io::Error`],
    /// through `Arc` and `Box`.
    pub fn read_error(&mut self, error: &(dyn Error + 'static), options: &ReadOptions<'_>) {
        self.read_sanitized(error, options, None);
    }

    /// Reads an error as [`read_error`](Chain::read_error) does, unless it tells the same as
    /// a chain that was read with the same options; then of it only what is
    /// [`stated`](Chain::stated), and says so.
    ///
    /// ```
    /// use netcause_fault::{Chain, ReadOptions};
    ///
    /// let (mut known, mut chain) = (Chain::new(), Chain::new());
    /// let reset = std::io::Error::from_raw_os_error(104);
    /// known.read_error(&reset, &ReadOptions::plain());
    /// assert!(chain.read_unless_known(&reset, &ReadOptions::plain(), &known));
    /// let refused = std::io::Error::from_raw_os_error(111);
    /// assert!(!chain.read_unless_known(&refused, &ReadOptions::plain(), &known));
    /// assert_eq!(chain.message(), "Connection refused (os error 111)");
    /// ```
    #[must_use]
    pub fn read_unless_known(
        &mut self,
        error: &(dyn Error + 'static),
        options: &ReadOptions<'_>,
        known: &Chain,
    ) -> bool {
        self.read_sanitized(error, options, Some(known).filter(|known| known.plain))
    }

    /// Takes text and links of a chain that it was found to be the same as.
    pub fn take_known(&mut self, known: &Chain) {
        self.is_read = true;
        self.text.clone_from(&known.text);
        self.links.clone_from(&known.links);
        self.plain = known.plain;
    }

    fn read_sanitized(
        &mut self,
        error: &(dyn Error + 'static),
        options: &ReadOptions<'_>,
        known: Option<&Chain>,
    ) -> bool {
        let mut reader = Reader::new(options, None, known);
        let whole = reader.read(self, error);
        if let Some(known) = reader.found() {
            if self.facts.tell_same(&known.facts) {
                return true;
            }
            self.take_known(known);
        }
        let Some(sanitize) = options.sanitize else { return false };
        // Few errors hold a secret: one look at the whole text tells. Where there is one,
        // or half a one at a cut, each link is read again and looked at for itself.
        if !whole || sanitize(&mut self.text, 0) {
            Reader::new(options, Some(sanitize), None).read(self, error);
        }
        false
    }

    /// Reads the text of an error, as `%error`, `?error` or `{error:#}` print it.
    ///
    /// Many lines are read up to a backtrace.
    pub fn read_text(&mut self, text: &str, options: &ReadOptions<'_>) {
        self.read_lines(text, Source::Text, options);
    }

    /// Reads a log message, which speaks of a failure only sometimes.
    pub fn read_message(&mut self, text: &str, options: &ReadOptions<'_>) {
        self.read_lines(text, Source::Message, options);
    }

    /// Reads a line of a program's log as it was written, with its time, level and source.
    ///
    /// Such a line may be anything: an announcement, a setting, a stack frame.
    ///
    /// ```
    /// use netcause_fault::{Category, Chain, ReadOptions};
    ///
    /// let mut chain = Chain::new();
    /// chain.read_line("10:32:07 [error] dial tcp 10.1.2.3:80: i/o timeout", &ReadOptions::plain());
    /// assert_eq!(chain.classify().map(|fault| fault.category), Some(Category::ConnectTimeout));
    /// chain.read_line("10:32:07 [info] connect timeout: 30s", &ReadOptions::plain());
    /// assert_eq!(chain.classify(), None);
    /// ```
    pub fn read_line(&mut self, line: &str, options: &ReadOptions<'_>) {
        self.read_lines(line, Source::Line, options);
    }

    /// The whole chain in one line, repeats between links removed.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.text
    }

    /// Each link's text, outermost first, equal neighbours once.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.links.iter().map(|link| self.text.get(link.clone()).unwrap_or_default())
    }

    /// The text of the innermost link.
    #[must_use]
    pub fn innermost(&self) -> &str {
        self.links.last().and_then(|link| self.text.get(link.clone())).unwrap_or_default()
    }

    /// What the chain says about a network or dependency fault, before any diagnosis.
    #[must_use]
    pub fn classify(&self) -> Option<Fault<'_>> {
        classify::read(&self.text, &self.links, &self.facts)
    }

    /// Whether another chain tells the same: whatever is read from both is equal but for
    /// how long it took and which try it was, as a fault in the chain states them.
    ///
    /// ```
    /// use netcause_fault::{Chain, ReadOptions};
    ///
    /// let mut chains = [Chain::new(), Chain::new()];
    /// let [one, other] = &mut chains;
    /// one.read_text("Connection refused", &ReadOptions::plain());
    /// other.read_text("Connection refused", &ReadOptions::plain());
    /// assert!(one.tells_same(other));
    /// // A message speaks of a failure only sometimes.
    /// other.read_message("Connection refused", &ReadOptions::plain());
    /// assert!(!one.tells_same(other));
    /// ```
    #[must_use]
    pub fn tells_same(&self, other: &Chain) -> bool {
        self.text == other.text && self.links == other.links && self.facts.tell_same(&other.facts)
    }

    /// The fault that somebody has already stated: a classifier, else who made the error.
    #[must_use]
    pub fn stated(&self) -> Option<&Fault<'static>> {
        self.facts.stated()
    }

    fn read_lines(&mut self, text: &str, source: Source, options: &ReadOptions<'_>) {
        self.clear();
        self.is_read = true;
        self.facts.source = source;
        if is_one(text) && text.len() <= options.limit && options.sanitize.is_none() {
            self.text.push_str(text);
            let _ = self.links.try_push(0..text.len());
            return;
        }
        let mut open = None;
        let is_line = !line::has_break(text);
        for piece in pieces(text, is_line) {
            if let Piece::Start(_) = piece {
                self.close(open.take(), options);
            }
            let start = *open.get_or_insert_with(|| self.open());
            let end = start + options.limit.saturating_sub(start) + slack(options);
            let mut writer = LineWriter::new(&mut self.text, start, end);
            // A full buffer is the only error, and it shows when the link is closed.
            let _ = match piece {
                Piece::Start(line) if is_line => writer.push(line),
                Piece::Start(line) => writer.write_str(line),
                Piece::More(line) => writer.write_char('\n').and_then(|()| writer.write_str(line)),
            };
        }
        self.close(open, options);
    }

    /// Starts a link, after a separator if there is one before, and returns where.
    fn open(&mut self) -> usize {
        if !self.text.is_empty() {
            self.text.push_str(SEPARATOR);
        }
        self.text.len()
    }

    fn close(&mut self, open: Option<usize>, options: &ReadOptions<'_>) {
        if let Some(start) = open {
            self.close_within(start, start.max(options.limit), options.sanitize);
        }
    }

    /// Ends the link that begins at `start`: removes secrets, cuts, drops a repeat.
    fn close_within(&mut self, start: usize, end: usize, sanitize: Option<Sanitize<'_>>) {
        if let Some(sanitize) = sanitize {
            sanitize(&mut self.text, start);
        }
        line::cut(&mut self.text, start, end);
        // Hardly any link ends with blanks.
        if !self.text.as_bytes().last().is_some_and(u8::is_ascii_graphic) {
            let kept = self.text.trim_end().len();
            self.text.truncate(kept);
        }
        let Some(link) = self.text.get(start..).filter(|link| !link.is_empty()) else {
            let before = start.saturating_sub(SEPARATOR.len());
            self.text.truncate(line::floor_char_boundary(&self.text, before));
            return;
        };
        let previous = self.links.last().and_then(|range| self.text.get(range.clone()));
        let range = match (previous, self.links.last()) {
            (Some(text), Some(range)) if ends_with(text, link) => range.end - link.len()..range.end,
            _ => {
                let _ = self.links.try_push(start..self.text.len());
                return;
            }
        };
        self.text.truncate(range.end);
        if self.links.last() != Some(&range) {
            let _ = self.links.try_push(range);
        }
    }
}

/// Asks for the last byte first: hardly any text ends as the one before.
fn ends_with(text: &str, end: &str) -> bool {
    text.as_bytes().last() == end.as_bytes().last() && text.ends_with(end)
}

fn slack(options: &ReadOptions<'_>) -> usize {
    if options.sanitize.is_some() { SLACK } else { 0 }
}
