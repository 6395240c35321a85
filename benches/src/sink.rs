//! [`CountingSink`]: where every line of every rival goes.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static BYTES: AtomicU64 = AtomicU64::new(0);
static IS_CAPTURING: AtomicBool = AtomicBool::new(false);
static CAPTURED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Counts bytes, so that nothing that leads to them can be optimised away.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountingSink;

impl CountingSink {
    /// A sink; they all count together.
    #[must_use]
    pub fn new() -> Self {
        CountingSink
    }
}

impl Write for CountingSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        BYTES.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if IS_CAPTURING.load(Ordering::Relaxed)
            && let Ok(mut captured) = CAPTURED.lock()
        {
            captured.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All bytes that went into sinks since the process started.
#[must_use]
pub fn bytes_written() -> u64 {
    BYTES.load(Ordering::Relaxed)
}

/// What `work` wrote into sinks.
///
/// One caller at a time: two that capture at once would share what they get.
pub fn capture(work: impl FnOnce()) -> String {
    IS_CAPTURING.store(true, Ordering::Relaxed);
    work();
    IS_CAPTURING.store(false, Ordering::Relaxed);
    let bytes = CAPTURED.lock().map(|mut captured| std::mem::take(&mut *captured));
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}
