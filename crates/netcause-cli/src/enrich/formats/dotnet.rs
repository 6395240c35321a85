//! .NET's console logger, simple form, and Serilog's.

use netcause_record::Severity;

use super::{Format, Line, bracketed, trim_start, word};
use crate::enrich::level;
use crate::enrich::stamp::{self, When};

/// The names of levels that the console logger writes.
const NAMES: &[&[u8]] = &[b"trce", b"dbug", b"info", b"warn", b"fail", b"crit"];

/// `fail: Shop.Payment[0] message`, `2026-11-23 09:26:53 fail: Shop.Payment[0] …`,
/// `[09:26:53 ERR] message`, `2026-11-23 09:26:53.589 +00:00 [ERR] message`
#[must_use]
pub fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = match stamp::leading(line) {
        Some((time, rest)) => (Some(time), trim_start(rest)),
        None => (None, line),
    };
    let (severity, rest) = console(rest).or_else(|| serilog(rest))?;
    Some(found(time, severity, trim_start(rest)))
}

fn console(text: &[u8]) -> Option<(Severity, &[u8])> {
    let (name, rest) = text.split_at_checked(4)?;
    let rest = rest.strip_prefix(b": ").filter(|_| NAMES.contains(&name))?;
    let (category, message) = word(rest);
    let severity = level::of_name(name)?;
    category.ends_with(b"]").then_some((severity, message))
}

/// Serilog's three letters, behind a time of day or not.
fn serilog(text: &[u8]) -> Option<(Severity, &[u8])> {
    let (inside, rest) = bracketed(text)?;
    let inside = stamp::skip_clock(inside).map_or(inside, trim_start);
    let severity = level::of_word(inside).filter(|_| inside.len() == 3)?;
    Some((severity, rest))
}

fn found(time: Option<When>, severity: Severity, message: &[u8]) -> Line<'_> {
    Line { format: Format::DotNet, time, severity: Some(severity), message }
}
