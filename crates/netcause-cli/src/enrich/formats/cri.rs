//! The lines of Kubernetes' container runtimes, below `/var/log/pods`.

use super::{Format, Line};
use crate::enrich::stamp::When;

/// `2026-11-23T09:26:53.589793001Z stderr F message`, behind the time.
pub(super) fn behind_time(time: When, rest: &[u8]) -> Option<Line<'_>> {
    let rest = rest.strip_prefix(b" stdout ").or_else(|| rest.strip_prefix(b" stderr "))?;
    let message = match rest {
        [b'F' | b'P', b' ', message @ ..] => message,
        [b'F' | b'P'] => &[],
        _ => return None,
    };
    Some(Line { format: Format::Cri, time: Some(time), severity: None, message })
}
