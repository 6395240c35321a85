//! [`Span`]: what the layer keeps of each span.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netcause_record::{Role, Value, named_peer};
use smallvec::SmallVec;

use crate::fields::Fields;
use crate::memory::{Memory, Seen};
use crate::scope::SpanScope;

/// Overwritten text is thrown away once it exceeds what is in use by this much.
const SLACK: usize = 1024;

/// The most text whose buffer is used again for another span, in bytes.
const KEPT: usize = 1024;

/// How the last event in a span that names a peer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No event yet.
    Silent = 0,
    /// A fault.
    Fault = 1,
    /// A fault of a try that another one was to follow in the same span.
    Retried = 2,
    /// An event that reports no fault.
    Reached = 3,
}

/// One span's, for each instance of the layer in the subscriber.
#[derive(Debug, Default)]
pub(crate) struct SpanStates(pub(crate) SmallVec<[(u32, Arc<Span>); 1]>);

impl SpanStates {
    pub(crate) fn of(&self, layer: u32) -> Option<&Arc<Span>> {
        self.0.iter().find(|(number, _)| *number == layer).map(|(_, span)| span)
    }
}

/// What the layer keeps of a span.
///
/// Spans know the one around them, so that going outward takes no look into the registry.
#[derive(Debug, Default)]
pub(crate) struct Span {
    /// The nearest span around it that the layer has seen.
    parent: Option<Arc<Span>>,
    pub(crate) name: &'static str,
    /// Counts the changes of its fields.
    revision: AtomicU32,
    entered: AtomicBool,
    closed: AtomicBool,
    outcome: AtomicU8,
    /// The address of the fault that was remembered last; 0 where none is.
    remembered: AtomicUsize,
    state: Mutex<SpanState>,
}

/// The part of a [`Span`] that one thread at a time uses. No caller's code runs meanwhile,
/// and of several spans' one is held at a time.
#[derive(Debug, Default)]
pub(crate) struct SpanState {
    pub(crate) fields: Fields,
    pub(crate) serves_caller: bool,
    pub(crate) tells_peer: bool,
    pub(crate) memory: Memory,
    /// Whether the fields are part of another span's `scope`.
    lent: bool,
    /// The fields of this span and its ancestors, once an event has asked for them.
    scope: Option<Arc<SpanScope>>,
}

impl Span {
    /// Makes a new span, of whose fields nothing was known, out of what is left of another.
    pub(crate) fn renew(&mut self, name: &'static str, parent: Option<Arc<Span>>, new: &Fields) {
        (self.name, self.parent) = (name, parent);
        // What was made of the old fields is none of the new ones'.
        *self.revision.get_mut() = self.revision.get_mut().wrapping_add(1);
        *self.entered.get_mut() = false;
        *self.closed.get_mut() = false;
        *self.remembered.get_mut() = 0;
        *self.outcome.get_mut() = Outcome::Silent as u8;
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.fields.copy(new);
        state.memory = Memory::default();
        state.lent = false;
        state.scope.take_if(|scope| Arc::get_mut(scope).is_none_or(|scope| !scope.release(KEPT)));
        state.learn();
    }

    /// Lets go of the spans around, if nobody else uses this one and its buffers are worth
    /// being kept.
    pub(crate) fn is_spare(&mut self) -> bool {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.parent = None;
        state.fields.text.capacity() <= KEPT
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, SpanState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This span and those around it, from the innermost outward.
    pub(crate) fn and_ancestors(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Span>> {
        std::iter::successors(Some(self), |span| span.parent.as_ref())
    }

    /// Replaces the values of fields that were recorded later; says whether another span's
    /// `scope` has the old ones.
    pub(crate) fn amend(&self, later: &Fields) -> bool {
        let mut state = self.lock();
        state.fields.replace(later);
        state.fields.compact(SLACK);
        state.learn();
        self.revision.fetch_add(1, Ordering::Release);
        state.lent
    }

    /// Changes what is remembered of faults; says whether the span serves a caller.
    pub(crate) fn with_memory(&self, change: impl FnOnce(&mut Memory)) -> bool {
        let mut state = self.lock();
        change(&mut state.memory);
        let last = state.memory.last().map_or(0, address);
        self.remembered.store(last, Ordering::Release);
        state.serves_caller
    }

    pub(crate) fn remembers(&self) -> bool {
        self.remembered.load(Ordering::Acquire) != 0
    }

    /// Whether this very fault was remembered last.
    pub(crate) fn remembers_last(&self, seen: &Arc<Seen>) -> bool {
        // While there is somebody who holds it, its address is no other's.
        self.remembered.load(Ordering::Acquire) == address(seen)
    }

    /// The host and port that the span names, if it tells of a peer.
    pub(crate) fn peer(&self) -> Option<(String, Option<u16>)> {
        let state = self.lock();
        let fields: SmallVec<[_; 8]> = state.fields.iter().filter(|_| state.tells_peer).collect();
        named_peer(&fields).map(|(host, port)| (host.into_owned(), port))
    }

    /// Whether the fields are still as they were when a scope of this revision was made.
    pub(crate) fn is_at(&self, revision: u32) -> bool {
        self.revision.load(Ordering::Acquire) == revision
    }

    /// The fields of this span and its ancestors, if they have been flattened.
    pub(crate) fn scope(&self, version: u64, lend: bool) -> Option<Arc<SpanScope>> {
        let mut state = self.lock();
        state.lent |= lend;
        state.scope.as_ref().filter(|scope| scope.is_current(version, self)).map(Arc::clone)
    }

    /// Flattens the fields of this span and those of the spans around it.
    pub(crate) fn flatten(
        &self,
        version: u64,
        outer: Option<Arc<SpanScope>>,
        lend: bool,
    ) -> Arc<SpanScope> {
        let mut state = self.lock();
        state.lent |= lend;
        let mut scope = state.scope.take().unwrap_or_default();
        if Arc::get_mut(&mut scope).is_none() {
            scope = Arc::default();
        }
        if let Some(scope) = Arc::get_mut(&mut scope) {
            scope.flatten(&state, outer, version, self.revision.load(Ordering::Relaxed));
        }
        state.scope = Some(Arc::clone(&scope));
        scope
    }

    #[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
    pub(crate) fn enter(&self) {
        self.entered.store(true, Ordering::Relaxed);
    }

    #[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
    pub(crate) fn was_entered(&self) -> bool {
        self.entered.load(Ordering::Relaxed)
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn end_with(&self, outcome: Outcome) {
        self.outcome.store(outcome as u8, Ordering::Relaxed);
    }

    /// How the last event in this span ended.
    pub(crate) fn outcome(&self) -> Outcome {
        let outcome = self.outcome.load(Ordering::Relaxed);
        [Outcome::Silent, Outcome::Fault, Outcome::Retried]
            .into_iter()
            .find(|known| *known as u8 == outcome)
            .unwrap_or(Outcome::Reached)
    }
}

/// Where a remembered fault lies.
fn address(seen: &Arc<Seen>) -> usize {
    Arc::as_ptr(seen) as usize
}

impl SpanState {
    /// Learns from the fields what kind of span this is.
    fn learn(&mut self) {
        let serves = |role: Role, value: Value<'_>| match (role, value) {
            (Role::ServesCaller, _) => true,
            (Role::SpanKind, Value::Text(kind)) => {
                ["server", "consumer"].iter().any(|serving| kind.eq_ignore_ascii_case(serving))
            }
            _ => false,
        };
        let list = &self.fields.list;
        self.serves_caller = self.fields.iter().any(|field| serves(field.key.role, field.value));
        self.tells_peer = !self.serves_caller && list.iter().any(|entry| entry.key.tells_peer());
    }
}
