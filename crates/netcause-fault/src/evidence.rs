//! The facts behind a cause.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::{Icmp, Limit, errno, text_duration};

/// One fact that a cause rests on. `Display` gives the sentence for records.
///
/// ```
/// use netcause_fault::Evidence;
/// assert_eq!(Evidence::OsError(111).to_string(), "the kernel reported ECONNREFUSED (111)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence<'a> {
    /// The operating system's error number.
    OsError(i32),
    /// A timer of this process ran out; the operating system reported nothing.
    OwnTimer(Option<Limit>),
    /// The connect limit ends before the first retransmission.
    ShortConnectLimit,
    /// A TLS alert that the peer sent.
    TlsAlert(Cow<'a, str>),
    /// The reason for which the peer reset a stream of HTTP/2 (RFC 9113 §7).
    StreamReset(u32),
    /// The reason with which the peer ended a connection of HTTP/2 (RFC 9113 §7).
    Goodbye(u32),
    /// The answer's status.
    Status(u16),
    /// The code of a database's or a broker's answer.
    Code(Cow<'a, str>),
    /// The pause that the peer asks for.
    RetryAfter(Duration),
    /// A certificate that had ended before the verification, and by how much.
    CertificateExpired(Duration),
    /// A certificate that starts after the verification, and by how much.
    CertificateNotYetValid(Duration),
    /// Taken from a fault seen before in the same span, and how long ago.
    Remembered(Duration),
    /// The address and port really called, where the port is not the target's own.
    OtherPort(IpAddr, u16),
    /// An ICMP message that ended the attempt, and who sent it.
    Icmp(Icmp),
    /// So many packets that open a connection were sent, and nothing came back.
    Unanswered(u32),
    /// The same on a socket that is not ours: an ICMP message may have come unseen.
    NoAnswer(u32),
    /// The connection was answered with a reset, and no ICMP message came.
    ResetOnConnect,
    /// The kernel refused at once, and no packet left this host.
    NothingSent,
    /// This process has never reached the peer.
    NeverReached,
    /// This process reached the peer that long ago.
    LastReached(Duration),
    /// So many calls to the peer have failed in a row, the first of them that long ago.
    FailuresInARow(u32, Duration),
    /// The peer's name resolved to other addresses the last time that it was reached.
    AddressesChanged,
    /// The peer's kernel acknowledged the whole request, and nothing came for that long.
    RequestAcknowledged(Duration),
    /// So many bytes were sent and not acknowledged, with so many retransmissions.
    Unacknowledged(u64, u32),
    /// A keep-alive probe was answered that long ago.
    ProbesAnswered(Duration),
    /// So many keep-alive probes were not answered.
    ProbesUnanswered(u32),
    /// What an ICMP message about packets of an open connection amounts to, as an errno; since
    /// then nothing was acknowledged.
    SoftError(i32),
    /// The connection had been used before, and idle for that long.
    Reused(Option<Duration>),
    /// The measured round trip to the peer.
    RoundTrip(Duration),
    /// What another address of the same name answered: an errno, or that a timer ran out.
    OtherAddress(IpAddr, Option<i32>),
    /// So many files are open, of so many that this process may open.
    OpenFiles(u64, u64),
    /// Any other fact, as a sentence.
    Note(Cow<'a, str>),
}

impl Evidence<'_> {
    /// The same fact, borrowing its text from this one.
    #[must_use]
    pub fn borrowed(&self) -> Evidence<'_> {
        match self {
            Evidence::TlsAlert(text) => Evidence::TlsAlert(Cow::Borrowed(text)),
            Evidence::Code(code) => Evidence::Code(Cow::Borrowed(code)),
            Evidence::Note(text) => Evidence::Note(Cow::Borrowed(text)),
            Evidence::OsError(code) => Evidence::OsError(*code),
            Evidence::StreamReset(code) => Evidence::StreamReset(*code),
            Evidence::Goodbye(code) => Evidence::Goodbye(*code),
            Evidence::OwnTimer(limit) => Evidence::OwnTimer(*limit),
            Evidence::ShortConnectLimit => Evidence::ShortConnectLimit,
            Evidence::Status(status) => Evidence::Status(*status),
            Evidence::RetryAfter(delay) => Evidence::RetryAfter(*delay),
            Evidence::CertificateExpired(by) => Evidence::CertificateExpired(*by),
            Evidence::CertificateNotYetValid(by) => Evidence::CertificateNotYetValid(*by),
            Evidence::Remembered(ago) => Evidence::Remembered(*ago),
            Evidence::OtherPort(address, port) => Evidence::OtherPort(*address, *port),
            Evidence::Icmp(it) => Evidence::Icmp(*it),
            Evidence::Unanswered(it) => Evidence::Unanswered(*it),
            Evidence::NoAnswer(it) => Evidence::NoAnswer(*it),
            Evidence::ResetOnConnect => Evidence::ResetOnConnect,
            Evidence::NothingSent => Evidence::NothingSent,
            Evidence::NeverReached => Evidence::NeverReached,
            Evidence::LastReached(it) => Evidence::LastReached(*it),
            Evidence::FailuresInARow(one, two) => Evidence::FailuresInARow(*one, *two),
            Evidence::AddressesChanged => Evidence::AddressesChanged,
            Evidence::RequestAcknowledged(it) => Evidence::RequestAcknowledged(*it),
            Evidence::Unacknowledged(one, two) => Evidence::Unacknowledged(*one, *two),
            Evidence::ProbesAnswered(it) => Evidence::ProbesAnswered(*it),
            Evidence::ProbesUnanswered(it) => Evidence::ProbesUnanswered(*it),
            Evidence::SoftError(it) => Evidence::SoftError(*it),
            Evidence::Reused(it) => Evidence::Reused(*it),
            Evidence::RoundTrip(it) => Evidence::RoundTrip(*it),
            Evidence::OtherAddress(one, two) => Evidence::OtherAddress(*one, *two),
            Evidence::OpenFiles(one, two) => Evidence::OpenFiles(*one, *two),
        }
    }

    /// The same fact, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Evidence<'static> {
        match self {
            Evidence::TlsAlert(text) => Evidence::TlsAlert(Cow::Owned(text.into_owned())),
            Evidence::Code(code) => Evidence::Code(Cow::Owned(code.into_owned())),
            Evidence::Note(text) => Evidence::Note(Cow::Owned(text.into_owned())),
            Evidence::OsError(code) => Evidence::OsError(code),
            Evidence::StreamReset(code) => Evidence::StreamReset(code),
            Evidence::Goodbye(code) => Evidence::Goodbye(code),
            Evidence::OwnTimer(limit) => Evidence::OwnTimer(limit),
            Evidence::ShortConnectLimit => Evidence::ShortConnectLimit,
            Evidence::Status(status) => Evidence::Status(status),
            Evidence::RetryAfter(delay) => Evidence::RetryAfter(delay),
            Evidence::CertificateExpired(by) => Evidence::CertificateExpired(by),
            Evidence::CertificateNotYetValid(by) => Evidence::CertificateNotYetValid(by),
            Evidence::Remembered(ago) => Evidence::Remembered(ago),
            Evidence::OtherPort(address, port) => Evidence::OtherPort(address, port),
            Evidence::Icmp(it) => Evidence::Icmp(it),
            Evidence::Unanswered(it) => Evidence::Unanswered(it),
            Evidence::NoAnswer(it) => Evidence::NoAnswer(it),
            Evidence::ResetOnConnect => Evidence::ResetOnConnect,
            Evidence::NothingSent => Evidence::NothingSent,
            Evidence::NeverReached => Evidence::NeverReached,
            Evidence::LastReached(it) => Evidence::LastReached(it),
            Evidence::FailuresInARow(one, two) => Evidence::FailuresInARow(one, two),
            Evidence::AddressesChanged => Evidence::AddressesChanged,
            Evidence::RequestAcknowledged(it) => Evidence::RequestAcknowledged(it),
            Evidence::Unacknowledged(one, two) => Evidence::Unacknowledged(one, two),
            Evidence::ProbesAnswered(it) => Evidence::ProbesAnswered(it),
            Evidence::ProbesUnanswered(it) => Evidence::ProbesUnanswered(it),
            Evidence::SoftError(it) => Evidence::SoftError(it),
            Evidence::Reused(it) => Evidence::Reused(it),
            Evidence::RoundTrip(it) => Evidence::RoundTrip(it),
            Evidence::OtherAddress(one, two) => Evidence::OtherAddress(one, two),
            Evidence::OpenFiles(one, two) => Evidence::OpenFiles(one, two),
        }
    }
}

impl fmt::Display for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::OsError(code) => match errno::name(*code) {
                Some(name) => write!(f, "the kernel reported {name} ({code})"),
                None => write!(f, "the kernel reported error {code}"),
            },
            Evidence::OwnTimer(Some(limit)) => {
                write!(f, "this process's own {limit} limit ran out; the kernel reported no error")
            }
            Evidence::OwnTimer(None) => {
                f.write_str("a timer of this process ran out; the kernel reported no error")
            }
            Evidence::ShortConnectLimit => {
                f.write_str("a connect limit under 1 s ends before the first retransmission")
            }
            Evidence::TlsAlert(alert) => write!(f, "the peer sent the TLS alert {alert}"),
            Evidence::StreamReset(code) => {
                write!(f, "the peer reset the HTTP/2 stream with {}", Http2Code(*code))
            }
            Evidence::Goodbye(code) => {
                write!(f, "the peer ended the HTTP/2 connection with {}", Http2Code(*code))
            }
            Evidence::Status(status) => write!(f, "the answer had status {status}"),
            Evidence::Code(code) => write!(f, "the peer answered with the code {code}"),
            Evidence::RetryAfter(delay) => {
                write!(f, "the peer asks to wait {}", crate::text_duration(*delay))
            }
            Evidence::CertificateExpired(by) => {
                write!(
                    f,
                    "the certificate ended {} before it was checked",
                    crate::long_duration(*by)
                )
            }
            Evidence::CertificateNotYetValid(by) => {
                write!(
                    f,
                    "the certificate starts {} after it was checked",
                    crate::long_duration(*by)
                )
            }
            Evidence::Remembered(ago) => {
                write!(
                    f,
                    "peer taken from the same failure {} ago in this span",
                    crate::text_duration(*ago)
                )
            }
            Evidence::OtherPort(address, port) => {
                let socket = SocketAddr::new(*address, *port);
                write!(f, "the call went to {socket}: a proxy, or an address set by hand")
            }
            Evidence::Note(text) => f.write_str(text),
            observed => observed.write_observed(f),
        }
    }
}

impl Evidence<'_> {
    /// What was seen on the network, or in the peer's history.
    fn write_observed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Icmp(icmp) => fmt::Display::fmt(icmp, f),
            Evidence::Unanswered(sent) => {
                write!(f, "{sent} SYN{} sent, no answer, no ICMP", plural(*sent))
            }
            Evidence::NoAnswer(sent) => write!(f, "{sent} SYN{} sent, no answer", plural(*sent)),
            Evidence::ResetOnConnect => f.write_str("a reset came back, and no ICMP message"),
            Evidence::NothingSent => {
                f.write_str("the kernel refused at once: no packet left this host")
            }
            Evidence::NeverReached => f.write_str("this peer was never reached since start"),
            Evidence::LastReached(ago) => {
                write!(f, "this peer was last reached {} ago", text_duration(*ago))
            }
            Evidence::FailuresInARow(1, since) => {
                write!(f, "1 failure, {} ago", text_duration(*since))
            }
            Evidence::FailuresInARow(count, since) => {
                write!(f, "{count} failures in a row, the first {} ago", text_duration(*since))
            }
            Evidence::AddressesChanged => f.write_str(
                "the name resolves to other addresses than when this peer was last reached",
            ),
            Evidence::OtherAddress(address, Some(code)) => {
                let name = errno::name(*code).unwrap_or("an unnamed error");
                write!(f, "{address} was tried, too: {name} ({code})")
            }
            Evidence::OtherAddress(address, None) => {
                write!(f, "{address} was tried, too: no answer in time")
            }
            Evidence::OpenFiles(open, limit) => {
                write!(f, "this process has {open} files open, of {limit} that it may open")
            }
            connection => connection.write_connection(f),
        }
    }

    /// What the kernel tells of a connection that stood.
    fn write_connection(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::RequestAcknowledged(silent) => {
                f.write_str("the peer's kernel acknowledged the whole request")?;
                match silent.as_millis() {
                    0 => Ok(()),
                    _ => write!(f, "; nothing more came for {}", text_duration(*silent)),
                }
            }
            Evidence::Unacknowledged(bytes, retransmissions) => {
                write!(
                    f,
                    "{bytes} byte{} sent and not acknowledged, after {retransmissions} retransmission{}",
                    plural(*bytes),
                    plural(*retransmissions),
                )
            }
            Evidence::ProbesAnswered(ago) => {
                write!(
                    f,
                    "the peer's kernel answered a keep-alive probe {} ago",
                    text_duration(*ago)
                )
            }
            Evidence::ProbesUnanswered(1) => f.write_str("a keep-alive probe was not answered"),
            Evidence::ProbesUnanswered(count) => {
                write!(f, "{count} keep-alive probes were not answered")
            }
            Evidence::SoftError(code) => {
                let name = errno::name(*code).unwrap_or("an unnamed error");
                write!(f, "an ICMP message about this connection came: {name} ({code})")
            }
            Evidence::Reused(Some(idle)) => {
                write!(f, "the connection was reused after {} idle", text_duration(*idle))
            }
            Evidence::Reused(None) => f.write_str("the connection had been used before"),
            Evidence::RoundTrip(time) => {
                write!(f, "a round trip to this peer takes {}", text_duration(*time))
            }
            _ => Ok(()),
        }
    }
}

fn plural(count: impl Into<u64>) -> &'static str {
    if count.into() == 1 { "" } else { "s" }
}

/// An error code of HTTP/2 by its name, else by its number.
struct Http2Code(u32);

impl fmt::Display for Http2Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match usize::try_from(self.0).ok().and_then(|code| HTTP2_CODES.get(code)) {
            Some(name) => f.write_str(name),
            None => write!(f, "error code {}", self.0),
        }
    }
}

/// RFC 9113 §7, by number.
const HTTP2_CODES: [&str; 14] = [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
];

#[cfg(test)]
mod tests {
    use super::Evidence;

    #[test]
    fn a_code_of_http2_has_its_name_and_an_unknown_one_its_number() {
        let reset = Evidence::StreamReset(7).to_string();
        assert_eq!(reset, "the peer reset the HTTP/2 stream with REFUSED_STREAM");
        let goodbye = Evidence::Goodbye(99).to_string();
        assert_eq!(goodbye, "the peer ended the HTTP/2 connection with error code 99");
    }
}
