//! [`Answer`]: what the first bytes of an answer are.

use std::fmt;
use std::time::{Duration, SystemTime};

/// What the bytes so far are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The head of an answer of HTTP/1.
    Head(Head),
    /// More has to come.
    Incomplete,
    /// Another protocol.
    Other(Protocol),
}

/// The head of an answer, as far as it matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) location: Option<String>,
}

/// What answered a request of HTTP/1.1 in another protocol.
///
/// ```
/// use netcause_net::probe::Protocol;
///
/// let greeting = Protocol::of(b"SSH-2.0-OpenSSH_9.9\r\n");
/// assert_eq!(
///     greeting.to_string(),
///     "the answer is one of SSH: it begins with \"SSH-2.0-OpenSSH_9.9\"",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// TLS: it alerts whoever does not shake hands.
    Tls,
    /// HTTP/2, spoken at once.
    Http2,
    /// One that is known by its greeting.
    Named(&'static str, String),
    /// One that is not known, with its first bytes as text.
    Unknown(String),
}

/// First bytes, and whose they are.
const GREETINGS: &[(&[u8], &str)] = &[
    (b"SSH-", "SSH"),         // RFC 4253 §4.2
    (b"220 ", "SMTP or FTP"), // RFC 5321 §4.2, RFC 959 §5.4
    (b"220-", "SMTP or FTP"),
    (b"+OK", "POP3 or Redis"), // RFC 1939 §4, RESP
    (b"* OK", "IMAP"),         // RFC 3501 §7.1
    (b"-ERR", "Redis"),
    (b"RFB ", "VNC"), // RFC 6143 §7.1.1
    (b"AMQP", "AMQP"),
    (b"INFO {", "NATS"),
];

/// More of a foreign answer than this is not shown.
const SHOWN: usize = 32;

impl Protocol {
    /// Of the first bytes of an answer that is not one of HTTP/1.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match *bytes {
            // An alert (21) or a handshake (22) of SSL 3 or any TLS (RFC 8446 §5.1).
            [21 | 22, 3, 0..=4, ..] => return Protocol::Tls,
            // SETTINGS of stream 0 (RFC 9113 §3.4).
            [_, _, _, 4, _, 0, 0, 0, 0, ..] => return Protocol::Http2,
            // Protocol 10 after a length of three bytes and the number 0.
            [_, _, 0, 0, 10, ref version @ ..] => return Protocol::Named("MySQL", shown(version)),
            _ => {}
        }
        let known = GREETINGS.iter().find(|(greeting, _)| bytes.starts_with(greeting));
        match known {
            Some((_, name)) => Protocol::Named(name, shown(bytes)),
            None => Protocol::Unknown(shown(bytes)),
        }
    }
}

/// The first line as text, what cannot be printed as `.`.
fn shown(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).find(|line| !line.is_empty());
    let printable = |byte: &u8| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' };
    line.unwrap_or_default().iter().take(SHOWN).map(printable).collect()
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Protocol::Tls => f.write_str("the answer is one of TLS: this port wants https"),
            Protocol::Http2 => f.write_str("the answer is one of HTTP/2, to a request of HTTP/1.1"),
            Protocol::Named(name, text) => {
                write!(f, "the answer is one of {name}: it begins with {text:?}")
            }
            Protocol::Unknown(text) => write!(f, "the answer is not HTTP: it begins with {text:?}"),
        }
    }
}

impl Answer {
    pub(super) fn read(bytes: &[u8]) -> Self {
        const HTTP: &[u8] = b"HTTP/1.";
        let compared = bytes.len().min(HTTP.len());
        if bytes.get(..compared) != HTTP.get(..compared) {
            return Answer::Other(Protocol::of(bytes));
        }
        let Some(end) = end_of_head(bytes) else { return Answer::Incomplete };
        let (head, rest) = bytes.split_at(end);
        let text = String::from_utf8_lossy(head);
        match Head::parse(&text) {
            // The real answer follows (RFC 9110 §15.2).
            Some(Head { status: 100..200, .. }) => match rest {
                [] => Answer::Incomplete,
                rest => Answer::read(rest),
            },
            Some(head) => Answer::Head(head),
            None => Answer::Other(Protocol::of(bytes)),
        }
    }
}

/// Where the head ends, behind its empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let is_end = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        rest.starts_with(b"\n\r\n") || rest.starts_with(b"\n\n")
    };
    let at = (0..bytes.len()).find(is_end)?;
    let carriage = usize::from(bytes.get(at + 1) == Some(&b'\r'));
    Some(at + 2 + carriage)
}

impl Head {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (_, rest) = lines.next()?.split_once(' ')?;
        let status = rest.split(' ').next().filter(|it| it.len() == 3)?.parse().ok()?;
        let mut head = Head { status, retry_after: None, location: None };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("retry-after") {
                head.retry_after = Some(value.to_owned());
            } else if name.eq_ignore_ascii_case("location") {
                head.location = Some(without_query(value).to_owned());
            }
        }
        Some(head)
    }

    /// The pause that it asks for: seconds, or the time until a date (RFC 9110 §10.2.3).
    pub(super) fn pause(&self, now: SystemTime) -> Option<Duration> {
        let text = self.retry_after.as_deref()?;
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
    }
}

/// What may hold secrets is left out.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
