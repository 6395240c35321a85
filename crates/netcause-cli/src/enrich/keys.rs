//! [`Keys`]: what is known of the names that records have, decided once for each.

use std::collections::HashMap;

use netcause_record::{Key, Redactor};

use super::json::scan::plain;
use super::names::{Part, part_of};

/// More names than these are not kept: the next line begins with none.
const NAMES: usize = 4096;

/// The same, in bytes of the names.
const BYTES: usize = 1024 * 1024;

/// No name: what stands before the first of a record.
pub(super) const NONE: u32 = u32::MAX;

/// Places of the quick table; a power of two.
const PLACES: usize = 1024;

/// The longest name that [`Ends`] tell wholly.
const SHORT: usize = 16;

/// The length of a name and its first and last bytes: all of it, if it is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    #[inline]
    fn of(name: &[u8]) -> Self {
        let length = name.len();
        if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
            let (first, last) = (u64::from_ne_bytes(*first), u64::from_ne_bytes(*last));
            return Ends { first, last, length };
        }
        if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
            let (first, last) = (u32::from_ne_bytes(*first), u32::from_ne_bytes(*last));
            return Ends { first: first.into(), last: last.into(), length };
        }
        let first = name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        Ends { first, last: 0, length }
    }

    /// Whether they tell the name wholly.
    #[inline]
    fn is_name(&self) -> bool {
        self.length <= SHORT
    }

    /// A place in a table whose size is a power of two, of 1024 at the most.
    #[inline]
    fn place(&self, places: usize) -> usize {
        let ends = self.first ^ self.last.rotate_left(23) ^ self.length as u64;
        (ends.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize % places
    }
}

/// A name that records have.
#[derive(Debug)]
pub(super) struct Known {
    name: Box<str>,
    ends: Ends,
    /// The number of the name that came behind this one the last time.
    next: u32,
    /// The name, a quote and a colon, if it stands in a line as it is; else nothing.
    expected: Box<[u8]>,
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
    /// The number of the name that came first the last time.
    first: u32,
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
            first: NONE,
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
    #[inline]
    pub(super) fn number(&mut self, name: &str) -> u32 {
        let ends = Ends::of(name.as_bytes());
        let place = ends.place(PLACES);
        if let Some(number) = self.quick.get(place)
            && let Some(known) = self.known.get(*number as usize)
            && known.ends == ends
            && (ends.is_name() || *known.name == *name)
        {
            return *number;
        }
        self.find(name, place)
    }

    /// The name that came behind another one the last time, if a text begins with it, a quote
    /// and a colon: its number, and how long these are.
    #[inline]
    pub(super) fn guess(&self, last: u32, text: &[u8]) -> Option<(u32, usize)> {
        let number = self.known.get(last as usize).map_or(self.first, |it| it.next);
        let known = self.known.get(number as usize)?;
        let is_it = !known.expected.is_empty() && text.starts_with(&known.expected);
        is_it.then_some((number, known.expected.len()))
    }

    /// The number of a name, which came behind another one.
    pub(super) fn next(&mut self, last: u32, name: &str) -> u32 {
        let number = self.number(name);
        match self.known.get_mut(last as usize) {
            Some(known) => known.next = number,
            None => self.first = number,
        }
        number
    }

    /// The number of a name that has lost its place in the quick table.
    #[inline(never)]
    fn find(&mut self, name: &str, place: usize) -> u32 {
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
        let ends = Ends::of(name.as_bytes());
        let is_plain = plain(name.as_bytes()) == name.len();
        let expected = if is_plain { format!("{name}\":") } else { String::new() };
        let expected = expected.into_bytes().into();
        self.bytes += name.len();
        self.index.insert(name.into(), number);
        let (name, next) = (name.into(), NONE);
        self.known.push(Known { name, ends, next, expected, part, written, secret, key, moved });
        number
    }

    /// What is known of a name.
    pub(super) fn get(&self, number: u32) -> Option<&Known> {
        self.known.get(number as usize)
    }
}

/// Places of [`PlainNames`]; a power of two.
const PLAIN: usize = 256;

/// Short names of which a redactor has said lately that they are none of secrets.
#[derive(Debug)]
pub(super) struct PlainNames(Box<[Ends; PLAIN]>);

impl Default for PlainNames {
    fn default() -> Self {
        // The name without a byte is none of a secret.
        PlainNames(Box::new([Ends::default(); PLAIN]))
    }
}

impl PlainNames {
    /// Whether a name is none of secrets; the redactor must be the same each time.
    pub(super) fn have(&mut self, name: &str, redactor: &Redactor) -> bool {
        let ends = Ends::of(name.as_bytes());
        let place = self.0.get_mut(ends.place(PLAIN));
        if ends.is_name() && place.as_deref() == Some(&ends) {
            return true;
        }
        let is_plain = !redactor.is_secret_key(name);
        if let Some(place) = place.filter(|_| is_plain && ends.is_name()) {
            *place = ends;
        }
        is_plain
    }
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
    fn names_of_secrets_are_not_plain_however_often_they_are_asked_for() {
        let (mut plain, redactor) = (PlainNames::default(), Redactor::new(["cart"]));
        for _ in 0..2 {
            for name in ["id", "", "method", "duration_ms", "elapsed_milliseconds_total"] {
                assert!(plain.have(name, &redactor), "{name}");
            }
            for name in ["password", "cart", "api_key", "x-very-long-authorization"] {
                assert!(!plain.have(name, &redactor), "{name}");
            }
        }
    }

    #[test]
    fn a_name_is_guessed_behind_that_which_it_followed() {
        let mut keys = Keys::new(Redactor::default());
        let level = keys.next(NONE, "level");
        let quoted = keys.next(level, "a\"b");
        let long = keys.next(quoted, "a_name_of_many_bytes");
        assert_eq!(keys.guess(NONE, b"level\":1"), Some((level, 7)));
        assert_eq!(keys.guess(quoted, b"a_name_of_many_bytes\":1"), Some((long, 22)));
        assert_eq!(keys.guess(quoted, b"a_name_of_Many_bytes\":1"), None);
        assert_eq!(keys.guess(NONE, b"levels\":1"), None);
        assert_eq!(keys.guess(NONE, b"lev"), None);
        assert_eq!(keys.guess(long, b"level\":1"), None);
        // It has to be escaped, and this is no JSON.
        assert_eq!(keys.guess(level, b"a\"b\":1"), None);
    }

    #[test]
    fn names_that_share_their_ends_are_told_apart() {
        let mut keys = Keys::new(Redactor::default());
        let names =
            ["", "a", "ab", "ba", "abcd", "abcdabcd", "12345678_12345678", "12345678-12345678"];
        let numbers: Vec<_> = names.iter().map(|name| keys.number(name)).collect();
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!(keys.number(name), number);
            assert_eq!(keys.get(number).map(Known::name), Some(*name));
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
