//! [`Fields`]: what a visitor collected, texts in one buffer that is used again.

use netcause_record::{Field, Key, Value};

/// A place in the buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

impl Place {
    /// What was appended from `start` on.
    pub(crate) fn since(start: usize, text: &str) -> Self {
        Place { start: start as u32, end: text.len() as u32 }
    }

    /// The text there.
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The same text in a buffer that has so much more before it.
    fn shifted(self, by: u32) -> Self {
        Place { start: self.start + by, end: self.end + by }
    }
}

/// A value whose text lies in the buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stored {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text(Place),
}

/// One collected field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: &'static Key,
    pub(crate) value: Stored,
}

impl Entry {
    /// The same field where the buffer has so much more before its text.
    fn shifted(self, by: u32) -> Self {
        let value = match self.value {
            Stored::Text(place) => Stored::Text(place.shifted(by)),
            other => other,
        };
        Entry { value, ..self }
    }
}

/// Collected fields.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    pub(crate) text: String,
    pub(crate) list: Vec<Entry>,
}

impl Fields {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.list.clear();
    }

    /// Takes the fields of another in place of its own, and keeps its buffers.
    pub(crate) fn copy(&mut self, other: &Fields) {
        self.clear();
        self.text.push_str(&other.text);
        self.list.extend_from_slice(&other.list);
    }

    /// Takes the first fields of another.
    pub(crate) fn copy_first(&mut self, other: &Fields, count: usize) {
        let first = other.list.get(..count).unwrap_or_default();
        let ends = first.iter().filter_map(|entry| match entry.value {
            Stored::Text(place) => Some(place.end as usize),
            _ => None,
        });
        let offset = self.text.len() as u32;
        self.text.push_str(other.text.get(..ends.max().unwrap_or(0)).unwrap_or_default());
        self.list.extend(first.iter().map(|entry| entry.shifted(offset)));
    }

    /// The text of a value.
    pub(crate) fn text_at(&self, value: Stored) -> Option<&str> {
        match value {
            Stored::Text(place) => Some(place.of(&self.text)),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, key: &'static Key, value: Stored) {
        self.list.push(Entry { key, value });
    }

    /// Puts values that were recorded later in the place of those before.
    pub(crate) fn replace(&mut self, later: &Fields) {
        let offset = self.text.len() as u32;
        self.text.push_str(&later.text);
        for entry in later.list.iter().map(|entry| entry.shifted(offset)) {
            match self.list.iter_mut().find(|old| old.key.name == entry.key.name) {
                Some(old) => *old = entry,
                None => self.list.push(entry),
            }
        }
    }

    /// Throws overwritten text away, once it is more than `slack` and what is in use.
    pub(crate) fn compact(&mut self, slack: usize) {
        let texts = self.list.iter().filter_map(|entry| match entry.value {
            Stored::Text(place) => Some(place.of(&self.text).len()),
            _ => None,
        });
        if self.text.len() <= 2 * texts.sum::<usize>() + slack {
            return;
        }
        let mut kept = String::new();
        for entry in &mut self.list {
            if let Stored::Text(place) = &mut entry.value {
                let start = kept.len();
                kept.push_str(place.of(&self.text));
                *place = Place::since(start, &kept);
            }
        }
        self.text = kept;
    }

    /// A field, borrowed.
    pub(crate) fn field(&self, entry: &Entry) -> Field<'_> {
        let value = match entry.value {
            Stored::Bool(value) => Value::Bool(value),
            Stored::I64(value) => Value::I64(value),
            Stored::U64(value) => Value::U64(value),
            Stored::F64(value) => Value::F64(value),
            Stored::Text(place) => Value::Text(place.of(&self.text)),
        };
        Field { key: entry.key, value }
    }

    /// The fields, borrowed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        self.list.iter().map(|entry| self.field(entry))
    }
}
