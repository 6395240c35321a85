//! What ends the demonstration before its time: Ctrl-C, and an output that nobody reads any more.

use std::future::pending;
#[cfg(unix)]
use std::io::{self, IsTerminal};
#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

#[cfg(unix)]
use tokio::io::{Interest, unix::AsyncFd};

/// Waits for Ctrl-C.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the signal ends the process by itself.
        pending().await
    }
}

/// Waits until whoever read standard output through a pipe has closed it.
///
/// The kernel reports this as an error of the writing end (`POLLERR`, poll(2)), before anything is
/// written. A file has no such state, and of a terminal it is not asked.
#[cfg(unix)]
pub(super) async fn nobody_reads() {
    if io::stdout().is_terminal() {
        return pending().await;
    }
    match watch_stdout() {
        Ok(output) => drop(output.ready(Interest::ERROR).await),
        Err(_) => pending().await,
    }
}

/// Registers a descriptor of standard output; fails for files.
#[cfg(unix)]
#[expect(deprecated, reason = "its successor is unsafe; an owned descriptor makes this one sound")]
fn watch_stdout() -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(io::stdout().as_fd().try_clone_to_owned()?, Interest::ERROR)
}

/// Never: elsewhere the demonstration then runs to its end, unread.
#[cfg(not(unix))]
pub(super) async fn nobody_reads() {
    pending().await
}
