//! What is known of one peer, and when it turns.

use std::net::IpAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::Category;

use super::Reach;
use super::failure::Failure;

/// How many addresses of a name are kept.
const ANSWERS: usize = 8;

/// A peer that was well for so long has a clean record.
const CLEAN: Duration = Duration::from_secs(600);

/// A peer that turns again and again has to fail 64 times as long before it is told, and
/// no longer.
const MOST_DOUBLINGS: u8 = 6;

/// When a peer has turned bad: after so many failures in a row, the first of them so long
/// ago, and no success between.
///
/// The number alone would take one lost connection with a hundred requests for an outage,
/// and so would it a peer that fails three calls of ten, which has five in a row every few
/// seconds under load; the time alone, two calls a day. A peer that turns bad again within
/// ten minutes has to fail twice as long each time, up to 64 times: so one that flaps is
/// told of a few times, and an outage that lasts is always.
///
/// ```
/// use std::time::Duration;
/// use netcause_net::Onset;
///
/// assert_eq!(Onset::default(), Onset { failures: 5, lasting: Duration::from_secs(1) });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onset {
    /// Failures in a row.
    pub failures: u32,
    /// The time from the first of them to the last.
    pub lasting: Duration,
}

impl Default for Onset {
    fn default() -> Self {
        Onset { failures: 5, lasting: Duration::from_secs(1) }
    }
}

/// Milliseconds since a ledger was made; the first is one, so that absence takes no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(NonZeroU64);

impl Moment {
    pub(super) fn after(start: Duration) -> Self {
        let millis = u64::try_from(start.as_millis()).unwrap_or(u64::MAX - 1);
        Moment(NonZeroU64::MIN.saturating_add(millis))
    }

    pub(super) fn since(self, then: Moment) -> Duration {
        Duration::from_millis(self.0.get().saturating_sub(then.0.get()))
    }
}

/// Failures in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) failures: u32,
    pub(super) since: Moment,
    /// What ends it.
    needs: Reach,
    /// Whether it was told of.
    pub(super) told: bool,
}

/// A run of failures that was told of, when it begins to be or is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outage {
    pub(super) failures: u32,
    pub(super) lasted: Duration,
}

/// What is known of one peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) hash: u64,
    host: Box<str>,
    port: u16,
    /// When it was last noted.
    pub(super) used: Moment,
    /// Whether nothing that was known of it can have been forgotten.
    pub(super) is_complete: bool,
    pub(super) connected: Option<Moment>,
    pub(super) answered: Option<Moment>,
    pub(super) run: Option<Run>,
    pub(super) last_failure: Option<Category>,
    /// How often it turned bad while its record was not clean, and when it was last back.
    turns: u8,
    back: Option<Moment>,
    /// What its name resolved to the last time, and when it was last connected to.
    pub(super) answers: Option<Arc<[IpAddr]>>,
    connected_to: Option<Arc<[IpAddr]>>,
}

impl Peer {
    pub(super) fn new(hash: u64, host: &str, port: u16, now: Moment, is_complete: bool) -> Self {
        Peer {
            hash,
            host: host.into(),
            port,
            used: now,
            is_complete,
            connected: None,
            answered: None,
            run: None,
            last_failure: None,
            turns: 0,
            back: None,
            answers: None,
            connected_to: None,
        }
    }

    pub(super) fn is(&self, host: &str, port: u16) -> bool {
        self.port == port && *self.host == *host
    }

    /// Whether its recovery is still to be told.
    pub(super) fn is_bad(&self) -> bool {
        self.run.is_some_and(|run| run.told)
    }

    /// Notes how far a call got; gives the outage that this ends.
    pub(super) fn reach(&mut self, now: Moment, reach: Reach) -> Option<Outage> {
        if reach == Reach::Answered {
            self.answered = Some(now);
        } else {
            self.connected = Some(now);
            self.connected_to.clone_from(&self.answers);
        }
        let run = self.run.take_if(|run| reach >= run.needs)?;
        if !run.told {
            return None;
        }
        self.back = Some(now);
        Some(Outage { failures: run.failures, lasted: now.since(run.since) })
    }

    /// Notes a failure; gives the outage that it shows, once.
    pub(super) fn fail(&mut self, now: Moment, failure: &Failure, onset: &Onset) -> Option<Outage> {
        if failure.answered {
            self.connected = Some(now);
        }
        self.last_failure = Some(failure.category);
        let new = Run { failures: 0, since: now, needs: failure.needs, told: false };
        let run = self.run.get_or_insert(new);
        run.failures = run.failures.saturating_add(1);
        run.needs = run.needs.max(failure.needs);
        if run.told || run.failures < onset.failures {
            return None;
        }
        if self.back.is_none_or(|back| run.since.since(back) > CLEAN) {
            self.turns = 0;
        }
        let lasting = onset.lasting.saturating_mul(1 << self.turns.min(MOST_DOUBLINGS));
        let lasted = now.since(run.since);
        if lasted < lasting {
            return None;
        }
        run.told = true;
        self.turns = self.turns.saturating_add(1);
        Some(Outage { failures: run.failures, lasted })
    }

    pub(super) fn resolve(&mut self, answers: &[IpAddr]) {
        let kept = answers.get(..ANSWERS).unwrap_or(answers);
        if self.answers.as_deref() != Some(kept) {
            self.answers = Some(kept.into());
        }
    }

    /// Whether its name resolves to none of the addresses of the last connection. Of many
    /// addresses some are shown at a time, so nothing follows from a full list.
    pub(super) fn has_moved(&self) -> bool {
        let (Some(now), Some(then)) = (&self.answers, &self.connected_to) else { return false };
        let is_whole = |it: &[IpAddr]| !it.is_empty() && it.len() < ANSWERS;
        is_whole(now) && is_whole(then) && !now.iter().any(|address| then.contains(address))
    }
}
