//! HAProxy: the time that counts is that of the request, which has its year.

use super::{Format, Line, split_at_byte};
use crate::enrich::stamp;

/// How far into the line its time may be.
const REACH: usize = 200;

/// `Nov 23 09:26:53 lb haproxy[7]: 10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/<NOSRV> …`,
/// with or without the beginning that syslog adds.
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let own = match line.first() {
        Some(b'0'..=b'9') => line,
        _ => {
            let head = line.get(..REACH.min(line.len()))?;
            let is_named = |at: &usize| head.get(..*at).is_some_and(|it| it.ends_with(b"haproxy"));
            let at = memchr::memchr_iter(b'[', head).find(is_named)?;
            let (_, own) = split_at_byte(line.get(at + 1..)?, b':', 16)?;
            own.trim_ascii_start()
        }
    };
    let (client, rest) = split_at_byte(own, b'[', 64)?;
    let is_client = client.ends_with(b" ") && client.contains(&b':') && !client.contains(&b'-');
    let (time, rest) = stamp::leading_common(rest).filter(|_| is_client)?;
    rest.strip_prefix(b"] ")?;
    Some(Line { format: Format::HaProxy, time: Some(time), severity: None, message: own })
}
