//! `TCP_INFO` (tcp(7)): what the kernel counts for one connection.

use std::net::SocketAddr;

/// What the kernel counts for one connection of TCP, as far as a failure is judged by it.
///
/// Fields and their places are those of `struct tcp_info` in Linux' `include/uapi/linux/tcp.h`.
///
/// ```
/// use netcause_net::TcpInfo;
///
/// assert_eq!(TcpInfo::parse(&[1, 0, 0]), None); // cut short
/// assert_eq!(TcpInfo::parse(&[1; 232]).map(|info| info.is_established()), Some(true));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcpInfo {
    /// The state: 1 is established, 2 connecting, 7 closed.
    pub state: u8,
    /// Retransmissions in a row that were not answered.
    pub retransmits: u8,
    /// Keep-alive probes in a row that were not answered.
    pub probes: u8,
    /// How often the retransmission timer was doubled.
    pub backoff: u8,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Milliseconds since data was last sent.
    pub last_data_sent: u32,
    /// Milliseconds since data last came.
    pub last_data_received: u32,
    /// Milliseconds since an acknowledgement last came.
    pub last_ack_received: u32,
    /// The smoothed round trip in microseconds; 0 before the first one.
    pub rtt: u32,
    /// Retransmissions in all.
    pub total_retransmits: u32,
    /// Bytes acknowledged by the peer's kernel; the SYN counts as one.
    pub bytes_acked: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Segments sent.
    pub segments_out: u32,
    /// Segments received.
    pub segments_in: u32,
    /// Bytes that the program wrote and that were not sent yet.
    pub bytes_unsent: u32,
    /// Bytes sent, retransmissions included.
    pub bytes_sent: u64,
    /// Bytes sent again.
    pub bytes_retransmitted: u64,
}

impl TcpInfo {
    /// Reads the bytes that the kernel gives; `None` where they end before the counters that
    /// every kernel has.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let byte = |at: usize| bytes.get(at).copied();
        let short = |at: usize| bytes.get(at..)?.first_chunk().map(|it| u32::from_ne_bytes(*it));
        let long = |at: usize| bytes.get(at..)?.first_chunk().map(|it| u64::from_ne_bytes(*it));
        Some(TcpInfo {
            state: byte(0)?,
            retransmits: byte(2)?,
            probes: byte(3)?,
            backoff: byte(4)?,
            unacked: short(24)?,
            last_data_sent: short(44)?,
            last_data_received: short(52)?,
            last_ack_received: short(56)?,
            rtt: short(68)?,
            total_retransmits: short(100)?,
            bytes_acked: long(120).unwrap_or(0),
            bytes_received: long(128).unwrap_or(0),
            segments_out: short(136).unwrap_or(0),
            segments_in: short(140).unwrap_or(0),
            bytes_unsent: short(144).unwrap_or(0),
            bytes_sent: long(200).unwrap_or(0),
            bytes_retransmitted: long(208).unwrap_or(0),
        })
    }

    /// The counters of the connection between two addresses, whoever owns the socket, as long
    /// as it exists in this network namespace; Linux only.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let stream = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// let counters = netcause_net::TcpInfo::between(stream.local_addr()?, stream.peer_addr()?);
    /// # #[cfg(target_os = "linux")]
    /// assert!(counters.is_some_and(|it| it.is_established()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn between(local: SocketAddr, peer: SocketAddr) -> Option<Self> {
        if super::may_ask() { super::between(local, peer) } else { None }
    }

    /// Whether the connection stands.
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.state == ESTABLISHED
    }

    /// Bytes of data sent and not acknowledged by the peer's kernel.
    #[must_use]
    pub fn unacked_bytes(&self) -> u64 {
        let sent = self.bytes_sent.saturating_sub(self.bytes_retransmitted);
        sent.saturating_sub(self.bytes_acked.saturating_sub(1))
    }
}

const ESTABLISHED: u8 = 1;

#[cfg(target_os = "linux")]
mod option {
    use nix::libc;
    use nix::{getsockopt_impl, sockopt_impl};

    // As far as `tcpi_bytes_retrans` of Linux 4.19; nix demands that the kernel fills all of it.
    sockopt_impl!(TcpInfoBytes, GetOnly, libc::IPPROTO_TCP, libc::TCP_INFO, [u8; 216]);
}

/// The counters of a socket now.
#[cfg(target_os = "linux")]
pub(crate) fn tcp_info(socket: &impl std::os::fd::AsFd) -> Option<TcpInfo> {
    use std::sync::LazyLock;

    static IS_LONG: LazyLock<bool> = LazyLock::new(kernel_gives_all);
    if !*IS_LONG {
        return None;
    }
    TcpInfo::parse(&nix::sys::socket::getsockopt(socket, option::TcpInfoBytes).ok()?)
}

/// Whether this kernel's structure reaches as far as what is read: since Linux 4.19.
#[cfg(target_os = "linux")]
fn kernel_gives_all() -> bool {
    let name = nix::sys::utsname::uname().ok();
    let release = name.as_ref().and_then(|it| it.release().to_str()).unwrap_or_default();
    let mut numbers = release.split(['.', '-']).map_while(|it| it.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (4, 19)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TcpInfo;

    proptest! {
        #[test]
        fn bytes_that_are_cut_are_read_as_far_as_they_go(bytes: Vec<u8>, cut in 0_usize..300) {
            let long: Vec<u8> = bytes.iter().copied().cycle().take(300).collect();
            if let (Some(whole), Some(cut)) = (TcpInfo::parse(&long), TcpInfo::parse(&long[..cut.min(long.len())])) {
                prop_assert_eq!(cut.total_retransmits, whole.total_retransmits);
                prop_assert!([0, whole.bytes_sent].contains(&cut.bytes_sent));
            }
            prop_assert_eq!(TcpInfo::parse(&bytes).is_some(), bytes.len() >= 104);
        }
    }
}
