//! nginx and Apache: error logs, and access logs in the common and the combined form.

use super::{Format, Line, bracketed, split_at_byte, trim_start};
use crate::enrich::level;
use crate::enrich::stamp::{self, When};

/// How far behind the address the time of an access log may be: names of users stand between.
const REACH: usize = 160;

/// `2026/11/23 09:26:53 [error] 31#31: *1 message`, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let (name, rest) = bracketed(rest.strip_prefix(b" ")?)?;
    let severity = level::of_name(name)?;
    let rest = trim_start(rest);
    // Process and thread: `31#31:`.
    let message = match split_at_byte(rest, b':', 24) {
        Some((process, message)) if process.contains(&b'#') => trim_start(message),
        _ => rest,
    };
    Some(Line { format: Format::Nginx, time: Some(time), severity: Some(severity), message })
}

/// `10.0.0.7 - - [23/Nov/2026:09:26:53 +0000] "GET / HTTP/1.1" 502 157 "-" "curl"`
pub(super) fn access(line: &[u8]) -> Option<Line<'_>> {
    let (before, rest) = split_at_byte(line, b'[', REACH)?;
    let (time, rest) = stamp::leading_common(rest).filter(|_| before.ends_with(b" "))?;
    let message = rest.strip_prefix(b"] \"").and_then(|_| rest.get(2..))?;
    Some(Line { format: Format::Nginx, time: Some(time), severity: None, message })
}

/// `[Mon Nov 23 09:26:53.589793 2026] [proxy:error] [pid 7] message`, behind the time's
/// brackets.
pub(super) fn behind_brackets<'a>(inside: &[u8], rest: &'a [u8]) -> Option<Line<'a>> {
    let time = apache_time(inside)?;
    let (module, rest) = bracketed(trim_start(rest))?;
    let name = module.rsplit(|it| *it == b':').next()?;
    let severity = level::of_name(name)?;
    let message = trim_start(rest);
    Some(Line { format: Format::Nginx, time: Some(time), severity: Some(severity), message })
}

/// `Mon Nov 23 09:26:53.589793 2026`
fn apache_time(text: &[u8]) -> Option<When> {
    let (_, date) = split_at_byte(text, b' ', 4)?;
    let (_, year) = stamp::leading_month(date)?;
    // Put in the order that is read: month, day, year, time.
    let mut ordered = [b' '; 48];
    let (day, clock) = date.split_at_checked(6)?;
    let clock = clock.strip_suffix(year)?;
    let parts = [day, year, clock];
    let mut at = 0;
    for part in parts {
        ordered.get_mut(at..at + part.len())?.copy_from_slice(part);
        at += part.len();
    }
    stamp::leading_month(ordered.get(..at)?).map(|(time, _)| time)
}
