//! What the kernel tells of a socket, asked for after a failure.
//!
//! Linux only; elsewhere nothing is asked and nothing is known.

#[cfg(target_os = "linux")]
mod error_queue;
mod evidence;
#[cfg(target_os = "linux")]
mod open_files;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod sock_diag;
mod tcp_info;

#[cfg(target_os = "linux")]
pub(crate) use self::error_queue::{is_in_progress, queue_errors, read_errors};
#[cfg(target_os = "linux")]
pub(crate) use self::open_files::exhausted;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::other::{
    between, connecting_to, exhausted, is_in_progress, queue_errors, read_errors, tcp_info,
};
#[cfg(target_os = "linux")]
pub(crate) use self::sock_diag::{between, connecting_to};
pub use self::tcp_info::TcpInfo;
#[cfg(target_os = "linux")]
pub(crate) use self::tcp_info::tcp_info;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::{EvidenceMode, settings};

/// A socket as the kernel lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) local: SocketAddr,
    pub(crate) peer: SocketAddr,
    pub(crate) tcp: Option<TcpInfo>,
}

/// Whether the kernel may be asked.
pub(crate) fn may_ask() -> bool {
    settings().evidence == EvidenceMode::Passive
}

/// Our own address that the kernel calls an address from, where a socket that is gone told
/// none. Nothing is sent: connecting a socket of UDP only asks the routing table.
pub(crate) fn source_toward(peer: SocketAddr) -> Option<IpAddr> {
    if !may_ask() {
        return None;
    }
    let any: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    socket.local_addr().ok().map(|it| it.ip()).filter(|it| !it.is_unspecified())
}
