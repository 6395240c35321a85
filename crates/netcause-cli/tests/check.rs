//! `netcause check`: what is set, where it came from, and what is wrong with the endpoint.

mod support;

use support::{run, stdout};

#[test]
fn an_endpoint_that_refuses_is_explained_in_one_line() {
    let endpoint = ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1/v1/logs");
    let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=swordfish");
    let output = run(&["check"], &[endpoint, headers, ("OTEL_BLRP_SCHEDULE_DELAY", "soon")]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = text.lines().find(|line| line.starts_with("logs: ")).expect("a line about logs");
    assert!(line.contains("Connection to host 127.0.0.1 on port 1 refused"), "{line}");
    assert!(text.contains("warning: OTEL_BLRP_SCHEDULE_DELAY=soon"), "{text}");
    let of = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    assert!(of("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT").ends_with("environment"), "{text}");
    assert!(of("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE").ends_with("default"), "{text}");
    assert!(of("OTEL_EXPORTER_OTLP_HEADERS").contains("api-key=***"), "{text}");
    assert!(!text.contains("swordfish"), "{text}");
}

#[test]
fn without_an_endpoint_there_is_nothing_to_try() {
    let output = run(&["check"], &[("RUST_LOG", "warn")]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.lines().any(|line| line.starts_with("RUST_LOG ") && line.contains("warn")));
    assert!(text.contains("nothing is exported over OTLP"), "{text}");
}
