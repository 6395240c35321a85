//! 8, 9, 13: fields recorded late, spans that a filter hides, parents named by hand.

use netcause_tests::child::{self, resident_bytes};
use netcause_tests::lines::{Line, Lines, record, record_one};
use tracing::field::Empty;
use tracing::{error, info, info_span};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{refused, set_global, typed};

#[test]
fn record_replaces_the_value() {
    let lines = record(|| {
        let span = info_span!("call", user = 1, text = "short", flag = Empty).entered();
        info!("as opened");
        span.record("user", 2);
        span.record("text", "a longer text than before");
        span.record("user", "a name now");
        span.record("flag", true);
        info!("as recorded");
    });
    assert_eq!(lines[0].number("user"), Some(1));
    assert!(!lines[0].has("flag"), "{:?}", lines[0]);
    assert_eq!(lines[1].text("user"), Some("a name now"));
    assert_eq!(lines[1].text("text"), Some("a longer text than before"));
    assert_eq!(lines[1].get("flag"), Some(&true.into()));
}

#[test]
fn a_million_records_stay_flat() {
    child::alone(|| {
        let lines = Lines::default();
        set_global(registry().with(lines.layer()));
        let span = info_span!("call", user = 0_u64, note = Empty, other = 1).entered();
        let replace = |rounds: std::ops::Range<u64>| {
            for round in rounds {
                span.record("user", round);
                span.record("note", "a text that is recorded again and again");
            }
        };
        replace(0..1_000);
        let before = resident_bytes();
        replace(0..500_000);
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 1 << 20, "grew by {grown} bytes");
        info!("in the end");
        let line = lines.only();
        assert_eq!(line.number("user"), Some(499_999));
        assert_eq!(line.text("note"), Some("a text that is recorded again and again"));
        assert_eq!(line.number("other"), Some(1));
    });
}

#[test]
fn record_on_a_span_that_our_filter_hides_is_ignored() {
    let lines = Lines::default();
    let seen = filter_fn(|metadata| metadata.name() != "hidden");
    let beside = Lines::default();
    let subscriber = registry().with(lines.layer().with_filter(seen)).with(beside.layer());
    tracing::subscriber::with_default(subscriber, || {
        let hidden = info_span!("hidden", user = Empty).entered();
        hidden.record("user", 7);
        error!("inside");
    });
    assert!(!lines.only().has("user"));
    assert_eq!(beside.only().number("user"), Some(7));
}

/// Events below `request` > `hidden` > `call`, where our filter hides the middle.
fn behind_a_hole(work: impl FnOnce()) -> Vec<Line> {
    let lines = Lines::default();
    let seen = filter_fn(|metadata| metadata.name() != "hidden");
    let subscriber =
        registry().with(lines.layer().with_filter(seen)).with(Lines::default().layer());
    tracing::subscriber::with_default(subscriber, work);
    lines.take()
}

#[test]
fn a_hidden_span_between_two_others_hides_only_itself() {
    let lines = behind_a_hole(|| {
        let _request = info_span!("request", order = 7).entered();
        let _hidden = info_span!("hidden", secret_plan = 1).entered();
        error!("in the hidden one");
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        error!(error = typed(&refused()), "no database");
    });
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.number("order") == Some(7)), "{lines:?}");
    assert!(lines.iter().all(|line| !line.has("secret_plan")), "{lines:?}");
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
}

#[test]
fn a_fault_is_remembered_across_a_hidden_span() {
    let lines = behind_a_hole(|| {
        let _request = info_span!("request", order = 7).entered();
        info_span!("hidden").in_scope(|| {
            let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
            error!(error = typed(&refused()), "no database");
        });
        error!(error = %refused(), "no order");
    });
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
}

#[test]
fn an_event_whose_named_parent_is_hidden_has_no_fields_of_the_current_span() {
    let lines = behind_a_hole(|| {
        let hidden = info_span!("hidden", secret_plan = 1);
        let _current = info_span!("current", user = 7).entered();
        error!(parent: &hidden, "elsewhere");
    });
    assert!(!lines[0].has("user") && !lines[0].has("secret_plan"), "{lines:?}");
}

#[test]
fn an_event_with_a_named_parent_has_its_fields_and_not_the_current_ones() {
    let line = record_one(|| {
        let outer = info_span!("request", order = 7);
        let named = info_span!(parent: &outer, "call", server.address = "db", server.port = 5432);
        let _current = info_span!("current", user = 7, server.address = "cache").entered();
        error!(parent: &named, error = typed(&refused()), "no database");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.number("order"), Some(7));
    assert!(!line.has("user"), "{line:?}");
}

#[test]
fn an_event_without_a_parent_has_no_span_fields() {
    let line = record_one(|| {
        let _current = info_span!("current", user = 7, server.address = "cache").entered();
        error!(parent: None, error = typed(&refused()), "no database");
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.peer(), (None, None));
    assert!(!line.has("user"), "{line:?}");
}

#[test]
fn a_fault_under_a_named_parent_is_remembered_there_and_not_here() {
    let lines = record(|| {
        let named = info_span!("call", server.address = "db", server.port = 5432);
        let current = info_span!("current").entered();
        error!(parent: &named, error = typed(&refused()), "no database");
        error!(error = %refused(), "here");
        drop(current);
    });
    assert_eq!(lines[0].peer(), (Some("db"), Some(5432)));
    assert_eq!(lines[1].peer(), (None, None));
}

#[test]
fn spans_of_one_thread_follow_their_own_parents() {
    let lines = record(|| {
        let _current = info_span!("current", user = 7).entered();
        let root = info_span!(parent: None, "root", order = 1).entered();
        info!("in the root");
        drop(root);
        info!("in the current one");
    });
    assert!(lines[0].has("order") && !lines[0].has("user"), "{lines:?}");
    assert!(!lines[1].has("order") && lines[1].has("user"), "{lines:?}");
}
