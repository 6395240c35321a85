//! Trace and span ids from OpenTelemetry: the one place that names its types.

use std::any::Any;
use std::net::IpAddr;
use std::time::Duration;

use netcause_fault::{Cause, Fault, Limit};
use netcause_record::TraceContext;
use opentelemetry::trace::{SpanContext, SpanRef, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue, SpanId, TraceFlags, TraceId, Value};
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

/// The current trace context as the headers `traceparent` and `tracestate` (W3C Trace Context
/// §3), for a call to another service.
///
/// ```
/// assert_eq!(netcause_layer::trace_headers(), None); // no span is entered
/// ```
#[must_use]
pub fn trace_headers() -> Option<(String, Option<String>)> {
    Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        let state = Some(span.trace_state().header()).filter(|state| !state.is_empty());
        span.is_valid().then(|| {
            let (trace, id) = (span.trace_id(), span.span_id());
            (format!("00-{trace}-{id}-{:02x}", span.trace_flags().to_u8()), state)
        })
    })
}

/// Makes the trace that those headers name the current one until what is returned is dropped,
/// so that a span which is opened meanwhile becomes a part of it; nothing where a trace is
/// current already, and where the headers name none.
///
/// ```
/// let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let guard = netcause_layer::enter_trace(parent, None);
/// assert_eq!(netcause_layer::trace_headers(), Some((parent.to_owned(), None)));
/// drop(guard);
/// assert_eq!(netcause_layer::trace_headers(), None);
/// ```
#[must_use = "it ends when what is returned is dropped"]
pub fn enter_trace(parent: &str, state: Option<&str>) -> Option<Box<dyn Any>> {
    let is_in_trace = Context::map_current(|context| context.span().span_context().is_valid());
    let remote = remote(parent, state).filter(|it| !is_in_trace && it.is_valid())?;
    Some(Box::new(Context::current().with_remote_span_context(remote).attach()))
}

/// Reads `version-trace-parent-flags`; of a later version than 00 more may follow.
fn remote(parent: &str, state: Option<&str>) -> Option<SpanContext> {
    let mut parts = parent.split('-');
    let (version, trace, id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_whole = is_hex(version, 2) && is_hex(trace, 32) && is_hex(id, 16) && is_hex(flags, 2);
    if !is_whole || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let state = state.and_then(|state| state.parse().ok()).unwrap_or_default();
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, id) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(id).ok()?);
    Some(SpanContext::new(trace, id, flags, true, state))
}

/// Marks the OpenTelemetry span of a span as failed, with what is known of the fault. Asking
/// for it starts it, as in [`of_event`].
pub(crate) fn mark(span: &Id, dispatch: Option<Dispatch>, fault: &Fault<'_>) {
    if let Some(context) = dispatch.and_then(|dispatch| get_otel_context(span, &dispatch)) {
        mark_span(&context.span(), fault);
    }
}

/// As [`mark`], for the span that an event belongs to.
pub(crate) fn mark_event(
    event: &Event<'_>,
    dispatch: impl FnOnce() -> Option<Dispatch>,
    was_entered: impl FnOnce(&Id) -> bool,
    fault: &Fault<'_>,
) {
    match event.parent() {
        _ if event.is_root() => {}
        None => Context::map_current(|context| mark_span(&context.span(), fault)),
        Some(parent) if was_entered(parent) => mark(parent, dispatch(), fault),
        Some(_) => {}
    }
}

fn mark_span(span: &SpanRef<'_>, fault: &Fault<'_>) {
    if !span.is_recording() {
        return;
    }
    span.set_status(Status::error(fault.summary().to_string()));
    let set = |key: &'static str, value: Value| span.set_attribute(KeyValue::new(key, value));
    let text = |text: &str| Value::from(text.to_owned());
    let word = |word: &'static str| Some(Value::from(word));
    let known = [
        ("error.type", Some(text(fault.error_type()))),
        ("fault.category", word(fault.category.as_str())),
        ("fault.reason", fault.reason.and_then(|it| word(it.as_str()))),
        ("fault.phase", fault.phase.and_then(|it| word(it.as_str()))),
        ("fault.elapsed_ms", fault.elapsed.map(milliseconds)),
        ("fault.timeout_ms", fault.timeout.map(milliseconds)),
        ("fault.limit", fault.limit.map(Limit::as_str).and_then(word)),
        ("fault.cause", word(fault.cause.as_str())),
        (
            "fault.confidence",
            word(fault.confidence.as_str()).filter(|_| fault.cause != Cause::Unknown),
        ),
        ("fault.retry", fault.retry.and_then(|it| word(it.as_str()))),
        ("fault.hint", fault.hint().map(|hint| text(&hint.to_string()))),
        ("server.address", fault.peer.server_address.as_deref().map(text)),
        ("server.port", fault.peer.server_port.map(number)),
        ("network.peer.address", fault.peer.peer_address.map(address)),
        ("network.peer.port", fault.peer.peer_port.map(number)),
        ("http.response.status_code", fault.request.status.map(number)),
    ];
    for (key, value) in known {
        if let Some(value) = value {
            set(key, value);
        }
    }
}

fn milliseconds(duration: Duration) -> Value {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).into()
}

fn number(number: u16) -> Value {
    i64::from(number).into()
}

fn address(address: IpAddr) -> Value {
    address.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    fn is_read(parent: &str) -> bool {
        remote(parent, None).is_some_and(|context| context.is_valid())
    }

    #[test]
    fn a_parent_is_read_as_the_specification_says() {
        assert!(is_read(&format!("00-{TRACE}-01")));
        assert!(is_read(&format!("cc-{TRACE}-01-what-follows")));
        assert!(!is_read(&format!("00-{TRACE}-01-x")));
        assert!(!is_read(&format!("ff-{TRACE}-01")));
        assert!(!is_read(&format!("00-{}-01", TRACE.to_uppercase())));
        assert!(!is_read(&format!("00-{}-{}-01", "0".repeat(32), "0".repeat(16))));
        assert!(!is_read("00-abc-def-01") && !is_read(""));
    }

    #[test]
    fn the_state_goes_along() {
        let guard = enter_trace(&format!("00-{TRACE}-00"), Some("rojo=00f067aa0ba902b7"));
        let headers = trace_headers().unwrap();
        assert_eq!(headers, (format!("00-{TRACE}-00"), Some("rojo=00f067aa0ba902b7".into())));
        // What runs within a trace is a part of that one.
        assert!(enter_trace(&format!("00-{TRACE}-01"), None).is_none());
        drop(guard);
    }
}
