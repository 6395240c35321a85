//! [`Guard`]: the end of the output.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use netcause_record::{Export, Losses};

/// How long [`Guard`] waits for the output when it is dropped.
const DROP_TIMEOUT: Duration = Duration::from_secs(2);

/// What became of the events so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Lines handed to the operating system, and records that a collector has taken.
    pub written: u64,
    /// Those that never will be: a closed pipe, a full disk, a stalled reader, a collector
    /// that refuses or is away for too long.
    pub lost: u64,
    /// Those that still wait.
    pub queued: u64,
    /// Why those that are lost are.
    pub losses: Losses,
    /// Events sent while another event's values were being formatted; not taken.
    pub nested: u64,
}

/// Flushes the output when it is dropped. Keep it until the end of `main`.
///
/// ```
/// let guard = netcause::init();
/// tracing::info!("ready");
/// guard.shutdown(std::time::Duration::from_secs(1));
/// ```
#[must_use = "dropping the guard flushes and ends the output"]
#[derive(Debug, Default)]
pub struct Guard {
    exporters: Vec<Arc<dyn Export>>,
    nested: Arc<AtomicU64>,
}

impl Guard {
    pub(crate) fn new(exporters: Vec<Arc<dyn Export>>, nested: Arc<AtomicU64>) -> Self {
        Guard { exporters, nested }
    }

    /// What became of the events so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let nested = self.nested.load(Ordering::Relaxed);
        self.exporters.iter().fold(Counts { nested, ..Counts::default() }, |sum, exporter| {
            let (counts, losses) = (exporter.counts(), exporter.losses());
            Counts {
                written: sum.written + counts.written,
                lost: sum.lost + counts.lost,
                queued: sum.queued + counts.queued,
                losses: sum.losses.and(&losses),
                ..sum
            }
        })
    }

    /// Waits at most `timeout` until what was logged has left, and says what became of it:
    /// all is well only where nothing is `lost` and nothing `queued`.
    pub fn shutdown(mut self, timeout: Duration) -> Counts {
        self.flush(timeout);
        let counts = self.counts();
        self.exporters.clear();
        counts
    }

    fn flush(&self, timeout: Duration) {
        let start = Instant::now();
        // All of them begin at once: none has to wait for one that hangs.
        for exporter in &self.exporters {
            exporter.flush(Duration::ZERO);
        }
        for exporter in &self.exporters {
            exporter.flush(timeout.saturating_sub(start.elapsed()));
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.flush(DROP_TIMEOUT);
    }
}
