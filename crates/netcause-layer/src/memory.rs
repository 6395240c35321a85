//! Faults remembered on spans, for the frames that log the same error later as text.
//!
//! An error that cannot carry its own facts loses them when the frame that knew the peer
//! returns. So a span remembers the faults reported inside it: at most eight, for at most
//! a minute. An event takes facts from them only if its error contains the remembered
//! innermost text, and every remembered fault that matches names the same peer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arrayvec::{ArrayString, ArrayVec};
use netcause_fault::{Attempts, Evidence, Fault, Limit, Phase};
use netcause_record::Sources;

use crate::reported::{complete_from, is_given_up, may_have_given_up};

/// How many faults a span remembers; the oldest goes first.
pub(crate) const PER_SPAN: usize = 8;

/// How long a fault is remembered.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60);

/// A failure that repeats within this is not remembered again.
pub(crate) const MOMENT: Duration = Duration::from_secs(1);

/// The longest text that is remembered whole, in bytes.
const LONGEST_TEXT: usize = 96;

/// The shortest text that tells one failure from another.
const SHORTEST_TEXT: usize = 8;

/// A remembered fault.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    host: ArrayString<64>,
    text: ArrayString<LONGEST_TEXT>,
    port: Option<u16>,
    peer_address: Option<IpAddr>,
    phase: Option<Phase>,
    limit: Option<Limit>,
    elapsed_ms: Option<u32>,
    attempt: Option<u32>,
    max_attempts: Option<u32>,
    /// Whether it may not name its peer: it only makes its text ambiguous.
    doubtful: bool,
    /// Whether its text is a part only, and it is told by an error that names the peer.
    is_cut: bool,
    /// All that our code knew of it, where it was our code that reported it.
    reported: Option<Arc<Fault<'static>>>,
}

const _: () = assert!(size_of::<Seen>() <= 256);

impl Seen {
    /// What to remember of a fault whose innermost text is `text`.
    pub(crate) fn new(fault: &Fault<'_>, text: &str) -> Option<Self> {
        if text.len() < SHORTEST_TEXT {
            return None;
        }
        // A cut name would be a wrong name: it is left out, and then no peer is claimed.
        let host = fault.peer.server_address.as_deref().unwrap_or_default();
        Some(Seen {
            host: ArrayString::from(host).unwrap_or_default(),
            text: ArrayString::from(prefix(text)).unwrap_or_default(),
            port: fault.peer.server_port,
            peer_address: fault.peer.peer_address,
            phase: fault.phase,
            limit: fault.limit,
            elapsed_ms: milliseconds(fault.elapsed),
            attempt: fault.attempts.attempt,
            max_attempts: fault.attempts.max_attempts,
            // A part of a text may be part of another one, too.
            doubtful: prefix(text).len() < text.len(),
            is_cut: false,
            reported: None,
        })
    }

    /// What to remember of a fault that our code reported with an error whose innermost text
    /// is `text`.
    pub(crate) fn reported(fault: &Arc<Fault<'static>>, text: &str) -> Option<Self> {
        let seen = if is_given_up(fault) {
            // What was dropped has no error; the words that stand for one are nobody's.
            Seen { text: ArrayString::new(), doubtful: false, ..Seen::new(fault, GIVEN_UP)? }
        } else {
            let seen = Seen::new(fault, text)?;
            Seen { doubtful: false, is_cut: seen.doubtful, ..seen }
        };
        Some(Seen { reported: Some(Arc::clone(fault)), ..seen })
    }

    /// Whether an error that names no peer may not take it for its own.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The fault that our code reported.
    pub(crate) fn fault(&self) -> Option<&Fault<'static>> {
        self.reported.as_deref()
    }

    fn names_peer(&self) -> bool {
        !self.doubtful && (!self.host.is_empty() || self.peer_address.is_some())
    }

    fn same_peer(&self, other: &Seen) -> bool {
        self.host == other.host
            && self.port == other.port
            && (!self.host.is_empty() || self.peer_address == other.peer_address)
    }

    /// Whether the innermost call around the event names this very peer, as fields.
    pub(crate) fn is_named_by(&self, sources: &Sources<'_, '_>) -> bool {
        sources.named_peer().is_some_and(|(host, port)| self.is_peer(&host, port))
    }

    fn tells_same(&self, other: &Seen) -> bool {
        self.text == other.text
            && self.same_peer(other)
            && self.peer_address == other.peer_address
            && (self.phase, self.limit) == (other.phase, other.limit)
            && (self.attempt, self.max_attempts) == (other.attempt, other.max_attempts)
    }

    /// Whether these tries are those that are remembered.
    pub(crate) fn tells_tries(&self, attempts: &Attempts) -> bool {
        (self.attempt, self.max_attempts) == (attempts.attempt, attempts.max_attempts)
    }

    /// Whether it tells of the same failure, just this.
    pub(crate) fn tells_time(&self, fault: &Fault<'_>) -> bool {
        self.tells_tries(&fault.attempts) && self.elapsed_ms == milliseconds(fault.elapsed)
    }

    fn is_peer(&self, host: &str, port: Option<u16>) -> bool {
        self.host.as_str() == host && self.port == port
    }
}

fn milliseconds(elapsed: Option<Duration>) -> Option<u32> {
    elapsed.and_then(|elapsed| elapsed.as_millis().try_into().ok())
}

/// Whether an error's text contains a remembered one; mostly it ends with it.
fn speaks_of(error: &str, text: &str) -> bool {
    error.ends_with(text) || error.contains(text)
}

/// Any text that is long enough.
const GIVEN_UP: &str = "given up";

/// What a fault is sought by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought<'a> {
    /// The text of the event's error.
    pub(crate) error: &'a str,
    /// What the event's error says of the failure.
    pub(crate) fault: &'a Fault<'a>,
}

impl Sought<'_> {
    fn matches(&self, seen: &Seen, age: Duration) -> bool {
        match seen.fault() {
            Some(given_up) if seen.text.is_empty() => {
                age < MOMENT && may_have_given_up(self.fault, given_up)
            }
            _ => age < LIFETIME && speaks_of(self.error, &seen.text),
        }
    }
}

/// As much of a text as is remembered.
fn prefix(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default()
}

/// The faults that one span remembers, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Memory(ArrayVec<Remembered, PER_SPAN>);

/// A fault, and when it was reported in this span.
pub(crate) type Remembered = (Arc<Seen>, SystemTime);

impl Memory {
    /// The newest remembered fault, if it tells the same, a moment ago.
    pub(crate) fn known(&self, seen: &Seen, now: SystemTime) -> Option<&Remembered> {
        let tells_same = |last: &Seen| !last.doubtful && last.tells_same(seen);
        self.0.last().filter(|(last, at)| is_within(MOMENT, *at, now) && tells_same(last))
    }

    /// The newest remembered fault.
    pub(crate) fn last(&self) -> Option<&Arc<Seen>> {
        self.0.last().map(|(seen, _)| seen)
    }

    /// Remembers a fault in place of the same failure of the same peer.
    pub(crate) fn remember(&mut self, seen: &Arc<Seen>, now: SystemTime) {
        let is_same = |other: &Seen| other.text == seen.text && other.same_peer(seen);
        let tells_more = |(other, at): &Remembered| {
            other.reported.is_some() && is_same(other) && is_within(MOMENT, *at, now)
        };
        if seen.reported.is_none() && self.0.iter().any(tells_more) {
            return;
        }
        self.0.retain(|(other, _)| !is_same(other));
        if self.0.is_full() {
            self.0.remove(0);
        }
        let _ = self.0.try_push((Arc::clone(seen), now));
    }

    /// Whether our code reported any of them.
    pub(crate) fn has_reported(&self) -> bool {
        self.0.iter().any(|(seen, _)| seen.reported.is_some())
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets the faults of a peer that has been reached since.
    pub(crate) fn forget(&mut self, host: &str, port: Option<u16>) {
        self.0.retain(|(seen, _)| !seen.is_peer(host, port));
    }

    /// Doubts the faults of a peer that may have been reached since: their text is then
    /// that of several failures, and names none.
    pub(crate) fn doubt(&mut self, host: &str, port: Option<u16>) {
        for (seen, _) in self.0.iter_mut().filter(|(seen, _)| seen.is_peer(host, port)) {
            *seen = Arc::new(Seen { doubtful: true, ..Seen::clone(seen) });
        }
    }

    /// The remembered fault that an error's text speaks of, if all that match name one peer.
    pub(crate) fn recall(&self, sought: Sought<'_>, now: SystemTime) -> Option<Remembered> {
        let matches = |(seen, at): &&Remembered| {
            now.duration_since(*at).is_ok_and(|age| sought.matches(seen, age))
        };
        let mut matching = self.0.iter().rev().filter(matches);
        let (latest, at) = matching.next().filter(|(seen, _)| seen.names_peer())?;
        matching.all(|(other, _)| other.same_peer(latest)).then(|| (Arc::clone(latest), *at))
    }
}

/// Whether something was less than so long ago. Nothing is known of what a clock that was
/// set back says.
pub(crate) fn is_within(time: Duration, at: SystemTime, now: SystemTime) -> bool {
    now.duration_since(at).is_ok_and(|age| age < time)
}

impl Seen {
    /// Fills what a fault lacks; a fault that names its own peer takes nothing of another's.
    ///
    /// Tries and times are filled by [`Seen::complete_tries`] once the event's own are read.
    pub(crate) fn complete<'a>(&'a self, fault: &mut Fault<'a>, age: Duration) {
        if let Some(reported) = self.fault() {
            return complete_from(fault, reported, age);
        }
        let named = !fault.peer.is_empty();
        let same = fault
            .peer
            .server_address
            .as_deref()
            .is_some_and(|host| self.is_peer(host, fault.peer.server_port));
        if named && !same {
            return;
        }
        if !named {
            fault.peer.server_address = (!self.host.is_empty()).then(|| self.host.as_str().into());
            fault.peer.server_port = self.port;
            fault.add_evidence(Evidence::Remembered(age));
        }
        fault.peer.peer_address = fault.peer.peer_address.or(self.peer_address);
        fault.phase = fault.phase.or(self.phase);
        fault.limit = fault.limit.or(self.limit);
    }

    /// Fills the time that neither the error nor the event tells.
    pub(crate) fn complete_elapsed(&self, fault: &mut Fault<'_>) {
        if let Some(reported) = self.fault() {
            fault.elapsed = fault.elapsed.or(reported.elapsed);
        }
    }

    /// Fills the tries and the time that neither the error nor the event tells.
    pub(crate) fn complete_tries(&self, fault: &mut Fault<'_>) {
        let elapsed = self.elapsed_ms.map(|ms| Duration::from_millis(ms.into()));
        fault.elapsed = fault.elapsed.or(elapsed);
        let attempts = &mut fault.attempts;
        if let Some(reported) = self.fault() {
            attempts.exhausted = attempts.exhausted.or(reported.attempts.exhausted);
        }
        if attempts.attempt.is_none() && attempts.max_attempts.is_none() {
            (attempts.attempt, attempts.max_attempts) = (self.attempt, self.max_attempts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netcause_fault::Reason;

    const TEXT: &str = "Connection refused (os error 111)";

    fn fault(host: &str) -> Fault<'_> {
        let mut fault = Fault::of_reason(Reason::ConnectRefused);
        fault.peer.server_address = (!host.is_empty()).then(|| host.into());
        fault.peer.server_port = Some(5432);
        fault
    }

    fn remember(memory: &mut Memory, host: &str, text: &str, at: SystemTime) {
        memory.remember(&Arc::new(Seen::new(&fault(host), text).unwrap()), at);
    }

    fn recalled(memory: &Memory, error: &str, now: SystemTime) -> Option<String> {
        let fault = Fault::of_reason(Reason::ConnectRefused);
        let sought = Sought { error, fault: &fault };
        memory.recall(sought, now).map(|(seen, _)| seen.host.to_string())
    }

    #[test]
    fn a_text_that_contains_the_innermost_link_recalls_its_peer() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        remember(&mut memory, "db", TEXT, now);
        assert_eq!(recalled(&memory, &format!("charge: {TEXT}"), now).as_deref(), Some("db"));
        assert_eq!(recalled(&memory, "charge: something else", now), None);
    }

    #[test]
    fn two_peers_with_one_text_claim_none() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        remember(&mut memory, "db", TEXT, now);
        remember(&mut memory, "cache", TEXT, now);
        assert_eq!(recalled(&memory, TEXT, now), None);
    }

    #[test]
    fn a_fault_without_a_peer_makes_the_text_ambiguous() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        remember(&mut memory, "db", TEXT, now);
        remember(&mut memory, "", TEXT, now);
        assert_eq!(recalled(&memory, TEXT, now), None);
    }

    #[test]
    fn a_fault_two_minutes_old_is_forgotten() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        remember(&mut memory, "db", TEXT, now);
        assert!(recalled(&memory, TEXT, now + Duration::from_secs(59)).is_some());
        assert_eq!(recalled(&memory, TEXT, now + Duration::from_secs(120)), None);
    }

    #[test]
    fn a_short_text_is_not_remembered() {
        assert!(Seen::new(&fault("db"), "refused").is_none());
    }

    #[test]
    fn the_oldest_of_nine_goes_and_memory_stays_the_same() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        for index in 0..1000 {
            remember(&mut memory, &format!("host-{index}"), &format!("failure {index:04}"), now);
        }
        assert_eq!(memory.0.len(), PER_SPAN);
        assert_eq!(recalled(&memory, "failure 0999", now).as_deref(), Some("host-999"));
        assert_eq!(recalled(&memory, "failure 0991", now), None);
    }

    #[test]
    fn a_peer_that_was_reached_is_forgotten() {
        let (mut memory, now) = (Memory::default(), SystemTime::now());
        remember(&mut memory, "db", TEXT, now);
        memory.forget("db", Some(1));
        assert!(recalled(&memory, TEXT, now).is_some());
        memory.forget("db", Some(5432));
        assert_eq!(recalled(&memory, TEXT, now), None);
    }

    #[test]
    fn a_fault_that_names_another_peer_takes_nothing() {
        let mut remembered = fault("db");
        remembered.attempts.attempt = Some(3);
        let seen = Seen::new(&remembered, TEXT).unwrap();
        let mut other = fault("cache");
        seen.complete(&mut other, Duration::ZERO);
        assert_eq!(other, fault("cache"));
    }
}
