//! [`Sink`] and [`LineWriter`]: lines that leave at once, and never hold the caller up.
//!
//! A line is one write. Files take it as it is. Pipes, sockets and terminals may stall when
//! nobody reads: there a line is only written as far as there is room, and what is left
//! waits in a bounded queue ([`lane`]) that one thread drains, started when it is first
//! needed. Order is kept; what does not fit into the queue is lost and counted.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::{Counts, OnFull};
use device::{Device, Writer};
use lane::Lane;

mod device;
mod lane;

/// The most bytes that wait for a stalled reader.
const QUEUE: usize = 1 << 20;

/// Where lines go.
///
/// # Example
///
/// ```no_run
/// use netcause_record::Sink;
///
/// let sink = Sink::file("service.log")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Sink {
    device: Device,
    writer: Writer,
    buffer: usize,
    on_full: OnFull,
}

impl Sink {
    fn of(device: Device) -> Self {
        Sink { device, writer: None, buffer: QUEUE, on_full: OnFull::default() }
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Sink::of(Device::stdout())
    }

    /// Standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Sink::of(Device::stderr())
    }

    /// A file, created where it is missing, appended to where it is not. A named pipe or a
    /// terminal's device may stand there, too.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened for writing.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Sink::of(Device::file(file)))
    }

    /// Anything that writes. Its `write` is called with whole lines, and holds the caller up
    /// for as long as it takes.
    #[must_use]
    pub fn writer(writer: Box<dyn Write + Send>) -> Self {
        Sink { writer: Some(writer), ..Sink::of(Device::writer()) }
    }

    /// Sets how many bytes may wait for a stalled reader; 1 MiB unless it is set.
    #[must_use]
    pub fn buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    /// Sets what happens when there is no room for a line.
    #[must_use]
    pub fn on_full(mut self, on_full: OnFull) -> Self {
        self.on_full = on_full;
        self
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sink").field(&self.device).finish()
    }
}

/// Writes lines to a sink, from any thread.
///
/// ```
/// use netcause_record::{LineWriter, Sink};
///
/// let lines = LineWriter::new(Sink::writer(Box::new(std::io::sink())));
/// lines.write(b"a line\n");
/// assert_eq!(lines.counts().written, 1);
/// ```
pub struct LineWriter(Arc<Lane>);

impl LineWriter {
    /// Writes to a sink.
    #[must_use]
    pub fn new(sink: Sink) -> Self {
        LineWriter(Arc::new(Lane::new(sink.device, sink.writer, sink.buffer, sink.on_full)))
    }

    /// Writes one line, its line feed included, or keeps it, or counts it as lost.
    pub fn write(&self, line: &[u8]) {
        self.0.write(line);
    }

    /// Waits until nothing is kept; says how many lines still are when the time is over.
    pub fn flush(&self, timeout: Duration) -> u64 {
        self.0.flush(timeout)
    }

    /// What became of the lines so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.counts()
    }
}

impl fmt::Debug for LineWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LineWriter").field(self.0.device()).finish()
    }
}

#[cfg(test)]
mod tests;
