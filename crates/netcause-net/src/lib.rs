//! Connections that know why they failed.
//!
//! What this crate sees reaches the log in two ways only: a
//! [`WithFault`](netcause_fault::WithFault) in an error's own chain, and the fields of spans.

mod attempt;
mod settings;

pub use attempt::{Attempt, Operation};
pub use settings::{EvidenceMode, Settings, set_settings, settings};
