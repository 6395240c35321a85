//! The fixed words: categories, reasons, phases, causes and the rest.

use std::fmt;

/// Declares a fieldless enum whose variants have a fixed name in records.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name { $( $(#[$variant_meta])* $variant, )+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The name as it stands in records.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What kind of failure it is: `fault.category`.
    ///
    /// ```
    /// use netcause_fault::Category;
    /// assert_eq!(Category::ConnectRefused.as_str(), "connect_refused");
    /// ```
    pub enum Category {
        /// A name could not be resolved.
        Dns = "dns",
        /// The peer answered that nothing listens there.
        ConnectRefused = "connect_refused",
        /// No answer to a connection attempt in time.
        ConnectTimeout = "connect_timeout",
        /// No way to the host or its network, or this host forbids it.
        Unreachable = "unreachable",
        /// An established connection broke or ended early.
        ConnectionReset = "connection_reset",
        /// A certificate was not accepted, on either side.
        TlsCertificate = "tls_certificate",
        /// A TLS handshake failed for another reason.
        TlsHandshake = "tls_handshake",
        /// The request went out and no (whole) answer came in time.
        ResponseTimeout = "response_timeout",
        /// A limit ran out and nothing tells in which phase.
        Timeout = "timeout",
        /// No pooled connection was free in time, or the server has no slot left.
        PoolExhausted = "pool_exhausted",
        /// The peer asks for fewer requests.
        RateLimited = "rate_limited",
        /// The peer says that it cannot serve now.
        Unavailable = "unavailable",
        /// Credentials are missing, wrong or not sufficient.
        Auth = "auth",
        /// The peer says that the request is wrong.
        HttpClientError = "http_client_error",
        /// The peer says that it failed.
        HttpServerError = "http_server_error",
        /// The peer's bytes are not what the protocol says.
        Protocol = "protocol",
        /// This host or process ran out of something.
        LocalResource = "local_resource",
        /// The caller gave up.
        Cancelled = "cancelled",
        /// A network fault whose nature is not stated.
        Unknown = "unknown",
    }
}

words! {
    /// What exactly happened: `fault.reason`.
    pub enum Reason {
        /// The name does not exist in DNS as seen from this host.
        DnsHostNotFound = "dns_host_not_found",
        /// The name exists but has no usable address.
        DnsNoAddress = "dns_no_address",
        /// The resolver could not answer now.
        DnsTemporaryFailure = "dns_temporary_failure",
        /// The resolver did not answer in time.
        DnsTimeout = "dns_timeout",
        /// A lookup failed and nothing tells why.
        DnsFailure = "dns_failure",
        /// Nothing listens on the port, or a firewall says so.
        ConnectRefused = "connect_refused",
        /// No answer to the connection attempt in time.
        ConnectTimeout = "connect_timeout",
        /// No route to the host.
        HostUnreachable = "host_unreachable",
        /// No route to the network.
        NetworkUnreachable = "network_unreachable",
        /// This host, or a firewall over IPv6, forbids the connection.
        ConnectDenied = "connect_denied",
        /// No free local port, or the bind address is not on this host.
        AddressNotAvailable = "address_not_available",
        /// This process or host is out of file descriptors.
        TooManyOpenFiles = "too_many_open_files",
        /// The local address is taken.
        AddressInUse = "address_in_use",
        /// The unix socket does not exist.
        SocketPathNotFound = "socket_path_not_found",
        /// No pooled connection in time.
        PoolTimeout = "pool_timeout",
        /// Rejected by our own concurrency limit.
        ClientOverloaded = "client_overloaded",
        /// The proxy itself could not be reached.
        ProxyConnectFailed = "proxy_connect_failed",
        /// The proxy wants credentials.
        ProxyAuthRequired = "proxy_auth_required",
        /// The proxy refused the tunnel.
        ProxyTunnelError = "proxy_tunnel_error",
        /// The peer's certificate has expired.
        TlsCertificateExpired = "tls_certificate_expired",
        /// The peer's certificate is not valid yet.
        TlsCertificateNotYetValid = "tls_certificate_not_yet_valid",
        /// The peer's certificate is for another name.
        TlsCertificateNameMismatch = "tls_certificate_name_mismatch",
        /// The issuer of the peer's certificate is not trusted.
        TlsCertificateUntrusted = "tls_certificate_untrusted",
        /// The peer's certificate was revoked.
        TlsCertificateRevoked = "tls_certificate_revoked",
        /// The peer's certificate is not valid for another reason.
        TlsCertificateInvalid = "tls_certificate_invalid",
        /// The peer demands a certificate of ours and got none.
        TlsClientCertificateRequired = "tls_client_certificate_required",
        /// The peer rejected our certificate.
        TlsClientCertificateRejected = "tls_client_certificate_rejected",
        /// No common application protocol.
        TlsAlpnMismatch = "tls_alpn_mismatch",
        /// The peer does not know the server name.
        TlsUnrecognizedName = "tls_unrecognized_name",
        /// The peer does not speak TLS on this port.
        TlsPeerNotTls = "tls_peer_not_tls",
        /// No common protocol version.
        TlsProtocolVersion = "tls_protocol_version",
        /// The handshake failed and nothing tells why.
        TlsHandshakeFailure = "tls_handshake_failure",
        /// The peer hung up during the handshake.
        TlsHandshakeClosed = "tls_handshake_closed",
        /// The handshake did not finish in time.
        TlsHandshakeTimeout = "tls_handshake_timeout",
        /// The peer reset the connection.
        ConnectionReset = "connection_reset",
        /// The peer closed the connection without a (full) answer.
        ConnectionClosed = "connection_closed",
        /// The peer had closed while we were sending.
        BrokenPipe = "broken_pipe",
        /// An established connection got no acknowledgements.
        ConnectionTimeoutEstablished = "connection_timeout_established",
        /// No answer in time.
        ResponseTimeout = "response_timeout",
        /// The body stalled.
        BodyTimeout = "body_timeout",
        /// A limit ran out; the phase is not known.
        Timeout = "timeout",
        /// A protocol ping was not answered.
        KeepaliveTimeout = "keepalive_timeout",
        /// Fewer bytes came than announced.
        BodyTruncated = "body_truncated",
        /// The peer refused the stream before processing it.
        StreamRefused = "stream_refused",
        /// The peer reset the stream.
        StreamReset = "stream_reset",
        /// The answer is not of the protocol.
        InvalidResponse = "invalid_response",
        /// The body is not what its type says.
        BodyDecodeError = "body_decode_error",
        /// Redirects without end.
        TooManyRedirects = "too_many_redirects",
        /// The caller gave up.
        Cancelled = "cancelled",
        /// Tries ran out around a failure whose nature is not stated.
        RetriesExhausted = "retries_exhausted",
    }
}

impl Reason {
    /// The category that a reason belongs to.
    ///
    /// ```
    /// use netcause_fault::{Category, Reason};
    /// assert_eq!(Reason::BodyTruncated.category(), Category::ConnectionReset);
    /// ```
    #[must_use]
    pub const fn category(self) -> Category {
        use Reason as R;
        match self {
            R::DnsHostNotFound
            | R::DnsNoAddress
            | R::DnsTemporaryFailure
            | R::DnsTimeout
            | R::DnsFailure => Category::Dns,
            R::ConnectRefused | R::SocketPathNotFound => Category::ConnectRefused,
            R::ConnectTimeout => Category::ConnectTimeout,
            R::HostUnreachable | R::NetworkUnreachable | R::ConnectDenied => Category::Unreachable,
            R::ConnectionReset
            | R::ConnectionClosed
            | R::BrokenPipe
            | R::BodyTruncated
            | R::StreamReset
            | R::StreamRefused
            | R::KeepaliveTimeout
            | R::ConnectionTimeoutEstablished => Category::ConnectionReset,
            R::TlsCertificateExpired
            | R::TlsCertificateNotYetValid
            | R::TlsCertificateNameMismatch
            | R::TlsCertificateUntrusted
            | R::TlsCertificateRevoked
            | R::TlsCertificateInvalid
            | R::TlsClientCertificateRequired
            | R::TlsClientCertificateRejected => Category::TlsCertificate,
            R::TlsAlpnMismatch
            | R::TlsUnrecognizedName
            | R::TlsPeerNotTls
            | R::TlsProtocolVersion
            | R::TlsHandshakeFailure
            | R::TlsHandshakeClosed
            | R::TlsHandshakeTimeout => Category::TlsHandshake,
            R::ResponseTimeout | R::BodyTimeout => Category::ResponseTimeout,
            R::Timeout => Category::Timeout,
            R::PoolTimeout => Category::PoolExhausted,
            R::ProxyAuthRequired => Category::Auth,
            R::ProxyTunnelError | R::InvalidResponse | R::BodyDecodeError | R::TooManyRedirects => {
                Category::Protocol
            }
            R::AddressNotAvailable
            | R::TooManyOpenFiles
            | R::AddressInUse
            | R::ClientOverloaded => Category::LocalResource,
            R::Cancelled => Category::Cancelled,
            R::ProxyConnectFailed | R::RetriesExhausted => Category::Unknown,
        }
    }
}

words! {
    /// Where in the exchange it happened: `fault.phase`.
    pub enum Phase {
        /// Looking up the name.
        Dns = "dns",
        /// Opening the connection.
        Connect = "connect",
        /// Talking to a proxy.
        Proxy = "proxy",
        /// The TLS handshake.
        Tls = "tls",
        /// Waiting for a pooled connection.
        Pool = "pool",
        /// Sending the request.
        Request = "request",
        /// Waiting for the answer, or judging it.
        Response = "response",
        /// Reading the body.
        Body = "body",
    }
}

words! {
    /// Which limit ran out: `fault.limit`.
    pub enum Limit {
        /// The limit of opening a connection.
        Connect = "connect",
        /// The limit of the TLS handshake.
        Tls = "tls",
        /// The limit of waiting for an answer.
        Response = "response",
        /// The limit of the whole call.
        Total = "total",
        /// The limit of waiting for a pooled connection.
        Pool = "pool",
    }
}

words! {
    /// The likely cause: `fault.cause`.
    pub enum Cause {
        /// Something is set wrongly on our side or theirs.
        Misconfiguration = "misconfiguration",
        /// A firewall or a policy drops or rejects.
        Firewall = "firewall",
        /// The way between the hosts is broken.
        NetworkPath = "network_path",
        /// The peer's program or host is not there.
        PeerDown = "peer_down",
        /// The peer has more to do than it can.
        PeerOverloaded = "peer_overloaded",
        /// The peer crashed, aborted or answered wrongly.
        PeerFault = "peer_fault",
        /// Name resolution itself is broken.
        Dns = "dns",
        /// A certificate.
        Certificate = "certificate",
        /// Credentials or permissions.
        Credentials = "credentials",
        /// This process: a leak, no reuse, no limit set.
        LocalLimits = "local_limits",
        /// A limit below what the distance or the work needs.
        ClientDeadline = "client_deadline",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// How sure the cause is: `fault.confidence`.
    pub enum Confidence {
        /// One explanation among several.
        Possible = "possible",
        /// The usual explanation of these facts.
        Likely = "likely",
        /// A fact that only this cause produces.
        Certain = "certain",
    }
}

words! {
    /// Whether trying again helps: `fault.retry`.
    pub enum Retry {
        /// Nothing was sent: safe for any method.
        Yes = "yes",
        /// It may have been executed: only if it is idempotent.
        IfIdempotent = "if_idempotent",
        /// After the delay that the peer asks for, or a pause.
        AfterDelay = "after_delay",
        /// Trying again changes nothing.
        No = "no",
    }
}
