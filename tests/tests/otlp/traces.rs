//! Traces beside log records: both tell one story.

use std::path::Path;
use std::time::Duration;

use netcause_fault::{Fault, Reason, WithFault};
use netcause_tests::certificates::Certificates;
use netcause_tests::child;
use netcause_tests::collector::{Item, text_value};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{KeyValue, StringValue, Value};
use serde_json::json;
use tracing::field::Empty;
use tracing::{error, info, info_span, warn};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{CERTIFICATES, COLLECTOR};

/// What the failure of a try is known by.
fn refused() -> WithFault {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some("db".into());
    fault.peer.server_port = Some(5432);
    fault.diagnose();
    WithFault::new("connection refused", fault)
}

/// One try, which fails or not, as a client reports it on its span. It is linked to the one
/// before.
fn attempt(number: u32, fails: bool, before: Option<SpanContext>) -> SpanContext {
    let span = info_span!("try", otel.kind = "client", retry.attempt = number, error = Empty);
    let _entered = span.enter();
    if let Some(before) = before {
        span.add_link_with_attributes(before, vec![KeyValue::new("link.kind", "retry")]);
        span.add_event("sent", vec![KeyValue::new("bytes", 17)]);
    }
    if fails {
        let error = refused();
        span.record("error", &error as &(dyn std::error::Error + 'static));
    }
    span.context().span().span_context().clone()
}

fn operation(name: &'static str, ends_well: bool) {
    let span = info_span!("operation", otel.name = name, password = "swordfish");
    let _entered = span.enter();
    let first = attempt(0, true, None);
    let error = refused();
    let error = &error as &(dyn std::error::Error + 'static);
    warn!(error, retry.attempt = 0, retry.max_attempts = 1, "could not load, trying again");
    attempt(1, !ends_well, Some(first));
    if ends_well {
        info!(retry.attempt = 1, "loaded");
    } else {
        error!(error, retry.attempt = 1, retry.max_attempts = 1, retry.exhausted = true, "no cart");
    }
}

fn with_id(items: &[Item], id: &str) -> Item {
    items.iter().find(|item| item.text("spanId") == Some(id)).expect("an item of that id").clone()
}

fn named<'a>(spans: &'a [Item], name: &str) -> &'a Item {
    spans.iter().find(|span| span.text("name") == Some(name)).expect("a span of that name")
}

/// The tries of an operation, in order.
fn tries(spans: &[Item], operation: &Item) -> [Item; 2] {
    let mut tries: Vec<_> =
        spans.iter().filter(|it| it.text("parentSpanId") == operation.text("spanId")).collect();
    tries.sort_by_key(|span| span.text("startTimeUnixNano"));
    [tries[0].clone(), tries[1].clone()]
}

fn is_failed(span: &Item) -> bool {
    let status = span.get("status").and_then(|status| status.get("code"));
    match status.and_then(serde_json::Value::as_i64) {
        Some(2) => true,
        None | Some(0) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_trace_and_the_log_of_a_retried_request_tell_one_story() {
    for (protocol, is_tls) in
        ["http/protobuf", "http/json", "grpc"].into_iter().flat_map(|it| [(it, false), (it, true)])
    {
        if !child::is_one() && COLLECTOR.is_none() {
            return;
        }
        let (service, endpoint) =
            (format!("story {protocol} {is_tls}"), endpoint(protocol, is_tls));
        let mut variables = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", if is_tls { "gzip" } else { "none" }),
            ("OTEL_SERVICE_NAME", service.as_str()),
            ("NETCAUSE_FORMAT", "off"),
        ];
        if is_tls {
            variables.extend(files());
        }
        let finished = child::with_variables(&variables, || {
            emit_story();
        });
        assert_eq!(finished.stderr, "");
        check_story(&service);
    }
}

fn files() -> [(&'static str, &'static str); 3] {
    let certificates: &'static Certificates = &CERTIFICATES;
    let path = |path: &'static Path| path.to_str().expect("a plain path");
    [
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", path(&certificates.authority)),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", path(&certificates.client)),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", path(&certificates.client_key)),
    ]
}

/// Where the Collector of the test takes OTLP; the child asks for none.
fn endpoint(protocol: &str, is_tls: bool) -> String {
    let Some(collector) = (!child::is_one()).then(|| COLLECTOR.as_ref()).flatten() else {
        return String::new();
    };
    match (protocol, is_tls) {
        ("grpc", false) => format!("http://127.0.0.1:{}", collector.grpc),
        ("grpc", true) => format!("https://localhost:{}", collector.grpcs),
        (_, false) => format!("http://127.0.0.1:{}", collector.http),
        (_, true) => format!("https://localhost:{}", collector.https),
    }
}

#[test]
fn the_limits_of_attributes_hold_for_spans_and_for_log_records() {
    if !child::is_one() && COLLECTOR.is_none() {
        return;
    }
    let endpoint = endpoint("http/protobuf", false);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_SERVICE_NAME", "limits"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3"),
        ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "6"),
        ("NETCAUSE_FORMAT", "off"),
    ];
    child::with_variables(&variables, || {
        let guard = netcause::init();
        {
            let span = info_span!("span");
            span.set_attribute("text", "größer");
            span.set_attribute("texts", Value::Array(vec![StringValue::from("größer")].into()));
            span.set_attribute("number", 17_i64);
            let _entered = span.entered();
            info!(text = "größer", number = 17, "something");
        }
        let counts = guard.shutdown(Duration::from_secs(20));
        assert_eq!((counts.written, counts.queued, counts.lost), (2, 0, 0), "{counts:?}");
    });
    let collector = COLLECTOR.as_ref().expect("it runs");
    let (spans, logs) = (collector.spans("limits", 1), collector.logs("limits", 1));
    // Four tell where it stands in the code.
    let count = |span: &Item| span.get("droppedAttributesCount").and_then(|it| it.as_u64());
    assert_eq!((spans[0].attributes().len(), count(&spans[0])), (6, Some(1)), "{spans:#?}");
    let texts = json!({ "arrayValue": { "values": [text_value("grö")] } });
    assert_eq!(spans[0].attribute("text"), Some(text_value("grö")), "{spans:#?}");
    assert_eq!(spans[0].attribute("texts"), Some(texts), "{spans:#?}");
    assert_eq!(logs[0].attributes(), [("text".to_owned(), text_value("gr"))]);
    assert_eq!(count(&logs[0]), Some(1));
}

fn emit_story() {
    let guard = netcause::init();
    operation("recovered", true);
    operation("failed", false);
    let counts = guard.shutdown(Duration::from_secs(20));
    assert_eq!((counts.queued, counts.lost), (0, 0), "{counts:?}");
    // Four log records and six spans.
    assert_eq!(counts.written, 10, "{counts:?}");
}

fn check_story(service: &str) {
    let collector = COLLECTOR.as_ref().expect("it runs");
    let (spans, logs) = (collector.spans(service, 6), collector.logs(service, 4));
    assert_eq!((spans.len(), logs.len()), (6, 4));
    let recovered = named(&spans, "recovered");
    let failed = named(&spans, "failed");
    assert_eq!((is_failed(recovered), is_failed(failed)), (false, true));
    assert_eq!(tries(&spans, recovered).map(|it| is_failed(&it)), [true, false]);
    assert_eq!(tries(&spans, failed).map(|it| is_failed(&it)), [true, true]);
    check_failed(failed);
    let [first, second] = tries(&spans, recovered);
    check_failed(&first);
    assert_eq!(second.attribute("error.type"), None);
    assert_eq!(recovered.attribute("error.type"), None);
    check_link_and_event(&first, &second);
    for log in &logs {
        let span = with_id(&spans, log.text("spanId").expect("it stands in a span"));
        assert_eq!(log.text("traceId"), span.text("traceId"));
    }
    let told = logs.iter().filter(|it| it.attribute("fault.category").is_some());
    assert_eq!(told.count(), 3);
    check_no_secrets_and_no_events(&spans);
}

fn check_failed(span: &Item) {
    let summary = "Connection to host db on port 5432 refused";
    let status = span.get("status").and_then(|it| it.get("message")).expect("a message");
    assert!(status.as_str().is_some_and(|it| it.starts_with(summary)), "{status}");
    assert_eq!(span.attribute("error.type"), Some(text_value("connect_refused")));
    assert_eq!(span.attribute("fault.category"), Some(text_value("connect_refused")));
    assert_eq!(span.attribute("server.address"), Some(text_value("db")));
    assert_eq!(span.attribute("server.port"), Some(json!({ "intValue": "5432" })));
}

/// What was said of the second try by hand.
fn check_link_and_event(first: &Item, second: &Item) {
    let link = second.get("links").expect("a link").pointer("/0").expect("one").clone();
    assert_eq!(link["spanId"].as_str(), first.text("spanId"));
    assert_eq!(link["traceId"].as_str(), first.text("traceId"));
    let retry = json!([{ "key": "link.kind", "value": text_value("retry") }]);
    assert_eq!(link["attributes"], retry);
    let events = second.get("events").and_then(|events| events.as_array()).expect("events");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["name"], "sent");
    let bytes = json!([{ "key": "bytes", "value": { "intValue": "17" } }]);
    assert_eq!(events[0]["attributes"], bytes);
    let time = |value: &serde_json::Value| value.as_str().and_then(|it| it.parse::<u64>().ok());
    let start = second.get("startTimeUnixNano").and_then(time).expect("a time");
    assert!(time(&events[0]["timeUnixNano"]).is_some_and(|at| at >= start), "{events:?}");
}

/// Events of `tracing` are log records, not events of spans.
fn check_no_secrets_and_no_events(spans: &[Item]) {
    for span in spans {
        let is_linked = span.get("links").is_some();
        assert_eq!(span.get("events").is_some(), is_linked, "{span:#?}");
        assert!(!span.fields.to_string().contains("swordfish"), "{span:#?}");
    }
    let recovered = named(spans, "recovered");
    assert_eq!(recovered.attribute("password"), Some(text_value("REDACTED")));
    let [first, _] = tries(spans, recovered);
    // A client's.
    assert_eq!(first.get("kind"), Some(&json!(3)));
}
