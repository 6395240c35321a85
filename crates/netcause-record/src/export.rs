//! [`Export`]: where records go.

use std::time::Duration;

use crate::Record;

/// What became of the records that an exporter took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that left.
    pub written: u64,
    /// Records that could not be delivered.
    pub lost: u64,
    /// Records that still wait.
    pub queued: u64,
}

/// Why records were lost, and how many for each reason.
///
/// ```
/// use netcause_record::Losses;
///
/// let losses = Losses { queue_full: 2, rejected: 1, ..Losses::default() };
/// assert_eq!(losses.total(), 3);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Losses {
    /// There was no room for them where they had to wait.
    pub queue_full: u64,
    /// They were larger than the whole room, or than what the receiver takes.
    pub too_large: u64,
    /// The receiver refused them.
    pub rejected: u64,
    /// They were not delivered within the time that they are worth it.
    pub expired: u64,
    /// The output failed: a closed pipe, a full disk.
    pub output: u64,
}

impl Losses {
    /// Each reason, with its number.
    #[must_use]
    pub fn by_reason(&self) -> [(&'static str, u64); 5] {
        [
            ("queue_full", self.queue_full),
            ("too_large", self.too_large),
            ("rejected", self.rejected),
            ("expired", self.expired),
            ("output", self.output),
        ]
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_reason().iter().map(|(_, count)| count).sum()
    }

    /// Those of both.
    #[must_use]
    pub fn and(&self, other: &Losses) -> Losses {
        Losses {
            queue_full: self.queue_full + other.queue_full,
            too_large: self.too_large + other.too_large,
            rejected: self.rejected + other.rejected,
            expired: self.expired + other.expired,
            output: self.output + other.output,
        }
    }
}

/// What happens to a record when there is no room for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFull {
    /// It is lost.
    #[default]
    DropNewest,
    /// The oldest that wait are lost instead.
    DropOldest,
    /// The caller waits for room, for [`PATIENCE`](OnFull::PATIENCE) at most; then it is lost.
    Block,
}

impl OnFull {
    /// How long a caller waits for room at most.
    pub const PATIENCE: Duration = Duration::from_secs(5);
}

/// Takes records: a writer of JSON lines, of terminal text, a collector in a test.
pub trait Export: Send + Sync + std::fmt::Debug {
    /// Takes one record. Must not panic, and must not log through `tracing`.
    fn export(&self, record: &Record<'_>);

    /// Waits at most `timeout` until what was taken has left; says how many records have not.
    fn flush(&self, timeout: Duration) -> u64 {
        let _ = timeout;
        0
    }

    /// What became of the records so far.
    fn counts(&self) -> Counts {
        Counts::default()
    }

    /// Why records were lost.
    fn losses(&self) -> Losses {
        Losses { output: self.counts().lost, ..Losses::default() }
    }
}
