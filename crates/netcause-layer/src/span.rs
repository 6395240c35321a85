//! [`Span`]: what the layer keeps of each span.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netcause_record::named_peer;
use smallvec::SmallVec;

use crate::fields::Fields;
use crate::memory::{Memory, Seen};
use crate::scope::SpanScope;

/// Overwritten text is thrown away once it exceeds what is in use by this much.
const SLACK: usize = 1024;

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
    /// Its scope as it was when the span was opened.
    opened: Arc<SpanScope>,
    /// The layer's count of amended spans when that was last found to be as it is.
    version: AtomicU64,
    /// Counts the changes of its fields since.
    revision: AtomicU32,
    /// Whether its scope is part of another span's.
    lent: AtomicBool,
    entered: AtomicBool,
    closed: AtomicBool,
    outcome: AtomicU8,
    /// The address of the fault that was remembered last; 0 where none is.
    remembered: AtomicUsize,
    /// Whether one of those that are remembered was reported by our code.
    has_reported: AtomicBool,
    state: Mutex<SpanState>,
}

/// The part of a [`Span`] that one thread at a time uses. No caller's code runs meanwhile,
/// and of several spans' one is held at a time.
#[derive(Debug, Default)]
pub(crate) struct SpanState {
    pub(crate) memory: Memory,
    /// The scope since a span of it was amended.
    amended: Option<Arc<SpanScope>>,
    /// Fields that were recorded since: of most calls that end well nobody asks for them.
    later: Fields,
}

impl Span {
    /// Makes a new span of what is left of another, and lets go of the span that was around
    /// that one; returns its scope.
    pub(crate) fn renew(
        &mut self,
        name: &'static str,
        parent: Option<Arc<Span>>,
        scope: Arc<SpanScope>,
        version: u64,
    ) -> Arc<SpanScope> {
        (self.name, self.parent) = (name, parent);
        *self.version.get_mut() = version;
        *self.revision.get_mut() = 0;
        *self.lent.get_mut() = false;
        *self.entered.get_mut() = false;
        *self.closed.get_mut() = false;
        *self.remembered.get_mut() = 0;
        *self.has_reported.get_mut() = false;
        *self.outcome.get_mut() = Outcome::Silent as u8;
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.memory.clear();
        state.amended = None;
        state.later.clear();
        std::mem::replace(&mut self.opened, scope)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, SpanState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This span and those around it, from the innermost outward.
    pub(crate) fn and_ancestors(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Span>> {
        std::iter::successors(Some(self), |span| span.parent.as_ref())
    }

    /// The scope, where no span of it has been amended since it was opened.
    pub(crate) fn opened(&self, version: u64) -> Option<&Arc<SpanScope>> {
        (self.version.load(Ordering::Acquire) == version && self.is_at(0)).then_some(&self.opened)
    }

    /// The same, for the scope of a span inside.
    pub(crate) fn lend(&self, version: u64) -> Option<&Arc<SpanScope>> {
        self.lent.store(true, Ordering::Release);
        self.opened(version)
    }

    /// Replaces the values of fields that were recorded later; says whether another span's
    /// scope has the old ones.
    pub(crate) fn amend(&self, later: &Fields) -> bool {
        let mut state = self.lock();
        state.later.replace(later);
        state.later.compact(SLACK);
        self.revision.fetch_add(1, Ordering::Release);
        self.lent.load(Ordering::Acquire)
    }

    /// The scope inside of another one.
    fn scope_in(&self, outer: Option<Arc<SpanScope>>, version: u64) -> Arc<SpanScope> {
        let mut state = self.lock();
        state.settle(self);
        if state.amended.is_none() && self.opened.is_inside(outer.as_ref()) {
            self.version.store(version, Ordering::Release);
        } else if !state.scope(self).is_inside(outer.as_ref()) {
            let mut scope = SpanScope::default();
            scope.fill_as(state.scope(self), outer);
            state.amended = Some(Arc::new(scope));
        }
        Arc::clone(state.scope(self))
    }

    /// The scope as it is at that count of amended spans, whichever were amended.
    pub(crate) fn scope(self: &Arc<Self>, version: u64) -> Arc<SpanScope> {
        let spans: SmallVec<[&Arc<Span>; 16]> = self.and_ancestors().collect();
        let (last, around) = spans.split_first().map_or((self, &[][..]), |(it, rest)| (*it, rest));
        let outer = around.iter().rev().fold(None, |outer, span| {
            span.lent.store(true, Ordering::Release);
            Some(span.scope_in(outer, version))
        });
        last.scope_in(outer, version)
    }

    /// The fields' changes since it was opened.
    pub(crate) fn revision(&self) -> u32 {
        self.revision.load(Ordering::Acquire)
    }

    /// Changes what is remembered of faults; says whether the span serves a caller.
    pub(crate) fn with_memory(&self, change: impl FnOnce(&mut Memory)) -> bool {
        let mut state = self.lock();
        change(&mut state.memory);
        let last = state.memory.last().map_or(0, address);
        self.remembered.store(last, Ordering::Release);
        self.has_reported.store(state.memory.has_reported(), Ordering::Release);
        state.scope(self).serves_caller()
    }

    pub(crate) fn remembers(&self) -> bool {
        self.remembered.load(Ordering::Acquire) != 0
    }

    /// Whether a fault is remembered that our code reported.
    pub(crate) fn remembers_reported(&self) -> bool {
        self.has_reported.load(Ordering::Acquire)
    }

    /// Whether this very fault was remembered last.
    pub(crate) fn remembers_last(&self, seen: &Arc<Seen>) -> bool {
        // While there is somebody who holds it, its address is no other's.
        self.remembered.load(Ordering::Acquire) == address(seen)
    }

    /// The host and port that the span names, if it tells of a peer.
    pub(crate) fn peer(&self) -> Option<(String, Option<u16>)> {
        if self.is_at(0) && !self.opened.tells_peer() {
            return None;
        }
        let scope = Arc::clone(self.lock().scope(self));
        let tells = scope.tells_peer();
        let fields: SmallVec<[_; 8]> = scope.fields().iter().filter(|_| tells).collect();
        named_peer(&fields).map(|(host, port)| (host.into_owned(), port))
    }

    /// Whether the fields are still as they were at a revision.
    pub(crate) fn is_at(&self, revision: u32) -> bool {
        self.revision() == revision
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
    fn scope<'s>(&'s mut self, span: &'s Span) -> &'s Arc<SpanScope> {
        self.settle(span);
        self.amended.as_ref().unwrap_or(&span.opened)
    }

    /// Puts what was recorded later into the scope.
    fn settle(&mut self, span: &Span) {
        if self.later.list.is_empty() {
            return;
        }
        let mut fields = self.amended.as_ref().unwrap_or(&span.opened).fields().clone();
        fields.replace(&self.later);
        fields.compact(SLACK);
        self.later.clear();
        let mut scope = SpanScope::default();
        // The spans around are joined once the scope is asked for.
        scope.fill(&fields, None);
        self.amended = Some(Arc::new(scope));
    }
}
