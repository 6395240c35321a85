//! One event, from its fields to a record: read, classify, complete, compose.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime};

use netcause_fault::{Fault, ReadOptions};
use netcause_record::{
    ErrorText, Field, Key, PeerSource, Record, Role, Selected, Severity, Sources, SpanFields,
    TraceContext, Value, complete, select,
};
use smallvec::SmallVec;
use tracing_core::Level;

use crate::fields::{Entry, Fields, Stored, field};
use crate::memory::Seen;
use crate::span::SpanState;
use crate::visit::{EventParts, Reading};

/// The most fields of an event and its spans that are kept on the stack.
const ON_STACK: usize = 32;

/// Buffers of one thread, used again for each event and span.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) event: Fields,
    pub(crate) parts: EventParts,
    spans: Fields,
    groups: Vec<Group>,
}

/// One span's share of `Scratch::spans`.
#[derive(Debug)]
struct Group {
    entries: usize,
    serves_caller: bool,
    tells_peer: bool,
}

/// Where an event's error was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// Nowhere.
    None,
    /// In a field: typed, or the text under `error` or `err`.
    Field,
    /// In the message.
    Message,
}

/// What the subscriber knows of an event besides its fields.
#[derive(Debug)]
pub(crate) struct Around<'a> {
    pub(crate) severity: Severity,
    pub(crate) target: &'a str,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) resource: &'a netcause_record::Resource,
    pub(crate) origin: netcause_record::Origin<'a>,
}

/// What came of an event, for the spans around it.
#[derive(Debug)]
pub(crate) enum Report {
    /// A fault of its own, to remember.
    Fault { seen: Option<Seen>, retried: bool },
    /// A fault that was remembered already.
    Recalled,
    /// No fault.
    Nothing,
}

impl Scratch {
    pub(crate) fn clear(&mut self) {
        self.event.clear();
        self.parts.clear();
        self.spans.clear();
        self.groups.clear();
    }

    /// Copies a span's fields, so that its lock is held no longer.
    pub(crate) fn add_span(&mut self, state: &SpanState) {
        self.spans.append(&state.text, &state.list);
        self.groups.push(Group {
            entries: state.list.len(),
            serves_caller: state.serves_caller,
            tells_peer: state.tells_peer,
        });
    }

    /// Reads the event's error: a typed one, else the text under `error`, else under `err`,
    /// else, from WARN on, the message.
    pub(crate) fn read_error(&mut self, severity: Severity, reading: &Reading) -> ErrorKind {
        let options = ReadOptions {
            classifiers: &reading.classifiers,
            // These texts have been through the redactor when they were visited.
            sanitize: None,
            limit: reading.limits.field,
        };
        let parts = &mut self.parts;
        if parts.typed {
            return ErrorKind::Field;
        }
        if let Some(index) = parts.error.or(parts.err)
            && let Some(entry) = self.event.list.get(index)
            && let Value::Text(text) = self.event.field(entry).value
            && !text.is_empty()
        {
            parts.chain.read_text(text, &options);
            self.event.list.remove(index);
            return ErrorKind::Field;
        }
        if severity >= Severity::Warn && !parts.message.is_empty() {
            parts.chain.read_message(&parts.message, &options);
            return ErrorKind::Message;
        }
        ErrorKind::None
    }

    /// Whether the event itself names its peer.
    pub(crate) fn event_names_peer(&self) -> bool {
        self.event.list.iter().any(|entry| {
            matches!(
                entry.key.role,
                Role::ServerAddress | Role::ServerAuthority | Role::PeerAddress | Role::Url
            )
        })
    }

    /// Makes the record, hands it to `export`, and reports what came of it.
    pub(crate) fn compose(
        &self,
        kind: ErrorKind,
        recalled: Option<&Seen>,
        around: &Around<'_>,
        export: impl FnOnce(&Record<'_>),
    ) -> Report {
        let links: SmallVec<[&str; 8]> = self.parts.chain.links().collect();
        let mut all: SmallVec<[Field<'_>; ON_STACK]> = SmallVec::new();
        borrow(&self.event, &mut all);
        borrow(&self.spans, &mut all);
        let (event, spans) = all.split_at_checked(self.event.list.len()).unwrap_or_default();
        let spans = self.group(spans);
        let sources = Sources { event, spans: &spans };
        let recalled = recalled.filter(|seen| !seen.is_named_by(&sources));
        let mut fault = if kind == ErrorKind::None { None } else { self.parts.chain.classify() };
        let source = fault.as_mut().map(|fault| self.complete(fault, recalled, &sources));

        let mut selected = Selected::new();
        select(&sources, fault.as_ref().zip(source), &mut selected);
        let error = (kind == ErrorKind::Field)
            .then(|| ErrorText { message: self.parts.chain.message(), links: &links });
        let error = keep_callers_error(error, fault.is_some(), &mut selected);
        export(&Record {
            timestamp: SystemTime::now(),
            severity: around.severity,
            message: &self.parts.message,
            target: around.target,
            trace: around.trace,
            resource: around.resource,
            fields: &selected,
            error,
            fault: fault.as_ref(),
            origin: around.origin,
            dropped_fields: 0,
        });
        self.report(fault.as_ref(), recalled)
    }

    /// Adds what memory and fields know, then the diagnosis.
    fn complete<'a>(
        &'a self,
        fault: &mut Fault<'a>,
        recalled: Option<&'a Seen>,
        sources: &Sources<'a, '_>,
    ) -> PeerSource {
        if let Some(seen) = recalled {
            seen.complete(fault, Instant::now());
        }
        let source = complete(fault, sources);
        fault.diagnose();
        source
    }

    fn group<'a, 's>(&self, all: &'s [Field<'a>]) -> SmallVec<[SpanFields<'a, 's>; 8]> {
        let mut rest = all;
        let mut share = |group: &Group| {
            let (fields, others) = rest.split_at_checked(group.entries).unwrap_or((rest, &[]));
            rest = others;
            SpanFields { fields, serves_caller: group.serves_caller }
        };
        self.groups.iter().map(&mut share).collect()
    }

    fn report(&self, fault: Option<&Fault<'_>>, recalled: Option<&Seen>) -> Report {
        match fault {
            Some(_) if recalled.is_some() => Report::Recalled,
            Some(fault) => Report::Fault {
                seen: Seen::new(fault, self.parts.chain.innermost(), Instant::now()),
                retried: self.will_be_retried(fault),
            },
            None => Report::Nothing,
        }
    }

    /// Whether another try is to follow inside the span that names the peer: tries are
    /// counted on the event, or on a span inside that one.
    fn will_be_retried(&self, fault: &Fault<'_>) -> bool {
        let attempts = &fault.attempts;
        let left =
            attempts.attempt.zip(attempts.max_attempts).is_some_and(|(made, max)| made < max);
        let counts = |entry: &Entry| entry.key.role == Role::Attempt;
        let inside =
            self.groups.iter().take_while(|group| !group.tells_peer && !group.serves_caller);
        let inside: usize = inside.map(|group| group.entries).sum();
        let counted =
            self.event.list.iter().any(counts) || self.spans.list.iter().take(inside).any(counts);
        counted && left && attempts.exhausted != Some(true)
    }
}

fn borrow<'a>(fields: &'a Fields, all: &mut SmallVec<[Field<'a>; ON_STACK]>) {
    for entry in &fields.list {
        all.push(field(&fields.text, entry));
    }
}

/// On an event that reports no fault a caller's own `error.message` stands, and the text
/// of the error goes beside it.
fn keep_callers_error<'a>(
    error: Option<ErrorText<'a>>,
    is_fault: bool,
    selected: &mut Selected<'a>,
) -> Option<ErrorText<'a>> {
    static BESIDE: LazyLock<Key> = LazyLock::new(|| Key::new("error"));
    let text = error?;
    let taken = !is_fault && selected.iter().any(|field| field.key.name == "error.message");
    if !taken {
        return Some(text);
    }
    selected.push(Field { key: &BESIDE, value: Value::Text(text.message), rendered: None });
    None
}

/// The severity of a level.
pub(crate) fn severity(level: Level) -> Severity {
    match level {
        Level::TRACE => Severity::Trace,
        Level::DEBUG => Severity::Debug,
        Level::INFO => Severity::Info,
        Level::WARN => Severity::Warn,
        Level::ERROR => Severity::Error,
    }
}

const _: () = assert!(size_of::<Stored>() <= 16);
