//! [`Outputs`]: where records go, opened as the configuration says.

use std::io::IsTerminal;
use std::sync::Arc;

use netcause_record::{Export, JsonExporter, PrettyExporter, Sink};

use crate::{Config, Error, Format, Output};

/// Where records go.
pub(crate) struct Outputs {
    pub(crate) exporters: Vec<Arc<dyn Export>>,
    /// Where spans go.
    #[cfg(feature = "otlp")]
    pub(crate) traces: Option<Arc<netcause_otlp::Traces>>,
}

impl Outputs {
    /// Opens what the configuration asks for.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        config.check_build()?;
        Ok(Outputs {
            exporters: lines(config)?.into_iter().chain(logs(config)?).collect(),
            #[cfg(feature = "otlp")]
            traces: crate::otlp::traces(config)?,
        })
    }

    /// JSON lines on standard error, and what of the rest can be opened.
    pub(crate) fn fallback(config: &Config) -> Self {
        let lines = JsonExporter::new(sink(config, Sink::stderr()), config.limits);
        let lines: Arc<dyn Export> = Arc::new(lines);
        Outputs {
            exporters: std::iter::once(lines).chain(logs(config).ok().flatten()).collect(),
            #[cfg(feature = "otlp")]
            traces: crate::otlp::traces(config).ok().flatten(),
        }
    }
}

/// The exporter of log records, where there is to be one.
#[cfg(feature = "otlp")]
use crate::otlp::logs;

#[cfg(not(feature = "otlp"))]
#[allow(clippy::unnecessary_wraps, reason = "as with the feature")]
fn logs(_: &Config) -> Result<Option<Arc<dyn Export>>, Error> {
    Ok(None)
}

/// The exporter of lines, unless `NETCAUSE_FORMAT` is `off`.
fn lines(config: &Config) -> Result<Option<Arc<dyn Export>>, Error> {
    let terminal = is_terminal(&config.output);
    let is_pretty = match config.format {
        Format::Off => return Ok(None),
        Format::Auto => terminal && cfg!(feature = "pretty"),
        format => format == Format::Pretty,
    };
    let sink = sink(config, open_sink(&config.output)?);
    Ok(Some(match config.format {
        #[cfg(feature = "otlp")]
        Format::OtlpJson => Arc::new(crate::otlp::lines(config, sink)),
        _ if is_pretty => {
            let colour = terminal && !config.no_color;
            Arc::new(PrettyExporter::new(sink, colour, config.limits))
        }
        _ => Arc::new(JsonExporter::new(sink, config.limits)),
    }))
}

fn sink(config: &Config, sink: Sink) -> Sink {
    let sink = sink.on_full(config.on_full);
    match config.buffer {
        Some(bytes) => sink.buffer(bytes),
        None => sink,
    }
}

fn open_sink(output: &Output) -> Result<Sink, Error> {
    match output {
        Output::Stdout => Ok(Sink::stdout()),
        Output::Stderr => Ok(Sink::stderr()),
        Output::File(path) => Sink::file(path)
            .map_err(|error| Error::output("NETCAUSE_OUTPUT", &path.to_string_lossy(), error)),
    }
}

fn is_terminal(output: &Output) -> bool {
    match output {
        Output::Stdout => std::io::stdout().is_terminal(),
        Output::Stderr => std::io::stderr().is_terminal(),
        Output::File(_) => false,
    }
}
