//! One event, from its fields to a record: read, classify, complete, compose.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime};

use netcause_fault::{Fault, ReadOptions};
use netcause_record::{
    ErrorText, Field, Key, Origin, Record, Role, Scope, Selected, Severity, Sources, TraceContext,
    Value, add, complete, is_hidden, select,
};
use smallvec::SmallVec;
use tracing_core::Level;

use crate::callsite::KnownCallsites;
use crate::clean::CleanTexts;
use crate::fields::{Entry, Fields, Stored};
use crate::memory::Seen;
use crate::scope::{ScopeView, SpanScope};
use crate::spans::{Place, recall};
use crate::visit::{EventParts, Reading};

/// The most fields of an event and its spans that are kept on the stack.
const ON_STACK: usize = 32;

/// Buffers of one thread, used again for each event and span.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) event: Fields,
    pub(crate) parts: EventParts,
    pub(crate) clean: CleanTexts,
    pub(crate) callsites: KnownCallsites,
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
pub(crate) enum Report<'a> {
    /// A fault of its own, to remember.
    Fault { seen: Option<&'a Seen>, retried: bool },
    /// A fault that was remembered already.
    Recalled,
    /// No error: the call that the event is part of goes on well.
    Reached,
    /// No fault.
    Nothing,
}

impl Scratch {
    pub(crate) fn clear(&mut self) {
        self.event.clear();
        self.parts.clear();
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
        self.event.list.iter().any(|entry| entry.key.names_peer())
    }

    /// Makes the record, hands it to `export`, and tells `report` what came of it.
    pub(crate) fn compose(
        &self,
        kind: ErrorKind,
        place: Option<Place<'_>>,
        around: &Around<'_>,
        export: impl FnOnce(&Record<'_>),
        report: impl FnOnce(Report<'_>),
    ) {
        let scope = place.map(|place| place.scope);
        let mut facts: SmallVec<[Field<'_>; ON_STACK]> = SmallVec::new();
        let mut recalled = None;
        let mut selected = Selected::new();
        let mut fault = if kind == ErrorKind::None { None } else { self.parts.chain.classify() };
        let mut seen = None;
        if let Some(fault) = &mut fault {
            let now = Instant::now();
            facts.extend(self.event.iter());
            if let Some(scope) = scope {
                facts.extend(scope.facts());
            }
            let (event, facts) = facts.split_at_checked(self.event.list.len()).unwrap_or_default();
            let spans = scope.map(|scope| scope.spans(facts)).unwrap_or_default();
            let sources = Sources { event, spans: &spans };
            if self.may_recall(fault) {
                recalled =
                    place.and_then(|place| recall(place.span, self.parts.chain.message(), now));
            }
            recalled = recalled.filter(|seen| !seen.is_named_by(&sources));
            if let Some(seen) = &recalled {
                seen.complete(fault, now);
            }
            let source = complete(fault, &sources);
            if let Some(seen) = &recalled {
                seen.complete_tries(fault);
            }
            fault.diagnose();
            select(&sources, fault, source, &mut selected);
            seen = Seen::new(fault, self.parts.chain.innermost(), now);
        } else {
            let shown = self.event.iter().filter(|field| !is_hidden(field.key));
            shown.for_each(|field| add(&field, false, &mut selected));
        }
        self.export(kind, scope, around, &mut selected, fault.as_ref(), export);
        report(match &fault {
            Some(_) if recalled.is_some() => Report::Recalled,
            Some(fault) => {
                Report::Fault { seen: seen.as_ref(), retried: self.will_be_retried(fault, scope) }
            }
            None if kind == ErrorKind::None && around.severity <= Severity::Info => Report::Reached,
            None => Report::Nothing,
        });
    }

    /// Writes the record of an event.
    fn export<'a>(
        &'a self,
        kind: ErrorKind,
        scope: Option<&'a SpanScope>,
        around: &Around<'_>,
        selected: &mut Selected<'a>,
        fault: Option<&Fault<'_>>,
        export: impl FnOnce(&Record<'_>),
    ) {
        let mut view = scope.map(|scope| scope.view(fault.is_some()));
        let chain = &self.parts.chain;
        let beside =
            kind == ErrorKind::Field && fault.is_none() && callers_error(selected, view.as_ref());
        if beside {
            let text = Value::Text(chain.message());
            add(&Field { key: &BESIDE, value: text }, false, selected);
        }
        let on_fault = fault.is_some();
        if let Some(taken) = view.filter(|view| selected.iter().any(|field| view.has(field.key))) {
            taken.each_shown(|field| add(&field, on_fault, selected));
            view = None;
        }
        let mut links: SmallVec<[&str; 8]> = SmallVec::new();
        let mut error = None;
        if kind == ErrorKind::Field && !beside {
            links.extend(chain.links());
            error = Some(ErrorText { message: chain.message(), links: &links });
        }
        export(&Record {
            timestamp: SystemTime::now(),
            severity: around.severity,
            message: &self.parts.message,
            target: around.target,
            trace: around.trace,
            resource: around.resource,
            fields: selected,
            scope: view.as_ref().map(|view| view as &dyn Scope),
            error,
            fault,
            origin: without_callers(around.origin, selected, view.as_ref()),
            dropped_fields: 0,
        });
    }

    /// Whether memory is asked: neither the error nor the event names the peer.
    fn may_recall(&self, fault: &Fault<'_>) -> bool {
        fault.peer.is_empty() && !self.event_names_peer()
    }

    /// Whether another try is to follow inside the span that names the peer: tries are
    /// counted on the event, or on a span inside that one.
    fn will_be_retried(&self, fault: &Fault<'_>, scope: Option<&SpanScope>) -> bool {
        let attempts = &fault.attempts;
        let left =
            attempts.attempt.zip(attempts.max_attempts).is_some_and(|(made, max)| made < max);
        let counts = |entry: &Entry| entry.key.role == Role::Attempt;
        let counted = self.event.list.iter().any(counts)
            || scope.is_some_and(|scope| scope.counts_tries_inside);
        counted && left && attempts.exhausted != Some(true)
    }
}

/// Where the text of an error goes when the caller has an `error.message` of its own.
static BESIDE: LazyLock<Key> = LazyLock::new(|| Key::new("error"));

/// On an event that reports no fault a caller's own `error.message` stands.
fn callers_error(selected: &[Field<'_>], view: Option<&ScopeView<'_>>) -> bool {
    static MESSAGE: LazyLock<Key> = LazyLock::new(|| Key::new("error.message"));
    selected.iter().any(|field| field.key.name == MESSAGE.name)
        || view.is_some_and(|view| view.has(&MESSAGE))
}

/// The origin without the parts that the caller tells under the same name.
fn without_callers<'a>(
    origin: Origin<'a>,
    selected: &[Field<'_>],
    view: Option<&ScopeView<'_>>,
) -> Origin<'a> {
    static KEYS: LazyLock<[Key; 4]> = LazyLock::new(|| {
        ["code.file.path", "code.line.number", "thread.name", "span.name"].map(Key::new)
    });
    if origin == Origin::default() {
        return origin;
    }
    let [file, line, thread, span] = KEYS.each_ref().map(|key| {
        !selected.iter().any(|field| field.key.name == key.name)
            && !view.is_some_and(|view| view.has(key))
    });
    Origin {
        file: origin.file.filter(|_| file),
        line: origin.line.filter(|_| line),
        thread: origin.thread.filter(|_| thread),
        span: origin.span.filter(|_| span),
    }
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
