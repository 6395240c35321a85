//! How programs write their lines: one file for each format.
//!
//! A recogniser looks at the beginning of a line and says when the line was written, how
//! serious it is, and where its message begins; or that the line is not in its format. It
//! looks at the first bytes only, copies nothing, and never judges whether a line reports a
//! failure: that is the classifier's work, whatever the format.
//!
//! | a line that begins with | is looked at as |
//! |---|---|
//! | `<` | syslog |
//! | `[` | Envoy, Rails, Python, log4j, .NET, dated |
//! | a digit | CRI, nginx, Go, HAProxy, syslog, log4j and Python |
//! | a letter | klog, Rails, journald, logfmt, .NET, Python, syslog, Docker |
//!
//! What a time and brackets at the beginning hold is read once, for all that look behind it.
//! A new format is one more file here, and one more name in the order of `mod.rs`.

use netcause_record::Severity;

use super::level;
use super::stamp::{self, When};

pub mod cri;
pub mod docker;
pub mod dotnet;
pub mod envoy;
pub mod go;
pub mod haproxy;
pub mod journald;
pub mod json;
pub mod klog;
pub mod log4j;
pub mod logfmt;
pub mod nginx;
pub mod plain;
pub mod python;
pub mod rails;
pub mod syslog;

#[cfg(test)]
mod tests;

/// What the beginning of a line tells.
///
/// # Example
///
/// ```
/// use netcause_cli::enrich::formats::{self, Format};
/// use netcause_record::Severity;
///
/// let line = formats::recognise(b"E1123 09:26:53.589793 1 main.go:7] dial tcp: i/o timeout");
/// assert_eq!((line.format, line.severity), (Format::Klog, Some(Severity::Error)));
/// assert_eq!(line.message, b"dial tcp: i/o timeout");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// How it is written.
    pub format: Format,
    /// When it was written.
    pub time: Option<When>,
    /// How serious it is.
    pub severity: Option<Severity>,
    /// What follows the time, the level and the like.
    pub message: &'a [u8],
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// Kubernetes and other users of glog.
    Klog,
    /// log4j, logback and everything else that writes a time and then a level.
    Log4j,
    /// Python's `logging`.
    Python,
    /// Go's `log`.
    Go,
    /// Ruby's `Logger` and Rails.
    Rails,
    /// .NET's console.
    DotNet,
    /// nginx and Apache, error and access logs.
    Nginx,
    /// Envoy, access logs and its own.
    Envoy,
    /// HAProxy.
    HaProxy,
    /// RFC 3164, RFC 5424, and what `rsyslog` and `journalctl` write.
    Syslog,
    /// Kubernetes' container runtimes.
    Cri,
    /// `docker compose logs`.
    Docker,
    /// `journalctl -o export`.
    Journald,
    /// Anything else.
    Plain,
}

/// How many formats may stand one inside the other.
const DEPTH: usize = 3;

/// Recognises a line, whatever its format.
///
/// Of a line inside a line of a container runtime or of syslog, the level is the inner one;
/// the time is the outer one, unless that lacks its year.
#[must_use]
pub fn recognise(line: &[u8]) -> Line<'_> {
    let mut found = inner(line);
    for _ in 1..DEPTH {
        if !matches!(found.format, Format::Cri | Format::Docker | Format::Syslog) {
            break;
        }
        let inside = inner(found.message);
        if inside.format == Format::Plain && inside.severity.is_none() {
            break;
        }
        let outer_knows = matches!(found.time, Some(When::At(_))) || inside.time.is_none();
        found = Line {
            format: inside.format,
            time: if outer_knows { found.time } else { inside.time },
            severity: inside.severity.or(found.severity),
            message: inside.message,
        };
    }
    found
}

/// Recognises the outermost format.
fn inner(line: &[u8]) -> Line<'_> {
    let found = match line {
        [b'{', ..] => json::recognise(line),
        [b'<', ..] => syslog::with_priority(line),
        [b'[', ..] => in_brackets(line),
        [b'0'..=b'9', ..] => digit(line),
        [b'A'..=b'Z', b'0'..=b'9' | b',', ..] => {
            klog::recognise(line).or_else(|| rails::recognise(line))
        }
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => letter(line),
        _ => None,
    };
    found.unwrap_or_else(|| plain::line(line))
}

/// `[2026-11-23 …] …`: the time is read once for all.
fn in_brackets(line: &[u8]) -> Option<Line<'_>> {
    let (inside, rest) = bracketed(line)?;
    let Some(time) = stamp::whole(inside) else {
        return nginx::behind_brackets(inside, rest)
            .or_else(|| dotnet::behind_brackets(inside, rest))
            .or_else(|| log4j::level_first(line));
    };
    envoy::behind_brackets(time, rest)
        .or_else(|| python::behind_brackets(time, rest))
        .or_else(|| Some(log4j::behind_time(time, rest)))
}

/// The same for a time without brackets.
fn digit(line: &[u8]) -> Option<Line<'_>> {
    match (line.get(4), line.get(10)) {
        (Some(b'-'), Some(b'T')) => match stamp::leading(line) {
            Some((time, rest)) => cri::behind_time(time, rest)
                .or_else(|| syslog::behind_time(time, rest))
                .or_else(|| dotnet::behind_time(time, rest))
                .or_else(|| python::behind_time(time, rest))
                .or_else(|| Some(log4j::behind_time(time, rest))),
            None => log4j::level_first(line),
        },
        (Some(b'-'), Some(b' ')) => match stamp::leading(line) {
            Some((time, rest)) => dotnet::behind_time(time, rest)
                .or_else(|| python::behind_time(time, rest))
                .or_else(|| syslog::behind_time(time, rest))
                .or_else(|| Some(log4j::behind_time(time, rest))),
            None => log4j::level_first(line),
        },
        (Some(b'/'), _) => {
            let (time, rest) = stamp::leading(line)?;
            nginx::behind_time(time, rest).or_else(|| Some(go::behind_time(time, rest)))
        }
        _ => nginx::access(line)
            .or_else(|| haproxy::recognise(line))
            .or_else(|| log4j::recognise(line)),
    }
}

fn letter(line: &[u8]) -> Option<Line<'_>> {
    dotnet::named(line)
        .or_else(|| journald::recognise(line))
        .or_else(|| haproxy::recognise(line))
        .or_else(|| syslog::with_month(line))
        .or_else(|| logfmt::recognise(line))
        .or_else(|| python::named(line))
        .or_else(|| docker::recognise(line))
        .or_else(|| log4j::recognise(line))
}

/// What is left without the blanks at its beginning.
fn trim_start(text: &[u8]) -> &[u8] {
    match text {
        // Mostly there is one blank, or none.
        [0x21..=0x7f, ..] => text,
        [b' ', rest @ ..] if rest.first().is_some_and(|it| *it > b' ') => rest,
        _ => text.trim_ascii_start(),
    }
}

/// What stands before the first of a byte, and behind it, if it comes within `reach`.
fn split_at_byte(text: &[u8], byte: u8, reach: usize) -> Option<(&[u8], &[u8])> {
    let head = text.get(..reach.min(text.len()))?;
    let at = memchr::memchr(byte, head)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first word, and what is behind the blanks that follow it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let (word, rest) = text.split_at(blank(text.get(..MAX_WORD).unwrap_or(text)));
    (word, trim_start(rest))
}

/// Where the first blank is, else the length.
fn blank(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let mut rest = text;
    while let Some((bytes, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*bytes);
        // The high bits of the bytes up to a blank; above the lowest there may be false ones.
        let low = word.wrapping_sub(ONES * 0x21) & !word & (ONES * 0x80);
        let at = (low.trailing_zeros() / 8) as usize;
        match bytes.get(at) {
            None => rest = after,
            Some(byte) if byte.is_ascii_whitespace() => return text.len() - rest.len() + at,
            Some(_) => break,
        }
    }
    let end = rest.iter().position(u8::is_ascii_whitespace);
    text.len() - rest.len() + end.unwrap_or(rest.len())
}

/// No name at the beginning of a line is longer.
const MAX_WORD: usize = 128;

/// What `[…]` holds at the beginning, and what follows it.
fn bracketed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, rest) = split_at_byte(text.strip_prefix(b"[")?, b']', MAX_WORD)?;
    Some((inside, rest))
}

/// The level that one of the first words states, with what follows it; words in brackets and
/// with a colon behind them count.
fn leading_level(text: &[u8], words: usize) -> Option<(Severity, &[u8])> {
    let mut rest = trim_start(text);
    for _ in 0..words {
        let (token, after) = if rest.first() == Some(&b'[') {
            let (inside, after) = bracketed(rest)?;
            (inside.trim_ascii(), trim_start(after))
        } else {
            word(rest)
        };
        if let Some(severity) = level::of_word(token) {
            return Some((severity, after));
        }
        rest = after;
    }
    None
}
