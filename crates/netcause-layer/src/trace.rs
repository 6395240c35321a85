//! Trace and span ids from OpenTelemetry: the one place that names its types.

use netcause_record::TraceContext;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing_core::span::Id;
use tracing_core::{Dispatch, Event};
use tracing_opentelemetry::get_otel_context;

/// The ids of the span that an event belongs to.
///
/// An event with an explicit parent belongs to that span, whatever span is entered. Asking
/// for its ids starts the OpenTelemetry span, and its parent can then not be set any
/// more; so they are asked for only once the span `was_entered`.
pub(crate) fn of_event(
    event: &Event<'_>,
    dispatch: impl FnOnce() -> Option<Dispatch>,
    was_entered: impl FnOnce(&Id) -> bool,
) -> Option<TraceContext> {
    // OpenTelemetry's own events may be sent while its context is being changed, and
    // reading the context then would panic.
    if event.metadata().target().starts_with("opentelemetry") || event.is_root() {
        return None;
    }
    match event.parent() {
        None => Context::map_current(|context| ids(context.span().span_context())),
        Some(parent) if was_entered(parent) => {
            let context = get_otel_context(parent, &dispatch()?)?;
            ids(context.span().span_context())
        }
        Some(_) => None,
    }
}

fn ids(context: &SpanContext) -> Option<TraceContext> {
    context.is_valid().then(|| TraceContext {
        trace_id: context.trace_id().to_bytes(),
        span_id: context.span_id().to_bytes(),
        flags: context.trace_flags().to_u8(),
    })
}
