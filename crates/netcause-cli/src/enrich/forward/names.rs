//! [`Names`]: the names of members, and what they are in OTLP.

use std::collections::HashMap;

use netcause_record::Key;

/// More names than these are not kept: the next line begins with none.
const NAMES: usize = 4096;

/// The same, in bytes of the names.
const BYTES: usize = 1024 * 1024;

/// What a member of a line is in a log record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Time,
    Severity,
    Message,
    /// The scope.
    Target,
    Error,
    /// The links of the error.
    Chain,
    TraceId,
    SpanId,
    Flags,
    Dropped,
    /// An attribute.
    Other,
}

/// The ids, also under the names that the tracers of other languages and the Elastic Common
/// Schema give them.
const KNOWN: &[(&str, What)] = &[
    ("timestamp", What::Time),
    ("severity", What::Severity),
    ("message", What::Message),
    ("target", What::Target),
    ("error.message", What::Error),
    ("fault.chain", What::Chain),
    ("dropped_attributes_count", What::Dropped),
    ("trace_id", What::TraceId),
    ("traceId", What::TraceId),
    ("TraceId", What::TraceId),
    ("trace.id", What::TraceId),
    ("otelTraceID", What::TraceId),
    ("span_id", What::SpanId),
    ("spanId", What::SpanId),
    ("SpanId", What::SpanId),
    ("span.id", What::SpanId),
    ("otelSpanID", What::SpanId),
    ("trace_flags", What::Flags),
    ("traceFlags", What::Flags),
    ("TraceFlags", What::Flags),
];

/// A name, decided once.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) key: Key,
    pub(super) what: What,
    /// The number of the name under which it is written.
    pub(super) written: usize,
}

/// The names that the lines so far have had.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    numbers: HashMap<Box<str>, usize>,
    bytes: usize,
}

impl Names {
    /// Begins a line: numbers from before count no longer.
    pub(super) fn begin(&mut self) {
        if self.names.len() > NAMES || self.bytes > BYTES {
            *self = Names::default();
        }
    }

    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let key = Key::of_record(name.to_owned());
        let other = (*key.name != *name).then(|| self.number(&key.name));
        let number = self.names.len();
        let written = other.unwrap_or(number);
        let what = KNOWN.iter().find(|(known, _)| *known == name).map_or(What::Other, |it| it.1);
        self.names.push(Name { key, what, written });
        self.numbers.insert(name.into(), number);
        self.bytes += name.len();
        number
    }

    /// What is known of a name.
    pub(super) fn get(&self, number: usize) -> Option<&Name> {
        self.names.get(number)
    }
}
