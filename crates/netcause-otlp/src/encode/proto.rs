//! Attributes as Protocol Buffers: `KeyValue` and `AnyValue` of
//! `opentelemetry/proto/common/v1/common.proto`.

use serde_json::Value;

use super::attributes::{Attributes, Texts};
use super::wire::{
    bytes_tag, field_len, fixed64_tag, push_bytes, push_fixed64, push_head, push_varint,
    varint_len, varint_tag,
};

const KEY: u8 = bytes_tag(1);
const VALUE: u8 = bytes_tag(2);

const TEXT: u8 = bytes_tag(1);
const BOOLEAN: u8 = varint_tag(2);
const INTEGER: u8 = varint_tag(3);
const DOUBLE: u8 = fixed64_tag(4);
const ARRAY: u8 = bytes_tag(5);
const OBJECT: u8 = bytes_tag(6);

/// An array's values and an object's members.
const ITEM: u8 = bytes_tag(1);

/// How deep a value may nest: what the Collector still reads.
const DEPTH: usize = 32;

/// Appends attributes to a message, under the tag that they have in it.
#[derive(Debug)]
pub(crate) struct ProtoAttributes<'a> {
    pub(crate) out: &'a mut Vec<u8>,
    pub(crate) tag: u8,
}

impl ProtoAttributes<'_> {
    /// Appends all of an attribute but its value, which has so many bytes.
    #[inline]
    fn head(&mut self, key: &str, value: usize) {
        push_head(self.tag, field_len(key.len()) + field_len(value), self.out);
        push_bytes(KEY, key.as_bytes(), self.out);
        push_head(VALUE, value, self.out);
    }
}

impl Attributes for ProtoAttributes<'_> {
    #[inline]
    fn text(&mut self, key: &str, value: &str) {
        self.head(key, field_len(value.len()));
        push_bytes(TEXT, value.as_bytes(), self.out);
    }

    #[inline]
    fn integer(&mut self, key: &str, value: i64) {
        let number = value.cast_unsigned();
        self.head(key, 1 + varint_len(number));
        self.out.push(INTEGER);
        push_varint(number, self.out);
    }

    fn double(&mut self, key: &str, value: f64) {
        self.head(key, 9);
        push_fixed64(DOUBLE, value.to_bits(), self.out);
    }

    fn boolean(&mut self, key: &str, value: bool) {
        self.head(key, 2);
        self.out.extend_from_slice(&[BOOLEAN, value.into()]);
    }

    fn null(&mut self, key: &str) {
        self.head(key, 0);
    }

    fn texts(&mut self, key: &str, values: Texts<'_>) {
        let array: usize = values.iter().map(|value| field_len(field_len(value.len()))).sum();
        self.head(key, field_len(array));
        push_head(ARRAY, array, self.out);
        for value in values.iter() {
            push_head(ITEM, field_len(value.len()), self.out);
            push_bytes(TEXT, value.as_bytes(), self.out);
        }
    }

    fn json(&mut self, key: &str, value: &Value) {
        let value = any_value(value, DEPTH);
        self.head(key, value.len());
        self.out.extend_from_slice(&value);
    }

    fn len(&self) -> usize {
        self.out.len()
    }

    fn since(&self, start: usize) -> Option<&[u8]> {
        self.out.get(start..)
    }

    fn again(&mut self, kept: &[u8]) -> bool {
        self.out.extend_from_slice(kept);
        true
    }
}

/// An `AnyValue` of any depth. Rare: only lines of other programs have such values.
fn any_value(value: &Value, depth: usize) -> Vec<u8> {
    let mut out = Vec::new();
    match value {
        Value::Null => {}
        Value::Bool(value) => out.extend_from_slice(&[BOOLEAN, (*value).into()]),
        Value::String(text) => push_bytes(TEXT, text.as_bytes(), &mut out),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => {
                out.push(INTEGER);
                push_varint(integer.cast_unsigned(), &mut out);
            }
            (None, Some(double)) if number.is_f64() => {
                push_fixed64(DOUBLE, double.to_bits(), &mut out);
            }
            _ => push_bytes(TEXT, number.to_string().as_bytes(), &mut out),
        },
        nested if depth == 0 => push_bytes(TEXT, nested.to_string().as_bytes(), &mut out),
        Value::Array(values) => {
            let mut array = Vec::new();
            for value in values {
                push_bytes(ITEM, &any_value(value, depth - 1), &mut array);
            }
            push_bytes(ARRAY, &array, &mut out);
        }
        Value::Object(members) => {
            let mut object = Vec::new();
            for (key, value) in members {
                let mut member = Vec::new();
                push_bytes(KEY, key.as_bytes(), &mut member);
                push_bytes(VALUE, &any_value(value, depth - 1), &mut member);
                push_bytes(ITEM, &member, &mut object);
            }
            push_bytes(OBJECT, &object, &mut out);
        }
    }
    out
}

/// Appends an `AnyValue` that is a text.
#[inline]
pub(crate) fn push_text_value(tag: u8, value: &str, out: &mut Vec<u8>) {
    push_head(tag, field_len(value.len()), out);
    push_bytes(TEXT, value.as_bytes(), out);
}
