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
//! A new format is one more file here, and one more name in the tables of `mod.rs`.

use netcause_record::Severity;

use super::level;
use super::stamp::When;

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

type Recogniser = fn(&[u8]) -> Option<Line<'_>>;

const AFTER_BRACKET: &[Recogniser] =
    &[envoy::recognise, nginx::recognise, python::recognise, dotnet::recognise, log4j::recognise];

/// `2026-11-23T…`
const AFTER_ISO_DATE: &[Recogniser] =
    &[cri::recognise, syslog::recognise, dotnet::recognise, python::recognise, log4j::recognise];

/// `2026-11-23 …`
const AFTER_DATE: &[Recogniser] =
    &[dotnet::recognise, python::recognise, syslog::recognise, log4j::recognise];

/// `2026/11/23 …`
const AFTER_SLASHED_DATE: &[Recogniser] = &[nginx::recognise, go::recognise];

const AFTER_OTHER_DIGIT: &[Recogniser] = &[nginx::recognise, haproxy::recognise, log4j::recognise];

/// `E1123 …` and `E, […`
const AFTER_LETTER_AND_MARK: &[Recogniser] = &[klog::recognise, rails::recognise];

const AFTER_LETTER: &[Recogniser] = &[
    dotnet::recognise,
    journald::recognise,
    haproxy::recognise,
    syslog::recognise,
    logfmt::recognise,
    python::recognise,
    docker::recognise,
    log4j::recognise,
];

/// Recognises the outermost format.
fn inner(line: &[u8]) -> Line<'_> {
    let recognisers: &[Recogniser] = match line.first() {
        Some(b'{') => &[json::recognise],
        Some(b'<') => &[syslog::recognise],
        Some(b'[') => AFTER_BRACKET,
        Some(b'0'..=b'9') => after_digit(line),
        Some(b'A'..=b'Z') if matches!(line.get(1), Some(b'0'..=b'9' | b',')) => {
            AFTER_LETTER_AND_MARK
        }
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => AFTER_LETTER,
        _ => &[],
    };
    recognisers.iter().find_map(|recognise| recognise(line)).unwrap_or_else(|| plain::line(line))
}

fn after_digit(line: &[u8]) -> &'static [Recogniser] {
    match (line.get(4), line.get(10)) {
        (Some(b'-'), Some(b'T')) => AFTER_ISO_DATE,
        (Some(b'-'), Some(b' ')) => AFTER_DATE,
        (Some(b'/'), _) => AFTER_SLASHED_DATE,
        _ => AFTER_OTHER_DIGIT,
    }
}

/// What is left without the blanks at its beginning.
fn trim_start(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// What stands before the first of a byte, and behind it, if it comes within `reach`.
fn split_at_byte(text: &[u8], byte: u8, reach: usize) -> Option<(&[u8], &[u8])> {
    let head = text.get(..reach.min(text.len()))?;
    let at = memchr::memchr(byte, head)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first word, and what is behind the blanks that follow it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().take(MAX_WORD).position(u8::is_ascii_whitespace);
    let end = end.unwrap_or(text.len().min(MAX_WORD));
    let (word, rest) = text.split_at(end);
    (word, trim_start(rest))
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
