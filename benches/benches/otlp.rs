//! Log records of OTLP: a failing event in three spans, encoded in batches on one thread.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use netcause_benches::measure::{Case, measure, timed};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_benches::scene::{enter_spans, failing_event, ordinary_event};
use netcause_benches::{errors, subscribers};
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
use tracing::dispatcher::with_default;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// As many records as both put into a request: few enough that each measured piece of work
/// has many of them.
const BATCH: usize = 64;

const OURS: &str = "netcause";
const OURS_NEW: &str = "netcause, another text each time";
const STOCK: &str = "OpenTelemetry's appender, span attributes, batch encoding";

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

    fn shutdown_with_timeout(&self, _: std::time::Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn ours() -> Dispatch {
    let resource = Resource::new(Some(subscribers::SERVICE.to_owned()), Vec::new());
    let attributes = netcause_otlp::resource(&resource);
    let encoder = LogEncoder::new(&attributes, AttributeLimits::default());
    registry().with(NetcauseLayer::new(Encoding(Mutex::new(encoder)))).into()
}

fn stock() -> Dispatch {
    let provider = SdkLoggerProvider::builder().with_log_processor(Batching::default()).build();
    let bridge = OpenTelemetryTracingBridge::builder(&provider)
        .with_tracing_span_attributes(TracingSpanAttributes::all())
        .build();
    registry().with(bridge).into()
}

fn in_spans<'a>(name: &'static str, dispatch: Dispatch, log: impl Fn() + 'a) -> Case<'a> {
    Case::new(name, move |times| {
        with_default(&dispatch, || {
            let _spans = enter_spans();
            timed(times, &log)
        })
    })
}

fn main() {
    let (error, numbered) = (errors::with_fault(), errors::with_fault_and_number());
    let log = || failing_event(black_box(&error));
    let log_new = || failing_event(black_box(&numbered));
    let failing = measure(vec![
        in_spans(STOCK, stock(), log),
        in_spans(OURS, ours(), log),
        in_spans(OURS_NEW, ours(), log_new),
    ]);
    print(&table("Failing event in three spans, as OTLP", &failing, OURS));
    let ordinary = measure(vec![
        in_spans(STOCK, stock(), ordinary_event),
        in_spans(OURS, ours(), ordinary_event),
    ]);
    print(&table("Ordinary event in three spans, as OTLP", &ordinary, OURS));
    let what = "failing event as OTLP: ours / OpenTelemetry's appender and batch encoding";
    print_budgets(&[Budget::at_most(what, failing.ratio(OURS, STOCK), 0.2, None)]);
}
