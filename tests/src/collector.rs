//! The real OpenTelemetry Collector, which writes what it receives into files.
//!
//! `tests/collector/prepare` builds it; where nobody has, tests say so aloud and pass it over.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::Certificates;

/// Longer than a collector takes to start, or to write what has come.
const LONGEST: Duration = Duration::from_secs(30);

/// A collector that runs.
#[derive(Debug)]
pub struct Collector {
    child: Child,
    directory: TempDir,
    /// Where it takes OTLP over HTTP.
    pub http: u16,
    /// Where it takes OTLP over gRPC.
    pub grpc: u16,
    /// The same over TLS, for clients with a certificate.
    pub https: u16,
    /// The same over TLS, for clients with a certificate.
    pub grpcs: u16,
}

/// What `tests/collector/prepare` made, if it was called.
///
/// # Panics
///
/// Where standard error is closed.
#[must_use]
pub fn prepared(name: &str) -> Option<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member of a workspace");
    let path = top.join("target/collector").join(name);
    if path.exists() {
        return Some(path);
    }
    // Not by a macro, whose text the harness would keep for itself.
    let text =
        format!("\n*** NOT TESTED against {name}: run tests/collector/prepare for that ***\n");
    std::io::stderr().write_all(text.as_bytes()).expect("standard error takes a line");
    None
}

impl Collector {
    /// Starts one, unless nobody has built it.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start(certificates: &Certificates) -> Option<Self> {
        let program = prepared("collector")?;
        let directory = tempfile::tempdir().expect("a directory for a test");
        let [http, grpc, https, grpcs] = free_ports();
        let tls = format!(
            "{{cert_file: {}, key_file: {}, client_ca_file: {}}}",
            certificates.server.display(),
            certificates.server_key.display(),
            certificates.authority.display()
        );
        let path = |name: &str| directory.path().join(name).display().to_string();
        let config = format!(
            "receivers:
  otlp:
    protocols: {{http: {{endpoint: '127.0.0.1:{http}'}}, grpc: {{endpoint: '127.0.0.1:{grpc}'}}}}
  otlp/tls:
    protocols:
      http: {{endpoint: '127.0.0.1:{https}', tls: {tls}}}
      grpc: {{endpoint: '127.0.0.1:{grpcs}', tls: {tls}}}
exporters:
  file/logs: {{path: {}, flush_interval: 100ms}}
  file/traces: {{path: {}, flush_interval: 100ms}}
service:
  telemetry: {{metrics: {{level: none}}, logs: {{level: fatal}}}}
  pipelines:
    logs: {{receivers: [otlp, otlp/tls], exporters: [file/logs]}}
    traces: {{receivers: [otlp, otlp/tls], exporters: [file/traces]}}
",
            path("logs.jsonl"),
            path("traces.jsonl"),
        );
        fs::write(path("config.yaml"), config).expect("a file for a test");
        // It ends when this process does, however that ends: then nobody holds the pipe.
        let mut command = Command::new("sh");
        command.args(["-c", "\"$0\" \"$1\" & read end; kill $!; wait"]);
        command.arg(program).arg(format!("--config=file:{}", path("config.yaml")));
        let child = command.stdin(Stdio::piped()).spawn().expect("the collector runs");
        let mut collector = Collector { child, directory, http, grpc, https, grpcs };
        collector.wait_for_ports();
        Some(collector)
    }

    fn wait_for_ports(&mut self) {
        let start = Instant::now();
        for port in [self.http, self.grpc, self.https, self.grpcs] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                assert!(start.elapsed() < LONGEST, "the collector does not open port {port}");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// The log records of a service, once there are so many.
    #[must_use]
    pub fn logs(&self, service: &str, count: usize) -> Vec<Item> {
        self.wait("logs.jsonl", ["resourceLogs", "scopeLogs", "logRecords"], service, count)
    }

    /// The spans of a service, once there are so many.
    #[must_use]
    pub fn spans(&self, service: &str, count: usize) -> Vec<Item> {
        self.wait("traces.jsonl", ["resourceSpans", "scopeSpans", "spans"], service, count)
    }

    fn wait(&self, file: &str, names: [&str; 3], service: &str, count: usize) -> Vec<Item> {
        let start = Instant::now();
        loop {
            let text = fs::read_to_string(self.directory.path().join(file)).unwrap_or_default();
            // The last line may be on its way.
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let items: Vec<_> = whole
                .lines()
                .flat_map(|line| items(line, names))
                .filter(|item| item.resource("service.name") == Some(&text_value(service)))
                .collect();
            if items.len() >= count {
                return items;
            }
            assert!(
                start.elapsed() < LONGEST,
                "{} of {count} arrived in {file} for {service}",
                items.len()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The form of a text in OTLP/JSON.
#[must_use]
pub fn text_value(text: &str) -> Value {
    serde_json::json!({ "stringValue": text })
}

/// A log record or a span, as OTLP/JSON has it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The name of its scope.
    pub scope: Option<String>,
    resource: Vec<(String, Value)>,
    /// The item itself.
    pub fields: Value,
}

impl Item {
    /// A member of the item.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// A member that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> Vec<(String, Value)> {
        attributes(self.get("attributes"))
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<Value> {
        self.attributes().into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The value of an attribute of the resource.
    #[must_use]
    pub fn resource(&self, key: &str) -> Option<&Value> {
        self.resource.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

/// The items of a line of OTLP/JSON.
///
/// # Panics
///
/// Where it is not JSON, or an item has two attributes of one name.
#[must_use]
pub fn items(line: &str, [resources, scopes, items]: [&str; 3]) -> Vec<Item> {
    let request: Value = serde_json::from_str(line).expect("a line of JSON");
    let list = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut found = Vec::new();
    for resource in list(&request, resources) {
        let attributes = attributes(resource.pointer("/resource/attributes"));
        for scope in list(&resource, scopes) {
            let name = scope.pointer("/scope/name").and_then(Value::as_str).map(str::to_owned);
            for fields in list(&scope, items) {
                let resource = attributes.clone();
                found.push(Item { scope: name.clone(), resource, fields });
            }
        }
    }
    for item in &found {
        let attributes = item.attributes();
        for (index, (key, _)) in attributes.iter().enumerate() {
            let twice = attributes.iter().skip(index + 1).any(|(other, _)| other == key);
            assert!(!twice, "{key} stands twice: {item:#?}");
        }
    }
    found
}

fn attributes(list: Option<&Value>) -> Vec<(String, Value)> {
    let list = list.and_then(Value::as_array).cloned().unwrap_or_default();
    let key = |value: &Value| value["key"].as_str().unwrap_or_default().to_owned();
    list.iter().map(|it| (key(it), it.get("value").cloned().unwrap_or_default())).collect()
}

/// Ports that nobody listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("it is bound").port())
}
