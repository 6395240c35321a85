//! Which names a caller may use: the vocabulary, and what is moved under `fields.`.

/// Every key that a record may carry of its own; a caller's key must not make one of
/// them, or an object on the way to one, ambiguous.
///
/// Elasticsearch, OpenSearch and ClickHouse read dots as nesting: there a name is a value
/// or an object, never both.
pub(crate) const VOCABULARY: &[&str] = &[
    "timestamp",
    "severity",
    "message",
    "target",
    "trace_id",
    "span_id",
    "service.name",
    "error.type",
    "error.message",
    "exception.message",
    "exception.stacktrace",
    "fault.chain",
    "fault.category",
    "fault.reason",
    "fault.phase",
    "fault.elapsed_ms",
    "fault.timeout_ms",
    "fault.limit",
    "fault.cause",
    "fault.confidence",
    "fault.evidence",
    "fault.retry",
    "fault.hint",
    "fault.summary",
    "retry.attempt",
    "retry.max_attempts",
    "retry.exhausted",
    "retry.next_delay_ms",
    "server.address",
    "server.port",
    "network.peer.address",
    "network.peer.port",
    "network.local.address",
    "network.local.port",
    "network.transport",
    "network.protocol.name",
    "dns.answers",
    "tls.server.not_after",
    "tls.server.subject",
    "tls.server.issuer",
    "certificate.days_left",
    "client.address",
    "client.port",
    "http.request.method",
    "url.full",
    "http.response.status_code",
    "http.route",
    "rpc.system.name",
    "rpc.method",
    "rpc.response.status_code",
    "db.system.name",
    "code.file.path",
    "code.line.number",
    "thread.name",
    "span.name",
    "impact.outcome",
    "impact.status_code",
    "impact.calls",
    "impact.calls_failed",
    "impact.retries",
    "impact.slowest_peer",
    "impact.duration_ms",
    DROPPED,
];

/// How many fields a record left out, in OpenTelemetry's word.
pub(crate) const DROPPED: &str = "dropped_attributes_count";

/// Keys that only this library writes.
const RESERVED: &[&str] = &[
    "timestamp",
    "severity",
    "message",
    "target",
    "trace_id",
    "span_id",
    "service.name",
    "fields",
    DROPPED,
];

/// Namespaces that only this library writes. `fields.` is among them so that what is moved
/// there stays a plain value.
const RESERVED_NAMESPACES: &[&str] = &["fault.", "impact.", "fields."];

/// Namespaces that describe the peer; a record that reports a fault takes them from one source.
const PEER_GROUP: &[&str] = &[
    "server.",
    "network.",
    "tls.",
    "dns.",
    "url.",
    "http.request.",
    "http.response.",
    "rpc.",
    "db.",
];

/// The name that a caller's key gets instead, where it must not stand.
pub(super) fn renamed(key: &str) -> Option<String> {
    let moved = RESERVED.contains(&key)
        || RESERVED_NAMESPACES.iter().any(|namespace| key.starts_with(namespace))
        || VOCABULARY.iter().any(|own| extends(own, key) || extends(key, own));
    moved.then(|| under_fields(key))
}

/// `fields.<key>`, dots as underscores.
pub(super) fn under_fields(key: &str) -> String {
    let key = key.strip_prefix("fields.").unwrap_or(key);
    format!("fields.{}", key.replace('.', "_"))
}

/// Whether a key describes the peer.
pub(crate) fn in_peer_group(key: &str) -> bool {
    PEER_GROUP.iter().any(|namespace| key.starts_with(namespace))
}

/// Whether `longer` is `shorter` and then a dot and more.
fn extends(longer: &str, shorter: &str) -> bool {
    longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with('.'))
}
