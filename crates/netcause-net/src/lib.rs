//! Connections that know why they failed.
//!
//! What this crate sees reaches the log in two ways: a
//! [`WithFault`](netcause_fault::WithFault) in an error's own chain, and the fields of spans.
//! Only what is about no one call is an event of its own: that a peer turned bad or is back,
//! that a certificate ends soon.

mod attempt;
mod call;
#[cfg(feature = "rustls")]
mod certificate;
mod connect;
mod kernel;
mod ledger;
#[cfg(feature = "probe")]
pub mod probe;
mod served;
mod settings;
mod trail;

pub use attempt::{Attempt, Operation};
pub use call::{Call, CallError, FaultContext, call};
#[cfg(feature = "rustls")]
pub use certificate::{RecordingSessions, RecordingVerifier, TlsClient};
pub use connect::{
    ConnectError, ConnectErrorKind, Connection, Connector, KeepAlive, Resolve, Resolving, Stream,
    SystemResolver, Use,
};
pub use kernel::TcpInfo;
pub use ledger::{History, Ledger, Onset, Reach};
pub use served::{Ended, FinishedTry, Impact, Outcome, Served, carry, set_outcome};
pub use settings::{EvidenceMode, Settings, set_settings, settings};
pub use trail::{AddressFailure, CallTrail, Step, Trail};
#[cfg(feature = "hyper-util")]
pub use trail::{Watch, Watched, Watching};
