//! What the configuration says of OTLP, for the exporters.

use std::sync::Arc;

use netcause_otlp::{
    AttributeLimits, LogExporter, OtlpConfig, OtlpJsonExporter, Protocol, TlsFiles, TraceSettings,
    Traces,
};
use netcause_record::{Export, Redactor, Sink};
use tracing_core::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::filter::EventFilter;
use crate::{Config, Error, ErrorKind, Otlp, OtlpProtocol, Propagator, Spans};

/// The exporter of log records, where there is to be one.
pub(crate) fn logs(config: &Config) -> Result<Option<Arc<dyn Export>>, Error> {
    let Some(otlp) = &config.otel.logs else { return Ok(None) };
    let exporter = LogExporter::start(of_signal(config, otlp)).map_err(failed)?;
    Ok(Some(Arc::new(exporter)))
}

/// What makes spans into traces, where there is to be something.
pub(crate) fn traces(config: &Config) -> Result<Option<Arc<Traces>>, Error> {
    let Some(otlp) = &config.otel.traces else { return Ok(None) };
    let settings = TraceSettings {
        parent_based: config.otel.sampler.parent_based,
        ratio: config.otel.sampler.ratio,
        trace_context: config.otel.propagators.contains(&Propagator::TraceContext),
        baggage: config.otel.propagators.contains(&Propagator::Baggage),
        redactor: Redactor::new(&config.redact),
    };
    let traces = Traces::start(&of_signal(config, otlp), settings).map_err(failed)?;
    Ok(Some(Arc::new(traces)))
}

/// The layer that makes spans into traces. It is given the spans that lend their fields, too.
pub(crate) fn traces_layer<S>(
    config: &Config,
    traces: &Traces,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let filter = EventFilter::new(EnvFilter::new(&config.directives), config.spans == Spans::Kept);
    traces.layer().with_filter(filter.without_events())
}

/// The exporter of lines of OTLP/JSON.
pub(crate) fn lines(config: &Config, sink: Sink) -> OtlpJsonExporter {
    let resource = netcause_otlp::resource(&config.to_resource());
    OtlpJsonExporter::new(sink, &resource, limits(config))
}

fn failed(error: netcause_otlp::Error) -> Error {
    Error::new(ErrorKind::Exporter, format!("OTLP: {error}"))
}

fn limits(config: &Config) -> AttributeLimits {
    AttributeLimits { count: config.otel.attribute_count, length: config.otel.attribute_length }
}

fn of_signal(config: &Config, otlp: &Otlp) -> OtlpConfig {
    let usual = OtlpConfig::default();
    OtlpConfig {
        endpoint: otlp.endpoint.clone(),
        protocol: match otlp.protocol {
            OtlpProtocol::HttpProtobuf => Protocol::HttpProtobuf,
            OtlpProtocol::Grpc => Protocol::Grpc,
        },
        headers: otlp.headers.clone(),
        timeout: otlp.timeout,
        gzip: otlp.gzip,
        tls: TlsFiles {
            certificate: otlp.certificate.clone(),
            client_certificate: otlp.client_certificate.clone(),
            client_key: otlp.client_key.clone(),
        },
        buffer: config.buffer.unwrap_or(usual.buffer),
        queue_records: otlp.queue_records.unwrap_or(usual.queue_records),
        on_full: config.on_full,
        batch_records: otlp.batch_records,
        delay: otlp.delay,
        give_up: otlp.give_up,
        attributes: limits(config),
        resource: netcause_otlp::resource(&config.to_resource()),
    }
}
