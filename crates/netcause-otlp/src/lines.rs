//! [`OtlpJsonExporter`]: records as lines of OTLP/JSON into a sink.

use std::time::Duration;

use netcause_record::{Counts, Export, LineWriter, Record, Sink};

use crate::encode::json::{head, push_line};
use crate::logs::with_buffers;
use crate::{AttributeLimits, ResourceValue};

/// Writes each record as one line of OTLP/JSON, in one write: a request with one record, as
/// the Collector's receiver for files of OTLP/JSON reads it.
///
/// # Example
///
/// ```
/// use netcause_otlp::{AttributeLimits, OtlpJsonExporter};
/// use netcause_record::Sink;
///
/// let exporter = OtlpJsonExporter::new(Sink::stderr(), &[], AttributeLimits::default());
/// # drop(exporter);
/// ```
#[derive(Debug)]
pub struct OtlpJsonExporter {
    lines: LineWriter,
    head: String,
    limits: AttributeLimits,
}

impl OtlpJsonExporter {
    /// Writes to a sink.
    #[must_use]
    pub fn new(sink: Sink, resource: &[(String, ResourceValue)], limits: AttributeLimits) -> Self {
        OtlpJsonExporter { lines: LineWriter::new(sink), head: head(resource), limits }
    }
}

impl Export for OtlpJsonExporter {
    fn export(&self, record: &Record<'_>) {
        with_buffers(|buffers| {
            push_line(&self.head, record, &self.limits, &mut buffers.scratch, &mut buffers.line);
            self.lines.write(buffers.line.as_bytes());
        });
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.lines.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.lines.counts()
    }
}
