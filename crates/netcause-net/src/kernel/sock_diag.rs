//! Sockets that are not ours, by their addresses: `NETLINK_SOCK_DIAG` (sock_diag(7)).
//!
//! It needs no privileges and sees the sockets of this network namespace. Messages are those
//! of Linux' `include/uapi/linux/inet_diag.h`.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;

use nix::libc;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto,
    setsockopt, socket, sockopt,
};
use nix::sys::time::TimeVal;

use super::{Listed, TcpInfo};

/// The counters of the connection between two addresses.
pub(crate) fn between(local: SocketAddr, peer: SocketAddr) -> Option<TcpInfo> {
    let request = request(local.is_ipv6(), ANY_STATE, Some((local, peer)));
    ask(&request, |_| true)?.pop()?.tcp
}

/// The connects in progress to any of these addresses; port 0 stands for any.
pub(crate) fn connecting_to(peers: &[SocketAddr]) -> Vec<Listed> {
    let is_meant = |it: &Listed| {
        let same = |peer: &SocketAddr| peer.ip() == it.peer.ip();
        let port = |peer: &SocketAddr| [0, it.peer.port()].contains(&peer.port());
        peers.iter().any(|peer| same(peer) && port(peer))
    };
    let families =
        [false, true].into_iter().filter(|v6| peers.iter().any(|it| it.is_ipv6() == *v6));
    let listed = families.filter_map(|v6| ask(&request(v6, CONNECTING, None), is_meant));
    listed.flatten().collect()
}

const ANY_STATE: u32 = u32::MAX;
/// `TCP_SYN_SENT`.
const CONNECTING: u32 = 1 << 2;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const REQUEST: u16 = 0x1;
const REQUEST_ALL: u16 = 0x301;
/// One bit for `INET_DIAG_INFO`, which is asked for and comes as an attribute of that number.
const INET_DIAG_INFO: u16 = 2;

const HEADER: usize = 16;
const MESSAGE: usize = 72;

/// More answers than this are not read; the one that matters is among the first or lost.
const ANSWERS: usize = 64;

/// `nlmsghdr` and `inet_diag_req_v2`.
fn request(v6: bool, states: u32, pair: Option<(SocketAddr, SocketAddr)>) -> Vec<u8> {
    let family = if v6 { libc::AF_INET6 } else { libc::AF_INET };
    let flags = if pair.is_some() { REQUEST } else { REQUEST_ALL };
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let (local, peer) = pair.unwrap_or((any, any));
    let mut bytes = Vec::with_capacity(MESSAGE);
    bytes.extend((MESSAGE as u32).to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(flags.to_ne_bytes());
    bytes.extend([0; 8]); // sequence and port of netlink
    bytes.extend([family as u8, libc::IPPROTO_TCP as u8, 1 << (INET_DIAG_INFO - 1), 0]);
    bytes.extend(states.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(peer.port().to_be_bytes());
    bytes.extend(sixteen(local.ip()));
    bytes.extend(sixteen(peer.ip()));
    bytes.extend([0; 4]); // any interface
    bytes.extend([0xff; 8]); // any cookie
    bytes
}

fn sixteen(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V6(address) => address.octets(),
        IpAddr::V4(address) => {
            let mut bytes = [0; 16];
            let (head, _) = bytes.split_at_mut(4);
            head.copy_from_slice(&address.octets());
            bytes
        }
    }
}

/// Sends a request and reads the answers that are meant; never waits for longer than 50 ms.
fn ask(request: &[u8], is_meant: impl Fn(&Listed) -> bool) -> Option<Vec<Listed>> {
    let flags = SockFlag::SOCK_CLOEXEC;
    let protocol = SockProtocol::NetlinkSockDiag;
    let netlink = socket(AddressFamily::Netlink, SockType::Datagram, flags, protocol).ok()?;
    setsockopt(&netlink, sockopt::ReceiveTimeout, &TimeVal::new(0, 50_000)).ok()?;
    let descriptor = netlink.as_raw_fd();
    sendto(descriptor, request, &NetlinkAddr::new(0, 0), MsgFlags::empty()).ok()?;
    let (mut listed, mut buffer) = (Vec::new(), vec![0; 32 * 1024]);
    loop {
        let count = recv(descriptor, &mut buffer, MsgFlags::empty()).ok()?;
        let more = read_messages(buffer.get(..count)?, &mut |it| {
            if is_meant(&it) && listed.len() < ANSWERS {
                listed.push(it);
            }
        });
        if !more || listed.len() == ANSWERS {
            return Some(listed);
        }
    }
}

/// Reads the messages of one datagram; says whether further ones follow.
fn read_messages(mut bytes: &[u8], each: &mut impl FnMut(Listed)) -> bool {
    /// A message that is one of several.
    const MULTI: u16 = 0x2;
    let mut more = false;
    while let Some((kind, flags, body, rest)) = message(bytes) {
        if kind != SOCK_DIAG_BY_FAMILY {
            return false; // the last one, or an error: there is no such socket
        }
        read_listed(body).into_iter().for_each(&mut *each);
        more = flags & MULTI != 0;
        bytes = rest;
    }
    more
}

/// The first message: its type and flags, its body, and what follows it.
fn message(bytes: &[u8]) -> Option<(u16, u16, &[u8], &[u8])> {
    let length = usize::try_from(u32::from_ne_bytes(*bytes.first_chunk()?)).ok()?;
    let (kind, flags) = (native(bytes, 4)?, native(bytes, 6)?);
    let body = bytes.get(HEADER..length)?;
    Some((kind, flags, body, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

/// `inet_diag_msg`, and the attribute with the counters.
fn read_listed(bytes: &[u8]) -> Option<Listed> {
    let v6 = i32::from(*bytes.first()?) == libc::AF_INET6;
    let address = |at: usize| -> Option<IpAddr> {
        let bytes = bytes.get(at..)?;
        Some(match v6 {
            true => IpAddr::from(*bytes.first_chunk::<16>()?),
            false => IpAddr::from(*bytes.first_chunk::<4>()?),
        })
    };
    let port = |at: usize| Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    Some(Listed {
        local: SocketAddr::new(address(8)?, port(4)?),
        peer: SocketAddr::new(address(24)?, port(6)?),
        tcp: attribute(bytes.get(MESSAGE..)?, INET_DIAG_INFO).and_then(TcpInfo::parse),
    })
}

/// The content of an attribute of that type.
fn attribute(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(native(bytes, 0)?);
        let content = bytes.get(4..length)?;
        if native(bytes, 2)? == wanted {
            return Some(content);
        }
        bytes = bytes.get(length.next_multiple_of(4)..)?;
    }
}

fn native(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use proptest::prelude::*;

    use super::*;

    fn pair(address: &str) -> (TcpListener, TcpStream) {
        let listener = TcpListener::bind((address, 0)).expect("a free port");
        let stream = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
        (listener, stream)
    }

    #[test]
    fn a_socket_is_found_by_its_addresses_in_both_families() {
        for address in ["127.0.0.1", "::1"] {
            let (_listener, stream) = pair(address);
            let (local, peer) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
            let counters = between(local, peer).expect("it is listed");
            assert!(counters.is_established(), "{counters:?}");
            drop(stream);
        }
    }

    #[test]
    fn what_does_not_exist_is_not_found() {
        let nowhere = "127.0.0.1:1".parse().unwrap();
        assert_eq!(between(nowhere, nowhere), None);
        assert_eq!(connecting_to(&[nowhere]), []);
    }

    proptest! {
        #[test]
        fn whatever_the_kernel_gives_is_read_without_a_panic(bytes: Vec<u8>) {
            let mut count = 0;
            read_messages(&bytes, &mut |_| count += 1);
            prop_assert!(count <= bytes.len() / HEADER);
        }

        #[test]
        fn a_message_that_is_cut_gives_no_wrong_socket(
            local: [u8; 4], peer: [u8; 4], ports: (u16, u16), cut in 0_usize..400,
        ) {
            let want = Listed {
                local: SocketAddr::from((local, ports.0)),
                peer: SocketAddr::from((peer, ports.1)),
                tcp: TcpInfo::parse(&[1; 232]),
            };
            let whole = answer(&want);
            let cut = cut.min(whole.len());
            let mut found = Vec::new();
            read_messages(&whole[..cut], &mut |it| found.push(it));
            let complete = if cut == whole.len() { vec![want] } else { Vec::new() };
            prop_assert_eq!(found, complete);
        }
    }

    /// What the kernel sends for a socket of IPv4, with counters that are all ones.
    fn answer(of: &Listed) -> Vec<u8> {
        let mut body = vec![libc::AF_INET as u8, 1, 0, 0];
        body.extend(of.local.port().to_be_bytes());
        body.extend(of.peer.port().to_be_bytes());
        body.extend(sixteen(of.local.ip()));
        body.extend(sixteen(of.peer.ip()));
        body.resize(MESSAGE, 0);
        // Another attribute stands before: the congestion control's name.
        body.extend([8, 0, 4, 0, b'b', b'b', b'r', 0]);
        body.extend(236_u16.to_ne_bytes());
        body.extend(INET_DIAG_INFO.to_ne_bytes());
        body.extend([1; 232]);
        let mut message = u32::try_from(HEADER + body.len()).unwrap().to_ne_bytes().to_vec();
        message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        message.extend([2, 0]);
        message.extend([0; 8]);
        message.extend(body);
        message
    }
}
