//! [`Judge`]: what speaks of a failure, and what the classifier makes of it.

use std::borrow::Cow;

use netcause_fault::{Category, Chain, Fault, ReadOptions};
use netcause_record::{Limits, Severity};

/// What of a line speaks of a failure.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Speech<'s> {
    /// The error.
    pub(super) error: Option<&'s str>,
    /// The message beside it, which may say more of it.
    pub(super) beside: Option<&'s str>,
    /// The message, where it may report a failure itself.
    pub(super) spoken: Option<&'s str>,
    /// Its level, where it does not state it itself.
    pub(super) level: Option<Severity>,
}

impl Speech<'_> {
    /// As a line of text has it: an alarm tells more than the words alone.
    fn with_level<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.level {
            Some(level) => Cow::Owned(format!("{} {text}", level.as_str())),
            None => Cow::Borrowed(text),
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// Nothing that could report a fault.
    Nothing,
    /// An error.
    Error,
    /// An error, and the message beside it.
    Both,
    /// A message or a line.
    Message,
}

/// Reads texts and keeps what was read of the last.
#[derive(Debug, Default)]
pub(super) struct Judge {
    /// The error, or the message.
    chain: Chain,
    /// The message and the error.
    both: Chain,
    /// The whole line.
    whole: Chain,
}

impl Judge {
    /// Reads the error; where it says too little, the message with it; else the message.
    pub(super) fn read(&mut self, speech: &Speech<'_>, limits: &Limits) -> Judged {
        let options = ReadOptions { limit: limits.record, ..ReadOptions::plain() };
        let Some(error) = speech.error else {
            let Some(spoken) = speech.spoken else { return Judged::Nothing };
            self.chain.read_line(&speech.with_level(spoken), &options);
            return Judged::Message;
        };
        self.chain.read_text(error, &options);
        let alone = self.chain.classify().map(|fault| fault.category);
        if let Some(beside) = speech.beside.filter(|_| alone.is_none_or(is_vague)) {
            let both = format!("{beside}: {error}");
            self.both.read_line(&speech.with_level(&both), &options);
            let both = self.both.classify().map(|fault| fault.category);
            if both.is_some_and(|both| !is_vague(both) || alone.is_none()) {
                return Judged::Both;
            }
        }
        Judged::Error
    }

    /// The fault in what was read.
    pub(super) fn fault(&self, judged: Judged) -> Option<Fault<'_>> {
        match judged {
            Judged::Nothing => None,
            Judged::Error | Judged::Message => self.chain.classify(),
            Judged::Both => self.both.classify(),
        }
    }

    /// Reads the whole of a line that reports a fault, for [`Judge::whole`].
    pub(super) fn read_whole(&mut self, line: &str, limits: &Limits) {
        let options = ReadOptions { limit: limits.record, ..ReadOptions::plain() };
        self.whole.read_line(line, &options);
    }

    /// What the whole line says of a fault of that category, who the peer is above all.
    pub(super) fn whole(&self, category: Category) -> Option<Fault<'_>> {
        self.whole.classify().filter(|fault| fault.category == category)
    }

    /// The error, if one was read.
    pub(super) fn error(&self, judged: Judged) -> Option<&Chain> {
        matches!(judged, Judged::Error | Judged::Both).then_some(&self.chain)
    }
}

/// Whether a category does not say what exactly failed.
fn is_vague(category: Category) -> bool {
    matches!(category, Category::Timeout | Category::Unknown)
}
