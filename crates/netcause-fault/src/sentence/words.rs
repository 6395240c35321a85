//! Words of the summary for single reasons.

use crate::Reason;

/// What kept a connection from being made.
pub(super) fn unreachable(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::HostUnreachable) => ": host unreachable",
        Some(Reason::NetworkUnreachable) => ": network unreachable",
        Some(Reason::ConnectDenied) => ": not permitted",
        _ => ": unreachable",
    }
}

/// Why a handshake failed.
pub(super) fn tls_reason(reason: Reason) -> Option<&'static str> {
    TLS_REASONS.iter().find(|(known, _)| *known == reason).map(|(_, words)| *words)
}

/// The words of the summary for what failed in a handshake; they are read back, too.
pub(crate) const TLS_REASONS: &[(Reason, &str)] = &[
    (Reason::TlsCertificateExpired, "certificate expired"),
    (Reason::TlsCertificateNotYetValid, "certificate not valid yet"),
    (Reason::TlsCertificateNameMismatch, "certificate is for another name"),
    (Reason::TlsCertificateUntrusted, "certificate's issuer is not trusted"),
    (Reason::TlsCertificateRevoked, "certificate revoked"),
    (Reason::TlsCertificateInvalid, "certificate not valid"),
    (Reason::TlsClientCertificateRequired, "the peer demands a client certificate"),
    (Reason::TlsClientCertificateRejected, "the peer rejected the certificate it was shown"),
    (Reason::TlsAlpnMismatch, "no common application protocol"),
    (Reason::TlsUnrecognizedName, "the peer does not know the server name"),
    (Reason::TlsPeerNotTls, "the peer does not speak TLS on this port"),
    (Reason::TlsProtocolVersion, "no common TLS version"),
    (Reason::TlsHandshakeClosed, "the peer hung up"),
];
