//! Finds what may be an address in a text, whatever stands around it.

use std::ops::Range;

use super::host::{HostPort, Kind, is_ip, kind, port};
use super::outcome::is_alone;
use super::peer::is_no_name;
use super::url::{Url, url};
use super::words::{after, is_one_of, strip};

/// A place in a text where a peer may be named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    /// A name for the address, or an address for the name, that stands beside.
    pub(super) other: Option<HostPort<'a>>,
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands at a place.
#[derive(Debug)]
pub(super) enum Item<'a> {
    Spot(Spot<'a>),
    Url(Url<'a>),
    /// A number begins.
    Number(usize),
}

/// Goes through a part of a text, of a name that was not found perhaps, from left to right;
/// looks at each byte a few times at most. Leaves words out that are surely no peers.
pub(super) fn each<'a>(
    text: &'a str,
    range: Range<usize>,
    is_dns: bool,
    mut visit: impl FnMut(Item<'a>),
) {
    let mut at = range.start;
    while let Some(byte) = text.as_bytes().get(at).filter(|_| at < range.end) {
        let (item, end) = match KINDS.get(usize::from(*byte)) {
            Some(Byte::Plain) => match word(text, at, is_dns) {
                Word::Number(end) => {
                    visit(Item::Number(at));
                    at = end;
                    continue;
                }
                Word::Other(end) => {
                    at = end;
                    continue;
                }
                Word::Name => run(text, at),
            },
            Some(Byte::Joint) => run(text, at),
            Some(Byte::Mark) => marked(text, at, *byte),
            _ => {
                at += 1;
                continue;
            }
        };
        at = match &item {
            Some(Item::Spot(spot)) => spot.end.max(end),
            Some(Item::Url(url)) => url.end.max(end),
            _ => end,
        };
        if let Some(item) = item {
            visit(item);
        }
    }
}

/// What a byte may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// A word.
    Plain,
    /// A name that has more than letters, digits and `_`.
    Joint,
    /// An address that begins with a mark.
    Mark,
    Other,
}

/// The kind of each byte.
static KINDS: [Byte; 256] = {
    let mut kinds = [Byte::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'.' | b'-' | b'*' => Byte::Joint,
            b'[' | b':' | b'/' => Byte::Mark,
            b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Byte::Plain,
            _ => Byte::Other,
        };
        byte += 1;
    }
    kinds
};

fn is_plain(byte: u8) -> bool {
    KINDS.get(usize::from(byte)) == Some(&Byte::Plain)
}

fn is_run(byte: u8) -> bool {
    is_plain(byte) || KINDS.get(usize::from(byte)) == Some(&Byte::Joint)
}

fn byte_before(text: &str, at: usize) -> u8 {
    at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied().unwrap_or(b' ')
}

fn spot<'a>(host: &'a str, kind: Kind, start: usize, end: usize) -> Spot<'a> {
    Spot { host, port: None, other: None, kind, start, end }
}

/// `[::1]:80`, `[10.0.0.1]:80`, `[name]:80`.
fn bracketed(text: &str, at: usize) -> (Option<Item<'_>>, usize) {
    let found = || {
        let inside = after(text, at + 1).split_once(']')?.0;
        let end = at + inside.len() + 2;
        let (port, length) = port_behind(text, end);
        if !is_ip(inside) && (port.is_none() || kind(inside).is_none()) {
            return None;
        }
        // A name in brackets is what somebody found for an address.
        let spot = spot(inside, Kind::Address, at, end + length);
        Some(Item::Spot(Spot { port, ..spot }))
    };
    (found(), at + 1)
}

/// `::1`, `fe80::1`, `2001:db8::1` without brackets, and perhaps with a port all the same.
fn address_v6(text: &str, at: usize) -> Option<Item<'_>> {
    let bytes = text.as_bytes();
    if bytes.get(at) == Some(&b':') && bytes.get(at + 1) != Some(&b':') {
        return None;
    }
    if is_run(byte_before(text, at)) || byte_before(text, at) == b':' {
        return None;
    }
    let near = after(text, at);
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let length = near.bytes().take_while(is_part).count();
    let whole = near.get(..length)?.trim_end_matches('.');
    let whole = if whole.ends_with("::") { whole } else { whole.trim_end_matches(':') };
    if whole.bytes().filter(|byte| *byte == b':').count() < 2
        || near.get(whole.len()..)?.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    {
        return None;
    }
    let (host, last) = whole.rsplit_once(':')?;
    let number = port(last).filter(|(_, rest)| rest.is_empty()).map(|(port, _)| port);
    // Node writes `::1:5432`, which is an address of its own, but of no host.
    let has_port = is_ip(host) && (host == "::1" && last.len() > 2 || !is_ip(whole));
    let (host, port) = match number {
        Some(port) if has_port => (host, Some(port)),
        _ => (whole, None),
    };
    let is_address = is_ip(host) && host.contains(|c: char| c.is_ascii_digit());
    is_address.then(|| Item::Spot(Spot { port, ..spot(host, Kind::Address, at, at + whole.len()) }))
}

/// `/10.0.0.1:80` of Java, `/ip4/10.0.0.1/tcp/80` of libp2p.
fn slashed(text: &str, at: usize) -> (Option<Item<'_>>, usize) {
    const NAMES: &[&str] = &["ip4", "ip6", "dns", "dns4", "dns6", "dnsaddr"];
    let found = || {
        let first = text.as_bytes().get(at + 1)?.to_ascii_lowercase();
        if !matches!(first, b'i' | b'd') || is_run(byte_before(text, at)) {
            return None;
        }
        let mut parts = after(text, at + 1).split('/');
        let (first, host) = (parts.next()?, parts.next()?);
        if !is_one_of(first, NAMES) {
            return None;
        }
        let mut end = at + 1 + first.len() + 1 + host.len();
        let kind = kind(host).or_else(|| is_ip(host).then_some(Kind::Address))?;
        let mut found = spot(host, kind, at, end);
        if let (Some(transport @ ("tcp" | "udp")), Some(digits)) = (parts.next(), parts.next())
            && let Some((port, rest)) = port(digits)
        {
            end += 1 + transport.len() + 1 + digits.len() - rest.len();
            found = Spot { port: Some(port), end, ..found };
        }
        Some(Item::Spot(found))
    };
    (found(), at + 1)
}

/// What begins with a mark.
fn marked(text: &str, at: usize, mark: u8) -> (Option<Item<'_>>, usize) {
    match mark {
        b'[' => bracketed(text, at),
        b'/' => slashed(text, at),
        _ => (address_v6(text, at), at + 1),
    }
}

/// What a word is, and where it ends.
enum Word {
    Number(usize),
    /// A name, perhaps, or a part of one.
    Name,
    Other(usize),
}

/// What the word at a place is by itself, of a name that was not found perhaps.
fn word(text: &str, at: usize, is_dns: bool) -> Word {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let end = at + rest.iter().take_while(|byte| is_plain(**byte)).count();
    let goes_on = text.as_bytes().get(end).is_some_and(|byte| is_run(*byte));
    let word = text.get(at..end).filter(|_| !goes_on && !is_joined(text, end));
    let Some(word) = word else { return Word::Name };
    if rest.first().is_some_and(u8::is_ascii_digit) {
        // `30s` is no name without a port.
        return Word::Number(end);
    }
    let is_none = !is_dns && is_alone(text, at, end) || is_no_name(text, at, word);
    if is_none { Word::Other(end) } else { Word::Name }
}

/// Whether a port or an address may stand right behind a word.
fn is_joined(text: &str, end: usize) -> bool {
    match text.as_bytes().get(end..).unwrap_or_default() {
        [b':', next, ..] => !next.is_ascii_whitespace(),
        [next, ..] => matches!(next, b'/' | b'[' | b'#' | b'%'),
        [] => false,
    }
}

/// What begins with a name or a number.
fn run(text: &str, at: usize) -> (Option<Item<'_>>, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let end = at + rest.bytes().take_while(|byte| is_run(*byte)).count();
    let next = text.get(end..).unwrap_or_default();
    if next.starts_with("://") {
        let url = url(text, end);
        // `passthrough:///https://a` names its target behind.
        let is_empty = url.host_port.is_none() && next.starts_with(":///");
        let end = if is_empty { end + 3 } else { url.end.max(end + 3) };
        return (Some(Item::Url(Url { end, ..url })), end);
    }
    if next.starts_with(':')
        && let Some(Item::Spot(found)) = address_v6(text, at)
    {
        return (Some(Item::Spot(found)), end);
    }
    let start = at + escape(text, at);
    let run = text.get(start..end).unwrap_or_default();
    let is_number = run.starts_with(|c: char| c.is_ascii_digit());
    // `30s` is no name, `3scale:80` is.
    let is_name = |it: &Spot<'_>| !is_number || it.kind != Kind::Word || it.port.is_some();
    if let Some(named) = name(text, run, start, end).filter(is_name) {
        return (Some(Item::Spot(named)), end);
    }
    (is_number.then_some(Item::Number(start)), end)
}

/// The length of the letter of an escape: `\n` stands before the name.
fn escape(text: &str, at: usize) -> usize {
    let is_letter = text.as_bytes().get(at).is_some_and(|byte| b"nrt".contains(byte));
    usize::from(is_letter && byte_before(text, at) == b'\\')
}

fn name<'a>(text: &'a str, run: &'a str, start: usize, end: usize) -> Option<Spot<'a>> {
    let host = run.trim_start_matches(['.', '-', '_']).trim_end_matches(['.', '-', '_']);
    let host = if host.starts_with("**") && kind(run).is_none() {
        host.trim_start_matches('*')
    } else {
        host
    };
    let kind = kind(host)?;
    let start = start + (run.len() - run.trim_start_matches(['.', '-', '_']).len());
    // The name of a family of addresses is none.
    if is_one_of(host, &["ip", "ipv4", "ipv6", "tcp", "udp", "inet"]) {
        return None;
    }
    let mut found = spot(host, kind, start, start + host.len());
    let before = byte_before(text, start);
    if before == b'/' && kind != Kind::Address
        || matches!(before, b'\\' | b'$' | b'%') && kind == Kind::Word
    {
        return None;
    }
    if found.end < end {
        // A dot that ends the sentence, or the root of a name.
        return Some(found);
    }
    if let Some((other, port, length)) = resolved(text, end) {
        found.other = other.map(|host| HostPort { host, port });
        found.port = port;
        found.end = end + length;
        return Some(found);
    }
    let (port, length) = port_behind(text, end);
    found.port = port;
    found.end = end + length;
    Some(found)
}

/// The address behind a name, as Java writes it: `name/10.0.0.1:80`, `name[10.0.0.1]:25`.
fn resolved(text: &str, at: usize) -> Option<(Option<&str>, Option<u16>, usize)> {
    let near = after(text, at);
    let rest = near.strip_prefix(['/', '['])?;
    let inside = rest.strip_prefix('[').unwrap_or(rest);
    let skipped = near.len() - inside.len();
    let length = match inside.strip_prefix("<unresolved>") {
        Some(_) => "<unresolved>".len(),
        None => {
            let is_part = |byte: &u8| {
                is_run(*byte) || (near.starts_with('[') || rest.starts_with('[')) && *byte == b':'
            };
            inside.bytes().take_while(is_part).count()
        }
    };
    let host = inside.get(..length)?;
    let is_address = is_ip(host);
    if !is_address && host != "<unresolved>" {
        return None;
    }
    let closing = inside.get(length..)?;
    let bracket = usize::from(closing.starts_with(']'));
    let (port, more) = port_behind(text, at + skipped + length + bracket);
    let other = is_address.then_some(host);
    Some((other, port, skipped + length + bracket + more))
}

/// The port that begins at a place, and how long it is with what announces it.
fn port_behind(text: &str, at: usize) -> (Option<u16>, usize) {
    let near = after(text, at);
    let found = || {
        let digits = [":", "#", "%3A", "%3a"].iter().find_map(|mark| near.strip_prefix(mark));
        let Some((number, rest)) = digits.and_then(port) else {
            return service(near);
        };
        let is_over = !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && !follows(rest, &[':', '.'], |byte| byte.is_ascii_digit());
        is_over.then_some((number, near.len() - rest.len()))
    };
    found().map_or((None, 0), |(port, length)| (Some(port), length))
}

/// Whether one of the marks stands at the start, and then such a byte.
fn follows(text: &str, marks: &[char], is_it: impl Fn(u8) -> bool) -> bool {
    text.starts_with(marks) && text.as_bytes().get(1).copied().is_some_and(is_it)
}

/// The name of a service in place of its number.
fn service(near: &str) -> Option<(u16, usize)> {
    const SERVICES: &[(&str, u16)] = &[(":https", 443), (":http", 80), (":ssh", 22)];
    SERVICES.iter().find_map(|(name, port)| {
        let rest = strip(near, name)?;
        let is_over = !rest
            .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/'))
            && !rest.starts_with("://");
        is_over.then_some((*port, name.len()))
    })
}
