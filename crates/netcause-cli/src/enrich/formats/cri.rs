//! The lines of Kubernetes' container runtimes, below `/var/log/pods`.

use super::{Format, Line};
use crate::enrich::stamp;

/// `2026-11-23T09:26:53.589793001Z stderr F message`
#[must_use]
pub fn recognise(line: &[u8]) -> Option<Line<'_>> {
    if line.get(10) != Some(&b'T') {
        return None;
    }
    let (time, rest) = stamp::leading(line)?;
    let rest = rest.strip_prefix(b" stdout ").or_else(|| rest.strip_prefix(b" stderr "))?;
    let message = match rest {
        [b'F' | b'P', b' ', message @ ..] => message,
        [b'F' | b'P'] => &[],
        _ => return None,
    };
    Some(Line { format: Format::Cri, time: Some(time), severity: None, message })
}
