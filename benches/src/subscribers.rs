//! The subscribers that are compared, each as its users set it up.

use netcause_layer::NetcauseLayer;
use netcause_record::{JsonExporter, Limits, Resource, Sink};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Dispatch;
use tracing_bunyan_formatter::{BunyanFormattingLayer, JsonStorageLayer};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use crate::sink::CountingSink;

/// The `service.name` that those write who write one.
pub const SERVICE: &str = "checkout";

/// A registry and nothing else: what spans and events cost before anyone looks at them.
#[must_use]
pub fn registry_alone() -> Dispatch {
    registry().into()
}

/// `tracing_subscriber::fmt().json()`.
#[must_use]
pub fn fmt_json() -> Dispatch {
    tracing_subscriber::fmt().json().with_writer(CountingSink::new).finish().into()
}

/// json-subscriber's defaults.
#[must_use]
pub fn json_subscriber() -> Dispatch {
    json_subscriber::fmt().with_writer(CountingSink::new).finish().into()
}

/// json-subscriber with the fields of event and spans at the top level.
#[must_use]
pub fn json_subscriber_flattened() -> Dispatch {
    let layer = json_subscriber::layer()
        .with_writer(CountingSink::new)
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .flatten_span_list_on_top_level(true);
    registry().with(layer).into()
}

/// tracing-bunyan-formatter.
#[must_use]
pub fn bunyan() -> Dispatch {
    let layer = BunyanFormattingLayer::new(SERVICE.to_owned(), CountingSink::new);
    registry().with(JsonStorageLayer).with(layer).into()
}

/// netcause: JSON lines into the sink.
#[must_use]
pub fn ours() -> Dispatch {
    registry().with(layer()).into()
}

/// netcause as `init()` sets it up: nothing below INFO.
#[must_use]
pub fn ours_from_info() -> Dispatch {
    registry().with(layer()).with(LevelFilter::INFO).into()
}

/// netcause beside tracing-opentelemetry.
#[must_use]
pub fn beside() -> Dispatch {
    registry().with(tracing_opentelemetry::layer().with_tracer(tracer())).with(layer()).into()
}

/// tracing-opentelemetry alone.
#[must_use]
pub fn opentelemetry_alone() -> Dispatch {
    registry().with(tracing_opentelemetry::layer().with_tracer(tracer())).into()
}

fn layer() -> NetcauseLayer {
    let exporter = JsonExporter::new(Sink::writer(Box::new(CountingSink)), Limits::default());
    let resource = Resource::new(Some(SERVICE.to_owned()), Vec::new());
    NetcauseLayer::new(exporter).with_resource(resource)
}

fn tracer() -> SdkTracer {
    SdkTracerProvider::builder().build().tracer(SERVICE)
}
