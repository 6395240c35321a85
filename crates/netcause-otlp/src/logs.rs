//! [`LogExporter`]: records as OTLP log records, delivered in the background.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use netcause_record::{Counts, Export, Losses, Record};
use opentelemetry::metrics::Meter;

use crate::encode::attributes::Scratch;
use crate::encode::log_record::push_log;
use crate::lane::Lane;
use crate::metrics::Component;
use crate::queue::Bounds;
use crate::ship::{self, target::Signal};
use crate::{AttributeLimits, Error, OtlpConfig};

/// A buffer that grew larger than this is not kept.
const KEPT: usize = 64 * 1024;

/// A request is not made larger than this, unless by one record.
const REQUEST: usize = 1 << 20;

/// Encodes each record once, as it comes, and has it delivered in the background.
///
/// # Example
///
/// ```no_run
/// use netcause_otlp::{LogExporter, OtlpConfig};
///
/// let config = OtlpConfig {
///     endpoint: "http://collector:4318/v1/logs".to_owned(),
///     ..OtlpConfig::default()
/// };
/// let exporter = LogExporter::start(config)?;
/// # drop(exporter);
/// # Ok::<(), netcause_otlp::Error>(())
/// ```
#[derive(Debug)]
pub struct LogExporter {
    lane: Arc<Lane>,
    limits: AttributeLimits,
    component: Component,
}

impl LogExporter {
    /// Starts the thread that delivers.
    ///
    /// # Errors
    ///
    /// Where the endpoint is no URL, a header is not one that HTTP allows, a file of
    /// certificates or keys cannot be used, or no thread can be started.
    pub fn start(config: OtlpConfig) -> Result<Self, Error> {
        let lane = Arc::new(Lane::new(bounds(&config), config.on_full, config.patience));
        let component = ship::start(&config, Signal::Logs, &lane)?;
        Ok(LogExporter { lane, limits: config.attributes, component })
    }

    /// Registers what OpenTelemetry's conventions have for the self-observation of an SDK,
    /// read from the exporter's own counts whenever the meter's provider collects:
    ///
    /// - `otel.sdk.processor.log.processed`: records handed over for export; with
    ///   `error.type`, those lost before that: `queue_full`, `too_large`.
    /// - `otel.sdk.processor.log.queue.size`, and `otel.sdk.processor.log.queue.capacity`
    ///   where the queue is bounded by a number of records, not by bytes alone.
    /// - `otel.sdk.exporter.log.exported`: records that the receiver took; with
    ///   `error.type`, those lost after that, by what the last attempt met: a status of HTTP
    ///   or gRPC, `rejected` for a partial success, a category of fault.
    /// - `otel.sdk.exporter.log.inflight`: records of the request on its way.
    ///
    /// Register once; two registrations with one provider would be added up.
    ///
    /// # Example
    ///
    /// ```
    /// use netcause_otlp::{LogExporter, MeterProvider, OtlpConfig};
    ///
    /// # let provider = opentelemetry_sdk::metrics::SdkMeterProvider::builder().build();
    /// let exporter = LogExporter::start(OtlpConfig::default())?;
    /// exporter.register_metrics(&provider.meter("checkout"));
    /// # Ok::<(), netcause_otlp::Error>(())
    /// ```
    pub fn register_metrics(&self, meter: &Meter) {
        self.component.register(&self.lane, meter);
    }

    /// Takes a record that somebody else made, and that was observed at that time.
    pub fn export_observed(&self, record: &Record<'_>, observed: SystemTime) {
        self.take(record, Some(observed));
    }

    /// Why records do not arrive, in one sentence: the last attempt that failed, unless
    /// something has arrived since, else what the last loss was for.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.lane.failure()
    }

    fn take(&self, record: &Record<'_>, observed: Option<SystemTime>) {
        with_buffers(|buffers| {
            let Buffers { scratch, message, .. } = buffers;
            push_log(record, observed, &self.limits, scratch, message);
            self.lane.push(record.target, message);
        });
    }
}

pub(crate) fn bounds(config: &OtlpConfig) -> Bounds {
    Bounds {
        bytes: config.buffer,
        records: config.queue_records.max(1),
        batch_records: config.batch_records.clamp(1, config.queue_records.max(1)),
        batch_bytes: REQUEST.min(config.buffer),
    }
}

impl Export for LogExporter {
    fn export(&self, record: &Record<'_>) {
        self.take(record, None);
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.lane.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.lane.counts()
    }

    fn losses(&self) -> Losses {
        self.lane.losses()
    }
}

impl Drop for LogExporter {
    fn drop(&mut self) {
        self.lane.close();
    }
}

/// What a thread encodes into, used again for each record.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) scratch: Scratch,
    pub(crate) message: Vec<u8>,
    pub(crate) line: String,
}

thread_local! {
    /// Taken while in use: who comes in between gets fresh ones.
    static BUFFERS: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

pub(crate) fn with_buffers(work: impl FnOnce(&mut Buffers)) {
    let mut buffers = BUFFERS.try_with(Cell::take).ok().flatten().unwrap_or_default();
    buffers.message.clear();
    buffers.line.clear();
    work(&mut buffers);
    let kept =
        [buffers.scratch.text.capacity(), buffers.message.capacity(), buffers.line.capacity()];
    if kept.iter().all(|capacity| *capacity <= KEPT) {
        // A thread that ends has no buffers any more.
        let _ = BUFFERS.try_with(|kept| kept.set(Some(buffers)));
    }
}
