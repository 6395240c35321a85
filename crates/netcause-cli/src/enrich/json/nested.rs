//! Arrays and objects, written anew: compact, keys unique, without secrets.

use std::ops::Range;

use netcause_record::{REDACTED, Redactor, Value, escape_into, write_value};
use smallvec::SmallVec;

use super::scan::{DEPTH, Raw, Scanner};
use super::text::decode;
use crate::enrich::enricher::has_secret;
use crate::enrich::keys::PlainNames;

/// From so many members on, names are sorted to find equal ones.
const MANY: usize = 24;

/// Appends a value that the scanner has found valid, safe to print.
pub(crate) fn rewrite(
    value: &Raw<'_>,
    redactor: &Redactor,
    names: &mut PlainNames,
    out: &mut String,
) {
    if may_stand(value.text) {
        let mut reader = Reader { scanner: Scanner { text: value.text, at: 0 }, redactor, names };
        if reader.value(DEPTH).is_some() {
            return out.push_str(value.text);
        }
    }
    let mut writer = Writer {
        scanner: Scanner { text: value.text, at: 0 },
        redactor,
        scratch: String::new(),
        out,
    };
    let start = writer.out.len();
    if writer.value(DEPTH).is_none() {
        // Not reached: what is rewritten has been scanned.
        writer.out.truncate(start);
        writer.out.push_str("null");
    }
}

/// Whether all of a text is ASCII that needs no escape but for its quotes.
fn may_stand(text: &str) -> bool {
    text.is_ascii() && memchr::memchr2(b'\\', 0x7f, text.as_bytes()).is_none()
}

/// Finds out whether a value would be written as it stands: compact, without secrets, few
/// names and each once. None says that it would not.
struct Reader<'a, 'r> {
    scanner: Scanner<'a>,
    redactor: &'r Redactor,
    names: &'r mut PlainNames,
}

impl Reader<'_, '_> {
    fn value(&mut self, depth: usize) -> Option<()> {
        match self.scanner.peek() {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.array(depth.checked_sub(1)?),
            b'"' => {
                let text = self.scanner.string()?.text;
                (!has_secret(text, self.redactor)).then_some(())
            }
            _ => self.scanner.scalar().map(|_| ()),
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.scanner.take(b'[')?;
        if self.scanner.take(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth)?;
            if self.scanner.take(b',').is_none() {
                return self.scanner.take(b']');
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.scanner.take(b'{')?;
        if self.scanner.take(b'}').is_some() {
            return Some(());
        }
        let mut seen = SmallVec::<[&str; 8]>::new();
        loop {
            let name = self.scanner.string()?.text;
            let is_new = seen.len() < MANY && !seen.contains(&name);
            if !is_new || !self.names.have(name, self.redactor) {
                return None;
            }
            seen.push(name);
            self.scanner.take(b':')?;
            self.value(depth)?;
            if self.scanner.take(b',').is_none() {
                return self.scanner.take(b'}');
            }
        }
    }
}

/// An entry of an object, in the output.
struct Entry {
    name: Range<usize>,
    whole: Range<usize>,
}

struct Writer<'a, 'w> {
    scanner: Scanner<'a>,
    redactor: &'w Redactor,
    scratch: String,
    out: &'w mut String,
}

impl Writer<'_, '_> {
    fn value(&mut self, depth: usize) -> Option<()> {
        match self.scanner.peek() {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.array(depth.checked_sub(1)?),
            b'"' => {
                let raw = self.scanner.string()?;
                self.text(&raw);
                Some(())
            }
            _ => {
                let raw = self.scanner.scalar()?;
                self.out.push_str(raw.text);
                Some(())
            }
        }
    }

    fn text(&mut self, raw: &Raw<'_>) {
        self.scratch.clear();
        decode(raw, &mut self.scratch);
        self.redactor.text(&mut self.scratch, 0);
        write_value(Value::Text(&self.scratch), self.out);
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.scanner.take(b'[')?;
        self.out.push('[');
        self.scanner.blanks();
        if self.scanner.take(b']').is_none() {
            loop {
                self.scanner.blanks();
                self.value(depth)?;
                self.scanner.blanks();
                if self.scanner.take(b',').is_none() {
                    break;
                }
                self.out.push(',');
            }
            self.scanner.take(b']')?;
        }
        self.out.push(']');
        Some(())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.scanner.take(b'{')?;
        self.out.push('{');
        let start = self.out.len();
        let mut entries = Vec::new();
        self.scanner.blanks();
        if self.scanner.take(b'}').is_none() {
            loop {
                self.scanner.blanks();
                entries.push(self.member(depth)?);
                self.scanner.blanks();
                if self.scanner.take(b',').is_none() {
                    break;
                }
                self.out.push(',');
            }
            self.scanner.take(b'}')?;
        }
        self.keep_last(&entries, start);
        self.out.push('}');
        Some(())
    }

    fn member(&mut self, depth: usize) -> Option<Entry> {
        let start = self.out.len();
        let name = self.scanner.string()?;
        self.scratch.clear();
        decode(&name, &mut self.scratch);
        let is_secret = self.redactor.is_secret_key(&self.scratch);
        self.out.push('"');
        escape_into(&self.scratch, self.out);
        self.out.push_str("\":");
        let value = self.out.len();
        self.scanner.blanks();
        self.scanner.take(b':')?;
        self.scanner.blanks();
        self.value(depth)?;
        if is_secret {
            self.out.truncate(value);
            write_value(Value::Text(REDACTED), self.out);
        }
        Some(Entry { name: start..value, whole: start..self.out.len() })
    }

    /// Of members with one name the last stands, as for every reader of JSON.
    fn keep_last(&mut self, entries: &[Entry], start: usize) {
        let repeated = self.repeated(entries);
        if repeated.is_empty() {
            return;
        }
        let mut kept = String::with_capacity(self.out.len() - start);
        for (index, entry) in entries.iter().enumerate() {
            if repeated.binary_search(&index).is_err() {
                kept.push_str(if kept.is_empty() { "" } else { "," });
                kept.push_str(self.out.get(entry.whole.clone()).unwrap_or_default());
            }
        }
        self.out.truncate(start);
        self.out.push_str(&kept);
    }

    /// The members that another of the same name follows, in order.
    fn repeated(&self, entries: &[Entry]) -> Vec<usize> {
        let name = |entry: &Entry| self.out.get(entry.name.clone()).unwrap_or_default();
        if entries.len() < MANY {
            let follows = |(index, entry): (usize, &Entry)| {
                let later = entries.get(index + 1..).unwrap_or_default();
                later.iter().any(|other| name(other) == name(entry)).then_some(index)
            };
            return entries.iter().enumerate().filter_map(follows).collect();
        }
        let mut names: Vec<_> = entries.iter().map(name).enumerate().collect();
        names.sort_by_key(|(index, name)| (*name, *index));
        let pairs = names.iter().zip(names.iter().skip(1));
        let same = pairs.filter(|(one, next)| one.1 == next.1).map(|(one, _)| one.0);
        let mut repeated: Vec<_> = same.collect();
        repeated.sort_unstable();
        repeated
    }
}
