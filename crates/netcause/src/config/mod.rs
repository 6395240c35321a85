//! [`Config`]: everything that the environment says, read once.

mod names;
mod parse;

use std::path::PathBuf;

use netcause_layer::OriginFields;
use netcause_record::{Limits, MIN_RECORD, REDACTED, Redactor, Resource};

use crate::{Error, ErrorKind};

/// The least bytes of a text: less would cut what a line is for.
const MIN_FIELD: usize = 64;

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

/// Everything that the environment says.
///
/// | variable | values | default |
/// |---|---|---|
/// | `RUST_LOG` | directives of `EnvFilter`; they filter events | `info` |
/// | `NETCAUSE_SPANS` | `kept`, `filtered` | `kept` |
/// | `NETCAUSE_FORMAT` | `auto`, `json`, `pretty`, `off` | `auto` |
/// | `NETCAUSE_SCHEMA` | `otel` | `otel` |
/// | `NETCAUSE_OUTPUT` | `stdout`, `stderr`, a path | `stdout` |
/// | `NETCAUSE_FIELDS` | of `code.file.path`, `code.line.number`, `thread.name`, `span.name` | none |
/// | `NETCAUSE_REDACT` | further keys whose values are secrets | none |
/// | `NETCAUSE_LIMIT_FIELD` | bytes of one text, 64 or more | 8192 |
/// | `NETCAUSE_LIMIT_RECORD` | bytes of one line, 4096 or more | 16000 |
/// | `OTEL_SERVICE_NAME` | `service.name` | none |
/// | `OTEL_RESOURCE_ATTRIBUTES` | `key=value,…`, percent-encoded | none |
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
    /// `OTEL_SERVICE_NAME`, or `service.name` of `OTEL_RESOURCE_ATTRIBUTES`.
    pub service_name: Option<String>,
    /// The other attributes of `OTEL_RESOURCE_ATTRIBUTES`.
    pub resource: Vec<(String, String)>,
    /// `NO_COLOR`: whether colours are unwanted.
    pub no_color: bool,
    /// What was wrong and is passed over, as OpenTelemetry's specification demands.
    pub warnings: Vec<String>,
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
            service_name: None,
            resource: Vec::new(),
            no_color: false,
            warnings: Vec::new(),
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
        let set: Vec<(String, String)> = variables
            .into_iter()
            .map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().trim().to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        names::check(&set)?;
        for (name, value) in &set {
            config.apply(name, value)?;
        }
        Ok(config)
    }

    fn apply(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "RUST_LOG" => self.directives = parse::directives(name, value)?,
            "NETCAUSE_SPANS" => self.spans = parse::spans(name, value)?,
            "NETCAUSE_FORMAT" => self.format = parse::format(name, value)?,
            "NETCAUSE_SCHEMA" => parse::schema(name, value)?,
            "NETCAUSE_OUTPUT" => self.output = parse::output(value),
            "NETCAUSE_FIELDS" => self.origin = parse::origin(name, value)?,
            "NETCAUSE_REDACT" => self.redact = parse::list(value).map(str::to_owned).collect(),
            "NETCAUSE_LIMIT_FIELD" => self.limits.field = parse::bytes(name, value, MIN_FIELD)?,
            "NETCAUSE_LIMIT_RECORD" => self.limits.record = parse::bytes(name, value, MIN_RECORD)?,
            "OTEL_SERVICE_NAME" => self.service_name = Some(value.to_owned()),
            "OTEL_SDK_DISABLED" if !is_boolean(value) => self
                .warnings
                .push(format!("{name}={value}: neither true nor false; taken as false")),
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
        for (name, value) in from_process() {
            let value = value.trim();
            if !value.is_empty() {
                // What is wrong has been said already.
                let _ = config.apply(&name, value);
            }
        }
        config.warnings.clear();
        Config { output: Output::Stderr, format: Format::Json, ..config }
    }

    /// # Errors
    ///
    /// Where this build has no such form.
    pub(crate) fn check_build(&self) -> Result<(), Error> {
        let missing = match self.format {
            Format::Json if !cfg!(feature = "json") => "json",
            Format::Pretty if !cfg!(feature = "pretty") => "pretty",
            _ => return Ok(()),
        };
        let text = format!("NETCAUSE_FORMAT={missing}: this build lacks the feature `{missing}`");
        Err(Error::new(ErrorKind::NotBuilt, text))
    }
}

fn from_process() -> impl Iterator<Item = (String, String)> {
    let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
    std::env::vars_os().map(move |(name, value)| (text(name), text(value)))
}

fn is_boolean(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests;
