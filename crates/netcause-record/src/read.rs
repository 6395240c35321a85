//! Facts read from fields: peers, counts and durations.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netcause_fault::{Peer, Request};

use crate::{Field, Role, Unit, Value};

/// Reads the peer, and what was asked of it, from one source's fields.
pub(crate) fn peer<'a>(peer: &mut Peer<'a>, request: &mut Request<'a>, fields: &[Field<'a>]) {
    // A conventional name stands before a usual one.
    for field in fields.iter().filter(|field| is_conventional(field)) {
        named(peer, request, field);
    }
    for field in fields.iter().filter(|field| !is_conventional(field)) {
        named(peer, request, field);
    }
    for field in fields {
        implied(peer, field);
    }
}

fn is_conventional(field: &Field<'_>) -> bool {
    field.key.in_peer_group && !field.key.name.starts_with("db.")
}

/// Facts under a name of their own.
fn named<'a>(peer: &mut Peer<'a>, request: &mut Request<'a>, field: &Field<'a>) {
    match field.key.role {
        Role::ServerAddress => fill(&mut peer.server_address, host(field.value)),
        Role::ServerPort => fill(&mut peer.server_port, port(field.value)),
        Role::PeerAddress => fill(&mut peer.peer_address, address(field.value)),
        Role::PeerPort => fill(&mut peer.peer_port, port(field.value)),
        Role::LocalAddress => fill(&mut peer.local_address, address(field.value)),
        Role::LocalPort => fill(&mut peer.local_port, port(field.value)),
        Role::Transport => fill(&mut peer.transport, text_of(field.value)),
        Role::ProtocolName => fill(&mut peer.protocol, text_of(field.value)),
        Role::Url => fill(&mut request.url, url(field.value)),
        Role::HttpMethod => fill(&mut request.method, text_of(field.value)),
        Role::HttpStatus => fill(&mut request.status, status(field.value)),
        _ => {}
    }
}

fn fill<T>(slot: &mut Option<T>, found: Option<T>) {
    if slot.is_none() {
        *slot = found;
    }
}

/// Host and port inside an authority or a URL, where no field of their own tells them.
fn implied<'a>(peer: &mut Peer<'a>, field: &Field<'a>) {
    if peer.server_address.is_some() {
        return;
    }
    let authority = match (field.key.role, field.value) {
        (Role::ServerAuthority, Value::Text(text)) => authority(text),
        (Role::Url, Value::Text(text)) => url_authority(text),
        _ => None,
    };
    if let Some((host, port)) = authority {
        peer.server_address = Some(host.into());
        peer.server_port = peer.server_port.or(port);
    }
}

/// `http://user@host:8080/path` as host and port; the port that the scheme implies else.
pub(crate) fn url_authority(url: &str) -> Option<(&str, Option<u16>)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let full = rest.get(..end)?;
    let (host, port) = authority(full.rsplit_once('@').map_or(full, |(_, host)| host))?;
    Some((host, port.or_else(|| implied_port(scheme))))
}

fn implied_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "postgres" | "postgresql" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "rediss" => Some(6379),
        "amqp" => Some(5672),
        "amqps" => Some(5671),
        "nats" => Some(4222),
        "mongodb" => Some(27017),
        _ => None,
    }
}

/// `host:port`, `[::1]:port`, or a bare host.
fn authority(text: &str) -> Option<(&str, Option<u16>)> {
    let usable = |host: &str| !host.is_empty() && !host.contains([' ', '/', '@']);
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return Some((host, rest.strip_prefix(':').and_then(|port| port.parse().ok())));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => {
            Some((host, Some(port.parse().ok()?))).filter(|_| usable(host))
        }
        // A bare word may be the name of anything.
        _ => Some((text, None))
            .filter(|_| text.parse::<IpAddr>().is_ok() || (text.contains('.') && usable(text))),
    }
}

/// A host's name or address; what `Debug` puts around a text is taken off.
fn host(value: Value<'_>) -> Option<Cow<'_, str>> {
    let Value::Text(text) = value else { return None };
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let usual = |letter: char| letter.is_alphanumeric() || ".-_:[]%/".contains(letter);
    (!text.is_empty() && text.chars().all(usual)).then_some(Cow::Borrowed(text))
}

/// A text as a fact.
fn text_of<'a>(value: Value<'a>) -> Option<Cow<'a, str>> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

fn url(value: Value<'_>) -> Option<Cow<'_, str>> {
    text_of(value).filter(|text| text.contains("://"))
}

fn integer(value: Value<'_>) -> Option<u64> {
    match value {
        Value::U64(number) => Some(number),
        Value::I64(number) => u64::try_from(number).ok(),
        Value::Text(text) | Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// A number of tries.
pub(crate) fn count(value: Value<'_>) -> Option<u32> {
    integer(value)?.try_into().ok()
}

fn port(value: Value<'_>) -> Option<u16> {
    integer(value)?.try_into().ok()
}

fn status(value: Value<'_>) -> Option<u16> {
    port(value).filter(|status| (100..600).contains(status))
}

fn address(value: Value<'_>) -> Option<IpAddr> {
    let Value::Text(text) = value else { return None };
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// A duration in the unit of its key, or a text with a unit of its own (`1.5s`).
pub(crate) fn duration(value: Value<'_>, unit: Unit) -> Option<Duration> {
    if let Value::Text(text) = value
        && let Some(duration) = duration_text(text)
    {
        return Some(duration);
    }
    let number = match value {
        Value::F64(number) => number,
        Value::Number(text) | Value::Text(text) => text.parse().ok()?,
        other => integer(other)? as f64,
    };
    let seconds = match unit {
        Unit::Nanoseconds => number / 1e9,
        Unit::Microseconds => number / 1e6,
        Unit::Milliseconds => number / 1e3,
        Unit::Seconds => number,
        Unit::Unstated => return None,
    };
    // Floating point seconds would print 100 ms as 99 ms: whole microseconds are kept.
    let micros = (seconds * 1e6).round();
    (micros.is_finite() && (0.0..1e15).contains(&micros))
        .then(|| Duration::from_micros(micros as u64))
}

/// A duration as `Debug` prints it: `100ms`, `1.5s`, `20µs`.
fn duration_text(text: &str) -> Option<Duration> {
    let split = text.find(|character: char| !character.is_ascii_digit() && character != '.')?;
    let (number, unit) = text.split_at_checked(split)?;
    let unit = match unit.trim() {
        "ns" => Unit::Nanoseconds,
        "µs" | "us" => Unit::Microseconds,
        "ms" => Unit::Milliseconds,
        "s" | "sec" => Unit::Seconds,
        _ => return None,
    };
    duration(Value::F64(number.parse().ok()?), unit)
}
