//! Where addresses, times and tries stand.

use super::{Rule, Says, Stage, Subject, at, note, weak};

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    note("://", Says::Url, "RFC 3986"),
    note("connecterror(\"tcp connect error\", ", Says::DebugPeer, "hyper-util Debug"),
    note("connect to ", Says::Address, "generic"),
    note("connecting to ", Says::Subject(Subject::Connecting), "generic"),
    note("connection to ", Says::Subject(Subject::Connection), "generic"),
    note("connection to the proxy", Says::Proxy, "our own summary"),
    note("name lookup of ", Says::Subject(Subject::Lookup), "our own summary"),
    note("name lookup", Says::Nameless(Subject::Lookup), "our own summary"),
    note("tls handshake with ", Says::Subject(Subject::Handshake), "generic"),
    note("tls handshake", Says::Nameless(Subject::Handshake), "generic"),
    note("host ", Says::Subject(Subject::Host), "generic"),
    note("the peer", Says::Nameless(Subject::Host), "our own summary"),
    note("answer of ", Says::Subject(Subject::Answer), "our own summary"),
    note("answer", Says::Nameless(Subject::Answer), "our own summary"),
    note("no answer", Says::Nameless(Subject::NoAnswer), "our own summary"),
    note("no complete answer", Says::Nameless(Subject::NoWholeAnswer), "our own summary"),
    note("call to ", Says::Subject(Subject::Call), "our own summary"),
    note("for a connection to ", Says::Subject(Subject::Target), "our own summary"),
    note("for the way to ", Says::Subject(Subject::Target), "our own summary"),
    note("the tunnel to ", Says::Subject(Subject::Target), "our own summary"),
    note("no pooled connection to ", Says::Subject(Subject::Pool), "our own summary"),
    note("no pooled connection", Says::Nameless(Subject::Pool), "our own summary"),
    note("connect econnrefused ", Says::Address, "generic"),
    note("connect econnreset ", Says::Address, "generic"),
    note("connect etimedout ", Says::Address, "generic"),
    note("connect ehostunreach ", Says::Address, "generic"),
    note("dial tcp ", Says::Address, "generic"),
    at("request failed after", Stage::Retried, "reqwest-retry"),
    at("retries exhausted", Stage::Retried, "generic"),
    weak(at("giving up after", Stage::Retried, "generic")),
    weak(at("gave up after", Stage::Retried, "generic")),
];
