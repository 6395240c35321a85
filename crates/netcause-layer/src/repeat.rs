//! [`Repeats`]: failures that a thread has reported before, with all that came of them.
//!
//! What fails, fails again: the same error from the same peer, hundreds of times a minute.
//! Reading the error, completing the fault and rendering it give the same result each time
//! but for how long it took and which try it was. So they are done once, and only these
//! are read and written anew.
//!
//! A failure is known by everything that its result is made of, compared to the last byte:
//! the chain of the error with what its types tell ([`Chain::tells_same`]), and the fields
//! around it that a fault is completed from ([`Sources::conditions`]). Memory is asked each
//! time. One that is seen for the first time leaves nothing but a number behind.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use netcause_fault::{Attempts, Chain, Fault};
use netcause_record::{
    Field, PeerSource, RenderedFault, Role, Sources, Value, complete_elapsed, complete_tries,
};

use crate::memory::{MOMENT, Seen};
use crate::span::Span;

#[cfg(test)]
mod tests;

/// How many failures are kept; a new one takes the place of another.
const KEPT: usize = 32;

/// How many failures are known to have been seen once.
const SIGHTED: usize = 128;

/// The longest text of an error that is kept, in bytes.
const LONGEST: usize = 2048;

/// Failures that a thread has reported before.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    kept: Vec<Option<Box<Repeat>>>,
    sighted: Vec<u64>,
    /// How often one was found.
    #[cfg(test)]
    pub(crate) found: usize,
}

#[cfg(test)]
impl Repeats {
    /// How many are kept now.
    pub(crate) fn count(&self) -> usize {
        self.kept.iter().flatten().count()
    }
}

/// A failure: an error and the fields around it.
#[derive(Debug)]
pub(crate) struct Failure<'a, 's> {
    pub(crate) chain: &'a Chain,
    sources: &'s Sources<'a, 's>,
    /// Two that differ in it are different.
    fingerprint: u64,
}

/// A failure that was kept, and what came of it.
#[derive(Debug)]
struct Repeat {
    chain: Chain,
    conditions: Vec<Condition>,
    /// Absent for an error that is no fault.
    verdict: Option<Verdict>,
}

/// A fault, completed and diagnosed, and its members.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) fault: Fault<'static>,
    pub(crate) source: PeerSource,
    pub(crate) rendered: RenderedFault,
    /// Whether memory might know more of it.
    pub(crate) may_recall: bool,
    /// How long it took, where what came of it may rest on that.
    pub(crate) time: Option<Option<Duration>>,
    /// What the error itself told of the time and the tries.
    pub(crate) own: (Option<Duration>, Attempts),
    /// What is remembered of it, and when that was.
    pub(crate) seen: Option<(Arc<Seen>, SystemTime)>,
}

/// A field that a fault is completed from.
#[derive(Debug)]
struct Condition {
    source: usize,
    role: Role,
    name: Cow<'static, str>,
    /// Absent where it is `text`.
    value: Option<Value<'static>>,
    text: String,
}

impl Repeats {
    /// What came of the same failure before: nothing, where it was no fault.
    pub(crate) fn find(&mut self, failure: &Failure<'_, '_>) -> Option<Option<&mut Verdict>> {
        let kept = self.kept.get_mut(place(failure.fingerprint, KEPT))?.as_deref_mut()?;
        if !kept.is(failure) {
            return None;
        }
        #[cfg(test)]
        {
            self.found += 1;
        }
        Some(kept.verdict.as_mut())
    }

    /// Notes that a failure was seen; says whether it was before, and so is worth being kept.
    pub(crate) fn sight(&mut self, failure: &Failure<'_, '_>) -> bool {
        self.sighted.resize(SIGHTED, 0);
        let place = place(failure.fingerprint.rotate_left(16), SIGHTED);
        let Some(last) = self.sighted.get_mut(place) else { return false };
        let again = *last == failure.fingerprint && failure.chain.message().len() <= LONGEST;
        // One that then has to make way for another is counted from the beginning.
        *last = if again { 0 } else { failure.fingerprint };
        again
    }

    /// Keeps what came of a failure.
    pub(crate) fn keep(&mut self, failure: &Failure<'_, '_>, verdict: Option<Verdict>) {
        let conditions = failure.sources.conditions();
        let conditions = conditions.map(|(source, field)| Condition::of(source, field));
        let Some(conditions) = conditions.collect() else { return };
        self.kept.resize_with(KEPT, || None);
        if let Some(slot) = self.kept.get_mut(place(failure.fingerprint, KEPT)) {
            *slot = Some(Box::new(Repeat { chain: failure.chain.clone(), conditions, verdict }));
        }
    }
}

impl Repeat {
    fn is(&self, failure: &Failure<'_, '_>) -> bool {
        let mut kept = self.conditions.iter();
        self.chain.tells_same(failure.chain)
            && failure.sources.conditions().all(|(source, field)| {
                kept.next().is_some_and(|condition| condition.is(source, field))
            })
            && kept.next().is_none()
            && self.verdict.as_ref().is_none_or(|verdict| verdict.rests_on_same_time(failure))
    }
}

impl Verdict {
    fn rests_on_same_time(&self, failure: &Failure<'_, '_>) -> bool {
        let time = || self.time_and_tries(failure.chain, failure.sources).0;
        self.time.is_none_or(|kept| kept == time())
    }

    /// Reads the time and the tries of another time that it happened.
    pub(crate) fn renew(&mut self, chain: &Chain, sources: &Sources<'_, '_>) {
        let (elapsed, attempts) = self.time_and_tries(chain, sources);
        (self.fault.elapsed, self.fault.attempts) = (elapsed, attempts);
        self.rendered.renew(&self.fault);
    }

    fn time_and_tries(
        &self,
        chain: &Chain,
        sources: &Sources<'_, '_>,
    ) -> (Option<Duration>, Attempts) {
        let (mut elapsed, mut attempts) = self.own;
        // What is stated is stated each time, or it would not be the same failure.
        if let Some(stated) = chain.stated() {
            let now = &stated.attempts;
            elapsed = stated.elapsed.or(elapsed);
            attempts.attempt = now.attempt.or(attempts.attempt);
            attempts.max_attempts = now.max_attempts.or(attempts.max_attempts);
            attempts.exhausted = now.exhausted.or(attempts.exhausted);
            attempts.next_delay = now.next_delay.or(attempts.next_delay);
        }
        complete_elapsed(&mut elapsed, sources);
        complete_tries(&mut attempts, sources);
        (elapsed, attempts)
    }

    /// Whether the span remembers just this, since a moment ago.
    pub(crate) fn is_remembered(&self, span: &Span, now: SystemTime) -> bool {
        let Some((seen, at)) = &self.seen else { return false };
        let age = now.duration_since(*at);
        age.is_ok_and(|age| age < MOMENT)
            && span.remembers_last(seen)
            && seen.tells_tries(&self.fault.attempts)
    }
}

impl Condition {
    fn of(source: usize, field: &Field<'_>) -> Option<Self> {
        let (value, text) = match field.value {
            Value::Text(text) => (None, text.to_owned()),
            Value::Bool(value) => (Some(Value::Bool(value)), String::new()),
            Value::I64(value) => (Some(Value::I64(value)), String::new()),
            Value::U64(value) => (Some(Value::U64(value)), String::new()),
            Value::F64(value) => (Some(Value::F64(value)), String::new()),
            Value::Null | Value::Number(_) | Value::Json(_) => return None,
        };
        Some(Condition { source, role: field.key.role, name: field.key.name.clone(), value, text })
    }

    fn is(&self, source: usize, field: &Field<'_>) -> bool {
        let same_value = match (field.value, self.value) {
            (Value::Text(text), None) => text == self.text,
            (value, Some(kept)) => value == kept,
            _ => false,
        };
        same_value
            && self.source == source
            && self.role == field.key.role
            && self.name == field.key.name
    }
}

impl<'a, 's> Failure<'a, 's> {
    pub(crate) fn new(chain: &'a Chain, sources: &'s Sources<'a, 's>) -> Self {
        Failure { chain, sources, fingerprint: fingerprint(chain, sources) }
    }
}

fn fingerprint(chain: &Chain, sources: &Sources<'_, '_>) -> u64 {
    let mut hash = mix_text(0, chain.message());
    if let Some(stated) = chain.stated() {
        hash = mix_text(hash, stated.peer.server_address.as_deref().unwrap_or_default());
        hash = mix(hash, stated.peer.server_port.unwrap_or_default().into());
    }
    for (_, field) in sources.conditions() {
        hash = match field.value {
            Value::Text(text) => mix_text(hash, text),
            Value::I64(value) => mix(hash, value.unsigned_abs()),
            Value::U64(value) => mix(hash, value),
            _ => hash,
        };
    }
    hash
}

fn mix_text(hash: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(rest.len() as u64, |rest, byte| rest << 8 | u64::from(*byte));
    mix(hash, rest)
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn place(fingerprint: u64, count: usize) -> usize {
    (fingerprint >> 32) as usize % count
}
