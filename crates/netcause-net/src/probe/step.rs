//! What a probe did, step by step.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netcause_fault::{Certificate, Icmp};

use super::{NameServer, Protocol};
use crate::AddressFailure;

/// One step of a probe.
///
/// ```
/// use netcause_net::probe::{Probe, Step};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut failed = Vec::new();
/// let note = |step: &Step| failed.push(!step.is_well());
/// Probe::new("127.0.0.1", 1).run(note).await;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A name was looked up.
    Lookup(Lookup),
    /// An address was connected to.
    Connect(Connecting),
    /// The way to an address that did not answer was traced.
    Trace(Trace),
    /// Hands were shaken by TLS.
    Tls(Handshake),
    /// A request was made.
    Http(Exchange),
}

impl Step {
    /// Whether it did what it should.
    #[must_use]
    pub fn is_well(&self) -> bool {
        match self {
            Step::Lookup(it) => !it.answers.is_empty(),
            Step::Connect(it) => it.failure.is_none(),
            Step::Trace(_) => true,
            Step::Tls(it) => it.error.is_none(),
            Step::Http(it) => it.status.is_some_and(|status| status < 400),
        }
    }

    /// How long it took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match self {
            Step::Lookup(it) => it.elapsed,
            Step::Connect(it) => it.elapsed,
            Step::Trace(it) => it.elapsed,
            Step::Tls(it) => it.elapsed,
            Step::Http(it) => it.elapsed,
        }
    }
}

/// A name was looked up as every program of this host does it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Lookup {
    /// The name.
    pub name: String,
    /// How long it took.
    pub elapsed: Duration,
    /// Every address, in the order in which programs try them.
    pub answers: Vec<IpAddr>,
    /// What the name servers themselves said when they were asked after a failure.
    pub name_servers: Vec<NameServer>,
}

/// An address was connected to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Connecting {
    /// The address.
    pub address: SocketAddr,
    /// How long it took.
    pub elapsed: Duration,
    /// Our own address, where a connection stands.
    pub local: Option<SocketAddr>,
    /// Why none stands.
    pub failure: Option<AddressFailure>,
}

/// The way to an address was traced with packets that open a connection and live for one
/// router, two, and so on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Trace {
    /// The address.
    pub address: SocketAddr,
    /// How long it took.
    pub elapsed: Duration,
    /// The machines that answered, in order of their distance.
    pub hops: Vec<Hop>,
    /// After how many hops the peer itself answered, if it did.
    pub reached: Option<u8>,
}

impl Trace {
    /// The last machine that answered.
    #[must_use]
    pub fn last(&self) -> Option<&Hop> {
        self.hops.last()
    }
}

/// A machine on the way that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hop {
    /// Its distance: 1 is the next machine.
    pub number: u8,
    /// What it said.
    pub icmp: Icmp,
    /// How long that took.
    pub elapsed: Duration,
}

/// Hands were shaken by TLS, or not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Handshake {
    /// The name that the server was told.
    pub name: String,
    /// How long it took.
    pub elapsed: Duration,
    /// `TLSv1_3` and its like, once agreed on.
    pub version: Option<String>,
    /// The certificates that the peer presented, its own first; also when it was not accepted.
    pub chain: Vec<Certificate<'static>>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A request was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exchange {
    /// What was asked for.
    pub path: String,
    /// How long it took until the head of the answer was there.
    pub elapsed: Duration,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The field `Retry-After` of the answer.
    pub retry_after: Option<String>,
    /// Where a redirect leads, without query and fragment.
    pub location: Option<String>,
    /// What answered in another protocol.
    pub protocol: Option<Protocol>,
    /// Why there is no answer.
    pub error: Option<String>,
}
