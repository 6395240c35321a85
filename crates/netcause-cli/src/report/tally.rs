//! [`Tally`]: what is kept of the lines.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use super::timeline::Timeline;
use crate::enrich::{When, each_member, whole_time};

/// More peers, and more routes, are counted together.
const NAMES: usize = 1000;

/// What peers, or routes, beyond that are called.
const OTHERS: &str = "others";

/// A failure that comes later than this after the one before it begins another outage.
const PAUSE: i64 = 60;

/// Seconds since 1970.
pub(super) type Seconds = i64;

/// The first and the last of some times.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Option<Seconds>,
    pub(super) last: Option<Seconds>,
}

impl Span {
    fn add(&mut self, time: Seconds) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}

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
    /// The text of the last time, which many lines share.
    last_time: (String, Option<Seconds>),
}

/// The fields of a line that count.
#[derive(Debug, Default)]
struct Seen {
    time: String,
    category: String,
    cause: String,
    host: String,
    address: String,
    port: String,
    route: String,
    outcome: String,
    attempt: Option<u64>,
    max_attempts: Option<u64>,
    exhausted: bool,
    not_after: String,
}

impl Seen {
    fn of(line: &str) -> Self {
        let mut seen = Seen::default();
        each_member(line, |name, value| {
            let slot = match name {
                "timestamp" => &mut seen.time,
                "fault.category" => &mut seen.category,
                "fault.cause" => &mut seen.cause,
                "server.address" => &mut seen.host,
                "network.peer.address" => &mut seen.address,
                "server.port" => &mut seen.port,
                "http.route" => &mut seen.route,
                "impact.outcome" => &mut seen.outcome,
                "tls.server.not_after" => &mut seen.not_after,
                "retry.attempt" => return seen.attempt = value.parse().ok(),
                "retry.max_attempts" => return seen.max_attempts = value.parse().ok(),
                "retry.exhausted" => return seen.exhausted = value == "true",
                _ => return,
            };
            value.clone_into(slot);
        });
        seen
    }

    /// `host:port`, as much of it as is known.
    fn peer(&self) -> String {
        let host = if self.host.is_empty() { &self.address } else { &self.host };
        match (host.is_empty(), self.port.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("port {}", self.port),
            (false, true) => host.clone(),
            (false, false) if host.contains(':') => format!("[{host}]:{}", self.port),
            (false, false) => format!("{host}:{}", self.port),
        }
    }
}

impl Tally {
    /// Counts an enriched line.
    pub(super) fn add(&mut self, line: &str, is_fault: bool) {
        self.lines += 1;
        if !is_fault && !line.contains("\"impact.outcome\"") {
            // Nothing else counts, and most records begin with it.
            if let Some(rest) = line.strip_prefix("{\"timestamp\":\"")
                && let Some(text) = rest.get(..27)
                && let Some(time) = self.seconds(text)
            {
                self.span.add(time);
            }
            return;
        }
        let seen = Seen::of(line);
        let time = self.seconds(&seen.time);
        time.into_iter().for_each(|time| self.span.add(time));
        if !seen.category.is_empty() {
            self.add_failure(&seen, time);
        }
        if !seen.outcome.is_empty() {
            let route = slot(&mut self.routes, &seen.route);
            *route.outcomes.entry(seen.outcome).or_default() += 1;
        }
    }

    fn add_failure(&mut self, seen: &Seen, time: Option<Seconds>) {
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
        if let Some(time) = time {
            peer.add_time(time);
            self.timeline.add(time);
        }
    }

    /// A time as seconds.
    fn seconds(&mut self, text: &str) -> Option<Seconds> {
        // Lines of one second differ in the fraction only.
        let second = text.get(..19)?;
        if self.last_time.0 != second {
            let When::At(time) = whole_time(format!("{second}Z").as_bytes())? else { return None };
            let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
            self.last_time = (second.to_owned(), i64::try_from(seconds).ok());
        }
        self.last_time.1
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
