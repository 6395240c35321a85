//! Lines that would be easy to get wrong: what is shown must be true.

use netcause_tests::child;
use netcause_tests::lines::{record, record_one};
use tracing::{error, info, info_span, warn};

use crate::{refused, typed};

const TEXT: &str = "Connection refused (os error 111)";

#[test]
fn the_client_of_an_accept_loop_is_not_the_peer_of_a_failed_call() {
    let line = record_one(|| {
        let _conn = info_span!("conn", peer_addr = "203.0.113.9:51234").entered();
        let _node = info_span!("app", hostname = "our-own-node").entered();
        error!(error = typed(&refused()), "db failed");
    });
    assert_eq!(line.peer(), (None, None));
}

#[test]
fn the_address_that_could_not_be_bound_is_not_a_peer() {
    let line = record_one(|| {
        let error = std::io::Error::from_raw_os_error(98);
        error!(addr = "0.0.0.0:8080", error = typed(&error), "cannot listen");
    });
    assert_eq!(line.category(), Some("local_resource"));
    assert!(!line.has("server.address"), "{}", line.raw());
}

#[test]
fn the_event_s_own_count_stands_before_a_remembered_one() {
    let lines = record(|| {
        let _order = info_span!("order").entered();
        info_span!("try", server.address = "db", server.port = 5432).in_scope(|| {
            warn!(retry.attempt = 4, retry.max_attempts = 5, error = TEXT, "again");
            error!(retry.attempt = 5, retry.max_attempts = 5, error = TEXT, "no more");
        });
        error!(retry.attempt = 5, retry.max_attempts = 5, elapsed_ms = 7, error = TEXT, "gave up");
    });
    assert_eq!(lines[2].peer(), (Some("db"), Some(5432)));
    assert_eq!(lines[2].number("retry.attempt"), Some(5));
    assert_eq!(lines[2].number("fault.elapsed_ms"), Some(7));
}

#[test]
fn a_call_that_ends_in_silence_leaves_its_text_ambiguous() {
    let lines = record(|| {
        let _order = info_span!("order").entered();
        for host in ["db1", "db2"] {
            info_span!("call", server.address = host, server.port = 5432)
                .in_scope(|| warn!(error = TEXT, "failed"));
        }
        // This one fails, too, and tells nobody.
        drop(info_span!("call", server.address = "db1", server.port = 5432));
        error!(error = TEXT, "gave up");
    });
    assert_eq!(lines[2].peer(), (None, None));
}

#[test]
fn the_status_of_the_failed_answer_stands_before_our_own() {
    let line = record_one(|| {
        let error = "HTTP status server error (503 Service Unavailable)";
        error!(http.response.status_code = 500, error, "request failed");
    });
    assert_eq!(line.text("error.type"), Some("503"));
    assert_eq!(line.number("http.response.status_code"), Some(503));
}

#[test]
fn an_error_beside_a_caller_s_own_is_written_once() {
    let line = record_one(|| {
        let _span = info_span!("work", error = "before", error.message = "mine").entered();
        error!(error = "field is required", "validation failed");
    });
    assert_eq!(line.text("error.message"), Some("mine"));
    assert_eq!(line.text("fields.error"), Some("field is required"));
}

#[test]
fn a_limit_far_above_the_time_taken_did_not_run_out() {
    let line = record_one(|| {
        let _job = info_span!("job", timeout_ms = 30_000).entered();
        error!(elapsed_ms = 101, error = "tcp connect error: deadline has elapsed", "no answer");
    });
    assert_eq!(line.category(), Some("connect_timeout"));
    assert!(!line.has("fault.timeout_ms"), "{}", line.raw());
}

#[test]
fn the_limit_of_an_outer_loop_is_not_that_of_the_inner_one() {
    let line = record_one(|| {
        let _job = info_span!("job", attempt = 1, max_retries = 10).entered();
        error!(retry.attempt = 2, error = typed(&refused()), "no database");
    });
    assert_eq!(line.number("retry.attempt"), Some(2));
    assert!(!line.text("fault.summary").unwrap().contains("2/10"), "{}", line.raw());
}

#[test]
fn a_secret_whose_mark_lies_behind_the_cut_is_removed() {
    let variables = [("NETCAUSE_LIMIT_FIELD", "64"), ("NETCAUSE_FORMAT", "json")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        let url = "postgres://svc:hunter2-a-very-long-password-indeed-it-is@db:5432/orders";
        info!(database = format!("connecting as configured, to {url}"), "starting");
    });
    assert_eq!(finished.lines().len(), 1);
    assert!(!finished.stdout.contains("hunter2"), "{finished:?}");
}

#[test]
fn a_fallback_keeps_what_can_be_read_and_repeats_no_secret() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc123, abc123"),
        ("NETCAUSE_FORMAT", "xml"),
        ("NETCAUSE_REDACT", "customer_iban"),
        ("RUST_LOG", "warn"),
    ];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        info!("not asked for");
        warn!(customer_iban = "DE1234", "look");
    });
    assert_eq!(finished.error_lines().len(), 1, "{finished:?}");
    assert!(finished.stderr.contains("NETCAUSE_FORMAT=xml"), "{finished:?}");
    assert!(!finished.stderr.contains("abc123"), "{finished:?}");
    assert!(!finished.stderr.contains("DE1234"), "{finished:?}");
}
