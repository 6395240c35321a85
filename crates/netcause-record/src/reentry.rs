//! A guard against our own events: formatting a caller's value may log, a client that sends
//! records may, and a global subscriber does not stop that from coming back to us.

use std::cell::Cell;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Held while this thread is inside the pipeline: while it makes a record, or for life where
/// it does nothing but send records.
///
/// ```
/// use netcause_record::Reentry;
///
/// let inside = Reentry::enter();
/// assert!(inside.is_some() && Reentry::enter().is_none());
/// ```
#[derive(Debug)]
pub struct Reentry(());

impl Reentry {
    /// Enters, unless this thread is inside already (or is ending).
    #[must_use]
    #[inline]
    pub fn enter() -> Option<Self> {
        let entered = INSIDE.try_with(|inside| !inside.replace(true)).unwrap_or(false);
        // Made only when entered: dropping one leaves.
        entered.then(|| Reentry(()))
    }
}

impl Drop for Reentry {
    fn drop(&mut self) {
        let _ = INSIDE.try_with(|inside| inside.set(false));
    }
}
