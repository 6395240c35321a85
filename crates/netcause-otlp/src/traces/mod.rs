//! [`Traces`]: spans of `tracing` as OpenTelemetry's, delivered as log records are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use netcause_record::{Counts, Export, Losses, Record, Redactor};
use opentelemetry::metrics::Meter;
use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{
    Sampler, SdkTracer, SdkTracerProvider, Span, SpanData, SpanProcessor,
};
use tracing_core::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use self::span::SpanWriter;
use crate::lane::Lane;
use crate::logs::{bounds, with_buffers};
use crate::metrics::Component;
use crate::ship::{self, target::Signal};
use crate::{Error, OtlpConfig};

mod span;

/// What is recorded, and how a trace is passed on.
///
/// ```
/// let settings = netcause_otlp::TraceSettings::default();
/// assert!(settings.parent_based && settings.trace_context);
/// ```
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Whether a span with a parent is recorded if its parent is.
    pub parent_based: bool,
    /// The share of other traces that are recorded: 1 is all, 0 is none.
    pub ratio: f64,
    /// Whether a trace is passed on in the headers of W3C Trace Context.
    pub trace_context: bool,
    /// Whether baggage is passed on in the header of W3C Baggage.
    pub baggage: bool,
    /// Removes secrets from spans.
    pub redactor: Redactor,
}

impl Default for TraceSettings {
    fn default() -> Self {
        TraceSettings {
            parent_based: true,
            ratio: 1.0,
            trace_context: true,
            baggage: true,
            redactor: Redactor::default(),
        }
    }
}

/// Spans of `tracing` as OpenTelemetry's, delivered in the background.
///
/// Spans are best effort where log records are not lost without need: a span whose process
/// is killed was never finished.
///
/// # Example
///
/// ```no_run
/// use netcause_otlp::{OtlpConfig, TraceSettings, Traces};
/// use tracing_subscriber::prelude::*;
///
/// let config = OtlpConfig {
///     endpoint: "http://collector:4318/v1/traces".to_owned(),
///     ..OtlpConfig::default()
/// };
/// let traces = Traces::start(&config, TraceSettings::default())?;
/// let subscriber = tracing_subscriber::registry().with(traces.layer());
/// # drop(subscriber);
/// # Ok::<(), netcause_otlp::Error>(())
/// ```
#[derive(Debug)]
pub struct Traces {
    lane: Arc<Lane>,
    provider: SdkTracerProvider,
    component: Component,
}

impl Traces {
    /// Starts the thread that delivers, and makes provider and propagators global.
    ///
    /// # Errors
    ///
    /// As [`LogExporter::start`](crate::LogExporter::start).
    pub fn start(config: &OtlpConfig, settings: TraceSettings) -> Result<Self, Error> {
        let lane = Arc::new(Lane::new(bounds(config), config.on_full, config.patience));
        let component = ship::start(config, Signal::Traces, &lane)?;
        global::set_text_map_propagator(propagator(&settings));
        let sampler = sampler(&settings);
        let length = config.attributes.length;
        let processor = Processor::new(Arc::clone(&lane), settings.redactor, length);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(sampler)
            .with_max_attributes_per_span(config.attributes.count)
            // The resource of the requests is that of the configuration.
            .with_resource(Resource::builder_empty().build())
            .build();
        global::set_tracer_provider(provider.clone());
        Ok(Traces { lane, provider, component })
    }

    /// Registers `otel.sdk.processor.span.*` and `otel.sdk.exporter.span.*`: see
    /// [`LogExporter::register_metrics`](crate::LogExporter::register_metrics).
    pub fn register_metrics(&self, meter: &Meter) {
        self.component.register(&self.lane, meter);
    }

    /// The layer that makes OpenTelemetry's spans. It does not judge which of them failed,
    /// and is to be given no events: they are log records.
    #[must_use]
    pub fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_error_events_to_status(false)
            .with_error_events_to_exceptions(false)
            .with_error_records_to_exceptions(false)
            .with_error_fields_to_exceptions(false)
            .with_tracked_inactivity(false)
            .with_threads(false)
            .with_tracer(self.provider.tracer("netcause"))
    }
}

impl Export for Traces {
    /// Records are the business of others.
    fn export(&self, _: &Record<'_>) {}

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

fn sampler(settings: &TraceSettings) -> Sampler {
    let root = match settings.ratio {
        ratio if ratio >= 1.0 => Sampler::AlwaysOn,
        ratio if ratio > 0.0 => Sampler::TraceIdRatioBased(ratio),
        _ => Sampler::AlwaysOff,
    };
    if settings.parent_based { Sampler::ParentBased(Box::new(root)) } else { root }
}

fn propagator(settings: &TraceSettings) -> TextMapCompositePropagator {
    let mut propagators: Vec<Box<dyn TextMapPropagator + Send + Sync>> = Vec::new();
    if settings.trace_context {
        propagators.push(Box::new(TraceContextPropagator::new()));
    }
    if settings.baggage {
        propagators.push(Box::new(BaggagePropagator::new()));
    }
    TextMapCompositePropagator::new(propagators)
}

/// Encodes each span as it ends.
#[derive(Debug)]
struct Processor {
    lane: Arc<Lane>,
    redactor: Redactor,
    /// The most characters of a text.
    length: Option<usize>,
    /// How many losses those that flushed were told of.
    told: AtomicU64,
}

impl Processor {
    fn new(lane: Arc<Lane>, redactor: Redactor, length: Option<usize>) -> Self {
        Processor { lane, redactor, length, told: AtomicU64::new(0) }
    }
}

impl SpanProcessor for Processor {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        with_buffers(|buffers| {
            let (scratch, out) = (&mut buffers.scratch.text, &mut buffers.message);
            let (redactor, length) = (&self.redactor, self.length);
            SpanWriter { redactor, length, scratch, out }.span(&span);
            self.lane.push(span.instrumentation_scope.name(), out);
        });
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(Duration::from_secs(5))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let queued = self.lane.flush(timeout);
        let losses = self.lane.losses().total();
        // Also what was lost before, while nobody asked.
        let lost = losses.saturating_sub(self.told.swap(losses, Ordering::Relaxed));
        match (queued, lost) {
            (0, 0) => Ok(()),
            (0, lost) => Err(OTelSdkError::InternalFailure(format!("{lost} spans were lost"))),
            _ => Err(OTelSdkError::Timeout(timeout)),
        }
    }
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.lane.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::Loss;

    #[test]
    fn what_was_lost_before_a_flush_is_told_by_it_once() {
        let config = OtlpConfig::default();
        let lane = Arc::new(Lane::new(bounds(&config), config.on_full, config.patience));
        let processor = Processor::new(Arc::clone(&lane), Redactor::default(), None);
        assert!(processor.force_flush().is_ok(), "there was nothing to send");
        lane.push("scope", b"span");
        lane.lost(lane.take().unwrap(), Loss::Rejected, "400");
        let told = processor.force_flush().unwrap_err().to_string();
        assert!(told.contains("1 spans were lost"), "{told}");
        assert!(processor.force_flush().is_ok(), "that was told");
        lane.push("scope", b"span");
        let told = processor.shutdown_with_timeout(Duration::from_millis(1));
        assert!(matches!(told, Err(OTelSdkError::Timeout(_))), "{told:?}");
    }
}
