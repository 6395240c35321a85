//! What others read: the official definitions of OTLP, and the Collector's reader of lines.

use std::process::Command;

use netcause_layer::NetcauseLayer;
use netcause_otlp::{AttributeLimits, BridgeExporter, LogEncoder, OtlpJsonExporter, resource};
use netcause_record::{Export, Record, Resource, Sink};
use netcause_tests::collector::{Item, items, prepared, text_value};
use netcause_tests::lines::Buffer;
use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use serde_json::{Value, json};
use tracing::{error, info_span};
use tracing_subscriber::prelude::*;

const LOGS: [&str; 3] = ["resourceLogs", "scopeLogs", "logRecords"];

/// Hands each record to an encoder.
#[derive(Debug)]
struct Encoding(std::sync::Mutex<LogEncoder>);

impl Export for Encoding {
    fn export(&self, record: &Record<'_>) {
        self.0.lock().expect("nobody panics").push(record);
    }
}

/// Sends what has every kind of value, twice: what fails again is kept.
fn send(exporter: std::sync::Arc<dyn Export>) {
    let layer = NetcauseLayer::with_exporters(vec![exporter]);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        let refused = std::io::Error::from_raw_os_error(111);
        let error = anyhow::Error::from(refused).context("no connection").context("no cart");
        for number in 0..3 {
            error!(
                error = &*error as &(dyn std::error::Error + 'static),
                exception.message = "the caller's own",
                number,
                share = f64::NAN,
                ready = true,
                "line 1\nline 2"
            );
        }
    });
}

fn attributes() -> Vec<(String, netcause_otlp::ResourceValue)> {
    resource(&Resource::new(Some("decoded".to_owned()), Vec::new()))
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

fn check(records: &[Item]) {
    assert_eq!(records.len(), 3);
    for (number, record) in records.iter().enumerate() {
        assert_eq!(record.get("body"), Some(&text_value("line 1\nline 2")));
        let integer = |value: usize| Some(json!({ "intValue": value.to_string() }));
        assert_eq!(record.attribute("number"), integer(number));
        assert_eq!(record.attribute("server.port"), integer(5432));
        assert_eq!(record.attribute("ready"), Some(json!({ "boolValue": true })));
        let category = Some(text_value("connect_refused"));
        assert_eq!(record.attribute("fault.category"), category);
        let chain = "no cart: no connection: Connection refused (os error 111)";
        assert_eq!(record.attribute("exception.message"), Some(text_value(chain)));
        let own = Some(text_value("the caller's own"));
        assert_eq!(record.attribute("fields.exception_message"), own);
        let links = "no cart\nno connection\nConnection refused (os error 111)";
        assert_eq!(record.attribute("exception.stacktrace"), Some(text_value(links)));
        assert_eq!(record.resource("service.name"), Some(&text_value("decoded")));
    }
}

#[test]
fn the_bytes_are_those_of_the_official_definitions() {
    let Some(python) = prepared("python") else { return };
    let encoder = LogEncoder::new(&attributes(), AttributeLimits::default());
    let encoder = std::sync::Arc::new(Encoding(std::sync::Mutex::new(encoder)));
    send(encoder.clone());
    let file = tempfile::NamedTempFile::new().expect("a file for a test");
    let bytes = encoder.0.lock().expect("nobody panics").take();
    std::fs::write(file.path(), bytes).expect("a file for a test");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/collector/decode.py");
    let mut command = Command::new("python3");
    let line = output(command.arg(script).arg(file.path()).env("PYTHONPATH", python));
    check(&items(&line, LOGS));
}

#[test]
fn a_provider_that_is_there_gets_the_same_record() {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let bridge = BridgeExporter::new(&provider, AttributeLimits::default());
    send(std::sync::Arc::new(bridge));
    let logs = exporter.get_emitted_logs().expect("what was emitted");
    assert_eq!(logs.len(), 3);
    for log in logs {
        let record = &log.record;
        assert!(record.timestamp().is_some());
        assert_eq!(record.target().map(|target| &**target), Some("otlp::decoded"));
        assert_eq!(record.severity_number(), Some(opentelemetry::logs::Severity::Error));
        let keys: Vec<_> = record.attributes_iter().map(|(key, _)| key.as_str()).collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[index + 1..].contains(key), "{key} stands twice");
        }
        let value = |wanted: &str| {
            let mut attributes = record.attributes_iter();
            attributes.find(|(key, _)| key.as_str() == wanted).map(|(_, value)| value.clone())
        };
        assert_eq!(value("server.port"), Some(AnyValue::Int(5432)));
        assert_eq!(value("fault.category"), Some(AnyValue::from("connect_refused")));
        assert_eq!(value("ready"), Some(AnyValue::Boolean(true)));
    }
}

/// By its receiver of such files, and by what decodes them in its newest version.
#[test]
fn lines_of_otlp_json_are_read_back_by_the_collector() {
    let receiver = prepared("lines").map(Command::new);
    let decoder = prepared("collector").map(|collector| {
        let mut decoder = Command::new(collector);
        decoder.arg("read");
        decoder
    });
    let buffer = Buffer::default();
    let sink = Sink::writer(Box::new(buffer.clone()));
    let limits = AttributeLimits::default();
    send(std::sync::Arc::new(OtlpJsonExporter::new(sink, &attributes(), limits)));
    let lines = buffer.take();
    assert_eq!(lines.lines().count(), 3);
    let file = tempfile::NamedTempFile::new().expect("a file for a test");
    std::fs::write(file.path(), &lines).expect("a file for a test");
    for mut reader in receiver.into_iter().chain(decoder) {
        let read = output(reader.arg(file.path()));
        let records: Vec<_> = read.lines().flat_map(|line| items(line, LOGS)).collect();
        check(&records);
        for (ours, theirs) in lines.lines().zip(read.lines()) {
            let ours: Value = serde_json::from_str(ours).expect("JSON");
            let theirs: Value = serde_json::from_str(theirs).expect("JSON");
            assert_eq!(without_empty(ours), without_empty(theirs));
        }
    }
}

/// Whether something is left out or empty is the same.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| (key, without_empty(value)));
            let is_empty = |value: &Value| *value == json!([]) || *value == json!("");
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_empty).collect()),
        other => other,
    }
}
