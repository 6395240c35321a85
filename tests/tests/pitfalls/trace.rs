//! 15, 16, and the ids of OpenTelemetry: never read where that panics, never started early.

use netcause_tests::lines::Lines;
use netcause_tests::{child, otel};
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{error, info, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::set_global;

#[test]
fn both_orders_of_the_layers_give_the_same_ids() {
    for ours_first in [true, false] {
        let (lines, spans) = (Lines::default(), otel::Spans::default());
        let subscriber: Box<dyn tracing::Subscriber + Send + Sync> = if ours_first {
            Box::new(registry().with(lines.layer()).with(spans.layer()))
        } else {
            Box::new(registry().with(spans.layer()).with(lines.layer()))
        };
        tracing::subscriber::with_default(subscriber, || {
            let _outer = info_span!("outer").entered();
            info_span!("inner").in_scope(|| info!("inside"));
        });
        let line = lines.only();
        let (trace, span) = spans.ids("inner");
        assert_eq!(line.text("trace_id"), Some(&*trace), "{line:?}");
        assert_eq!(line.text("span_id"), Some(&*span), "{line:?}");
    }
}

#[test]
fn an_event_with_a_named_parent_has_the_ids_of_that_one() {
    child::alone(|| {
        let (lines, spans) = (Lines::default(), otel::Spans::default());
        set_global(registry().with(spans.layer()).with(lines.layer()));
        let named = info_span!("named");
        named.in_scope(|| ());
        let current = info_span!("current").entered();
        error!(parent: &named, "of the named one");
        error!(parent: None, "of none");
        drop((named, current));
        let written = lines.take();
        let (trace, span) = spans.ids("named");
        assert_eq!(written[0].text("trace_id"), Some(&*trace));
        assert_eq!(written[0].text("span_id"), Some(&*span));
        assert!(!written[1].has("trace_id") && !written[1].has("span_id"), "{written:?}");
    });
}

#[test]
fn a_parent_can_still_be_set_after_an_early_event() {
    child::alone(|| {
        let (lines, spans) = (Lines::default(), otel::Spans::default());
        set_global(registry().with(spans.layer()).with(lines.layer()));
        let request = info_span!("request");
        info!(parent: &request, "accepted");
        request.set_parent(otel::remote_parent()).unwrap();
        request.in_scope(|| info!("served"));
        drop(request);
        let remote = otel::remote_parent().span().span_context().trace_id().to_string();
        assert_eq!(spans.ids("request").0, remote);
        let written = lines.take();
        // The early event has no ids rather than wrong ones.
        assert!(!written[0].has("trace_id"), "{written:?}");
        assert_eq!(written[1].text("trace_id"), Some(&*remote));
    });
}

#[test]
fn a_parent_can_still_be_set_in_a_child_of_an_entered_span() {
    child::alone(|| {
        let (lines, spans) = (Lines::default(), otel::Spans::default());
        set_global(registry().with(lines.layer()).with(spans.layer()));
        let _service = info_span!("service").entered();
        let request = info_span!("request");
        info!(parent: &request, user = 7, "accepted");
        info!("in the service");
        request.set_parent(otel::remote_parent()).unwrap();
        drop(request);
        let remote = otel::remote_parent().span().span_context().trace_id().to_string();
        assert_eq!(spans.ids("request").0, remote);
        assert_eq!(lines.take().len(), 2);
    });
}

#[test]
fn a_span_that_opentelemetry_made_lends_its_ids() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        let _attached = otel::remote_parent().attach();
        info!("inside");
    });
    let line = lines.only();
    assert_eq!(line.text("trace_id"), Some("07070707070707070707070707070707"));
    assert_eq!(line.text("span_id"), Some("0909090909090909"));
}

#[test]
fn without_opentelemetry_there_are_no_ids() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        let _span = info_span!("call").entered();
        info!("inside");
    });
    let line = lines.only();
    assert!(!line.has("trace_id") && !line.has("span_id"), "{line:?}");
}

#[test]
fn events_of_opentelemetry_itself_are_written_without_ids() {
    let lines = Lines::default();
    let spans = otel::Spans::default();
    tracing::subscriber::with_default(registry().with(spans.layer()).with(lines.layer()), || {
        let _span = info_span!("call", user = 7).entered();
        for_each_target();
    });
    let written = lines.take();
    assert_eq!(written.len(), 3);
    assert!(written.iter().all(|line| !line.has("trace_id")), "{written:?}");
    assert!(written.iter().all(|line| line.number("user") == Some(7)), "{written:?}");
}

fn for_each_target() {
    error!(target: "opentelemetry", "one");
    error!(target: "opentelemetry_sdk", "two");
    error!(target: "opentelemetry-otlp", "three");
}

/// OpenTelemetry warns while its own context is being changed, once it is too deep; to
/// read the context from that event would panic.
#[test]
fn a_warning_from_inside_the_context_does_not_panic() {
    child::alone(|| {
        let lines = Lines::default();
        set_global(registry().with(lines.layer()));
        let guards: Vec<_> = (0..66_000).map(|_| Context::new().attach()).collect();
        let written = lines.take();
        assert!(!written.is_empty(), "it warns");
        assert!(
            written[0].text("target").unwrap().starts_with("opentelemetry"),
            "{:?}",
            written[0]
        );
        guards.into_iter().rev().for_each(drop);
    });
}
