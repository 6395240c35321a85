//! What clients of HTTP, gRPC, DNS and WebSockets print word by word.

use super::{Rule, Says, Stage, at, is, note, noun, of, weak};
use crate::classify::grpc::Form;
use crate::{Category, Reason};

const fn rpc(pattern: &'static str, form: Form, source: &'static str) -> Rule {
    note(pattern, Says::Rpc(form), source)
}

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    // codes of gRPC
    rpc("code: '*", Form::Words, "tonic"),
    rpc("status { code: *", Form::Field, "tonic Debug"),
    rpc("status: *", Form::Field, "tonic before 0.14"),
    rpc("rpc error: code = *", Form::Name, "gRPC in Go"),
    rpc("statuscode.*", Form::Name, "gRPC in Python"),
    rpc("statuscode=\"*", Form::Name, "gRPC in C#"),
    rpc("status{code=*", Form::Name, "gRPC in Java"),
    rpc("statusruntimeexception: *", Form::Name, "gRPC in Java"),
    rpc("grpc-status: *", Form::Number, "headers"),
    rpc("grpc-status=*", Form::Number, "headers"),
    note("response with status: *", Says::Status, "tonic"),
    note("mapped from http status code *", Says::Status, "tonic"),
    is("invalid compression flag", Reason::InvalidResponse, "tonic"),
    is("missing grpc-status trailer", Reason::InvalidResponse, "tonic"),
    is("unexpected eof decoding stream", Reason::BodyTruncated, "tonic"),
    is("h2notnegotiated", Reason::TlsAlpnMismatch, "tonic Debug"),
    is("timeoutexpired(*", Reason::ResponseTimeout, "tonic Debug"),
    // errors of HTTP/2 in h2's `Debug` form: RFC 9113's names, and who found it
    is("kind: reset(*", Reason::StreamReset, "h2 Debug"),
    is("kind: goaway(*", Reason::ConnectionClosed, "h2 Debug"),
    is("error, library)", Reason::InvalidResponse, "h2 Debug"),
    of("detected excessive load generating behavior", Category::RateLimited, "h2"),
    is("ssl(error { code: errorcode(5), cause: none }", Reason::TlsHandshakeClosed, "native-tls Debug"),
    // limits of ureq
    weak(is("timeout: resolve", Reason::DnsTimeout, "ureq")),
    weak(is("timeout(resolve)", Reason::DnsTimeout, "ureq Debug")),
    weak(is("timeout: connect", Reason::ConnectTimeout, "ureq")),
    weak(is("timeout(connect)", Reason::ConnectTimeout, "ureq Debug")),
    weak(is("timeout: send request", Reason::ResponseTimeout, "ureq")),
    weak(is("timeout: send body", Reason::ResponseTimeout, "ureq")),
    weak(is("timeout: await 100", Reason::ResponseTimeout, "ureq")),
    weak(is("timeout: receive response", Reason::ResponseTimeout, "ureq")),
    weak(is("timeout(recvresponse)", Reason::ResponseTimeout, "ureq Debug")),
    weak(is("timeout: receive body", Reason::BodyTimeout, "ureq")),
    weak(is("timeout(recvbody)", Reason::BodyTimeout, "ureq Debug")),
    weak(note("timeout: global", Says::Timer, "ureq")),
    weak(note("timeout(global)", Says::Timer, "ureq Debug")),
    weak(note("timeout: per *", Says::Timer, "ureq")),
    weak(note("timeout(per*", Says::Timer, "ureq Debug")),
    is("proxy server responded 407*", Reason::ProxyAuthRequired, "ureq"),
    is("connect proxy failed", Reason::ProxyTunnelError, "ureq"),
    // limits of the AWS SDK
    is("connect timeout occurred", Reason::ConnectTimeout, "smithy"),
    is("read timeout occurred", Reason::ResponseTimeout, "smithy"),
    is("httptimeouterror { kind: \"http connect\"", Reason::ConnectTimeout, "smithy Debug"),
    is("httptimeouterror { kind: \"http read\"", Reason::ResponseTimeout, "smithy Debug"),
    note("timeout (single attempt) occurred", Says::Timer, "smithy"),
    note("timeout (all attempts including retries) occurred", Says::Timer, "smithy"),
    // answers of name servers
    is("no record found for query", Reason::DnsFailure, "hickory"),
    is("no records found for query", Reason::DnsFailure, "hickory"),
    is("error response: server failure", Reason::DnsTemporaryFailure, "hickory"),
    is("error response: query refused", Reason::DnsTemporaryFailure, "hickory"),
    is("responsecode(servfail)", Reason::DnsTemporaryFailure, "hickory Debug"),
    is("responsecode(refused)", Reason::DnsTemporaryFailure, "hickory Debug"),
    is("response_code: nxdomain", Reason::DnsHostNotFound, "hickory Debug"),
    is("response_code: noerror", Reason::DnsNoAddress, "hickory Debug"),
    // WebSockets
    weak(of("websocket protocol error", Category::Protocol, "tungstenite")),
    weak(is("httparse error", Reason::InvalidResponse, "tungstenite")),
    is("handshake not finished", Reason::ConnectionClosed, "tungstenite"),
    is("handshakeincomplete", Reason::ConnectionClosed, "tungstenite Debug"),
    at("without closing handshake", Stage::Unannounced, "tungstenite"),
    at("resetwithoutclosinghandshake", Stage::Unannounced, "tungstenite Debug"),
    weak(is("http error: 2*", Reason::InvalidResponse, "tungstenite")),
    weak(is("http error: 3*", Reason::InvalidResponse, "tungstenite")),
    // what a program does to itself
    noun(weak(is("service overloaded", Reason::ClientOverloaded, "tower"))),
    note("buffer's worker closed unexpectedly", Says::Harmless, "tower"),
    note("joinerror::panic(*", Says::Harmless, "tokio Debug"),
];
