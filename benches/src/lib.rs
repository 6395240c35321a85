//! Side-by-side measurements of netcause and of what a service would use in its place.
//!
//! Everything that is compared runs interleaved in one process: one batch of each, then
//! again one batch of each, and so on. A machine that slows down slows all of them down,
//! so that the ratios hold where the absolute figures do not.

pub mod errors;
pub mod line;
pub mod measure;
pub mod otlp;
pub mod receiver;
pub mod report;
pub mod scene;
pub mod sink;
pub mod subscribers;
pub mod trace;
