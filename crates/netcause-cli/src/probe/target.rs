//! [`Target`]: whom a command line means.

use std::net::Ipv6Addr;
use std::str::FromStr;
use std::time::Duration;

/// A host, a port, and what else a URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether a URL's scheme says that TLS is spoken.
    pub(crate) tls: Option<bool>,
    /// The path of a URL of HTTP.
    pub(crate) path: Option<String>,
}

/// Schemes of URLs: the port that they mean, and whether it speaks TLS, as far as both are
/// fixed (IANA's registry of ports, and the documents of each server).
const SCHEMES: &[(&str, u16, Option<bool>)] = &[
    ("http", 80, Some(false)),
    ("https", 443, Some(true)),
    ("ws", 80, Some(false)),
    ("wss", 443, Some(true)),
    ("redis", 6379, Some(false)),
    ("rediss", 6379, Some(true)),
    ("amqp", 5672, Some(false)),
    ("amqps", 5671, Some(true)),
    // These begin in the clear, and may turn to TLS later.
    ("postgres", 5432, Some(false)),
    ("postgresql", 5432, Some(false)),
    ("mysql", 3306, Some(false)),
    ("mongodb", 27017, None),
    ("nats", 4222, None),
];

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((scheme, rest)) = text.split_once("://") else {
            let (host, port) = authority(text)?;
            let port = port.ok_or_else(|| format!("which port? as in {}:443", shown(&host)))?;
            return Ok(Target { host, port, tls: None, path: None });
        };
        let known = SCHEMES.iter().find(|(name, ..)| scheme.eq_ignore_ascii_case(name));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (before, after) = rest.split_at(end);
        // A password is nobody's business here.
        let (host, port) = authority(before.rsplit('@').next().unwrap_or_default())?;
        let port = port.or(known.map(|(_, port, _)| *port));
        let port = port.ok_or_else(|| format!("which port? {scheme} has none of its own"))?;
        let is_http = known.is_some_and(|(name, ..)| matches!(*name, "http" | "https"));
        let path = after.split('#').next().unwrap_or_default();
        Ok(Target {
            host,
            port,
            tls: known.and_then(|(.., tls)| *tls),
            path: is_http.then(|| self::path(path)).transpose()?,
        })
    }
}

/// `host`, `host:port`, `[address]:port`.
fn authority(text: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, None),
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None if text.parse::<Ipv6Addr>().is_ok() => (text, None),
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if !is_name(host) {
        return Err("no host: give HOST:PORT, [ADDRESS]:PORT or a URL".to_owned());
    }
    if host.contains(':') && host.contains('%') {
        return Err("an address of one link (with %) cannot be probed: give another".to_owned());
    }
    let is_address = host.parse::<Ipv6Addr>().is_ok();
    if host.contains(':') && !is_address {
        return Err("no host: an IPv6 address goes in brackets, as in [::1]:80".to_owned());
    }
    let port = match port {
        None => None,
        Some(text) => match text.parse() {
            Ok(0) | Err(_) => return Err(format!("{text:?} is no port: 1 to 65535")),
            Ok(port) => Some(port),
        },
    };
    Ok((host.to_owned(), port))
}

/// Whether a text may be a host, as far as its letters go.
fn is_name(text: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:%".contains(&byte) || byte >= 128;
    !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(usual)
}

/// The name of a server, without a port.
pub(crate) fn name(text: &str) -> Result<String, String> {
    match is_name(text) {
        true => Ok(text.to_owned()),
        false => Err("give a name without a port, as in api.example".to_owned()),
    }
}

/// RFC 1035 §2.3.4.
const LONGEST_NAME: usize = 253;

/// A host as it stands before a port.
pub(super) fn shown(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// A path to ask for, query included.
pub(crate) fn path(text: &str) -> Result<String, String> {
    if text.bytes().any(|byte| byte <= b' ' || byte == 127) {
        return Err("a path has no blanks: write them as %20".to_owned());
    }
    let rooted = text.starts_with('/');
    Ok(if rooted { text.to_owned() } else { format!("/{text}") })
}

/// Longer than anybody waits.
const LONGEST: Duration = Duration::from_secs(300);

/// A time: `5`, `0.5`, `500ms`, `5s`, `1m`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        _ => return Err("give a time as in 500ms, 5s or 1m".to_owned()),
    };
    let seconds = number.parse::<f64>().map(|it| it * factor).ok();
    let time = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
    let fits = |it: &Duration| (Duration::from_millis(1)..=LONGEST).contains(it);
    time.filter(fits).ok_or_else(|| "give a time from 1ms to 5m, as in 500ms or 5s".to_owned())
}
