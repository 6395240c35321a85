//! Go's `log`, which has no levels.

use super::{Format, Line, leading_level, trim_start};
use crate::enrich::stamp;

/// `2026/11/23 09:26:53.589793 main.go:23: message`
#[must_use]
pub fn recognise(line: &[u8]) -> Option<Line<'_>> {
    if line.get(4) != Some(&b'/') {
        return None;
    }
    let (time, rest) = stamp::leading(line)?;
    let message = trim_start(rest);
    let level = leading_level(message, 2);
    Some(Line {
        format: Format::Go,
        time: Some(time),
        severity: level.map(|it| it.0),
        message: level.map_or(message, |it| it.1),
    })
}
