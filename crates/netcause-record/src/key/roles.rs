//! What a key means: OpenTelemetry's names, and the names that people really use.

use netcause_fault::Limit;

use super::{Role, Unit, policy};

/// Names with a fixed meaning: OpenTelemetry's, present and former, and `tracing`'s own.
const EXACT: &[(&str, Role)] = &[
    ("message", Role::Message),
    ("error", Role::Error),
    ("err", Role::Err),
    ("otel.name", Role::Hidden),
    ("otel.kind", Role::SpanKind),
    ("log.target", Role::LogMetadata),
    ("log.module_path", Role::LogMetadata),
    ("log.file", Role::LogMetadata),
    ("log.line", Role::LogMetadata),
    ("http.route", Role::ServesCaller),
    ("client.address", Role::ServesCaller),
    ("server.address", Role::ServerAddress),
    ("server.port", Role::ServerPort),
    ("network.peer.address", Role::PeerAddress),
    ("network.peer.port", Role::PeerPort),
    ("network.local.address", Role::LocalAddress),
    ("network.local.port", Role::LocalPort),
    ("network.transport", Role::Transport),
    ("network.protocol.name", Role::ProtocolName),
    ("url.full", Role::Url),
    ("http.request.method", Role::HttpMethod),
    ("http.response.status_code", Role::HttpStatus),
    ("http.request.resend_count", Role::Attempt),
    // Names before semantic conventions 1.21.
    ("net.peer.name", Role::ServerAddress),
    ("net.peer.port", Role::ServerPort),
    ("net.peer.ip", Role::PeerAddress),
    ("net.sock.peer.addr", Role::PeerAddress),
    ("net.sock.peer.port", Role::PeerPort),
    ("net.sock.peer.name", Role::ServerAddress),
    ("net.sock.host.addr", Role::LocalAddress),
    ("net.sock.host.port", Role::LocalPort),
    ("net.transport", Role::Transport),
    ("net.protocol.name", Role::ProtocolName),
    ("http.url", Role::Url),
    ("http.method", Role::HttpMethod),
    ("http.status_code", Role::HttpStatus),
];

/// Names that people use, in words joined by `_`. Only those whose meaning does not depend
/// on who wrote them: `method` may be anything's, `status` a process's, `hostname` is often
/// one's own, and `peer_addr` or `uri` those of a caller that is being served.
const USUAL: &[(&str, Role)] = &[
    ("host", Role::ServerAddress),
    ("peer_host", Role::ServerAddress),
    ("peer_hostname", Role::ServerAddress),
    ("peer_name", Role::ServerAddress),
    ("server_host", Role::ServerAddress),
    ("server_hostname", Role::ServerAddress),
    ("target_host", Role::ServerAddress),
    ("dest_host", Role::ServerAddress),
    ("db_host", Role::ServerAddress),
    ("database_host", Role::ServerAddress),
    ("redis_host", Role::ServerAddress),
    ("broker_host", Role::ServerAddress),
    ("port", Role::ServerPort),
    ("peer_port", Role::ServerPort),
    ("server_port", Role::ServerPort),
    ("target_port", Role::ServerPort),
    ("dest_port", Role::ServerPort),
    ("db_port", Role::ServerPort),
    ("database_port", Role::ServerPort),
    ("redis_port", Role::ServerPort),
    ("broker_port", Role::ServerPort),
    ("addr", Role::ServerAuthority),
    ("address", Role::ServerAuthority),
    ("server_addr", Role::ServerAuthority),
    ("server_address", Role::ServerAuthority),
    ("target_addr", Role::ServerAuthority),
    ("target_address", Role::ServerAuthority),
    ("dest_addr", Role::ServerAuthority),
    ("endpoint", Role::ServerAuthority),
    ("authority", Role::ServerAuthority),
    ("upstream", Role::ServerAuthority),
    ("upstream_host", Role::ServerAuthority),
    ("upstream_addr", Role::ServerAuthority),
    ("broker", Role::ServerAuthority),
    ("broker_addr", Role::ServerAuthority),
    ("server_ip", Role::PeerAddress),
    ("dest_ip", Role::PeerAddress),
    ("local_addr", Role::LocalAddress),
    ("local_address", Role::LocalAddress),
    ("local_ip", Role::LocalAddress),
    ("local_port", Role::LocalPort),
    ("url", Role::Url),
    ("request_url", Role::Url),
    ("target_url", Role::Url),
    ("http_url", Role::Url),
    ("http_method", Role::HttpMethod),
    ("request_method", Role::HttpMethod),
    ("http_status", Role::HttpStatus),
    ("http_status_code", Role::HttpStatus),
    ("status_code", Role::HttpStatus),
    ("response_status_code", Role::HttpStatus),
    ("attempt", Role::Attempt),
    ("attempt_number", Role::Attempt),
    ("retry", Role::Attempt),
    ("retries", Role::Attempt),
    ("retry_count", Role::Attempt),
    ("retry_attempt", Role::Attempt),
    ("retry_number", Role::Attempt),
    ("max_attempts", Role::MaxAttempts),
    ("max_retries", Role::MaxAttempts),
    ("max_tries", Role::MaxAttempts),
    ("retry_max_attempts", Role::MaxAttempts),
    ("retry_max_retries", Role::MaxAttempts),
    ("retry_max", Role::MaxAttempts),
    ("retry_limit", Role::MaxAttempts),
    ("retry_exhausted", Role::Exhausted),
    ("retries_exhausted", Role::Exhausted),
    ("giving_up", Role::Exhausted),
    ("gave_up", Role::Exhausted),
];

/// A meaning that lacks its unit.
type WithUnit = fn(Unit) -> Role;

/// Names of durations, before their unit.
const DURATIONS: &[(&str, WithUnit)] = &[
    ("timeout", |unit| Role::Timeout(None, unit)),
    ("fault_timeout", |unit| Role::Timeout(None, unit)),
    ("client_timeout", |unit| Role::Timeout(None, unit)),
    ("connect_timeout", |unit| Role::Timeout(Some(Limit::Connect), unit)),
    ("connection_timeout", |unit| Role::Timeout(Some(Limit::Connect), unit)),
    ("tls_timeout", |unit| Role::Timeout(Some(Limit::Tls), unit)),
    ("tls_handshake_timeout", |unit| Role::Timeout(Some(Limit::Tls), unit)),
    ("handshake_timeout", |unit| Role::Timeout(Some(Limit::Tls), unit)),
    ("read_timeout", |unit| Role::Timeout(Some(Limit::Response), unit)),
    ("response_timeout", |unit| Role::Timeout(Some(Limit::Response), unit)),
    ("request_timeout", |unit| Role::Timeout(Some(Limit::Total), unit)),
    ("total_timeout", |unit| Role::Timeout(Some(Limit::Total), unit)),
    ("deadline", |unit| Role::Timeout(Some(Limit::Total), unit)),
    ("pool_timeout", |unit| Role::Timeout(Some(Limit::Pool), unit)),
    ("acquire_timeout", |unit| Role::Timeout(Some(Limit::Pool), unit)),
    ("checkout_timeout", |unit| Role::Timeout(Some(Limit::Pool), unit)),
    ("elapsed", Role::Elapsed),
    ("fault_elapsed", Role::Elapsed),
    ("duration", Role::Elapsed),
    ("latency", Role::Elapsed),
    ("took", Role::Elapsed),
    ("response_time", Role::Elapsed),
    ("retry_next_delay", Role::NextDelay),
    ("next_delay", Role::NextDelay),
    ("retry_delay", Role::NextDelay),
    ("retry_after", Role::RetryAfter),
    ("retry_in", Role::NextDelay),
    ("next_retry_in", Role::NextDelay),
    ("delay", Role::NextDelay),
    ("backoff", Role::NextDelay),
];

/// Suffixes that name a unit.
const UNITS: &[(&str, Unit)] = &[
    ("_ns", Unit::Nanoseconds),
    ("_nanos", Unit::Nanoseconds),
    ("_nanoseconds", Unit::Nanoseconds),
    ("_us", Unit::Microseconds),
    ("_micros", Unit::Microseconds),
    ("_microseconds", Unit::Microseconds),
    ("_ms", Unit::Milliseconds),
    ("_msec", Unit::Milliseconds),
    ("_millis", Unit::Milliseconds),
    ("_milliseconds", Unit::Milliseconds),
    ("_s", Unit::Seconds),
    ("_sec", Unit::Seconds),
    ("_secs", Unit::Seconds),
    ("_seconds", Unit::Seconds),
];

/// What a caller's key means.
pub(super) fn role(key: &str) -> Role {
    if let Some(role) = find(EXACT, key) {
        return role;
    }
    if key.starts_with("otel.status_") {
        return Role::Hidden;
    }
    let words = in_words(key);
    match usual(&words) {
        Some(role) => role,
        None if policy::in_peer_group(key) => Role::PeerGroup,
        None => Role::Plain,
    }
}

fn usual(words: &str) -> Option<Role> {
    find(USUAL, words).or_else(|| {
        let (name, unit) = split_unit(words);
        find(DURATIONS, name).map(|role| role(unit))
    })
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}

fn split_unit(words: &str) -> (&str, Unit) {
    UNITS
        .iter()
        .find_map(|(suffix, unit)| Some((words.strip_suffix(suffix)?, *unit)))
        .unwrap_or((words, Unit::Unstated))
}

/// `connectTimeout`, `connect-timeout` and `connect.timeout` as `connect_timeout`.
fn in_words(key: &str) -> String {
    let mut words = String::with_capacity(key.len() + 4);
    let mut after_lower = false;
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && after_lower {
            words.push('_');
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        words.push(if matches!(letter, '.' | '-') { '_' } else { letter.to_ascii_lowercase() });
    }
    words
}
