//! [`Icmp`]: the kernel's record of a message that ended an attempt.

use std::fmt;
use std::net::IpAddr;

/// An ICMP message that ended an attempt to connect: type, code, and the machine that sent it.
///
/// Linux keeps it in the socket's error queue (`IP_RECVERR`, ip(7)).
///
/// ```
/// use netcause_fault::{Icmp, IcmpMeaning, IcmpSender};
///
/// let record = Icmp {
///     v6: false,
///     kind: 3,
///     code: 13,
///     sender: Some([192, 0, 2, 1].into()),
///     from: IcmpSender::Between,
/// };
/// assert_eq!(record.meaning(), IcmpMeaning::Prohibited);
/// assert_eq!(
///     record.to_string(),
///     "192.0.2.1 answered that this is administratively prohibited (ICMP 3/13)",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icmp {
    /// Whether it is a message of ICMPv6.
    pub v6: bool,
    /// The type.
    pub kind: u8,
    /// The code.
    pub code: u8,
    /// The address of the machine that sent it.
    pub sender: Option<IpAddr>,
    /// Who that is.
    pub from: IcmpSender,
}

/// Who sent an ICMP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpSender {
    /// This host itself: a rule of its own, or a neighbour that does not answer.
    ThisHost,
    /// The host that was called.
    Peer,
    /// Another machine.
    Between,
}

/// What an ICMP message states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IcmpMeaning {
    /// A policy forbids it: 3/9, 3/10, 3/13 (RFC 1812 §5.2.7.1); ICMPv6 1/1, 1/5, 1/6 (RFC 4443 §3.1).
    Prohibited,
    /// The port is rejected: 3/3; ICMPv6 1/4. A closed TCP port answers with a reset instead.
    PortRejected,
    /// No way leads there: 3/0, 3/1 and their kin; ICMPv6 1/0, 1/3.
    NoWay,
    /// The packet lived too short: 11/0; ICMPv6 3/0.
    TimeExceeded,
    /// Anything else.
    Other,
}

impl Icmp {
    /// What the message states.
    #[must_use]
    pub fn meaning(&self) -> IcmpMeaning {
        match (self.v6, self.kind, self.code) {
            (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6) => IcmpMeaning::Prohibited,
            (false, 3, 3) | (true, 1, 4) => IcmpMeaning::PortRejected,
            (false, 3, 0 | 1 | 6..=8 | 11 | 12) | (true, 1, 0 | 2 | 3) => IcmpMeaning::NoWay,
            (false, 11, 0) | (true, 3, 0) => IcmpMeaning::TimeExceeded,
            _ => IcmpMeaning::Other,
        }
    }
}

impl fmt::Display for Icmp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.sender) {
            (IcmpSender::ThisHost, _) => f.write_str("this host itself answered")?,
            (IcmpSender::Peer, Some(sender)) => write!(f, "the peer's host {sender} answered")?,
            (IcmpSender::Between, Some(sender)) => write!(f, "{sender} answered")?,
            (_, None) => f.write_str("a machine on the way answered")?,
        }
        f.write_str(match self.meaning() {
            IcmpMeaning::Prohibited => " that this is administratively prohibited",
            IcmpMeaning::PortRejected => " that the port is unreachable",
            // What the kernel says when nobody answers ARP or neighbour discovery.
            IcmpMeaning::NoWay if self.from == IcmpSender::ThisHost => {
                " that nothing was heard of the next machine on the way"
            }
            IcmpMeaning::NoWay => " that no way leads there",
            IcmpMeaning::TimeExceeded => " that the packet passed too many routers",
            IcmpMeaning::Other => " that it could not be delivered",
        })?;
        let version = if self.v6 { "ICMPv6" } else { "ICMP" };
        write!(f, " ({version} {}/{})", self.kind, self.code)
    }
}
