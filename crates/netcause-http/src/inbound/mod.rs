//! Requests in: a layer around any service of HTTP.
//!
//! [`InboundLayer`] gives each request a server span and, when its answer's body has ended,
//! **one line** on what became of it: status, duration, what failing calls did to it
//! (`impact.*`), and when one failed for good its fault, with the peer. A line comes also when
//! the client leaves and when the handler panics.
//!
//! | the request | level |
//! |---|---|
//! | was answered, and no call failed for good | INFO |
//! | was answered without a call that failed for good | WARN |
//! | was given up by the client | WARN |
//! | was answered with a failure, or its handler panicked | ERROR |

mod body;
mod future;
mod layer;
mod line;
mod report;
mod service;
#[cfg(test)]
mod tests;

pub use self::body::InboundBody;
pub use self::future::InboundFuture;
pub use self::layer::InboundLayer;
pub use self::service::Inbound;
