//! Harness.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at a surprise")]

pub mod certificates;
pub mod child;
pub mod collector;
pub mod dynamic;
pub mod lines;
pub mod otel;
pub mod receiver;

/// The examples of the papers, which have to compile and run.
#[cfg(doctest)]
mod papers {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/classification.md")]
    struct Classification;
}
