//! What the kernel tells of a socket, asked for after a failure.
//!
//! Linux only; elsewhere nothing is asked and nothing is known.

#[cfg(target_os = "linux")]
mod error_queue;
#[cfg(not(target_os = "linux"))]
mod other;
mod tcp_info;

#[cfg(target_os = "linux")]
pub(crate) use self::error_queue::{is_in_progress, queue_errors, read_errors};
#[cfg(not(target_os = "linux"))]
pub(crate) use self::other::{is_in_progress, queue_errors, read_errors, tcp_info};
pub use self::tcp_info::TcpInfo;
#[cfg(target_os = "linux")]
pub(crate) use self::tcp_info::tcp_info;

use crate::{EvidenceMode, settings};

/// Whether the kernel may be asked.
pub(crate) fn may_ask() -> bool {
    settings().evidence == EvidenceMode::Passive
}
