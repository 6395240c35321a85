//! What the environment decides, set once at the start.

use std::sync::{PoisonError, RwLock};

use tracing::Level;

/// Whether evidence is gathered: `NETCAUSE_EVIDENCE`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvidenceMode {
    /// What the kernel knows anyway is asked for after a failure.
    #[default]
    Passive,
    /// The kernel is never asked.
    Off,
}

/// What the environment decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `NETCAUSE_EVIDENCE`.
    pub evidence: EvidenceMode,
    /// `NETCAUSE_RETRY_LEVEL`: the level of a failed try that is retried.
    pub retry_level: Level,
    /// `NETCAUSE_CERT_WARN_DAYS`: how many days before its end a certificate is warned of.
    pub certificate_warn_days: u32,
}

impl Settings {
    const DEFAULT: Settings = Settings {
        evidence: EvidenceMode::Passive,
        retry_level: Level::WARN,
        certificate_warn_days: 14,
    };
}

impl Default for Settings {
    fn default() -> Self {
        Settings::DEFAULT
    }
}

static SETTINGS: RwLock<Settings> = RwLock::new(Settings::DEFAULT);

/// The settings of this process.
#[must_use]
pub fn settings() -> Settings {
    *SETTINGS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Replaces the settings of this process; `netcause::init` does so.
///
/// ```
/// let mut settings = netcause_net::Settings::default();
/// settings.certificate_warn_days = 30;
/// netcause_net::set_settings(settings);
/// assert_eq!(netcause_net::settings().certificate_warn_days, 30);
/// ```
pub fn set_settings(settings: Settings) {
    *SETTINGS.write().unwrap_or_else(PoisonError::into_inner) = settings;
}
