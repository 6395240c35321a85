//! The two sides that make requests of OTLP, which are then thrown away: ours, and
//! OpenTelemetry's appender with the stock encoding of batches.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use netcause_layer::NetcauseLayer;
use netcause_otlp::{AttributeLimits, LogEncoder};
use netcause_record::{Export, Record, Resource};
use opentelemetry::InstrumentationScope;
use opentelemetry_appender_tracing::layer::{OpenTelemetryTracingBridge, TracingSpanAttributes};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogProcessor, SdkLogRecord, SdkLoggerProvider};
use prost::Message;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::subscribers::SERVICE;

/// As many records as both put into a request: what the specification recommends, and both
/// do unless told otherwise.
pub const BATCH: usize = 512;

/// Encodes as the exporter does, and throws each request away.
#[derive(Debug)]
struct Encoding(Mutex<LogEncoder>);

impl Export for Encoding {
    fn export(&self, record: &Record<'_>) {
        let mut encoder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        encoder.push(record);
        if encoder.len() == BATCH {
            black_box(encoder.take());
        }
    }
}

/// What the stock batch processor and exporter do with a record, on the caller's thread: a
/// copy of it, and a request of many.
#[allow(clippy::vec_box, reason = "as the stock processor does")]
#[derive(Debug, Default)]
struct Batching(Mutex<Vec<Box<(SdkLogRecord, InstrumentationScope)>>>);

impl LogProcessor for Batching {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        let mut batch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        batch.push(Box::new((record.clone(), scope.clone())));
        if batch.len() == BATCH {
            let records: Vec<_> = batch.iter().map(|it| (&it.0, &it.1)).collect();
            let resource = ResourceAttributesWithSchema::default();
            let resource_logs =
                group_logs_by_resource_and_scope(&LogBatch::new(&records), &resource);
            black_box(ExportLogsServiceRequest { resource_logs }.encode_to_vec());
            batch.clear();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// netcause: records into requests of OTLP.
#[must_use]
pub fn ours() -> Dispatch {
    let resource = Resource::new(Some(SERVICE.to_owned()), Vec::new());
    let attributes = netcause_otlp::resource(&resource);
    let encoder = LogEncoder::new(&attributes, AttributeLimits::default());
    registry().with(NetcauseLayer::new(Encoding(Mutex::new(encoder)))).into()
}

/// OpenTelemetry's appender with the attributes of spans, and the stock encoding of batches.
#[must_use]
pub fn stock() -> Dispatch {
    appender(&SdkLoggerProvider::builder().with_log_processor(Batching::default()).build())
}

/// OpenTelemetry's appender with the attributes of spans.
#[must_use]
pub fn appender(provider: &SdkLoggerProvider) -> Dispatch {
    let bridge = OpenTelemetryTracingBridge::builder(provider)
        .with_tracing_span_attributes(TracingSpanAttributes::all())
        .build();
    registry().with(bridge).into()
}
