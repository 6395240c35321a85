//! What the layer keeps with each span.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use netcause_record::{Field, Role, Value, write_member};
use smallvec::SmallVec;

use crate::fields::{Entry, Fields, Stored, field, shift_value};
use crate::memory::Memory;
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

/// The states of one span, one for each instance of the layer in the subscriber.
#[derive(Debug, Default)]
pub(crate) struct SpanStates(pub(crate) SmallVec<[SpanState; 1]>);

impl SpanStates {
    pub(crate) fn of(&self, layer: u32) -> Option<&SpanState> {
        self.0.iter().find(|state| state.layer == layer)
    }

    pub(crate) fn of_mut(&mut self, layer: u32) -> Option<&mut SpanState> {
        self.0.iter_mut().find(|state| state.layer == layer)
    }
}

/// A span's fields, typed and rendered, and the faults reported inside it.
#[derive(Debug)]
pub(crate) struct SpanState {
    layer: u32,
    pub(crate) text: String,
    pub(crate) list: SmallVec<[Entry; 6]>,
    pub(crate) serves_caller: bool,
    pub(crate) tells_peer: bool,
    pub(crate) memory: Memory,
    /// The fields of this span and its ancestors, once an event has asked for them.
    pub(crate) scope: Option<Arc<SpanScope>>,
    /// Counts the changes of this span's fields.
    pub(crate) revision: u32,
    /// Whether the fields are part of another span's `scope`.
    lent: AtomicBool,
    entered: AtomicBool,
    outcome: AtomicU8,
}

impl SpanState {
    /// Keeps what a visitor collected.
    pub(crate) fn new(layer: u32, collected: &mut Fields) -> Self {
        render(collected);
        let mut state = SpanState {
            layer,
            text: collected.text.clone(),
            list: collected.list.iter().cloned().collect(),
            serves_caller: false,
            tells_peer: false,
            memory: Memory::default(),
            scope: None,
            revision: 0,
            lent: AtomicBool::new(false),
            entered: AtomicBool::new(false),
            outcome: AtomicU8::new(Outcome::Silent as u8),
        };
        state.learn();
        state
    }

    /// Replaces the values of fields that were recorded later.
    pub(crate) fn replace(&mut self, collected: &mut Fields) {
        render(collected);
        let offset = self.text.len() as u32;
        self.text.push_str(&collected.text);
        for entry in &collected.list {
            let entry = Entry {
                key: entry.key,
                value: shift_value(&entry.value, offset),
                member: entry.member.start + offset..entry.member.end + offset,
            };
            match self.list.iter_mut().find(|old| old.key.name == entry.key.name) {
                Some(old) => *old = entry,
                None => self.list.push(entry),
            }
        }
        self.scope = None;
        self.revision = self.revision.wrapping_add(1);
        self.learn();
        self.compact();
    }

    pub(crate) fn lend(&self) {
        self.lent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_lent(&self) -> bool {
        self.lent.load(Ordering::Relaxed)
    }

    /// Throws overwritten text away.
    fn compact(&mut self) {
        let used: usize = self.list.iter().map(|entry| entry.member.len()).sum();
        if self.text.len() <= 2 * used + SLACK {
            return;
        }
        let mut kept = Fields::default();
        for entry in &self.list {
            let start = kept.text.len() as u32;
            let value = match field(&self.text, entry).value {
                Value::Text(text) => {
                    kept.text.push_str(text);
                    Stored::Text(start..kept.text.len() as u32)
                }
                Value::Number(text) => {
                    kept.text.push_str(text);
                    Stored::Number(start..kept.text.len() as u32)
                }
                _ => entry.value.clone(),
            };
            kept.list.push(Entry { key: entry.key, value, member: 0..0 });
        }
        render(&mut kept);
        self.text = kept.text;
        self.list = kept.list.into_iter().collect();
    }

    /// Learns from the fields what kind of span this is.
    fn learn(&mut self) {
        let (text, list) = (&self.text, &self.list);
        let serves = |entry: &Entry| match entry.key.role {
            Role::ServesCaller => true,
            Role::SpanKind => {
                let kind = field(text, entry).value;
                matches!(kind, Value::Text(kind) if ["server", "consumer"].iter().any(|serving| kind.eq_ignore_ascii_case(serving)))
            }
            _ => false,
        };
        self.serves_caller = list.iter().any(serves);
        self.tells_peer = !self.serves_caller && list.iter().any(|entry| entry.key.tells_peer());
    }

    /// The fields, borrowed.
    pub(crate) fn fields(&self) -> SmallVec<[Field<'_>; 8]> {
        self.list.iter().map(|entry| field(&self.text, entry)).collect()
    }

    #[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
    pub(crate) fn enter(&self) {
        self.entered.store(true, Ordering::Relaxed);
    }

    #[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
    pub(crate) fn was_entered(&self) -> bool {
        self.entered.load(Ordering::Relaxed)
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

/// Renders the JSON member of every entry behind the texts.
fn render(fields: &mut Fields) {
    let mut member = std::mem::take(&mut fields.member);
    for index in 0..fields.list.len() {
        let Some(entry) = fields.list.get(index) else { break };
        let start = fields.text.len() as u32;
        member.clear();
        write_member(&entry.key.name, fields.field(entry).value, &mut member);
        fields.text.push_str(&member);
        let end = fields.text.len() as u32;
        if let Some(entry) = fields.list.get_mut(index) {
            entry.member = start..end;
        }
    }
    fields.member = member;
}
