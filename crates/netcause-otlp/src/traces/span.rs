//! A finished span as `Span` of `opentelemetry/proto/trace/v1/trace.proto`.

use netcause_record::{REDACTED, Redactor};
use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;
use serde_json::Value as Json;

use crate::encode::attributes::{Attributes, cut};
use crate::encode::log_record::nanoseconds;
use crate::encode::proto::ProtoAttributes;
use crate::encode::wire::{
    bytes_tag, fixed32_tag, fixed64_tag, push_bytes, push_fixed32, push_fixed64, push_varint,
    varint_tag,
};

const TRACE_ID: u8 = bytes_tag(1);
const SPAN_ID: u8 = bytes_tag(2);
const STATE: u8 = bytes_tag(3);
const PARENT: u8 = bytes_tag(4);
const NAME: u8 = bytes_tag(5);
const KIND: u8 = varint_tag(6);
const START: u8 = fixed64_tag(7);
const END: u8 = fixed64_tag(8);
const ATTRIBUTES: u8 = bytes_tag(9);
const DROPPED_ATTRIBUTES: u8 = varint_tag(10);
const EVENTS: u8 = bytes_tag(11);
const DROPPED_EVENTS: u8 = varint_tag(12);
const LINKS: u8 = bytes_tag(13);
const DROPPED_LINKS: u8 = varint_tag(14);
const STATUS: u8 = bytes_tag(15);
/// Field 16, four bytes: its tag takes two bytes.
const FLAGS: [u8; 2] = [0x85, 0x01];

/// Whether it is known if a parent is in another process, and whether it is.
const KNOWS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

/// Writes spans, without secrets.
pub(super) struct SpanWriter<'a> {
    pub(super) redactor: &'a Redactor,
    /// The most characters of an attribute's text.
    pub(super) length: Option<usize>,
    pub(super) scratch: &'a mut String,
    pub(super) out: &'a mut Vec<u8>,
}

impl SpanWriter<'_> {
    pub(super) fn span(&mut self, span: &SpanData) {
        self.context(&span.span_context);
        if span.parent_span_id != SpanId::INVALID {
            push_bytes(PARENT, &span.parent_span_id.to_bytes(), self.out);
        }
        push_bytes(NAME, span.name.as_bytes(), self.out);
        self.out.extend_from_slice(&[KIND, kind(&span.span_kind)]);
        push_fixed64(START, nanoseconds(span.start_time), self.out);
        push_fixed64(END, nanoseconds(span.end_time), self.out);
        self.attributes(ATTRIBUTES, &span.attributes);
        self.count(DROPPED_ATTRIBUTES, span.dropped_attributes_count);
        for event in &span.events.events {
            self.nested(EVENTS, |writer| writer.event(event));
        }
        self.count(DROPPED_EVENTS, span.events.dropped_count);
        for link in &span.links.links {
            self.nested(LINKS, |writer| writer.link(link));
        }
        self.count(DROPPED_LINKS, span.links.dropped_count);
        self.nested(STATUS, |writer| writer.status(&span.status));
        let remote = if span.parent_span_is_remote { IS_REMOTE } else { 0 };
        let flags = u32::from(span.span_context.trace_flags().to_u8());
        self.out.extend_from_slice(&FLAGS);
        self.out.extend_from_slice(&(flags | KNOWS_REMOTE | remote).to_le_bytes());
    }

    fn context(&mut self, context: &SpanContext) {
        push_bytes(TRACE_ID, &context.trace_id().to_bytes(), self.out);
        push_bytes(SPAN_ID, &context.span_id().to_bytes(), self.out);
        let state = context.trace_state().header();
        if !state.is_empty() {
            push_bytes(STATE, state.as_bytes(), self.out);
        }
    }

    fn event(&mut self, event: &Event) {
        push_fixed64(fixed64_tag(1), nanoseconds(event.timestamp), self.out);
        push_bytes(bytes_tag(2), event.name.as_bytes(), self.out);
        self.attributes(bytes_tag(3), &event.attributes);
        self.count(varint_tag(4), event.dropped_attributes_count);
    }

    fn link(&mut self, link: &Link) {
        self.context(&link.span_context);
        self.attributes(bytes_tag(4), &link.attributes);
        self.count(varint_tag(5), link.dropped_attributes_count);
        let flags = link.span_context.trace_flags().to_u8();
        push_fixed32(fixed32_tag(6), flags.into(), self.out);
    }

    fn status(&mut self, status: &Status) {
        match status {
            Status::Unset => {}
            Status::Ok => self.out.extend_from_slice(&[varint_tag(3), 1]),
            Status::Error { description } => {
                let text = self.clean(description).to_owned();
                push_bytes(bytes_tag(2), text.as_bytes(), self.out);
                self.out.extend_from_slice(&[varint_tag(3), 2]);
            }
        }
    }

    fn count(&mut self, tag: u8, count: u32) {
        if count > 0 {
            self.out.push(tag);
            push_varint(count.into(), self.out);
        }
    }

    /// A message within the message. Rare: our own spans have no events.
    fn nested(&mut self, tag: u8, write: impl FnOnce(&mut SpanWriter<'_>)) {
        let mut message = Vec::new();
        let (redactor, length, scratch) = (self.redactor, self.length, &mut *self.scratch);
        write(&mut SpanWriter { redactor, length, scratch, out: &mut message });
        push_bytes(tag, &message, self.out);
    }

    /// Of attributes with one key the last stands: it was set last.
    fn attributes(&mut self, tag: u8, attributes: &[KeyValue]) {
        for (index, attribute) in attributes.iter().enumerate() {
            let mut later = attributes.iter().skip(index + 1);
            if !later.any(|other| other.key == attribute.key) {
                self.attribute(tag, attribute.key.as_str(), &attribute.value);
            }
        }
    }

    fn attribute(&mut self, tag: u8, key: &str, value: &Value) {
        if self.redactor.is_secret_key(key) {
            return ProtoAttributes { out: self.out, tag }.text(key, REDACTED);
        }
        if let Value::String(text) = value {
            self.clean(text.as_str());
            let text = cut(self.scratch, self.length);
            return ProtoAttributes { out: self.out, tag }.text(key, text);
        }
        let mut attributes = ProtoAttributes { out: self.out, tag };
        match value {
            Value::Bool(value) => attributes.boolean(key, *value),
            Value::I64(value) => attributes.integer(key, *value),
            Value::F64(value) => attributes.double(key, *value),
            Value::Array(Array::String(texts)) => {
                let clean = |text: &StringValue| {
                    let mut text = text.as_str().to_owned();
                    self.redactor.text(&mut text, 0);
                    cut(&text, self.length).to_owned()
                };
                attributes.json(key, &Json::from_iter(texts.iter().map(clean)));
            }
            Value::Array(Array::I64(values)) => {
                attributes.json(key, &Json::from_iter(values.iter().copied()));
            }
            Value::Array(Array::F64(values)) => {
                attributes.json(key, &Json::from_iter(values.iter().copied()));
            }
            Value::Array(Array::Bool(values)) => {
                attributes.json(key, &Json::from_iter(values.iter().copied()));
            }
            value => attributes.text(key, &value.as_str()),
        }
    }

    /// A text without secrets.
    fn clean(&mut self, text: &str) -> &str {
        self.scratch.clear();
        self.scratch.push_str(text);
        self.redactor.text(self.scratch, 0);
        self.scratch
    }
}

fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}
