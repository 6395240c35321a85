//! .NET's console logger, simple form, and Serilog's.

use netcause_record::Severity;

use super::{Format, Line, bracketed, trim_start, word};
use crate::enrich::level;
use crate::enrich::stamp::{self, When};

/// `2026-11-23 09:26:53 fail: Shop.Payment[0] …`, `2026-11-23 09:26:53.589 +00:00 [ERR] message`,
/// behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let rest = trim_start(rest);
    let (severity, rest) = console(rest).or_else(|| serilog(rest))?;
    Some(found(Some(time), severity, rest))
}

/// `fail: Shop.Payment[0] message`
pub(super) fn named(line: &[u8]) -> Option<Line<'_>> {
    console(line).map(|(severity, rest)| found(None, severity, rest))
}

/// `[09:26:53 ERR] message`, behind the brackets.
pub(super) fn behind_brackets<'a>(inside: &[u8], rest: &'a [u8]) -> Option<Line<'a>> {
    three_letters(inside).map(|severity| found(None, severity, rest))
}

fn console(text: &[u8]) -> Option<(Severity, &[u8])> {
    let (name, rest) = text.split_at_checked(4)?;
    let rest = rest.strip_prefix(b": ")?;
    let severity = match name {
        // The names of levels that the console logger writes.
        b"trce" | b"dbug" | b"info" | b"warn" | b"fail" | b"crit" => level::of_name(name)?,
        _ => return None,
    };
    let (category, message) = word(rest);
    category.ends_with(b"]").then_some((severity, message))
}

fn serilog(text: &[u8]) -> Option<(Severity, &[u8])> {
    let (inside, rest) = bracketed(text)?;
    Some((three_letters(inside)?, rest))
}

/// Serilog's three letters, behind a time of day or not.
fn three_letters(inside: &[u8]) -> Option<Severity> {
    let name = stamp::skip_clock(inside).map_or(inside, trim_start);
    if name.len() == 3 { level::of_word(name) } else { None }
}

fn found(time: Option<When>, severity: Severity, rest: &[u8]) -> Line<'_> {
    let message = trim_start(rest);
    Line { format: Format::DotNet, time, severity: Some(severity), message }
}
