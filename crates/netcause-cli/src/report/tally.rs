//! [`Tally`]: what is kept of the lines.

use std::collections::BTreeMap;

use super::seen::{Part, Seconds, Seen, Span};
use super::timeline::Timeline;

/// More peers, and more routes, are counted together.
const NAMES: usize = 1000;

/// What peers, or routes, beyond that are called.
const OTHERS: &str = "others";

/// A failure that comes later than this after the one before it begins another outage.
const PAUSE: i64 = 60;

/// What one peer did.
#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) failures: u64,
    pub(super) categories: BTreeMap<String, u64>,
    pub(super) causes: BTreeMap<String, u64>,
    pub(super) span: Span,
    /// Failures that were no first tries.
    pub(super) retries: u64,
    /// Failures after which nobody tried again.
    pub(super) exhausted: u64,
    /// The longest time with failures and no pause of a minute.
    pub(super) outage: i64,
    /// The outage that goes on.
    current: Option<(Seconds, Seconds)>,
    pub(super) timeline: Timeline,
    /// When its certificate ends, as it is written.
    pub(super) not_after: Option<String>,
}

/// What the requests of one route suffered.
#[derive(Debug, Default)]
pub(super) struct Route {
    /// Lines about a failure.
    pub(super) failures: u64,
    /// Requests by what came of them.
    pub(super) outcomes: BTreeMap<String, u64>,
}

/// What the lines tell together.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    pub(super) failures: u64,
    /// Of all lines that have a time.
    pub(super) span: Span,
    pub(super) peers: BTreeMap<String, Peer>,
    pub(super) routes: BTreeMap<String, Route>,
    pub(super) timeline: Timeline,
}

impl Tally {
    /// Counts what was kept of some lines, in their order.
    pub(super) fn add(&mut self, part: &Part) {
        self.lines += part.lines;
        part.span.each(|time| self.span.add(time));
        for seen in &part.seen {
            if !seen.category.is_empty() {
                self.add_failure(seen);
            }
            if !seen.outcome.is_empty() {
                let route = slot(&mut self.routes, &seen.route);
                *route.outcomes.entry(seen.outcome.clone()).or_default() += 1;
            }
        }
    }

    fn add_failure(&mut self, seen: &Seen) {
        self.failures += 1;
        if !seen.route.is_empty() {
            slot(&mut self.routes, &seen.route).failures += 1;
        }
        let peer = slot(&mut self.peers, &seen.peer());
        peer.failures += 1;
        *peer.categories.entry(seen.category.clone()).or_default() += 1;
        if !matches!(seen.cause.as_str(), "" | "unknown") {
            *peer.causes.entry(seen.cause.clone()).or_default() += 1;
        }
        peer.retries += u64::from(seen.attempt.is_some_and(|it| it > 0));
        let is_last = seen.max_attempts.is_some() && seen.attempt >= seen.max_attempts;
        peer.exhausted += u64::from(seen.exhausted || is_last);
        if !seen.not_after.is_empty() {
            peer.not_after = Some(seen.not_after.clone());
        }
        if let Some(time) = seen.time {
            peer.add_time(time);
            self.timeline.add(time);
        }
    }
}

impl Peer {
    fn add_time(&mut self, time: Seconds) {
        self.span.add(time);
        self.timeline.add(time);
        let goes_on =
            |(_, last): &(Seconds, Seconds)| (*last - PAUSE..=*last + PAUSE).contains(&time);
        let (begin, end) = match self.current.filter(goes_on) {
            Some((begin, end)) => (begin.min(time), end.max(time)),
            None => (time, time),
        };
        self.current = Some((begin, end));
        self.outage = self.outage.max(end - begin);
    }
}

/// The entry of a name; one of all others once there are too many.
fn slot<'t, T: Default>(map: &'t mut BTreeMap<String, T>, name: &str) -> &'t mut T {
    let is_new = map.len() >= NAMES && !map.contains_key(name);
    map.entry(if is_new { OTHERS } else { name }.to_owned()).or_default()
}
