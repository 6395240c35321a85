//! Which of the durations in a text is the limit that ran out, and which the time it took.

use std::time::Duration;

use super::dictionary::Dictionary;
use super::duration::{decimal, duration_at, of_seconds, unit_seconds};
use super::words::{Word, back, before, is_one_of, parts, strip};

/// How surely a duration is the limit, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A setting's name stands before: `connectTimeout=30s`.
    Setting,
    /// The word "timeout" stands beside: `timeout: 30s`, `30s timeout`.
    Named,
    /// The sentence says that it ran out: `timed out after 30s`, `30s exceeded`.
    RanOut,
}

/// The times that a text states.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::classify) struct Times {
    limit: Option<(Rank, Duration)>,
    elapsed: Option<Duration>,
}

/// What a duration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Limit(Rank),
    Elapsed,
}

impl Times {
    /// Considers the number at a place.
    pub(super) fn take(&mut self, text: &str, at: usize) {
        let lead = before(text, at);
        let number = text.get(at..).unwrap_or_default();
        let Some((meaning, duration)) =
            with_unit(lead, number).or_else(|| without_unit(lead, number))
        else {
            return;
        };
        match meaning {
            Meaning::Limit(rank) if self.limit.is_none_or(|(known, _)| rank >= known) => {
                self.limit = Some((rank, duration));
            }
            Meaning::Limit(_) => {}
            Meaning::Elapsed => self.elapsed = self.elapsed.or(Some(duration)),
        }
    }

    /// These times, and where there are none, others.
    pub(super) fn or(self, other: Times) -> Times {
        if self.limit.is_none() && self.elapsed.is_none() { other } else { self }
    }

    /// The limit that ran out. Where no timer did, only a sentence that says so tells one.
    pub(in crate::classify) fn limit(&self, is_timer: bool) -> Option<Duration> {
        let (_, limit) = self.limit.filter(|(rank, _)| is_timer || *rank == Rank::RanOut)?;
        Some(limit)
    }

    /// How long it took.
    pub(in crate::classify) fn elapsed(&self) -> Option<Duration> {
        self.elapsed
    }
}

/// The meaning of a number with a unit.
fn with_unit(lead: &str, number: &str) -> Option<(Meaning, Duration)> {
    let (duration, rest) = duration_at(number)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/')) {
        return None;
    }
    let meaning = by_words_behind(rest).or_else(|| by_words_before(lead, rest))?;
    Some((meaning, duration))
}

/// The meaning of a number whose unit is understood.
fn without_unit(lead: &str, number: &str) -> Option<(Meaning, Duration)> {
    let (value, rest) = decimal(number)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || "_/:%-".contains(c)) || value <= 0.0 {
        return None;
    }
    let word = back(lead).next().filter(|word| is_value(word.gap))?;
    let meaning = key(word, lead)?;
    let unit = parts(word.text)
        .last()
        .and_then(|last| unit_seconds(last).filter(|_| last.len() > 1 || last == "s"));
    let is_whole = !digits(number).contains('.');
    let is_key = word.gap.contains(['=', ':']);
    // `timeout 99` may count them; how long it took is no whole number of seconds.
    if unit.is_none() && (meaning == Meaning::Elapsed || (is_whole && !is_key)) {
        return None;
    }
    let seconds = match unit {
        Some(unit) => value * unit,
        // Whoever counts in milliseconds writes no fraction, and hardly anybody waits for
        // a quarter of an hour or a quarter of a second.
        None if !is_whole || value < 300.0 => value,
        None if value >= 1000.0 => value / 1000.0,
        None => return None,
    };
    Some((meaning, of_seconds(seconds)?))
}

fn digits(number: &str) -> &str {
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    number.get(..end).unwrap_or_default().trim_end_matches('.')
}

/// Whether what stands before a number makes it the value of a key, or follows a noun.
fn is_value(gap: &str) -> bool {
    let gap = gap.trim_matches(['"', '\'', '\\', ' ']);
    matches!(gap, "=" | ":" | "=>" | "" | "\":" | "':")
}

/// `5s exceeded`, `5s timeout`.
fn by_words_behind(rest: &str) -> Option<Meaning> {
    let words = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"'`)]".contains(c));
    let begins = |list: &[&str]| list.iter().any(|it| strip(words, it).is_some());
    if begins(&[
        "exceeded",
        "elapsed",
        "elapsing",
        "has elapsed",
        "expired",
        "passed",
        "timed out",
        "has passed",
    ]) {
        return Some(Meaning::Limit(Rank::RanOut));
    }
    begins(&["timeout", "deadline", "time limit"]).then_some(Meaning::Limit(Rank::Named))
}

/// What the words before a duration make of it.
fn by_words_before(lead: &str, rest: &str) -> Option<Meaning> {
    let mut words = back(lead);
    let word = words.next()?;
    if word.gap.contains([';', '|']) || word.gap.contains(", ") && !is_one_of(word.text, &["out"]) {
        return None;
    }
    let earlier = || {
        words.take(4).take_while(|word| !word.gap.contains([';', '|', '}'])).map(|word| word.text)
    };
    let is_timer = || earlier().any(|word| parts(word).any(|part| TIMERS.contains(part)));
    if is_one_of(word.text, &["after"]) {
        return match () {
            () if is_announced(lead, rest) => None,
            () if earlier().take(2).any(|word| parts(word).any(|part| TIMERS.contains(part))) => {
                Some(Meaning::Limit(Rank::RanOut))
            }
            () => Some(Meaning::Elapsed),
        };
    }
    if is_one_of(word.text, &["within"]) {
        return Some(Meaning::Limit(Rank::RanOut));
    }
    if is_one_of(
        word.text,
        &["of", "in", "for", "than", "exceeded", "out", "exceeds", "is", "over", "before"],
    ) {
        let is_waiting = earlier().any(|word| WAITS.contains(word));
        let says_so = is_timer() || is_one_of(word.text, &["exceeded", "out"]);
        return (says_so && !is_waiting).then_some(Meaning::Limit(Rank::RanOut));
    }
    key(word, lead).or_else(|| in_brackets(word, rest).filter(|_| is_timer()))
}

/// What a key or a noun says of the number behind it.
fn key(word: Word<'_>, lead: &str) -> Option<Meaning> {
    if ELAPSED.contains(word.text) {
        return Some(Meaning::Elapsed);
    }
    let is_timeout = |part: &str| is_one_of(part, &["timeout", "deadline", "timeouts"]);
    if !parts(word.text).any(is_timeout) {
        return None;
    }
    let is_setting = !is_timeout(word.text);
    let is_configured = back(lead)
        .take(6)
        .any(|word| is_one_of(word.text, &["configured", "default", "using", "set"]));
    match (is_configured, is_setting) {
        (true, _) => None,
        (false, true) => Some(Meaning::Limit(Rank::Setting)),
        // `timed out. (read timeout=5)`
        (false, false) if follows_end(word, lead) => Some(Meaning::Limit(Rank::RanOut)),
        (false, false) => Some(Meaning::Limit(Rank::Named)),
    }
}

/// Whether the limit stands in brackets behind "timed out".
fn follows_end(word: Word<'_>, lead: &str) -> bool {
    let end = lead.len().checked_sub(word.gap.len() + word.text.len());
    let before = end.and_then(|end| lead.get(..end)).unwrap_or_default();
    before
        .rsplit_once('(')
        .is_some_and(|(before, _)| before.trim_end_matches([' ', '.', ',']).ends_with("timed out"))
}

/// A duration in brackets, as in `Timeout performing GET (5000ms)`.
fn in_brackets(word: Word<'_>, rest: &str) -> Option<Meaning> {
    let is_opened = word.gap.ends_with(['(', '[']);
    (is_opened && rest.starts_with([')', ']', ','])).then_some(Meaning::Limit(Rank::Named))
}

/// Whether the sentence announces what comes after a while.
fn is_announced(lead: &str, rest: &str) -> bool {
    rest.starts_with("...")
        || rest.starts_with('…')
        || back(lead).any(|word| WAITS.contains(word.text))
}

#[rustfmt::skip]
static TIMERS: Dictionary<(), 64> = Dictionary::new(&[(&[
    "timeout", "timeouts", "timed", "out", "deadline", "exceeded", "expired", "elapsed", "limit",
    "response", "reply", "answer", "acks", "heartbeat", "heartbeats", "completed", "complete",
    "longer", "more", "respond", "responded", "activity", "idle", "hung", "progress",
], ())]);

#[rustfmt::skip]
static WAITS: Dictionary<(), 32> = Dictionary::new(&[(&[
    "retry", "retrying", "reconnecting", "sleeping", "waiting", "backoff", "backing", "next", "again",
    "sleep", "wait", "restarting", "resuming", "delay",
], ())]);

#[rustfmt::skip]
static ELAPSED: Dictionary<(), 32> = Dictionary::new(&[(&[
    "waited", "request", "elapsed", "took", "spent", "duration", "elapsed_ms", "elapsedMs", "duration_ms",
    "elapsed_time",
], ())]);
