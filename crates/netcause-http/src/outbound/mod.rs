//! Calls out: a layer around any client that is a tower service.
//!
//! [`OutboundLayer`] gives each call a client span with the fields of OpenTelemetry's
//! conventions, limits, and, where it fails, an error that carries the whole fault: peer,
//! addresses, phase, limit, try, and what the kernel tells of the connection. The request
//! that the call is made for comes to know of it, and so does the ledger of peers.
//!
//! It changes nothing else: an answer that counts as a failure is still an answer, and goes
//! to the caller as it is.

mod answer;
mod body;
mod call;
mod error;
#[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
mod failed;
mod failure;
mod future;
mod layer;
mod service;
mod span;
mod target;
#[cfg(test)]
mod tests;

pub use self::answer::Answer;
pub use self::body::OutboundBody;
pub use self::error::OutboundError;
pub use self::future::OutboundFuture;
pub use self::layer::OutboundLayer;
pub use self::service::Outbound;

#[cfg(feature = "reqwest-middleware")]
pub(crate) use self::call::{Call, Redirected};
#[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
pub(crate) use self::failed::FailedAnswer;
