//! The peer in a sentence.

use std::fmt::{self, Write};

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
            (None, Some(address)) => write!(out, "{before}{address}"),
            (None, None) => Ok(()),
        }
    }

    /// ` through 10.0.0.1:3128`, where the port called is not the one that was meant.
    pub(super) fn write_way(self, out: &mut impl Write) -> fmt::Result {
        let meant = self.0.server_port;
        if meant.is_none() || meant == self.0.peer_port {
            return Ok(());
        }
        self.write_socket(out, " through ")
    }

    /// ` at 10.0.0.1:3128`, the address of a proxy.
    pub(super) fn write_proxy(self, out: &mut impl Write) -> fmt::Result {
        self.write_socket(out, " at ")
    }

    /// `{before}10.3.7.19:12345`, the address really used.
    pub(super) fn write_socket(self, out: &mut impl Write, before: &str) -> fmt::Result {
        match (self.0.peer_address, self.0.peer_port) {
            (Some(address), Some(port)) => {
                write!(out, "{before}{}", std::net::SocketAddr::new(address, port))
            }
            (Some(address), None) => write!(out, "{before}{address}"),
            (None, _) => Ok(()),
        }
    }

    /// `10.3.7.19:12345`, `db:5432`, `db` or `the peer`.
    pub(super) fn write_address(self, out: &mut impl Write) -> fmt::Result {
        if self.0.peer_address.is_some() {
            return self.write_socket(out, "");
        }
        let Some(host) = self.0.server_address.as_deref() else {
            return out.write_str("the peer");
        };
        let Some(port) = self.0.server_port else { return out.write_str(host) };
        if host.contains(':') {
            write!(out, "[{host}]:{port}")
        } else {
            write!(out, "{host}:{port}")
        }
    }
}

/// The path of a URL without query and fragment.
pub(super) fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let path = rest.get(rest.find('/')?..)?;
    path.split(['?', '#']).next()
}
