//! What a text says: one line a pattern.
//!
//! A pattern matches without regard to ASCII case and at word boundaries; a trailing `*`
//! lifts the boundary at its end. A line reads: pattern, what it says, who writes it.
//! Where a reason has a phase of its own (`dns`, `tls` …) the reason tells it; otherwise
//! the stages of the same text do.

use crate::errno::Os;
use crate::{Category, Reason};

/// One pattern and what it says.
#[derive(Debug)]
pub(super) struct Rule {
    /// What to look for.
    pattern: &'static str,
    /// What it says.
    pub(super) says: Says,
    /// Whether a log message that contains it speaks of a failure, too.
    pub(super) in_messages: bool,
    /// Whether it names a setting as well, so that it has to be a clause of its own.
    pub(super) is_noun: bool,
}

impl Rule {
    /// The pattern without its mark.
    pub(super) fn text(&self) -> &'static str {
        self.pattern.strip_suffix('*').unwrap_or(self.pattern)
    }

    /// Whether the pattern may go on within a word.
    pub(super) fn is_open(&self) -> bool {
        self.pattern.ends_with('*')
    }
}

/// What a pattern says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// What happened.
    Is(Reason),
    /// What kind of failure it is, if nothing else tells more.
    Of(Category),
    /// What the operating system reported; the stage decides what that means.
    Os(Os),
    /// A limit ran out; the stage decides which.
    Timer,
    /// As `Timer`, if a limit follows and then the word "exceeded".
    ExceededLimit,
    /// As `Timer`, in words that only a timer of the program itself has.
    OwnTimer,
    /// The limit over lookup, TCP and TLS ran out.
    ConnectTimer,
    /// Where in the exchange.
    At(Stage),
    /// The input ended early: a connection's, if the text speaks of one; else perhaps a file's.
    Ended,
    /// That nobody else is to blame: no fault.
    Harmless,
    /// As `Harmless`, in a log message only.
    HarmlessMessage,
    /// A TLS alert's name follows.
    Alert,
    /// The status of the answer follows, and it is what the error is about.
    Status,
    /// A status follows; a closer cause may stand beside it.
    StatusText,
    /// The three digits at the start are a status, with its usual words.
    StatusPhrase,
    /// `://` of a URL.
    Url,
    /// An address follows, of the peer that was called.
    Address,
    /// The peer follows, and then perhaps what became of it.
    Subject(Subject),
    /// What became of it follows.
    Nameless(Subject),
    /// The address of a proxy and the target may follow, and then what became of it.
    Proxy,
    /// The peer's socket address follows, in `Debug` output.
    DebugPeer,
    /// An error number follows.
    Number,
    /// The number of the try follows.
    Attempt,
    /// The greatest number of tries follows.
    MaxAttempts,
    /// The count of retries that were made stands before.
    AfterRetries,
    /// The number of the try follows, and how many there may be.
    Retries,
}

/// What a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The lookup of a name.
    Lookup,
    /// A connection.
    Connection,
    /// Making a connection: lookup, TCP and TLS.
    Connecting,
    /// A TLS handshake.
    Handshake,
    /// The peer itself.
    Host,
    /// The peer's answer.
    Answer,
    /// An answer that did not come.
    NoAnswer,
    /// An answer that was not finished.
    NoWholeAnswer,
    /// The call as a whole.
    Call,
    /// A pooled connection.
    Pool,
    /// Whom a connection was for; what became of it stands before.
    Target,
}

/// Where in the exchange a text places the failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The name was being looked up.
    Lookup,
    /// Words such as "name lookup", which also announce.
    Resolving,
    /// The TCP connection was being opened.
    Tcp,
    /// The connection was being made: lookup, TCP and TLS.
    Connect,
    /// Words such as "connect to", which also announce.
    Trying,
    /// Words such as "failed to connect".
    FailedConnect,
    /// A tunnel through a proxy was being made.
    Tunnel,
    /// The TLS handshake was going on.
    Tls,
    /// The request was under way.
    Request,
    /// The connection stood: the request was being sent or the answer awaited.
    Exchange,
    /// The body was being read.
    Body,
    /// The body was being decoded.
    Decode,
    /// hyper gave up the request because its connection ended.
    Canceled,
    /// A channel was closed: hyper's, if it stands after a stage of its own.
    ChannelClosed,
    /// Sending was tried again in vain.
    Retried,
}

const fn says(pattern: &'static str, says: Says) -> Rule {
    Rule { pattern, says, in_messages: true, is_noun: false }
}

const fn is(pattern: &'static str, reason: Reason, _source: &str) -> Rule {
    says(pattern, Says::Is(reason))
}

const fn os(pattern: &'static str, os: Os, _source: &str) -> Rule {
    says(pattern, Says::Os(os))
}

const fn at(pattern: &'static str, stage: Stage, _source: &str) -> Rule {
    says(pattern, Says::At(stage))
}

const fn note(pattern: &'static str, what: Says, _source: &str) -> Rule {
    says(pattern, what)
}

/// A rule for the text of an error only.
const fn weak(rule: Rule) -> Rule {
    Rule { in_messages: false, ..rule }
}

/// Whole links that clients print word by word, and what the rules say of them: the text
/// of such a link needs no reading.
pub(super) static KNOWN_LINKS: &[(&str, Says)] = &[
    ("client error (Connect)", Says::At(Stage::Connect)),
    ("client error (SendRequest)", Says::At(Stage::Exchange)),
    ("client error (Canceled)", Says::At(Stage::Canceled)),
    ("tcp connect error", Says::At(Stage::Tcp)),
    ("dns error", Says::At(Stage::Lookup)),
    ("error resolving DNS", Says::At(Stage::Lookup)),
    ("connection error", Says::At(Stage::Request)),
    ("request or response body error", Says::At(Stage::Body)),
    ("error reading a body from connection", Says::At(Stage::Body)),
    ("connection closed before message completed", Says::Is(Reason::ConnectionClosed)),
    ("deadline has elapsed", Says::OwnTimer),
    ("operation timed out", Says::Timer),
];

/// A rule for words that name a limit, be it that it ran out or that it is set.
const fn noun(rule: Rule) -> Rule {
    Rule { is_noun: true, ..rule }
}

/// Every pattern; the order does not matter.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    // --- where in the exchange
    at("dns error", Stage::Lookup, "hyper-util"),
    at("error resolving dns", Stage::Lookup, "reqwest"),
    at("failed to lookup address information", Stage::Lookup, "std"),
    at("dnserror {", Stage::Lookup, "reqwest Debug"),
    at("name lookup", Stage::Resolving, "generic"),
    at("dns lookup", Stage::Resolving, "generic"),
    at("dns resolution", Stage::Resolving, "generic"),
    at("getaddrinfo", Stage::Resolving, "libc callers"),
    at("resolving timed out", Stage::Lookup, "curl"),
    at("tcp connect error", Stage::Tcp, "hyper-util"),
    at("tcp open error", Stage::Tcp, "hyper-util"),
    at("tcp bind local error", Stage::Tcp, "hyper-util"),
    at("kind: timedout, message: \"connection timed out\"", Stage::Tcp, "std connect_timeout Debug"),
    at("client error (connect)", Stage::Connect, "hyper-util"),
    at("legacy::error(connect", Stage::Connect, "hyper-util Debug"),
    at("error trying to connect", Stage::Connect, "hyper 0.14"),
    at("connect to", Stage::Trying, "generic"),
    at("connecting to", Stage::Trying, "generic"),
    at("while connecting", Stage::Trying, "generic"),
    noun(at("connect timeout", Stage::Trying, "generic")),
    at("connect timed out", Stage::Trying, "generic"),
    at("failed to connect", Stage::FailedConnect, "generic"),
    at("could not connect", Stage::FailedConnect, "generic"),
    at("couldn't connect", Stage::FailedConnect, "generic"),
    at("cannot connect", Stage::FailedConnect, "generic"),
    at("can't connect", Stage::FailedConnect, "generic"),
    at("unable to connect", Stage::FailedConnect, "generic"),
    at("connection attempt failed", Stage::FailedConnect, "generic"),
    at("connect failed", Stage::FailedConnect, "generic"),
    at("failed to establish a new connection", Stage::FailedConnect, "urllib3"),
    at("tunnel error: failed to create underlying connection", Stage::Tunnel, "hyper-util"),
    at("socks error: failed to create underlying connection", Stage::Tunnel, "hyper-util"),
    at("tunnel error: io error establishing tunnel", Stage::Tunnel, "hyper-util"),
    at("socks error: io error during socks handshake", Stage::Tunnel, "hyper-util"),
    at("connectfailed(connecterror(", Stage::Tunnel, "hyper-util Debug"),
    at("tls handshake", Stage::Tls, "generic"),
    at("ssl handshake", Stage::Tls, "generic"),
    at("the handshake failed", Stage::Tls, "openssl"),
    at("handshake operation timed out", Stage::Tls, "generic"),
    weak(at("error sending request", Stage::Request, "reqwest")),
    at("error sending request for url", Stage::Request, "reqwest"),
    at("reqwest::error { kind: request", Stage::Request, "reqwest Debug"),
    at("error following redirect", Stage::Request, "reqwest"),
    weak(at("transport error", Stage::Request, "tonic")),
    weak(at("http2 error", Stage::Exchange, "hyper")),
    at("client error (sendrequest)", Stage::Exchange, "hyper-util"),
    at("legacy::error(sendrequest", Stage::Exchange, "hyper-util Debug"),
    weak(at("connection error", Stage::Request, "hyper")),
    at("hyper::error(io,", Stage::Request, "hyper Debug"),
    at("error writing a body to connection", Stage::Exchange, "hyper"),
    at("client error (canceled)", Stage::Canceled, "hyper-util"),
    at("hyper::error(canceled", Stage::Canceled, "hyper Debug"),
    at("error reading a body from connection", Stage::Body, "hyper"),
    at("request or response body error", Stage::Body, "reqwest"),
    at("hyper::error(body,", Stage::Body, "hyper Debug"),
    at("reqwest::error { kind: body", Stage::Body, "reqwest Debug"),
    at("error decoding response body", Stage::Decode, "reqwest"),
    at("reqwest::error { kind: decode", Stage::Decode, "reqwest Debug"),

    // --- name lookup
    is("name or service not known", Reason::DnsHostNotFound, "glibc"),
    is("name does not resolve", Reason::DnsHostNotFound, "musl"),
    is("nodename nor servname provided", Reason::DnsHostNotFound, "macOS"),
    is("no such host is known", Reason::DnsHostNotFound, "Windows 11001"),
    is("no such host", Reason::DnsHostNotFound, "generic"),
    is("unknown host", Reason::DnsHostNotFound, "generic"),
    is("host not found", Reason::DnsHostNotFound, "generic"),
    is("nxdomain", Reason::DnsHostNotFound, "resolvers"),
    is("no record found for query", Reason::DnsHostNotFound, "hickory"),
    is("no records found for query", Reason::DnsHostNotFound, "hickory"),
    is("no address associated with hostname", Reason::DnsNoAddress, "glibc"),
    is("no address associated with name", Reason::DnsNoAddress, "BSD"),
    is("requested name is valid, but no data of the requested type was found", Reason::DnsNoAddress, "Windows 11004"),
    is("temporary failure in name resolution", Reason::DnsTemporaryFailure, "glibc"),
    is("lookup address information: try again", Reason::DnsTemporaryFailure, "musl"),
    is("name resolution is temporarily unavailable", Reason::DnsTemporaryFailure, "BSD"),
    is("temporary error during hostname resolution", Reason::DnsTemporaryFailure, "Windows 11002"),
    is("non-recoverable failure in name resolution", Reason::DnsFailure, "glibc"),
    is("non-recoverable error occurred during a database lookup", Reason::DnsFailure, "Windows 11003"),
    is("could not resolve host", Reason::DnsFailure, "generic"),
    is("could not be resolved", Reason::DnsFailure, "generic"),
    is("failed to resolve", Reason::DnsFailure, "generic"),
    is("name resolution failed", Reason::DnsFailure, "generic"),
    is("name resolution failure", Reason::DnsFailure, "generic"),

    // --- what the operating system reported
    os("connection refused", Os::Refused, "libc"),
    os("actively refused it", Os::Refused, "Windows 10061"),
    os("econnrefused", Os::Refused, "names"),
    os("connection reset", Os::Reset, "libc"),
    os("reset by peer", Os::Reset, "libc"),
    os("econnreset", Os::Reset, "names"),
    os("network dropped connection on reset", Os::Reset, "libc"),
    os("connection reset by network", Os::Reset, "musl"),
    os("forcibly closed by the remote host", Os::Reset, "Windows 10054"),
    os("software caused connection abort", Os::Aborted, "libc"),
    os("connection aborted", Os::Aborted, "musl, std"),
    os("econnaborted", Os::Aborted, "names"),
    os("established connection was aborted by the software", Os::Aborted, "Windows 10053"),
    os("transport endpoint is not connected", Os::NotConnected, "glibc"),
    weak(os("socket not connected", Os::NotConnected, "musl")),
    weak(os("socket is not connected", Os::NotConnected, "macOS")),
    os("broken pipe", Os::Pipe, "libc"),
    os("epipe", Os::Pipe, "names"),
    os("etimedout", Os::TimedOut, "names"),
    os("connected party did not properly respond", Os::TimedOut, "Windows 10060"),
    os("no route to host", Os::HostUnreachable, "libc"),
    os("host is unreachable", Os::HostUnreachable, "musl"),
    os("host unreachable", Os::HostUnreachable, "std"),
    os("host is down", Os::HostUnreachable, "libc"),
    os("ehostunreach", Os::HostUnreachable, "names"),
    os("to an unreachable host", Os::HostUnreachable, "Windows 10065"),
    os("network is unreachable", Os::NetworkUnreachable, "libc"),
    os("network unreachable", Os::NetworkUnreachable, "musl, std"),
    os("network is down", Os::NetworkUnreachable, "libc"),
    os("enetunreach", Os::NetworkUnreachable, "names"),
    os("to an unreachable network", Os::NetworkUnreachable, "Windows 10051"),
    os("permission denied", Os::Denied, "libc"),
    os("operation not permitted", Os::Denied, "libc"),
    os("forbidden by its access permissions", Os::Denied, "Windows 10013"),
    os("invalid argument", Os::Invalid, "libc"),
    os("no such file or directory", Os::NotFound, "libc"),
    weak(os("resource temporarily unavailable", Os::WouldBlock, "libc")),
    os("address already in use", Os::AddressInUse, "libc"),
    os("address in use", Os::AddressInUse, "musl, std"),
    os("eaddrinuse", Os::AddressInUse, "names"),
    os("only one usage of each socket address", Os::AddressInUse, "Windows 10048"),
    os("cannot assign requested address", Os::AddressNotAvailable, "glibc"),
    os("can't assign requested address", Os::AddressNotAvailable, "macOS"),
    os("address not available", Os::AddressNotAvailable, "musl, std"),
    os("eaddrnotavail", Os::AddressNotAvailable, "names"),
    os("requested address is not valid in its context", Os::AddressNotAvailable, "Windows 10049"),
    os("too many open files", Os::OpenFiles, "libc"),
    os("no file descriptors available", Os::OpenFiles, "musl"),
    os("emfile", Os::OpenFiles, "names"),
    os("enfile", Os::OpenFiles, "names"),
    os("no buffer space available", Os::Buffers, "libc"),
    os("enobufs", Os::Buffers, "names"),
    os("lacked sufficient buffer space", Os::Buffers, "Windows 10055"),
    is("no file descriptor left", Reason::TooManyOpenFiles, "our own summary"),
    is("no local address or port is free", Reason::AddressNotAvailable, "our own summary"),
    is("local address is already in use", Reason::AddressInUse, "our own summary"),
    is("the unix socket does not exist", Reason::SocketPathNotFound, "our own summary"),
    is("connection failed: not permitted", Reason::ConnectDenied, "our own summary"),
    note("connection failed: unreachable", Says::Of(Category::Unreachable), "our own summary"),
    note("this host has no resources left", Says::Of(Category::LocalResource), "our own summary"),
    note("(os error ", Says::Number, "std"),
    note("os { code: ", Says::Number, "std Debug"),
    note("[errno ", Says::Number, "Python"),

    // --- TLS: certificates
    is("certificate expired", Reason::TlsCertificateExpired, "rustls"),
    is("invalid peer certificate: expired", Reason::TlsCertificateExpired, "rustls"),
    is("invalidcertificate(expired)", Reason::TlsCertificateExpired, "rustls Debug"),
    is("invalidcertificate(expiredcontext", Reason::TlsCertificateExpired, "rustls Debug"),
    is("certificate has expired", Reason::TlsCertificateExpired, "OpenSSL"),
    is("certificate is not valid yet", Reason::TlsCertificateNotYetValid, "generic"),
    is("certificate not valid yet", Reason::TlsCertificateNotYetValid, "rustls"),
    is("certificate is not yet valid", Reason::TlsCertificateNotYetValid, "OpenSSL"),
    is("invalid peer certificate: notvalidyet", Reason::TlsCertificateNotYetValid, "rustls"),
    is("invalidcertificate(notvalidyet*", Reason::TlsCertificateNotYetValid, "rustls Debug"),
    is("certificate not valid for name", Reason::TlsCertificateNameMismatch, "rustls"),
    is("invalid peer certificate: notvalidforname", Reason::TlsCertificateNameMismatch, "rustls"),
    is("invalidcertificate(notvalidforname*", Reason::TlsCertificateNameMismatch, "rustls Debug"),
    is("hostname mismatch", Reason::TlsCertificateNameMismatch, "OpenSSL"),
    is("ip address mismatch", Reason::TlsCertificateNameMismatch, "OpenSSL"),
    is("certificate's cn name does not match", Reason::TlsCertificateNameMismatch, "Windows"),
    is("host name mismatch", Reason::TlsCertificateNameMismatch, "macOS"),
    is("invalid peer certificate: unknownissuer", Reason::TlsCertificateUntrusted, "rustls"),
    is("invalidcertificate(unknownissuer", Reason::TlsCertificateUntrusted, "rustls Debug"),
    is("unable to get local issuer certificate", Reason::TlsCertificateUntrusted, "OpenSSL 20"),
    is("unable to get issuer certificate", Reason::TlsCertificateUntrusted, "OpenSSL 2"),
    is("unable to verify the first certificate", Reason::TlsCertificateUntrusted, "OpenSSL 21"),
    is("self-signed certificate", Reason::TlsCertificateUntrusted, "OpenSSL 18, 19"),
    is("self signed certificate", Reason::TlsCertificateUntrusted, "OpenSSL 1.1"),
    is("certificate signed by unknown authority", Reason::TlsCertificateUntrusted, "generic"),
    is("terminated in a root certificate which is not trusted", Reason::TlsCertificateUntrusted, "Windows"),
    is("certificate was not trusted", Reason::TlsCertificateUntrusted, "macOS"),
    is("certificate is not trusted", Reason::TlsCertificateUntrusted, "macOS"),
    is("invalid peer certificate: revoked", Reason::TlsCertificateRevoked, "rustls"),
    is("invalidcertificate(revoked", Reason::TlsCertificateRevoked, "rustls Debug"),
    is("certificate revoked", Reason::TlsCertificateRevoked, "OpenSSL 23"),
    is("certificate was revoked", Reason::TlsCertificateRevoked, "generic"),
    is("invalid peer certificate", Reason::TlsCertificateInvalid, "rustls"),
    is("invalidcertificate(*", Reason::TlsCertificateInvalid, "rustls Debug"),
    is("certificate verify failed", Reason::TlsCertificateInvalid, "OpenSSL"),
    is("certificate_verify_failed", Reason::TlsCertificateInvalid, "OpenSSL"),
    is("certificate verification failed", Reason::TlsCertificateInvalid, "generic"),
    is("alert certificate required", Reason::TlsClientCertificateRequired, "OpenSSL"),
    is("alert bad certificate", Reason::TlsClientCertificateRejected, "OpenSSL"),
    is("alert unknown ca", Reason::TlsClientCertificateRejected, "OpenSSL"),
    is("alert certificate expired", Reason::TlsClientCertificateRejected, "OpenSSL"),
    is("alert certificate unknown", Reason::TlsClientCertificateRejected, "OpenSSL"),
    is("alert certificate revoked", Reason::TlsClientCertificateRejected, "OpenSSL"),
    is("alert unsupported certificate", Reason::TlsClientCertificateRejected, "OpenSSL"),

    // --- TLS: the rest
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

    // --- proxies
    is("tunnel error: proxy authorization required", Reason::ProxyAuthRequired, "hyper-util"),
    is("proxyauthrequired", Reason::ProxyAuthRequired, "hyper-util Debug"),
    is("proxy authentication required", Reason::ProxyAuthRequired, "generic"),
    is("socks error: credentials not accepted", Reason::ProxyAuthRequired, "hyper-util"),
    is("credentials not accepted", Reason::ProxyAuthRequired, "hyper-util"),
    is("proxy wants credentials", Reason::ProxyAuthRequired, "our own summary"),
    is("proxy refused the tunnel", Reason::ProxyTunnelError, "our own summary"),
    is("tunnel error: unsuccessful", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnelunsuccessful", Reason::ProxyTunnelError, "hyper-util Debug"),
    is("unsuccessful tunnel", Reason::ProxyTunnelError, "reqwest 0.12"),
    is("tunnel error: unexpected end of file", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnel error: proxy response headers too long", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnel error: proxy headers too long", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnelunexpectedeof", Reason::ProxyTunnelError, "hyper-util Debug"),
    is("socks error: failed parsing server response", Reason::ProxyTunnelError, "hyper-util"),

    // --- the connection ended
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

    // --- limits that ran out
    note("deadline has elapsed", Says::OwnTimer, "tokio"),
    note("elapsed(())", Says::OwnTimer, "tokio Debug"),
    note("kind: timedout, message: \"connection timed out\"", Says::OwnTimer, "std connect_timeout Debug"),
    note("source: timedout", Says::OwnTimer, "reqwest Debug"),
    note("error(connect, timedout)", Says::OwnTimer, "reqwest Debug"),
    note("timed out", Says::Timer, "generic"),
    note("timeout expired", Says::Timer, "generic"),
    note("timeout exceeded", Says::Timer, "generic"),
    note("timeout of ", Says::ExceededLimit, "generic"),
    note("timeout while", Says::Timer, "generic"),
    noun(note("request timeout", Says::Timer, "generic")),
    note("i/o timeout", Says::Timer, "generic"),
    noun(note("connect timeout", Says::Timer, "generic")),
    noun(note("connection timeout", Says::Timer, "generic")),
    note("timeout reached", Says::Timer, "generic"),
    note("timeout was reached", Says::Timer, "generic"),
    note("the semaphore timeout period has expired", Says::Timer, "Windows 121"),
    is("deadline exceeded", Reason::ResponseTimeout, "generic"),
    is("read timed out", Reason::ResponseTimeout, "generic"),
    noun(is("read timeout", Reason::ResponseTimeout, "generic")),
    is("pool timed out", Reason::PoolTimeout, "generic"),

    // --- answers that are not of the protocol
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

    // --- statuses
    note("http status server error (", Says::Status, "reqwest"),
    note("http status client error (", Says::Status, "reqwest"),
    note("kind: status(", Says::Status, "reqwest Debug"),
    weak(note("http status code ", Says::StatusText, "generic")),
    weak(note("http status code: ", Says::StatusText, "generic")),
    weak(note("status code ", Says::StatusText, "generic")),
    weak(note("status code: ", Says::StatusText, "generic")),
    weak(note("http status ", Says::StatusText, "generic")),
    weak(note("http status: ", Says::StatusText, "generic")),
    weak(note("http error ", Says::StatusText, "generic")),
    weak(note("unexpected status ", Says::StatusText, "generic")),
    weak(note("401 unauthorized", Says::StatusPhrase, "RFC 9110")),
    weak(note("403 forbidden", Says::StatusPhrase, "RFC 9110")),
    weak(note("404 not found", Says::StatusPhrase, "RFC 9110")),
    weak(note("407 proxy authentication required", Says::StatusPhrase, "RFC 9110")),
    weak(note("408 request timeout", Says::StatusPhrase, "RFC 9110")),
    weak(note("429 too many requests", Says::StatusPhrase, "RFC 6585")),
    weak(note("500 internal server error", Says::StatusPhrase, "RFC 9110")),
    weak(note("502 bad gateway", Says::StatusPhrase, "RFC 9110")),
    weak(note("503 service unavailable", Says::StatusPhrase, "RFC 9110")),
    weak(note("503 service temporarily unavailable", Says::StatusPhrase, "nginx")),
    weak(note("504 gateway timeout", Says::StatusPhrase, "RFC 9110")),
    weak(note("504 gateway time-out", Says::StatusPhrase, "nginx")),

    // --- where facts stand
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
    note("attempt", Says::Attempt, "generic"),
    note("attempt=*", Says::Attempt, "logfmt"),
    note("retry", Says::Attempt, "generic"),
    note("max_attempts", Says::MaxAttempts, "logfmt"),
    note("max_retries", Says::MaxAttempts, "generic"),
    note("retries: ", Says::Retries, "our own summary"),
    note("retries", Says::AfterRetries, "reqwest-retry"),
    note("attempts", Says::AfterRetries, "generic"),
    note("tries", Says::AfterRetries, "generic"),
    at("request failed after", Stage::Retried, "reqwest-retry"),
    at("retries exhausted", Stage::Retried, "generic"),

    // --- no fault of the network or a dependency
    note("builder error", Says::Harmless, "reqwest"),
    note("kind: builder", Says::Harmless, "reqwest Debug"),
    note("relative url without a base", Says::Harmless, "url"),
    note("invalid url", Says::Harmless, "hyper-util"),
    note("unsupported scheme", Says::Harmless, "hyper-rustls"),
    note("url scheme is not allowed", Says::Harmless, "reqwest"),
    note("client error (userunsupported*", Says::Harmless, "hyper-util"),
    note("client error (userabsoluteurirequired)", Says::Harmless, "hyper-util"),
    note("legacy::error(user*", Says::Harmless, "hyper-util Debug"),
    note("panicked with message", Says::Harmless, "tokio"),
    note("panicked at", Says::Harmless, "std"),
    note("reconnected", Says::HarmlessMessage, "generic"),
    note("recovered", Says::HarmlessMessage, "generic"),
    note("succeeded", Says::HarmlessMessage, "generic"),
    note("successfully", Says::HarmlessMessage, "generic"),
    note("restored", Says::HarmlessMessage, "generic"),
    note("no longer", Says::HarmlessMessage, "generic"),
];
