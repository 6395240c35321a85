//! What is in effect, and where each value came from.

use std::fmt;

use netcause_record::{OnFull, Redactor};

use super::{Config, Format, Output, Spans};
use crate::{Otlp, OtlpProtocol};

/// A value that is in effect.
///
/// ```
/// let config = netcause::Config::from_variables([("RUST_LOG", "warn")])?;
/// let settings = config.settings();
/// assert_eq!(settings[0].to_string(), "RUST_LOG=warn (environment)");
/// # Ok::<(), netcause::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The variable, or the one that would set it.
    pub name: String,
    /// The value, without secrets.
    pub value: String,
    /// Whether the environment says so; else it is the default.
    pub is_stated: bool,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = if self.is_stated { "environment" } else { "default" };
        write!(f, "{}={} ({source})", self.name, self.value)
    }
}

impl Config {
    /// Every value that is in effect, with the variable that it came from; those of exports
    /// only where something is exported.
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        let mut list = List { config: self, settings: Vec::new() };
        list.own();
        if let Some(otlp) = &self.otel.logs {
            list.otlp("LOGS", "OTEL_BLRP", otlp);
            list.limits();
        }
        if let Some(otlp) = &self.otel.traces {
            list.otlp("TRACES", "OTEL_BSP", otlp);
            list.traces();
        }
        list.settings
    }
}

struct List<'a> {
    config: &'a Config,
    settings: Vec<Setting>,
}

impl List<'_> {
    fn add(&mut self, name: &str, value: impl fmt::Display) {
        self.first(&[name], value);
    }

    /// A value that the first of these that is set sets.
    fn first(&mut self, names: &[&str], value: impl fmt::Display) {
        let stated = names.iter().find(|name| self.config.stated.iter().any(|it| it == **name));
        let name = stated.or(names.last()).copied().unwrap_or_default().to_owned();
        let mut value = value.to_string();
        Redactor::new(&self.config.redact).text(&mut value, 0);
        self.settings.push(Setting { name, value, is_stated: stated.is_some() });
    }

    fn own(&mut self) {
        let config = self.config;
        self.add("RUST_LOG", &config.directives);
        self.add("NETCAUSE_SPANS", if config.spans == Spans::Kept { "kept" } else { "filtered" });
        let format = match config.format {
            Format::Auto => "auto",
            Format::Json => "json",
            Format::Pretty => "pretty",
            Format::OtlpJson => "otlp-json",
            Format::Off => "off",
        };
        self.add("NETCAUSE_FORMAT", format);
        let output = match &config.output {
            Output::Stdout => "stdout".to_owned(),
            Output::Stderr => "stderr".to_owned(),
            Output::File(path) => path.display().to_string(),
        };
        self.add("NETCAUSE_OUTPUT", output);
        match config.buffer {
            Some(bytes) => self.add("NETCAUSE_BUFFER", bytes),
            None => self.add("NETCAUSE_BUFFER", "1 MiB of lines, 16 MiB for OTLP"),
        }
        let on_full = match config.on_full {
            OnFull::DropNewest => "drop_newest",
            OnFull::DropOldest => "drop_oldest",
            OnFull::Block => "block",
        };
        self.add("NETCAUSE_ON_FULL", on_full);
        self.add("NETCAUSE_REDACT", or_none(&config.redact.join(",")));
        self.add("NETCAUSE_LIMIT_FIELD", config.limits.field);
        self.add("NETCAUSE_LIMIT_RECORD", config.limits.record);
        let names = ["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"];
        self.first(&names, or_none(config.service_name.as_deref().unwrap_or_default()));
    }

    fn otlp(&mut self, signal: &str, batch: &str, otlp: &Otlp) {
        let protocol = match otlp.protocol {
            OtlpProtocol::HttpProtobuf => "http/protobuf",
            OtlpProtocol::HttpJson => "http/json",
            OtlpProtocol::Grpc => "grpc",
        };
        let headers: Vec<_> = otlp.headers.iter().map(|(name, _)| format!("{name}=***")).collect();
        let path = |path: &Option<std::path::PathBuf>, none: &str| {
            path.as_ref().map_or_else(|| none.to_owned(), |path| path.display().to_string())
        };
        let values = [
            ("ENDPOINT", otlp.endpoint.clone()),
            ("PROTOCOL", protocol.to_owned()),
            ("HEADERS", or_none(&headers.join(",")).to_owned()),
            ("TIMEOUT", format!("{} ms", otlp.timeout.as_millis())),
            ("COMPRESSION", if otlp.gzip { "gzip" } else { "none" }.to_owned()),
            ("CERTIFICATE", path(&otlp.certificate, "those of the system")),
            ("CLIENT_CERTIFICATE", path(&otlp.client_certificate, "none")),
            ("CLIENT_KEY", path(&otlp.client_key, "none")),
        ];
        for (name, value) in values {
            let all = format!("OTEL_EXPORTER_OTLP_{name}");
            self.first(&[&format!("OTEL_EXPORTER_OTLP_{signal}_{name}"), &all], value);
        }
        let most = otlp.queue_records.map_or("as many as fit".to_owned(), |most| most.to_string());
        self.add(&format!("{batch}_MAX_QUEUE_SIZE"), most);
        self.add(&format!("{batch}_MAX_EXPORT_BATCH_SIZE"), otlp.batch_records);
        let delay = format!("{} ms", otlp.delay.as_millis());
        self.add(&format!("{batch}_SCHEDULE_DELAY"), delay);
        let never = || "never".to_owned();
        let give_up = otlp.give_up.map_or_else(never, |it| format!("{} ms", it.as_millis()));
        self.add(&format!("{batch}_EXPORT_TIMEOUT"), give_up);
    }

    fn limits(&mut self) {
        let otel = &self.config.otel;
        let limits = [
            ("LOGRECORD", otel.attribute_count, otel.attribute_length),
            ("SPAN", otel.span_attribute_count, otel.span_attribute_length),
        ];
        for (own, count, length) in limits {
            let unlimited = || "unlimited".to_owned();
            let length = length.map_or_else(unlimited, |it| it.to_string());
            for (name, value) in [("COUNT", count.to_string()), ("VALUE_LENGTH", length)] {
                let all = format!("OTEL_ATTRIBUTE_{name}_LIMIT");
                self.first(&[&format!("OTEL_{own}_ATTRIBUTE_{name}_LIMIT"), &all], value);
            }
        }
    }

    fn traces(&mut self) {
        let otel = &self.config.otel;
        let (parent, ratio) = (otel.sampler.parent_based, otel.sampler.ratio);
        let of_parent = if parent { "those of recorded parents, and of others " } else { "" };
        let share = match ratio {
            1.0 => "all".to_owned(),
            0.0 => "none".to_owned(),
            ratio => format!("a share of {ratio}"),
        };
        self.add("OTEL_TRACES_SAMPLER", format!("{of_parent}{share}"));
        let propagators: Vec<_> = otel.propagators.iter().map(|it| it.as_str()).collect();
        self.add("OTEL_PROPAGATORS", or_none(&propagators.join(",")));
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
