//! [`JsonExporter`] and [`PrettyExporter`]: records as lines into a sink.

use std::cell::Cell;
use std::time::Duration;

use crate::sink::LineWriter;
use crate::{Counts, Export, Limits, Record, Sink, write_json, write_pretty};

/// A line buffer that grew larger than this is not kept.
const KEPT: usize = 64 * 1024;

/// Writes each record as one line of JSON, in one write.
///
/// # Example
///
/// ```
/// use netcause_record::{JsonExporter, Limits, Sink};
///
/// let exporter = JsonExporter::new(Sink::stderr(), Limits::default());
/// # drop(exporter);
/// ```
#[derive(Debug)]
pub struct JsonExporter {
    lines: LineWriter,
    limits: Limits,
}

impl JsonExporter {
    /// Writes to a sink.
    #[must_use]
    pub fn new(sink: Sink, limits: Limits) -> Self {
        JsonExporter { lines: LineWriter::new(sink), limits }
    }
}

impl Export for JsonExporter {
    fn export(&self, record: &Record<'_>) {
        with_buffer(|line| {
            write_json(record, &self.limits, line);
            self.lines.write(line.as_bytes());
        });
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.lines.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.lines.counts()
    }
}

/// Writes each record as a few lines for a terminal, in one write.
///
/// # Example
///
/// ```
/// use netcause_record::{Limits, PrettyExporter, Sink};
///
/// let exporter = PrettyExporter::new(Sink::stderr(), false, Limits::default());
/// # drop(exporter);
/// ```
#[derive(Debug)]
pub struct PrettyExporter {
    lines: LineWriter,
    colour: bool,
    limits: Limits,
}

impl PrettyExporter {
    /// Writes to a sink, in colours where wanted.
    #[must_use]
    pub fn new(sink: Sink, colour: bool, limits: Limits) -> Self {
        PrettyExporter { lines: LineWriter::new(sink), colour, limits }
    }
}

impl Export for PrettyExporter {
    fn export(&self, record: &Record<'_>) {
        with_buffer(|lines| {
            write_pretty(record, self.colour, &self.limits, lines);
            self.lines.write(lines.as_bytes());
        });
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.lines.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.lines.counts()
    }
}

thread_local! {
    /// Taken while in use: who comes in between gets a fresh one.
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

fn with_buffer(write: impl FnOnce(&mut String)) {
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    write(&mut buffer);
    if buffer.capacity() <= KEPT {
        buffer.clear();
        // A thread that ends has no buffer any more.
        let _ = BUFFER.try_with(|kept| kept.set(buffer));
    }
}
