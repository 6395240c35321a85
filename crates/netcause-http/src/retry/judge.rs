//! Whether another try helps, and does no harm.

use std::error::Error;
use std::time::Duration;

use netcause_fault::{Evidence, Fault, Retry, classify};

/// Whether another try is worth making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Worth {
    /// It may succeed, after a pause of at least this.
    Yes {
        /// What the peer asks for; zero where it asks for nothing.
        pause: Duration,
    },
    /// It would fail in the same way.
    Useless,
    /// It may do again what has been done already, and the request is not idempotent.
    Unsafe,
    /// Nothing is known that speaks for it: the error is not about a peer.
    Unknown,
}

impl Worth {
    /// Whether to try again.
    #[must_use]
    pub fn is_yes(self) -> bool {
        matches!(self, Worth::Yes { .. })
    }
}

/// Whether another try after this error is worth making, by its `fault.retry`.
///
/// # Example: the predicate of any loop
///
/// ```
/// use std::io::{Error, ErrorKind};
/// use netcause_http::retry::worth_retrying;
///
/// // Nobody was there, so nothing has been done.
/// assert!(worth_retrying(&Error::from(ErrorKind::ConnectionRefused), false).is_yes());
/// // It broke in the middle: harmless only where twice is the same as once.
/// let reset = Error::from(ErrorKind::ConnectionReset);
/// assert!(worth_retrying(&reset, true).is_yes());
/// assert!(!worth_retrying(&reset, false).is_yes());
/// ```
#[must_use]
pub fn worth_retrying(error: &(dyn Error + 'static), is_idempotent: bool) -> Worth {
    of_fault(classify(error).as_ref(), is_idempotent)
}

/// The same of a fault that is diagnosed.
pub(super) fn of_fault(fault: Option<&Fault<'_>>, is_idempotent: bool) -> Worth {
    let Some(fault) = fault else { return Worth::Unknown };
    let pause = asked_pause(fault).unwrap_or_default();
    match fault.retry {
        Some(Retry::Yes | Retry::AfterDelay) => Worth::Yes { pause },
        Some(Retry::IfIdempotent) if is_idempotent => Worth::Yes { pause },
        Some(Retry::IfIdempotent) => Worth::Unsafe,
        Some(Retry::No) => Worth::Useless,
        _ => Worth::Unknown,
    }
}

/// The pause that the peer asks for.
pub(super) fn asked_pause(fault: &Fault<'_>) -> Option<Duration> {
    fault.evidence.iter().find_map(|fact| match fact {
        Evidence::RetryAfter(pause) => Some(*pause),
        _ => None,
    })
}
