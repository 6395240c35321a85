//! The key policy, applied once per callsite.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use netcause_record::{Key, Redactor, Role};
use tracing_core::Metadata;
use tracing_core::callsite::Identifier;

/// The keys of every callsite seen, in the order of its fields.
///
/// A callsite lives as long as the program, and so do its keys.
#[derive(Debug, Default)]
pub(crate) struct Callsites {
    known: RwLock<HashMap<Identifier, &'static [Key]>>,
}

impl Callsites {
    /// The keys of a callsite's fields.
    pub(crate) fn keys(
        &self,
        metadata: &'static Metadata<'static>,
        redactor: &Redactor,
    ) -> &'static [Key] {
        let callsite = metadata.callsite();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known.get(&callsite) {
            return keys;
        }
        drop(known);
        self.learn(metadata, redactor)
    }

    fn learn(&self, metadata: &'static Metadata<'static>, redactor: &Redactor) -> &'static [Key] {
        let key = |name: &'static str| {
            let mut key = Key::new(name);
            key.secret |= redactor.is_secret_key(name);
            if metadata.is_span() && key.role == Role::Message {
                // Only an event has a message; a span's field of that name is a field.
                key = Key { role: Role::Plain, ..Key::new("fields.message") };
            }
            key
        };
        let keys: Vec<Key> = metadata.fields().iter().map(|field| key(field.name())).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(metadata.callsite()).or_insert_with(|| Box::leak(keys.into_boxed_slice()))
    }
}
