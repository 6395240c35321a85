//! Trace contexts go from the client through the service to its dependency.

use netcause_tests::lines::Lines;
use netcause_tests::otel;
use opentelemetry::trace::{SpanId, SpanKind, Status};
use tracing_subscriber::prelude::*;

use crate::shop;

/// Lets trace contexts pass, as `netcause::init` does; nothing is logged by this layer.
pub(crate) fn install() {
    let layer = netcause::builder().try_layer::<tracing_subscriber::Registry>();
    drop(layer.expect("the environment of a test says nothing"));
}

#[test]
fn a_call_is_a_part_of_the_clients_trace() {
    let (lines, spans) = (Lines::default(), otel::Spans::default());
    let subscriber = tracing_subscriber::registry().with(spans.layer()).with(lines.layer());
    install();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (status, parent) = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let (prices, shop) = shop::open().await;
            let status = shop::ask(&shop::client(), shop, "plain", 5).await.unwrap();
            (status, prices.parent(5).expect("the call carries its context"))
        })
    });
    let (served, called) = (spans.named("/{how}/{number}"), spans.named("GET"));
    assert_eq!(served.span_kind, SpanKind::Server);
    assert_eq!(served.parent_span_id, SpanId::from_bytes(0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()));
    assert_eq!(called.span_kind, SpanKind::Client);
    assert_eq!(called.parent_span_id, served.span_context.span_id());
    let (trace, span) = (shop::trace_id(5), called.span_context.span_id());
    assert_eq!(parent, format!("00-{trace}-{span}-01"));
    let has_failed = status >= 500;
    assert_eq!(matches!(called.status, Status::Error { .. }), has_failed);
    assert_eq!(matches!(served.status, Status::Error { .. }), has_failed);
    let lines = lines.take();
    let line = lines.iter().find(|line| line.text("target") == Some("netcause::request")).unwrap();
    assert_eq!(line.text("trace_id"), Some(trace.as_str()));
}
