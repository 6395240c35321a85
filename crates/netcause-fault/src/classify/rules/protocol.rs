//! Answers that are not of the protocol.

use super::{Rule, is};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    is("invalid http version parsed", Reason::InvalidResponse, "hyper"),
    is("invalid http method parsed", Reason::InvalidResponse, "hyper"),
    is("invalid http header parsed", Reason::InvalidResponse, "hyper"),
    is("invalid http status-code parsed", Reason::InvalidResponse, "hyper"),
    is("invalid content-length parsed", Reason::InvalidResponse, "hyper"),
    is("invalid transfer-encoding parsed", Reason::InvalidResponse, "hyper"),
    is("unexpected transfer-encoding parsed", Reason::InvalidResponse, "hyper"),
    is("message head is too large", Reason::InvalidResponse, "hyper"),
    is("received unexpected message from connection", Reason::InvalidResponse, "hyper"),
    is("unexpectedmessage)", Reason::InvalidResponse, "hyper Debug"),
    is("hyper::error(parse(", Reason::InvalidResponse, "hyper Debug"),
    is("invalid chunk*", Reason::InvalidResponse, "hyper"),
    is("chunk size overflow", Reason::InvalidResponse, "hyper"),
    is("frame with invalid size", Reason::InvalidResponse, "h2"),
    is("unspecific protocol error detected", Reason::InvalidResponse, "h2"),
    is("too many redirects", Reason::TooManyRedirects, "reqwest"),
    is("toomanyredirects", Reason::TooManyRedirects, "reqwest Debug"),
];
