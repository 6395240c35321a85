//! What the configuration says of OTLP, for the exporters.

use std::sync::Arc;
use std::time::Duration;

use netcause_otlp::{
    AttributeLimits, LogExporter, OtlpConfig, OtlpJsonExporter, Protocol, TlsFiles, TraceSettings,
    Traces,
};
use netcause_record::{Redactor, Sink};
use tracing_core::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::filter::EventFilter;
use crate::{Config, Error, ErrorKind, Otlp, OtlpProtocol, Propagator, Spans};

/// The exporter of log records, where there is to be one.
pub(crate) fn logs(config: &Config) -> Result<Option<Arc<LogExporter>>, Error> {
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
    let attributes = AttributeLimits {
        count: config.otel.span_attribute_count,
        length: config.otel.span_attribute_length,
    };
    let otlp = OtlpConfig { attributes, ..of_signal(config, otlp) };
    let traces = Traces::start(&otlp, settings).map_err(failed)?;
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
            OtlpProtocol::HttpJson => Protocol::HttpJson,
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
        patience: usual.patience,
        batch_records: otlp.batch_records,
        delay: otlp.delay,
        give_up: otlp.give_up,
        attributes: limits(config),
        resource: netcause_otlp::resource(&config.to_resource()),
    }
}

/// Forwarding: the log records of others.
impl Config {
    /// Starts what sends log records that other programs made.
    ///
    /// Who hands one over waits for room without end, where the policy is to wait. Of this
    /// process nothing is said: the resource is what the environment says and no more.
    ///
    /// ```
    /// use netcause::Config;
    ///
    /// let config = Config::from_env_forwarding(&[])?;
    /// let exporter = config.forward_logs()?;
    /// assert_eq!(exporter.failure(), None);
    /// # Ok::<(), netcause::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where nothing is to be sent (`OTEL_SDK_DISABLED`), and where the exporter cannot be
    /// started: an endpoint or a file that cannot be used.
    pub fn forward_logs(&self) -> Result<LogExporter, Error> {
        let Some(otlp) = &self.otel.logs else {
            let text = "OTEL_SDK_DISABLED=true, or no endpoint: no log records are sent";
            return Err(Error::new(ErrorKind::Exporter, text));
        };
        let patience = Duration::MAX;
        let resource = netcause_otlp::stated_resource(&self.to_resource());
        let config = OtlpConfig { patience, resource, ..of_signal(self, otlp) };
        LogExporter::start(config).map_err(failed)
    }
}

/// What came of trying an endpoint once.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tried {
    /// `logs` or `traces`.
    pub signal: &'static str,
    /// The endpoint, without a password.
    pub endpoint: String,
    /// How long it took.
    pub elapsed: Duration,
    /// What is wrong, in one sentence, and what to check next; absent where all is well.
    pub failure: Option<String>,
}

impl Config {
    /// Sends a request without records to each endpoint that something is exported to, and
    /// says what came of it.
    ///
    /// ```
    /// use netcause::Config;
    ///
    /// let endpoint = ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1/v1/logs");
    /// let tried = Config::from_variables([endpoint])?.try_endpoints();
    /// let failure = tried[0].failure.as_deref().unwrap();
    /// assert!(failure.starts_with("Connection to host 127.0.0.1 on port 1 refused"));
    /// # Ok::<(), netcause::Error>(())
    /// ```
    #[must_use]
    pub fn try_endpoints(&self) -> Vec<Tried> {
        let logs = self.otel.logs.as_ref().map(|otlp| ("logs", otlp));
        let traces = self.otel.traces.as_ref().map(|otlp| ("traces", otlp));
        logs.into_iter().chain(traces).map(|(signal, otlp)| self.try_one(signal, otlp)).collect()
    }

    fn try_one(&self, signal: &'static str, otlp: &Otlp) -> Tried {
        let endpoint = netcause_record::redacted(&otlp.endpoint).into_owned();
        match netcause_otlp::probe(&of_signal(self, otlp), signal == "traces") {
            Ok(probed) => {
                let failure = probed.failure.map(|it| it.to_string());
                Tried { signal, endpoint, elapsed: probed.elapsed, failure }
            }
            Err(error) => {
                let failure = Some(error.to_string());
                Tried { signal, endpoint, elapsed: Duration::ZERO, failure }
            }
        }
    }
}
