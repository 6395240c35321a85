//! Envoy: its access log in the default format, and its own log.

use super::{Format, Line, bracketed, trim_start};
use crate::enrich::level;
use crate::enrich::stamp::When;

/// `[2026-11-23T09:26:53.589Z] "GET / HTTP/1.1" 503 UF …`,
/// `[2026-11-23 09:26:53.589][1][warning][config] [file.cc:11] message`, behind the time's
/// brackets.
pub(super) fn behind_brackets(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let time = Some(time);
    if rest.starts_with(b" \"") {
        let message = trim_start(rest);
        return Some(Line { format: Format::Envoy, time, severity: None, message });
    }
    let (thread, rest) = bracketed(rest)?;
    let (name, rest) = bracketed(rest)?;
    let severity = level::of_name(name).filter(|_| thread.iter().all(u8::is_ascii_digit))?;
    let (_, message) = bracketed(rest)?;
    let message = trim_start(message);
    Some(Line { format: Format::Envoy, time, severity: Some(severity), message })
}
