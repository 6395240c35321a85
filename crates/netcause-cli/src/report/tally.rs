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
    pub(super) longest: Outage,
    /// The one that came last in the logs.
    pub(super) current: Option<Outage>,
    pub(super) timeline: Timeline,
}

/// A time with failures and no pause of a minute.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Outage {
    pub(super) begin: Seconds,
    pub(super) end: Seconds,
}

impl Outage {
    pub(super) fn seconds(self) -> i64 {
        self.end - self.begin
    }
}

/// A certificate that a line tells the end of.
#[derive(Debug, Default)]
pub(super) struct Certificate {
    /// As it is written.
    pub(super) not_after: String,
    /// Whether a handshake has failed for a certificate of that peer.
    pub(super) is_refused: bool,
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
    /// Calls that went well after retries.
    pub(super) recovered: u64,
    /// Of all lines that have a time.
    pub(super) span: Span,
    pub(super) peers: BTreeMap<String, Peer>,
    pub(super) routes: BTreeMap<String, Route>,
    /// Failures by the service that tells of them.
    pub(super) services: BTreeMap<String, u64>,
    /// Certificates by the peer that shows them.
    pub(super) certificates: BTreeMap<String, Certificate>,
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
            self.recovered += u64::from(seen.has_recovered());
            if !seen.outcome.is_empty() {
                let route = slot(&mut self.routes, &seen.route);
                *route.outcomes.entry(seen.outcome.clone()).or_default() += 1;
            }
            if !seen.not_after.is_empty() {
                let certificate = slot(&mut self.certificates, &seen.peer());
                certificate.not_after.clone_from(&seen.not_after);
                certificate.is_refused |= seen.category == "tls_certificate";
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
            *peer.causes.entry(cause(seen)).or_default() += 1;
        }
        if !seen.service.is_empty() {
            *slot(&mut self.services, &seen.service) += 1;
        }
        peer.retries += u64::from(seen.attempt.is_some_and(|it| it > 0));
        let is_last = seen.max_attempts.is_some() && seen.attempt >= seen.max_attempts;
        peer.exhausted += u64::from(seen.exhausted || is_last);
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
        let goes_on = |it: &Outage| (it.end - PAUSE..=it.end + PAUSE).contains(&time);
        let outage = match self.current.filter(goes_on) {
            Some(it) => Outage { begin: it.begin.min(time), end: it.end.max(time) },
            None => Outage { begin: time, end: time },
        };
        self.current = Some(outage);
        if outage.seconds() > self.longest.seconds() || self.span.first == self.span.last {
            self.longest = outage;
        }
    }
}

/// A cause, and how sure the line is of it.
fn cause(seen: &Seen) -> String {
    let degree = match seen.confidence.as_str() {
        "certain" => "certainly ",
        "likely" => "likely ",
        "possible" => "possibly ",
        _ => "",
    };
    format!("{degree}{}", seen.cause)
}

/// The entry of a name; one of all others once there are too many.
fn slot<'t, T: Default>(map: &'t mut BTreeMap<String, T>, name: &str) -> &'t mut T {
    let is_new = map.len() >= NAMES && !map.contains_key(name);
    map.entry(if is_new { OTHERS } else { name }.to_owned()).or_default()
}
