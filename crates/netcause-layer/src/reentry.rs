//! A guard against our own events: formatting a caller's value may log, and a global
//! subscriber does not stop that from coming back to us.

use std::cell::Cell;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Held while this thread is inside the layer.
#[derive(Debug)]
pub(crate) struct Reentry(());

impl Reentry {
    /// Enters, unless this thread is inside already (or is ending).
    pub(crate) fn enter() -> Option<Self> {
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
