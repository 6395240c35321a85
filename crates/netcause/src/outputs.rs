//! [`Outputs`]: where records go, opened as the configuration says.

use std::io::IsTerminal;
use std::sync::Arc;

use netcause_record::{Export, JsonExporter, PrettyExporter, Sink};

use crate::{Config, Error, Format, Output};

/// Where records go.
pub(crate) struct Outputs {
    pub(crate) exporters: Vec<Arc<dyn Export>>,
    /// Of these, the one over OTLP.
    #[cfg(feature = "otlp")]
    logs: Option<Arc<netcause_otlp::LogExporter>>,
    /// Where spans go.
    #[cfg(feature = "otlp")]
    pub(crate) traces: Option<Arc<netcause_otlp::Traces>>,
}

impl Outputs {
    /// Opens what the configuration asks for.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        config.check_build()?;
        #[cfg_attr(not(feature = "otlp"), allow(unused_mut, reason = "more with the feature"))]
        let mut outputs = Outputs::of_lines(lines(config)?);
        #[cfg(feature = "otlp")]
        outputs.add_otlp(crate::otlp::logs(config)?, crate::otlp::traces(config)?);
        Ok(outputs)
    }

    /// JSON lines on standard error, and what of the rest can be opened.
    pub(crate) fn fallback(config: &Config) -> Self {
        let lines = JsonExporter::new(sink(config, Sink::stderr()), config.limits);
        #[cfg_attr(not(feature = "otlp"), allow(unused_mut, reason = "more with the feature"))]
        let mut outputs = Outputs::of_lines(Some(Arc::new(lines)));
        #[cfg(feature = "otlp")]
        outputs.add_otlp(
            crate::otlp::logs(config).ok().flatten(),
            crate::otlp::traces(config).ok().flatten(),
        );
        outputs
    }

    fn of_lines(lines: Option<Arc<dyn Export>>) -> Self {
        Outputs {
            exporters: lines.into_iter().collect(),
            #[cfg(feature = "otlp")]
            logs: None,
            #[cfg(feature = "otlp")]
            traces: None,
        }
    }
}

#[cfg(feature = "otlp")]
impl Outputs {
    fn add_otlp(
        &mut self,
        logs: Option<Arc<netcause_otlp::LogExporter>>,
        traces: Option<Arc<netcause_otlp::Traces>>,
    ) {
        self.exporters.extend(logs.clone().map(|logs| logs as Arc<dyn Export>));
        (self.logs, self.traces) = (logs, traces);
    }

    /// Has what is exported over OTLP observed by a meter.
    pub(crate) fn register_metrics(&self, meter: &netcause_otlp::Meter) {
        if let Some(logs) = &self.logs {
            logs.register_metrics(meter);
        }
        if let Some(traces) = &self.traces {
            traces.register_metrics(meter);
        }
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
