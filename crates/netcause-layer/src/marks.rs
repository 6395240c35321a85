//! Which of OpenTelemetry's spans are marked as failed.

use netcause_fault::Fault;
use netcause_record::{Record, Severity};
use tracing_core::span::Id;
use tracing_core::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::NetcauseLayer;
use crate::reported::Reported;
use crate::spans::Place;

impl NetcauseLayer {
    /// Marks OpenTelemetry's spans as failed: that of a try with its fault, that of an
    /// operation only with a fault that is final. Nobody else is to set their status then.
    #[must_use]
    pub fn with_span_status(mut self, marks_spans: bool) -> Self {
        self.marks_spans = marks_spans;
        self
    }

    /// Marks the OpenTelemetry span of an event that reports a fault: one that is final, or
    /// that of a try in its own span.
    pub(crate) fn mark<S>(
        &self,
        event: &Event<'_>,
        record: &Record<'_>,
        place: Option<Place<'_>>,
        context: &Context<'_, S>,
    ) where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let Some(fault) = record.fault.filter(|_| self.marks_spans && record.trace.is_some())
        else {
            return;
        };
        let is_try = place.is_some_and(|place| place.scope.is_try());
        if is_try || is_final(fault, record.severity) {
            let was_entered =
                |id: &Id| self.with_span(id, context, |span| span.was_entered()).unwrap_or(false);
            crate::trace::mark_event(event, || self.dispatch(), was_entered, fault);
        }
    }

    /// Marks the OpenTelemetry span of a span whose own `error` reports a fault.
    pub(crate) fn mark_reported<S>(&self, id: &Id, reported: &Reported, context: &Context<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        if self.marks_spans
            && let Some(fault) = reported.fault()
            && self.with_span(id, context, |span| span.was_entered()).unwrap_or(false)
        {
            crate::trace::mark(id, self.dispatch(), &fault);
        }
    }
}

/// Whether no other try follows, as far as can be told: where nothing is said of tries, an
/// event at ERROR means it, and one at WARN or below does not.
fn is_final(fault: &Fault<'_>, severity: Option<Severity>) -> bool {
    let attempts = &fault.attempts;
    match (attempts.exhausted, attempts.attempt, attempts.max_attempts) {
        (Some(exhausted), ..) => exhausted,
        (None, Some(made), Some(most)) => made >= most,
        (None, Some(_), None) => false,
        (None, None, _) => severity == Some(Severity::Error),
    }
}
