//! The summary and the hint.

use std::fmt;

use crate::Fault;

impl Fault<'_> {
    /// `fault.summary`: one sentence for people.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary(self)
    }

    /// `fault.hint`: what to check next, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<Hint<'_>> {
        Some(Hint(self))
    }
}

/// What [`Fault::summary`] returns.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a>(&'a Fault<'a>);

/// What [`Fault::hint`] returns.
#[derive(Debug, Clone, Copy)]
pub struct Hint<'a>(&'a Fault<'a>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.category)
    }
}

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.category)
    }
}
