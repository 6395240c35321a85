//! An OpenTelemetry tracer whose finished spans can be read back.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter, Tracer};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// Collects finished spans.
#[derive(Debug, Clone, Default)]
pub struct Spans(Arc<Mutex<Vec<SpanData>>>);

impl Spans {
    /// A layer whose spans end here.
    #[must_use]
    pub fn layer<S>(&self) -> OpenTelemetryLayer<S, Tracer>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let provider = SdkTracerProvider::builder().with_simple_exporter(self.clone()).build();
        tracing_opentelemetry::layer().with_tracer(provider.tracer("test"))
    }

    /// The finished span of a name.
    ///
    /// # Panics
    ///
    /// Where there is none.
    #[must_use]
    pub fn named(&self, name: &str) -> SpanData {
        let spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spans.iter().find(|span| span.name == name).expect("a finished span of that name").clone()
    }

    /// The trace id and the span id of the finished span of a name, as records print them.
    ///
    /// # Panics
    ///
    /// As [`Spans::named`].
    #[must_use]
    pub fn ids(&self, name: &str) -> (String, String) {
        let span = self.named(name);
        (span.span_context.trace_id().to_string(), span.span_context.span_id().to_string())
    }
}

impl SpanExporter for Spans {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(batch);
        Ok(())
    }
}

/// A caller in another process.
#[must_use]
pub fn remote_parent() -> Context {
    let (trace, span) = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([9; 8]));
    let flags = TraceFlags::SAMPLED;
    let parent = SpanContext::new(trace, span, flags, true, TraceState::default());
    Context::new().with_remote_span_context(parent)
}
