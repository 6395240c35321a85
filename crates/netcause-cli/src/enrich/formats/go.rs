//! Go's `log`, which has no levels.

use super::{Format, Line, leading_level, trim_start};
use crate::enrich::stamp::When;

/// `2026/11/23 09:26:53.589793 main.go:23: message`, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Line<'_> {
    let message = trim_start(rest);
    let level = leading_level(message, 2);
    Line {
        format: Format::Go,
        time: Some(time),
        severity: level.map(|it| it.0),
        message: level.map_or(message, |it| it.1),
    }
}
