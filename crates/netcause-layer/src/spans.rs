//! What the layer does with spans: open, amend, remember, recall, close.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use netcause_record::{Field, Key, Role, Value};
use smallvec::SmallVec;
use tracing_core::span::Id;
use tracing_core::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::NetcauseLayer;
use crate::event::Scratch;
use crate::fields::Fields;
use crate::known::{self, Amended, KnownSpan};
use crate::last::LastScopes;
use crate::memory::{Remembered, Seen, Sought};
use crate::reported::Reported;
use crate::scope::SpanScope;
use crate::span::{Outcome, Span, SpanStates};

/// Where an event happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) span: &'a Arc<Span>,
    pub(crate) scope: &'a SpanScope,
}

/// How far up a fault is remembered: the span itself and four ancestors.
const REMEMBERING: usize = 5;

impl NetcauseLayer {
    /// What the layer keeps of a span.
    fn kept<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>) -> Option<Arc<Span>> {
        span.extensions().get::<SpanStates>()?.of(self.number).map(Arc::clone)
    }

    /// The nearest span that the layer has seen, out from this one.
    fn nearest<'a, R: LookupSpan<'a>>(&self, span: SpanRef<'a, R>) -> Option<KnownSpan> {
        // Going outward begins with another look at the span itself.
        self.seen(&span).or_else(|| span.scope().skip(1).find_map(|span| self.seen(&span)))
    }

    fn seen<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>) -> Option<KnownSpan> {
        let (layer, id) = (self.number, span.id());
        let kept = known::look(layer, &id, Arc::clone).or_else(|| self.kept(span))?;
        Some(KnownSpan { layer, id, span: kept, amended: None })
    }

    /// The span that an event belongs to, taken from those that this thread knows.
    pub(crate) fn span_of<S>(
        &self,
        event: &Event<'_>,
        context: &Context<'_, S>,
    ) -> Option<KnownSpan>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let known = match event.parent() {
            Some(parent) => known::take(self.number, parent),
            None if event.is_root() => return None,
            None => known::take(self.number, context.current_span().id()?),
        };
        known.or_else(|| self.nearest(context.event_span(event)?))
    }

    /// What the layer keeps of a span that closes, which is then known no more.
    pub(crate) fn take_span<S>(&self, id: &Id, context: &Context<'_, S>) -> Option<Arc<Span>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let known = known::take(self.number, id).map(|known| known.span);
        known.or_else(|| self.kept(&context.span(id)?))
    }

    /// Calls `with` with what the layer keeps of the span of an id.
    #[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
    pub(crate) fn with_span<S, R>(
        &self,
        id: &Id,
        context: &Context<'_, S>,
        with: impl Fn(&Arc<Span>) -> R,
    ) -> Option<R>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let found = known::look(self.number, id, &with);
        found.or_else(|| self.kept(&context.span(id)?).map(|span| with(&span)))
    }

    /// Keeps a new span: with these fields, or else those of the last one of its callsite.
    pub(crate) fn open<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        keys: &'static [Key],
        fields: Option<&Fields>,
        scopes: &mut LastScopes,
    ) {
        let version = self.amended.load(Ordering::Acquire);
        let parent = span.parent().and_then(|parent| self.nearest(parent));
        let parent = parent.map(|parent| parent.span);
        let changed;
        let outer = match &parent {
            Some(parent) => Some(match parent.lend(version) {
                Some(scope) => scope,
                None => {
                    changed = parent.scope(version);
                    &changed
                }
            }),
            None => None,
        };
        let scope = scope_of(keys, fields, outer, scopes);
        let kept = known::renewed(span.name(), parent, scope, version);
        let layer = self.number;
        let state = (layer, Arc::clone(&kept));
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SpanStates>() {
            Some(states) => states.0.push(state),
            None => extensions.insert(SpanStates(SmallVec::from_iter([state]))),
        }
        drop(extensions);
        known::put(KnownSpan { layer, id: span.id(), span: kept, amended: None });
    }

    /// Replaces fields that were recorded later; a span that was never seen is opened.
    pub(crate) fn amend<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        keys: &'static [Key],
        scratch: &mut Scratch,
    ) {
        let Some(kept) = self.kept(span) else {
            return self.open(span, keys, Some(&scratch.event), &mut scratch.scopes);
        };
        if kept.amend(&scratch.event) {
            self.amended.fetch_add(1, Ordering::Release);
        }
    }

    /// Notes an answer that is recorded on the span of a call: its peer was reached.
    pub(crate) fn note_answer<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        fields: &Fields,
    ) {
        let is_well = |field: Field<'_>| match (field.key.role, field.value) {
            (Role::HttpStatus, Value::I64(status)) => (100..400).contains(&status),
            (Role::HttpStatus, Value::U64(status)) => (100..400).contains(&status),
            _ => false,
        };
        if fields.iter().any(is_well)
            && let Some(KnownSpan { span, .. }) = self.seen(span)
        {
            span.end_with(Outcome::Reached);
        }
    }

    /// Remembers the fault that a span's own `error` reports, if it does.
    pub(crate) fn take_report<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        reported: &mut Reported,
    ) {
        let Some(seen) = reported.take() else { return };
        let Some(KnownSpan { span, .. }) = self.seen(span) else { return };
        remember(&span, &Arc::new(seen), SystemTime::now());
        span.end_with(Outcome::Fault);
    }

    /// A span with its scope as it is now.
    pub(crate) fn place<'k>(&self, known: &'k mut KnownSpan) -> Place<'k> {
        let version = self.amended.load(Ordering::Acquire);
        let KnownSpan { span, amended, .. } = known;
        if let Some(scope) = span.opened(version) {
            return Place { span, scope };
        }
        let at = (version, span.revision());
        amended.take_if(|amended| amended.at != at);
        let amended = amended.get_or_insert_with(|| Amended { scope: span.scope(version), at });
        Place { span, scope: &amended.scope }
    }

    /// When a call ends well, the spans around it forget its peer's earlier faults; when it
    /// ends and nothing tells how, they doubt them.
    pub(crate) fn close(&self, span: &Arc<Span>) {
        span.close();
        let outcome = span.outcome();
        let ancestors = || span.and_ancestors().take(REMEMBERING).skip(1);
        if outcome == Outcome::Fault || !ancestors().any(|ancestor| ancestor.remembers()) {
            return;
        }
        let Some((host, port)) = span.peer() else { return };
        for ancestor in ancestors() {
            ancestor.with_memory(|memory| match outcome {
                Outcome::Reached => memory.forget(&host, port),
                _ => memory.doubt(&host, port),
            });
        }
    }
}

/// Notes how an event ended on the span around it that names a peer.
pub(crate) fn end_with(place: &Place<'_>, outcome: Outcome) {
    if let Some(depth) = place.scope.caller_depth
        && (depth < REMEMBERING || outcome == Outcome::Reached)
        && let Some(caller) = place.span.and_ancestors().nth(depth)
    {
        caller.end_with(outcome);
    }
}

/// The fault remembered on a span that an error speaks of.
pub(crate) fn recall(span: &Span, sought: Sought<'_>, now: SystemTime) -> Option<Remembered> {
    span.lock().memory.recall(sought, now)
}

/// Remembers a fault on a span and those around it, up to the one that serves a caller, or
/// the fourth ancestor.
pub(crate) fn remember(span: &Arc<Span>, seen: &Arc<Seen>, now: SystemTime) {
    for span in span.and_ancestors().take(REMEMBERING) {
        if span.with_memory(|memory| memory.remember(seen, now)) {
            break;
        }
    }
}

/// The scope of a span with these fields, or else those of the last one of its callsite.
fn scope_of(
    keys: &'static [Key],
    fields: Option<&Fields>,
    outer: Option<&Arc<SpanScope>>,
    scopes: &mut LastScopes,
) -> Arc<SpanScope> {
    let last = scopes.at(keys).filter(|_| fields.is_none());
    if let Some(last) = last.filter(|last| last.is_inside(outer)) {
        return Arc::clone(last);
    }
    let mut new = known::fresh_scope();
    if let Some(scope) = Arc::get_mut(&mut new) {
        let outer = outer.map(Arc::clone);
        match (fields, last) {
            (Some(fields), _) => scope.fill(fields, outer),
            (None, Some(last)) => scope.fill_as(last, outer),
            (None, None) => scope.fill(&Fields::default(), outer),
        }
    }
    scopes.put(keys, &new).into_iter().for_each(known::spare_scope);
    new
}
