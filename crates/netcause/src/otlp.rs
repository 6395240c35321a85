//! What the configuration says of OTLP, for the exporters.

use std::sync::Arc;

use netcause_otlp::{
    AttributeLimits, LogExporter, OtlpConfig, OtlpJsonExporter, Protocol, TlsFiles,
};
use netcause_record::{Export, Sink};

use crate::{Config, Error, ErrorKind, Otlp, OtlpProtocol};

/// The exporter of log records, where there is to be one.
pub(crate) fn logs(config: &Config) -> Result<Option<Arc<dyn Export>>, Error> {
    let Some(otlp) = &config.otel.logs else { return Ok(None) };
    let exporter = LogExporter::start(of_signal(config, otlp)).map_err(failed)?;
    Ok(Some(Arc::new(exporter)))
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
