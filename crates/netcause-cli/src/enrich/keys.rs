//! [`Keys`]: what is known of the names that records have, decided once for each.

use std::collections::HashMap;

use netcause_record::{Key, Redactor};

use super::names::{Part, part_of};

/// More names than these are not kept: the next line begins with none.
const NAMES: usize = 4096;

/// The same, in bytes of the names.
const BYTES: usize = 1024 * 1024;

/// Places of the quick table; a power of two.
const PLACES: usize = 1024;

/// A name that records have.
#[derive(Debug)]
pub(super) struct Known {
    name: Box<str>,
    pub(super) part: Part,
    /// The number of the name that the key policy gives it: two of one number cannot both
    /// stand in a record.
    pub(super) written: u32,
    /// Whether its values are secrets.
    pub(super) secret: bool,
    /// As the key policy has it.
    pub(super) key: Key,
    /// The same where the name is one of ours and the value cannot be.
    pub(super) moved: Option<Key>,
}

/// The names that the lines so far have had.
#[derive(Debug)]
pub(super) struct Keys {
    redactor: Redactor,
    known: Vec<Known>,
    index: HashMap<Box<str>, u32>,
    quick: Box<[u32; PLACES]>,
    bytes: usize,
}

impl Known {
    /// As it is written.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Keys {
    /// No names yet; the redactor knows which of them will hold secrets.
    pub(super) fn new(redactor: Redactor) -> Self {
        Keys {
            redactor,
            known: Vec::new(),
            index: HashMap::new(),
            quick: Box::new([0; PLACES]),
            bytes: 0,
        }
    }

    /// Begins a line: numbers from before count no longer.
    pub(super) fn begin(&mut self) {
        if self.known.len() > NAMES || self.bytes > BYTES {
            *self = Keys::new(std::mem::take(&mut self.redactor));
        }
    }

    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        let place = place(name.as_bytes());
        if let Some(number) = self.quick.get(place)
            && let Some(known) = self.known.get(*number as usize)
            && *known.name == *name
        {
            return *number;
        }
        let number = match self.index.get(name) {
            Some(number) => *number,
            None => self.learn(name),
        };
        if let Some(quick) = self.quick.get_mut(place) {
            *quick = number;
        }
        number
    }

    #[cold]
    fn learn(&mut self, name: &str) -> u32 {
        // Without its category a fault is a caller's.
        let key = match name.starts_with("fault.") {
            true => Key::new(name.to_owned()),
            false => Key::of_record(name.to_owned()),
        };
        // Only where it is one of ours, what extends it must not stand.
        let extended = format!("{name}.x");
        let is_ours = !name.starts_with("fields.")
            && *key.name == *name
            && Key::new(extended.clone()).name != extended;
        let moved = is_ours.then(|| Key::new(format!("fields.{name}")));
        let other = match *key.name == *name {
            true => None,
            false => Some(self.number(&key.name)),
        };
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let written = other.unwrap_or(number);
        let secret = key.secret || self.redactor.is_secret_key(name);
        let part = part_of(name);
        self.known.push(Known { name: name.into(), part, written, secret, key, moved });
        self.index.insert(name.into(), number);
        self.bytes += name.len();
        number
    }

    /// What is known of a name.
    pub(super) fn get(&self, number: u32) -> Option<&Known> {
        self.known.get(number as usize)
    }
}

/// A place in the quick table, from the length and the ends of a name.
fn place(name: &[u8]) -> usize {
    let ends = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            u64::from_ne_bytes(*first) ^ u64::from_ne_bytes(*last).rotate_left(23)
        }
        _ => name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    let mixed = (ends ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 54) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_while_a_line_is_read() {
        let mut keys = Keys::new(Redactor::default());
        let names: Vec<_> = (0..3000).map(|index| format!("name.{index}")).collect();
        let numbers: Vec<_> = names.iter().map(|name| keys.number(name)).collect();
        for (name, number) in names.iter().zip(&numbers) {
            assert_eq!(keys.number(name), *number);
            assert_eq!(keys.get(*number).map(|it| &*it.key.name), Some(name.as_str()));
        }
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let mut keys = Keys::new(Redactor::default());
        for line in 0..40 {
            keys.begin();
            for index in 0..500 {
                keys.number(&format!("{line}.{index}"));
            }
            assert!(keys.known.len() <= NAMES + 500);
        }
    }
}
