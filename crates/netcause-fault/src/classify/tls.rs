//! TLS alerts by name.

use crate::Reason;

/// What an alert that the peer sent means (RFC 8446 §6.2), by rustls' name for it.
///
/// The alerts on certificates speak of the certificate of the side that receives them.
pub(super) fn reason_of_alert(name: &str) -> Reason {
    match name {
        "CertificateRequired" => Reason::TlsClientCertificateRequired,
        "BadCertificate"
        | "UnsupportedCertificate"
        | "CertificateRevoked"
        | "CertificateExpired"
        | "CertificateUnknown"
        | "UnknownCA"
        | "AccessDenied" => Reason::TlsClientCertificateRejected,
        "NoApplicationProtocol" => Reason::TlsAlpnMismatch,
        "UnrecognisedName" | "UnrecognizedName" => Reason::TlsUnrecognizedName,
        "ProtocolVersion" => Reason::TlsProtocolVersion,
        _ => Reason::TlsHandshakeFailure,
    }
}
