//! Many records as one request: `ExportLogsServiceRequest` and
//! `ExportTraceServiceRequest`, whose numbers are the same.

use super::attributes::Attributes;
use super::proto::ProtoAttributes;
use super::wire::{bytes_tag, field_len, push_bytes, push_head};
use crate::ResourceValue;
use crate::queue::Run;

const RESOURCES: u8 = bytes_tag(1);

const RESOURCE: u8 = bytes_tag(1);
const SCOPES: u8 = bytes_tag(2);
const SCHEMA_URL: u8 = bytes_tag(3);

const SCOPE: u8 = bytes_tag(1);
const ITEMS: u8 = bytes_tag(2);

const SCOPE_NAME: u8 = bytes_tag(1);
const ATTRIBUTES: u8 = bytes_tag(1);

/// The version of the semantic conventions that the names of attributes follow.
pub(crate) const SCHEMA: &str = "https://opentelemetry.io/schemas/1.42.0";

/// A resource as a field of a request's resource, encoded once.
pub(crate) fn resource(attributes: &[(String, ResourceValue)]) -> Vec<u8> {
    let mut message = Vec::new();
    let mut writer = ProtoAttributes { out: &mut message, tag: ATTRIBUTES };
    for (key, value) in attributes {
        match value {
            ResourceValue::Text(text) => writer.text(key, text),
            ResourceValue::Integer(number) => writer.integer(key, *number),
        }
    }
    let mut field = Vec::new();
    push_bytes(RESOURCE, &message, &mut field);
    field
}

/// Appends an item as a field of its scope's message.
#[inline]
pub(crate) fn push_item(item: &[u8], out: &mut Vec<u8>) {
    push_bytes(ITEMS, item, out);
}

/// Items of one scope.
struct Scope<'a> {
    name: &'a [u8],
    runs: Vec<&'a [u8]>,
    /// The bytes of all.
    len: usize,
}

impl Scope<'_> {
    fn message_len(&self) -> usize {
        field_len(self.scope_len()) + self.len
    }

    fn scope_len(&self) -> usize {
        if self.name.is_empty() { 0 } else { field_len(self.name.len()) }
    }

    fn push(&self, out: &mut Vec<u8>) {
        push_head(SCOPES, self.message_len(), out);
        push_head(SCOPE, self.scope_len(), out);
        if !self.name.is_empty() {
            push_bytes(SCOPE_NAME, self.name, out);
        }
        self.runs.iter().for_each(|run| out.extend_from_slice(run));
    }
}

/// A request with runs of items, those of one scope together, in order.
pub(crate) fn request<'a>(resource: &[u8], runs: impl Iterator<Item = Run<'a>>) -> Vec<u8> {
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    let mut last = 0;
    for (name, run) in runs {
        if scopes.get(last).is_none_or(|scope| scope.name != name) {
            last = scopes.iter().position(|scope| scope.name == name).unwrap_or(scopes.len());
        }
        if last == scopes.len() {
            scopes.push(Scope { name, runs: Vec::new(), len: 0 });
        }
        if let Some(scope) = scopes.get_mut(last) {
            scope.runs.push(run);
            scope.len += run.len();
        }
    }
    let scopes_len: usize = scopes.iter().map(|scope| field_len(scope.message_len())).sum();
    let len = resource.len() + scopes_len + field_len(SCHEMA.len());
    let mut out = Vec::with_capacity(field_len(len));
    push_head(RESOURCES, len, &mut out);
    out.extend_from_slice(resource);
    for scope in &scopes {
        scope.push(&mut out);
    }
    push_bytes(SCHEMA_URL, SCHEMA.as_bytes(), &mut out);
    out
}
