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
}
