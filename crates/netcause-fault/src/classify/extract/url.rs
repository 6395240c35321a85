//! URLs in a text.

use std::ops::Range;

use super::dictionary::Dictionary;
use super::host::{HostPort, is_host, kind, port};
use super::status::method;
use super::words::{back, before, contains, is_one_of, strip};

/// A URL in a text.
#[derive(Debug, Clone, Copy)]
pub(in crate::classify) struct Url<'a> {
    /// The whole of it.
    pub(in crate::classify) text: &'a str,
    /// The scheme.
    pub(in crate::classify) scheme: &'a str,
    /// Whom it names.
    pub(in crate::classify) host_port: Option<HostPort<'a>>,
    /// The method that stands right before it.
    pub(in crate::classify) method: Option<&'static str>,
    /// Where it begins in the text.
    pub(in crate::classify) start: usize,
    /// Where it ends in the text.
    pub(in crate::classify) end: usize,
    /// Whether it is what was called, and not a manual's page.
    pub(in crate::classify) is_target: bool,
    /// Whether the words before it say so.
    pub(in crate::classify) is_anchored: bool,
}

impl Url<'_> {
    /// Where it stands in the text.
    pub(in crate::classify) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the scheme puts TLS between.
    pub(in crate::classify) fn is_tls(&self) -> bool {
        is_one_of(self.scheme, &["https", "wss"])
    }

    /// Whether the scheme is one without TLS.
    pub(in crate::classify) fn is_plain_http(&self) -> bool {
        is_one_of(self.scheme, &["http", "ws"])
    }
}

/// The URL that makes up a range before a closing bracket, if it does, behind words that say that it was called.
pub(in crate::classify) fn called(text: &str, range: Range<usize>) -> Option<Url<'_>> {
    #[cfg(test)]
    super::super::work::count(1);
    let url = text.get(range.clone())?;
    let scheme = url.get(..url.bytes().take_while(is_of_scheme).count())?;
    let rest = url.get(scheme.len()..)?.strip_prefix("://")?;
    let is_whole = is_plain(url) || url_length(text.get(range.start..)?) == url.len();
    if scheme.is_empty() || !is_whole {
        return None;
    }
    let host_port = authority(rest, scheme);
    Some(Url {
        text: url,
        scheme,
        host_port,
        method: None,
        start: range.start,
        end: range.end,
        is_target: host_port.is_some_and(|it| !is_manual(it.host)),
        is_anchored: true,
    })
}

fn is_of_scheme(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// The URL around `://` at `colon`.
pub(in crate::classify) fn url(text: &str, colon: usize) -> Url<'_> {
    #[cfg(test)]
    super::super::work::count(1);
    let near = before(text, colon);
    let start = colon - near.bytes().rev().take_while(is_of_scheme).count();
    let lead = before(text, start);
    let rest = text.get(start..).unwrap_or_default();
    let url = rest.get(..url_length(rest)).unwrap_or_default();
    let scheme = text.get(start..colon).unwrap_or_default();
    // Whoever cut it off within the name wrote dots.
    let is_cut =
        rest.get(url.len()..).is_some_and(|it| it.starts_with("..") || it.starts_with('…'));
    let host_port = url
        .get(scheme.len() + 3..)
        .filter(|rest| !is_cut || rest.contains('/'))
        .and_then(|rest| authority(rest, scheme));
    Url {
        text: url,
        scheme,
        host_port,
        method: method_before(lead),
        start,
        end: start + url.len(),
        is_target: host_port.is_some_and(|it| !is_manual(it.host)) && !points_to_words(lead),
        is_anchored: ["url (", "url: \"", "url: ", "uri: "].iter().any(|it| lead.ends_with(it)),
    }
}

/// Whether nothing in a URL may end it, and it ends with no mark: then a bracket behind it
/// ends it.
fn is_plain(url: &str) -> bool {
    let marks = url.bytes().fold(0, |marks, byte| {
        marks | SHAPES.get(usize::from(byte)).map_or(u8::MAX, |shape| *shape as u8)
    });
    marks == Shape::Part as u8 && ends_well(url)
}

/// Hardly any URL ends with a mark, which is the sentence's.
fn ends_well(url: &str) -> bool {
    url.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
}

/// The length of the URL at the start: up to a space, a quote or a closing bracket that
/// was opened before it, without the punctuation of the sentence.
fn url_length(text: &str) -> usize {
    let shape = |byte: &u8| SHAPES.get(usize::from(*byte)).copied().unwrap_or(Shape::End);
    let mut depth = 0_usize;
    let ends = |byte: &u8| {
        let closes = depth == 0;
        match shape(byte) {
            Shape::Part => false,
            Shape::End => true,
            Shape::Opening => {
                depth += 1;
                false
            }
            Shape::Closing => {
                depth = depth.saturating_sub(1);
                closes
            }
        }
    };
    // Nearly all are parts, and most URLs have nothing else.
    let bytes = text.as_bytes();
    let parts = bytes.iter().position(|byte| shape(byte) != Shape::Part).unwrap_or(bytes.len());
    let rest = bytes.get(parts..).unwrap_or_default();
    let end = parts + rest.iter().position(ends).unwrap_or(rest.len());
    #[cfg(test)]
    super::super::work::count(end);
    let url = text.get(..end).unwrap_or_default();
    if ends_well(url) {
        return end;
    }
    url.trim_end_matches(['.', ',', ':', ';', '!', '?', '…']).len()
}

/// What a byte is in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Part,
    Opening,
    Closing,
    End,
}

/// Printed URLs have no other characters than ASCII; one that has is taken whole.
static SHAPES: [Shape; 256] = {
    let mut shapes = [Shape::Part; 256];
    let mut byte = 0;
    while byte < 256 {
        shapes[byte] = match byte as u8 {
            b'(' | b'[' | b'{' => Shape::Opening,
            b')' | b']' | b'}' => Shape::Closing,
            0..=b' ' | 0x7f | b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b'\\' => Shape::End,
            _ => Shape::Part,
        };
        byte += 1;
    }
    shapes
};

/// Host and port of what follows `://`; user info is no part of the host (RFC 3986 §3.2).
fn authority<'a>(rest: &'a str, scheme: &str) -> Option<HostPort<'a>> {
    let mut has_marks = false;
    let ends = |byte| {
        has_marks |= matches!(byte, b'@' | b',' | b';');
        matches!(byte, b'/' | b'?' | b'#')
    };
    let end = rest.bytes().position(ends);
    let (authority, path) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    if authority.is_empty() || authority.starts_with("0x") {
        return target_in_path(path, scheme);
    }
    let host_port = if has_marks { only_host(authority)? } else { authority };
    // A path behind an empty port is that of a socket in the file system.
    if host_port.ends_with(':') && path.starts_with('/') {
        return None;
    }
    let (host, port) = split_port(host_port);
    if !is_host(host) || is_one_of(host, &["unix"]) {
        return None;
    }
    Some(HostPort { host, port: port.or_else(|| implied_port(scheme)) })
}

/// An authority without user info and without what stands behind a comma; none, where that
/// is one more host: of several it is not known which one failed.
fn only_host(authority: &str) -> Option<&str> {
    let user = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    let host_port = authority.get(user..)?;
    let first = host_port.bytes().position(|byte| matches!(byte, b',' | b';'));
    let (host_port, others) = host_port.split_at_checked(first.unwrap_or(host_port.len()))?;
    (!begins_with_host(others.get(1..).unwrap_or_default())).then_some(host_port)
}

/// Whether what follows a comma begins with one more host, and not with a property or
/// another URL.
fn begins_with_host(others: &str) -> bool {
    if others.is_empty() {
        return false;
    }
    let first = others.split([',', ';']).next().unwrap_or_default();
    let (host, _) = split_port(first);
    kind(host).is_some() && !first.ends_with(':')
}

/// The target behind an empty authority, as in `dns:///db:5432`: only if it has a port.
fn target_in_path<'a>(path: &'a str, scheme: &str) -> Option<HostPort<'a>> {
    if is_one_of(scheme, &["file", "unix"]) {
        return None;
    }
    let target = path.trim_start_matches('/').split('/').next()?;
    let (host, port) = split_port(target);
    (is_host(host) && port.is_some()).then_some(HostPort { host, port })
}

/// Separates the port, and takes the brackets off an IPv6 address.
pub(super) fn split_port(text: &str) -> (&str, Option<u16>) {
    let whole = |text: &str| port(text).filter(|(_, rest)| rest.is_empty()).map(|(port, _)| port);
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(whole));
    }
    let colon = text.bytes().position(|byte| byte == b':');
    let Some((host, port)) = colon.and_then(|at| text.split_at_checked(at)) else {
        return (text, None);
    };
    match port.get(1..).unwrap_or_default() {
        "" => (host, None),
        // A second colon makes it an IPv6 address, which does not parse as a port.
        port => match whole(port) {
            Some(port) => (host, Some(port)),
            None => (text, None),
        },
    }
}

pub(super) fn implied_port(scheme: &str) -> Option<u16> {
    PORTS.get(scheme)
}

#[rustfmt::skip]
static PORTS: Dictionary<u16, 64> = Dictionary::new(&[
    (&["http", "ws"], 80),
    (&["https", "wss"], 443),
    (&["postgres", "postgresql"], 5432),
    (&["mysql"], 3306),
    (&["redis", "rediss"], 6379),
    (&["amqp"], 5672),
    (&["amqps"], 5671),
    (&["mongodb"], 27017),
    (&["nats"], 4222),
    (&["ftp"], 21),
    (&["ssh", "sftp"], 22),
    (&["git"], 9418),
    (&["ldap"], 389),
    (&["ldaps"], 636),
    (&["smtp"], 25),
    (&["smtps"], 465),
    (&["imap"], 143),
    (&["imaps"], 993),
    (&["mqtt"], 1883),
    (&["mqtts"], 8883),
]);

/// Whether the host serves manuals that errors point to.
fn is_manual(host: &str) -> bool {
    MANUALS.contains(host)
}

#[rustfmt::skip]
static MANUALS: Dictionary<(), 64> = Dictionary::new(&[(&[
    "docs.rs", "curl.se", "curl.haxx.se", "aka.ms", "go.microsoft.com",
    "docs.microsoft.com", "learn.microsoft.com", "developer.mozilla.org", "sqlalche.me", "wiki.apache.org",
    "cwiki.apache.org", "stackoverflow.com", "kubernetes.io", "docs.docker.com", "docs.aws.amazon.com",
    "nodejs.org", "www.rsyslog.com", "datatracker.ietf.org", "tools.ietf.org",
], ())]);

/// Whether the sentence before a URL points to something to read, not to a peer.
pub(super) fn points_to_words(lead: &str) -> bool {
    let begin = lead.bytes().rposition(|byte| matches!(byte, b'(' | b'\n' | b'"' | b'=' | b'/'));
    let sentence = begin.map_or(lead, |at| lead.get(at + 1..).unwrap_or_default());
    if sentence.is_empty() {
        return false;
    }
    let sentence = sentence.rsplit(". ").next().unwrap_or_default();
    let begins = |word: &str, with: &str| strip(word, with).is_some();
    back(sentence).any(|word| {
        READS.contains(word.text)
            // What the phrases end with.
            || (["information", "details", "more"].iter().any(|it| begins(word.text, it))
                && PHRASES.iter().any(|words| contains(sentence, words)))
    })
}

/// Phrases that send a reader somewhere.
const PHRASES: &[&str] = &["more information", "further information", "more details", "read more"];

/// Words that send a reader somewhere.
#[rustfmt::skip]
static READS: Dictionary<(), 32> = Dictionary::new(&[(&[
    "see", "background", "article", "documentation", "docs", "visit", "refer",
    "manual", "guide", "learn", "faq", "wiki", "troubleshooting", "instructions",
], ())]);

/// The method in `GET http://…` and `Get "http://…`.
fn method_before(lead: &str) -> Option<&'static str> {
    let words = lead.trim_end_matches(['"', '\\']);
    let words = words.strip_suffix(' ')?;
    method(words.rsplit(|c: char| !c.is_ascii_alphabetic()).next()?)
}
