//! A service on axum, its dependency and its clients, over real sockets: what the layers of
//! calls and requests tell.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at a surprise")]

mod load;
mod shop;
mod trace;
