//! [`Builder`]: what code can say about logging besides the environment.

use std::io::Write;
use std::sync::Arc;

use netcause_fault::{Classifiers, Classify};
use netcause_layer::NetcauseLayer;
use netcause_record::{Export, Redactor};
use once_cell::sync::OnceCell;
use tracing_core::{Dispatch, Subscriber};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Registry};

use crate::filter::EventFilter;
use crate::outputs::Outputs;
use crate::{Config, Error, ErrorKind, Guard, Spans, propagation};

/// Set once logging has been started by this crate.
static STARTED: OnceCell<()> = OnceCell::new();

/// What code can say about logging. Where the environment speaks, it has the last word.
///
/// # Example: a name, and a classifier for an error type of one's own
///
/// ```
/// use std::error::Error;
/// use netcause::{Classify, Fault, Reason, Verdict};
///
/// #[derive(Debug)]
/// struct Throttled;
///
/// impl std::fmt::Display for Throttled {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("slow down")
///     }
/// }
///
/// impl Error for Throttled {}
///
/// struct Ours;
///
/// impl Classify for Ours {
///     fn name(&self) -> &'static str {
///         "ours"
///     }
///
///     fn classify(&self, link: &(dyn Error + 'static)) -> Verdict {
///         match link.downcast_ref::<Throttled>() {
///             Some(_) => Verdict::Fault(Fault::new(netcause::Category::RateLimited)),
///             None => Verdict::NoOpinion,
///         }
///     }
/// }
///
/// let _guard = netcause::builder().service_name("checkout").classifier(Ours).init();
/// ```
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `init` or `try_init`"]
pub struct Builder {
    service_name: Option<String>,
    classifiers: Classifiers,
    exporters: Vec<Arc<dyn Export>>,
    #[cfg(feature = "otlp")]
    meter: Option<netcause_otlp::Meter>,
}

/// Starts a [`Builder`].
pub fn builder() -> Builder {
    Builder::default()
}

impl Builder {
    /// Names the service, where neither `OTEL_SERVICE_NAME` nor `OTEL_RESOURCE_ATTRIBUTES` does.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Asks a classifier about errors, too.
    pub fn classifier(mut self, classifier: impl Classify + 'static) -> Self {
        self.classifiers.push(Box::new(classifier));
        self
    }

    /// Hands records to an exporter, too.
    pub fn exporter(mut self, exporter: impl Export + 'static) -> Self {
        self.exporters.push(Arc::new(exporter));
        self
    }

    /// Has a provider of meters observe what is exported over OTLP: `otel.sdk.processor.log.*`
    /// and `otel.sdk.exporter.log.*`, and the same of spans, under the scope `netcause`.
    /// No provider is looked for: without this call there are no metrics.
    ///
    /// # Example
    ///
    /// ```
    /// let meters = opentelemetry_sdk::metrics::SdkMeterProvider::builder().build();
    /// let _guard = netcause::builder().meter_provider(&meters).init();
    /// ```
    #[cfg(feature = "otlp")]
    pub fn meter_provider(mut self, provider: &dyn netcause_otlp::MeterProvider) -> Self {
        self.meter = Some(provider.meter("netcause"));
        self
    }

    /// Starts logging and never stops a service: see [`init`](crate::init).
    pub fn init(self) -> Guard {
        let (config, outputs) = match self.open(Config::from_env()) {
            Ok(opened) => opened,
            Err(error) => {
                say(&format!("{error}; logging JSON to standard error instead"));
                let config = self.named(Config::fallback());
                let outputs = Outputs::fallback(&config);
                (config, outputs)
            }
        };
        self.start(config, outputs).unwrap_or_else(|error| {
            say(&error.to_string());
            Guard::default()
        })
    }

    /// Starts logging: see [`try_init`](crate::try_init).
    ///
    /// # Errors
    ///
    /// As [`try_init`](crate::try_init).
    pub fn try_init(self) -> Result<Guard, Error> {
        let (config, outputs) = self.open(Config::from_env())?;
        self.start(config, outputs)
    }

    /// Sets the global subscriber, once in the life of a process.
    fn start(self, config: Config, outputs: Outputs) -> Result<Guard, Error> {
        let mut guard = None;
        STARTED.get_or_try_init(|| {
            guard = Some(self.set_global(&config, outputs)?);
            Ok::<(), Error>(())
        })?;
        for warning in &config.warnings {
            say(warning);
        }
        guard.ok_or_else(|| Error::new(ErrorKind::AlreadySet, "netcause is started already"))
    }

    /// The layer that [`Builder::try_init`] would set up, for a subscriber of one's own, beside
    /// other layers. Add it as it is: within an `Option` it would find no trace ids of spans
    /// that are explicit parents, unless the subscriber is the global one.
    ///
    /// # Errors
    ///
    /// As [`try_init`](crate::try_init), but that it does not matter which subscriber is global.
    ///
    /// # Example
    ///
    /// ```
    /// use tracing_subscriber::prelude::*;
    ///
    /// let (layer, _guard) = netcause::builder().try_layer()?;
    /// tracing_subscriber::registry().with(layer).init();
    /// # Ok::<(), netcause::Error>(())
    /// ```
    pub fn try_layer<S>(self) -> Result<(impl Layer<S> + Send + Sync + use<S>, Guard), Error>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let (config, outputs) = self.open(Config::from_env())?;
        config.warnings.iter().for_each(|warning| say(warning));
        #[cfg(feature = "otlp")]
        let traces = outputs.traces.clone();
        let (layer, guard) = self.filtered_layer(&config, outputs);
        #[cfg(feature = "otlp")]
        let layer = match traces {
            Some(traces) => crate::otlp::traces_layer(&config, &traces).and_then(layer).boxed(),
            None => layer.boxed(),
        };
        Ok((layer, guard))
    }

    fn open(&self, config: Result<Config, Error>) -> Result<(Config, Outputs), Error> {
        let config = self.named(config?);
        let outputs = Outputs::open(&config)?;
        Ok((config, outputs))
    }

    /// A configuration with the service's name from the code, where it states none.
    fn named(&self, mut config: Config) -> Config {
        config.service_name = config.service_name.or_else(|| self.service_name.clone());
        config
    }

    fn set_global(self, config: &Config, outputs: Outputs) -> Result<Guard, Error> {
        let (dispatch, guard) = self.dispatch(config, outputs);
        tracing_core::dispatcher::set_global_default(dispatch).map_err(|_| {
            let text = "another global tracing subscriber is in place already; add the layer of netcause::builder().try_layer() to it, or do not set it";
            Error::new(ErrorKind::AlreadySet, text)
        })?;
        bridge_log(EnvFilter::new(&config.directives).max_level_hint());
        Ok(guard)
    }

    fn dispatch(self, config: &Config, outputs: Outputs) -> (Dispatch, Guard) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = outputs.traces.clone() {
            let registry = Registry::default().with(crate::otlp::traces_layer(config, &traces));
            let (layer, guard) = self.filtered_layer(config, outputs);
            let subscriber = registry.with(layer);
            #[cfg(feature = "reqwest")]
            let subscriber = subscriber.with(addresses());
            return (Dispatch::new(subscriber), guard);
        }
        let (layer, guard) = self.filtered_layer(config, outputs);
        let subscriber = Registry::default().with(layer);
        #[cfg(feature = "reqwest")]
        let subscriber = subscriber.with(addresses());
        (Dispatch::new(subscriber), guard)
    }

    fn filtered_layer<S>(
        self,
        config: &Config,
        outputs: Outputs,
    ) -> (impl Layer<S> + Send + Sync + use<S>, Guard)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        propagation::install();
        let (layer, exporters) = self.layer(config, outputs);
        let guard = Guard::new(exporters, layer.nested_events());
        let directives = EnvFilter::new(&config.directives);
        (layer.with_filter(EventFilter::new(directives, config.spans == Spans::Kept)), guard)
    }

    /// The layer, and its exporters.
    fn layer(mut self, config: &Config, outputs: Outputs) -> (NetcauseLayer, Vec<Arc<dyn Export>>) {
        #[cfg(feature = "net")]
        netcause_net::set_settings(config.net_settings());
        #[cfg(feature = "otlp")]
        if let Some(meter) = &self.meter {
            outputs.register_metrics(meter);
        }
        self.exporters.extend(outputs.exporters);
        let layer = NetcauseLayer::with_exporters(self.exporters.clone());
        #[cfg(feature = "otlp")]
        let layer = layer.with_span_status(outputs.traces.is_some());
        #[cfg(feature = "otlp")]
        self.exporters.extend(outputs.traces.map(|traces| traces as Arc<dyn Export>));
        let layer = layer
            .with_resource(config.to_resource())
            .with_redactor(Redactor::new(&config.redact))
            .with_limits(config.limits)
            .with_classifiers(self.classifiers)
            .with_origin(config.origin);
        (layer, self.exporters)
    }
}

/// What hyper-util says of each address, for the faults of clients like reqwest.
#[cfg(feature = "reqwest")]
fn addresses<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    use netcause_http::reqwest::AddressEvents;
    AddressEvents::new().with_filter(AddressEvents::filter())
}

/// Turns records of the `log` crate into events, unless another logger takes them.
fn bridge_log(_max_level: Option<tracing_core::LevelFilter>) {
    #[cfg(feature = "log")]
    {
        use tracing_log::AsLog;
        let level = _max_level.unwrap_or(tracing_core::LevelFilter::TRACE).as_log();
        if tracing_log::LogTracer::builder().with_max_level(level).init().is_err() {
            say("another logger of the `log` crate is in place; its records do not come here");
        }
    }
}

/// Says something about logging itself, where logging cannot.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "netcause: {text}");
}
