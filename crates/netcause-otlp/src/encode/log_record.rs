//! A record as `LogRecord` of `opentelemetry/proto/logs/v1/logs.proto`.

use std::time::{SystemTime, UNIX_EPOCH};

use netcause_record::{Record, Severity};

use super::attributes::{self, AttributeLimits, Scratch};
use super::proto::{ProtoAttributes, push_text_value};
use super::wire::{
    bytes_tag, fixed32_tag, fixed64_tag, push_bytes, push_fixed32, push_fixed64, push_varint,
    varint_tag,
};

const TIME: u8 = fixed64_tag(1);
const SEVERITY_NUMBER: u8 = varint_tag(2);
const SEVERITY_TEXT: u8 = bytes_tag(3);
const BODY: u8 = bytes_tag(5);
const ATTRIBUTES: u8 = bytes_tag(6);
const DROPPED: u8 = varint_tag(7);
const FLAGS: u8 = fixed32_tag(8);
const TRACE_ID: u8 = bytes_tag(9);
const SPAN_ID: u8 = bytes_tag(10);
const OBSERVED_TIME: u8 = fixed64_tag(11);
const EVENT_NAME: u8 = bytes_tag(12);

/// Appends a `LogRecord`, observed when it happened unless another time is given.
pub(crate) fn push_log(
    record: &Record<'_>,
    observed: Option<SystemTime>,
    limits: &AttributeLimits,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) {
    let time = record.timestamp.map(nanoseconds);
    if let Some(time) = time {
        push_fixed64(TIME, time, out);
    }
    // A record of ours is made when its event happens: both times are one.
    let observed = observed.map(nanoseconds).or(time);
    push_fixed64(OBSERVED_TIME, observed.unwrap_or_else(|| nanoseconds(SystemTime::now())), out);
    if let Some(severity) = record.severity {
        out.extend_from_slice(&[SEVERITY_NUMBER, number(severity)]);
        push_bytes(SEVERITY_TEXT, severity.as_str().as_bytes(), out);
    }
    if let Some(name) = record.origin.event {
        push_bytes(EVENT_NAME, name.as_bytes(), out);
    }
    if let Some(message) = record.message {
        push_text_value(BODY, message, out);
    }
    if let Some(trace) = &record.trace {
        push_bytes(TRACE_ID, &trace.trace_id, out);
        // A line of another program may tell its trace alone.
        if trace.span_id != [0; 8] {
            push_bytes(SPAN_ID, &trace.span_id, out);
        }
        push_fixed32(FLAGS, trace.flags.into(), out);
    }
    let mut attributes = ProtoAttributes { out, tag: ATTRIBUTES };
    let dropped = attributes::write(record, limits, scratch, &mut attributes);
    if dropped > 0 {
        out.push(DROPPED);
        push_varint(dropped.into(), out);
    }
}

/// The number that OpenTelemetry's log data model gives a severity.
pub(crate) const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Trace => 1,
        Severity::Debug => 5,
        Severity::Info => 9,
        Severity::Warn => 13,
        Severity::Error => 17,
    }
}

/// Nanoseconds since the Unix epoch; a time before it is the epoch.
pub(crate) fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
