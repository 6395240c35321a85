//! The names under which callers' fields are written.

use netcause_layer::NetcauseLayer;
use netcause_record::Resource;
use netcause_tests::dynamic;
use netcause_tests::lines::{Line, Lines, record_one};
use tracing::{Level, info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

const FAULT: &str = "no database: Connection refused (os error 111)";

/// A caller's key, its name on an ordinary record, and on one that reports a fault.
const KEYS: &[(&str, &str, &str)] = &[
    // A caller's own names stand.
    ("order.id", "order.id", "order.id"),
    ("level", "level", "level"),
    ("user", "user", "user"),
    ("messages", "messages", "messages"),
    ("severity_number", "severity_number", "severity_number"),
    ("err", "err", "err"),
    ("http.response.body.size", "http.response.body.size", "http.response.body.size"),
    ("retry.policy", "retry.policy", "retry.policy"),
    ("servers.count", "servers.count", "servers.count"),
    // Reserved.
    ("timestamp", "fields.timestamp", "fields.timestamp"),
    ("severity", "fields.severity", "fields.severity"),
    ("target", "fields.target", "fields.target"),
    ("trace_id", "fields.trace_id", "fields.trace_id"),
    ("span_id", "fields.span_id", "fields.span_id"),
    ("service.name", "fields.service_name", "fields.service_name"),
    ("fields", "fields.fields", "fields.fields"),
    ("fault.category", "fields.fault_category", "fields.fault_category"),
    ("fault.mine", "fields.fault_mine", "fields.fault_mine"),
    ("impact.outcome", "fields.impact_outcome", "fields.impact_outcome"),
    // Reserved where a fault is reported.
    ("error.type", "error.type", "fields.error_type"),
    ("error.message", "error.message", "fields.error_message"),
    ("error.code", "error.code", "fields.error_code"),
    // Objects on the way to a name of the vocabulary.
    ("error", "fields.error", "fields.error"),
    ("server", "fields.server", "fields.server"),
    ("network", "fields.network", "fields.network"),
    ("network.peer", "fields.network_peer", "fields.network_peer"),
    ("http", "fields.http", "fields.http"),
    ("http.request", "fields.http_request", "fields.http_request"),
    ("http.response", "fields.http_response", "fields.http_response"),
    ("url", "fields.url", "fields.url"),
    ("tls", "fields.tls", "fields.tls"),
    ("tls.server", "fields.tls_server", "fields.tls_server"),
    ("dns", "fields.dns", "fields.dns"),
    ("db", "fields.db", "fields.db"),
    ("db.system", "fields.db_system", "fields.db_system"),
    ("rpc", "fields.rpc", "fields.rpc"),
    ("retry", "fields.retry", "fields.retry"),
    ("fault", "fields.fault", "fields.fault"),
    ("impact", "fields.impact", "fields.impact"),
    ("service", "fields.service", "fields.service"),
    ("client", "fields.client", "fields.client"),
    ("certificate", "fields.certificate", "fields.certificate"),
    ("code", "fields.code", "fields.code"),
    ("code.file", "fields.code_file", "fields.code_file"),
    ("thread", "fields.thread", "fields.thread"),
    ("span", "fields.span", "fields.span"),
    // Names below a leaf of the vocabulary.
    ("message.x", "fields.message_x", "fields.message_x"),
    ("timestamp.unix", "fields.timestamp_unix", "fields.timestamp_unix"),
    ("server.address.zone", "fields.server_address_zone", "fields.server_address_zone"),
    ("error.message.full", "fields.error_message_full", "fields.error_message_full"),
    ("retry.attempt.first", "fields.retry_attempt_first", "fields.retry_attempt_first"),
    ("service.name.short", "fields.service_name_short", "fields.service_name_short"),
];

/// The record of an event with that key, its value 77.
fn event(level: Level, message: &str, key: &str) -> Line {
    record_one(|| dynamic::event(level, "keys", message, key, &77_u64))
}

/// The record of an event in a span with that key, its value 77.
fn in_span(level: Level, message: &str, key: &str) -> Line {
    record_one(|| {
        dynamic::span(key, &77_u64).in_scope(|| dynamic::event(level, "keys", message, "other", &1))
    })
}

/// What is wrong where the value should stand under one name and no other.
fn check(line: &Line, key: &str, name: &str) -> Option<String> {
    // A number under `retry` is a count of tries, too.
    let derived = |key: &&str| *key == "retry.attempt" && line.has("fields.retry");
    let stands: Vec<_> =
        line.keys().filter(|key| line.number(key) == Some(77) && !derived(key)).collect();
    (stands != [name]).then(|| format!("{key}: under {stands:?}, not {name}"))
}

#[test]
fn every_key_has_its_name_on_ordinary_records() {
    let wrong: Vec<_> = KEYS
        .iter()
        .flat_map(|(key, name, _)| {
            let of = |line: Line| check(&line, key, name);
            [of(event(Level::INFO, "ready", key)), of(in_span(Level::INFO, "ready", key))]
        })
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_key_has_its_name_on_records_that_report_a_fault() {
    let wrong: Vec<_> = KEYS
        .iter()
        .flat_map(|(key, _, name)| {
            let of = |line: Line| {
                assert_eq!(line.category(), Some("connect_refused"), "{key}: {line:?}");
                check(&line, key, name)
            };
            [of(event(Level::ERROR, FAULT, key)), of(in_span(Level::ERROR, FAULT, key))]
        })
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_name_of_any_record_is_both_a_value_and_an_object() {
    let mut names = std::collections::BTreeSet::new();
    for (key, _, _) in KEYS {
        for line in [event(Level::INFO, "ready", key), event(Level::ERROR, FAULT, key)] {
            names.extend(line.keys().map(str::to_owned));
        }
    }
    let is_object = |name: &&String| {
        let below = format!("{name}.");
        names.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
    };
    // `error` as a plain text is the one that a caller's own `error.*` could meet.
    let both: Vec<_> = names.iter().filter(is_object).collect();
    assert!(both.is_empty(), "{both:?}");
}

#[test]
fn a_message_on_a_span_is_a_field() {
    let line = record_one(|| {
        let _span = info_span!("call", message = "of the span").entered();
        info!("of the event");
    });
    assert_eq!(line.text("message"), Some("of the event"));
    assert_eq!(line.text("fields.message"), Some("of the span"));
}

#[test]
fn a_key_that_looks_like_a_moved_one_stays_unique() {
    let line = record_one(|| info!(fields.severity = 1, severity = 2, "hello"));
    assert!(line.number("fields.severity").is_some(), "{line:?}");
}

#[test]
fn the_event_goes_before_the_spans_and_they_before_the_resource() {
    let lines = Lines::default();
    let attributes =
        ["region", "zone", "rack", "city"].map(|key| (key.to_owned(), "resource".to_owned()));
    let resource = Resource::new(Some("checkout".to_owned()), attributes.to_vec());
    let layer = NetcauseLayer::new(lines.exporter()).with_resource(resource);
    tracing::subscriber::with_default(registry().with(layer), || {
        let _outer = info_span!("o", region = "outer", zone = "outer", rack = "outer").entered();
        let _inner = info_span!("i", region = "inner", zone = "inner").entered();
        info!(region = "event", service.name = "mine", "hello");
    });
    let line = lines.only();
    assert_eq!(line.text("region"), Some("event"));
    assert_eq!(line.text("zone"), Some("inner"));
    assert_eq!(line.text("rack"), Some("outer"));
    assert_eq!(line.text("city"), Some("resource"));
    assert_eq!(line.text("service.name"), Some("checkout"));
    assert_eq!(line.text("fields.service_name"), Some("mine"));
}

#[test]
fn a_late_record_on_an_outer_span_does_not_go_before_an_inner_one() {
    let line = record_one(|| {
        let outer = info_span!("outer", region = "outer").entered();
        let _inner = info_span!("inner", region = "inner").entered();
        outer.record("region", "outer, late");
        info!("hello");
    });
    assert_eq!(line.text("region"), Some("inner"));
}
