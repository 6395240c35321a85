//! What goes wrong when one writes a `tracing_subscriber` layer, and does not here.
//!
//! | | pitfall | tests |
//! |---|---|---|
//! | 1 | `Option` and `Vec` swallow `on_register_dispatch` | `wrapping` |
//! | 2 | `reload::Layer` forwards only half of what it wraps | `wrapping` |
//! | 3 | a global subscriber does not stop recursion | `reentry` |
//! | 4 | callers' code runs while a span is locked | `reentry` |
//! | 5 | two spans are locked at a time | `reentry` |
//! | 6 | `ExtensionsMut::insert` panics for a type that is there | `wrapping` |
//! | 7 | `FormattedFields` is shared | `others` |
//! | 8 | `record` appends, or meets a span never seen | `spans` |
//! | 9 | a filter of the layer makes holes in the chain of parents | `spans` |
//! | 10 | `enabled` in a layer acts for all | `others` |
//! | 11 | a wrapper forgets to forward a hook | `others` |
//! | 12 | `None` silences everybody by `max_level_hint` | `wrapping` |
//! | 13 | explicit parents | `spans` |
//! | 14 | records of the `log` crate | `others` |
//! | 15 | the order of layers | `trace` |
//! | 16 | OpenTelemetry's context is a `RefCell` | `trace` |
//! | 17 | a panic under a lock poisons the span | `panics` |
//! | 18 | a redactor that misses one way in | the tests of secrets |
//! | 19 | `#[instrument(err)]` has no message | `json` |
//! | 20 | keys and numbers that JSON cannot hold | `json` |
//!
//! Of the second half of 15, that closing a span under another dispatcher leaks its
//! parent, nothing can occur here: the layer holds no handle of any span, and closes none.
//! Of the first half of 9, that a registry takes at most 64 filters: a program has one of
//! ours.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

mod json;
mod others;
mod panics;
mod reentry;
mod spans;
mod trace;
mod wrapping;

use std::error::Error;
use std::io;

/// Sets the global subscriber, as a service does.
fn set_global(subscriber: impl tracing::Subscriber + Send + Sync) {
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

/// A failure with a category.
fn refused() -> io::Error {
    io::Error::from_raw_os_error(111)
}

fn typed(error: &io::Error) -> &(dyn Error + 'static) {
    error
}
