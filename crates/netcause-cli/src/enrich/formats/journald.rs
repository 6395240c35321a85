//! `journalctl -o export`: each field of an entry is a line of its own.

use super::{Format, Line, split_at_byte};
use crate::enrich::{level, stamp};

/// `MESSAGE=dial tcp: i/o timeout`, `PRIORITY=3`, `__REALTIME_TIMESTAMP=1795426013589793`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let (name, value) = split_at_byte(line, b'=', 64)?;
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    if !name.iter().all(is_name) {
        return None;
    }
    let mut found = Line { format: Format::Journald, time: None, severity: None, message: value };
    match name {
        b"PRIORITY" => {
            let priority = str::from_utf8(value).ok().and_then(|it| it.parse().ok());
            found.severity = priority.and_then(level::of_syslog);
        }
        b"__REALTIME_TIMESTAMP" | b"_SOURCE_REALTIME_TIMESTAMP" => {
            found.time = stamp::of_number(value);
        }
        _ => {}
    }
    Some(found)
}
