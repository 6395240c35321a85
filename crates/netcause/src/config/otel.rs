//! OpenTelemetry's variables: what is exported, where to, and how.
//!
//! Its specification demands that a value that cannot be used is one warning, and that the
//! default stands in its place.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::parse;

/// How requests of OTLP are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtlpProtocol {
    /// `http/protobuf`.
    #[default]
    HttpProtobuf,
    /// `http/json`.
    HttpJson,
    /// `grpc`.
    Grpc,
}

/// Where one signal is exported to over OTLP, and how.
///
/// ```
/// use netcause::Config;
///
/// let config = Config::from_variables([("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")])?;
/// assert_eq!(config.otel.logs.unwrap().endpoint, "http://collector:4318/v1/logs");
/// # Ok::<(), netcause::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Otlp {
    /// The whole URL; for gRPC only scheme, host and port count.
    pub endpoint: String,
    /// How requests are made.
    pub protocol: OtlpProtocol,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The longest that one attempt takes.
    pub timeout: Duration,
    /// Whether requests are compressed.
    pub gzip: bool,
    /// The authorities that are trusted in place of the system's, in PEM.
    pub certificate: Option<PathBuf>,
    /// The certificate that the client shows, in PEM.
    pub client_certificate: Option<PathBuf>,
    /// Its key, in PEM.
    pub client_key: Option<PathBuf>,
    /// The most records that wait; as many as there are bytes for, where absent.
    pub queue_records: Option<usize>,
    /// The most records of one request.
    pub batch_records: usize,
    /// How long a record waits for others to go with it.
    pub delay: Duration,
    /// After so long a batch that cannot be delivered is given up; never, where absent.
    pub give_up: Option<Duration>,
}

/// Headers carry secrets, and an endpoint may.
impl fmt::Debug for Otlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Otlp")
            .field("endpoint", &netcause_record::redacted(&self.endpoint))
            .field("protocol", &self.protocol)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .field("gzip", &self.gzip)
            .field("certificate", &self.certificate)
            .field("client_certificate", &self.client_certificate)
            .field("client_key", &self.client_key)
            .field("queue_records", &self.queue_records)
            .field("batch_records", &self.batch_records)
            .field("delay", &self.delay)
            .field("give_up", &self.give_up)
            .finish()
    }
}

/// Which traces are recorded: `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Sampler {
    /// Whether a span with a parent is recorded if its parent is.
    pub parent_based: bool,
    /// The share of other traces that are recorded: 1 is all, 0 is none.
    pub ratio: f64,
}

impl Default for Sampler {
    fn default() -> Self {
        Sampler { parent_based: true, ratio: 1.0 }
    }
}

/// In which headers a trace is passed on: `OTEL_PROPAGATORS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Propagator {
    /// W3C Trace Context.
    TraceContext,
    /// W3C Baggage.
    Baggage,
}

impl Propagator {
    /// The name in `OTEL_PROPAGATORS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Propagator::TraceContext => "tracecontext",
            Propagator::Baggage => "baggage",
        }
    }
}

/// What OpenTelemetry's variables say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Otel {
    /// Where logs are exported to, if they are.
    pub logs: Option<Otlp>,
    /// Where traces are exported to, if they are.
    pub traces: Option<Otlp>,
    /// Which traces are recorded.
    pub sampler: Sampler,
    /// In which headers a trace is passed on.
    pub propagators: Vec<Propagator>,
    /// The most attributes of a log record.
    pub attribute_count: u32,
    /// The most characters of an attribute's text.
    pub attribute_length: Option<usize>,
    /// The most attributes of a span.
    pub span_attribute_count: u32,
    /// The most characters of the text of a span's attribute.
    pub span_attribute_length: Option<usize>,
}

impl Default for Otel {
    fn default() -> Self {
        Otel {
            logs: None,
            traces: None,
            sampler: Sampler::default(),
            propagators: vec![Propagator::TraceContext, Propagator::Baggage],
            attribute_count: 128,
            attribute_length: None,
            span_attribute_count: 128,
            span_attribute_length: None,
        }
    }
}

/// One signal's part of the names.
struct Signal {
    name: &'static str,
    exporter: &'static str,
    batch: &'static str,
    path: &'static str,
    delay: Duration,
}

const LOGS: Signal = Signal {
    name: "LOGS",
    exporter: "OTEL_LOGS_EXPORTER",
    batch: "OTEL_BLRP",
    path: "v1/logs",
    delay: Duration::from_secs(1),
};

const TRACES: Signal = Signal {
    name: "TRACES",
    exporter: "OTEL_TRACES_EXPORTER",
    batch: "OTEL_BSP",
    path: "v1/traces",
    delay: Duration::from_secs(5),
};

/// Whether a variable says where log records go, from whom, or what waits for them; not
/// whether they go.
#[cfg(feature = "otlp")]
pub(super) fn is_about_logs(name: &str) -> bool {
    let ours = ["NETCAUSE_BUFFER", "NETCAUSE_ON_FULL", "NETCAUSE_SPOOL_DIR", "NETCAUSE_SPOOL_MAX"];
    let whole = ["OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"];
    let begins = ["OTEL_BLRP_", "OTEL_LOGRECORD_", "OTEL_ATTRIBUTE_", "OTEL_EXPORTER_OTLP_"];
    let is_other = name.starts_with("OTEL_EXPORTER_OTLP_TRACES_");
    whole.contains(&name)
        || ours.contains(&name)
        || begins.iter().any(|it| name.starts_with(it)) && !is_other
}

/// The variables that are set, and what was wrong with them.
pub(super) struct Variables<'a> {
    set: &'a [(String, String)],
    warnings: &'a mut Vec<String>,
}

/// How the names of the limits of attributes end.
const LIMITS: [&str; 2] = ["ATTRIBUTE_COUNT_LIMIT", "ATTRIBUTE_VALUE_LENGTH_LIMIT"];

/// Reads OpenTelemetry's variables of export.
pub(super) fn read(set: &[(String, String)], warnings: &mut Vec<String>) -> Otel {
    let mut variables = Variables { set, warnings };
    if variables.boolean("OTEL_SDK_DISABLED") {
        return Otel::default();
    }
    let usual = Otel::default();
    let [count, length] = LIMITS;
    let names = |own: &str, name: &str| [format!("OTEL_{own}_{name}"), format!("OTEL_{name}")];
    Otel {
        logs: variables.otlp(&LOGS),
        traces: variables.otlp(&TRACES),
        sampler: variables.sampler(),
        propagators: variables.propagators().unwrap_or(usual.propagators),
        attribute_count: variables
            .first_number(names("LOGRECORD", count))
            .unwrap_or(usual.attribute_count),
        attribute_length: variables.first_number(names("LOGRECORD", length)),
        span_attribute_count: variables
            .first_number(names("SPAN", count))
            .unwrap_or(usual.span_attribute_count),
        span_attribute_length: variables.first_number(names("SPAN", length)),
    }
}

impl<'a> Variables<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.set.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Warns once of each thing.
    fn warn(&mut self, text: String) {
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }

    fn boolean(&mut self, name: &str) -> bool {
        match self.get(name) {
            Some(value) if value.eq_ignore_ascii_case("true") => true,
            Some(value) if !value.eq_ignore_ascii_case("false") => {
                self.warn(format!("{name}={value}: neither true nor false; taken as false"));
                false
            }
            _ => false,
        }
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        let value = self.get(name)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warn(format!("{name}={value}: no whole number; the default is used"));
        }
        number
    }

    fn first_number<T: std::str::FromStr>(&mut self, names: [String; 2]) -> Option<T> {
        names.iter().find_map(|name| self.number(name))
    }

    fn milliseconds(&mut self, name: &str) -> Option<Duration> {
        self.number(name).map(Duration::from_millis)
    }

    /// The variable of a signal, else the one for all; with its name.
    fn of_signal(&self, signal: &Signal, name: &str) -> Option<(String, &'a str)> {
        let names = [
            format!("OTEL_EXPORTER_OTLP_{}_{name}", signal.name),
            format!("OTEL_EXPORTER_OTLP_{name}"),
        ];
        names.into_iter().find_map(|name| self.get(&name).map(|value| (name, value)))
    }

    fn otlp(&mut self, signal: &Signal) -> Option<Otlp> {
        if !self.is_wanted(signal) {
            return None;
        }
        let protocol = self.protocol(signal);
        let file =
            |it: &Self, name| it.of_signal(signal, name).map(|(_, path)| PathBuf::from(path));
        let timeout =
            self.of_signal(signal, "TIMEOUT").and_then(|(name, _)| self.milliseconds(&name));
        let batch = |name: &str| format!("{}_{name}", signal.batch);
        Some(Otlp {
            endpoint: self.endpoint(signal, protocol),
            protocol,
            headers: self.headers(signal),
            timeout: timeout.filter(|it| !it.is_zero()).unwrap_or(Duration::from_secs(10)),
            gzip: self.gzip(signal),
            certificate: file(self, "CERTIFICATE"),
            client_certificate: file(self, "CLIENT_CERTIFICATE"),
            client_key: file(self, "CLIENT_KEY"),
            queue_records: self.number(&batch("MAX_QUEUE_SIZE")).filter(|it| *it > 0),
            batch_records: self
                .number(&batch("MAX_EXPORT_BATCH_SIZE"))
                .filter(|it| *it > 0)
                .unwrap_or(512),
            delay: self.milliseconds(&batch("SCHEDULE_DELAY")).unwrap_or(signal.delay),
            give_up: self.milliseconds(&batch("EXPORT_TIMEOUT")).filter(|it| !it.is_zero()),
        })
    }

    /// Whether an exporter is named, or else an endpoint.
    fn is_wanted(&mut self, signal: &Signal) -> bool {
        let Some(exporters) = self.get(signal.exporter) else {
            return self.of_signal(signal, "ENDPOINT").is_some();
        };
        let mut is_wanted = false;
        for exporter in parse::list(exporters) {
            match exporter.to_ascii_lowercase().as_str() {
                "otlp" => is_wanted = true,
                // Lines on standard output are the business of `NETCAUSE_FORMAT`.
                "none" | "console" => {}
                _ => self.warn(format!(
                    "{}={exporter}: allowed are otlp, console, none; it is passed over",
                    signal.exporter
                )),
            }
        }
        is_wanted
    }

    fn protocol(&mut self, signal: &Signal) -> OtlpProtocol {
        match self.of_signal(signal, "PROTOCOL") {
            None => OtlpProtocol::default(),
            Some((_, "http/protobuf")) => OtlpProtocol::HttpProtobuf,
            Some((_, "http/json")) => OtlpProtocol::HttpJson,
            Some((_, "grpc")) => OtlpProtocol::Grpc,
            Some((name, value)) => {
                self.warn(format!(
                    "{name}={value}: allowed are http/protobuf, http/json, grpc; http/protobuf is used"
                ));
                OtlpProtocol::default()
            }
        }
    }

    fn gzip(&mut self, signal: &Signal) -> bool {
        match self.of_signal(signal, "COMPRESSION") {
            Some((_, "gzip")) => true,
            None | Some((_, "none")) => false,
            Some((name, value)) => {
                self.warn(format!("{name}={value}: allowed are gzip, none; none is used"));
                false
            }
        }
    }

    /// A signal's own endpoint stands as it is; to the one for all the signal's path is added.
    fn endpoint(&mut self, signal: &Signal, protocol: OtlpProtocol) -> String {
        let own = format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.name);
        let usual = match protocol {
            OtlpProtocol::Grpc => "http://localhost:4317",
            _ => "http://localhost:4318",
        };
        let is_insecure = self.is_insecure(signal);
        let (base, is_own) = match self.of_signal(signal, "ENDPOINT") {
            None => (usual.to_owned(), false),
            Some((name, value)) => match with_scheme(value, protocol, is_insecure) {
                Some(url) => (url, name == own),
                None => {
                    // It may hold a password.
                    let value = netcause_record::redacted(value);
                    self.warn(format!(
                        "{name}={value}: allowed is a URL such as {usual}; {usual} is used"
                    ));
                    (usual.to_owned(), false)
                }
            },
        };
        match protocol {
            OtlpProtocol::HttpProtobuf | OtlpProtocol::HttpJson if !is_own => {
                format!("{}/{}", base.trim_end_matches('/'), signal.path)
            }
            _ => base,
        }
    }

    fn is_insecure(&mut self, signal: &Signal) -> bool {
        match self.of_signal(signal, "INSECURE") {
            Some((name, _)) => self.boolean(&name),
            None => false,
        }
    }

    /// `key=value,…`, values percent-encoded. They are secrets: no value is repeated.
    fn headers(&mut self, signal: &Signal) -> Vec<(String, String)> {
        let Some((name, value)) = self.of_signal(signal, "HEADERS") else { return Vec::new() };
        let mut headers = Vec::new();
        for (part, place) in parse::list(value).zip(1..) {
            let pair = part.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
            let value = |value| percent_decode_str(value).decode_utf8().ok();
            match pair.and_then(|(key, text)| Some((key, value(text)?))) {
                Some((key, value)) if is_header(key, &value) => {
                    headers.push((key.to_owned(), value.into_owned()));
                }
                _ => self.warn(format!(
                    "{name}: part {place} is no header of the form key=value; it is passed over"
                )),
            }
        }
        headers
    }

    fn sampler(&mut self) -> Sampler {
        let name = "OTEL_TRACES_SAMPLER";
        let Some(value) = self.get(name) else { return Sampler::default() };
        let (parent_based, kind) = match value.strip_prefix("parentbased_") {
            Some(kind) => (true, kind),
            None => (false, value),
        };
        match kind {
            "always_on" => Sampler { parent_based, ratio: 1.0 },
            "always_off" => Sampler { parent_based, ratio: 0.0 },
            "traceidratio" => Sampler { parent_based, ratio: self.ratio() },
            _ => {
                self.warn(format!(
                    "{name}={value}: allowed are always_on, always_off, traceidratio, each also after parentbased_; parentbased_always_on is used"
                ));
                Sampler::default()
            }
        }
    }

    fn ratio(&mut self) -> f64 {
        let name = "OTEL_TRACES_SAMPLER_ARG";
        let Some(value) = self.get(name) else { return 1.0 };
        match value.parse() {
            Ok(ratio) if (0.0..=1.0).contains(&ratio) => ratio,
            _ => {
                self.warn(format!("{name}={value}: no number from 0 to 1; 1 is used"));
                1.0
            }
        }
    }

    fn propagators(&mut self) -> Option<Vec<Propagator>> {
        let name = "OTEL_PROPAGATORS";
        let value = self.get(name)?;
        let mut propagators = Vec::new();
        for propagator in parse::list(value) {
            match propagator {
                "tracecontext" => propagators.push(Propagator::TraceContext),
                "baggage" => propagators.push(Propagator::Baggage),
                "none" => {}
                _ => self.warn(format!(
                    "{name}={propagator}: allowed are tracecontext, baggage, none; it is passed over"
                )),
            }
        }
        propagators.dedup();
        Some(propagators)
    }
}

/// A URL with a scheme and a host; for gRPC the scheme may be missing.
fn with_scheme(value: &str, protocol: OtlpProtocol, is_insecure: bool) -> Option<String> {
    let url = match (value.contains("://"), protocol, is_insecure) {
        (true, ..) => value.to_owned(),
        (false, OtlpProtocol::Grpc, true) => format!("http://{value}"),
        (false, OtlpProtocol::Grpc, false) => format!("https://{value}"),
        (false, ..) => return None,
    };
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let is_url = !host.is_empty() && !host.starts_with(':') && !url.contains(char::is_whitespace);
    is_url.then_some(url)
}

/// Whether a header is one that HTTP allows (RFC 9110 §5).
fn is_header(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token) && !value.bytes().any(|it| it.is_ascii_control())
}
