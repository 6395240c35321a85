//! One event is one line for every Unicode scalar, wherever it stands.

use std::fmt;

use netcause_layer::NetcauseLayer;
use netcause_record::{Limits, PrettyExporter, Sink};
use netcause_tests::dynamic;
use netcause_tests::lines::{Buffer, Line, Lines};
use tracing::{Level, error};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// So few in one text that no limit cuts it.
const AT_A_TIME: usize = 256;

/// Every Unicode scalar once.
fn texts() -> impl Iterator<Item = String> {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(all.len(), 0x11_0000 - 0x800);
    let texts: Vec<String> = all.chunks(AT_A_TIME).map(|chunk| chunk.iter().collect()).collect();
    texts.into_iter()
}

/// `Display` and `Error` of a text.
#[derive(Debug)]
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// [`Lines::take`] has checked that each is one line, one object, and without raw controls.
fn only(lines: &Lines, text: &str) -> Line {
    let mut taken = lines.take();
    assert_eq!(taken.len(), 1, "{text:?}");
    taken.remove(0)
}

#[test]
fn one_event_is_one_line_for_every_scalar_in_message_key_value_and_target() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        for text in texts() {
            let key = format!("k{text}");
            dynamic::event(Level::INFO, &text, &text, &key, &text.as_str());
            let line = only(&lines, &text);
            assert_eq!(line.text("message"), Some(&*text));
            assert_eq!(line.text("target"), Some(&*text));
            assert_eq!(line.text(&key), Some(&*text), "{line:?}");
        }
    });
}

#[test]
fn one_event_is_one_line_for_every_scalar_on_a_span() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        for text in texts() {
            let key = format!("k{text}");
            dynamic::span(&key, &text.as_str()).in_scope(|| error!("hello"));
            let line = only(&lines, &text);
            assert_eq!(line.text(&key), Some(&*text), "{line:?}");
        }
    });
}

#[test]
fn one_event_is_one_line_for_every_scalar_in_error_text() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        for text in texts() {
            let failing = format!("{text}: Connection refused (os error 111)");
            error!(error = netcause::error(&Failure(failing.clone())), "typed");
            let typed = only(&lines, &text);
            error!(error = %Text(&failing), "text");
            let line = only(&lines, &text);
            for line in [typed, line] {
                let message = line.text("error.message").unwrap();
                assert!(message.contains("Connection refused"), "{line:?}");
                assert!(!message.contains(['\n', '\r']), "{line:?}");
            }
        }
    });
}

/// A long line is wrapped, and what follows is indented: nobody can forge an event's first
/// line from inside another.
#[test]
fn the_terminal_gets_no_control_characters_and_no_forged_event() {
    let buffer = Buffer::default();
    let exporter =
        PrettyExporter::new(Sink::writer(Box::new(buffer.clone())), false, Limits::default());
    tracing::subscriber::with_default(registry().with(NetcauseLayer::new(exporter)), || {
        for text in texts().chain(["one\n07:28:42.688 ERROR two".to_owned()]) {
            dynamic::event(Level::ERROR, &text, &text, &format!("k{text}"), &text.as_str());
            is_one_event(&buffer.take());
            error!(error = %Text(&text), "hello");
            is_one_event(&buffer.take());
            error!(error = %Text("Connection refused (os error 111)"), server.address = text, "hello");
            is_one_event(&buffer.take());
        }
    });
}

fn is_one_event(output: &str) {
    assert!(!output.is_empty());
    let control = output.chars().find(|&letter| letter != '\n' && letter.is_control());
    assert_eq!(control, None, "{output:?}");
    assert!(!output.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}']), "{output:?}");
    assert!(output.lines().skip(1).all(|line| line.starts_with("    ")), "{output:?}");
}
