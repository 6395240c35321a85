//! Ruby's `Logger`, which Rails and Sidekiq use.

use super::{Format, Line, bracketed, split_at_byte, trim_start};
use crate::enrich::{level, stamp};

/// How far behind the time the `--` before the program's name may be.
const REACH: usize = 64;

/// `E, [2026-11-23T09:26:53.589793 #1234] ERROR -- : message`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let (letter, rest) = line.split_first()?;
    let severity = level::of_letter(*letter)?;
    let (inside, rest) = bracketed(rest.strip_prefix(b", ")?)?;
    let (time, _) = stamp::leading(inside)?;
    let head = rest.get(..REACH.min(rest.len()))?;
    let dashes = head.windows(3).position(|it| it == b"-- ")?;
    let behind = rest.get(dashes + 3..)?;
    let message = split_at_byte(behind, b':', REACH).map_or(behind, |(_, message)| message);
    Some(Line {
        format: Format::Rails,
        time: Some(time),
        severity: Some(severity),
        message: trim_start(message),
    })
}
