//! [`LastScopes`]: for callsites, the scope of the span that was opened there last.
//!
//! Most spans of a callsite have the fields of the one before, or some of them. So a new
//! span's fields are compared with those while they are visited ([`KnownFields`]), and a
//! scope that would be the same is used again.

use std::sync::Arc;

use netcause_record::Key;

use crate::fields::{Fields, Stored};
use crate::scope::SpanScope;

/// For how many callsites a scope is kept; a new one takes the place of another.
const KEPT: usize = 64;

/// The largest scope that is kept, in bytes of text and in spans.
const LARGEST: (usize, usize) = (1024, 16);

/// The last scopes that a thread opened.
#[derive(Debug, Default)]
pub(crate) struct LastScopes(Vec<Option<Last>>);

#[derive(Debug)]
struct Last {
    /// A callsite has keys of its own.
    keys: &'static [Key],
    scope: Arc<SpanScope>,
}

impl LastScopes {
    /// The scope of the last span of that callsite.
    pub(crate) fn at(&self, keys: &'static [Key]) -> Option<&Arc<SpanScope>> {
        let last = self.0.get(place(keys))?.as_ref()?;
        std::ptr::eq(last.keys, keys).then_some(&last.scope)
    }

    /// Keeps a scope; returns the one in whose place it is.
    pub(crate) fn put(
        &mut self,
        keys: &'static [Key],
        scope: &Arc<SpanScope>,
    ) -> Option<Arc<SpanScope>> {
        self.0.resize_with(KEPT, || None);
        let is_small = scope.fields().text.len() <= LARGEST.0 && scope.depth <= LARGEST.1;
        let new = is_small.then(|| Last { keys, scope: Arc::clone(scope) });
        let slot = self.0.get_mut(place(keys))?;
        std::mem::replace(slot, new).map(|last| last.scope)
    }
}

fn place(keys: &'static [Key]) -> usize {
    let address = keys.as_ptr() as usize;
    (address >> 4).wrapping_mul(0x9e37_79b9) % KEPT
}

/// The fields of another span, as long as they are those that are visited.
#[derive(Debug)]
pub(crate) struct KnownFields<'f> {
    fields: &'f Fields,
    /// How many were visited.
    count: usize,
}

impl<'f> KnownFields<'f> {
    pub(crate) fn new(fields: &'f Fields) -> Self {
        KnownFields { fields, count: 0 }
    }

    /// Whether the next field is that text.
    pub(crate) fn is_text(&mut self, key: &'static Key, text: &str) -> bool {
        let fields = self.fields;
        self.is(key, |known| fields.text_at(known) == Some(text))
    }

    /// Whether the next field is that value.
    pub(crate) fn is_value(&mut self, key: &'static Key, value: Stored) -> bool {
        self.is(key, |known| known == value)
    }

    fn is(&mut self, key: &'static Key, is_value: impl Fn(Stored) -> bool) -> bool {
        let next = self.fields.list.get(self.count);
        let is_it = next.is_some_and(|next| std::ptr::eq(next.key, key) && is_value(next.value));
        self.count += usize::from(is_it);
        is_it
    }

    /// Whether all fields were visited.
    pub(crate) fn is_whole(&self) -> bool {
        self.count == self.fields.list.len()
    }

    /// Writes those that were visited.
    pub(crate) fn write(self, fields: &mut Fields) {
        fields.copy_first(self.fields, self.count);
    }
}

#[cfg(test)]
mod tests;
