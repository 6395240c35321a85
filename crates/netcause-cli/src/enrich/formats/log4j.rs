//! log4j, logback, and the many others that write a time and then a level, or the reverse.

use super::{Format, Line, bracketed, leading_level, trim_start, word};
use crate::enrich::stamp::{self, When};

/// A level stands among the first words behind the time: thread, process and the like may
/// stand before it.
const WORDS: usize = 4;

/// `2026-11-23 09:26:53,589 [main] ERROR com.example.Pool - message`,
/// `[2026-11-23T09:26:53,589][ERROR][o.e.x.Y] message`, `WARN  [2026-11-23 09:26:53,589] x: …`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    match leading_time(line) {
        Some((time, rest)) => Some(behind(time, rest)),
        None => level_first(line),
    }
}

/// The same, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Line<'_> {
    behind(Some(time), rest)
}

fn behind(time: Option<When>, rest: &[u8]) -> Line<'_> {
    let level = leading_level(rest, WORDS);
    Line {
        format: Format::Log4j,
        time,
        severity: level.map(|it| it.0),
        message: trim_start(level.map_or(rest, |it| it.1)),
    }
}

/// A time, in brackets or not; one of an unknown day only where a level follows it.
fn leading_time(line: &[u8]) -> Option<(Option<When>, &[u8])> {
    if let Some((inside, rest)) = bracketed(line) {
        return stamp::whole(inside).map(|time| (Some(time), rest));
    }
    if let Some((time, rest)) = stamp::leading(line) {
        return Some((Some(time), rest));
    }
    let rest = stamp::skip_clock(line)?;
    leading_level(rest, WORDS).map(|_| (None, rest))
}

/// `WARN  [2026-11-23 09:26:53,589] …`, `ERROR 2026-11-23 09:26:53 …`,
/// `[main] ERROR com.example.Pool - …`
pub(super) fn level_first(line: &[u8]) -> Option<Line<'_>> {
    let (severity, rest) = leading_level(line, 2)?;
    let (first, _) = word(line);
    let (time, message) = match leading_time(rest) {
        Some((time, message)) => (time, message),
        None if first.first() == Some(&b'[') => (None, rest),
        None => return None,
    };
    Some(Line {
        format: Format::Log4j,
        time,
        severity: Some(severity),
        message: trim_start(message),
    })
}
