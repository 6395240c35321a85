//! Calls out and requests in.
//!
//! Layers for tower's services, a middleware for reqwest, and wrappers around what retries.

#[cfg(feature = "reqwest")]
pub mod reqwest;
pub mod retry;
