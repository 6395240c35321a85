//! [`Config`]: everything that the environment says, read once.

mod names;
mod otel;
mod parse;
mod settings;

use std::path::PathBuf;

use netcause_layer::OriginFields;
use netcause_record::{Limits, MIN_RECORD, OnFull, REDACTED, Redactor, Resource};
use tracing_core::Level;

use crate::{Error, ErrorKind};

pub use otel::{Otel, Otlp, OtlpProtocol, Propagator, Sampler};
pub use settings::Setting;

/// The least bytes of a text: less would cut what a line is for.
const MIN_FIELD: usize = 64;

/// The least bytes of a buffer: less would not hold one record.
const MIN_BUFFER: usize = 64 * 1024;

/// In which form lines are written: `NETCAUSE_FORMAT`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// For people on a terminal, else JSON.
    #[default]
    Auto,
    /// JSON lines.
    Json,
    /// For people.
    Pretty,
    /// Lines of OTLP/JSON.
    OtlpJson,
    /// None.
    Off,
}

/// Where lines go: `NETCAUSE_OUTPUT`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
    /// A file, appended to.
    File(PathBuf),
}

/// Which spans lend their fields: `NETCAUSE_SPANS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spans {
    /// All at INFO and above, whatever `RUST_LOG` says, because they carry host and port.
    #[default]
    Kept,
    /// Those that `RUST_LOG` lets through.
    Filtered,
}

/// Whether evidence is gathered after a failure: `NETCAUSE_EVIDENCE`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvidenceMode {
    /// What the kernel knows anyway is asked for.
    #[default]
    Passive,
    /// The kernel is never asked.
    Off,
}

/// Everything that the environment says.
///
/// | variable | values | default |
/// |---|---|---|
/// | `RUST_LOG` | directives of `EnvFilter`; they filter events | `info` |
/// | `NETCAUSE_SPANS` | `kept`, `filtered` | `kept` |
/// | `NETCAUSE_FORMAT` | `auto`, `json`, `pretty`, `otlp-json`, `off` | `auto` |
/// | `NETCAUSE_SCHEMA` | `otel` | `otel` |
/// | `NETCAUSE_OUTPUT` | `stdout`, `stderr`, a path | `stdout` |
/// | `NETCAUSE_BUFFER` | bytes that wait for an output, 65536 or more | 1 MiB of lines, 16 MiB for OTLP |
/// | `NETCAUSE_ON_FULL` | `drop_newest`, `drop_oldest`, `block` | `drop_newest` |
/// | `NETCAUSE_FIELDS` | of `code.file.path`, `code.line.number`, `thread.name`, `span.name` | none |
/// | `NETCAUSE_REDACT` | further keys whose values are secrets | none |
/// | `NETCAUSE_LIMIT_FIELD` | bytes of one text, 64 or more | 8192 |
/// | `NETCAUSE_LIMIT_RECORD` | bytes of one line, 4096 or more | 16000 |
/// | `NETCAUSE_EVIDENCE` | `passive`: the kernel is asked after a failure; `off` | `passive` |
/// | `NETCAUSE_CERT_WARN_DAYS` | days before its end that a certificate is warned of; 0: never | 14 |
/// | `NETCAUSE_RETRY_LEVEL` | the level of a failed try that is retried | `WARN` |
/// | `OTEL_SERVICE_NAME` | `service.name` | none |
/// | `OTEL_RESOURCE_ATTRIBUTES` | `key=value,…`, percent-encoded | none |
/// | `OTEL_SDK_DISABLED` | `true`: nothing is exported | `false` |
/// | `OTEL_LOGS_EXPORTER` | `otlp`, `console`, `none` | `otlp` where an endpoint is set |
/// | `OTEL_TRACES_EXPORTER` | `otlp`, `console`, `none` | `otlp` where an endpoint is set |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]ENDPOINT` | a URL | `http://localhost:4318`, gRPC 4317 |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]PROTOCOL` | `http/protobuf`, `http/json`, `grpc` | `http/protobuf` |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]HEADERS` | `key=value,…`, percent-encoded | none |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]TIMEOUT` | milliseconds of one attempt | 10000 |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]COMPRESSION` | `gzip`, `none` | `none` |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]CERTIFICATE` | a PEM file of trusted authorities | the system's |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]CLIENT_CERTIFICATE` | a PEM file | none |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]CLIENT_KEY` | a PEM file | none |
/// | `OTEL_EXPORTER_OTLP_[LOGS_\|TRACES_]INSECURE` | `true`: no TLS where a gRPC endpoint has no scheme | `false` |
/// | `OTEL_BLRP_SCHEDULE_DELAY` | milliseconds that a log record waits for others | 1000 |
/// | `OTEL_BLRP_EXPORT_TIMEOUT` | milliseconds after which a batch is given up | never |
/// | `OTEL_BLRP_MAX_QUEUE_SIZE` | log records that wait | as many as fit |
/// | `OTEL_BLRP_MAX_EXPORT_BATCH_SIZE` | log records of one request | 512 |
/// | `OTEL_BSP_SCHEDULE_DELAY` | the same of spans | 5000 |
/// | `OTEL_BSP_EXPORT_TIMEOUT` | the same of spans | never |
/// | `OTEL_BSP_MAX_QUEUE_SIZE` | the same of spans | as many as fit |
/// | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | the same of spans | 512 |
/// | `OTEL_TRACES_SAMPLER` | `always_on`, `always_off`, `traceidratio`, each also after `parentbased_` | `parentbased_always_on` |
/// | `OTEL_TRACES_SAMPLER_ARG` | the share of `traceidratio`, 0 to 1 | 1 |
/// | `OTEL_PROPAGATORS` | of `tracecontext`, `baggage`, `none` | both |
/// | `OTEL_ATTRIBUTE_COUNT_LIMIT` | attributes of a record or span | 128 |
/// | `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` | characters of a text | unlimited |
/// | `OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT` | the same of log records | |
/// | `OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT` | the same of log records | |
/// | `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` | the same of spans | |
/// | `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` | the same of spans | |
/// | `NO_COLOR` | any value: no colours | unset |
///
/// An empty value means unset. Lists are separated by commas.
///
/// ```
/// use netcause::{Config, Format};
///
/// let config = Config::from_variables([("NETCAUSE_FORMAT", "json")])?;
/// assert_eq!(config.format, Format::Json);
/// # Ok::<(), netcause::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// `RUST_LOG`: which events are written.
    pub directives: String,
    /// `NETCAUSE_SPANS`.
    pub spans: Spans,
    /// `NETCAUSE_FORMAT`.
    pub format: Format,
    /// `NETCAUSE_OUTPUT`.
    pub output: Output,
    /// `NETCAUSE_FIELDS`.
    pub origin: OriginFields,
    /// `NETCAUSE_REDACT`: further keys whose values are secrets.
    pub redact: Vec<String>,
    /// `NETCAUSE_LIMIT_FIELD` and `NETCAUSE_LIMIT_RECORD`, in bytes.
    pub limits: Limits,
    /// `NETCAUSE_EVIDENCE`.
    pub evidence: EvidenceMode,
    /// `NETCAUSE_CERT_WARN_DAYS`.
    pub certificate_warn_days: u32,
    /// `NETCAUSE_RETRY_LEVEL`.
    pub retry_level: Level,
    /// `OTEL_SERVICE_NAME`, or `service.name` of `OTEL_RESOURCE_ATTRIBUTES`.
    pub service_name: Option<String>,
    /// The other attributes of `OTEL_RESOURCE_ATTRIBUTES`.
    pub resource: Vec<(String, String)>,
    /// `NO_COLOR`: whether colours are unwanted.
    pub no_color: bool,
    /// `NETCAUSE_BUFFER`: the most bytes that wait for an output.
    pub buffer: Option<usize>,
    /// `NETCAUSE_ON_FULL`: what happens when there is no room for a record.
    pub on_full: OnFull,
    /// OpenTelemetry's variables of export.
    pub otel: Otel,
    /// What was wrong and is passed over, as OpenTelemetry's specification demands.
    pub warnings: Vec<String>,
    /// The variables that are set.
    stated: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            directives: "info".to_owned(),
            spans: Spans::default(),
            format: Format::default(),
            output: Output::default(),
            origin: OriginFields::default(),
            redact: Vec::new(),
            limits: Limits::default(),
            evidence: EvidenceMode::default(),
            certificate_warn_days: 14,
            retry_level: Level::WARN,
            service_name: None,
            resource: Vec::new(),
            no_color: false,
            buffer: None,
            on_full: OnFull::default(),
            otel: Otel::default(),
            warnings: Vec::new(),
            stated: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    ///
    /// Where a variable has a value that is not allowed, asks for what this version does
    /// not have, or has a `NETCAUSE_` name that does not exist.
    pub fn from_env() -> Result<Self, Error> {
        Config::from_variables(from_process())
    }

    /// Reads some variables of the environment of this process and passes over all others,
    /// for a program that needs no more.
    ///
    /// ```
    /// let config = netcause::Config::from_env_only(&["NETCAUSE_REDACT"])?;
    /// # Ok::<(), netcause::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`], for these.
    pub fn from_env_only(names: &[&str]) -> Result<Self, Error> {
        Config::from_variables(from_process().filter(|(name, _)| names.contains(&name.as_str())))
    }

    /// The same, with all that says where log records go over OTLP: they do, whether an
    /// endpoint is set or not, and who hands them over waits for room unless
    /// `NETCAUSE_ON_FULL` says otherwise.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`], for these.
    #[cfg(feature = "otlp")]
    pub fn from_env_forwarding(names: &[&str]) -> Result<Self, Error> {
        Config::forwarding(names, from_process())
    }

    #[cfg(feature = "otlp")]
    fn forwarding(
        names: &[&str],
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let is_obeyed = |name: &str| names.contains(&name) || otel::is_about_logs(name);
        let asked = ("OTEL_LOGS_EXPORTER".to_owned(), "otlp".to_owned());
        let obeyed = variables.filter(|(name, _)| is_obeyed(name)).chain([asked]);
        let mut config = Config::from_variables(obeyed)?;
        if !config.stated.iter().any(|name| name == "NETCAUSE_ON_FULL") {
            config.on_full = OnFull::Block;
        }
        Ok(config)
    }

    /// Reads variables.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let mut config = Config::default();
        let set = that_say_something(variables);
        names::check(&set)?;
        for (name, value) in &set {
            config.apply(name, value)?;
        }
        config.otel = otel::read(&set, &mut config.warnings);
        config.stated = set.into_iter().map(|(name, _)| name).collect();
        Ok(config)
    }

    fn apply(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "RUST_LOG" => self.directives = parse::directives(name, value)?,
            "NETCAUSE_SPANS" => self.spans = parse::spans(name, value)?,
            "NETCAUSE_FORMAT" => self.format = parse::format(name, value)?,
            "NETCAUSE_SCHEMA" => parse::schema(name, value)?,
            "NETCAUSE_BUFFER" => self.buffer = Some(parse::bytes(name, value, MIN_BUFFER)?),
            "NETCAUSE_ON_FULL" => self.on_full = parse::on_full(name, value)?,
            "NETCAUSE_OUTPUT" => self.output = parse::output(value),
            "NETCAUSE_FIELDS" => self.origin = parse::origin(name, value)?,
            "NETCAUSE_REDACT" => self.redact = parse::list(value).map(str::to_owned).collect(),
            "NETCAUSE_LIMIT_FIELD" => self.limits.field = parse::bytes(name, value, MIN_FIELD)?,
            "NETCAUSE_LIMIT_RECORD" => self.limits.record = parse::bytes(name, value, MIN_RECORD)?,
            "NETCAUSE_EVIDENCE" => self.evidence = parse::evidence(name, value)?,
            "NETCAUSE_CERT_WARN_DAYS" => self.certificate_warn_days = parse::days(name, value)?,
            "NETCAUSE_RETRY_LEVEL" => self.retry_level = parse::level(name, value)?,
            "OTEL_SERVICE_NAME" => self.service_name = Some(value.to_owned()),
            "OTEL_RESOURCE_ATTRIBUTES" => self.resource_attributes(name, value),
            "NO_COLOR" => self.no_color = true,
            _ => {}
        }
        Ok(())
    }

    /// A part that cannot be read is one warning; the specification forbids to fail.
    fn resource_attributes(&mut self, name: &str, value: &str) {
        match parse::resource_attributes(value) {
            // The part may be the rest of a secret that holds a comma: it is not repeated.
            Err(place) => self.warnings.push(format!(
                "{name}: part {place} is not of the form key=value; the whole variable is passed over"
            )),
            Ok(attributes) => {
                for (key, value) in attributes {
                    if key != "service.name" {
                        self.resource.push((key, value));
                    } else if self.service_name.is_none() {
                        self.service_name = Some(value);
                    }
                }
            }
        }
    }

    /// What runs here, for records.
    pub(crate) fn to_resource(&self) -> Resource {
        let redactor = Redactor::new(&self.redact);
        let mut attributes = self.resource.clone();
        for (key, value) in &mut attributes {
            if redactor.is_secret_key(key) {
                REDACTED.clone_into(value);
            } else {
                redactor.text(value, 0);
            }
        }
        Resource::new(self.service_name.clone(), attributes)
    }

    /// What [`crate::init`] falls back to: JSON on standard error, and of the environment
    /// all that can be read, further secrets above all.
    pub(crate) fn fallback() -> Self {
        let mut config = Config::default();
        let set = that_say_something(from_process());
        for (name, value) in &set {
            // What is wrong has been said already.
            let _ = config.apply(name, value);
        }
        config.otel = otel::read(&set, &mut config.warnings);
        config.warnings.clear();
        Config { output: Output::Stderr, format: Format::Json, ..config }
    }

    /// What the crates of the network go by.
    #[cfg(feature = "net")]
    pub(crate) fn net_settings(&self) -> netcause_net::Settings {
        let mut settings = netcause_net::Settings::default();
        settings.evidence = match self.evidence {
            EvidenceMode::Passive => netcause_net::EvidenceMode::Passive,
            EvidenceMode::Off => netcause_net::EvidenceMode::Off,
        };
        settings.certificate_warn_days = self.certificate_warn_days;
        settings.retry_level = self.retry_level;
        settings
    }

    /// # Errors
    ///
    /// Where this build has no such form.
    pub(crate) fn check_build(&self) -> Result<(), Error> {
        let exports = self.otel.logs.is_some() || self.otel.traces.is_some();
        let (asked, missing) = match self.format {
            Format::Json if !cfg!(feature = "json") => ("NETCAUSE_FORMAT=json", "json"),
            Format::Pretty if !cfg!(feature = "pretty") => ("NETCAUSE_FORMAT=pretty", "pretty"),
            Format::OtlpJson if !cfg!(feature = "otlp") => ("NETCAUSE_FORMAT=otlp-json", "otlp"),
            _ if exports && !cfg!(feature = "otlp") => {
                ("OTEL_EXPORTER_OTLP_*, OTEL_LOGS_EXPORTER or OTEL_TRACES_EXPORTER", "otlp")
            }
            _ => return Ok(()),
        };
        let text = format!("{asked}: this build lacks the feature `{missing}`");
        Err(Error::new(ErrorKind::NotBuilt, text))
    }
}

fn from_process() -> impl Iterator<Item = (String, String)> {
    let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
    std::env::vars_os().map(move |(name, value)| (text(name), text(value)))
}

/// Variables without those that are empty, which means unset.
fn that_say_something<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Vec<(String, String)>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let trimmed =
        |(name, value): (N, V)| (name.as_ref().to_owned(), value.as_ref().trim().to_owned());
    variables.into_iter().map(trimmed).filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests;
