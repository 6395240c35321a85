//! `docker compose logs`. The lines of Docker's own files are JSON.

use super::{Format, Line, split_at_byte, trim_start};

/// The longest name of a container that is looked for.
const REACH: usize = 64;

/// `checkout-1  | message`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let (name, rest) = split_at_byte(line, b'|', REACH)?;
    let name = name.strip_suffix(b" ")?.trim_ascii_end();
    let message = rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest))?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let is_container = name.iter().all(is_name) && name.last().is_some_and(u8::is_ascii_digit);
    let message = trim_start(message);
    is_container.then_some(Line { format: Format::Docker, time: None, severity: None, message })
}
