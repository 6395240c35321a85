//! Certificates: what the peer presented, also when it was not accepted, and a warning before
//! one ends.

mod client;
mod expiry;
mod read;
mod sessions;
mod verifier;

#[cfg(test)]
mod tests;

pub use self::client::TlsClient;
#[cfg(feature = "probe")]
pub(crate) use self::read::certificate;
pub use self::sessions::RecordingSessions;
pub use self::verifier::RecordingVerifier;
