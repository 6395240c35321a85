use netcause_fault::Limit;

use super::policy::VOCABULARY;
use super::*;

#[test]
fn a_key_of_the_vocabulary_that_callers_may_use_stands() {
    for name in [
        "server.address",
        "network.peer.port",
        "http.route",
        "url.full",
        "db.system.name",
        "client.address",
        "thread.name",
        "code.file.path",
        "retry.attempt",
        "rpc.method",
    ] {
        assert_eq!(Key::new(name).name, name);
    }
}

#[test]
fn reserved_keys_move_under_fields() {
    for (name, moved) in [
        ("timestamp", "fields.timestamp"),
        ("severity", "fields.severity"),
        ("message", "fields.message"),
        ("target", "fields.target"),
        ("trace_id", "fields.trace_id"),
        ("span_id", "fields.span_id"),
        ("service.name", "fields.service_name"),
        ("fields", "fields.fields"),
        ("fault.timeout_ms", "fields.fault_timeout_ms"),
        ("fault.anything.at_all", "fields.fault_anything_at_all"),
        ("impact.calls", "fields.impact_calls"),
        ("fields.error", "fields.error"),
        ("fields.error.x", "fields.error_x"),
        ("dropped_attributes_count", "fields.dropped_attributes_count"),
    ] {
        assert_eq!(Key::new(name).name, moved);
    }
}

#[test]
fn a_key_that_would_be_value_and_object_moves_under_fields() {
    for name in [
        "error",
        "server",
        "network",
        "network.peer",
        "http",
        "http.request",
        "url",
        "tls",
        "tls.server",
        "dns",
        "db",
        "db.system",
        "rpc",
        "retry",
        "fault",
        "impact",
        "service",
        "client",
        "code",
        "code.line",
        "thread",
        "span",
        "certificate",
    ] {
        assert_eq!(Key::new(name).name, format!("fields.{}", name.replace('.', "_")));
    }
    assert_eq!(Key::new("message.x").name, "fields.message_x");
    assert_eq!(Key::new("server.address.x.y").name, "fields.server_address_x_y");
}

#[test]
fn no_name_that_is_written_is_both_value_and_object() {
    let callers = VOCABULARY.iter().flat_map(|key| {
        let prefixes = key.match_indices('.').filter_map(|(dot, _)| key.get(..dot));
        prefixes.map(String::from).chain([(*key).to_owned(), format!("{key}.x"), format!("{key}x")])
    });
    let mut written: Vec<String> = callers
        .flat_map(|caller| {
            let key = Key::new(caller);
            [Some(key.name), key.name_on_fault].into_iter().flatten().map(Cow::into_owned)
        })
        .chain(VOCABULARY.iter().map(|key| (*key).to_owned()))
        .collect();
    written.sort();
    written.dedup();
    for name in &written {
        let object = format!("{name}.");
        assert!(!written.iter().any(|other| other.starts_with(&object)), "{name}");
    }
}

#[test]
fn error_keys_move_only_in_a_record_that_reports_a_fault() {
    let key = Key::new("error.code");
    assert_eq!(key.name, "error.code");
    assert_eq!(key.name_on_fault.as_deref(), Some("fields.error_code"));
    assert_eq!(Key::new("error.type.x").name, "fields.error_type_x");
    assert_eq!(Key::new("order.id").name_on_fault, None);
}

#[test]
fn the_peer_group_is_known_by_name() {
    for name in ["server.address", "tls.cipher", "db.host", "rpc.method", "http.request.body.size"]
    {
        assert!(Key::new(name).in_peer_group, "{name}");
    }
    for name in ["http.route", "host", "rpc.system", "servers.x", "client.address", "server"] {
        assert!(!Key::new(name).in_peer_group, "{name}");
    }
}

#[test]
fn usual_names_have_their_meaning() {
    let milliseconds = Unit::Milliseconds;
    for (name, role) in [
        ("message", Role::Message),
        ("error", Role::Error),
        ("err", Role::Err),
        ("otel.name", Role::Hidden),
        ("otel.kind", Role::SpanKind),
        ("otel.status_code", Role::Hidden),
        ("log.target", Role::LogMetadata),
        ("log.line", Role::LogMetadata),
        ("http.route", Role::ServesCaller),
        ("client.address", Role::ServesCaller),
        ("server.address", Role::ServerAddress),
        ("host", Role::ServerAddress),
        ("net.peer.name", Role::ServerAddress),
        ("peer.hostname", Role::ServerAddress),
        ("db.host", Role::ServerAddress),
        ("port", Role::ServerPort),
        ("net.peer.port", Role::ServerPort),
        ("addr", Role::ServerAuthority),
        ("address", Role::ServerAuthority),
        ("endpoint", Role::ServerAuthority),
        ("net.sock.peer.addr", Role::PeerAddress),
        ("local_addr", Role::LocalAddress),
        ("network.transport", Role::Transport),
        ("network.protocol.name", Role::ProtocolName),
        ("url", Role::Url),
        ("http.request.method", Role::HttpMethod),
        ("statusCode", Role::HttpStatus),
        ("tls.cipher", Role::PeerGroup),
        ("timeout_ms", Role::Timeout(None, milliseconds)),
        ("timeout", Role::Timeout(None, Unit::Unstated)),
        ("fault.timeout_ms", Role::Timeout(None, milliseconds)),
        ("connect_timeout_secs", Role::Timeout(Some(Limit::Connect), Unit::Seconds)),
        ("connectTimeoutMs", Role::Timeout(Some(Limit::Connect), milliseconds)),
        ("connect_timeout", Role::Timeout(Some(Limit::Connect), Unit::Unstated)),
        ("read_timeout", Role::Timeout(Some(Limit::Response), Unit::Unstated)),
        ("request_timeout", Role::Timeout(Some(Limit::Total), Unit::Unstated)),
        ("deadline_ms", Role::Timeout(Some(Limit::Total), milliseconds)),
        ("elapsed", Role::Elapsed(Unit::Unstated)),
        ("elapsed_us", Role::Elapsed(Unit::Microseconds)),
        ("fault.elapsed_ms", Role::Elapsed(milliseconds)),
        ("duration_ms", Role::Elapsed(milliseconds)),
        ("latency_ns", Role::Elapsed(Unit::Nanoseconds)),
        ("attempt", Role::Attempt),
        ("retry.attempt", Role::Attempt),
        ("retry", Role::Attempt),
        ("retry_count", Role::Attempt),
        ("max_retries", Role::MaxAttempts),
        ("retry.max_attempts", Role::MaxAttempts),
        ("retry.exhausted", Role::Exhausted),
        ("retry.next_delay_ms", Role::NextDelay(milliseconds)),
        ("backoff_ms", Role::NextDelay(milliseconds)),
        ("retry_after_ms", Role::RetryAfter(milliseconds)),
    ] {
        assert_eq!(Key::new(name).role, role, "{name}");
    }
}

#[test]
fn names_with_more_than_one_meaning_have_none() {
    for name in [
        "",
        "method",
        "status",
        "code",
        "id",
        "name",
        "service",
        "ip",
        "time",
        "idle_timeout",
        "timeouts",
        "attempts",
        "report",
        "localhost",
        "hostname",
        "peer_addr",
        "remote_addr",
        "uri",
        "net.host.name",
        "http.target",
        "client.port",
        "order.id",
        "ms",
        "_ms",
    ] {
        assert_eq!(Key::new(name).role, Role::Plain, "{name}");
    }
}

#[test]
fn odd_names_are_kept() {
    for name in ["", ".", "..", "a..b", "ключ", "a\nb", "\u{202e}", " ", "error x"] {
        assert_eq!(Key::new(name).name, name);
    }
}

#[test]
fn the_bit_is_that_of_the_written_name() {
    assert_eq!(Key::new("severity").bit, bit_of("fields.severity"));
    assert_eq!(Key::new("order.id").bit.count_ones(), 1);
}
