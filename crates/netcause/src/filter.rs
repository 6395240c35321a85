//! [`EventFilter`]: `RUST_LOG` for events, spans kept.

use tracing_core::span::{Attributes, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Event, LevelFilter, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

/// Filters events by directives and keeps every span at INFO and above, because spans
/// carry the host and port that an event's line needs.
#[derive(Debug)]
pub(crate) struct EventFilter {
    directives: EnvFilter,
    keep_spans: bool,
    takes_events: bool,
}

impl EventFilter {
    pub(crate) fn new(directives: EnvFilter, keep_spans: bool) -> Self {
        EventFilter { directives, keep_spans, takes_events: true }
    }

    /// The same for spans only.
    #[cfg(feature = "otlp")]
    pub(crate) fn without_events(self) -> Self {
        EventFilter { takes_events: false, ..self }
    }

    fn keeps(&self, metadata: &Metadata<'_>) -> bool {
        self.keep_spans && metadata.is_span() && *metadata.level() <= LevelFilter::INFO
    }
}

impl<S> Filter<S> for EventFilter
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        if metadata.is_event() && !self.takes_events {
            return false;
        }
        self.keeps(metadata) || Filter::enabled(&self.directives, metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_event() && !self.takes_events {
            return Interest::never();
        }
        // The directives learn of every callsite, also of those that are kept anyway.
        let interest = Filter::<S>::callsite_enabled(&self.directives, metadata);
        if self.keeps(metadata) { Interest::always() } else { interest }
    }

    fn event_enabled(&self, event: &Event<'_>, context: &Context<'_, S>) -> bool {
        self.takes_events && Filter::event_enabled(&self.directives, event, context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let hint = Filter::<S>::max_level_hint(&self.directives)?;
        Some(if self.keep_spans { hint.max(LevelFilter::INFO) } else { hint })
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        Filter::on_new_span(&self.directives, attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        Filter::on_record(&self.directives, id, values, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        Filter::on_enter(&self.directives, id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        Filter::on_exit(&self.directives, id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        Filter::on_close(&self.directives, id, context);
    }
}
