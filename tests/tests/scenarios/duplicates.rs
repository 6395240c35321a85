//! Facts that a caller and the record itself both tell: each key once.

use netcause_layer::{NetcauseLayer, OriginFields};
use netcause_tests::lines::{Lines, record_one};
use tracing::{error, info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

const EXPIRED: &str = "invalid peer certificate: certificate expired: verification time \
    1795419206 (UNIX), but certificate is not valid after 1795160003 (259203 seconds ago)";

/// Parsing fails on a repeated key; what is left to see is whose value stands.
#[test]
fn a_certificate_that_the_error_tells_stands_before_the_caller_s() {
    let line = record_one(|| {
        let span = info_span!("call", certificate.days_left = 99, tls.server.issuer = "mine");
        let _entered = span.enter();
        error!(server.address = "a", tls.server.not_after = "never", error = EXPIRED, "no mail");
    });
    assert_eq!(line.number("certificate.days_left"), Some(-3));
    assert_ne!(line.text("tls.server.not_after"), Some("never"));
    // The event is the source of the peer, so the span's share of the group is left out.
    assert!(!line.has("tls.server.issuer"));
}

#[test]
fn what_the_caller_tells_of_the_origin_stands() {
    let lines = Lines::default();
    let origin = OriginFields { file: true, line: true, thread: true, span: true };
    let layer = NetcauseLayer::new(lines.exporter()).with_origin(origin);
    tracing::subscriber::with_default(registry().with(layer), || {
        let _entered = info_span!("work", code.line.number = 7).entered();
        info!(thread.name = "mine", "done");
    });
    let line = lines.only();
    assert_eq!(line.text("thread.name"), Some("mine"));
    assert_eq!(line.number("code.line.number"), Some(7));
    assert_eq!(line.text("span.name"), Some("work"));
}

const REFUSED: &str = "Connection refused (os error 111)";

/// Beside a fault `error.code` is written as `fields.error_code`, which a caller may have
/// written, too; parsing fails where both stand.
#[test]
fn a_key_that_moves_beside_a_fault_takes_no_second_place() {
    let within_an_event =
        record_one(|| error!(error.code = 1, fields.error_code = 2, err = REFUSED));
    assert_eq!(within_an_event.number("fields.error_code"), Some(1));

    let event_before_span = record_one(|| {
        let _span = info_span!("call", error.code = 1).entered();
        error!(fields.error_code = 2, err = REFUSED);
    });
    assert_eq!(event_before_span.number("fields.error_code"), Some(2));

    let inner_before_outer = record_one(|| {
        let _outer = info_span!("outer", fields.error_code = 1, user = "u").entered();
        let _inner = info_span!("inner", error.code = 2).entered();
        error!(err = REFUSED);
    });
    assert_eq!(inner_before_outer.number("fields.error_code"), Some(2));
    assert_eq!(inner_before_outer.text("user"), Some("u"));

    let one_span = record_one(|| {
        let _span = info_span!("call", fields.error_code = 1, error.code = 2).entered();
        error!(err = REFUSED);
    });
    assert_eq!(one_span.number("fields.error_code"), Some(1));
}

#[test]
fn a_key_that_stays_without_a_fault_stands_beside_the_one_it_would_become() {
    let line = record_one(|| {
        let _outer = info_span!("outer", error.code = 1).entered();
        let _inner = info_span!("inner", fields.error_code = 2).entered();
        info!(error.code = 3, "all is well");
    });
    assert_eq!(line.number("error.code"), Some(3));
    assert_eq!(line.number("fields.error_code"), Some(2));
}
