//! Python's `logging`, with its default format and those of its frameworks.

use super::{Format, Line, bracketed, trim_start, word};
use crate::enrich::level;
use crate::enrich::stamp::When;

/// `2026-11-23 09:26:53,589 - name - ERROR - message`, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let (_, rest) = word(rest.strip_prefix(b" - ")?);
    let (name, rest) = word(rest.strip_prefix(b"- ")?);
    let severity = level::of_name(name)?;
    let message = trim_start(rest.strip_prefix(b"-")?);
    Some(Line { format: Format::Python, time: Some(time), severity: Some(severity), message })
}

/// `ERROR:name:message`
pub(super) fn named(line: &[u8]) -> Option<Line<'_>> {
    let at = line.iter().take(9).position(|it| *it == b':')?;
    let name = line.get(..at).filter(|it| it.iter().all(u8::is_ascii_uppercase))?;
    let severity = level::of_name(name)?;
    let rest = line.get(at + 1..)?;
    let logger = rest.iter().take(super::MAX_WORD).position(|it| *it == b':')?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let message = rest.get(logger + 1..).filter(|_| rest.iter().take(logger).all(is_name))?;
    Some(Line { format: Format::Python, time: None, severity: Some(severity), message })
}

/// `[2026-11-23 09:26:53 +0000] [7] [ERROR] message`, behind the time's brackets.
pub(super) fn behind_brackets(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let (process, rest) = bracketed(trim_start(rest))?;
    let (name, rest) = bracketed(trim_start(rest))?;
    let severity = level::of_name(name).filter(|_| process.iter().all(u8::is_ascii_digit))?;
    let message = trim_start(rest);
    Some(Line { format: Format::Python, time: Some(time), severity: Some(severity), message })
}
