//! [`BridgeExporter`]: records into a provider of loggers that a service already has.

use std::collections::HashMap;

use netcause_record::{Export, Record, Severity};
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity as Number};
use opentelemetry::{Key, SpanId, TraceFlags, TraceId};
use serde_json::Value;

use crate::AttributeLimits;
use crate::encode::attributes::{self, Attributes, Texts};
use crate::logs::with_buffers;

/// Hands records to the logger of an OpenTelemetry provider, whose processors and exporters
/// then do with them what they do. It is theirs to say what was lost.
///
/// # Example
///
/// ```
/// use netcause_otlp::{AttributeLimits, BridgeExporter};
///
/// let provider = opentelemetry::logs::NoopLoggerProvider::new();
/// let exporter = BridgeExporter::new(&provider, AttributeLimits::default());
/// # drop(exporter);
/// ```
#[derive(Debug)]
pub struct BridgeExporter<L> {
    logger: L,
    limits: AttributeLimits,
}

impl<L: Logger> BridgeExporter<L> {
    /// Hands records to a logger of this provider.
    pub fn new<P>(provider: &P, limits: AttributeLimits) -> Self
    where
        P: LoggerProvider<Logger = L>,
    {
        BridgeExporter { logger: provider.logger("netcause"), limits }
    }
}

impl<L> Export for BridgeExporter<L>
where
    L: Logger + Send + Sync + std::fmt::Debug,
{
    fn export(&self, record: &Record<'_>) {
        let mut log = self.logger.create_log_record();
        log.set_target(record.target.to_owned());
        if let Some(time) = record.timestamp {
            log.set_timestamp(time);
            log.set_observed_timestamp(time);
        }
        if let Some(severity) = record.severity {
            log.set_severity_text(severity.as_str());
            log.set_severity_number(number(severity));
        }
        if let Some(name) = record.origin.event {
            log.set_event_name(name);
        }
        if let Some(message) = record.message {
            log.set_body(AnyValue::from(message.to_owned()));
        }
        if let Some(trace) = &record.trace {
            let (trace_id, span_id) =
                (TraceId::from_bytes(trace.trace_id), SpanId::from_bytes(trace.span_id));
            log.set_trace_context(trace_id, span_id, Some(TraceFlags::new(trace.flags)));
        }
        with_buffers(|buffers| {
            let mut bridge = Bridge { log: &mut log, taken: 0 };
            attributes::write(record, &self.limits, &mut buffers.scratch, &mut bridge);
        });
        self.logger.emit(log);
    }
}

fn number(severity: Severity) -> Number {
    match severity {
        Severity::Trace => Number::Trace,
        Severity::Debug => Number::Debug,
        Severity::Info => Number::Info,
        Severity::Warn => Number::Warn,
        Severity::Error => Number::Error,
    }
}

struct Bridge<'a, R> {
    log: &'a mut R,
    taken: usize,
}

impl<R: LogRecord> Bridge<'_, R> {
    fn add(&mut self, key: &str, value: AnyValue) {
        self.taken += key.len();
        self.log.add_attribute(Key::from(key.to_owned()), value);
    }
}

impl<R: LogRecord> Attributes for Bridge<'_, R> {
    fn text(&mut self, key: &str, value: &str) {
        self.taken += value.len();
        self.add(key, AnyValue::from(value.to_owned()));
    }

    fn integer(&mut self, key: &str, value: i64) {
        self.add(key, AnyValue::Int(value));
    }

    fn double(&mut self, key: &str, value: f64) {
        self.add(key, AnyValue::Double(value));
    }

    fn boolean(&mut self, key: &str, value: bool) {
        self.add(key, AnyValue::Boolean(value));
    }

    /// There is no null in the data model of the SDK.
    fn null(&mut self, _: &str) {}

    fn texts(&mut self, key: &str, values: Texts<'_>) {
        let values = values.iter().map(|value| AnyValue::from(value.to_owned())).collect();
        self.add(key, AnyValue::ListAny(Box::new(values)));
    }

    fn json(&mut self, key: &str, value: &Value) {
        if let Some(value) = any_value(value) {
            self.add(key, value);
        }
    }

    fn len(&self) -> usize {
        self.taken
    }
}

fn any_value(value: &Value) -> Option<AnyValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => AnyValue::Boolean(*value),
        Value::String(text) => AnyValue::from(text.clone()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => AnyValue::Int(integer),
            (None, Some(double)) if number.is_f64() => AnyValue::Double(double),
            _ => AnyValue::from(number.to_string()),
        },
        Value::Array(values) => {
            AnyValue::ListAny(Box::new(values.iter().filter_map(any_value).collect()))
        }
        Value::Object(members) => {
            let member =
                |(key, value): (&String, &Value)| Some((Key::from(key.clone()), any_value(value)?));
            let members: HashMap<_, _> = members.iter().filter_map(member).collect();
            AnyValue::Map(Box::new(members))
        }
    })
}
