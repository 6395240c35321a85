//! TLS handshakes that failed.

use super::{Rule, Says, is, note, noun};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    note("received fatal alert: ", Says::Alert, "rustls"),
    note("alertreceived(", Says::Alert, "rustls Debug"),
    is("received corrupt message of type invalidcontenttype", Reason::TlsPeerNotTls, "rustls"),
    is("invalidmessage(invalidcontenttype", Reason::TlsPeerNotTls, "rustls Debug"),
    is("wrong version number", Reason::TlsPeerNotTls, "OpenSSL"),
    is("wrong_version_number", Reason::TlsPeerNotTls, "OpenSSL"),
    is("packet length too long", Reason::TlsPeerNotTls, "OpenSSL"),
    is("http response to https client", Reason::TlsPeerNotTls, "generic"),
    is("does not look like a tls handshake", Reason::TlsPeerNotTls, "generic"),
    is("received corrupt message of type", Reason::TlsHandshakeFailure, "rustls"),
    is("invalidmessage(*", Reason::TlsHandshakeFailure, "rustls Debug"),
    is("peer is incompatible: tls1*", Reason::TlsProtocolVersion, "rustls"),
    is("peer is incompatible: serverdoesnotsupporttls*", Reason::TlsProtocolVersion, "rustls"),
    is("peerincompatible(tls1*", Reason::TlsProtocolVersion, "rustls Debug"),
    is("peerincompatible(serverdoesnotsupporttls*", Reason::TlsProtocolVersion, "rustls Debug"),
    is("peer is incompatible", Reason::TlsHandshakeFailure, "rustls"),
    is("peerincompatible(*", Reason::TlsHandshakeFailure, "rustls Debug"),
    is("unsupported protocol", Reason::TlsProtocolVersion, "OpenSSL"),
    is("alert protocol version", Reason::TlsProtocolVersion, "OpenSSL"),
    is("peer doesn't support any known protocol", Reason::TlsAlpnMismatch, "rustls"),
    is("noapplicationprotocol", Reason::TlsAlpnMismatch, "rustls Debug"),
    is("alert no application protocol", Reason::TlsAlpnMismatch, "OpenSSL"),
    is("alert unrecognized name", Reason::TlsUnrecognizedName, "OpenSSL"),
    is("unrecognized name", Reason::TlsUnrecognizedName, "OpenSSL"),
    is("alert handshake failure", Reason::TlsHandshakeFailure, "OpenSSL"),
    is("peer misbehaved", Reason::TlsHandshakeFailure, "rustls"),
    is("peermisbehaved(*", Reason::TlsHandshakeFailure, "rustls Debug"),
    is("cannot decrypt peer's message", Reason::TlsHandshakeFailure, "rustls"),
    is("peer sent no certificates", Reason::TlsHandshakeFailure, "rustls"),
    is("received unexpected handshake message", Reason::TlsHandshakeFailure, "rustls"),
    is("no shared cipher", Reason::TlsHandshakeFailure, "OpenSSL"),
    is("tls handshake eof", Reason::TlsHandshakeClosed, "tokio-rustls"),
    is("connection closed via error", Reason::TlsHandshakeClosed, "macOS"),
    noun(is("tls handshake timeout", Reason::TlsHandshakeTimeout, "generic")),
    is("tls handshake timed out", Reason::TlsHandshakeTimeout, "generic"),
    is("handshake operation timed out", Reason::TlsHandshakeTimeout, "generic"),
];
