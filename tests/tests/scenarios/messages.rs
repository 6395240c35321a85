//! Where an event's error is looked for, and where it is not.

use netcause_tests::lines::{Line, record_one};
use tracing::{Level, debug, error, event, info, warn};

use crate::{refused, typed};

const TEXT: &str = "Connection refused (os error 111)";

fn category(work: impl FnOnce()) -> Option<String> {
    record_one(work).category().map(str::to_owned)
}

fn is_refused(work: impl FnOnce()) -> bool {
    category(work).as_deref() == Some("connect_refused")
}

#[test]
fn a_message_alone_is_classified_from_warn_on() {
    assert!(is_refused(|| error!("no database: {TEXT}")));
    assert!(is_refused(|| warn!("no database: {TEXT}")));
    assert_eq!(category(|| info!("no database: {TEXT}")), None);
    assert_eq!(category(|| debug!("no database: {TEXT}")), None);
}

#[test]
fn an_error_field_is_classified_at_every_level() {
    assert!(is_refused(|| info!(error = TEXT, "no database")));
    assert!(is_refused(|| debug!(error = %TEXT, "no database")));
    assert!(is_refused(|| event!(Level::TRACE, err = ?refused(), "no database")));
    assert!(is_refused(|| info!(error = typed(&refused()), "no database")));
    assert!(is_refused(|| info!(cause = typed(&refused()), "no database")));
}

#[test]
fn the_message_is_not_asked_where_there_is_an_error_field() {
    assert_eq!(category(|| error!(error = "invalid digit found in string", "{TEXT}")), None);
    let parse = "x".parse::<u16>().unwrap_err();
    assert_eq!(category(|| error!(error = netcause::error(&parse), "{TEXT}")), None);
}

#[test]
fn other_fields_are_never_classified() {
    assert_eq!(category(|| error!(note = TEXT, cause = TEXT, e = TEXT, "no database")), None);
}

#[test]
fn numbers_and_booleans_are_never_errors() {
    let line = record_one(|| error!(error = 111, err = true, "no database: {TEXT}"));
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.number("fields.error"), Some(111));
    assert_eq!(line.get("err"), Some(&true.into()));
}

#[test]
fn a_typed_error_under_any_name_goes_before_text() {
    let line = record_one(|| {
        error!(error = "invalid digit found in string", cause = typed(&refused()), "no database");
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("error.message"), Some(TEXT));
    assert_eq!(line.text("fields.error"), Some("invalid digit found in string"));
}

#[test]
fn error_goes_before_err_in_whatever_order_they_stand() {
    for line in [
        record_one(|| error!(error = TEXT, err = "operation timed out", "no database")),
        record_one(|| error!(err = "operation timed out", error = TEXT, "no database")),
    ] {
        assert_eq!(line.category(), Some("connect_refused"), "{line:?}");
        assert_eq!(line.text("err"), Some("operation timed out"), "{line:?}");
    }
}

#[test]
fn a_second_typed_error_stays_under_its_name_as_text() {
    let parse = "x".parse::<u16>().unwrap_err();
    let line = record_one(|| {
        error!(error = typed(&refused()), other = netcause::error(&parse), "no database");
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("other"), Some("invalid digit found in string"));
}

#[test]
fn an_error_that_is_no_fault_keeps_its_text_and_gets_nothing_else() {
    let parse = "x".parse::<u16>().unwrap_err();
    let line = record_one(|| error!(error = netcause::error(&parse), "bad port"));
    assert_eq!(line.text("error.message"), Some("invalid digit found in string"));
    assert_no_fault(&line);
}

fn assert_no_fault(line: &Line) {
    let fault: Vec<_> =
        line.keys().filter(|key| key.starts_with("fault.") || *key == "error.type").collect();
    assert!(fault.is_empty(), "{fault:?} in {line:?}");
}

#[test]
fn a_message_that_only_mentions_a_failure_word_is_no_fault() {
    for message in [
        "refusing to start without a configuration",
        "set the timeout to 30s",
        "connection pool resized to 10",
        "retry policy: 3 tries",
    ] {
        assert_no_fault(&record_one(|| warn!("{message}")));
    }
}
