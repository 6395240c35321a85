//! The visitor: callers' values into buffers, texts limited and without secrets.
//!
//! Callers' `Debug`, `Display` and `Error` code runs here and only here, outside every
//! lock; if it panics, the field says so and the event lives on.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use netcause_fault::{Chain, Classifiers, ReadOptions};
use netcause_record::{Key, LimitedWriter, Limits, Redactor, Role, cut_text};
use tracing_core::Field;
use tracing_core::field::Visit;

use crate::clean::CleanTexts;
use crate::fields::{Fields, Place, Stored};
use crate::last::KnownFields;
use crate::repeat::{Repeats, Site};
use crate::reported::Reported;

/// Read beyond the limit before secrets are removed: a cut may take away the very mark by
/// which one is known.
const SLACK: usize = 256;

/// What stands for a value whose formatting panicked.
const PANICKED: &str = "(formatting this value panicked)";

/// What stands for a value that is a secret.
const SECRET: &str = "REDACTED";

/// How values are read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) redactor: Redactor,
    pub(crate) limits: Limits,
    pub(crate) classifiers: Classifiers,
}

/// The parts of an event that are not plain fields.
#[derive(Debug, Default)]
pub(crate) struct EventParts {
    pub(crate) message: String,
    pub(crate) chain: Chain,
    /// Whether `chain` holds a typed error.
    pub(crate) typed: bool,
    /// Where it is kept, if it is a failure that was; then `chain` has no text.
    pub(crate) known: Option<usize>,
    /// The entries under `error` and `err`, where they are texts.
    pub(crate) error: Option<usize>,
    pub(crate) err: Option<usize>,
    /// A second typed error is read here, as text.
    other: Chain,
    has_other: bool,
}

impl EventParts {
    pub(crate) fn clear(&mut self) {
        self.message.clear();
        if self.typed {
            // What an error holds is let go of.
            self.chain.clear();
        }
        if std::mem::take(&mut self.has_other) {
            self.other.clear();
        }
        (self.typed, self.known) = (false, None);
        (self.error, self.err) = (None, None);
    }
}

/// Collects the fields of an event or a span.
pub(crate) struct Visitor<'v> {
    pub(crate) keys: &'static [Key],
    pub(crate) fields: &'v mut Fields,
    pub(crate) reading: &'v Reading,
    pub(crate) clean: &'v mut CleanTexts,
    /// Absent for a span.
    pub(crate) event: Option<&'v mut EventParts>,
    pub(crate) layer: u32,
    pub(crate) repeats: &'v Repeats,
    /// What a span's own `error` reports.
    pub(crate) reported: &'v mut Reported,
    /// The fields of the span before, for one that opens: as long as they are the same,
    /// nothing is written.
    pub(crate) known: Option<KnownFields<'v>>,
}

impl Visitor<'_> {
    fn key(&self, field: &Field) -> Option<&'static Key> {
        self.keys.get(field.index())
    }

    /// Adds a value that is no text.
    fn plain(&mut self, field: &Field, value: Stored) {
        match self.key(field) {
            Some(key) if key.secret => self.text(key, |text, _| text.push_str(SECRET)),
            Some(key) => self.value(key, value),
            None => {}
        }
    }

    fn value(&mut self, key: &'static Key, value: Stored) {
        if !self.known.as_mut().is_some_and(|known| known.is_value(key, value)) {
            self.write_known();
            self.fields.push(key, value);
        }
    }

    /// Writes the fields that were only compared so far.
    pub(crate) fn write_known(&mut self) {
        if let Some(known) = self.known.take() {
            known.write(self.fields);
        }
    }

    /// Adds a text that `write` appends.
    fn text(&mut self, key: &'static Key, write: impl FnOnce(&mut String, usize)) {
        let start = self.fields.text.len();
        if key.secret {
            self.fields.text.push_str(SECRET);
        } else {
            let limit = self.reading.limits.field;
            write(&mut self.fields.text, limit.saturating_add(SLACK));
            self.clean.redact(&self.reading.redactor, &mut self.fields.text, start);
            cut_text(&mut self.fields.text, start, limit);
        }
        let written = self.fields.text.get(start..).unwrap_or_default();
        if self.known.as_mut().is_some_and(|known| known.is_text(key, written)) {
            self.fields.text.truncate(start);
            return;
        }
        let place = Place::since(start, &self.fields.text);
        self.write_known();
        self.fields.push(key, Stored::Text(place));
    }

    fn any_text(&mut self, field: &Field, write: impl FnOnce(&mut String, usize)) {
        let Some(key) = self.key(field) else { return };
        if let Some(event) = self.event.as_deref_mut() {
            let index = self.fields.list.len();
            match key.role {
                Role::Message => {
                    event.message.clear();
                    let limit = self.reading.limits.field;
                    write(&mut event.message, limit.saturating_add(SLACK));
                    self.clean.redact(&self.reading.redactor, &mut event.message, 0);
                    cut_text(&mut event.message, 0, limit);
                    return;
                }
                Role::Error => event.error = event.error.or(Some(index)),
                Role::Err => event.err = event.err.or(Some(index)),
                _ => {}
            }
        }
        self.text(key, write);
    }
}

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.any_text(field, |text, limit| append_debug(text, limit, value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if let (Some(known), Some(key)) = (&mut self.known, self.keys.get(field.index()))
            && known.is_text(key, value)
        {
            return;
        }
        self.any_text(field, |text, limit| {
            let _ = LimitedWriter::new(text, limit).write_str(value);
        });
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let reading = self.reading;
        let clean = RefCell::new(&mut *self.clean);
        let sanitize = |text: &mut String, start: usize| {
            clean.borrow_mut().redact(&reading.redactor, text, start)
        };
        let options = ReadOptions {
            classifiers: &reading.classifiers,
            sanitize: Some(&sanitize),
            limit: reading.limits.field,
        };
        let Some(event) = self.event.as_deref_mut() else {
            let is_error = |key: &Key| key.role == Role::Error;
            let may_report = self.keys.get(field.index()).is_some_and(is_error);
            let read = AssertUnwindSafe(|| self.reported.read(value, &options));
            if !(may_report && catch_unwind(read).unwrap_or_default()) {
                self.record_debug(field, &format_args!("{value}"));
            }
            return;
        };
        let first = !event.typed;
        event.has_other |= !first;
        let chain = if first { &mut event.chain } else { &mut event.other };
        let site = Site { layer: self.layer, keys: self.keys };
        let known = self.repeats.last_at(site).filter(|_| first);
        let read = AssertUnwindSafe(|| match known {
            Some((place, known)) => {
                chain.read_unless_known(value, &options, &known.chain).then_some(place)
            }
            None => {
                chain.read_error(value, &options);
                None
            }
        });
        let read = catch_unwind(read);
        if read.is_err() {
            chain.read_text(PANICKED, &options);
        }
        if first {
            (event.typed, event.known) = (true, read.unwrap_or_default());
        } else if let Some(key) = self.key(field) {
            let event = self.event.take();
            if let Some(event) = &event {
                self.text(key, |text, _| text.push_str(event.other.message()));
            }
            self.event = event;
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, Stored::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, Stored::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        match i64::try_from(value) {
            Ok(value) => self.plain(field, Stored::I64(value)),
            // Most readers of JSON would round it: as text it keeps every digit.
            Err(_) => self.record_debug(field, &value),
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        match u64::try_from(value) {
            Ok(value) => self.plain(field, Stored::U64(value)),
            Err(_) => self.record_debug(field, &value),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.plain(field, Stored::F64(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, Stored::Bool(value));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.any_text(field, |text, limit| {
            // Hexadecimal doubles the length: what would be cut is not rendered.
            for byte in value.iter().take(limit / 2) {
                let _ = write!(text, "{byte:02x}");
            }
        });
    }
}

fn append_debug(text: &mut String, limit: usize, value: &dyn fmt::Debug) {
    let start = text.len();
    let mut writer = LimitedWriter::new(text, limit);
    if catch_unwind(AssertUnwindSafe(|| write!(writer, "{value:?}"))).is_err() {
        text.truncate(start);
        text.push_str(PANICKED);
    }
}
