//! Calls out and requests in.
//!
//! Layers for tower's services, a middleware for reqwest, and wrappers around what retries.
//! What they see reaches the log by errors that carry their fault, by the fields of spans,
//! and by one event at the end of each served request.

mod grpc;
mod inbound;
mod outbound;
mod propagation;
#[cfg(feature = "reqwest")]
pub mod reqwest;
pub mod retry;
mod retry_after;
#[cfg(test)]
mod tests;

pub use inbound::{Inbound, InboundBody, InboundFuture, InboundLayer};
pub use netcause_net::{Outcome, Served, carry, set_outcome};
pub use outbound::{Answer, Outbound, OutboundBody, OutboundError, OutboundFuture, OutboundLayer};
pub use propagation::{Propagation, TraceHeaders, set_propagation};
