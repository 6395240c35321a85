//! Whether trying again helps.

use super::{Seen, established};
use crate::classify::codes;
use crate::{Category, Fault, Limit, Phase, Reason, Retry};

impl Fault<'_> {
    pub(super) fn retry_verdict(&self, seen: &Seen) -> Option<Retry> {
        if let Some(status) = self.failing_status() {
            return Some(self.retry_of_status(status));
        }
        if let Some(code) = codes::of_fault(self) {
            return Some(code.retry);
        }
        // An idle connection that was gone: nobody has read the request, unless the peer's
        // kernel took it.
        if established::is_stale(self, seen) && seen.acknowledged.is_none() {
            return Some(Retry::Yes);
        }
        let verdict = self.reason.and_then(|reason| self.retry_of_reason(reason));
        verdict.or_else(|| self.retry_of_category())
    }

    fn retry_of_status(&self, status: u16) -> Retry {
        match status {
            429 | 503 => Retry::AfterDelay,
            408 | 425 => Retry::IfIdempotent,
            501 | 505 => Retry::No,
            400..=499 => Retry::No,
            _ => Retry::IfIdempotent,
        }
    }

    fn retry_of_reason(&self, reason: Reason) -> Option<Retry> {
        use Reason as R;
        match reason {
            R::DnsHostNotFound | R::DnsNoAddress | R::ConnectDenied | R::AddressInUse => {
                Some(Retry::No)
            }
            R::AddressNotAvailable | R::TooManyOpenFiles | R::ClientOverloaded => {
                Some(Retry::AfterDelay)
            }
            R::ProxyConnectFailed
            | R::StreamRefused
            | R::TlsHandshakeClosed
            | R::TlsHandshakeTimeout => Some(Retry::Yes),
            R::ProxyTunnelError | R::PoolTimeout => Some(Retry::IfIdempotent),
            _ => None,
        }
    }

    fn retry_of_category(&self) -> Option<Retry> {
        let nothing_sent = matches!(
            self.phase,
            Some(Phase::Dns | Phase::Connect | Phase::Tls | Phase::Proxy | Phase::Pool)
        ) || self.limit == Some(Limit::Connect);
        match self.category {
            Category::Dns
            | Category::ConnectRefused
            | Category::ConnectTimeout
            | Category::Unreachable => Some(Retry::Yes),
            Category::ConnectionReset | Category::Timeout if nothing_sent => Some(Retry::Yes),
            Category::ConnectionReset
            | Category::Timeout
            | Category::ResponseTimeout
            | Category::HttpServerError => Some(Retry::IfIdempotent),
            Category::RateLimited
            | Category::Unavailable
            | Category::PoolExhausted
            | Category::LocalResource => Some(Retry::AfterDelay),
            Category::TlsCertificate
            | Category::TlsHandshake
            | Category::Auth
            | Category::HttpClientError
            | Category::Protocol
            | Category::Cancelled => Some(Retry::No),
            Category::Unknown if nothing_sent => Some(Retry::Yes),
            Category::Unknown => None,
        }
    }
}
