//! A `tracing_subscriber` layer that turns events and spans into enriched records.
//!
//! An event takes one way: [`NetcauseLayer`] visits its fields once into buffers of the
//! thread, copies the fields of the spans around it, reads its error into a
//! [`Chain`](netcause_fault::Chain), completes the fault from fields and memory, and
//! hands one borrowed [`Record`](netcause_record::Record) to each exporter.

mod callsite;
mod clean;
mod event;
mod fields;
mod known;
mod last;
mod layer;
#[cfg(feature = "trace-ids")]
mod marks;
mod memory;
mod repeat;
mod report;
mod reported;
mod scope;
mod span;
mod spans;
#[cfg(feature = "trace-ids")]
mod trace;
mod visit;

pub use layer::{NetcauseLayer, OriginFields};
#[cfg(feature = "trace-ids")]
pub use trace::{enter_trace, trace_headers};
