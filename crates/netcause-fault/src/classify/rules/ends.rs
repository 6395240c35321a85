//! Connections that ended.

use super::{Rule, Says, Stage, at, is, note, weak};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    is("connection closed before message completed", Reason::ConnectionClosed, "hyper"),
    is("incompletemessage", Reason::ConnectionClosed, "hyper Debug"),
    weak(at("channel closed", Stage::ChannelClosed, "hyper")),
    is("hyper::error(channelclosed", Reason::ConnectionClosed, "hyper Debug"),
    is("connection was not ready", Reason::ConnectionClosed, "hyper"),
    is("connection closed by peer", Reason::ConnectionClosed, "generic"),
    is("connection closed by remote", Reason::ConnectionClosed, "generic"),
    is("closed the connection unexpectedly", Reason::ConnectionClosed, "generic"),
    is("connection unexpectedly closed", Reason::ConnectionClosed, "generic"),
    is("server closed connection", Reason::ConnectionClosed, "generic"),
    is("server closed the connection", Reason::ConnectionClosed, "generic"),
    is("peer closed the connection", Reason::ConnectionClosed, "generic"),
    is("peer closed connection without sending tls close_notify", Reason::ConnectionClosed, "rustls"),
    is("peer disconnected", Reason::ConnectionClosed, "generic"),
    is("socket hang up", Reason::ConnectionClosed, "generic"),
    weak(is("connection closed", Reason::ConnectionClosed, "generic")),
    is("connection closed by the peer", Reason::ConnectionClosed, "our own summary"),
    is("no acknowledgement came back", Reason::ConnectionTimeoutEstablished, "our own summary"),
    is("no answer to a keep-alive ping", Reason::KeepaliveTimeout, "our own summary"),
    note("early eof", Says::Ended, "tokio"),
    note("unexpected eof", Says::Ended, "generic"),
    note("failed to fill whole buffer", Says::Ended, "std"),
    is("end of file before message length reached", Reason::BodyTruncated, "hyper"),
    is("incompletebody", Reason::BodyTruncated, "hyper Debug"),
    is("unexpected eof during chunk*", Reason::BodyTruncated, "hyper"),
    is("refused stream before processing", Reason::StreamRefused, "h2"),
    is("stream refused by the peer", Reason::StreamRefused, "our own summary"),
    is("stream reset by the peer", Reason::StreamReset, "our own summary"),
    is("refused_stream", Reason::StreamRefused, "RFC 9113"),
    is("stream error received", Reason::StreamReset, "h2"),
    is("connection error received", Reason::ConnectionClosed, "h2"),
    is("keep-alive timed out", Reason::KeepaliveTimeout, "hyper"),
    is("keepalivetimedout", Reason::KeepaliveTimeout, "hyper Debug"),
    weak(is("operation was canceled", Reason::Cancelled, "generic")),
];
