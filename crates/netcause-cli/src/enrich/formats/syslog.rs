//! Syslog: RFC 3164, RFC 5424, and the forms of `rsyslog`'s files and `journalctl`.

use netcause_record::Severity;

use super::{Format, Line, split_at_byte, trim_start, word};
use crate::enrich::level;
use crate::enrich::stamp::{self, When};

/// `<13>Nov 23 09:26:53 host app[7]: message`, the same with an ISO time,
/// `<165>1 2026-11-23T09:26:53.589Z host app 7 ID47 [x@1 a="b"] message`
pub(super) fn with_priority(line: &[u8]) -> Option<Line<'_>> {
    let (priority, rest) = split_at_byte(line.strip_prefix(b"<")?, b'>', 4)?;
    let priority: u64 = str::from_utf8(priority).ok()?.parse().ok()?;
    let severity = level::of_syslog(priority % 8);
    if let Some(rest) = rest.strip_prefix(b"1 ") {
        return rfc_5424(severity, rest);
    }
    let (time, rest) = stamp::leading_month(rest).or_else(|| stamp::leading(rest))?;
    rfc_3164(severity, time, rest)
}

/// `Nov 23 09:26:53 host app[7]: message`
pub(super) fn with_month(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = stamp::leading_month(line)?;
    rfc_3164(None, time, rest)
}

/// `2026-11-23T09:26:53.589793+00:00 host app[7]: message`, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Option<Line<'_>> {
    rfc_3164(None, time, rest)
}

fn rfc_3164(severity: Option<Severity>, time: When, rest: &[u8]) -> Option<Line<'_>> {
    let (host, rest) = word(rest.strip_prefix(b" ")?);
    let (tag, message) = word(rest);
    let tag = tag.strip_suffix(b":")?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./[]()@:".contains(byte);
    // `ERROR:` is a level, and such a line is no syslog.
    let has_level = level::of_word(host).or(level::of_word(tag)).is_some();
    let is_tag = !tag.is_empty() && tag.iter().all(is_name) && !has_level;
    is_tag.then_some(Line { format: Format::Syslog, time: Some(time), severity, message })
}

fn rfc_5424(severity: Option<Severity>, line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = word(line);
    // `-` stands for a time that is not known.
    let time = if time == b"-" { None } else { Some(stamp::whole(time)?) };
    // Host, program, process, id of the message.
    let rest = (0..4).fold(rest, |rest, _| word(rest).1);
    let message = match rest {
        [b'-', message @ ..] => message,
        [b'[', ..] => behind_elements(rest)?,
        _ => return None,
    };
    let message = trim_start(message);
    let message = message.strip_prefix("\u{feff}".as_bytes()).unwrap_or(message);
    Some(Line { format: Format::Syslog, time, severity, message })
}

/// What follows the structured data, whose values may hold an escaped `]`.
fn behind_elements(text: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        at += 1;
        loop {
            match text.get(at)? {
                b']' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        at += 1;
    }
    text.get(at..)
}
