//! Failures that a network brings about: real sockets through our connector, with routers,
//! firewalls and name servers of their own, and what we make of each.
//!
//! Needs the rights to make network namespaces: root's, or those of a user namespace.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at a surprise and shows its table"
)]

mod answers;
mod call;
mod certificates;
mod connecting;
mod descriptors;
mod expect;
mod foreign;
mod history;
mod lab;
mod lookups;
mod names;
mod place;
mod probe;
