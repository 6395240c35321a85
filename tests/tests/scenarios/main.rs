//! What a service lives through, and what its lines must say and must not say.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

mod certificate;
mod chains;
mod duplicates;
mod keys;
mod long_lived;
mod memory;
mod messages;
mod peers;
mod recovery;
mod reported;
mod served;
mod start;
mod summary;
mod truth;

use std::error::Error;
use std::io;

use netcause_tests::lines::{Line, record};
use tokio::runtime::{Builder, Runtime};

fn typed(error: &io::Error) -> &(dyn Error + 'static) {
    error
}

/// A failure with a category, as text `Connection refused (os error 111)`.
fn refused() -> io::Error {
    io::Error::from_raw_os_error(111)
}

/// A runtime on this thread, so that a subscriber of this thread sees every task.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// The lines of the events that asynchronous work sends, spawned tasks included.
fn record_async(work: impl Future<Output = ()>) -> Vec<Line> {
    record(|| runtime().block_on(work))
}
