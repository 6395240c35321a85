//! [`Record`]: one event, ready to be written.

use std::time::SystemTime;

use netcause_fault::{Chain, Fault};

use crate::{Field, RenderedFault, Resource};

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `TRACE`, OpenTelemetry severity number 1.
    Trace,
    /// `DEBUG`, 5.
    Debug,
    /// `INFO`, 9.
    Info,
    /// `WARN`, 13.
    Warn,
    /// `ERROR`, 17.
    Error,
}

impl Severity {
    /// The name as it stands in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Trace => "TRACE",
            Severity::Debug => "DEBUG",
            Severity::Info => "INFO",
            Severity::Warn => "WARN",
            Severity::Error => "ERROR",
        }
    }
}

/// The trace that an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace id.
    pub trace_id: [u8; 16],
    /// The span id.
    pub span_id: [u8; 8],
    /// The trace flags: 1 is sampled.
    pub flags: u8,
}

/// The error of an event.
#[derive(Debug, Clone, Copy)]
pub struct ErrorText<'a> {
    /// The whole chain in one line.
    pub message: &'a str,
    /// Each link.
    pub links: Links<'a>,
}

/// The links of an error, outermost first: those of a chain, or texts.
///
/// ```
/// use netcause_fault::{Chain, ReadOptions};
/// use netcause_record::Links;
///
/// let mut chain = Chain::new();
/// chain.read_error(&std::io::Error::other("no space"), &ReadOptions::plain());
/// assert!(Links::from(&chain).iter().eq(["no space"]));
/// assert_eq!(Links::from(&["no cart", "refused"]).len(), 2);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Links<'a>(LinksOf<'a>);

#[derive(Debug, Clone, Copy)]
enum LinksOf<'a> {
    Chain(&'a Chain),
    Texts(&'a [&'a str]),
}

impl<'a> Links<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        match self.0 {
            LinksOf::Chain(chain) => chain.links().len(),
            LinksOf::Texts(texts) => texts.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The text of each.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (chain, texts) = match self.0 {
            LinksOf::Chain(chain) => (Some(chain), Default::default()),
            LinksOf::Texts(texts) => (None, texts),
        };
        chain.into_iter().flat_map(Chain::links).chain(texts.iter().copied())
    }
}

impl<'a> From<&'a Chain> for Links<'a> {
    fn from(chain: &'a Chain) -> Self {
        Links(LinksOf::Chain(chain))
    }
}

impl<'a> From<&'a [&'a str]> for Links<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Links(LinksOf::Texts(texts))
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Links<'a> {
    fn from(texts: &'a [&'a str; N]) -> Self {
        Links(LinksOf::Texts(texts))
    }
}

/// Where an event comes from; each part but the event's name only on request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin<'a> {
    /// `code.file.path`.
    pub file: Option<&'a str>,
    /// `code.line.number`.
    pub line: Option<u32>,
    /// `thread.name`.
    pub thread: Option<&'a str>,
    /// `span.name`.
    pub span: Option<&'a str>,
    /// The name that the caller gave the event; OpenTelemetry's own forms carry it.
    pub event: Option<&'static str>,
}

/// Fields of the spans around an event, chosen and rendered ahead.
///
/// Their keys are unique, and none of them is a key of the record's other parts.
pub trait Scope: std::fmt::Debug {
    /// Appends the JSON members, each after a comma.
    fn write_members(&self, out: &mut String);

    /// The bits of all keys as they are written: see [`Key::bit_in`](crate::Key::bit_in).
    fn bits(&self) -> u64;

    /// Calls `with` with each field.
    fn each<'s>(&'s self, with: &mut dyn FnMut(Field<'s>));

    /// A number that no scope with other fields has had since the process started: who
    /// renders the fields may keep them under it. None, where there is no such number.
    fn number(&self) -> Option<u64> {
        None
    }
}

/// One event, with precedence, limits, redaction and classification behind it.
///
/// The keys of `fields` are unique, and none is a key that the other parts write.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// When it happened, where that is known.
    pub timestamp: Option<SystemTime>,
    /// How serious it is, where that is known.
    pub severity: Option<Severity>,
    /// The message, where there is one.
    pub message: Option<&'a str>,
    /// The target: usually the module; empty where there is none.
    pub target: &'a str,
    /// The trace.
    pub trace: Option<TraceContext>,
    /// What runs here.
    pub resource: &'a Resource,
    /// The caller's fields, the event's own first, then the innermost span's, and so on.
    pub fields: &'a [Field<'a>],
    /// Further fields, of the spans.
    pub scope: Option<&'a dyn Scope>,
    /// The event's error.
    pub error: Option<ErrorText<'a>>,
    /// The fault that the event reports.
    pub fault: Option<&'a Fault<'a>>,
    /// The members of that fault and of its error, where they were rendered ahead.
    pub rendered: Option<&'a RenderedFault>,
    /// Where it comes from.
    pub origin: Origin<'a>,
    /// Fields left out for the limit.
    pub dropped_fields: u32,
}
