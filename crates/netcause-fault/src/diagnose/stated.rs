//! What the error itself supports: the peer's answer, the reason, the category.

use super::connecting;
use crate::classify::codes;
use crate::{Category, Cause, Confidence, Evidence, Fault, Phase, Reason};

/// The cause that the peer's own answer states.
pub(super) fn cause_of_answer(fault: &Fault<'_>) -> Option<(Cause, Confidence)> {
    if let Some(status) = fault.failing_status() {
        return Some(cause_of_status(fault, status));
    }
    codes::of_fault(fault).map(|code| (code.cause, code.confidence()))
}

/// The cause that the reason supports, else the category. An errno alone may come from a
/// socket that is not ours, without the ICMP record that would tell a firewall from a
/// closed port.
pub(super) fn cause(fault: &Fault<'_>) -> (Cause, Confidence) {
    let of_reason = fault.reason.and_then(|reason| cause_of_reason(fault, reason));
    of_reason.unwrap_or_else(|| cause_of_category(fault))
}

fn cause_of_category(fault: &Fault<'_>) -> (Cause, Confidence) {
    use Confidence::{Certain, Likely, Possible};
    let stated = if fault.code.is_some() { Certain } else { Likely };
    match fault.category {
        Category::Dns => (Cause::Dns, Possible),
        Category::ConnectRefused => (Cause::PeerDown, Possible),
        Category::Unreachable => (Cause::NetworkPath, Possible),
        Category::ConnectionReset => (Cause::PeerFault, Possible),
        Category::TlsCertificate => (Cause::Certificate, Likely),
        Category::ResponseTimeout => (Cause::PeerOverloaded, Possible),
        Category::PoolExhausted if fault.code.is_some() => (Cause::PeerOverloaded, Likely),
        Category::RateLimited => (Cause::PeerOverloaded, stated),
        Category::Auth => (Cause::Credentials, stated),
        Category::Unavailable => (Cause::PeerOverloaded, Possible),
        Category::HttpServerError | Category::Protocol => (Cause::PeerFault, Possible),
        Category::HttpClientError => (Cause::Misconfiguration, Possible),
        Category::LocalResource => (Cause::LocalLimits, Likely),
        Category::ConnectTimeout
        | Category::TlsHandshake
        | Category::Timeout
        | Category::PoolExhausted
        | Category::Cancelled
        | Category::Unknown => (Cause::Unknown, Possible),
    }
}

fn cause_of_status(fault: &Fault<'_>, status: u16) -> (Cause, Confidence) {
    use Confidence::{Certain, Likely, Possible};
    let asked_to_wait = fault.evidence.iter().any(|it| matches!(it, Evidence::RetryAfter(_)));
    match status {
        401 | 403 | 407 => (Cause::Credentials, Certain),
        429 => (Cause::PeerOverloaded, Certain),
        503 if asked_to_wait => (Cause::PeerOverloaded, Likely),
        408 | 503 | 504 => (Cause::PeerOverloaded, Possible),
        // The proxy answered: what it stands for is not there, or broke off.
        502 => (Cause::PeerDown, Possible),
        499 => (Cause::Unknown, Possible),
        400..500 => (Cause::Misconfiguration, Possible),
        _ => (Cause::PeerFault, Likely),
    }
}

fn cause_of_reason(fault: &Fault<'_>, reason: Reason) -> Option<(Cause, Confidence)> {
    use Confidence::{Certain, Likely, Possible};
    use Reason as R;
    let verdict = match reason {
        R::DnsHostNotFound | R::DnsNoAddress => (Cause::Misconfiguration, Likely),
        R::DnsTemporaryFailure | R::DnsTimeout => (Cause::Dns, Likely),
        R::ConnectDenied => connecting::cause_of_denial(fault),
        R::AddressNotAvailable if fault.phase == Some(Phase::Connect) => {
            (Cause::LocalLimits, Likely)
        }
        R::AddressNotAvailable => (Cause::Unknown, Possible),
        R::TooManyOpenFiles => (Cause::LocalLimits, Certain),
        R::ClientOverloaded => (Cause::LocalLimits, Likely),
        R::AddressInUse => (Cause::Misconfiguration, Likely),
        R::ProxyAuthRequired => (Cause::Credentials, Certain),
        R::ProxyTunnelError => (Cause::Unknown, Possible),
        R::TlsCertificateExpired
        | R::TlsCertificateNotYetValid
        | R::TlsCertificateNameMismatch
        | R::TlsCertificateUntrusted
        | R::TlsCertificateRevoked
        | R::TlsCertificateInvalid => (Cause::Certificate, Certain),
        // The peer itself says that it wants one.
        R::TlsClientCertificateRequired => (Cause::Credentials, Certain),
        R::TlsClientCertificateRejected => (Cause::Misconfiguration, Likely),
        R::TlsPeerNotTls
        | R::TlsAlpnMismatch
        | R::TlsUnrecognizedName
        | R::TlsProtocolVersion
        | R::TooManyRedirects => (Cause::Misconfiguration, Likely),
        R::BodyTruncated => (Cause::PeerFault, Likely),
        R::StreamRefused => (Cause::PeerOverloaded, Possible),
        R::KeepaliveTimeout | R::ConnectionTimeoutEstablished => (Cause::NetworkPath, Possible),
        R::InvalidResponse if fault.phase == Some(Phase::Body) => (Cause::PeerFault, Likely),
        // The port of another protocol, for the most part.
        R::InvalidResponse if fault.phase == Some(Phase::Response) => {
            (Cause::Misconfiguration, Likely)
        }
        R::InvalidResponse => (Cause::Misconfiguration, Possible),
        _ => return None,
    };
    Some(verdict)
}
