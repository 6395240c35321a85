//! What must stay true of the sources, the manifests and the papers, kept by tests.
//!
//! `docs/architecture.md` says why; here it says how it is seen.

#![allow(clippy::expect_used, reason = "a test stops at a surprise")]

mod code;
mod content;
mod manifests;
mod papers;
mod source;
