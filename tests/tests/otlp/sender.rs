//! Events into an exporter of OTLP, and what became of them.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use netcause_layer::NetcauseLayer;
use netcause_otlp::{LogExporter, OtlpConfig, Protocol};
use netcause_record::Export;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;

/// A configuration.
pub(crate) struct Settings(pub(crate) OtlpConfig);

/// One that does not keep a test waiting.
pub(crate) fn quick(endpoint: String) -> Settings {
    let delay = Duration::from_millis(20);
    Settings(OtlpConfig { endpoint, delay, ..OtlpConfig::default() })
}

impl Settings {
    pub(crate) fn over_grpc(mut self) -> Self {
        self.0.protocol = Protocol::Grpc;
        self
    }
}

/// Sends events whose messages are numbers.
pub(crate) struct Sender {
    pub(crate) exporter: Arc<LogExporter>,
    dispatch: Dispatch,
}

impl Sender {
    pub(crate) fn start(settings: Settings) -> Self {
        let exporter = Arc::new(LogExporter::start(settings.0).expect("it starts"));
        let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
        let dispatch = Dispatch::new(tracing_subscriber::registry().with(layer));
        Sender { exporter, dispatch }
    }

    pub(crate) fn send(&self, numbers: Range<usize>) {
        tracing::dispatcher::with_default(&self.dispatch, || {
            for number in numbers {
                tracing::info!("{number}");
            }
        });
    }

    /// Sends events of about 15 KB, the most that one has by default.
    pub(crate) fn send_long(&self, count: usize) {
        let long = "long ".repeat(3_000);
        tracing::dispatcher::with_default(&self.dispatch, || {
            for _ in 0..count {
                tracing::info!("{long}");
            }
        });
    }

    pub(crate) fn flush(&self, timeout: Duration) -> u64 {
        self.exporter.flush(timeout)
    }

    /// Everything that was emitted is delivered, queued or lost with a reason.
    pub(crate) fn adds_up(&self, emitted: u64) {
        let (counts, losses) = (self.exporter.counts(), self.exporter.losses());
        assert_eq!(counts.written + counts.queued + counts.lost, emitted, "{counts:?}");
        assert!(losses.total() >= counts.lost, "{counts:?}, {losses:?}");
    }

    /// As before, and nothing waits any more.
    pub(crate) fn settled(&self, emitted: u64, delivered: u64) {
        self.adds_up(emitted);
        let counts = self.exporter.counts();
        assert_eq!((counts.written, counts.queued), (delivered, 0), "{counts:?}");
    }
}
