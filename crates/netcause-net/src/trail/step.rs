//! [`Step`]: one thing that a connect did or met.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netcause_fault::{Certificate, Evidence, Icmp, IcmpMeaning};

use crate::TcpInfo;

/// One thing that a connect did or met.
///
/// ```
/// use netcause_fault::Certificate;
/// use netcause_net::Step;
///
/// let seen = Certificate { subject: Some("CN=api.example".into()), ..Certificate::default() };
/// let step = Step::Certificate(Box::new(seen));
/// # assert!(matches!(step, Step::Certificate(_)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A name is being looked up.
    LookingUp,
    /// The lookup gave these addresses.
    Resolved(Vec<IpAddr>),
    /// The lookup failed.
    LookupFailed,
    /// An address is being connected to.
    Trying(SocketAddr),
    /// An address was tried and failed.
    Failed(Box<AddressFailure>),
    /// An address was being tried when another one was faster, or the caller gave up.
    GivenUp(Box<AddressFailure>),
    /// A connection of TCP stands.
    Connected {
        /// Our own address.
        local: SocketAddr,
        /// The peer's.
        peer: SocketAddr,
    },
    /// A connection of TCP stands, of which only the peer is known.
    Reached(SocketAddr),
    /// The peer's certificate, whatever came of it.
    Certificate(Box<Certificate<'static>>),
    /// Any other fact, for the fault that may follow.
    Fact(Evidence<'static>),
    /// The connection is ready for requests, with TLS where there is any.
    Ready,
}

/// What became of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressFailure {
    /// The address that was tried.
    pub address: SocketAddr,
    /// Our own address, where the kernel had chosen one.
    pub local: Option<SocketAddr>,
    /// The number that the kernel reported; none where a timer of ours ran out.
    pub os_error: Option<i32>,
    /// The kernel refused at once: no packet left this host.
    pub nothing_sent: bool,
    /// The limit of ours that ran out.
    pub limit: Option<Duration>,
    /// The message of ICMP that ended it.
    pub icmp: Option<Icmp>,
    /// Whether such a message would have been seen.
    pub would_see_icmp: bool,
    /// What the kernel counted.
    pub tcp: Option<TcpInfo>,
}

impl AddressFailure {
    /// A failure of which only the address is known.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        AddressFailure {
            address,
            local: None,
            os_error: None,
            nothing_sent: false,
            limit: None,
            icmp: None,
            would_see_icmp: false,
            tcp: None,
        }
    }

    /// Whether nothing came back until a limit ran out or the try was given up.
    pub(crate) fn is_silent(&self) -> bool {
        let counted = self.tcp.is_some_and(|it| it.segments_in == 0);
        self.os_error.is_none() && (counted || self.limit.is_some())
    }

    /// How much it tells: the peer's own words before silence, and silence before what this
    /// host decided by itself.
    pub(crate) fn weight(&self) -> u8 {
        let prohibits = |it: Icmp| it.meaning() == IcmpMeaning::Prohibited;
        match (self.os_error, self.tcp) {
            _ if self.icmp.is_some_and(prohibits) => 5,
            (Some(_), Some(tcp)) if tcp.segments_in > 0 => 4,
            // Somebody answered, also where the kernel was not asked who.
            (Some(code), None) if is_refusal(code) => 4,
            (Some(_), _) if self.icmp.is_some() => 3,
            (None, _) => 2,
            (Some(_), Some(tcp)) if tcp.segments_out > 0 => 2,
            _ => 1,
        }
    }
}

fn is_refusal(code: i32) -> bool {
    io::Error::from_raw_os_error(code).kind() == io::ErrorKind::ConnectionRefused
}
