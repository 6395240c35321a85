//! What runs here: what the service says of itself, and what can be found out.

use std::path::Path;

use netcause_record::Resource;
use opentelemetry::Value;
use opentelemetry_resource_detectors::{
    ContainerResourceDetector, HostResourceDetector, K8sResourceDetector, OsResourceDetector,
    ProcessResourceDetector,
};
use opentelemetry_sdk::resource::ResourceDetector;

/// The value of a resource's attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
}

/// Only a pod of Kubernetes has it.
const OF_A_POD: &str = "/var/run/secrets/kubernetes.io";

/// Not the arguments of the process: people put passwords there.
const FOUND: &[&str] = &[
    "container.id",
    "host.arch",
    "host.id",
    "host.name",
    "k8s.namespace.name",
    "k8s.node.name",
    "k8s.pod.name",
    "os.type",
    "process.pid",
];

/// The attributes of a service's resource, completed by what is found about host, process,
/// container and pod. What the service says itself stands.
///
/// ```
/// use netcause_otlp::{ResourceValue, resource};
/// use netcause_record::Resource;
///
/// let attributes = resource(&Resource::new(Some("checkout".to_owned()), Vec::new()));
/// let name = ("service.name".to_owned(), ResourceValue::Text("checkout".to_owned()));
/// assert!(attributes.contains(&name));
/// let pid = attributes.iter().find(|(key, _)| key == "process.pid").map(|(_, value)| value);
/// assert_eq!(pid, Some(&ResourceValue::Integer(std::process::id().into())));
/// ```
#[must_use]
pub fn resource(stated: &Resource) -> Vec<(String, ResourceValue)> {
    let text = |value: &str| ResourceValue::Text(value.to_owned());
    let name = stated.service_name.clone().unwrap_or_else(unknown_service);
    let mut attributes = vec![("service.name".to_owned(), ResourceValue::Text(name))];
    let said = stated.attributes.iter().map(|(key, value)| (key.clone(), text(value)));
    let sdk = [
        ("telemetry.sdk.name", "netcause"),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
    ];
    let sdk = sdk.iter().map(|(key, value)| ((*key).to_owned(), text(value)));
    for (key, value) in said.chain(sdk).chain(found()) {
        if !attributes.iter().any(|(known, _)| *known == key) {
            attributes.push((key, value));
        }
    }
    attributes
}

/// The attributes of the resource of another program: what is said of it, and nothing that
/// would be about this process.
///
/// ```
/// use netcause_otlp::{ResourceValue, stated_resource};
/// use netcause_record::Resource;
///
/// let attributes = stated_resource(&Resource::new(None, Vec::new()));
/// let name = ResourceValue::Text("unknown_service".to_owned());
/// assert_eq!(attributes, [("service.name".to_owned(), name)]);
/// ```
#[must_use]
pub fn stated_resource(stated: &Resource) -> Vec<(String, ResourceValue)> {
    let name = stated.service_name.as_deref().unwrap_or("unknown_service");
    let said = stated.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let all = std::iter::once(("service.name", name)).chain(said);
    all.map(|(key, value)| (key.to_owned(), ResourceValue::Text(value.to_owned()))).collect()
}

/// The name that OpenTelemetry's specification gives a service that has none.
fn unknown_service() -> String {
    let path = std::env::current_exe().ok();
    match path.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()) {
        Some(name) => format!("unknown_service:{name}"),
        None => "unknown_service".to_owned(),
    }
}

/// The detector takes any hexadecimal name of a control group for a container's; that of a
/// container has 64 digits.
fn is_sure(key: &str, value: &ResourceValue) -> bool {
    match value {
        ResourceValue::Text(id) if key == "container.id" => id.len() == 64,
        _ => true,
    }
}

fn found() -> Vec<(String, ResourceValue)> {
    let mut detectors: Vec<Box<dyn ResourceDetector>> = vec![
        Box::new(HostResourceDetector::default()),
        Box::new(OsResourceDetector),
        Box::new(ProcessResourceDetector),
        Box::new(ContainerResourceDetector),
    ];
    if Path::new(OF_A_POD).exists() {
        detectors.push(Box::new(K8sResourceDetector));
    }
    let mut found = Vec::new();
    for detector in detectors {
        for (key, value) in detector.detect().iter() {
            let value = match value {
                Value::I64(number) => ResourceValue::Integer(*number),
                value => ResourceValue::Text(value.as_str().into_owned()),
            };
            found.push((key.as_str().to_owned(), value));
        }
    }
    found.retain(|(key, value)| FOUND.contains(&key.as_str()) && is_sure(key, value));
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}
