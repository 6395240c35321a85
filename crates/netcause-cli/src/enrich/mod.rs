//! `netcause enrich`: lines of any program in, one JSON object for each out.
//!
//! ```text
//!  a line ──► lines     bytes up to a line feed, bounded
//!             │
//!             ├─ JSON object ──► object     members, and which of them tells what (names, keys)
//!             └─ anything else ► formats    time, level, where the message begins
//!                                │
//!                                ▼
//!             enricher           what speaks of a failure, into netcause_fault::Chain
//!                                │
//!                                ▼
//!             compose            netcause_record::Record: keys, precedence, the fault
//!                                │
//!                                ▼
//!             run                netcause_record's JSON or terminal form, in large writes;
//!                                forward: log records of OTLP
//! ```
//!
//! The rules of a record are those of the library: the same keys, limits, redaction and
//! order. What comes out is read again as it was written: enriching twice changes nothing.

mod compose;
mod enricher;
mod follow;
pub mod formats;
#[cfg(feature = "otlp")]
mod forward;
pub(crate) mod input;
mod json;
mod judge;
mod keys;
mod level;
mod lines;
mod names;
mod object;
mod progress;
mod run;
mod stamp;

#[cfg(test)]
mod tests;

pub(crate) use lines::Sink;
pub(crate) use object::each_member;
pub(crate) use progress::Progress;
pub(crate) use stamp::whole as whole_time;

pub use enricher::{Enricher, Form};
pub(crate) use run::{Options, Output, run};
pub use stamp::When;
