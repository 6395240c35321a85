//! The attributes of a record: which there are, in which order, and the limits.
//!
//! What is written, and in what form, is the business of whoever takes them.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::IpAddr;
use std::time::Duration;

use netcause_fault::{Attempts, Cause, Certificate, Evidence, Fault, Limit, Peer, Request};
use netcause_record::{
    ErrorText, Field, Origin, Record, Redactor, Value, bit_of, push_address, push_seconds, redacted,
};
use smallvec::SmallVec;

use super::kept::{Kept, Name};

/// From so many links on a chain tells more than its text in one line.
const LINKS_WORTH_A_LIST: usize = 3;

/// What the links of an error are written under; a caller's key of that name makes way.
const OF_ERROR: [&str; 2] = ["exception.message", "exception.stacktrace"];

/// The most attributes of a record, and the longest text in one.
///
/// ```
/// assert_eq!(netcause_otlp::AttributeLimits::default().count, 128);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeLimits {
    /// How many attributes: `OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT`, 128 where it is unset.
    pub count: u32,
    /// How many characters a text has: `OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT`.
    pub length: Option<usize>,
}

impl Default for AttributeLimits {
    fn default() -> Self {
        AttributeLimits { count: 128, length: None }
    }
}

/// Takes the attributes of one record. Their keys are unique.
pub(crate) trait Attributes {
    fn text(&mut self, key: &str, value: &str);
    fn integer(&mut self, key: &str, value: i64);
    fn double(&mut self, key: &str, value: f64);
    fn boolean(&mut self, key: &str, value: bool);
    fn null(&mut self, key: &str);
    fn texts(&mut self, key: &str, values: Texts<'_>);
    /// An array or an object.
    fn json(&mut self, key: &str, value: &serde_json::Value);
    /// How many bytes it has taken.
    fn len(&self) -> usize;

    /// What was written from there on, in a form in which it is kept and written again.
    fn since(&self, _start: usize) -> Option<&[u8]> {
        None
    }

    /// Writes what was kept in this form; says whether there is such a form.
    fn again(&mut self, _kept: &[u8]) -> bool {
        false
    }
}

/// What is used again for each record.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// For sentences and lists.
    pub(crate) text: String,
    pub(crate) kept: Kept,
}

/// Texts, one after the other in one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Texts<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(self.ends.iter().copied());
        ranges.map(move |(start, end)| self.text.get(start..end).unwrap_or_default())
    }
}

/// What is written beyond it is left out and counted.
const RECORD_BYTES: usize = 256 * 1024;

/// Gives every attribute of a record to `out`; says how many were left out.
pub(crate) fn write(
    record: &Record<'_>,
    limits: &AttributeLimits,
    scratch: &mut Scratch,
    out: &mut impl Attributes,
) -> u32 {
    let mut writer = Writer { out, limits, written: 0, dropped: record.dropped_fields, scratch };
    let on_fault = record.fault.is_some();
    match record.fault {
        Some(fault) => writer.fault(fault, record),
        None => writer.optional_error(record.error.as_ref()),
    }
    writer.origin(&record.origin);
    let renamed = if record.error.is_some() { OF_ERROR.map(bit_of) } else { [0; 2] };
    for field in record.fields {
        writer.field(field, on_fault, renamed);
    }
    if let Some(scope) = record.scope {
        let of_error = record.error.is_some();
        let name = scope.number().map(|number| Name::Scope { number, on_fault, of_error });
        writer.once(name, |writer| {
            scope.each(&mut |field| writer.field(&field, on_fault, renamed));
        });
    }
    writer.dropped
}

struct Writer<'a, A> {
    out: &'a mut A,
    limits: &'a AttributeLimits,
    written: u32,
    dropped: u32,
    scratch: &'a mut Scratch,
}

impl<A: Attributes> Writer<'_, A> {
    /// Whether there is room for one more.
    fn counts(&mut self) -> bool {
        let room = self.written < self.limits.count && self.out.len() < RECORD_BYTES;
        if room {
            self.written += 1;
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
        room
    }

    fn text(&mut self, key: &str, value: &str) {
        if self.counts() {
            self.out.text(key, cut(value, self.limits.length));
        }
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn integer(&mut self, key: &str, value: Option<impl Into<i64>>) {
        if let Some(value) = value
            && self.counts()
        {
            self.out.integer(key, value.into());
        }
    }

    fn duration(&mut self, key: &str, value: Option<Duration>) {
        let milliseconds = value.map(|it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
        self.integer(key, milliseconds);
    }

    fn address(&mut self, key: &str, value: Option<IpAddr>) {
        if let Some(address) = value {
            self.sentence(key, |out| push_address(address, out));
        }
    }

    /// A text that `write` makes.
    fn sentence(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        if self.counts() {
            let text = &mut self.scratch.text;
            text.clear();
            write(text);
            self.out.text(key, cut(text, self.limits.length));
        }
    }

    /// An array of texts, each of which `write` makes.
    fn list<T>(
        &mut self,
        key: &str,
        items: impl Iterator<Item = T>,
        write: impl Fn(T, &mut String),
    ) {
        if !self.counts() {
            return;
        }
        let text = &mut self.scratch.text;
        text.clear();
        let mut ends: SmallVec<[usize; 16]> = SmallVec::new();
        for item in items {
            let start = text.len();
            write(item, text);
            let item = text.get(start..).unwrap_or_default();
            let end = start + cut(item, self.limits.length).len();
            text.truncate(end);
            ends.push(end);
        }
        self.out.texts(key, Texts { text, ends: &ends });
    }

    /// What is known of a fault; of one that is reported again and again what is the same as
    /// before is not written anew.
    fn fault(&mut self, fault: &Fault<'_>, record: &Record<'_>) {
        let rendered = record.rendered.map(|it| (it.number(), it.version()));
        // A hint may name the pause before the next try.
        let lasting = rendered.filter(|_| fault.attempts.next_delay.is_none());
        self.once(lasting.map(|(number, _)| Name::Facts { number }), |writer| {
            writer.facts(fault, record.error.as_ref());
        });
        self.once(rendered.map(|(number, version)| Name::Try { number, version }), |writer| {
            writer.duration("fault.elapsed_ms", fault.elapsed);
            writer.attempts(&fault.attempts);
            // A sentence cannot fail.
            writer.sentence("fault.summary", |out| {
                fault.summary().write_to(out).unwrap_or_default();
            });
        });
    }

    /// Writes attributes as they were written under that name before, or else with `write`.
    fn once(&mut self, name: Option<Name>, write: impl FnOnce(&mut Self)) {
        let Some(name) = name.filter(|_| self.limits.length.is_none()) else { return write(self) };
        let room = self.limits.count.saturating_sub(self.written);
        if let Some((kept, count)) = self.scratch.kept.get(name)
            && count <= room
            && self.out.len() + kept.len() < RECORD_BYTES
            && self.out.again(kept)
        {
            self.written += count;
            return;
        }
        let (start, written, dropped) = (self.out.len(), self.written, self.dropped);
        write(self);
        if self.dropped == dropped
            && let Some(bytes) = self.out.since(start)
        {
            self.scratch.kept.put(name, bytes, self.written - written);
        }
    }

    fn optional_error(&mut self, error: Option<&ErrorText<'_>>) {
        if let Some(error) = error {
            self.error(error);
        }
    }

    fn error(&mut self, error: &ErrorText<'_>) {
        let [message, stacktrace] = OF_ERROR;
        self.text(message, error.message);
        if error.links.len() > 1 {
            self.sentence(stacktrace, |out| {
                for (index, link) in error.links.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "\n" });
                    out.push_str(link);
                }
            });
        }
    }

    /// What does not differ from one try to the next.
    fn facts(&mut self, fault: &Fault<'_>, error: Option<&ErrorText<'_>>) {
        self.optional_error(error);
        self.text("error.type", fault.error_type());
        self.text("fault.category", fault.category.as_str());
        self.optional("fault.reason", fault.reason.map(|it| it.as_str()));
        self.optional("fault.phase", fault.phase.map(|it| it.as_str()));
        self.duration("fault.timeout_ms", fault.timeout);
        self.optional("fault.limit", fault.limit.map(Limit::as_str));
        self.text("fault.cause", fault.cause.as_str());
        // There are no degrees of not knowing.
        if fault.cause != Cause::Unknown {
            self.text("fault.confidence", fault.confidence.as_str());
        }
        if !fault.evidence.is_empty() {
            self.list("fault.evidence", fault.evidence.iter(), push_evidence);
        }
        self.optional("fault.retry", fault.retry.map(|it| it.as_str()));
        // A sentence cannot fail.
        if let Some(hint) = fault.hint() {
            self.sentence("fault.hint", |out| hint.write_to(out).unwrap_or_default());
        }
        self.peer(&fault.peer);
        self.request(&fault.request);
        if let Some(certificate) = &fault.certificate {
            self.certificate(certificate);
        }
        if let Some(error) = error.filter(|it| it.links.len() >= LINKS_WORTH_A_LIST) {
            self.list("fault.chain", error.links.iter(), |link, out| out.push_str(link));
        }
    }

    fn attempts(&mut self, attempts: &Attempts) {
        self.integer("retry.attempt", attempts.attempt);
        self.integer("retry.max_attempts", attempts.max_attempts);
        if let Some(exhausted) = attempts.exhausted
            && self.counts()
        {
            self.out.boolean("retry.exhausted", exhausted);
        }
        self.duration("retry.next_delay_ms", attempts.next_delay);
    }

    fn peer(&mut self, peer: &Peer<'_>) {
        self.optional("server.address", peer.server_address.as_deref());
        self.integer("server.port", peer.server_port);
        self.address("network.peer.address", peer.peer_address);
        self.integer("network.peer.port", peer.peer_port);
        self.address("network.local.address", peer.local_address);
        self.integer("network.local.port", peer.local_port);
        self.optional("network.transport", peer.transport.as_deref());
        self.optional("network.protocol.name", peer.protocol.as_deref());
        if !peer.dns_answers.is_empty() {
            self.list("dns.answers", peer.dns_answers.iter().copied(), push_address);
        }
    }

    fn request(&mut self, request: &Request<'_>) {
        if let Some(url) = &request.url {
            self.text("url.full", &without_secrets(url));
        }
        self.optional("http.request.method", request.method.as_deref());
        self.integer("http.response.status_code", request.status);
    }

    fn certificate(&mut self, certificate: &Certificate<'_>) {
        if let Some(not_after) = certificate.not_after {
            let mut text = String::new();
            if push_seconds(not_after, &mut text) {
                self.text("tls.server.not_after", &text);
            }
        }
        self.optional("tls.server.subject", certificate.subject.as_deref());
        self.optional("tls.server.issuer", certificate.issuer.as_deref());
        self.integer("certificate.days_left", certificate.days_left());
    }

    fn origin(&mut self, origin: &Origin<'_>) {
        if *origin != Origin::default() {
            self.optional("code.file.path", origin.file);
            self.integer("code.line.number", origin.line);
            self.optional("thread.name", origin.thread);
            self.optional("span.name", origin.span);
        }
    }

    /// A caller's field, under another name where the record's own error has its name.
    fn field(&mut self, field: &Field<'_>, on_fault: bool, renamed: [u64; 2]) {
        let name = field.key.name_in(on_fault);
        let bit = field.key.bit_in(on_fault);
        if renamed.contains(&bit) && OF_ERROR.contains(&name) {
            let name = format!("fields.{}", name.replace('.', "_"));
            return self.value(&name, field.value);
        }
        self.value(name, field.value);
    }

    fn value(&mut self, key: &str, value: Value<'_>) {
        if let Value::Text(text) = value {
            return self.text(key, text);
        }
        if !self.counts() {
            return;
        }
        match value {
            Value::Null | Value::Text(_) => self.out.null(key),
            Value::Bool(value) => self.out.boolean(key, value),
            Value::I64(value) => self.out.integer(key, value),
            Value::F64(value) => self.out.double(key, value),
            Value::U64(value) => match i64::try_from(value) {
                Ok(value) => self.out.integer(key, value),
                // There is no larger integer in the data model: no digit may be lost.
                Err(_) => self.out.text(key, &value.to_string()),
            },
            Value::Number(digits) => match number(digits) {
                Number::Integer(value) => self.out.integer(key, value),
                Number::Double(value) => self.out.double(key, value),
                Number::Other => self.out.text(key, digits),
            },
            Value::Json(text) => match serde_json::from_str(text) {
                Ok(value) => self.out.json(key, &value),
                Err(_) => self.out.text(key, text),
            },
        }
    }
}

enum Number {
    Integer(i64),
    Double(f64),
    Other,
}

/// What a literal number is, if it can be told without losing a digit.
fn number(digits: &str) -> Number {
    if let Ok(value) = digits.parse() {
        return Number::Integer(value);
    }
    let is_integer = !digits.contains(['.', 'e', 'E']);
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() && !is_integer => Number::Double(value),
        _ => Number::Other,
    }
}

fn push_evidence(fact: &Evidence<'_>, out: &mut String) {
    match fact {
        Evidence::Note(text) => out.push_str(&redacted(text)),
        // A text cannot fail.
        fact => write!(out, "{fact}").unwrap_or_default(),
    }
}

/// A URL may come straight from an error: nobody has taken its secrets out yet.
fn without_secrets(url: &str) -> Cow<'_, str> {
    if !url.contains(['@', '?', '#']) {
        return Cow::Borrowed(url);
    }
    let mut url = url.to_owned();
    Redactor::default().text(&mut url, 0);
    Cow::Owned(url)
}

/// The first so many characters.
/// The beginning of a text, of so many characters at most.
pub(crate) fn cut(text: &str, length: Option<usize>) -> &str {
    match length {
        Some(length) if text.len() > length => {
            let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
            text.get(..end).unwrap_or(text)
        }
        _ => text,
    }
}
