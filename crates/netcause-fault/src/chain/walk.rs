//! From one link to the next, by the standard library's types alone.

use std::error::Error;
use std::fmt::{self, Write};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use arrayvec::ArrayString;

use super::MAX_LINKS;
use crate::downcast::downcast;
use crate::{WithFault, errno};

/// What follows a link.
pub(super) enum Step<'e> {
    /// A link that prints as this one does: only one of the two needs to be printed.
    SameText(&'e (dyn Error + 'static)),
    /// The link's source.
    Source(Option<&'e (dyn Error + 'static)>),
}

/// The next link. `io::Error::source()` skips its own payload and an `Arc` cannot be
/// downcast to what it holds, so both are opened here.
#[inline]
pub(super) fn step<'e>(error: &'e (dyn Error + 'static)) -> Step<'e> {
    if let Some(io) = downcast::<io::Error>(error) {
        return match io.get_ref() {
            Some(payload) => Step::SameText(payload),
            None => Step::Source(None),
        };
    }
    match transparent(error) {
        Some(inner) => Step::SameText(inner),
        None => Step::Source(error.source()),
    }
}

/// A chain's links, from the outermost inward.
pub(crate) fn links<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let next = |link: &&'e (dyn Error + 'static)| match step(*link) {
        Step::SameText(next) => Some(next),
        Step::Source(next) => next,
    };
    std::iter::successors(Some(error), next).take(MAX_LINKS)
}

fn transparent<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    if let Some(shared) = downcast::<Arc<dyn Error + Send + Sync>>(error) {
        return Some(&**shared);
    }
    if let Some(shared) = downcast::<Arc<io::Error>>(error) {
        return Some(&**shared);
    }
    if let Some(boxed) = downcast::<Box<io::Error>>(error) {
        return Some(&**boxed);
    }
    downcast::<WithFault>(error).map(|with_fault| with_fault.error())
}

/// Prints an error, of which is known whether the operating system reported it. What was
/// written counts: it ends early where the buffer is full, or by the error's own fault.
pub(super) fn render(
    error: &(dyn Error + 'static),
    os: Option<(i32, &'static str)>,
    out: &mut impl Write,
) {
    let _ = match os {
        Some((code, text)) => render_os(code, text, out),
        None => write!(out, "{error}"),
    };
}

/// Prints an error of the operating system as the standard library does, from our own table.
fn render_os(code: i32, text: &str, out: &mut impl Write) -> fmt::Result {
    let mut number = itoa::Buffer::new();
    let parts = [text, " (os error ", number.format(code.unsigned_abs()), ")"];
    // One long write costs less than four short ones.
    let mut whole = ArrayString::<128>::new();
    if parts.iter().all(|part| whole.try_push_str(part).is_ok()) {
        return out.write_str(&whole);
    }
    parts.iter().try_for_each(|part| out.write_str(part))
}

/// The number and the text of an error that the operating system reported.
pub(super) fn os_error(error: &(dyn Error + 'static)) -> Option<(i32, &'static str)> {
    let code = downcast::<io::Error>(error)?.raw_os_error()?;
    Some((code, errno::text(code)?))
}

/// Whether the text is the standard library's own: no number and no payload gave it.
pub(super) fn is_of_std(error: &(dyn Error + 'static)) -> bool {
    let plain = |io: &io::Error| io.raw_os_error().is_none() && io.get_ref().is_none();
    downcast::<io::Error>(error).is_some_and(plain)
}

/// What stands before the address there.
const BEFORE_ADDRESS: &str = "ConnectError(\"tcp connect error\", ";

/// The address that hyper-util's private `ConnectError` shows in its `Debug` output only:
/// `ConnectError("tcp connect error", 127.0.0.1:1, …)`.
pub(super) fn peer_of_connect_error(error: &dyn Error) -> Option<SocketAddr> {
    let mut head = HeadWriter::default();
    // Ends by itself with an error once the address is there.
    let _ = write!(head, "{error:?}");
    let rest = head.text.strip_prefix(BEFORE_ADDRESS)?;
    let end = rest.bytes().position(|byte| matches!(byte, b',' | b')'));
    let address = rest.get(..end.unwrap_or(rest.len()))?;
    socket_v4(address).or_else(|| address.parse().ok())
}

/// An address such as `10.3.7.19:80`; the standard library takes three times as long.
fn socket_v4(text: &str) -> Option<SocketAddr> {
    let mut parts = [0_u32; 5];
    let (mut at, mut digits) = (0, 0);
    for byte in text.bytes() {
        let part = parts.get_mut(at)?;
        match byte {
            b'0'..=b'9' if digits == 0 || (*part != 0 && digits < 5) => {
                *part = *part * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' | b':' if digits > 0 && (byte == b':') == (at == 3) => (at, digits) = (at + 1, 0),
            _ => return None,
        }
    }
    let [a, b, c, d, port] = parts;
    let ip = [u8::try_from(a), u8::try_from(b), u8::try_from(c), u8::try_from(d)];
    let [Ok(a), Ok(b), Ok(c), Ok(d)] = ip else { return None };
    (at == 4 && digits > 0).then_some(SocketAddr::from(([a, b, c, d], u16::try_from(port).ok()?)))
}

/// Takes the first two fields and then ends the formatting, so that the error inside,
/// which may be long and which allocates, is not printed. Ends it at once for other types.
#[derive(Default)]
struct HeadWriter {
    text: ArrayString<128>,
    commas: u8,
    writes: u8,
}

impl Write for HeadWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.is_empty() && !text.starts_with("ConnectError") {
            return Err(fmt::Error);
        }
        self.text.try_push_str(text).map_err(|_| fmt::Error)?;
        self.writes = self.writes.checked_add(1).ok_or(fmt::Error)?;
        self.commas += u8::from(text.ends_with(", "));
        if self.commas < 2 { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::socket_v4;

    #[test]
    fn an_address_is_read_as_the_standard_library_does_or_left_to_it() {
        for text in ["10.3.7.19:8080", "0.0.0.0:0", "255.255.255.255:65535", "1.2.3.4:1"] {
            assert_eq!(socket_v4(text), text.parse().ok(), "{text}");
        }
        for text in [
            "",
            ":",
            "1.2.3.4",
            "1.2.3:4",
            "1.2.3.4.5:6",
            "1.2.3.4:",
            "1.2.3.4:5:6",
            "256.2.3.4:5",
            "01.2.3.4:5",
            "1.2.3.4:65536",
            "1.2.3.4:999999",
            "1..3.4:5",
            "a.b.c.d:5",
            "[::1]:80",
            "1:2.3.4.5",
            "+1.2.3.4:5",
        ] {
            assert_eq!(socket_v4(text), None, "{text}");
        }
    }
}
