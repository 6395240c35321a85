//! Kubernetes' klog, and glog, from which it comes.

use super::{Format, Line, split_at_byte};
use crate::enrich::{level, stamp};

/// How far behind the time the `]` before the message may be: thread, file and line.
const REACH: usize = 200;

/// `E1123 09:26:53.589793   1 reflector.go:147] message`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let (letter, rest) = line.split_first()?;
    let severity = level::of_letter(*letter).filter(|_| b"IWEF".contains(letter))?;
    let (time, rest) = stamp::leading_klog(rest)?;
    let (_, message) = split_at_byte(rest, b']', REACH)?;
    Some(Line {
        format: Format::Klog,
        time: Some(time),
        severity: Some(severity),
        message: message.trim_ascii_start(),
    })
}
