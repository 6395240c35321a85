//! Faults that our code reports on the span of a call: told by whatever logs the failure later.

use std::error::Error;
use std::io;
use std::time::Duration;

use netcause_fault::{Evidence, Fault, Limit, Phase, Reason, WithFault};
use netcause_tests::lines::Line;
use tracing::field::Empty;
use tracing::{Span, error, info_span, warn};

use crate::memory::{NOBODY, failing_call, last};
use crate::{refused, typed};

/// What a connector knows of a refused connection.
fn refusal(host: &'static str) -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some(host.into());
    fault.peer.server_port = Some(5432);
    fault.peer.peer_address = Some([10, 3, 7, 19].into());
    fault.peer.local_address = Some([10, 3, 1, 4].into());
    fault.phase = Some(Phase::Connect);
    fault.elapsed = Some(Duration::from_millis(2));
    fault.add_evidence(Evidence::ResetOnConnect);
    fault
}

/// What a connector knows when it is dropped.
fn dropped(host: &'static str, phase: Phase) -> Fault<'static> {
    let mut fault = refusal(host);
    (fault.category, fault.reason) = (netcause_fault::Category::Cancelled, Some(Reason::Cancelled));
    (fault.phase, fault.elapsed) = (Some(phase), Some(Duration::from_millis(101)));
    fault.evidence.clear();
    fault.add_evidence(Evidence::Unanswered(1));
    fault
}

/// Reports a fault on a span of its own, and closes it.
fn report(error: impl Into<Box<dyn Error + Send + Sync>>, fault: Fault<'static>) {
    let span = info_span!("call", error = Empty);
    record(&span, error, fault);
}

fn record(span: &Span, error: impl Into<Box<dyn Error + Send + Sync>>, fault: Fault<'static>) {
    let error = WithFault::new(error, fault);
    span.record("error", &error as &(dyn Error + 'static));
}

/// The line of a job in which something is reported and an error logged as text.
fn told(reports: impl FnOnce(), error: &str) -> Line {
    last(|| {
        let _job = info_span!("job").entered();
        reports();
        error!(error, "job failed");
    })
}

fn evidence(line: &Line) -> Vec<String> {
    let facts = line.get("fault.evidence").and_then(|facts| facts.as_array().cloned());
    facts.unwrap_or_default().iter().filter_map(|fact| Some(fact.as_str()?.to_owned())).collect()
}

#[test]
fn a_text_of_the_same_failure_has_all_that_was_known() {
    let line = told(|| report(refused(), refusal("db")), &format!("no order: {}", refused()));
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.text("network.peer.address"), Some("10.3.7.19"));
    assert_eq!(line.text("network.local.address"), Some("10.3.1.4"));
    assert_eq!(line.text("fault.phase"), Some("connect"));
    assert_eq!(line.number("fault.elapsed_ms"), Some(2));
    let told = evidence(&line);
    assert!(told.contains(&Evidence::ResetOnConnect.to_string()), "{told:?}");
    assert!(
        told.last().is_some_and(|last| last.starts_with("peer taken from the same failure")),
        "{told:?}"
    );
}

#[test]
fn a_try_and_the_limit_are_told_too() {
    let mut fault = refusal("db");
    fault.attempts.attempt = Some(2);
    fault.attempts.max_attempts = Some(5);
    (fault.limit, fault.timeout) = (Some(Limit::Total), Some(Duration::from_secs(2)));
    let line = told(|| report(refused(), fault), &refused().to_string());
    assert_eq!(line.number("retry.attempt"), Some(2));
    assert_eq!(line.number("retry.max_attempts"), Some(5));
    assert_eq!(line.number("fault.timeout_ms"), Some(2000));
}

#[test]
fn an_error_of_something_else_takes_nothing() {
    let line = told(|| report(refused(), refusal("db")), "Connection reset by peer (os error 104)");
    assert_eq!(line.peer(), NOBODY);
    assert_eq!(line.text("fault.phase"), None);
}

#[test]
fn two_peers_with_one_text_claim_none() {
    let reports = || ["db", "cache"].iter().for_each(|host| report(refused(), refusal(host)));
    assert_eq!(told(reports, &refused().to_string()).peer(), NOBODY);
}

#[test]
fn a_report_is_no_field_of_the_lines_inside() {
    let line = last(|| {
        let span = info_span!("call", error = Empty);
        record(&span, refused(), refusal("db"));
        span.in_scope(|| tracing::info!("still here"));
    });
    assert!(!line.has("error") && !line.has("fields.error"), "{line:?}");
    assert_eq!(line.category(), None);
}

#[test]
fn an_error_without_a_fault_stays_a_field() {
    let line = last(|| {
        let span = info_span!("call", error = Empty);
        span.record("error", typed(&refused()));
        span.in_scope(|| tracing::info!("still here"));
    });
    assert_eq!(line.text("fields.error"), Some("Connection refused (os error 111)"), "{line:?}");
}

#[test]
fn a_fault_may_be_there_from_the_start() {
    let reports = || {
        let error = WithFault::new(refused(), refusal("db"));
        drop(info_span!("call", error = &error as &(dyn Error + 'static)));
    };
    assert_eq!(told(reports, &refused().to_string()).peer(), (Some("db"), Some(5432)));
}

#[test]
fn a_timer_right_after_tells_what_it_dropped() {
    let reports = || report("given up", dropped("db", Phase::Connect));
    let line = told(reports, "no order: deadline has elapsed");
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.category(), Some("connect_timeout"));
    assert_eq!(line.text("fault.phase"), Some("connect"));
    assert_eq!(line.number("fault.elapsed_ms"), Some(101));
    assert!(evidence(&line).contains(&Evidence::Unanswered(1).to_string()), "{line:?}");
    assert_eq!(line.text("fault.retry"), Some("yes"), "nothing was sent");
}

#[test]
fn a_timer_that_dropped_a_lookup_is_one_of_names() {
    let line = told(|| report("", dropped("db", Phase::Dns)), "operation timed out");
    assert_eq!((line.category(), line.text("fault.phase")), (Some("dns"), Some("dns")));
    assert_eq!(line.text("error.type"), Some("dns_timeout"));
}

#[test]
fn what_was_dropped_is_nothing_to_an_error_that_is_no_timer() {
    let line = told(|| report("given up", dropped("db", Phase::Connect)), &refused().to_string());
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn a_timer_of_the_answer_did_not_drop_a_connect() {
    let reports = || report("", dropped("db", Phase::Connect));
    let line = told(reports, "504 Gateway Timeout");
    assert_eq!(line.peer(), NOBODY, "{line:?}");
}

#[test]
fn two_peers_dropped_claim_none() {
    let reports = || {
        report("", dropped("db", Phase::Connect));
        report("", dropped("cache", Phase::Connect));
    };
    assert_eq!(told(reports, "operation timed out").peer(), NOBODY);
}

#[test]
fn a_peer_dropped_and_another_that_said_the_same_claim_none() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        info_span!("call", server.address = "cache", server.port = 6379)
            .in_scope(|| warn!(error = "operation timed out", "the call failed"));
        report("", dropped("db", Phase::Connect));
        error!(error = "operation timed out", "job failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn a_timer_long_after_dropped_something_else() {
    // A second, for which what was dropped is taken for the timer's.
    let reports = || {
        report("", dropped("db", Phase::Connect));
        std::thread::sleep(Duration::from_millis(1050));
    };
    assert_eq!(told(reports, "operation timed out").peer(), NOBODY);
}

#[test]
fn fields_that_name_the_same_peer_take_what_is_known_and_others_do_not() {
    let line_at = |host: &str| {
        last(|| {
            let _call = info_span!("call", server.address = host, server.port = 5432).entered();
            report(refused(), refusal("db"));
            error!(error = %refused(), "call failed");
        })
    };
    let same = line_at("db");
    assert_eq!(same.text("network.peer.address"), Some("10.3.7.19"));
    let other = line_at("cache");
    assert_eq!(other.peer(), (Some("cache"), Some(5432)));
    assert_eq!(other.text("network.peer.address"), None);
}

#[test]
fn an_event_in_between_does_not_make_it_forget() {
    let reports = || {
        let call = info_span!("call", error = Empty);
        record(&call, refused(), refusal("db"));
        call.in_scope(|| warn!(error = %refused(), "trying again"));
    };
    let line = told(reports, &refused().to_string());
    assert_eq!(line.text("network.peer.address"), Some("10.3.7.19"));
}

#[test]
fn an_answer_on_the_span_of_the_next_try_forgets_it() {
    let reports = || {
        let call = info_span!("call", server.address = "db", server.port = 5432, error = Empty);
        record(&call, refused(), refusal("db"));
        drop(call);
        let again = info_span!(
            "call",
            server.address = "db",
            server.port = 5432,
            http.response.status_code = Empty
        );
        again.record("http.response.status_code", 200);
    };
    assert_eq!(told(reports, &refused().to_string()).peer(), NOBODY);
}

#[test]
fn a_typed_error_with_just_this_fault_says_it_once() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        let error = WithFault::new(refused(), refusal("db"));
        let call = info_span!("call", error = Empty);
        call.record("error", &error as &(dyn Error + 'static));
        drop(call);
        error!(error = &error as &(dyn Error + 'static), "job failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(evidence(&line), [Evidence::ResetOnConnect.to_string()]);
}

#[test]
fn memory_of_reports_ends_at_the_span_that_serves_a_caller() {
    let line = last(|| {
        let _batch = info_span!("batch").entered();
        info_span!("request", otel.kind = "server", http.route = "/a")
            .in_scope(|| report(refused(), refusal("db")));
        error!(error = %refused(), "another request failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn an_error_that_panics_while_it_is_recorded_harms_nobody() {
    #[derive(Debug)]
    struct Panics;
    impl std::fmt::Display for Panics {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("while it is recorded")
        }
    }
    impl Error for Panics {}
    let reports = || report(io::Error::other(Panics), refusal("db"));
    assert_eq!(
        told(reports, "Connection refused (os error 111)").category(),
        Some("connect_refused")
    );
    let reports = || failing_call("cache", 1);
    assert_eq!(told(reports, &refused().to_string()).peer(), (Some("cache"), Some(1)));
}

#[test]
fn a_text_that_is_too_long_to_be_remembered_whole_is_told_by_who_names_the_peer() {
    let long = format!("no order, because {} happened: ", "much that is long ".repeat(8));
    let line_of =
        |error: &str| told(|| report(format!("{long}Connection refused"), refusal("db")), error);
    let unnamed = line_of(&format!("{long}Connection refused"));
    assert_eq!(unnamed.peer(), NOBODY);
    let named = line_of(&format!("http://db:5432/: {long}Connection refused"));
    assert_eq!(named.text("network.peer.address"), Some("10.3.7.19"), "{named:?}");
}
