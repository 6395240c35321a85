//! Facts beside a pattern: addresses, numbers, limits, tries.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::Attempts;

/// A host and its port, as a text names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HostPort<'a> {
    /// The name or address, IPv6 without brackets.
    pub(super) host: &'a str,
    /// The port, stated or implied by the scheme.
    pub(super) port: Option<u16>,
}

impl HostPort<'_> {
    /// Whether it is surely an address: it has a port, or is an IP address.
    pub(super) fn is_explicit(&self) -> bool {
        self.port.is_some() || self.host.parse::<IpAddr>().is_ok()
    }

    /// Whether no name server is asked for it.
    pub(super) fn needs_no_lookup(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok() || self.host.eq_ignore_ascii_case("localhost")
    }
}

/// A URL in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Url<'a> {
    /// The whole of it.
    pub(super) text: &'a str,
    /// The scheme.
    pub(super) scheme: &'a str,
    /// Whom it names.
    pub(super) host_port: Option<HostPort<'a>>,
    /// The method that stands right before it.
    pub(super) method: Option<&'a str>,
    /// Where it ends in the text.
    pub(super) end: usize,
    /// Whether it is what was called, and not a manual's page.
    pub(super) is_target: bool,
    /// Whether the words before it say so.
    pub(super) is_anchored: bool,
}

impl Url<'_> {
    /// Whether the scheme puts TLS between.
    pub(super) fn is_tls(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https") || self.scheme.eq_ignore_ascii_case("wss")
    }

    /// Whether the scheme is one without TLS.
    pub(super) fn is_plain_http(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("http") || self.scheme.eq_ignore_ascii_case("ws")
    }
}

/// The URL around `://` at `colon`.
pub(super) fn url(text: &str, colon: usize) -> Url<'_> {
    let before = text.get(..colon).unwrap_or_default();
    let is_scheme = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.');
    let start = before.len() - before.bytes().rev().take_while(is_scheme).count();
    let lead = text.get(..start).unwrap_or_default();
    let rest = text.get(start..).unwrap_or_default();
    let url = rest.get(..url_length(rest)).unwrap_or_default();
    let scheme = text.get(start..colon).unwrap_or_default();
    let host_port = url.get(scheme.len() + 3..).and_then(|rest| authority(rest, scheme));
    Url {
        text: url,
        scheme,
        host_port,
        method: method_before(lead),
        end: start + url.len(),
        is_target: host_port.is_some_and(|it| !is_manual(it.host)) && !lead.ends_with("see "),
        is_anchored: ["url (", "url: \"", "url: ", "uri: "].iter().any(|it| lead.ends_with(it)),
    }
}

/// The length of the URL at the start: up to a space, a quote or a closing bracket that
/// was opened before it, without the punctuation of the sentence.
fn url_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let ends = |byte: &u8| match byte {
        b'(' | b'[' | b'{' => {
            depth += 1;
            false
        }
        b')' | b']' | b'}' => {
            let closes = depth == 0;
            depth = depth.saturating_sub(1);
            closes
        }
        // Printed URLs have no other characters than ASCII; one that has is taken whole.
        _ => *byte <= b' ' || *byte == 0x7f || b"\"'`<>|".contains(byte),
    };
    let end = text.as_bytes().iter().position(ends).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ':', ';', '!', '?', '…']).len()
}

/// Host and port of what follows `://`; user info is no part of the host (RFC 3986 §3.2).
fn authority<'a>(rest: &'a str, scheme: &str) -> Option<HostPort<'a>> {
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host_port)| host_port);
    let (host, port) = split_port(host_port);
    if !is_host(host) {
        return None;
    }
    Some(HostPort { host, port: port.or_else(|| implied_port(scheme)) })
}

/// Separates the port, and takes the brackets off an IPv6 address.
fn split_port(text: &str) -> (&str, Option<u16>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match text.split_once(':') {
        Some((host, "")) => (host, None),
        // A second colon makes it an IPv6 address, which does not parse as a port.
        Some((host, port)) => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (text, None),
        },
        None => (text, None),
    }
}

fn is_host(host: &str) -> bool {
    if host.contains(':') {
        return host.split('%').next().is_some_and(|it| it.parse::<IpAddr>().is_ok());
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    host.len() <= 255 && host.chars().all(is_part) && host.contains(char::is_alphanumeric)
}

fn implied_port(scheme: &str) -> Option<u16> {
    const PORTS: &[(&str, u16)] = &[
        ("http", 80),
        ("https", 443),
        ("ws", 80),
        ("wss", 443),
        ("postgres", 5432),
        ("postgresql", 5432),
        ("mysql", 3306),
        ("redis", 6379),
        ("rediss", 6379),
        ("amqp", 5672),
        ("amqps", 5671),
        ("mongodb", 27017),
        ("nats", 4222),
    ];
    PORTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|(_, port)| *port)
}

/// Whether the host serves manuals that errors point to.
fn is_manual(host: &str) -> bool {
    const MANUALS: &[&str] =
        &["docs.rs", "curl.se", "curl.haxx.se", "aka.ms", "go.microsoft.com", "doc.rust-lang.org"];
    MANUALS.iter().any(|manual| manual.eq_ignore_ascii_case(host))
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

fn method_before(lead: &str) -> Option<&str> {
    let word = lead.strip_suffix(' ')?.rsplit(|c: char| !c.is_ascii_alphabetic()).next()?;
    METHODS.iter().find(|method| **method == word).map(|_| word)
}

/// `host:port`, `[v6]:port`, an IP address or a dotted name at the start, after at most a
/// few marks, and what follows it.
pub(super) fn address(after: &str) -> Option<(HostPort<'_>, &str)> {
    let (token, rest) = token(after)?;
    let token = token.rsplit('@').next().unwrap_or(token);
    let (host, port) = split_port(token);
    let is_address = port.is_some() || host.contains('.') || host.parse::<IpAddr>().is_ok();
    (is_host(host) && is_address).then_some((HostPort { host, port }, rest))
}

/// A name or IP address at the start, without a port, and what follows it.
pub(super) fn host(after: &str) -> Option<(&str, &str)> {
    token(after).filter(|(token, _)| is_host(token))
}

/// What stands at the start up to a space or a mark, and what follows it.
fn token(after: &str) -> Option<(&str, &str)> {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let text = after.trim_start_matches(['"', '\'', '`', '(']);
    if text.contains("://") && text.find("://") < text.find(' ') {
        return None;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`' | '('));
    let (token, _) = text.split_at(end.unwrap_or(text.len()));
    let token = token.trim_end_matches([':', '.', ')', '…']);
    let rest = text.get(token.len()..)?;
    Some((token, rest.strip_prefix(QUOTES).unwrap_or(rest)))
}

/// The method at the start, and what follows it.
pub(super) fn method_at(text: &str) -> Option<(&str, &str)> {
    let method = word(text);
    METHODS.contains(&method).then(|| text.split_at(method.len()))
}

/// A socket address at the start, up to a comma or a bracket.
pub(super) fn socket_address(after: &str) -> Option<SocketAddr> {
    after.split([',', ')', ' ']).next()?.parse().ok()
}

/// A number at the start.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)?.parse().ok()
}

/// A failing status at the start: three digits and no fourth.
pub(super) fn status(text: &str) -> Option<u16> {
    let status = u16::try_from(number(text)?).ok()?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3 && (400..600).contains(&status)).then_some(status)
}

/// The name at the start: letters and digits.
pub(super) fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The limit that follows "timed out": `after 2s`, `after 2001 milliseconds`, `of 1000ms`.
pub(super) fn limit(after: &str) -> Option<Duration> {
    let rest = after.trim_start_matches([':', ' ']);
    let rest = ["after ", "within ", "of ", "in "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    duration(rest)
}

/// The limit in `1000ms exceeded`.
pub(super) fn exceeded(after: &str) -> Option<Duration> {
    let words = after.get(..after.find(" exceeded")?)?;
    if words.len() > 20 { None } else { duration(words) }
}

/// A duration with its unit at the start; `1m30s` has two.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (mut sum, mut rest) = duration_part(text)?;
    while let Some((part, more)) = duration_part(rest) {
        (sum, rest) = (sum + part, more);
    }
    Duration::try_from_secs_f64(sum).ok().map(rounded)
}

/// One number with its unit in seconds, and what follows it.
fn duration_part(text: &str) -> Option<(f64, &str)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let value: f64 = text.get(..length)?.parse().ok()?;
    let rest = text.get(length..)?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let seconds = match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    };
    Some((value * seconds, rest))
}

/// Whole microseconds, so that 0.1 s is 100 ms exactly.
fn rounded(duration: Duration) -> Duration {
    let micros = duration.as_nanos().saturating_add(500) / 1000;
    match u64::try_from(micros) {
        Ok(micros) if micros > 0 => Duration::from_micros(micros),
        _ => duration,
    }
}

/// The number of a try, after "attempt": `2`, `#2`, `2/5`, `2 of 5`.
pub(super) fn attempt(after: &str, attempts: &mut Attempts) {
    let rest = ["=", ": ", ":", " #", " (", " "]
        .iter()
        .find_map(|between| after.strip_prefix(between))
        .unwrap_or_default();
    let Some((attempt, rest)) = count(rest) else { return };
    attempts.attempt = Some(attempt);
    let maximum = rest.strip_prefix('/').or_else(|| rest.strip_prefix(" of "));
    if let Some((maximum, _)) = maximum.and_then(count) {
        attempts.max_attempts = Some(maximum);
    }
}

/// The greatest number of tries, after its key.
pub(super) fn max_attempts(after: &str, attempts: &mut Attempts) {
    let value = after.trim_start_matches([':', '=', ' ']);
    if let (true, Some((maximum, _))) = (value.len() < after.len(), count(value)) {
        attempts.max_attempts = Some(maximum);
    }
}

/// The tries in `Retries: 2/5, giving up`; without the slash only where a sentence begins,
/// as `max retries: 5` is no number of a try.
pub(super) fn retries(before: &str, after: &str, attempts: &mut Attempts) {
    let Some((attempt, rest)) = count(after) else { return };
    let maximum = rest.strip_prefix('/').and_then(count);
    if maximum.is_none() && !(before.is_empty() || before.ends_with(". ")) {
        return;
    }
    attempts.attempt = Some(attempt);
    attempts.max_attempts = maximum.map(|(maximum, _)| maximum).or(attempts.max_attempts);
    if maximum.map_or(rest, |(_, rest)| rest).starts_with(", giving up") {
        attempts.exhausted = Some(true);
    }
}

/// The count of retries in `after 2 retries`, where `before` ends right before the word.
pub(super) fn after_retries(before: &str, attempts: &mut Attempts) {
    let Some(rest) = before.strip_suffix(' ') else { return };
    let digits = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (rest, number) = rest.split_at(rest.len() - digits);
    if let (true, Ok(count)) = (ends_with_after(rest), number.parse()) {
        attempts.attempt = Some(count);
        attempts.exhausted = Some(true);
    }
}

fn ends_with_after(text: &str) -> bool {
    let word = text.trim_end().rsplit(' ').next().unwrap_or_default();
    text.ends_with(' ') && word.eq_ignore_ascii_case("after")
}

/// A small number at the start that ends there, and what follows it.
fn count(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?;
    if digits == 0 || digits > 6 || rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    Some((text.get(..digits)?.parse().ok()?, rest))
}

/// The name of a TLS alert at the start: `CertificateRequired`, `certificate_required`,
/// `bad certificate`.
pub(super) fn alert(text: &str) -> &str {
    let first = text.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(first);
    let is_one_word = name.contains('_') || name.bytes().skip(1).any(|c| c.is_ascii_uppercase());
    if is_one_word || !rest.starts_with(' ') {
        return name;
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != ' ').unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end()
}

/// Whether the words in a text are the code of an answer: in capitals (`UNAVAILABLE`,
/// `DEADLINE_EXCEEDED`), or where a code stands (`code = Unavailable`).
pub(super) fn is_code(text: &str, start: usize, end: usize) -> bool {
    const BEFORE: &[&str] = &[
        "code = ",
        "code=",
        "code: ",
        "statuscode.",
        "status=",
        "status: ",
        "code\":\"",
        "code\": \"",
    ];
    let word = text.get(start..end).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default().as_bytes();
    let is_behind = |it: &&str| {
        before
            .len()
            .checked_sub(it.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(it.as_bytes()))
    };
    !word.bytes().any(|byte| byte.is_ascii_lowercase()) || BEFORE.iter().any(is_behind)
}
