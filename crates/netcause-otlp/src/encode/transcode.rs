//! A request in Protocol Buffers as OTLP/JSON (OTLP specification, "JSON Protobuf Encoding"):
//! names in lowerCamelCase, ids in hexadecimal, 64-bit integers as texts, enumerations as
//! numbers.
//!
//! Records are encoded once, on the thread of their event; what JSON costs more is paid by the
//! thread that sends, and only where a receiver takes nothing else.

use std::fmt::Write;

use super::json::{push_double, push_text};
use super::wire::{Fields, Value};

/// A field: its number, its name in JSON, and how its value is written.
struct Field(u64, &'static str, Kind);

/// The fields of a message.
type Message = [Field];

#[derive(Clone, Copy)]
enum Kind {
    One(&'static Message),
    Many(&'static Message),
    Text,
    /// An id: bytes in hexadecimal.
    Id,
    /// Of 32 bits, or of an enumeration.
    Number,
    /// A time in nanoseconds: 64 bits, as a text.
    Time,
    /// 64 bits with sign, as a text.
    Integer,
    Double,
    Boolean,
}

use Kind::{Boolean, Double, Id, Integer, Many, Number, One, Text, Time};

/// `ExportLogsServiceRequest`.
static LOGS: &Message = &[Field(
    1,
    "resourceLogs",
    Many(&[
        Field(1, "resource", One(RESOURCE)),
        Field(
            2,
            "scopeLogs",
            Many(&[Field(1, "scope", One(SCOPE)), Field(2, "logRecords", Many(LOG))]),
        ),
        Field(3, "schemaUrl", Text),
    ]),
)];

/// `ExportTraceServiceRequest`.
static TRACES: &Message = &[Field(
    1,
    "resourceSpans",
    Many(&[
        Field(1, "resource", One(RESOURCE)),
        Field(
            2,
            "scopeSpans",
            Many(&[Field(1, "scope", One(SCOPE)), Field(2, "spans", Many(SPAN))]),
        ),
        Field(3, "schemaUrl", Text),
    ]),
)];

static RESOURCE: &Message = &[Field(1, "attributes", Many(&MEMBER))];
static SCOPE: &Message = &[Field(1, "name", Text)];

static LOG: &Message = &[
    Field(1, "timeUnixNano", Time),
    Field(11, "observedTimeUnixNano", Time),
    Field(2, "severityNumber", Number),
    Field(3, "severityText", Text),
    Field(12, "eventName", Text),
    Field(5, "body", One(&ANY)),
    Field(9, "traceId", Id),
    Field(10, "spanId", Id),
    Field(8, "flags", Number),
    Field(6, "attributes", Many(&MEMBER)),
    Field(7, "droppedAttributesCount", Number),
];

static SPAN: &Message = &[
    Field(1, "traceId", Id),
    Field(2, "spanId", Id),
    Field(3, "traceState", Text),
    Field(4, "parentSpanId", Id),
    Field(16, "flags", Number),
    Field(5, "name", Text),
    Field(6, "kind", Number),
    Field(7, "startTimeUnixNano", Time),
    Field(8, "endTimeUnixNano", Time),
    Field(9, "attributes", Many(&MEMBER)),
    Field(10, "droppedAttributesCount", Number),
    Field(11, "events", Many(EVENT)),
    Field(12, "droppedEventsCount", Number),
    Field(13, "links", Many(LINK)),
    Field(14, "droppedLinksCount", Number),
    Field(15, "status", One(&[Field(2, "message", Text), Field(3, "code", Number)])),
];

static EVENT: &Message = &[
    Field(1, "timeUnixNano", Time),
    Field(2, "name", Text),
    Field(3, "attributes", Many(&MEMBER)),
    Field(4, "droppedAttributesCount", Number),
];

static LINK: &Message = &[
    Field(1, "traceId", Id),
    Field(2, "spanId", Id),
    Field(3, "traceState", Text),
    Field(4, "attributes", Many(&MEMBER)),
    Field(5, "droppedAttributesCount", Number),
    Field(6, "flags", Number),
];

static MEMBER: [Field; 2] = [Field(1, "key", Text), Field(2, "value", One(&ANY))];

/// `AnyValue`: of a known size, as it refers to itself. What it nests, our own encoder has bounded.
static ANY: [Field; 6] = [
    Field(1, "stringValue", Text),
    Field(2, "boolValue", Boolean),
    Field(3, "intValue", Integer),
    Field(4, "doubleValue", Double),
    Field(5, "arrayValue", One(&[Field(1, "values", Many(&ANY))])),
    Field(6, "kvlistValue", One(&[Field(1, "values", Many(&MEMBER))])),
];

/// An `ExportLogsServiceRequest` in JSON.
pub(crate) fn logs(request: &[u8]) -> String {
    json(request, LOGS)
}

/// An `ExportTraceServiceRequest` in JSON.
pub(crate) fn traces(request: &[u8]) -> String {
    json(request, TRACES)
}

fn json(request: &[u8], message: &'static Message) -> String {
    let mut out = String::with_capacity(request.len() * 2);
    push_message(request, message, &mut out);
    out
}

fn push_message(bytes: &[u8], message: &'static Message, out: &mut String) {
    out.push('{');
    let start = out.len();
    for Field(number, name, kind) in message {
        let mut values = Fields(bytes).filter(|(found, _)| found == number).map(|(_, value)| value);
        let Some(first) = values.next() else { continue };
        out.push_str(if out.len() == start { "\"" } else { ",\"" });
        out.push_str(name);
        out.push_str("\":");
        match kind {
            Many(message) => push_many(std::iter::once(first).chain(values), message, out),
            // Of a field that stands twice the last counts.
            kind => push_value(values.last().unwrap_or(first), *kind, out),
        }
    }
    out.push('}');
}

fn push_many<'a>(
    values: impl Iterator<Item = Value<'a>>,
    message: &'static Message,
    out: &mut String,
) {
    for (index, value) in values.enumerate() {
        out.push(if index == 0 { '[' } else { ',' });
        push_value(value, One(message), out);
    }
    out.push(']');
}

fn push_value(value: Value<'_>, kind: Kind, out: &mut String) {
    let (number, bytes) = match value {
        Value::Number(number) => (number, &[][..]),
        Value::Bytes(bytes) => (0, bytes),
    };
    // A text cannot fail.
    let _ = match kind {
        One(message) | Many(message) => return push_message(bytes, message, out),
        Text => return push_text(&String::from_utf8_lossy(bytes), out),
        Double => return push_double(f64::from_bits(number), out),
        Id => {
            out.push('"');
            for byte in bytes {
                let _ = write!(out, "{byte:02x}");
            }
            out.push('"');
            Ok(())
        }
        Number => write!(out, "{number}"),
        Time => write!(out, "\"{number}\""),
        Integer => write!(out, "\"{}\"", number.cast_signed()),
        Boolean => write!(out, "{}", number != 0),
    };
}
