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
//!
//! Mostly it is the one that was the last at its callsite. So an error is compared with that
//! one while it prints itself ([`Chain::read_unless_known`]); and among the very same spans
//! not even their fields are looked at again.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use netcause_fault::{Attempts, Chain, Fault};
use netcause_record::{
    Field, Key, PeerSource, RenderedFault, Role, Sources, Value, complete_elapsed, complete_tries,
};

use crate::memory::{MOMENT, Remembered, is_within};
use crate::span::Span;
use crate::spans::Place;

#[cfg(test)]
mod tests;

/// How many failures are kept; a new one takes the place of another.
const KEPT: usize = 32;

/// For how many callsites the last failure is known.
const SITES: usize = 64;

/// How many failures are known to have been seen once.
const SIGHTED: usize = 128;

/// The longest text of an error that is kept, in bytes.
const LONGEST: usize = 2048;

/// Failures that a thread has reported before.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    kept: Vec<Option<Box<Repeat>>>,
    /// For callsites, where the failure is kept that was the last one there.
    last: Vec<u8>,
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

/// A callsite of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) layer: u32,
    /// Each has keys of its own, which it is known by.
    pub(crate) keys: &'static [Key],
}

/// A failure: an error and the fields around it.
#[derive(Debug)]
pub(crate) struct Failure<'a, 's> {
    site: Site,
    pub(crate) chain: &'a Chain,
    sources: &'s Sources<'a, 's>,
    /// Two that differ in it are different.
    fingerprint: u64,
}

/// A failure that was kept, and what came of it.
#[derive(Debug)]
pub(crate) struct Repeat {
    /// The layer that read the error.
    layer: u32,
    pub(crate) chain: Chain,
    pub(crate) kept: Kept,
}

/// What came of a failure.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The fields that it was made of.
    conditions: Vec<Condition>,
    /// The scope in which they were found the last time, where the event told none of them.
    pub(crate) scope: Option<u64>,
    /// Absent for an error that is no fault.
    pub(crate) verdict: Option<Verdict>,
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
    pub(crate) own: TimeAndTries,
    /// What was stated of them the last time.
    pub(crate) stated: TimeAndTries,
    /// What is remembered of it, and when that was.
    pub(crate) seen: Option<Remembered>,
    /// Whether the fields around it name the peer that is remembered.
    pub(crate) is_named: bool,
    /// Whether fields that depend on the fault are written beside it.
    pub(crate) selects: bool,
}

/// How long a try took, and which one it was.
pub(crate) type TimeAndTries = (Option<Duration>, Attempts);

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
    /// The failure that was the last one at a callsite, and where it is kept.
    pub(crate) fn last_at(&self, site: Site) -> Option<(usize, &Repeat)> {
        let place = usize::from(*self.last.get(site.place())?);
        let repeat = self.kept.get(place)?.as_deref()?;
        (repeat.layer == site.layer).then_some((place, repeat))
    }

    /// The failure that is kept there.
    pub(crate) fn at(&mut self, place: usize) -> Option<&mut Repeat> {
        self.kept.get_mut(place)?.as_deref_mut()
    }

    /// The same failure, if it is kept.
    pub(crate) fn find(&mut self, failure: &Failure<'_, '_>) -> Option<&mut Repeat> {
        let place = failure.place();
        self.kept.get(place)?.as_ref().filter(|kept| kept.is(failure))?;
        self.note(failure.site, place);
        self.count_found();
        self.at(place)
    }

    pub(crate) fn count_found(&mut self) {
        #[cfg(test)]
        {
            self.found += 1;
        }
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
        let (layer, chain) = (failure.site.layer, failure.chain.clone());
        self.kept.resize_with(KEPT, || None);
        let place = failure.place();
        if let Some(slot) = self.kept.get_mut(place) {
            let kept = Kept { conditions, scope: None, verdict };
            *slot = Some(Box::new(Repeat { layer, chain, kept }));
        }
        self.note(failure.site, place);
    }

    fn note(&mut self, site: Site, place: usize) {
        self.last.resize(SITES, 0);
        if let Some(last) = self.last.get_mut(site.place()) {
            *last = place as u8;
        }
    }
}

impl Site {
    fn place(self) -> usize {
        place((self.keys.as_ptr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15), SITES)
    }
}

impl Repeat {
    fn is(&self, failure: &Failure<'_, '_>) -> bool {
        self.layer == failure.site.layer
            && self.chain.tells_same(failure.chain)
            && self.kept.is_among(failure.chain, failure.sources)
    }
}

impl Kept {
    /// Whether the fields around are the same as those that it was made of; the error is.
    pub(crate) fn is_among(&self, chain: &Chain, sources: &Sources<'_, '_>) -> bool {
        let mut kept = self.conditions.iter();
        sources
            .conditions()
            .all(|(source, field)| kept.next().is_some_and(|known| known.is(source, field)))
            && kept.next().is_none()
            && self
                .verdict
                .as_ref()
                .is_none_or(|verdict| verdict.rests_on_same_time(chain, sources))
    }
}

impl Verdict {
    fn rests_on_same_time(&self, chain: &Chain, sources: &Sources<'_, '_>) -> bool {
        self.time.is_none_or(|kept| kept == self.time_and_tries(chain, sources).0)
    }

    /// Reads the time and the tries of another time that it happened.
    pub(crate) fn renew(&mut self, chain: &Chain, sources: &Sources<'_, '_>) {
        let (elapsed, attempts) = self.time_and_tries(chain, sources);
        (self.fault.elapsed, self.fault.attempts) = (elapsed, attempts);
        self.stated = stated(chain);
        self.rendered.renew(&self.fault);
    }

    fn time_and_tries(&self, chain: &Chain, sources: &Sources<'_, '_>) -> TimeAndTries {
        let (mut elapsed, mut attempts) = self.own;
        // What is stated is stated each time, or it would not be the same failure.
        let (time, now) = stated(chain);
        elapsed = time.or(elapsed);
        attempts.attempt = now.attempt.or(attempts.attempt);
        attempts.max_attempts = now.max_attempts.or(attempts.max_attempts);
        attempts.exhausted = now.exhausted.or(attempts.exhausted);
        attempts.next_delay = now.next_delay.or(attempts.next_delay);
        complete_elapsed(&mut elapsed, sources);
        complete_tries(&mut attempts, sources);
        (elapsed, attempts)
    }

    /// Whether all that came of it the last time comes of it again, among the same fields.
    pub(crate) fn is_settled(&self, chain: &Chain, place: Option<Place<'_>>) -> bool {
        // What is named by the fields around is not recalled.
        let last = || self.seen.as_ref().filter(|_| self.is_named);
        let recalls_nothing =
            || last().zip(place).is_some_and(|((seen, _), place)| place.span.remembers_last(seen));
        let may_be_told = || place.is_some_and(|place| place.span.remembers_reported());
        !self.selects
            && self.stated == stated(chain)
            && (!self.may_recall || recalls_nothing())
            && !may_be_told()
    }

    /// Whether the span remembers just this, since a moment ago.
    pub(crate) fn is_remembered(&self, span: &Span, now: SystemTime) -> bool {
        self.seen.as_ref().is_some_and(|(seen, at)| {
            is_within(MOMENT, *at, now)
                && span.remembers_last(seen)
                && seen.tells_tries(&self.fault.attempts)
        })
    }
}

/// What is stated in a chain of the time and the tries.
pub(crate) fn stated(chain: &Chain) -> TimeAndTries {
    chain.stated().map(|stated| (stated.elapsed, stated.attempts)).unwrap_or_default()
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
    pub(crate) fn new(site: Site, chain: &'a Chain, sources: &'s Sources<'a, 's>) -> Self {
        Failure { site, chain, sources, fingerprint: fingerprint(chain, sources) }
    }

    fn place(&self) -> usize {
        place(self.fingerprint, KEPT)
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
