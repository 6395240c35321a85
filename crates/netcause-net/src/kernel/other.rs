//! What stands in where the kernel is not Linux: nothing is known.

use std::io;
use std::net::{IpAddr, SocketAddr};

use netcause_fault::Icmp;
use tokio::net::TcpStream;

use super::{Listed, TcpInfo};

pub(crate) fn queue_errors<S>(_: &S, _: bool, _: bool) {}

pub(crate) fn read_errors(_: &TcpStream, _: IpAddr) -> Option<(Icmp, i32)> {
    None
}

pub(crate) fn tcp_info(_: &TcpStream) -> Option<TcpInfo> {
    None
}

pub(crate) fn between(_: SocketAddr, _: SocketAddr) -> Option<TcpInfo> {
    None
}

pub(crate) fn connecting_to(_: &[SocketAddr]) -> Vec<Listed> {
    Vec::new()
}

pub(crate) fn exhausted() -> Option<(u64, u64)> {
    None
}

/// A connect that has begun and not ended: EINPROGRESS, and WSAEWOULDBLOCK of Windows.
pub(crate) fn is_in_progress(error: &io::Error) -> bool {
    const EINPROGRESS: i32 = if cfg!(windows) { 10_036 } else { 36 };
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(EINPROGRESS)
}
