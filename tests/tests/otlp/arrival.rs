//! What the real Collector gets: every field, with its type, over every way.

use std::time::Duration;

use netcause_layer::NetcauseLayer;
use netcause_otlp::{LogExporter, OtlpConfig, Protocol, TlsFiles, resource};
use netcause_record::{Export, Resource};
use netcause_tests::collector::{Item, text_value};
use netcause_tests::otel::Spans;
use serde_json::{Value, json};
use tracing::{error, info, info_span};
use tracing_subscriber::prelude::*;

use crate::{CERTIFICATES, COLLECTOR};

/// The attributes of a service of that name.
fn service(name: &str) -> Vec<(String, netcause_otlp::ResourceValue)> {
    let zone = ("cloud.availability_zone".to_owned(), "b".to_owned());
    resource(&Resource::new(Some(name.to_owned()), vec![zone]))
}

fn tls() -> TlsFiles {
    TlsFiles {
        certificate: Some(CERTIFICATES.authority.clone()),
        client_certificate: Some(CERTIFICATES.client.clone()),
        client_key: Some(CERTIFICATES.client_key.clone()),
    }
}

/// Sends a failure with all kinds of fields in two spans; says its trace and span ids.
fn send(config: OtlpConfig) -> (String, String) {
    let exporter = LogExporter::start(config).expect("it starts");
    let exporter = std::sync::Arc::new(exporter);
    let spans = Spans::default();
    let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
    let subscriber = tracing_subscriber::registry().with(spans.layer()).with(layer);
    tracing::subscriber::with_default(subscriber, || {
        info!(name: "service.ready", target: "shop", "ready");
        let _request = info_span!("request", http.route = "/cart/{id}", tier = "gold").entered();
        let _call = info_span!("call", server.address = "db", server.port = 5432, tier = "silver")
            .entered();
        let refused = std::io::Error::from_raw_os_error(111);
        let error = anyhow::Error::from(refused).context("no connection").context("no \"cart\"");
        error!(
            error = &*error as &(dyn std::error::Error + 'static),
            small = -3,
            large = u64::MAX,
            share = 0.25,
            ready = true,
            text = "größer\n",
            "could not load"
        );
    });
    assert_eq!(exporter.flush(Duration::from_secs(20)), 0, "{:?}", exporter.losses());
    assert_eq!(exporter.counts().written, 2);
    spans.ids("call")
}

fn check(service: &str, ids: &(String, String)) {
    let Some(collector) = COLLECTOR.as_ref() else { return };
    let logs = collector.logs(service, 2);
    assert_eq!(logs.len(), 2, "{logs:#?}");
    check_ready(logs.iter().find(|it| it.scope.as_deref() == Some("shop")).expect("the first"));
    check_failure(logs.iter().find(|it| it.scope.as_deref() != Some("shop")).expect("it"), ids);
}

fn check_ready(log: &Item) {
    assert_eq!(log.text("eventName"), Some("service.ready"));
    assert_eq!(log.get("body"), Some(&text_value("ready")));
    assert_eq!(
        (log.text("severityText"), log.get("severityNumber")),
        (Some("INFO"), Some(&json!(9)))
    );
    assert_eq!(log.attributes(), []);
    assert_eq!(log.text("traceId"), None);
}

fn check_failure(log: &Item, (trace, span): &(String, String)) {
    assert_eq!(log.scope.as_deref(), Some("otlp::arrival"));
    assert_eq!(log.text("eventName"), None);
    assert_eq!(log.get("body"), Some(&text_value("could not load")));
    assert_eq!(log.text("severityText"), Some("ERROR"));
    assert_eq!(log.get("severityNumber"), Some(&json!(17)));
    assert_eq!((log.text("traceId"), log.text("spanId")), (Some(&**trace), Some(&**span)));
    assert_eq!(log.get("flags"), Some(&json!(1)));
    let time = log.text("timeUnixNano").and_then(|it| it.parse::<u128>().ok()).expect("a time");
    let age = std::time::UNIX_EPOCH.elapsed().expect("it is later").as_nanos() - time;
    assert!(age < 60_000_000_000, "{age} ns old");
    assert_eq!(log.text("observedTimeUnixNano"), log.text("timeUnixNano"));
    assert_eq!(log.resource("cloud.availability_zone"), Some(&text_value("b")));
    let pid = json!({ "intValue": std::process::id().to_string() });
    assert_eq!(log.resource("process.pid"), Some(&pid));

    let mut attributes = log.attributes();
    attributes.retain(|(key, _)| key != "fault.hint" && key != "fault.evidence");
    attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
    let links = ["no \"cart\"", "no connection", "Connection refused (os error 111)"];
    let integer = |number: i64| json!({ "intValue": number.to_string() });
    let expected: Vec<(&str, Value)> = vec![
        ("error.type", text_value("connect_refused")),
        ("exception.message", text_value(&links.join(": "))),
        ("exception.stacktrace", text_value(&links.join("\n"))),
        ("fault.category", text_value("connect_refused")),
        ("fault.cause", text_value("peer_down")),
        ("fault.chain", json!({ "arrayValue": { "values": links.map(text_value) } })),
        ("fault.confidence", text_value("possible")),
        ("fault.reason", text_value("connect_refused")),
        ("fault.retry", text_value("yes")),
        ("fault.summary", text_value("Connection to host db on port 5432 refused")),
        ("http.route", text_value("/cart/{id}")),
        ("large", text_value(&u64::MAX.to_string())),
        ("ready", json!({ "boolValue": true })),
        ("server.address", text_value("db")),
        ("server.port", integer(5432)),
        ("share", json!({ "doubleValue": 0.25 })),
        ("small", integer(-3)),
        ("text", text_value("größer\n")),
        ("tier", text_value("silver")),
    ];
    let attributes: Vec<_> =
        attributes.iter().map(|(key, it)| (key.as_str(), it.clone())).collect();
    assert_eq!(attributes, expected);
    assert!(log.attribute("fault.evidence").is_some() && log.attribute("fault.hint").is_some());
}

#[test]
fn every_field_arrives_over_http() {
    let Some(collector) = COLLECTOR.as_ref() else { return };
    for (protocol, gzip) in [Protocol::HttpProtobuf, Protocol::HttpJson]
        .into_iter()
        .flat_map(|protocol| [(protocol, false), (protocol, true)])
    {
        let name = format!("{protocol:?} {gzip}");
        let config = OtlpConfig {
            endpoint: format!("http://127.0.0.1:{}/v1/logs", collector.http),
            protocol,
            gzip,
            resource: service(&name),
            ..OtlpConfig::default()
        };
        check(&name, &send(config));
    }
}

#[test]
fn every_field_arrives_over_grpc() {
    let Some(collector) = COLLECTOR.as_ref() else { return };
    for gzip in [false, true] {
        let name = format!("grpc {gzip}");
        let config = OtlpConfig {
            endpoint: format!("http://localhost:{}", collector.grpc),
            protocol: Protocol::Grpc,
            gzip,
            resource: service(&name),
            ..OtlpConfig::default()
        };
        check(&name, &send(config));
    }
}

#[test]
fn every_field_arrives_over_tls_with_a_private_authority_and_a_client_certificate() {
    let Some(collector) = COLLECTOR.as_ref() else { return };
    let ways = [
        (Protocol::HttpProtobuf, format!("https://localhost:{}/v1/logs", collector.https)),
        (Protocol::HttpJson, format!("https://localhost:{}/v1/logs", collector.https)),
        (Protocol::Grpc, format!("https://127.0.0.1:{}", collector.grpcs)),
    ];
    for (protocol, endpoint) in ways {
        let name = format!("tls {protocol:?}");
        let config = OtlpConfig {
            endpoint,
            protocol,
            gzip: true,
            tls: tls(),
            resource: service(&name),
            ..OtlpConfig::default()
        };
        check(&name, &send(config));
    }
}
