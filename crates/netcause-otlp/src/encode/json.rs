//! A record as a line of OTLP/JSON (OTLP specification, "JSON Protobuf Encoding"): names in
//! lowerCamelCase, ids in hexadecimal, 64-bit integers as texts, enumerations as numbers.

use std::fmt::Write;
use std::time::SystemTime;

use netcause_record::{Record, escape_into};
use serde_json::Value;

use super::attributes::{self, AttributeLimits, Attributes, Scratch, Texts};
use super::log_record::{nanoseconds, number};
use super::request::SCHEMA;
use crate::ResourceValue;

/// How deep a value may nest: what the Collector still reads.
const DEPTH: usize = 32;

/// A resource as the beginning of each line, rendered once.
pub(crate) fn head(resource: &[(String, ResourceValue)]) -> String {
    let mut line = String::from("{\"resourceLogs\":[{\"resource\":{\"attributes\":[");
    let mut writer = JsonAttributes { line: &mut line, first: true };
    for (key, value) in resource {
        match value {
            ResourceValue::Text(text) => writer.text(key, text),
            ResourceValue::Integer(number) => writer.integer(key, *number),
        }
    }
    line.push_str("]},\"scopeLogs\":[{\"scope\":{");
    line
}

/// Appends a line: a request with one record.
pub(crate) fn push_line(
    head: &str,
    record: &Record<'_>,
    limits: &AttributeLimits,
    scratch: &mut Scratch,
    line: &mut String,
) {
    line.push_str(head);
    if !record.target.is_empty() {
        text_member("name", record.target, line);
    }
    line.push_str("},\"logRecords\":[{");
    push_times(record, line);
    if let Some(severity) = record.severity {
        // A line cannot fail.
        let _ = write!(
            line,
            ",\"severityNumber\":{},\"severityText\":\"{}\"",
            number(severity),
            severity.as_str()
        );
    }
    if let Some(name) = record.origin.event {
        line.push(',');
        text_member("eventName", name, line);
    }
    if let Some(message) = record.message {
        line.push_str(",\"body\":{");
        text_member("stringValue", message, line);
        line.push('}');
    }
    if let Some(trace) = &record.trace {
        let _ = write!(
            line,
            ",\"traceId\":\"{:032x}\",\"spanId\":\"{:016x}\",\"flags\":{}",
            u128::from_be_bytes(trace.trace_id),
            u64::from_be_bytes(trace.span_id),
            trace.flags
        );
    }
    line.push_str(",\"attributes\":[");
    let mut attributes = JsonAttributes { line, first: true };
    let dropped = attributes::write(record, limits, scratch, &mut attributes);
    line.push(']');
    if dropped > 0 {
        let _ = write!(line, ",\"droppedAttributesCount\":{dropped}");
    }
    let _ = writeln!(line, "}}]}}],\"schemaUrl\":\"{SCHEMA}\"}}]}}");
}

fn push_times(record: &Record<'_>, line: &mut String) {
    if let Some(time) = record.timestamp {
        let _ = write!(line, "\"timeUnixNano\":\"{}\",", nanoseconds(time));
    }
    let observed = record.timestamp.unwrap_or_else(SystemTime::now);
    let _ = write!(line, "\"observedTimeUnixNano\":\"{}\"", nanoseconds(observed));
}

/// `"name":"text"`
fn text_member(name: &str, text: &str, line: &mut String) {
    line.push('"');
    line.push_str(name);
    line.push_str("\":");
    push_text(text, line);
}

pub(super) fn push_text(text: &str, line: &mut String) {
    line.push('"');
    escape_into(text, line);
    line.push('"');
}

struct JsonAttributes<'a> {
    line: &'a mut String,
    first: bool,
}

impl JsonAttributes<'_> {
    fn attribute(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        if !std::mem::take(&mut self.first) {
            self.line.push(',');
        }
        self.line.push('{');
        text_member("key", key, self.line);
        self.line.push_str(",\"value\":");
        write(self.line);
        self.line.push('}');
    }
}

impl Attributes for JsonAttributes<'_> {
    fn text(&mut self, key: &str, value: &str) {
        self.attribute(key, |line| push_text_value(value, line));
    }

    fn integer(&mut self, key: &str, value: i64) {
        self.attribute(key, |line| push_integer(value, line));
    }

    fn double(&mut self, key: &str, value: f64) {
        self.attribute(key, |line| push_double_value(value, line));
    }

    fn boolean(&mut self, key: &str, value: bool) {
        self.attribute(key, |line| push_boolean(value, line));
    }

    fn null(&mut self, key: &str) {
        self.attribute(key, |line| line.push_str("{}"));
    }

    fn texts(&mut self, key: &str, values: Texts<'_>) {
        self.attribute(key, |line| {
            line.push_str("{\"arrayValue\":{\"values\":[");
            for (index, value) in values.iter().enumerate() {
                line.push_str(if index == 0 { "" } else { "," });
                push_text_value(value, line);
            }
            line.push_str("]}}");
        });
    }

    fn json(&mut self, key: &str, value: &Value) {
        self.attribute(key, |line| push_any(value, DEPTH, line));
    }

    fn len(&self) -> usize {
        self.line.len()
    }
}

fn push_text_value(value: &str, line: &mut String) {
    line.push('{');
    text_member("stringValue", value, line);
    line.push('}');
}

fn push_integer(value: i64, line: &mut String) {
    let _ = write!(line, "{{\"intValue\":\"{value}\"}}");
}

fn push_double_value(value: f64, line: &mut String) {
    line.push_str("{\"doubleValue\":");
    push_double(value, line);
    line.push('}');
}

/// What JSON has no number for is a text (Protocol Buffers, "ProtoJSON Format").
pub(super) fn push_double(value: f64, line: &mut String) {
    match value {
        _ if value.is_nan() => line.push_str("\"NaN\""),
        f64::INFINITY => line.push_str("\"Infinity\""),
        f64::NEG_INFINITY => line.push_str("\"-Infinity\""),
        _ => drop(write!(line, "{value:?}")),
    }
}

fn push_boolean(value: bool, line: &mut String) {
    let _ = write!(line, "{{\"boolValue\":{value}}}");
}

fn push_any(value: &Value, depth: usize, line: &mut String) {
    match value {
        Value::Null => line.push_str("{}"),
        Value::Bool(value) => push_boolean(*value, line),
        Value::String(text) => push_text_value(text, line),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => push_integer(integer, line),
            (None, Some(double)) if number.is_f64() => push_double_value(double, line),
            _ => push_text_value(&number.to_string(), line),
        },
        nested if depth == 0 => push_text_value(&nested.to_string(), line),
        Value::Array(values) => {
            line.push_str("{\"arrayValue\":{\"values\":[");
            for (index, value) in values.iter().enumerate() {
                line.push_str(if index == 0 { "" } else { "," });
                push_any(value, depth - 1, line);
            }
            line.push_str("]}}");
        }
        Value::Object(members) => {
            line.push_str("{\"kvlistValue\":{\"values\":[");
            let mut attributes = JsonAttributes { line, first: true };
            for (key, value) in members {
                attributes.attribute(key, |line| push_any(value, depth - 1, line));
            }
            line.push_str("]}}");
        }
    }
}
