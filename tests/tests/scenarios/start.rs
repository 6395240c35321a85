//! `init` and `try_init`, each in a process of its own.

use std::time::Duration;

use netcause::ErrorKind;
use netcause_tests::child::{self, Finished};
use netcause_tests::lines::{Line, Lines};
use tracing::{debug, error, info, info_span};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{refused, typed};

const JSON: (&str, &str) = ("NETCAUSE_FORMAT", "json");

/// Starts logging and fails inside a span at INFO that carries host, port and attempt.
fn fail_in_a_span() {
    let _guard = netcause::init();
    info!("ready");
    let _call = info_span!(
        "call",
        server.address = "db",
        server.port = 5432,
        retry.attempt = 2,
        retry.max_attempts = 5,
    )
    .entered();
    error!(error = typed(&refused()), "no database");
}

/// The same as a closure of the calling test, by whose name the child finds it.
macro_rules! here {
    () => {
        || fail_in_a_span()
    };
}

fn only(lines: Vec<Line>) -> Line {
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines.into_iter().next().unwrap()
}

#[test]
fn an_empty_environment_gives_json_lines_on_standard_output() {
    let finished = child::alone(|| {
        fail_in_a_span();
        debug!("too fine");
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 2, "{finished:?}");
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
    assert_eq!(finished.stderr, "");
}

#[test]
fn rust_log_error_keeps_host_port_and_attempt() {
    let finished = child::with_variables(&[("RUST_LOG", "error")], here!());
    let line = only(finished.lines());
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.number("retry.attempt"), Some(2));
    assert_eq!(line.number("retry.max_attempts"), Some(5));
}

#[test]
fn filtered_spans_lend_nothing_under_rust_log_error() {
    let variables = [("RUST_LOG", "error"), ("NETCAUSE_SPANS", "filtered")];
    let finished = child::with_variables(&variables, here!());
    let line = only(finished.lines());
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.peer(), (None, None));
    assert!(!line.has("retry.attempt"), "{line:?}");
}

#[test]
fn rust_log_off_writes_nothing() {
    let finished = child::with_variables(&[("RUST_LOG", "off")], here!());
    assert!(finished.lines().is_empty() && finished.stderr.is_empty(), "{finished:?}");
}

#[test]
fn a_bad_variable_gives_json_on_standard_error_and_the_reason_once() {
    let variables = [("NETCAUSE_FORMAT", "xml"), ("OTEL_SERVICE_NAME", "checkout")];
    let finished = child::with_variables(&variables, here!());
    falls_back(&finished, "NETCAUSE_FORMAT=xml: allowed are auto, json, pretty, otlp-json, off");
}

#[test]
fn a_variable_that_is_not_built_yet_gives_the_same() {
    let finished = child::with_variables(&[("NETCAUSE_SPOOL_DIR", "spool")], here!());
    falls_back(&finished, "NETCAUSE_SPOOL_DIR: ");
}

#[test]
fn an_output_that_cannot_be_opened_gives_the_same() {
    let variables = [("NETCAUSE_OUTPUT", "/no/such/directory/log.json")];
    let finished = child::with_variables(&variables, here!());
    falls_back(&finished, "NETCAUSE_OUTPUT=/no/such/directory/log.json: ");
}

/// Everything goes to standard error as JSON, after one reason.
fn falls_back(finished: &Finished, reason: &str) {
    assert!(finished.lines().is_empty(), "{finished:?}");
    let said = finished.said();
    assert_eq!(said.len(), 1, "{finished:?}");
    assert!(said[0].starts_with(reason), "{said:?}");
    let lines = finished.error_lines();
    assert_eq!(lines.len(), 2, "{finished:?}");
    assert!(lines.iter().any(|line| line.peer() == (Some("db"), Some(5432))), "{lines:?}");
    assert_eq!(finished.stderr.lines().count(), 3, "{finished:?}");
}

#[test]
fn try_init_names_variable_value_and_what_is_allowed() {
    child::with_variables(&[("NETCAUSE_FORMAT", "xml")], || {
        let error = netcause::try_init().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        let text = "NETCAUSE_FORMAT=xml: allowed are auto, json, pretty, otlp-json, off";
        assert_eq!(error.to_string(), text);
        // Nothing was started: another subscriber can be set.
        let lines = Lines::default();
        let subscriber = registry().with(lines.layer());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        info!("mine");
        assert_eq!(lines.only().text("message"), Some("mine"));
    });
}

#[test]
fn try_init_starts_like_init() {
    let finished = child::alone(|| {
        let _guard = netcause::try_init().unwrap();
        info!("ready");
    });
    assert_eq!(only(finished.lines()).text("message"), Some("ready"));
}

#[test]
fn a_second_init_leaves_the_first_as_it_is() {
    let finished = child::alone(|| {
        let _first = netcause::init();
        let second = netcause::init();
        drop(second);
        info!("ready");
        assert_eq!(netcause::try_init().unwrap_err().kind(), ErrorKind::AlreadySet);
    });
    assert_eq!(only(finished.lines()).text("message"), Some("ready"));
    assert_eq!(finished.said().len(), 1, "{finished:?}");
}

#[test]
fn a_global_subscriber_that_is_there_stays() {
    let finished = child::alone(|| {
        let lines = Lines::default();
        let subscriber = registry().with(lines.layer());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        assert_eq!(netcause::try_init().unwrap_err().kind(), ErrorKind::AlreadySet);
        let guard = netcause::init();
        info!("to the first one");
        assert_eq!(lines.only().text("message"), Some("to the first one"));
        assert_eq!(guard.shutdown(Duration::from_secs(1)), netcause::Counts::default());
    });
    assert!(finished.lines().is_empty(), "{finished:?}");
    assert_eq!(finished.said().len(), 1, "{finished:?}");
}

#[test]
fn an_output_file_is_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path =
        std::env::var("TEST_OUTPUT").map_or_else(|_| directory.path().join("log.json"), Into::into);
    let path = path.to_str().unwrap();
    let variables = [("NETCAUSE_OUTPUT", path), ("TEST_OUTPUT", path)];
    if std::env::var_os("TEST_OUTPUT").is_none() {
        std::fs::write(path, "{\"message\":\"older\"}\n").unwrap();
    }
    let finished = child::with_variables(&variables, || {
        let guard = netcause::init();
        info!("first");
        error!("second");
        let counts = guard.shutdown(Duration::from_secs(1));
        assert_eq!((counts.written, counts.lost), (2, 0));
    });
    assert!(finished.lines().is_empty() && finished.stderr.is_empty(), "{finished:?}");
    let text = std::fs::read_to_string(path).unwrap();
    let messages: Vec<_> =
        text.lines().map(|line| Line::parse(line).text("message").unwrap().to_owned()).collect();
    assert_eq!(messages, ["older", "first", "second"]);
}

#[test]
fn format_off_writes_nothing_and_costs_nothing_else() {
    let finished = child::with_variables(&[("NETCAUSE_FORMAT", "off")], here!());
    assert!(finished.lines().is_empty() && finished.stderr.is_empty(), "{finished:?}");
}

#[test]
fn format_pretty_is_for_people() {
    let finished = child::with_variables(&[("NETCAUSE_FORMAT", "pretty")], here!());
    assert!(finished.lines().is_empty(), "{finished:?}");
    assert!(finished.stdout.contains("no database"), "{finished:?}");
    assert!(finished.stdout.contains("refused"), "{finished:?}");
    assert!(!finished.stdout.contains('\u{1b}'), "no colours in a pipe: {finished:?}");
}

#[test]
fn standard_error_can_be_chosen() {
    let variables = [JSON, ("NETCAUSE_OUTPUT", "stderr")];
    let finished = child::with_variables(&variables, here!());
    assert!(finished.lines().is_empty(), "{finished:?}");
    assert_eq!(finished.error_lines().len(), 2, "{finished:?}");
}

#[test]
fn service_name_and_resource_attributes_are_written() {
    let variables = [
        ("OTEL_SERVICE_NAME", "checkout"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=a%2Cb"),
    ];
    let finished = child::with_variables(&variables, here!());
    for line in finished.lines() {
        assert_eq!(line.text("service.name"), Some("checkout"));
        assert_eq!(line.text("deployment.environment.name"), Some("a,b"));
    }
    assert_eq!(finished.lines().len(), 2);
}

#[test]
fn a_bad_otel_value_is_one_warning_and_the_default() {
    let finished = child::with_variables(&[("OTEL_RESOURCE_ATTRIBUTES", "nonsense")], here!());
    assert_eq!(finished.lines().len(), 2, "{finished:?}");
    assert_eq!(finished.said().len(), 1, "{finished:?}");
}

#[test]
fn an_empty_variable_is_unset() {
    let variables = [("NETCAUSE_FORMAT", ""), ("RUST_LOG", ""), ("NETCAUSE_OUTPUT", "")];
    let finished = child::with_variables(&variables, here!());
    assert_eq!(finished.lines().len(), 2, "{finished:?}");
    assert_eq!(finished.stderr, "");
}

#[test]
fn a_resource_attribute_cannot_spoof_a_key_or_show_a_secret() {
    let attributes = "severity=mine,message=mine,fault.category=mine,server.address=mine,error=mine,\
                      server.port=mine,db.password=hunter2horse,region=eu";
    let variables = [("OTEL_RESOURCE_ATTRIBUTES", attributes)];
    let finished = child::with_variables(&variables, here!());
    let lines = finished.lines();
    assert_eq!(lines.len(), 2, "{finished:?}");
    assert_eq!(lines[0].text("message"), Some("ready"));
    assert_eq!(lines[0].text("severity"), Some("INFO"));
    assert_eq!(lines[1].category(), Some("connect_refused"));
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
    for line in &lines {
        assert_eq!(line.text("region"), Some("eu"));
        assert!(!line.has("error"), "{line:?}");
        assert!(!line.raw().contains("hunter2horse"), "{line:?}");
    }
}

#[test]
fn a_resource_attribute_is_never_the_peer_of_a_fault() {
    let variables = [("OTEL_RESOURCE_ATTRIBUTES", "server.address=own.test,server.port=8080")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        error!(error = typed(&refused()), "no database");
    });
    let line = only(finished.lines());
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.peer(), (None, None));
    assert!(!line.text("fault.summary").unwrap().contains("own.test"), "{line:?}");
}

#[test]
fn further_keys_are_redacted_on_request() {
    let variables = [("NETCAUSE_REDACT", "national_id, blood-group")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        info!(
            user.national_id = "AB123456C",
            bloodGroup = "zero-negative",
            "no national_id=AB123456C here"
        );
        error!(error = "bad national_id: AB123456C", "hello");
    });
    assert_eq!(finished.lines().len(), 2, "{finished:?}");
    assert!(!finished.stdout.contains("AB123456C"), "{finished:?}");
}

#[test]
fn limits_can_be_set() {
    let variables = [("NETCAUSE_LIMIT_FIELD", "100"), ("NETCAUSE_LIMIT_RECORD", "4096")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        let long = "x".repeat(10_000);
        info!(long, "hello");
        let _spans: Vec<_> = (0..100).map(|_| info_span!("deep", order = 7).entered()).collect();
        error!(error = %long, a = long, b = long, c = long, d = long, "{long}");
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 2, "{finished:?}");
    assert!(lines[0].text("long").unwrap().len() <= 100, "{finished:?}");
    assert!(lines.iter().all(|line| line.raw().len() < 4096), "{finished:?}");
}

#[test]
fn optional_fields_are_written_on_request() {
    let variables = [("NETCAUSE_FIELDS", "code.file.path,code.line.number,thread.name,span.name")];
    let finished = child::with_variables(&variables, here!());
    let lines = finished.lines();
    assert!(lines[1].text("code.file.path").unwrap().ends_with("start.rs"), "{finished:?}");
    assert!(lines[1].number("code.line.number").is_some_and(|line| line > 0), "{finished:?}");
    assert_eq!(lines[1].text("thread.name"), Some("start::optional_fields_are_written_on_request"));
    assert_eq!(lines[1].text("span.name"), Some("call"));
    assert!(!lines[0].has("span.name"), "{finished:?}");
}

#[test]
fn the_layer_of_the_builder_stands_beside_others() {
    let finished = child::with_variables(&[("RUST_LOG", "error"), JSON], || {
        let others = Lines::default();
        let (layer, guard) = netcause::builder().service_name("checkout").try_layer().unwrap();
        registry().with(layer).with(others.layer()).init();
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        info!("not for the one that asks for errors");
        error!(error = typed(&refused()), "no database");
        // The other layer is not filtered by our directives.
        assert_eq!(others.take().len(), 2);
        assert_eq!(guard.shutdown(Duration::from_secs(1)).written, 1);
    });
    let line = only(finished.lines());
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.text("service.name"), Some("checkout"));
}
