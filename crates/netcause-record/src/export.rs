//! [`Export`]: where records go.

use crate::Record;

/// Takes records: a writer of JSON lines, of terminal text, a collector in a test.
pub trait Export: Send + Sync + std::fmt::Debug {
    /// Takes one record. Must not panic, and must not log through `tracing`.
    fn export(&self, record: &Record<'_>);

    /// Waits until what was taken has left, as far as that can be told.
    fn flush(&self) {}
}
