//! [`Fields`]: what a visitor collected, texts in one buffer that is used again.

use std::ops::Range;

use netcause_record::{Field, Key, Value};

/// A place in the buffer.
pub(crate) type Place = Range<u32>;

/// A value whose text lies in the buffer.
#[derive(Debug, Clone)]
pub(crate) enum Stored {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text(Place),
    Number(Place),
}

/// One collected field.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: &'static Key,
    pub(crate) value: Stored,
    /// The rendered JSON member; empty where there is none.
    pub(crate) member: Place,
}

/// Collected fields.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    pub(crate) text: String,
    pub(crate) list: Vec<Entry>,
    /// Where a JSON member is rendered before it is appended to `text`.
    pub(crate) member: String,
}

impl Fields {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.list.clear();
    }

    /// The field at an index, borrowed.
    pub(crate) fn field(&self, entry: &Entry) -> Field<'_> {
        field(&self.text, entry)
    }

    /// Appends fields that were collected elsewhere.
    pub(crate) fn append(&mut self, text: &str, list: &[Entry]) {
        let offset = self.text.len() as u32;
        self.text.push_str(text);
        self.list.extend(list.iter().map(|entry| Entry {
            key: entry.key,
            value: shift_value(&entry.value, offset),
            member: shift(&entry.member, offset),
        }));
    }

    pub(crate) fn push(&mut self, key: &'static Key, value: Stored) {
        self.list.push(Entry { key, value, member: 0..0 });
    }
}

/// A field whose texts lie in a buffer.
pub(crate) fn field<'a>(text: &'a str, entry: &Entry) -> Field<'a> {
    let at = |place: &Place| text.get(place.start as usize..place.end as usize).unwrap_or_default();
    let value = match &entry.value {
        Stored::Bool(value) => Value::Bool(*value),
        Stored::I64(value) => Value::I64(*value),
        Stored::U64(value) => Value::U64(*value),
        Stored::F64(value) => Value::F64(*value),
        Stored::Text(place) => Value::Text(at(place)),
        Stored::Number(place) => Value::Number(at(place)),
    };
    let rendered = (!entry.member.is_empty()).then(|| at(&entry.member));
    Field { key: entry.key, value, rendered }
}

fn shift(place: &Place, by: u32) -> Place {
    place.start + by..place.end + by
}

pub(crate) fn shift_value(value: &Stored, by: u32) -> Stored {
    match value {
        Stored::Text(place) => Stored::Text(shift(place, by)),
        Stored::Number(place) => Stored::Number(shift(place, by)),
        other => other.clone(),
    }
}
