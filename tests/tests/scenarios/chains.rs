//! Errors with contexts, and fields recorded late.

use anyhow::Context;
use netcause_tests::lines::{record, record_one};
use serde_json::json;
use tracing::field::Empty;
use tracing::{error, info_span};

use crate::{refused, typed};

fn order() -> anyhow::Error {
    Err::<(), _>(refused()).context("could not charge the card").context("no order").unwrap_err()
}

#[test]
fn an_anyhow_error_as_an_object_has_category_peer_and_whole_chain() {
    let error = order();
    let line = record_one(|| {
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        error!(error = &*error, "checkout failed");
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    let chain =
        json!(["no order", "could not charge the card", "Connection refused (os error 111)"]);
    assert_eq!(line.get("fault.chain"), Some(&chain));
    let whole = "no order: could not charge the card: Connection refused (os error 111)";
    assert_eq!(line.text("error.message"), Some(whole));
}

#[test]
fn an_anyhow_error_as_text_has_category_and_peer() {
    let error = order();
    let whole = "no order: could not charge the card: Connection refused (os error 111)";
    for text in [format!("{error:#}"), format!("{error:?}")] {
        let line = record_one(|| {
            let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
            error!(error = %text, "checkout failed");
        });
        assert_eq!(line.category(), Some("connect_refused"), "{text}");
        assert_eq!(line.peer(), (Some("db"), Some(5432)), "{text}");
        let message = line.text("error.message").unwrap();
        assert!(message.contains("no order") && message.contains("(os error 111)"), "{message}");
    }
    let line = record_one(|| error!(error = %format!("{error:#}"), "checkout failed"));
    assert_eq!(line.text("error.message"), Some(whole));
}

#[test]
fn an_anyhow_error_logged_outside_its_call_has_its_peer_both_ways() {
    let error = order();
    let lines = record(|| {
        let _job = info_span!("job").entered();
        info_span!("call", server.address = "db", server.port = 5432)
            .in_scope(|| error!(error = typed(&refused()), "the call failed"));
        error!(error = &*error, "by the object");
        error!(error = %format!("{error:#}"), "by the text");
    });
    for line in &lines {
        assert_eq!(line.category(), Some("connect_refused"), "{line:?}");
        assert_eq!(line.peer(), (Some("db"), Some(5432)), "{line:?}");
    }
}

#[test]
fn a_peer_recorded_after_the_span_was_opened_is_known() {
    let lines = record(|| {
        let call = info_span!("call", server.address = Empty, server.port = Empty).entered();
        error!(error = typed(&refused()), "before");
        call.record("server.address", "db");
        call.record("server.port", 5432);
        error!(error = typed(&refused()), "after");
        call.record("server.address", "standby");
        error!(error = typed(&refused()), "after another");
    });
    assert_eq!(lines[0].peer(), (None, None));
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
    assert_eq!(lines[2].peer(), (Some("standby"), Some(5432)));
}

#[test]
fn a_peer_recorded_late_is_remembered_for_the_outer_span() {
    let lines = record(|| {
        let _job = info_span!("job").entered();
        let call = info_span!("call", server.address = Empty, server.port = Empty).entered();
        call.record("server.address", "db").record("server.port", 5432);
        error!(error = typed(&refused()), "the call failed");
        drop(call);
        error!(error = %refused(), "job failed");
    });
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
}

#[test]
fn a_backtrace_in_a_text_is_left_out() {
    let text = "no order\n\nCaused by:\n    Connection refused (os error 111)\n\nStack backtrace:\n   0: checkout::pay\n             at /src/pay.rs:7\n";
    let line = record_one(|| error!(error = text, "checkout failed"));
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("error.message"), Some("no order: Connection refused (os error 111)"));
}
