//! The lines about tries.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use netcause_net::{Attempt, settings};
use tracing::{Level, debug, error, info, trace, warn};

use super::Worth;

/// The target of these lines, whichever module writes them.
const TARGET: &str = "netcause::retry";

/// A try that failed, as it is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct FailedTry<'a> {
    pub(super) purpose: &'a str,
    pub(super) error: &'a (dyn Error + 'static),
    /// Absent where there is only one.
    pub(super) attempt: Option<Attempt>,
    /// How long it took, where the fault does not tell.
    pub(super) elapsed: Option<Duration>,
}

/// Why no other try follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// All tries were made.
    Exhausted,
    /// Another one is not worth making.
    NotWorth(Worth),
    /// The peer asks for a longer pause than the caller has patience for.
    TooLong(Duration),
}

impl fmt::Display for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Last::Exhausted | Last::NotWorth(Worth::Yes { .. }) => Ok(()),
            Last::NotWorth(Worth::Useless) => f.write_str(": another try would not help"),
            Last::NotWorth(Worth::Unsafe) => {
                f.write_str(": not tried again, as it may have been done already")
            }
            Last::NotWorth(Worth::Unknown) => {
                f.write_str(": nothing says that another try would help")
            }
            Last::TooLong(pause) => {
                let pause = netcause_fault::text_duration(*pause);
                write!(f, ": not tried again, as the peer asks to wait for {pause}")
            }
        }
    }
}

/// An event at a level that is known only now.
macro_rules! event_at {
    ($level:expr, $($field:tt)*) => {
        match $level {
            Level::ERROR => error!($($field)*),
            Level::WARN => warn!($($field)*),
            Level::INFO => info!($($field)*),
            Level::DEBUG => debug!($($field)*),
            Level::TRACE => trace!($($field)*),
        }
    };
}

impl FailedTry<'_> {
    /// Another one follows after a pause.
    pub(super) fn is_followed(&self, pause: Duration) {
        let FailedTry { purpose, error, elapsed, .. } = *self;
        let (attempt, max) = self.numbers();
        event_at!(
            settings().retry_level,
            target: TARGET,
            error,
            elapsed_ms = elapsed.map(milliseconds),
            retry.attempt = attempt,
            retry.max_attempts = max,
            retry.next_delay_ms = milliseconds(pause),
            "could not {purpose}, trying again"
        );
    }

    /// No other one follows.
    pub(super) fn is_last(&self, why: Last) {
        let FailedTry { purpose, error, elapsed, .. } = *self;
        let (attempt, max) = self.numbers();
        error!(
            target: TARGET,
            error,
            elapsed_ms = elapsed.map(milliseconds),
            retry.attempt = attempt,
            retry.max_attempts = max,
            retry.exhausted = attempt.map(|_| true),
            "could not {purpose}{why}"
        );
    }

    fn numbers(&self) -> (Option<u32>, Option<u32>) {
        (self.attempt.map(Attempt::number), retries(self.attempt))
    }
}

/// A later try went well.
pub(super) fn recovered(purpose: &str, attempt: Attempt) {
    let made = attempt.number();
    let times = if made == 1 { "1 retry".to_owned() } else { format!("{made} retries") };
    info!(
        target: TARGET,
        { retry.attempt = made, retry.max_attempts = retries(Some(attempt)) },
        "{purpose}: went well after {times}"
    );
}

fn retries(attempt: Option<Attempt>) -> Option<u32> {
    attempt.and_then(|attempt| attempt.operation().retries())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
