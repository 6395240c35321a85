//! [`SpanScope`]: the fields of a span and its ancestors, rendered once and kept with the
//! span for the events in it.
//!
//! Most events find their spans as they were opened. So a span's fields are rendered when it
//! opens, in an order that serves an ordinary record and one that reports a fault alike; the
//! scope of a span is its own members and a pointer to the scope around it. Only where two
//! spans have fields of one name, one of which is not written, the members of all are
//! chosen and rendered together.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netcause_record::{Field, Key, Role, Scope, SpanFields, Value, push_member};
use smallvec::SmallVec;

use crate::fields::{Entry, Fields};

/// The most spans whose shares of the facts are kept on the stack.
pub(crate) type Shares<'a, 's> = SmallVec<[SpanFields<'a, 's>; 8]>;

/// A scope that no other scope is the same as has a number of its own, outside of all 0.
static NEXT_SCOPE: AtomicU64 = AtomicU64::new(1);

/// The bits of the keys that are written, in an ordinary record and beside a fault.
#[derive(Debug, Clone, Copy, Default)]
struct Bits {
    ordinary: u64,
    on_fault: u64,
}

impl Bits {
    fn of(self, on_fault: bool) -> u64 {
        if on_fault { self.on_fault } else { self.ordinary }
    }

    fn of_key(key: &Key) -> Self {
        let on_fault = if key.depends_on_fault() { 0 } else { key.bit_on_fault };
        Bits { ordinary: key.bit, on_fault }
    }

    fn meets(self, other: Bits) -> bool {
        self.ordinary & other.ordinary | self.on_fault & other.on_fault != 0
    }

    fn add(&mut self, other: Bits) {
        self.ordinary |= other.ordinary;
        self.on_fault |= other.on_fault;
    }
}

/// The fields of a span, rendered.
#[derive(Debug, Default)]
struct Own {
    fields: Fields,
    /// The members under names that they have beside a fault only, then those that are
    /// always the same, then those that depend on the fault.
    members: String,
    always: Range<usize>,
    /// The places of the fields that mean something to a fault.
    facts: SmallVec<[u16; 8]>,
    bits: Bits,
    /// Whether two of the fields have one name.
    has_twins: bool,
    serves_caller: bool,
    tells_peer: bool,
    counts_tries: bool,
}

/// The fields of a span and its ancestors. Does not change once others can see it.
#[derive(Debug, Default)]
pub(crate) struct SpanScope {
    pub(crate) number: u64,
    own: Own,
    /// The same of the span around.
    outer: Option<Arc<SpanScope>>,
    /// How many spans it is made of.
    pub(crate) depth: usize,
    /// Those of the spans around, too.
    bits: Bits,
    /// The members of all, in both forms, where some have the same name.
    chosen: Option<Box<[String; 2]>>,
    /// How far up the span is that names a peer, if there is one.
    pub(crate) caller_depth: Option<usize>,
    /// Whether tries are counted inside the span that names a peer.
    pub(crate) counts_tries_inside: bool,
}

impl Own {
    fn render(&mut self) {
        let Own { fields, members, facts, bits, .. } = self;
        members.clear();
        facts.clear();
        *bits = Bits::default();
        (self.serves_caller, self.tells_peer) = (false, false);
        (self.has_twins, self.counts_tries) = (false, false);
        let is_renamed = |entry: &&Entry| entry.key.name_on_fault.is_some();
        for entry in fields.list.iter().filter(is_renamed) {
            push_member(&fields.field(entry), true, members);
        }
        self.always = members.len()..0;
        let mut has_last_part = false;
        for (place, entry) in (0_u16..).zip(&fields.list) {
            let (key, field) = (entry.key, fields.field(entry));
            self.serves_caller |= serves_caller(&field);
            if key.is_fact() {
                facts.push(place);
                self.tells_peer |= key.tells_peer();
                self.counts_tries |= key.role == Role::Attempt;
            }
            if key.is_hidden() {
                continue;
            }
            let of_key = Bits::of_key(key);
            self.has_twins |= bits.meets(of_key) && has_twin(&fields.list, key);
            bits.add(of_key);
            if is_of_last_part(key) {
                has_last_part = true;
            } else {
                push_member(&field, false, members);
            }
        }
        self.always.end = members.len();
        self.tells_peer &= !self.serves_caller;
        let last = fields.list.iter().filter(|entry| has_last_part && is_of_last_part(entry.key));
        for entry in last.filter(|entry| !entry.key.is_hidden()) {
            push_member(&fields.field(entry), false, members);
        }
    }

    fn copy(&mut self, other: &Own) {
        self.fields.copy(&other.fields);
        self.members.clone_from(&other.members);
        self.always = other.always.clone();
        self.facts.clone_from(&other.facts);
        (self.bits, self.has_twins) = (other.bits, other.has_twins);
        (self.serves_caller, self.tells_peer) = (other.serves_caller, other.tells_peer);
        self.counts_tries = other.counts_tries;
    }

    fn members(&self, on_fault: bool) -> &str {
        let part = match on_fault {
            true => self.members.get(..self.always.end),
            false => self.members.get(self.always.start..),
        };
        part.unwrap_or_default()
    }
}

impl SpanScope {
    /// Takes the fields of a span in place of what was here.
    pub(crate) fn fill(&mut self, fields: &Fields, outer: Option<Arc<SpanScope>>) {
        self.own.fields.copy(fields);
        self.own.render();
        self.join(outer);
    }

    /// Takes the fields of a span that are those of another scope.
    pub(crate) fn fill_as(&mut self, other: &SpanScope, outer: Option<Arc<SpanScope>>) {
        self.own.copy(&other.own);
        self.join(outer);
    }

    fn join(&mut self, outer: Option<Arc<SpanScope>>) {
        self.number = NEXT_SCOPE.fetch_add(1, Ordering::Relaxed);
        self.bits = self.own.bits;
        self.depth = outer.as_ref().map_or(1, |outer| outer.depth + 1);
        self.outer = outer;
        self.chosen = None;
        self.place_caller();
        let Some(outer) = self.outer.as_deref() else {
            self.chosen = self.own.has_twins.then(|| self.choose());
            return;
        };
        self.bits.add(outer.bits);
        if self.own.has_twins || [false, true].iter().any(|form| self.hides_any(outer, *form)) {
            self.chosen = Some(self.choose());
        }
    }

    /// Whether one of the fields has the name of one around it.
    fn hides_any(&self, outer: &SpanScope, on_fault: bool) -> bool {
        let bits = outer.bits.of(on_fault);
        self.own.bits.of(on_fault) & bits != 0
            && self
                .own
                .fields
                .list
                .iter()
                .any(|Entry { key, .. }| is_shown(key, on_fault) && outer.view(on_fault).has(key))
    }

    #[cold]
    fn choose(&self) -> Box<[String; 2]> {
        let rendered = [false, true].map(|on_fault| {
            let mut members = String::new();
            self.view(on_fault).each_shown(|field| push_member(&field, on_fault, &mut members));
            members
        });
        Box::new(rendered)
    }

    fn place_caller(&mut self) {
        let Own { serves_caller, tells_peer, counts_tries, .. } = self.own;
        let around = self.outer.as_deref().filter(|_| !serves_caller && !tells_peer);
        let depth = around.and_then(|outer| outer.caller_depth);
        self.counts_tries_inside = depth.is_some()
            && (counts_tries || around.is_some_and(|outer| outer.counts_tries_inside));
        self.caller_depth = if tells_peer { Some(0) } else { depth.map(|depth| depth + 1) };
    }

    /// Lets go of the scope around.
    pub(crate) fn release(&mut self) -> Option<Arc<SpanScope>> {
        self.outer.take()
    }

    /// Whether its buffers are no larger than that, in bytes of text.
    pub(crate) fn is_within(&self, most: usize) -> bool {
        self.own.fields.text.capacity() <= most && self.own.members.capacity() <= 2 * most
    }

    /// The span's own fields.
    pub(crate) fn fields(&self) -> &Fields {
        &self.own.fields
    }

    /// Whether the span serves a caller.
    pub(crate) fn serves_caller(&self) -> bool {
        self.own.serves_caller
    }

    /// Whether the span is one try: tries are counted on it.
    #[cfg(feature = "trace-ids")]
    pub(crate) fn is_try(&self) -> bool {
        self.own.counts_tries
    }

    /// Whether the span tells of a peer.
    pub(crate) fn tells_peer(&self) -> bool {
        self.own.tells_peer
    }

    /// Whether the scope around is just this one.
    pub(crate) fn is_inside(&self, outer: Option<&Arc<SpanScope>>) -> bool {
        self.outer.as_ref().map(|outer| outer.number) == outer.map(|outer| outer.number)
    }

    /// This scope and those around it, from the innermost outward.
    fn and_outer(&self) -> impl Iterator<Item = &SpanScope> {
        std::iter::successors(Some(self), |scope| scope.outer.as_deref())
    }

    /// The facts, those of the innermost span first.
    pub(crate) fn each_fact<'a>(&'a self, mut with: impl FnMut(Field<'a>)) {
        for Own { facts, fields, .. } in self.and_outer().map(|scope| &scope.own) {
            let entries = facts.iter().filter_map(|at| fields.list.get(usize::from(*at)));
            entries.for_each(|entry| with(fields.field(entry)));
        }
    }

    /// The facts as spans' fields.
    pub(crate) fn spans<'a, 's>(&self, mut facts: &'s [Field<'a>]) -> Shares<'a, 's> {
        let span = |Own { facts: own, serves_caller, .. }: &Own| {
            let (fields, rest) = facts.split_at_checked(own.len()).unwrap_or_default();
            facts = rest;
            SpanFields { fields, serves_caller: *serves_caller }
        };
        self.and_outer().map(|scope| &scope.own).map(span).collect()
    }

    /// The fields in the form for an event.
    pub(crate) fn view(&self, on_fault: bool) -> ScopeView<'_> {
        ScopeView { scope: self, on_fault }
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
        self.scope.bits.of(self.on_fault) & key.bit_in(self.on_fault) != 0
            && self.scope.and_outer().any(|it| has(&it.own.fields.list, key, self.on_fault))
    }

    /// Calls `with` with each field, of those with one name the innermost.
    pub(crate) fn each_shown(&self, mut with: impl FnMut(Field<'a>)) {
        let mut known: SmallVec<[&Key; 32]> = SmallVec::new();
        for Own { fields, .. } in self.scope.and_outer().map(|scope| &scope.own) {
            for entry in fields.list.iter().filter(|entry| is_shown(entry.key, self.on_fault)) {
                if !known.iter().any(|key| key.is_same_in(self.on_fault, entry.key)) {
                    known.push(entry.key);
                    with(fields.field(entry));
                }
            }
        }
    }
}

impl Scope for ScopeView<'_> {
    fn write_members(&self, out: &mut String) {
        for scope in self.scope.and_outer() {
            if let Some([ordinary, on_fault]) = scope.chosen.as_deref() {
                return out.push_str(if self.on_fault { on_fault } else { ordinary });
            }
            out.push_str(scope.own.members(self.on_fault));
        }
    }

    fn bits(&self) -> u64 {
        self.scope.bits.of(self.on_fault)
    }

    fn each<'s>(&'s self, with: &mut dyn FnMut(Field<'s>)) {
        for scope in self.scope.and_outer() {
            // From there on some have the same name.
            if scope.chosen.is_some() {
                return scope.view(self.on_fault).each_shown(with);
            }
            let Own { fields, .. } = &scope.own;
            for entry in fields.list.iter().filter(|entry| is_shown(entry.key, self.on_fault)) {
                with(fields.field(entry));
            }
        }
    }

    fn number(&self) -> Option<u64> {
        Some(self.scope.number)
    }
}

/// Whether one of `entries` that is shown has the name of a key.
fn has(entries: &[Entry], key: &Key, on_fault: bool) -> bool {
    entries.iter().any(|entry| is_shown(entry.key, on_fault) && entry.key.is_same_in(on_fault, key))
}

/// Whether a member is another one, or none, beside a fault.
fn is_of_last_part(key: &Key) -> bool {
    key.depends_on_fault() || key.name_on_fault.is_some()
}

/// Whether one of the other entries has the name of a key.
fn has_twin(entries: &[Entry], key: &Key) -> bool {
    let same = |form| {
        let is_same = |entry: &&Entry| is_shown(entry.key, form) && key.is_same_in(form, entry.key);
        is_shown(key, form) && entries.iter().filter(is_same).nth(1).is_some()
    };
    same(false) || same(true)
}

/// Whether a span's field of that key is part of a form.
fn is_shown(key: &Key, on_fault: bool) -> bool {
    !(key.is_hidden() || on_fault && key.depends_on_fault())
}

/// Whether only a span that serves a caller has such a field.
fn serves_caller(field: &Field<'_>) -> bool {
    match (field.key.role, field.value) {
        (Role::ServesCaller, _) => true,
        (Role::SpanKind, Value::Text(kind)) => {
            ["server", "consumer"].iter().any(|serving| kind.eq_ignore_ascii_case(serving))
        }
        _ => false,
    }
}
