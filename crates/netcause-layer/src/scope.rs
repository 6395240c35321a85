//! [`SpanScope`]: the fields of a span and its ancestors, flattened once and kept with the
//! innermost span for the events in it.
//!
//! Most events find their spans as the event before left them. So the fields are chosen
//! and rendered once, in two forms: as an ordinary record writes them, and as a record
//! that reports a fault does, without the fields that depend on the fault.

use netcause_record::{
    Field, Key, Role, Scope, SpanFields, depends_on_fault, is_hidden, write_member,
};
use smallvec::SmallVec;

use crate::fields::{Entry, Fields, field};
use crate::span::SpanState;

/// A span's share of the fields.
#[derive(Debug, Clone)]
struct Share {
    /// The end of its facts among all facts.
    facts: usize,
    serves_caller: bool,
}

/// The rendered fields of one form.
#[derive(Debug, Default, Clone)]
struct Form {
    members: String,
    bits: u64,
    /// Their places among the entries.
    entries: Vec<u16>,
}

/// The fields of a span and its ancestors.
///
/// One is filled in buffers of the thread; what is kept with a span is a clone, which has
/// no room to spare.
#[derive(Debug, Default, Clone)]
pub(crate) struct SpanScope {
    /// The layer's count of amended spans when this was built.
    version: u64,
    fields: Fields,
    /// The places of the fields that mean something to a fault.
    facts: Vec<u16>,
    shares: Vec<Share>,
    ordinary: Form,
    on_fault: Form,
    /// How far up the span is that names a peer, if there is one.
    pub(crate) caller_depth: Option<usize>,
    /// The end of the fields of the spans inside that one.
    tries: usize,
}

impl SpanScope {
    /// Empties the buffers, to which spans are then added from the innermost outward.
    pub(crate) fn restart(&mut self, version: u64) {
        self.version = version;
        self.fields.clear();
        self.facts.clear();
        self.shares.clear();
        self.ordinary.clear();
        self.on_fault.clear();
        self.caller_depth = None;
        self.tries = 0;
    }

    /// Whether no span of it has been amended since.
    pub(crate) fn is_current(&self, version: u64) -> bool {
        self.version == version
    }

    /// Adds a span's fields.
    pub(crate) fn add(&mut self, state: &SpanState) {
        let first = self.fields.list.len();
        self.fields.append(&state.text, &state.list);
        for index in first..self.fields.list.len() {
            let Some(entry) = self.fields.list.get(index) else { break };
            let Ok(place) = u16::try_from(index) else { break };
            if entry.key.in_peer_group || is_fact(entry.key.role) {
                self.facts.push(place);
            }
            self.ordinary.add(&self.fields, place, false);
            if !depends_on_fault(entry.key) {
                self.on_fault.add(&self.fields, place, true);
            }
        }
        let served = self.shares.iter().any(|share| share.serves_caller);
        if self.caller_depth.is_none() && !served && state.tells_peer {
            self.caller_depth = Some(self.shares.len());
        }
        if self.caller_depth.is_none() && !served && !state.serves_caller {
            self.tries = self.fields.list.len();
        }
        self.shares.push(Share { facts: self.facts.len(), serves_caller: state.serves_caller });
    }

    /// The facts, those of the innermost span first.
    pub(crate) fn facts(&self) -> impl Iterator<Item = Field<'_>> {
        let entries = self.facts.iter().filter_map(|at| self.fields.list.get(usize::from(*at)));
        entries.map(|entry| field(&self.fields.text, entry))
    }

    /// The facts as spans' fields.
    pub(crate) fn spans<'a, 's>(
        &self,
        facts: &'s [Field<'a>],
    ) -> SmallVec<[SpanFields<'a, 's>; 8]> {
        let mut start = 0;
        let span = |share: &Share| {
            let fields = facts.get(start..share.facts).unwrap_or_default();
            start = share.facts;
            SpanFields { fields, serves_caller: share.serves_caller }
        };
        self.shares.iter().map(span).collect()
    }

    /// Whether tries are counted inside the span that names a peer.
    pub(crate) fn counts_tries_inside(&self) -> bool {
        let inside = self.fields.list.iter().take(self.tries);
        self.caller_depth.is_some()
            && inside.map(|entry| entry.key.role).any(|role| role == Role::Attempt)
    }

    /// The fields in the form for an event.
    pub(crate) fn view(&self, is_fault: bool) -> ScopeView<'_> {
        let form = if is_fault { &self.on_fault } else { &self.ordinary };
        ScopeView { fields: &self.fields, form }
    }
}

impl Form {
    fn clear(&mut self) {
        self.members.clear();
        self.bits = 0;
        self.entries.clear();
    }

    /// Adds a field, unless it is hidden or its name is taken.
    fn add(&mut self, fields: &Fields, place: u16, is_fault: bool) {
        let Some(entry) = fields.list.get(usize::from(place)) else { return };
        let known = |key: &Key| {
            let entries = self.entries.iter().filter_map(|at| fields.list.get(usize::from(*at)));
            self.bits & key.bit != 0
                && entries.map(|entry| &entry.key.name).any(|name| *name == key.name)
        };
        if is_hidden(entry.key) || known(entry.key) {
            return;
        }
        self.members.push(',');
        let field = fields.field(entry);
        match (&entry.key.name_on_fault, field.rendered) {
            (Some(name), _) if is_fault => write_member(name, field.value, &mut self.members),
            (_, Some(member)) => self.members.push_str(member),
            (_, None) => write_member(&entry.key.name, field.value, &mut self.members),
        }
        self.bits |= entry.key.bit;
        self.entries.push(place);
    }
}

/// The fields in the form for one event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScopeView<'a> {
    fields: &'a Fields,
    form: &'a Form,
}

impl<'a> ScopeView<'a> {
    /// Whether a field of that key is among them.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.form.bits & key.bit != 0 && self.entries().any(|entry| entry.key.name == key.name)
    }

    fn entries(&self) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let fields = self.fields;
        self.form.entries.iter().filter_map(move |place| fields.list.get(usize::from(*place)))
    }

    /// The fields one by one.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let fields = self.fields;
        self.entries().map(move |entry| field(&fields.text, entry))
    }
}

impl Scope for ScopeView<'_> {
    fn members(&self) -> &str {
        &self.form.members
    }

    fn bits(&self) -> u64 {
        self.form.bits
    }

    fn each<'s>(&'s self, with: &mut dyn FnMut(Field<'s>)) {
        self.fields().for_each(with);
    }
}

/// Whether a field of that role tells a fault something.
fn is_fact(role: Role) -> bool {
    !matches!(
        role,
        Role::Plain
            | Role::Hidden
            | Role::SpanKind
            | Role::LogMetadata
            | Role::Message
            | Role::Error
            | Role::Err
            | Role::ServesCaller
    )
}
