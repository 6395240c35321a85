//! Records as OpenTelemetry log records: encoding, honest delivery over OTLP.
//!
//! A record is encoded once, on the thread of its event, and put into a bounded queue. One
//! thread takes batches from there and sees that they arrive; what does not is counted, with
//! the reason, and told to the receiver in a record of its own.
//!
//! The thread has a runtime and a client of its own: it does not matter which runtime the
//! service has, if any. Nothing of what it does is logged; its failures are told on standard
//! error, at most once in 10 s.

mod bridge;
mod config;
mod encode;
mod encoder;
mod error;
mod lane;
mod lines;
mod logs;
mod metrics;
mod probe;
mod queue;
mod resource;
mod ship;
mod traces;

pub use bridge::BridgeExporter;
pub use config::{OtlpConfig, Protocol, TlsFiles};
pub use encode::attributes::AttributeLimits;
pub use encoder::LogEncoder;
pub use error::{Error, ErrorKind};
pub use lines::OtlpJsonExporter;
pub use logs::LogExporter;
pub use opentelemetry::metrics::{Meter, MeterProvider};
pub use probe::{ProbeFailure, Probed, probe};
pub use resource::{ResourceValue, resource, stated_resource};
pub use traces::{TraceSettings, Traces};
