//! Calls out and requests in.
//!
//! Layers for tower's services, a middleware for reqwest, and wrappers around what retries.

pub mod retry;
