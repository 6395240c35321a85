//! [`SpanScope`]: the fields of a span and its ancestors, flattened once and kept with the
//! span for the events in it.
//!
//! Most events find their spans as the event before left them. So the fields are chosen
//! and rendered once, in two forms: as an ordinary record writes them, and as a record
//! that reports a fault does, without the fields that depend on the fault. Each form is
//! the span's own members and then, as one block, those of the span around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netcause_record::{Field, Key, Role, Scope, SpanFields, push_member};
use smallvec::SmallVec;

use crate::fields::{Entry, Fields};
use crate::span::{Span, SpanState};

/// The most spans whose shares of the facts are kept on the stack.
pub(crate) type Shares<'a, 's> = SmallVec<[SpanFields<'a, 's>; 8]>;

/// Outside of all scopes is 0.
static NEXT_SCOPE: AtomicU64 = AtomicU64::new(1);

/// The rendered fields of one form.
#[derive(Debug, Default)]
struct Form {
    members: String,
    bits: u64,
}

/// The fields of a span and its ancestors.
#[derive(Debug, Default)]
pub(crate) struct SpanScope {
    /// No other scope has the same, nor has this one once it is another's.
    pub(crate) number: u64,
    /// The layer's count of amended spans when this was made.
    version: u64,
    /// The span's own count.
    revision: u32,
    /// The span's own fields.
    own: Fields,
    /// The places of those that mean something to a fault.
    facts: Vec<u16>,
    serves_caller: bool,
    /// The same of the span around.
    outer: Option<Arc<SpanScope>>,
    ordinary: Form,
    on_fault: Form,
    /// How far up the span is that names a peer, if there is one.
    pub(crate) caller_depth: Option<usize>,
    /// Whether tries are counted inside the span that names a peer.
    pub(crate) counts_tries_inside: bool,
}

impl SpanScope {
    /// Whether no span of it has been amended since.
    pub(crate) fn is_current(&self, version: u64, span: &Span) -> bool {
        self.version == version && span.is_at(self.revision)
    }

    /// Lets go of the spans around; says whether its buffers are worth being kept.
    pub(crate) fn release(&mut self, most: usize) -> bool {
        self.outer = None;
        self.ordinary.members.capacity() <= most && self.on_fault.members.capacity() <= most
    }

    /// Takes the fields of a span, and those around it, in place of what was here.
    pub(crate) fn flatten(
        &mut self,
        state: &SpanState,
        outer: Option<Arc<SpanScope>>,
        version: u64,
        revision: u32,
    ) {
        self.number = NEXT_SCOPE.fetch_add(1, Ordering::Relaxed);
        (self.version, self.revision) = (version, revision);
        self.own.copy(&state.fields);
        self.serves_caller = state.serves_caller;
        self.facts.clear();
        let facts = (0_u16..).zip(&self.own.list).filter(|(_, entry)| entry.key.is_fact());
        self.facts.extend(facts.map(|(place, _)| place));
        self.flatten_form(false, outer.as_deref());
        self.flatten_form(true, outer.as_deref());
        self.place_caller(state, outer.as_deref());
        self.outer = outer;
    }

    fn flatten_form(&mut self, on_fault: bool, outer: Option<&SpanScope>) {
        let form = if on_fault { &mut self.on_fault } else { &mut self.ordinary };
        form.members.clear();
        form.bits = 0;
        for (place, entry) in self.own.list.iter().enumerate() {
            let before = self.own.list.get(..place).unwrap_or_default();
            if is_shown(entry.key, on_fault) && !form.has(entry.key, before, on_fault) {
                form.push(&self.own.field(entry), on_fault);
            }
        }
        let Some(outer) = outer else { return };
        let block = outer.form(on_fault);
        if form.bits & block.bits == 0 {
            form.members.push_str(&block.members);
            form.bits |= block.bits;
            return;
        }
        outer.view(on_fault).each_shown(|field| {
            if !form.has(field.key, &self.own.list, on_fault) {
                form.push(&field, on_fault);
            }
        });
    }

    fn place_caller(&mut self, state: &SpanState, outer: Option<&SpanScope>) {
        let around = outer.filter(|_| !state.serves_caller && !state.tells_peer);
        let depth = around.and_then(|outer| outer.caller_depth);
        let counts = |entry: &Entry| entry.key.role == Role::Attempt;
        self.counts_tries_inside = depth.is_some()
            && (around.is_some_and(|outer| outer.counts_tries_inside)
                || self.own.list.iter().any(counts));
        self.caller_depth = if state.tells_peer { Some(0) } else { depth.map(|depth| depth + 1) };
    }

    fn form(&self, on_fault: bool) -> &Form {
        if on_fault { &self.on_fault } else { &self.ordinary }
    }

    /// This scope and those around it, from the innermost outward.
    fn and_outer(&self) -> impl Iterator<Item = &SpanScope> {
        std::iter::successors(Some(self), |scope| scope.outer.as_deref())
    }

    /// The facts, those of the innermost span first.
    pub(crate) fn each_fact<'a>(&'a self, mut with: impl FnMut(Field<'a>)) {
        for scope in self.and_outer() {
            let entries = scope.facts.iter().filter_map(|at| scope.own.list.get(usize::from(*at)));
            entries.for_each(|entry| with(scope.own.field(entry)));
        }
    }

    /// The facts as spans' fields.
    pub(crate) fn spans<'a, 's>(&self, mut facts: &'s [Field<'a>]) -> Shares<'a, 's> {
        let span = |scope: &SpanScope| {
            let (fields, rest) = facts.split_at_checked(scope.facts.len()).unwrap_or_default();
            facts = rest;
            SpanFields { fields, serves_caller: scope.serves_caller }
        };
        self.and_outer().map(span).collect()
    }

    /// The fields in the form for an event.
    pub(crate) fn view(&self, on_fault: bool) -> ScopeView<'_> {
        ScopeView { scope: self, on_fault }
    }
}

impl Form {
    /// Whether one of `entries` that is shown has the name of a key.
    fn has(&self, key: &Key, entries: &[Entry], on_fault: bool) -> bool {
        let is_it =
            |entry: &Entry| is_shown(entry.key, on_fault) && entry.key.is_same_in(on_fault, key);
        self.bits & key.bit_in(on_fault) != 0 && entries.iter().any(is_it)
    }

    fn push(&mut self, field: &Field<'_>, on_fault: bool) {
        push_member(field, on_fault, &mut self.members);
        self.bits |= field.key.bit_in(on_fault);
    }
}

/// The fields in the form for one event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScopeView<'a> {
    scope: &'a SpanScope,
    on_fault: bool,
}

impl<'a> ScopeView<'a> {
    /// Whether a field is written under that key's name.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let form = self.scope.form(self.on_fault);
        self.scope.and_outer().any(|scope| form.has(key, &scope.own.list, self.on_fault))
    }

    /// Calls `with` with each field, of those with one name the innermost.
    pub(crate) fn each_shown(&self, mut with: impl FnMut(Field<'a>)) {
        let mut known: SmallVec<[&Key; 32]> = SmallVec::new();
        for scope in self.scope.and_outer() {
            let shown = |entry: &&Entry| is_shown(entry.key, self.on_fault);
            for entry in scope.own.list.iter().filter(shown) {
                if !known.iter().any(|key| key.is_same_in(self.on_fault, entry.key)) {
                    known.push(entry.key);
                    with(scope.own.field(entry));
                }
            }
        }
    }
}

impl Scope for ScopeView<'_> {
    fn members(&self) -> &str {
        &self.scope.form(self.on_fault).members
    }

    fn bits(&self) -> u64 {
        self.scope.form(self.on_fault).bits
    }

    fn each<'s>(&'s self, with: &mut dyn FnMut(Field<'s>)) {
        self.each_shown(with);
    }
}

/// Whether a span's field of that key is part of a form.
fn is_shown(key: &Key, on_fault: bool) -> bool {
    !(key.is_hidden() || on_fault && key.depends_on_fault())
}
