//! 19, 20: `#[instrument(err)]`, and what JSON cannot hold.

use std::io;

use netcause_tests::lines::record_one;
use serde_json::{Value, json};
use tracing::{error, info, info_span, instrument};

use crate::{refused, typed};

#[instrument(err, fields(server.address = "db", server.port = 5432))]
fn charge_display() -> io::Result<()> {
    Err(refused())
}

#[instrument(err(Debug), fields(server.address = "db", server.port = 5432))]
fn charge_debug() -> io::Result<()> {
    Err(refused())
}

#[instrument(err(level = "info"), fields(server.address = "db", server.port = 5432))]
async fn charge_later() -> anyhow::Result<()> {
    Err(anyhow::Error::from(refused()).context("no order"))
}

#[test]
fn instrument_err_is_read_as_an_error() {
    for charge in [charge_display, charge_debug] {
        let line = record_one(|| assert!(charge().is_err()));
        assert_eq!(line.category(), Some("connect_refused"), "{line:?}");
        assert_eq!(line.peer(), (Some("db"), Some(5432)));
        assert!(!line.has("error") && !line.has("fields.error"), "{line:?}");
    }
}

#[test]
fn instrument_err_of_an_async_function_is_read_at_any_level() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let line = record_one(|| assert!(runtime.block_on(charge_later()).is_err()));
    // `Display` of `anyhow::Error` shows the outermost context alone: nothing to classify.
    assert_eq!(line.text("error.message"), Some("no order"), "{line:?}");
    assert_eq!(line.category(), None);
}

#[test]
fn keys_that_stand_twice_are_written_once() {
    let line = record_one(|| {
        let _outer = info_span!("outer", user = 1, region = "outer").entered();
        let _inner = info_span!("inner", user = 2, region = "inner").entered();
        info!(user = 3, "hello");
    });
    assert_eq!(line.number("user"), Some(3));
    assert_eq!(line.text("region"), Some("inner"));
}

#[test]
fn reserved_keys_cannot_be_spoofed() {
    let line = record_one(|| {
        info!(
            severity = "FATAL",
            timestamp = "1970",
            target = "mine",
            trace_id = "mine",
            level = "mine",
            "hello"
        );
    });
    assert_eq!(line.text("severity"), Some("INFO"));
    assert_eq!(line.text("target"), Some(module_path!()));
    assert!(line.text("timestamp").unwrap().starts_with("20"), "{line:?}");
    assert!(!line.has("trace_id"));
    assert_eq!(line.text("fields.severity"), Some("FATAL"));
    assert_eq!(line.text("fields.timestamp"), Some("1970"));
    assert_eq!(line.text("fields.target"), Some("mine"));
    assert_eq!(line.text("fields.trace_id"), Some("mine"));
    assert_eq!(line.text("level"), Some("mine"));
}

#[test]
fn fault_keys_cannot_be_spoofed() {
    let line = record_one(|| {
        error!(
            fault.category = "mine",
            fault.summary = "mine",
            error.type = "mine",
            error = typed(&refused()),
            "hello"
        );
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("error.type"), Some("connect_refused"));
    assert_ne!(line.text("fault.summary"), Some("mine"));
    assert_eq!(line.text("fields.fault_category"), Some("mine"));
    assert_eq!(line.text("fields.error_type"), Some("mine"));
}

#[test]
fn numbers_keep_their_value_and_their_type() {
    let line = record_one(|| {
        info!(
            nan = f64::NAN,
            infinite = f64::INFINITY,
            large = u64::MAX,
            small = i64::MIN,
            beyond = (1_u64 << 53) + 1,
            wide = i128::MAX,
            wider = u128::MAX,
            narrow = 5_i128,
            half = 0.5,
            whole = 2.0,
            flag = true,
            "hello"
        );
    });
    let expected = [
        ("nan", Value::Null),
        ("infinite", Value::Null),
        ("large", json!(u64::MAX)),
        ("small", json!(i64::MIN)),
        ("beyond", json!(9_007_199_254_740_993_u64)),
        ("wide", json!(i128::MAX.to_string())),
        ("wider", json!(u128::MAX.to_string())),
        ("narrow", json!(5)),
        ("half", json!(0.5)),
        ("whole", json!(2.0)),
        ("flag", json!(true)),
    ];
    for (key, value) in expected {
        assert_eq!(line.get(key), Some(&value), "{key} in {line:?}");
    }
}

#[test]
fn separators_and_controls_are_escaped_and_come_back() {
    let text = "a\u{2028}b\u{2029}c\u{202e}d\u{85}e\u{7f}f\nline\r\t\"\\\u{1b}[31m\0";
    let line = record_one(|| {
        let _span = info_span!("call", of_span = text).entered();
        info!(shown = %text, plain = text, "{text}");
    });
    for key in ["message", "of_span", "shown", "plain"] {
        assert_eq!(line.text(key), Some(text), "{key}");
    }
}

#[test]
fn a_long_text_is_cut_between_two_characters() {
    let long = "ö".repeat(50_000);
    let line = record_one(|| info!(long = %long, other = 1, "hello"));
    assert!(line.raw().len() < 16_000, "{}", line.raw().len());
    assert!(line.text("long").unwrap().ends_with("ö…"), "{line:?}");
    assert_eq!(line.number("other"), Some(1));
    let line = record_one(|| info!("{long}"));
    assert!(line.text("message").unwrap().ends_with("ö…"), "{line:?}");
}

#[test]
fn a_record_that_is_too_long_leaves_fields_out_and_says_so() {
    let long = "x".repeat(8_000);
    let line = record_one(|| {
        let _span = info_span!("call", one = %long, server.address = "db").entered();
        let error = refused();
        let failing = typed(&error);
        error!(error = failing, two = %long, three = %long, "{long}");
    });
    assert!(line.raw().len() < 16_000, "{}", line.raw().len());
    assert!(
        line.number("dropped_attributes_count").is_some_and(|left_out| left_out > 0),
        "{line:?}"
    );
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("server.address"), Some("db"));
}
