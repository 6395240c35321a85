//! [`NetcauseLayer`]: the hooks of `tracing_subscriber::Layer`.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use netcause_fault::Classifiers;
use netcause_record::{
    Export, Limits, Origin, Redactor, Reentry, Resource, Severity, TraceContext,
};
use tracing_core::dispatcher::WeakDispatch;
use tracing_core::span::{Attributes, Id, Record as Values};
use tracing_core::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::callsite::Callsites;
use crate::event::{Around, Scratch, severity};
use crate::known;
use crate::last::KnownFields;
use crate::repeat::Site;
use crate::visit::{Reading, Visitor};

static NEXT_LAYER: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Which of the optional fields about an event's origin are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OriginFields {
    /// `code.file.path`.
    pub file: bool,
    /// `code.line.number`.
    pub line: bool,
    /// `thread.name`.
    pub thread: bool,
    /// `span.name`.
    pub span: bool,
}

/// Turns events, with the spans around them, into enriched records.
///
/// Works with any registry, beside other layers, behind per-layer filters. It never
/// disables an event for others, never panics, and logs nothing through `tracing`.
///
/// # Example: records into an exporter of one's own
///
/// ```
/// use netcause_layer::NetcauseLayer;
/// use netcause_record::{Export, Record};
/// use tracing_subscriber::prelude::*;
///
/// #[derive(Debug)]
/// struct Faults;
///
/// impl Export for Faults {
///     fn export(&self, record: &Record<'_>) {
///         if let Some(fault) = record.fault {
///             assert_eq!(fault.category.as_str(), "connect_refused");
///         }
///     }
/// }
///
/// let subscriber = tracing_subscriber::registry().with(NetcauseLayer::new(Faults));
/// tracing::subscriber::with_default(subscriber, || {
///     let error = std::io::Error::from_raw_os_error(111);
///     tracing::error!(error = &error as &(dyn std::error::Error + 'static), "no database");
/// });
/// ```
#[derive(Debug)]
pub struct NetcauseLayer {
    pub(crate) number: u32,
    exporters: Vec<Arc<dyn Export>>,
    resource: Resource,
    reading: Reading,
    origin: OriginFields,
    callsites: Callsites,
    dispatch: OnceLock<WeakDispatch>,
    nested: Arc<AtomicU64>,
    /// Whether OpenTelemetry's spans are marked as failed.
    #[cfg(feature = "trace-ids")]
    pub(crate) marks_spans: bool,
    /// Counts the changes of spans whose fields others have gathered.
    pub(crate) amended: AtomicU64,
}

impl NetcauseLayer {
    /// A layer that hands its records to one exporter.
    pub fn new(exporter: impl Export + 'static) -> Self {
        NetcauseLayer::with_exporters(vec![Arc::new(exporter)])
    }

    /// A layer that hands each record to every exporter, in order.
    #[must_use]
    pub fn with_exporters(exporters: Vec<Arc<dyn Export>>) -> Self {
        NetcauseLayer {
            number: NEXT_LAYER.fetch_add(1, Ordering::Relaxed),
            exporters,
            resource: Resource::default(),
            reading: Reading::default(),
            origin: OriginFields::default(),
            callsites: Callsites::default(),
            dispatch: OnceLock::new(),
            nested: Arc::default(),
            #[cfg(feature = "trace-ids")]
            marks_spans: false,
            amended: AtomicU64::new(0),
        }
    }

    /// Says what runs here: `service.name` and the other resource attributes.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.resource = resource;
        self
    }

    /// Removes further secrets.
    #[must_use]
    pub fn with_redactor(mut self, redactor: Redactor) -> Self {
        self.reading.redactor = redactor;
        self
    }

    /// Sets the limits of fields.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.reading.limits = limits;
        self
    }

    /// Asks these classifiers about errors, too.
    #[must_use]
    pub fn with_classifiers(mut self, classifiers: Classifiers) -> Self {
        self.reading.classifiers = classifiers;
        self
    }

    /// Writes optional fields about an event's origin.
    #[must_use]
    pub fn with_origin(mut self, origin: OriginFields) -> Self {
        self.origin = origin;
        self
    }

    /// Counts the events that were not taken because they came from formatting another
    /// event's values on the same thread; taking them could recurse without end.
    #[must_use]
    pub fn nested_events(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.nested)
    }

    /// Runs `work` with this thread's buffers, unless it is running on them already.
    fn with_scratch(&self, work: impl FnOnce(&mut Scratch)) {
        let Some(_inside) = Reentry::enter() else {
            self.nested.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut work = Some(work);
        let _ = SCRATCH.try_with(|scratch| {
            if let Ok(mut scratch) = scratch.try_borrow_mut()
                && let Some(work) = work.take()
            {
                scratch.event.clear();
                work(&mut scratch);
            }
        });
        // A thread that is ending has no buffers any more.
        if let Some(work) = work {
            work(&mut Scratch::default());
        }
    }

    fn visitor<'v>(
        &'v self,
        metadata: &'static Metadata<'static>,
        scratch: &'v mut Scratch,
    ) -> Visitor<'v> {
        scratch.clean.of_layer(self.number);
        Visitor {
            keys: scratch.callsites.keys(self.number, metadata, || {
                self.callsites.keys(metadata, &self.reading.redactor)
            }),
            fields: &mut scratch.event,
            reading: &self.reading,
            clean: &mut scratch.clean,
            event: metadata.is_event().then_some(&mut scratch.parts),
            layer: self.number,
            repeats: &scratch.repeats,
            reported: &mut scratch.reported,
            known: None,
        }
    }

    fn event<S>(&self, event: &Event<'_>, context: &Context<'_, S>, scratch: &mut Scratch)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        scratch.parts.clear();
        let mut visitor = self.visitor(event.metadata(), scratch);
        event.record(&mut visitor);
        let site = Site { layer: self.number, keys: visitor.keys };
        let severity = severity(*event.metadata().level());
        let kind = scratch.read_error(severity, &self.reading);
        let mut known = self.span_of(event, context);
        let place = known.as_mut().map(|known| self.place(known));
        let trace = self.trace(event, context);
        self.with_around(event, place.map(|place| place.span.name), |around| {
            let around = Around { severity, trace, ..around };
            scratch.compose(kind, site, place, &around, |record| {
                self.export(record);
                #[cfg(feature = "trace-ids")]
                self.mark(event, record, place, context);
            });
        });
        known.into_iter().for_each(known::put);
    }

    fn export(&self, record: &netcause_record::Record<'_>) {
        for exporter in &self.exporters {
            // An exporter of somebody else's that panics must not take the caller along.
            let _ = catch_unwind(AssertUnwindSafe(|| exporter.export(record)));
        }
    }

    /// Calls `with` with what is known of an event besides its fields.
    fn with_around<R>(
        &self,
        event: &Event<'_>,
        span: Option<&str>,
        with: impl FnOnce(Around<'_>) -> R,
    ) -> R {
        // A record of the `log` crate hides its target behind one of the bridge.
        #[cfg(feature = "log")]
        let normalized = tracing_log::NormalizeEvent::normalized_metadata(event);
        #[cfg(feature = "log")]
        let metadata = normalized.as_ref().unwrap_or(event.metadata());
        #[cfg(not(feature = "log"))]
        let metadata = event.metadata();
        let thread = self.origin.thread.then(std::thread::current);
        with(Around {
            severity: Severity::Info,
            target: metadata.target(),
            trace: None,
            resource: &self.resource,
            origin: Origin {
                file: metadata.file().filter(|_| self.origin.file),
                line: metadata.line().filter(|_| self.origin.line),
                thread: thread.as_ref().and_then(|thread| thread.name()),
                span: span.filter(|_| self.origin.span),
                event: given_name(event.metadata()),
            },
        })
    }

    #[cfg(feature = "trace-ids")]
    fn trace<S>(&self, event: &Event<'_>, context: &Context<'_, S>) -> Option<TraceContext>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let was_entered =
            |id: &Id| self.with_span(id, context, |span| span.was_entered()).unwrap_or(false);
        crate::trace::of_event(event, || self.dispatch(), was_entered)
    }

    #[cfg(not(feature = "trace-ids"))]
    #[allow(clippy::unused_self)]
    fn trace<S>(&self, _: &Event<'_>, _: &Context<'_, S>) -> Option<TraceContext> {
        None
    }

    /// The subscriber that this layer is part of.
    ///
    /// Wrapped in an `Option` the layer is never told of it (tracing-subscriber 0.3.23);
    /// then it can only be the global one.
    #[cfg(feature = "trace-ids")]
    pub(crate) fn dispatch(&self) -> Option<Dispatch> {
        match self.dispatch.get() {
            Some(dispatch) => dispatch.upgrade(),
            None => Some(tracing_core::dispatcher::get_default(Dispatch::clone)),
        }
    }
}

impl<S> Layer<S> for NetcauseLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _ = self.dispatch.set(subscriber.downgrade());
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.with_scratch(|scratch| {
            let metadata = attributes.metadata();
            let mut scopes = std::mem::take(&mut scratch.scopes);
            let mut visitor = self.visitor(metadata, scratch);
            let keys = visitor.keys;
            visitor.known = scopes.at(keys).map(|last| KnownFields::new(last.fields()));
            attributes.record(&mut visitor);
            let is_known = visitor.known.as_ref().is_some_and(KnownFields::is_whole);
            if !is_known {
                visitor.write_known();
            }
            if let Some(span) = context.span(id) {
                let fields = if is_known { None } else { Some(&scratch.event) };
                self.open(&span, keys, fields, &mut scopes);
                self.take_report(&span, &mut scratch.reported);
            }
            scratch.scopes = scopes;
        });
    }

    fn on_record(&self, id: &Id, values: &Values<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        self.with_scratch(|scratch| {
            let mut visitor = self.visitor(span.metadata(), scratch);
            let keys = visitor.keys;
            values.record(&mut visitor);
            if !scratch.event.list.is_empty() {
                self.amend(&span, keys, scratch);
                self.note_answer(&span, &scratch.event);
            }
            #[cfg(feature = "trace-ids")]
            self.mark_reported(id, &scratch.reported, &context);
            self.take_report(&span, &mut scratch.reported);
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.with_scratch(|scratch| self.event(event, &context, scratch));
    }

    #[cfg(feature = "trace-ids")]
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.with_span(id, &context, |span| span.enter());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = self.take_span(&id, &context) {
            self.close(&span);
            known::spare(span);
        }
    }
}

/// The name of an event, unless it is one that `tracing` or its bridge to `log` made up.
fn given_name(metadata: &Metadata<'static>) -> Option<&'static str> {
    let name = metadata.name();
    let made_up = name.starts_with("event ") || name == "log event" || name == "log record";
    (!made_up).then_some(name)
}

/// How often this thread has found a failure that it had kept.
#[cfg(test)]
pub(crate) fn repeats_found() -> usize {
    SCRATCH.with_borrow(|scratch| scratch.repeats.found)
}

/// How many failures this thread keeps.
#[cfg(test)]
pub(crate) fn repeats_kept() -> usize {
    SCRATCH.with_borrow(|scratch| scratch.repeats.count())
}

/// Forgets the failures that this thread keeps.
#[cfg(test)]
pub(crate) fn forget_repeats() {
    SCRATCH.with_borrow_mut(|scratch| scratch.repeats = crate::repeat::Repeats::default());
}
