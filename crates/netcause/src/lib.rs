//! Turns `Connection timed out` into an answer.
//!
//! `netcause` is a `tracing` subscriber whose events about a failing dependency say which
//! host and port, in which phase, after how long, on which try of how many, what kind of
//! failure it is, its likely cause with the evidence, and whether a retry helps.
//!
//! # Example: one line at the start of a service
//!
//! ```
//! let _guard = netcause::init();
//!
//! let address = "127.0.0.1:1";
//! if let Err(error) = std::net::TcpStream::connect(address) {
//!     tracing::error!(
//!         server.address = "127.0.0.1",
//!         server.port = 1,
//!         error = netcause::error(&error),
//!         "could not charge the card",
//!     );
//! }
//! ```
//!
//! Everything else comes from the environment: see [`Config`].
//!
//! # Features
//!
//! - `json` (default): JSON lines.
//! - `pretty` (default): the form for people at a terminal.
//! - `log` (default): records of the `log` crate become events.
//! - `http`: layers for calls out and requests in: spans, limits, and one line per served
//!   request; with `net`.
//! - `axum`: these layers know the route and the caller as axum does.
//! - `reqwest`: `http::reqwest::instrument`, after which reqwest's failures tell why; `init`
//!   then also listens to what hyper-util says of each address.
//! - `reqwest-middleware`: with limit and try; a client span for each call.
//! - `backon`: retries with the pauses of its builders, each told once.
//! - `reqwest-retry`: its retries, each told once.
//! - `tower-retry`: a policy for the retries of tower, each told once.
//! - `trace-ids`: trace and span ids from OpenTelemetry; the layers pass trace contexts on.
//! - `otlp`: log records and traces over OTLP, and lines of OTLP/JSON.
//! - `rustls`: rustls' errors are read as types, not as texts.
//! - `h2`: h2's errors are read as types: the reason that the peer gave, the socket's error.
//! - `tonic`: tonic's statuses are read as types, not as texts.
//! - `net`: connections that know why they failed, history of peers, certificates (with
//!   `rustls`), calls of clients with sockets of their own.
//!
//! For tests of one's own failure lines there is [`testing::capture`].

mod builder;
mod config;
mod error;
mod filter;
mod guard;
#[cfg(feature = "otlp")]
mod otlp;
mod outputs;
mod propagation;
pub mod testing;

use std::error::Error as StdError;

pub use builder::{Builder, builder};
pub use config::{
    Config, EvidenceMode, Format, Otel, Otlp, OtlpProtocol, Output, Propagator, Sampler, Setting,
    Spans,
};
pub use error::{Error, ErrorKind};
pub use guard::{Counts, Guard};
pub use netcause_fault::{
    Category, Cause, Classify, Confidence, Fault, Phase, Priority, Reason, Retry, Verdict,
    WithFault, classify, classify_text,
};
#[cfg(feature = "http")]
pub use netcause_http as http;
pub use netcause_layer::{NetcauseLayer, OriginFields};
#[cfg(feature = "net")]
pub use netcause_net::{self as net, CallError, FaultContext, call};
#[cfg(feature = "otlp")]
pub use netcause_otlp::LogExporter;
pub use netcause_record::{
    Export, JsonExporter, Limits, Losses, OnFull, PrettyExporter, Record, Sink,
};
#[cfg(feature = "otlp")]
pub use otlp::Tried;

/// Starts logging as the environment says, and never stops a service.
///
/// What is wrong with the environment is said once on standard error, and JSON lines go
/// there instead; where another global subscriber is in place already, that one stays.
/// Keep the guard until the end of `main`.
///
/// # Example
///
/// ```
/// let _guard = netcause::init();
/// tracing::info!("ready");
/// ```
#[must_use = "dropping the guard flushes and ends the output"]
pub fn init() -> Guard {
    builder().init()
}

/// Starts logging as the environment says.
///
/// # Errors
///
/// Where a variable has a value that is not allowed or names what is not built, where the
/// output cannot be opened, and where another global subscriber is in place.
///
/// # Example
///
/// ```
/// match netcause::try_init() {
///     Ok(_guard) => tracing::info!("ready"),
///     Err(error) => eprintln!("{error}"),
/// }
/// ```
pub fn try_init() -> Result<Guard, Error> {
    builder().try_init()
}

/// An error as a value of a `tracing` field, with its whole chain.
///
/// For `anyhow::Error`, `eyre::Report` and `Box<dyn Error>` write `error = &*e` instead.
///
/// # Example
///
/// ```
/// let error = "x".parse::<u16>().unwrap_err();
/// tracing::warn!(error = netcause::error(&error), "bad port");
/// ```
pub fn error<E: StdError + 'static>(error: &E) -> &(dyn StdError + 'static) {
    error
}
