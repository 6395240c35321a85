//! Python's `logging`, with its default format and those of its frameworks.

use super::{Format, Line, bracketed, trim_start, word};
use crate::enrich::{level, stamp};

/// `2026-11-23 09:26:53,589 - name - ERROR - message`, `ERROR:name:message`,
/// `[2026-11-23 09:26:53 +0000] [7] [ERROR] message`
#[must_use]
pub fn recognise(line: &[u8]) -> Option<Line<'_>> {
    dashes(line).or_else(|| colons(line)).or_else(|| gunicorn(line))
}

fn dashes(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = stamp::leading(line)?;
    let (_, rest) = word(rest.strip_prefix(b" - ")?);
    let (name, rest) = word(rest.strip_prefix(b"- ")?);
    let severity = level::of_name(name)?;
    let message = trim_start(rest.strip_prefix(b"-")?);
    Some(Line { format: Format::Python, time: Some(time), severity: Some(severity), message })
}

fn colons(line: &[u8]) -> Option<Line<'_>> {
    let at = line.iter().take(9).position(|it| *it == b':')?;
    let name = line.get(..at).filter(|it| it.iter().all(u8::is_ascii_uppercase))?;
    let severity = level::of_name(name)?;
    let rest = line.get(at + 1..)?;
    let logger = rest.iter().take(super::MAX_WORD).position(|it| *it == b':')?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let message = rest.get(logger + 1..).filter(|_| rest.iter().take(logger).all(is_name))?;
    Some(Line { format: Format::Python, time: None, severity: Some(severity), message })
}

fn gunicorn(line: &[u8]) -> Option<Line<'_>> {
    let (inside, rest) = bracketed(line)?;
    let time = stamp::whole(inside)?;
    let (process, rest) = bracketed(trim_start(rest))?;
    let (name, rest) = bracketed(trim_start(rest))?;
    let severity = level::of_name(name).filter(|_| process.iter().all(u8::is_ascii_digit))?;
    let message = trim_start(rest);
    Some(Line { format: Format::Python, time: Some(time), severity: Some(severity), message })
}
