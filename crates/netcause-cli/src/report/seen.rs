//! [`Seen`] and [`Part`]: what counts of lines, before it is counted.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use memchr::memmem::Finder;

use crate::enrich::{When, each_member, whole_time};

/// Seconds since 1970.
pub(super) type Seconds = i64;

/// The first and the last of some times.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Option<Seconds>,
    pub(super) last: Option<Seconds>,
}

impl Span {
    pub(super) fn add(&mut self, time: Seconds) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }

    /// Calls `with` with both.
    pub(super) fn each(self, with: impl FnMut(Seconds)) {
        self.first.into_iter().chain(self.last).for_each(with);
    }
}

/// What of a line that reports no failure counts all the same: what came of a request, a
/// certificate that ends soon, and a call that went well in the end.
static COUNTS: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["\"impact.outcome\"", "\"certificate.days_left\"", RETRIES].map(Finder::new));

/// The target of lines about retries, as the library writes them.
const RETRIES: &str = "\"netcause::retry\"";

/// What was kept of some lines that follow each other.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) lines: u64,
    /// Of all lines that have a time.
    pub(super) span: Span,
    /// Those that count.
    pub(super) seen: Vec<Seen>,
    times: Times,
}

impl Part {
    /// Adds an enriched line, and its time where that was read anyway.
    pub(super) fn add(&mut self, line: &str, is_fault: bool, time: Option<SystemTime>) {
        self.lines += 1;
        let counts = || COUNTS.iter().any(|it| it.find(line.as_bytes()).is_some());
        let time = if is_fault || counts() {
            let seen = Seen::of(line, &mut self.times);
            let time = seen.time;
            self.seen.push(seen);
            time
        } else if let Some(time) = time {
            since_epoch(time)
        } else {
            // Nothing else counts, and most records begin with it.
            let rest = line.strip_prefix("{\"timestamp\":\"");
            rest.and_then(|rest| self.times.seconds(rest.get(..27)?))
        };
        time.into_iter().for_each(|time| self.span.add(time));
    }
}

/// The fields of a line that count.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) time: Option<Seconds>,
    pub(super) category: String,
    pub(super) cause: String,
    pub(super) confidence: String,
    pub(super) host: String,
    pub(super) address: String,
    pub(super) port: String,
    pub(super) route: String,
    pub(super) service: String,
    pub(super) outcome: String,
    pub(super) attempt: Option<u64>,
    pub(super) max_attempts: Option<u64>,
    pub(super) exhausted: bool,
    pub(super) not_after: String,
    error: String,
    target: String,
}

impl Seen {
    fn of(line: &str, times: &mut Times) -> Self {
        let mut seen = Seen::default();
        each_member(line, |name, value| {
            let slot = match name {
                "timestamp" => return seen.time = times.seconds(value),
                "fault.category" => &mut seen.category,
                "fault.cause" => &mut seen.cause,
                "fault.confidence" => &mut seen.confidence,
                "server.address" => &mut seen.host,
                "network.peer.address" => &mut seen.address,
                "server.port" => &mut seen.port,
                "http.route" => &mut seen.route,
                "service.name" => &mut seen.service,
                "impact.outcome" => &mut seen.outcome,
                "tls.server.not_after" => &mut seen.not_after,
                "error.message" => &mut seen.error,
                "target" => &mut seen.target,
                "retry.attempt" => return seen.attempt = value.parse().ok(),
                "retry.max_attempts" => return seen.max_attempts = value.parse().ok(),
                "retry.exhausted" => return seen.exhausted = value == "true",
                _ => return,
            };
            value.clone_into(slot);
        });
        seen
    }

    /// Whether it says that a call went well after retries.
    pub(super) fn has_recovered(&self) -> bool {
        self.target == RETRIES.trim_matches('"')
            && self.attempt.is_some_and(|it| it > 0)
            && self.category.is_empty()
            && self.error.is_empty()
    }

    /// `host:port`, as much of it as is known.
    pub(super) fn peer(&self) -> String {
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

/// A time as seconds.
pub(super) fn seconds(text: &str) -> Option<Seconds> {
    match whole_time(text.as_bytes())? {
        When::At(time) => since_epoch(time),
        When::InSomeYear { .. } => None,
    }
}

fn since_epoch(time: SystemTime) -> Option<Seconds> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Times as seconds.
#[derive(Debug, Default)]
struct Times {
    /// The text of the last one, which many lines share.
    last: (String, Option<Seconds>),
}

impl Times {
    /// A time as seconds.
    fn seconds(&mut self, text: &str) -> Option<Seconds> {
        // Lines of one second differ in the fraction only.
        let second = text.get(..19)?;
        if self.last.0 != second {
            self.last = (second.to_owned(), seconds(&format!("{second}Z")));
        }
        self.last.1
    }
}
