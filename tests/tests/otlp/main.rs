//! OTLP: what a receiver gets, and what becomes of what it does not.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at a surprise")]

mod arrival;
