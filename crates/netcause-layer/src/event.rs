//! One event, from its fields to a record: read, classify, complete, compose.

use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime};

use netcause_fault::{Fault, ReadOptions};
use netcause_record::{
    ErrorText, Field, Key, Origin, PeerSource, Record, RenderedFault, Role, Scope, Selected,
    Severity, Sources, TraceContext, Value, add, complete, rests_on_time, select,
};
use smallvec::SmallVec;
use tracing_core::Level;

use crate::callsite::KnownCallsites;
use crate::clean::CleanTexts;
use crate::fields::{Entry, Fields, Stored};
use crate::memory::Seen;
use crate::repeat::{Failure, Repeats, Verdict};
use crate::scope::ScopeView;
use crate::span::Outcome;
use crate::spans::{Place, end_with, recall, remember};
use crate::visit::{EventParts, Reading};

/// The most fields of an event and its spans that are kept on the stack.
const ON_STACK: usize = 32;

/// The links of an error.
type Links<'a> = SmallVec<[&'a str; 8]>;

/// Buffers of one thread, used again for each event and span.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) event: Fields,
    pub(crate) parts: EventParts,
    pub(crate) clean: CleanTexts,
    pub(crate) callsites: KnownCallsites,
    pub(crate) repeats: Repeats,
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

    /// Makes the record, hands it to `export`, and notes on the spans what came of it.
    pub(crate) fn compose(
        &mut self,
        kind: ErrorKind,
        place: Option<Place<'_>>,
        around: &Around<'_>,
        export: impl Fn(&Record<'_>),
    ) {
        let Scratch { event, parts, repeats, .. } = self;
        let logged = Logged { event, parts, kind, place, around, timestamp: SystemTime::now() };
        let is_fault = kind != ErrorKind::None && logged.report_fault(repeats, &export);
        if !is_fault {
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

/// One event: its fields and error, and where and when it happened.
struct Logged<'a> {
    event: &'a Fields,
    parts: &'a EventParts,
    kind: ErrorKind,
    place: Option<Place<'a>>,
    around: &'a Around<'a>,
    timestamp: SystemTime,
}

/// A fault, complete, and what goes with it.
struct Found<'f> {
    fault: &'f Fault<'f>,
    source: PeerSource,
    rendered: Option<&'f RenderedFault>,
}

impl<'a> Logged<'a> {
    /// An event that reports no fault.
    fn report_plain(&self, export: impl Fn(&Record<'_>)) {
        let mut selected = Selected::new();
        let shown = self.event.iter().filter(|field| !field.key.is_hidden());
        shown.for_each(|field| add(&field, false, &mut selected));
        self.export(selected, None, export);
    }

    /// An event that may report a fault; says whether it does.
    fn report_fault(&self, repeats: &mut Repeats, export: impl Fn(&Record<'_>)) -> bool {
        let mut facts: SmallVec<[Field<'a>; ON_STACK]> = self.event.iter().collect();
        let scope = self.place.map(|place| place.scope);
        if let Some(scope) = scope {
            scope.each_fact(|fact| facts.push(fact));
        }
        let (event, facts) = facts.split_at_checked(self.event.list.len()).unwrap_or_default();
        let spans = scope.map(|scope| scope.spans(facts)).unwrap_or_default();
        let sources = Sources { event, spans: &spans };
        let failure = Failure::new(&self.parts.chain, &sources);
        if let Some(repeat) = repeats.find(&failure) {
            let Some(verdict) = repeat else { return false };
            if !verdict.may_recall || self.recall(&sources, Instant::now()).is_none() {
                self.report_again(verdict, &sources, export);
                return true;
            }
        }
        let is_repeated = repeats.sight(&failure);
        let Some(fault) = failure.chain.classify() else {
            if is_repeated {
                repeats.keep(&failure, None);
            }
            return false;
        };
        let verdict = self.report_first(fault, &sources, is_repeated, export);
        if verdict.is_some() {
            repeats.keep(&failure, verdict);
        }
        true
    }

    /// A fault that was not kept; returns what is to be kept of it, if it is to be.
    fn report_first(
        &self,
        fault: Fault<'_>,
        sources: &Sources<'_, '_>,
        is_repeated: bool,
        export: impl Fn(&Record<'_>),
    ) -> Option<Verdict> {
        let now = Instant::now();
        let own = (fault.elapsed, fault.attempts);
        let rests_on_time = rests_on_time(&fault);
        let names_peer = |entry: &Entry| entry.key.names_peer();
        let may_recall = fault.peer.is_empty() && !self.event.list.iter().any(names_peer);
        let recalled = if may_recall { self.recall(sources, now) } else { None };
        let mut fault = fault;
        if let Some(seen) = &recalled {
            seen.complete(&mut fault, now);
        }
        let source = complete(&mut fault, sources);
        if let Some(seen) = &recalled {
            seen.complete_tries(&mut fault);
        }
        fault.diagnose();
        self.export_fault(&Found { fault: &fault, source, rendered: None }, sources, export);
        if recalled.is_some() {
            self.end_with(Outcome::Fault);
            // What memory tells, it may not tell again.
            return None;
        }
        self.end_with(self.outcome(&fault));
        let seen = self.remember(&fault, now);
        is_repeated.then(|| Verdict {
            own,
            time: rests_on_time.then_some(fault.elapsed),
            rendered: RenderedFault::new(
                &fault,
                self.error(&self.parts.chain.links().collect()).as_ref(),
            ),
            fault: fault.into_owned(),
            source,
            may_recall,
            seen,
        })
    }

    /// A fault that was kept: only what differs from the last time is read.
    fn report_again(
        &self,
        verdict: &mut Verdict,
        sources: &Sources<'_, '_>,
        export: impl Fn(&Record<'_>),
    ) {
        verdict.renew(&self.parts.chain, sources);
        let Verdict { fault, source, rendered, .. } = &*verdict;
        let found = Found { fault, source: *source, rendered: Some(rendered) };
        self.export_fault(&found, sources, export);
        self.end_with(self.outcome(fault));
        if !self.place.is_some_and(|place| verdict.is_remembered(place.span, self.timestamp)) {
            verdict.seen = self.remember(&verdict.fault, Instant::now());
        }
    }

    /// What memory knows of the failure, unless the fields name the very same peer.
    fn recall(&self, sources: &Sources<'_, '_>, now: Instant) -> Option<Arc<Seen>> {
        let recalled = recall(self.place?.span, self.parts.chain.message(), now);
        recalled.filter(|seen| !seen.is_named_by(sources))
    }

    /// Keeps the fault with the spans, and returns what is kept, and when.
    fn remember(&self, fault: &Fault<'_>, now: Instant) -> Option<(Arc<Seen>, SystemTime)> {
        let seen = Seen::new(fault, self.parts.chain.innermost(), now)?;
        Some((remember(self.place?.span, seen), self.timestamp))
    }

    fn end_with(&self, outcome: Outcome) {
        if let Some(place) = &self.place {
            end_with(place, outcome);
        }
    }

    /// How the call ends: whether another try is to follow inside the span that names the
    /// peer, as tries are counted on the event, or on a span inside that one.
    fn outcome(&self, fault: &Fault<'_>) -> Outcome {
        let attempts = &fault.attempts;
        let left =
            attempts.attempt.zip(attempts.max_attempts).is_some_and(|(made, max)| made < max);
        let counts = |entry: &Entry| entry.key.role == Role::Attempt;
        let counted = || {
            self.event.list.iter().any(counts)
                || self.place.is_some_and(|place| place.scope.counts_tries_inside)
        };
        let retried = left && attempts.exhausted != Some(true) && counted();
        if retried { Outcome::Retried } else { Outcome::Fault }
    }

    fn export_fault(
        &self,
        found: &Found<'_>,
        sources: &Sources<'_, '_>,
        export: impl Fn(&Record<'_>),
    ) {
        let mut selected = Selected::new();
        select(sources, found.fault, found.source, &mut selected);
        self.export(selected, Some(found), export);
    }

    /// The text of the error, unless it is the message.
    fn error<'l>(&self, links: &'l Links<'a>) -> Option<ErrorText<'l>>
    where
        'a: 'l,
    {
        let message = self.parts.chain.message();
        (self.kind == ErrorKind::Field).then_some(ErrorText { message, links })
    }

    /// Writes the record of an event.
    fn export<'f>(
        &self,
        mut selected: Selected<'f>,
        found: Option<&Found<'_>>,
        export: impl Fn(&Record<'_>),
    ) where
        'a: 'f,
    {
        let on_fault = found.is_some();
        let mut view = self.place.map(|place| place.scope.view(on_fault));
        let links: Links<'_> = self.parts.chain.links().collect();
        let mut error = self.error(&links);
        if error.is_some() && !on_fault && callers_error(&selected, view.as_ref()) {
            let text = Value::Text(self.parts.chain.message());
            add(&Field { key: &BESIDE, value: text }, false, &mut selected);
            error = None;
        }
        if let Some(taken) = view.filter(|view| selected.iter().any(|field| view.has(field.key))) {
            taken.each_shown(|field| add(&field, on_fault, &mut selected));
            view = None;
        }
        let around = self.around;
        export(&Record {
            timestamp: Some(self.timestamp),
            severity: Some(around.severity),
            message: Some(self.parts.message.as_str()).filter(|it| !it.is_empty()),
            target: around.target,
            trace: around.trace,
            resource: around.resource,
            fields: &selected,
            scope: view.as_ref().map(|view| view as &dyn Scope),
            error,
            fault: found.map(|found| found.fault),
            rendered: found.and_then(|found| found.rendered),
            origin: without_callers(around.origin, &selected, view.as_ref()),
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
