//! TLS alerts by name.

use crate::Reason;

/// What an alert that the peer sent means (RFC 8446 §6.2), by its name in whatever spelling:
/// `CertificateRequired`, `certificate_required`, `certificate required`.
///
/// The alerts on certificates speak of the certificate of the side that receives them.
pub(super) fn reason_of_alert(name: &str) -> Reason {
    ALERTS
        .iter()
        .find(|(known, _)| is_same(name, known))
        .map_or(Reason::TlsHandshakeFailure, |(_, reason)| *reason)
}

/// Every alert that tells more than that the handshake failed.
static ALERTS: &[(&str, Reason)] = &[
    ("certificaterequired", Reason::TlsClientCertificateRequired),
    ("badcertificate", Reason::TlsClientCertificateRejected),
    ("unsupportedcertificate", Reason::TlsClientCertificateRejected),
    ("certificaterevoked", Reason::TlsClientCertificateRejected),
    ("revokedcertificate", Reason::TlsClientCertificateRejected),
    ("certificateexpired", Reason::TlsClientCertificateRejected),
    ("expiredcertificate", Reason::TlsClientCertificateRejected),
    ("certificateunknown", Reason::TlsClientCertificateRejected),
    ("unknowncertificate", Reason::TlsClientCertificateRejected),
    ("unknownca", Reason::TlsClientCertificateRejected),
    ("unknowncertificateauthority", Reason::TlsClientCertificateRejected),
    ("accessdenied", Reason::TlsClientCertificateRejected),
    ("noapplicationprotocol", Reason::TlsAlpnMismatch),
    ("unrecognisedname", Reason::TlsUnrecognizedName),
    ("unrecognizedname", Reason::TlsUnrecognizedName),
    ("protocolversion", Reason::TlsProtocolVersion),
    ("protocolversionnotsupported", Reason::TlsProtocolVersion),
];

/// Whether the letters of a name are those of a known one.
fn is_same(name: &str, known: &str) -> bool {
    let letters =
        name.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_lowercase());
    letters.eq(known.bytes())
}
