//! The JSON form: one record, one line.
//!
//! The order is fixed: first what everybody reads, then the caller's fields, then the fault.

use std::cell::RefCell;

use arrayvec::ArrayString;

use crate::escape::{escape_cut, escape_from, escape_into};
use crate::{Field, Limits, Record, Severity, TraceContext, time};

mod fault;
mod fit;
mod value;

pub use fault::{RenderedFault, push_address};
pub use value::{push_member, write_member, write_value};

/// Appends a record as one JSON object and a line feed.
///
/// The line is never longer than `limits.record`: of the caller's fields those that do not
/// fit are left out from the last, which has the lowest precedence, and counted in
/// `dropped_attributes_count`; as a last resort texts are cut. Says how many fields were
/// left out here.
///
/// # Example
///
/// ```
/// use netcause_record::{Limits, Origin, Record, Resource, Severity, write_json};
///
/// let resource = Resource::new(Some("checkout".to_owned()), Vec::new());
/// let record = Record {
///     timestamp: Some(std::time::UNIX_EPOCH),
///     severity: Some(Severity::Info),
///     message: Some("started"),
///     target: "checkout",
///     trace: None,
///     resource: &resource,
///     fields: &[],
///     scope: None,
///     error: None,
///     fault: None,
///     rendered: None,
///     origin: Origin::default(),
///     dropped_fields: 0,
/// };
/// let mut line = String::new();
/// write_json(&record, &Limits::default(), &mut line);
/// assert_eq!(
///     line,
///     concat!(
///         r#"{"timestamp":"1970-01-01T00:00:00.000000Z","severity":"INFO","#,
///         r#""message":"started","target":"checkout","service.name":"checkout"}"#,
///         "\n",
///     ),
/// );
/// ```
pub fn write_json(record: &Record<'_>, limits: &Limits, line: &mut String) -> u32 {
    let start = line.len();
    let shape = Shape::whole(record);
    write_line(record, &shape, line);
    if line.len() - start <= limits.record.max(crate::MIN_RECORD) {
        return 0;
    }
    line.truncate(start);
    let mut fields = record.fields.to_vec();
    if let Some(scope) = record.scope {
        scope.each(&mut |field| fields.push(field));
    }
    let record = Record { fields: &fields, scope: None, ..*record };
    fit::write_fitting(&record, limits.record.max(crate::MIN_RECORD), line)
}

/// How much of a record is written.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// How many of the caller's fields.
    fields: usize,
    /// How many bytes of each text; all, where absent.
    text: Option<usize>,
}

impl Shape {
    fn whole(record: &Record<'_>) -> Self {
        Shape { fields: record.fields.len(), text: None }
    }
}

/// The room that most lines need.
const USUAL_LINE: usize = 2048;

fn write_line(record: &Record<'_>, shape: &Shape, line: &mut String) {
    line.reserve(USUAL_LINE);
    let start = line.len();
    let mut members = Members { line, text_limit: shape.text };
    members.head(record);
    members.fields(record, shape.fields);
    if let Some(scope) = record.scope {
        scope.write_members(members.line);
    }
    if shape.text.is_none() {
        members.resource(record);
    }
    match record.fault {
        Some(fault) => members.fault(record, fault),
        None => members.optional(",\"error.message\":\"", record.error.map(|error| error.message)),
    }
    let dropped = record.fields.len() - shape.fields;
    let dropped = record.dropped_fields.saturating_add(u32::try_from(dropped).unwrap_or(u32::MAX));
    if dropped > 0 {
        members.integer(",\"dropped_attributes_count\":", dropped);
    }
    members.line.push_str("}\n");
    // Every member but the timestamp follows a comma.
    if record.timestamp.is_none() && line.get(start + 1..).is_some_and(|it| it.starts_with(',')) {
        line.remove(start + 1);
    }
}

/// Appends members to a line. Every `name` is `,"key":` and, for texts, the opening quote;
/// where it is a constant, inlining turns its copy into a few stores.
struct Members<'a> {
    line: &'a mut String,
    text_limit: Option<usize>,
}

impl Members<'_> {
    fn head(&mut self, record: &Record<'_>) {
        self.line.push('{');
        if let Some(timestamp) = record.timestamp {
            self.line.push_str("\"timestamp\":\"");
            time::push_timestamp(timestamp, self.line);
            self.line.push('"');
        }
        if let Some(severity) = record.severity {
            self.line.push_str(match severity {
                Severity::Trace => ",\"severity\":\"TRACE\"",
                Severity::Debug => ",\"severity\":\"DEBUG\"",
                Severity::Info => ",\"severity\":\"INFO\"",
                Severity::Warn => ",\"severity\":\"WARN\"",
                Severity::Error => ",\"severity\":\"ERROR\"",
            });
        }
        self.optional(",\"message\":\"", record.message);
        if !record.target.is_empty() {
            self.text(",\"target\":\"", record.target);
        }
        self.service(record);
        if let Some(trace) = &record.trace {
            self.trace(trace);
        }
        self.origin(record);
    }

    fn service(&mut self, record: &Record<'_>) {
        match (self.text_limit, &record.resource.service_name) {
            (Some(_), Some(name)) => self.text(",\"service.name\":\"", name),
            _ => self.line.push_str(&record.resource.service_member),
        }
    }

    fn trace(&mut self, trace: &TraceContext) {
        LAST_TRACE.with_borrow_mut(|(last, text)| {
            if last.as_ref() != Some(trace) {
                *last = Some(*trace);
                *text = trace_members(trace);
            }
            self.line.push_str(text);
        });
    }

    fn origin(&mut self, record: &Record<'_>) {
        let origin = &record.origin;
        self.optional(",\"code.file.path\":\"", origin.file);
        if let Some(line) = origin.line {
            self.integer(",\"code.line.number\":", line);
        }
        self.optional(",\"thread.name\":\"", origin.thread);
        self.optional(",\"span.name\":\"", origin.span);
    }

    fn fields(&mut self, record: &Record<'_>, count: usize) {
        for field in record.fields.iter().take(count) {
            push_member(field, record.fault.is_some(), self.line);
        }
    }

    /// The resource's attributes, but for keys that a field has taken.
    fn resource(&mut self, record: &Record<'_>) {
        let (bits, on_fault) = (record.resource.bits, record.fault.is_some());
        let maybe_taken = bits != 0
            && (record.fields.iter().any(|field| field.key.bit_in(on_fault) & bits != 0)
                || record.scope.is_some_and(|scope| scope.bits() & bits != 0));
        for member in &record.resource.members {
            if !(maybe_taken && is_taken(record, &member.name)) {
                self.line.push_str(&member.rendered);
            }
        }
    }

    fn text(&mut self, name: &'static str, text: &str) {
        self.line.push_str(name);
        self.string(text);
        self.line.push('"');
    }

    #[inline(always)]
    fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// A text of a fixed set, which needs no escape.
    #[inline(always)]
    fn word(&mut self, name: &'static str, word: &'static str) {
        self.line.push_str(name);
        self.line.push_str(word);
        self.line.push('"');
    }

    #[inline(always)]
    fn integer(&mut self, name: &'static str, number: impl itoa::Integer) {
        self.line.push_str(name);
        self.line.push_str(itoa::Buffer::new().format(number));
    }

    fn string(&mut self, text: &str) {
        match self.text_limit {
            None => escape_into(text, self.line),
            Some(limit) => escape_cut(text, limit, self.line),
        }
    }

    /// A sentence that `write` writes straight into the line, and then its closing quote.
    fn sentence(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut String) -> std::fmt::Result,
    ) {
        self.line.push_str(name);
        let start = self.line.len();
        // Neither a sentence nor the line can fail.
        let _ = write(self.line);
        match self.text_limit {
            None => escape_from(self.line, start),
            Some(limit) => {
                let text = self.line.split_off(start);
                escape_cut(&text, limit, self.line);
            }
        }
        self.line.push('"');
    }
}

/// Whether a field has a resource attribute's key.
fn is_taken(record: &Record<'_>, name: &str) -> bool {
    let is_it = |field: &Field<'_>| field.key.name_in(record.fault.is_some()) == name;
    let mut taken = record.fields.iter().any(is_it);
    if let Some(scope) = record.scope {
        scope.each(&mut |field| taken |= is_it(&field));
    }
    taken
}

/// `,"trace_id":"…","span_id":"…"`
type TraceMembers = ArrayString<80>;

thread_local! {
    /// The last ids that this thread wrote: the events of a span share them.
    static LAST_TRACE: RefCell<(Option<TraceContext>, TraceMembers)> =
        const { RefCell::new((None, TraceMembers::new_const())) };
}

fn trace_members(trace: &TraceContext) -> TraceMembers {
    let mut members = TraceMembers::new();
    // There is room for exactly these.
    let _ = members.try_push_str(",\"trace_id\":\"");
    push_hex(&trace.trace_id, &mut members);
    let _ = members.try_push_str("\",\"span_id\":\"");
    push_hex(&trace.span_id, &mut members);
    let _ = members.try_push_str("\"");
    members
}

/// Appends a trace or span id.
fn push_hex(bytes: &[u8], out: &mut TraceMembers) {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' - 10 + value };
    let mut text = [0; 32];
    let (pairs, _) = text.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0xf)];
    }
    let digits = text.get(..2 * bytes.len()).unwrap_or_default();
    let _ = out.try_push_str(std::str::from_utf8(digits).unwrap_or_default());
}

#[cfg(test)]
mod tests;
