//! 17: callers' code that panics or fails.

use std::error::Error;
use std::fmt;

use netcause_tests::lines::{record, record_one};
use tracing::field::{Empty, debug};
use tracing::{error, info_span};

use crate::{refused, typed};

/// Panics while it is formatted, half way through.
struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half of")?;
        panic!("on purpose")
    }
}

impl fmt::Display for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Error for Panics {}

/// Says that formatting failed, which `write!` reports as an error.
struct Fails;

impl fmt::Debug for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("as far as it goes")?;
        Err(fmt::Error)
    }
}

#[test]
fn a_panicking_debug_loses_only_its_field() {
    let line = record_one(|| {
        error!(before = 1, bad = ?Panics, after = 2, error = typed(&refused()), "no database");
    });
    assert_eq!(line.text("bad"), Some("(formatting this value panicked)"));
    assert_eq!((line.number("before"), line.number("after")), (Some(1), Some(2)));
    assert_eq!(line.text("message"), Some("no database"));
    assert_eq!(line.category(), Some("connect_refused"));
}

#[test]
fn a_panicking_debug_in_a_span_does_not_poison_it() {
    let lines = record(|| {
        let span = info_span!("call", bad = ?Panics, good = 1, late = Empty).entered();
        error!("first");
        span.record("late", debug(Panics));
        error!("second");
        span.record("late", 5);
        error!(bad = ?Panics, "third");
        error!("fourth");
    });
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines.iter().all(|line| line.number("good") == Some(1)), "{lines:?}");
    assert_eq!(lines[1].text("late"), Some("(formatting this value panicked)"));
    assert_eq!(lines[3].number("late"), Some(5));
}

#[test]
fn a_panicking_message_loses_only_the_message() {
    let line = record_one(|| error!(order = 7, "{}", Panics));
    assert_eq!(line.number("order"), Some(7));
    assert!(!line.raw().contains("half of"), "{line:?}");
}

#[test]
fn a_panicking_error_loses_only_its_text() {
    let line = record_one(|| error!(error = &Panics as &(dyn Error + 'static), order = 7, "bad"));
    assert_eq!(line.number("order"), Some(7));
    assert_eq!(line.text("message"), Some("bad"));
    assert_eq!(line.text("error.message"), Some("(formatting this value panicked)"));
    assert_eq!(line.category(), None);
}

#[test]
fn an_event_after_a_panic_is_as_any_other() {
    let lines = record(|| {
        error!(bad = ?Panics, "first");
        error!(error = typed(&refused()), "second");
    });
    assert_eq!(lines[1].category(), Some("connect_refused"));
    assert!(!lines[1].has("bad"));
}

#[test]
fn a_debug_that_reports_an_error_keeps_what_it_wrote() {
    let line = record_one(|| error!(bad = ?Fails, order = 7, "told"));
    assert_eq!(line.text("bad"), Some("as far as it goes"));
    assert_eq!(line.number("order"), Some(7));
}

/// Its source is itself.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("and so on")
    }
}

impl Error for Endless {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn an_error_that_is_its_own_source_ends() {
    let line = record_one(|| error!(error = &Endless as &(dyn Error + 'static), "bad"));
    assert_eq!(line.text("error.message"), Some("and so on"));
}
