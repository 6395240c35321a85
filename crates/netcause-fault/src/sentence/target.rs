//! The peer in a sentence.

use std::fmt::{self, Write};
use std::net::IpAddr;

use crate::Peer;
use crate::duration::write_number;

/// The peer as sentences name it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a>(pub(super) &'a Peer<'a>);

impl Target<'_> {
    /// Whether nothing names the peer.
    pub(super) fn is_unknown(self) -> bool {
        self.0.is_empty()
    }

    /// `{before}db on port 5432`, as far as it is known.
    pub(super) fn write(self, out: &mut impl Write, before: &str) -> fmt::Result {
        if self.is_unknown() {
            return Ok(());
        }
        self.write_host(out, before)?;
        let port = match self.0.server_address {
            Some(_) => self.0.server_port,
            None => self.0.peer_port,
        };
        let Some(port) = port else { return Ok(()) };
        out.write_str(" on port ")?;
        write_number(out, u64::from(port))
    }

    /// `{before}db`, or the address where no name is known.
    pub(super) fn write_host(self, out: &mut impl Write, before: &str) -> fmt::Result {
        match (self.0.server_address.as_deref(), self.0.peer_address) {
            (Some(host), _) => {
                out.write_str(before)?;
                out.write_str(host)
            }
            (None, Some(address)) => {
                out.write_str(before)?;
                write_ip(out, address)
            }
            (None, None) => Ok(()),
        }
    }

    /// ` through 10.0.0.1:3128`, where the port called is not the one that was meant.
    pub(super) fn write_way(self, out: &mut impl Write) -> fmt::Result {
        match (self.0.server_port, self.0.peer_port) {
            (Some(meant), Some(called)) if meant != called => self.write_socket(out, " through "),
            _ => Ok(()),
        }
    }

    /// ` at 10.0.0.1:3128`, the address of a proxy.
    pub(super) fn write_proxy(self, out: &mut impl Write) -> fmt::Result {
        self.write_socket(out, " at ")
    }

    /// `{before}10.3.7.19:12345`, the address really used.
    pub(super) fn write_socket(self, out: &mut impl Write, before: &str) -> fmt::Result {
        let Some(address) = self.0.peer_address else { return Ok(()) };
        out.write_str(before)?;
        let brackets = address.is_ipv6() && self.0.peer_port.is_some();
        out.write_str(if brackets { "[" } else { "" })?;
        write_ip(out, address)?;
        out.write_str(if brackets { "]" } else { "" })?;
        write_port(out, self.0.peer_port)
    }

    /// `10.3.7.19:12345`, `db:5432`, `db` or `the peer`.
    pub(super) fn write_address(self, out: &mut impl Write) -> fmt::Result {
        if self.0.peer_address.is_some() {
            return self.write_socket(out, "");
        }
        let Some(host) = self.0.server_address.as_deref() else {
            return out.write_str("the peer");
        };
        let brackets = self.0.server_port.is_some() && host.contains(':');
        out.write_str(if brackets { "[" } else { "" })?;
        out.write_str(host)?;
        out.write_str(if brackets { "]" } else { "" })?;
        write_port(out, self.0.server_port)
    }
}

/// An address, the usual kind without a formatter.
pub(super) fn write_ip(out: &mut impl Write, address: IpAddr) -> fmt::Result {
    let IpAddr::V4(address) = address else { return write!(out, "{address}") };
    let [first, rest @ ..] = address.octets();
    write_number(out, u64::from(first))?;
    for octet in rest {
        out.write_str(".")?;
        write_number(out, u64::from(octet))?;
    }
    Ok(())
}

fn write_port(out: &mut impl Write, port: Option<u16>) -> fmt::Result {
    let Some(port) = port else { return Ok(()) };
    out.write_str(":")?;
    write_number(out, u64::from(port))
}

/// The path of a URL without query and fragment.
pub(super) fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let path = rest.get(rest.find('/')?..)?;
    path.split(['?', '#']).next()
}
