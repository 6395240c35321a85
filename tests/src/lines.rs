//! JSON lines, collected and read back, each checked for being one safe line.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use netcause_layer::NetcauseLayer;
use netcause_record::{JsonExporter, Limits, Sink};
use serde_json::{Map, Value};
use tracing_subscriber::prelude::*;

/// Bytes that somebody writes, to be read back.
#[derive(Debug, Clone, Default)]
pub struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// What was written since the last call.
    ///
    /// # Panics
    ///
    /// Where it is not UTF-8.
    #[must_use]
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("output is UTF-8")
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects the JSON lines of a layer.
#[derive(Debug, Clone, Default)]
pub struct Lines(Buffer);

impl Lines {
    /// An exporter of JSON lines into this collection.
    #[must_use]
    pub fn exporter(&self) -> JsonExporter {
        JsonExporter::new(Sink::writer(Box::new(self.0.clone())), Limits::default())
    }

    /// A layer with that exporter.
    #[must_use]
    pub fn layer(&self) -> NetcauseLayer {
        NetcauseLayer::new(self.exporter())
    }

    /// The lines since the last call.
    ///
    /// # Panics
    ///
    /// Where one is not ended, or is not what [`Line::parse`] takes.
    #[must_use]
    pub fn take(&self) -> Vec<Line> {
        let text = self.0.take();
        assert!(text.is_empty() || text.ends_with('\n'), "a line without its end: {text:?}");
        text.split_terminator('\n').map(Line::parse).collect()
    }

    /// The only line since the last call.
    ///
    /// # Panics
    ///
    /// Where there are more or none.
    #[must_use]
    pub fn only(&self) -> Line {
        let mut lines = self.take();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        lines.remove(0)
    }
}

/// The lines of the events that `work` sends on this thread.
#[must_use]
pub fn record(work: impl FnOnce()) -> Vec<Line> {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(lines.layer());
    tracing::subscriber::with_default(subscriber, work);
    lines.take()
}

/// The line of the one event that `work` sends on this thread.
///
/// # Panics
///
/// Where there are more or none.
#[must_use]
pub fn record_one(work: impl FnOnce()) -> Line {
    let mut lines = record(work);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines.remove(0)
}

/// One JSON line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    raw: String,
    fields: Map<String, Value>,
}

impl Line {
    /// Reads a line.
    ///
    /// # Panics
    ///
    /// Where it is not one JSON object with unique keys and without raw control characters.
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        let unsafe_character = raw.chars().find(|&character| is_unsafe(character));
        assert_eq!(unsafe_character, None, "in {raw}");
        let fields: Map<String, Value> = match serde_json::from_str(raw) {
            Ok(fields) => fields,
            Err(error) => panic!("{error}: {raw}"),
        };
        assert_eq!(members(raw), fields.len(), "a key stands twice: {raw}");
        Line { raw: raw.to_owned(), fields }
    }

    /// The line itself.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    /// Whether there is a value under a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// The text under a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The whole number under a key.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    /// `server.address` and `server.port`.
    #[must_use]
    pub fn peer(&self) -> (Option<&str>, Option<i64>) {
        (self.text("server.address"), self.number("server.port"))
    }

    /// `fault.category`.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.text("fault.category")
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }
}

/// C0, DEL, C1, line and paragraph separators, bidirectional controls.
fn is_unsafe(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The members of the outermost object: a reader keeps only one of those of one name.
fn members(raw: &str) -> usize {
    let (mut depth, mut in_text, mut escaped, mut members) = (0, false, false, 0);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b':' if depth == 1 => members += 1,
            _ => {}
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counted_through_texts_and_nesting() {
        assert_eq!(members(r#"{"a":1,"a":2,"b":{"c":1},"d":[{"e":1}],"f:\"":"x:y"}"#), 5);
    }

    #[test]
    #[should_panic(expected = "a key stands twice")]
    fn a_key_that_stands_twice_is_seen() {
        let _ = Line::parse(r#"{"a":1,"a":2}"#);
    }

    #[test]
    #[should_panic(expected = "in {")]
    fn a_raw_separator_is_seen() {
        let _ = Line::parse("{\"a\":\"\u{2028}\"}");
    }
}
