//! [`History`], and what it tells of a failure.

use std::net::IpAddr;
use std::time::Duration;

use arrayvec::ArrayVec;
use netcause_fault::{Category, Evidence, Fault};

use super::Reach;
use super::failure::{is_stated, needs};
use super::peer::{Moment, Peer};

/// What this process knows of one peer.
///
/// ```
/// use netcause_net::{Ledger, Reach};
///
/// let ledger = Ledger::new(100);
/// ledger.reached("db", 5432, Reach::Connected);
/// let history = ledger.history("db", 5432).expect("it was noted");
/// assert!(history.connected.is_some() && history.answered.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// How long ago a connection last stood.
    pub connected: Option<Duration>,
    /// How long ago an answer last came.
    pub answered: Option<Duration>,
    /// Whether nothing that was known of it can have been forgotten: only then has a peer
    /// without a success never been reached.
    pub is_complete: bool,
    /// Failures in a row.
    pub failures: u32,
    /// How long ago the first of them was.
    pub failing_for: Option<Duration>,
    /// Whether it was told that the peer turned bad, and not yet that it is back.
    pub is_bad: bool,
    /// What the last failure was, also of a peer that is well again.
    pub last_failure: Option<Category>,
    /// What its name resolved to the last time, eight addresses at most.
    pub answers: Vec<IpAddr>,
    /// Whether that is nothing of what it resolved to when the peer was last connected to.
    pub has_moved: bool,
}

impl History {
    pub(super) fn of(peer: &Peer, now: Moment) -> Self {
        History {
            connected: peer.connected.map(|then| now.since(then)),
            answered: peer.answered.map(|then| now.since(then)),
            is_complete: peer.is_complete,
            failures: peer.run.map_or(0, |run| run.failures),
            failing_for: peer.run.map(|run| now.since(run.since)),
            is_bad: peer.is_bad(),
            last_failure: peer.last_failure,
            answers: peer.answers.as_deref().unwrap_or_default().to_vec(),
            has_moved: peer.has_moved(),
        }
    }

    /// How long ago the peer was last reached, in whatever way.
    #[must_use]
    pub fn reached(&self) -> Option<Duration> {
        self.connected.into_iter().chain(self.answered).min()
    }
}

/// What is known of a peer and matters for a failure.
pub(super) fn facts(fault: &Fault<'_>, peer: &Peer, now: Moment) -> ArrayVec<Evidence<'static>, 3> {
    let is_connecting = needs(fault) == Reach::Connected;
    let reached = match is_connecting {
        true => peer.connected.max(peer.answered),
        // That a connection stood is no news where it was the answer that failed.
        false => peer.answered.filter(|_| !is_stated(fault)),
    };
    let reached = match reached {
        Some(then) => Some(Evidence::LastReached(now.since(then))),
        None => (is_connecting && peer.is_complete).then_some(Evidence::NeverReached),
    };
    let in_a_row = peer
        .run
        .filter(|run| run.failures > 1)
        .map(|run| Evidence::FailuresInARow(run.failures, now.since(run.since)));
    let moved = (is_connecting && peer.has_moved()).then_some(Evidence::AddressesChanged);
    [reached, in_a_row, moved].into_iter().flatten().collect()
}
