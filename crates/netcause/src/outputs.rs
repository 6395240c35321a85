//! [`Outputs`]: where records go, opened as the configuration says.

use std::io::IsTerminal;
use std::sync::Arc;

use netcause_record::{Export, JsonExporter, PrettyExporter, Sink};

use crate::{Config, Error, Format, Output};

/// Where records go.
pub(crate) struct Outputs {
    pub(crate) exporters: Vec<Arc<dyn Export>>,
}

impl Outputs {
    /// Opens what the configuration asks for.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        config.check_build()?;
        let lines = lines(config)?;
        #[cfg(feature = "otlp")]
        let lines = lines.into_iter().chain(crate::otlp::logs(config)?);
        Ok(Outputs { exporters: lines.into_iter().collect() })
    }

    /// JSON lines on standard error, and what of the rest can be opened.
    pub(crate) fn fallback(config: &Config) -> Self {
        let lines = JsonExporter::new(sink(config, Sink::stderr()), config.limits);
        let lines = std::iter::once(Arc::new(lines) as Arc<dyn Export>);
        #[cfg(feature = "otlp")]
        let lines = lines.chain(crate::otlp::logs(config).ok().flatten());
        Outputs { exporters: lines.collect() }
    }
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
