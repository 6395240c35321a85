//! The error queue of a socket (ip(7), ipv6(7)): the ICMP message that ended an attempt.

use std::net::{IpAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use netcause_fault::{Icmp, IcmpSender};
use nix::libc::{self, sock_extended_err};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};
use tokio::net::TcpStream;

/// More messages than this about one attempt tell nothing new.
const MESSAGES: usize = 4;

/// Has the kernel queue errors of a socket, or not; must be on before `connect`, and off once
/// the connection stands: else a single ICMP message breaks it. Best effort: a sandbox may refuse.
pub(crate) fn queue_errors(socket: &impl AsFd, v6: bool, on: bool) {
    let _ = match v6 {
        true => setsockopt(socket, sockopt::Ipv6RecvErr, &on),
        false => setsockopt(socket, sockopt::Ipv4RecvErr, &on),
    };
}

/// Takes the ICMP messages about a socket out of its queue, and gives the last one with the
/// error that the kernel makes of it. Never blocks.
pub(crate) fn read_errors(socket: &TcpStream, peer: IpAddr) -> Option<(Icmp, i32)> {
    let messages = std::iter::from_fn(|| read_error(socket));
    let (error, sender) = messages.take(MESSAGES).flatten().last()?;
    Some((icmp(&error, sender, peer)?, i32::try_from(error.ee_errno).ok()?))
}

/// A connect that has begun and not ended.
pub(crate) fn is_in_progress(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS)
}

type Message = (sock_extended_err, Option<IpAddr>);

/// The next message; `Some(None)` where it is of another kind.
fn read_error(socket: &TcpStream) -> Option<Option<Message>> {
    let mut control = nix::cmsg_space!(sock_extended_err, libc::sockaddr_in6);
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let descriptor = socket.as_fd().as_raw_fd();
    let received =
        recvmsg::<SockaddrStorage>(descriptor, &mut [], Some(&mut control), flags).ok()?;
    Some(received.cmsgs().ok()?.find_map(|message| match message {
        ControlMessageOwned::Ipv4RecvErr(error, sender) => {
            let sender = sender.map(|it| IpAddr::from(it.sin_addr.s_addr.to_ne_bytes()));
            Some((error, sender))
        }
        ControlMessageOwned::Ipv6RecvErr(error, sender) => {
            Some((error, sender.map(|it| IpAddr::from(it.sin6_addr.s6_addr))))
        }
        _ => None,
    }))
}

/// An entry as a message of ICMP; the kernel queues entries of its own, too.
fn icmp(error: &sock_extended_err, sender: Option<IpAddr>, peer: IpAddr) -> Option<Icmp> {
    let v6 = match error.ee_origin {
        libc::SO_EE_ORIGIN_ICMP => false,
        libc::SO_EE_ORIGIN_ICMP6 => true,
        _ => return None,
    };
    let sender = sender.filter(|it| !it.is_unspecified());
    let from = match sender {
        Some(sender) if is_own(sender) => IcmpSender::ThisHost,
        Some(sender) if sender == peer => IcmpSender::Peer,
        _ => IcmpSender::Between,
    };
    Some(Icmp { v6, kind: error.ee_type, code: error.ee_code, sender, from })
}

/// Whether an address is one of this host's: only those can be bound.
fn is_own(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}
