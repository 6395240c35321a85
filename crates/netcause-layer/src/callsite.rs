//! The key policy, applied once per callsite.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use netcause_record::{Key, Redactor, Role};
use tracing_core::Metadata;
use tracing_core::callsite::Identifier;

/// The module of the line about a served request, which alone writes `impact.*`.
const REQUEST_LINE: &str = "netcause_http::inbound::line";

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
        let is_ours = metadata.module_path() == Some(REQUEST_LINE);
        let key = |name: &'static str| {
            let mut key = if is_ours { Key::of_record(name) } else { Key::new(name) };
            key.secret |= redactor.is_secret_key(name);
            if metadata.is_span() && key.role == Role::Message {
                // Only an event has a message; a span's field of that name is a field.
                key = Key::new("fields.message");
                key.role = Role::Plain;
            }
            key
        };
        let keys: Vec<Key> = metadata.fields().iter().map(|field| key(field.name())).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(metadata.callsite()).or_insert_with(|| Box::leak(keys.into_boxed_slice()))
    }
}

/// How many callsites a thread knows; a new one takes the place of another.
const KNOWN: usize = 128;

/// The callsites that a thread has met, so that it need not ask the others.
#[derive(Debug, Default)]
pub(crate) struct KnownCallsites(Vec<Option<Known>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    layer: u32,
    metadata: &'static Metadata<'static>,
    keys: &'static [Key],
}

impl KnownCallsites {
    /// The keys of a callsite's fields, asked for where they are not known.
    pub(crate) fn keys(
        &mut self,
        layer: u32,
        metadata: &'static Metadata<'static>,
        ask: impl FnOnce() -> &'static [Key],
    ) -> &'static [Key] {
        // Callsites live as long as the program: an address names one for good.
        let address = std::ptr::from_ref(metadata) as usize;
        let place = (address >> 4).wrapping_mul(0x9e37_79b9) % KNOWN;
        if let Some(Some(known)) = self.0.get(place)
            && known.layer == layer
            && std::ptr::eq(known.metadata, metadata)
        {
            return known.keys;
        }
        let keys = ask();
        self.0.resize(KNOWN, None);
        if let Some(slot) = self.0.get_mut(place) {
            *slot = Some(Known { layer, metadata, keys });
        }
        keys
    }
}
