//! One event, from its fields to a record: read, classify, complete, compose.

use std::sync::LazyLock;
use std::time::SystemTime;

use netcause_fault::{Chain, Fault, ReadOptions};
use netcause_record::{
    ErrorText, Field, Key, Links, Origin, Record, RenderedFault, Scope, Selected, Severity,
    TraceContext, Value, add,
};
use tracing_core::Level;

use crate::callsite::KnownCallsites;
use crate::clean::CleanTexts;
use crate::fields::{Fields, Stored};
use crate::last::LastScopes;
use crate::repeat::{Repeat, Repeats, Site};
use crate::reported::Reported;
use crate::scope::ScopeView;
use crate::span::Outcome;
use crate::spans::{Place, end_with};
use crate::visit::{EventParts, Reading};

/// Buffers of one thread, used again for each event and span.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) event: Fields,
    pub(crate) parts: EventParts,
    pub(crate) clean: CleanTexts,
    pub(crate) callsites: KnownCallsites,
    pub(crate) repeats: Repeats,
    pub(crate) scopes: LastScopes,
    pub(crate) reported: Reported,
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

impl Scratch {
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

    /// Makes the record, hands it to `export`, and notes on the spans what came of it.
    pub(crate) fn compose(
        &mut self,
        kind: ErrorKind,
        site: Site,
        place: Option<Place<'_>>,
        around: &Around<'_>,
        export: impl Fn(&Record<'_>),
    ) {
        let Scratch { event, parts, repeats, .. } = self;
        let EventParts { message, chain, known, .. } = parts;
        let moment =
            Moment { fields: event, message, kind, place, around, timestamp: SystemTime::now() };
        if let Some(Repeat { chain: whole, kept, .. }) = known.and_then(|at| repeats.at(at)) {
            if (Logged { moment, chain: whole }).report_known(chain, kept, &export) {
                return repeats.count_found();
            }
            chain.take_known(whole);
        }
        let logged = Logged { moment, chain };
        if kind == ErrorKind::None || !logged.report_fault(site, repeats, &export) {
            logged.report_plain(&export);
        }
        if kind == ErrorKind::None
            && around.severity <= Severity::Info
            && let Some(place) = &place
        {
            // It shows that the call that it is part of goes on well.
            end_with(place, Outcome::Reached);
        }
    }
}

/// One event but for its error: its fields, and where and when it happened.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) message: &'a str,
    pub(crate) kind: ErrorKind,
    pub(crate) place: Option<Place<'a>>,
    pub(crate) around: &'a Around<'a>,
    pub(crate) timestamp: SystemTime,
}

/// One event, and its error.
pub(crate) struct Logged<'a> {
    pub(crate) moment: Moment<'a>,
    pub(crate) chain: &'a Chain,
}

/// A fault, complete, and what goes with it.
pub(crate) struct Found<'f> {
    pub(crate) fault: &'f Fault<'f>,
    pub(crate) rendered: Option<&'f RenderedFault>,
}

impl<'a> Logged<'a> {
    /// An event that reports no fault.
    pub(crate) fn report_plain(&self, export: impl Fn(&Record<'_>)) {
        let mut selected = Selected::new();
        self.select_shown(false, &mut selected);
        self.export(&mut selected, None, export);
    }

    pub(crate) fn select_shown(&self, on_fault: bool, selected: &mut Selected<'a>) {
        let shown = self.moment.fields.iter().filter(|field| !field.key.is_hidden());
        shown.for_each(|field| add(&field, on_fault, selected));
    }

    /// The text of the error, unless it is the message.
    pub(crate) fn error(&self) -> Option<ErrorText<'a>> {
        let (message, links) = (self.chain.message(), Links::from(self.chain));
        (self.moment.kind == ErrorKind::Field).then_some(ErrorText { message, links })
    }

    /// Writes the record of an event.
    pub(crate) fn export<'f>(
        &self,
        selected: &mut Selected<'f>,
        found: Option<&Found<'_>>,
        export: impl Fn(&Record<'_>),
    ) where
        'a: 'f,
    {
        let on_fault = found.is_some();
        let mut view = self.moment.place.map(|place| place.scope.view(on_fault));
        let mut error = self.error();
        if error.is_some() && !on_fault && callers_error(selected, view.as_ref()) {
            let text = Value::Text(self.chain.message());
            add(&Field { key: &BESIDE, value: text }, false, selected);
            error = None;
        }
        if let Some(taken) = view.filter(|view| selected.iter().any(|field| view.has(field.key))) {
            taken.each_shown(|field| add(&field, on_fault, selected));
            view = None;
        }
        let around = self.moment.around;
        export(&Record {
            timestamp: Some(self.moment.timestamp),
            severity: Some(around.severity),
            message: Some(self.moment.message).filter(|it| !it.is_empty()),
            target: around.target,
            trace: around.trace,
            resource: around.resource,
            fields: selected,
            scope: view.as_ref().map(|view| view as &dyn Scope),
            error,
            fault: found.map(|found| found.fault),
            rendered: found.and_then(|found| found.rendered),
            origin: without_callers(around.origin, selected, view.as_ref()),
            dropped_fields: 0,
        });
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
    let Origin { file, line, thread, span, event: _ } = &origin;
    if file.is_none() && line.is_none() && thread.is_none() && span.is_none() {
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
        event: origin.event,
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
