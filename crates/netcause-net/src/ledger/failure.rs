//! Which faults count against a peer.

use netcause_fault::{Category, Fault, Phase, Reason};

use super::Reach;

/// Codes that a healthy database answers to transactions in each other's way.
const CONFLICTS: &[&str] = &["40001", "40P01"];

/// A failure that counts against a peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub(super) category: Category,
    /// What has to be reached before the peer is well again.
    pub(super) needs: Reach,
    /// Whether the peer itself said that it fails: then it was reached.
    pub(super) answered: bool,
}

impl Failure {
    /// The failure of a fault, unless it is no doing of its peer.
    pub(super) fn of(fault: &Fault<'_>) -> Option<Self> {
        counts(fault).then(|| Failure {
            category: fault.category,
            needs: needs(fault),
            answered: is_stated(fault),
        })
    }
}

fn counts(fault: &Fault<'_>) -> bool {
    if is_of_proxy(fault) {
        return false;
    }
    match fault.category {
        Category::Dns
        | Category::ConnectRefused
        | Category::ConnectTimeout
        | Category::Unreachable
        | Category::ConnectionReset
        | Category::TlsCertificate
        | Category::TlsHandshake
        | Category::ResponseTimeout
        | Category::Timeout
        | Category::HttpServerError
        | Category::Unknown => true,
        Category::Unavailable => !fault.code.as_deref().is_some_and(|it| CONFLICTS.contains(&it)),
        // Without the server's word it is our own pool that is too small.
        Category::PoolExhausted => fault.code.is_some(),
        // What is no answer of the protocol at all; the rest is read by us and not as meant.
        Category::Protocol => fault.reason == Some(Reason::InvalidResponse),
        // The peer is there, and refuses this one request; or it was not the peer.
        _ => false,
    }
}

/// Whether the fault, which does not count, is an answer of the peer.
pub(super) fn is_answer(fault: &Fault<'_>) -> bool {
    let refuses = matches!(
        fault.category,
        Category::RateLimited | Category::Auth | Category::HttpClientError | Category::Unavailable
    );
    refuses && is_stated(fault) && !is_of_proxy(fault)
}

/// Whether the peer itself stated the failure.
pub(super) fn is_stated(fault: &Fault<'_>) -> bool {
    fault.request.status.is_some() || fault.code.is_some()
}

fn is_of_proxy(fault: &Fault<'_>) -> bool {
    let reasons = [Reason::ProxyConnectFailed, Reason::ProxyAuthRequired, Reason::ProxyTunnelError];
    fault.phase == Some(Phase::Proxy) || fault.reason.is_some_and(|it| reasons.contains(&it))
}

/// What has to be reached before a failure of that kind is over.
pub(super) fn needs(fault: &Fault<'_>) -> Reach {
    match (fault.category, fault.phase) {
        (
            Category::Dns
            | Category::ConnectRefused
            | Category::ConnectTimeout
            | Category::Unreachable,
            _,
        )
        | (_, Some(Phase::Dns | Phase::Connect)) => Reach::Connected,
        (Category::TlsCertificate | Category::TlsHandshake, _) | (_, Some(Phase::Tls)) => {
            Reach::Secured
        }
        _ => Reach::Answered,
    }
}
