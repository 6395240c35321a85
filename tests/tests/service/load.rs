//! Ten thousand requests, and a dependency that fails three of ten calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use netcause_tests::lines::{Line, Lines};
use netcause_tests::otel;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing_subscriber::prelude::*;

use crate::shop;

const REQUESTS: u64 = 10_000;

/// How failures are treated.
const WAYS: [&str; 6] = ["plain", "fallback", "retry", "retry-fallback", "again", "hang"];

/// Of these there are few, since each takes its time.
const HANGING: u64 = 100;

fn way(number: u64) -> &'static str {
    if number < HANGING { "hang" } else { WAYS[(number % 5) as usize] }
}

/// Asks for all; gives the statuses, none for what the client gave up.
async fn ask_all(shop: std::net::SocketAddr) -> HashMap<u64, Option<u16>> {
    let (client, slots) = (shop::client(), Arc::new(Semaphore::new(64)));
    let mut asking = JoinSet::new();
    for number in 0..REQUESTS {
        let (client, slots) = (client.clone(), slots.clone());
        asking.spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            let asked = shop::ask(&client, shop, way(number), number);
            let patience = Duration::from_secs(if way(number) == "hang" { 1 } else { 600 });
            let status = tokio::time::timeout(patience, asked).await;
            (number, status.ok().map(Result::unwrap))
        });
    }
    asking.join_all().await.into_iter().collect()
}

/// What the record of the dependency and the client's status amount to: outcome, calls,
/// calls that failed for good, retries.
fn expected(answers: &[u16], status: Option<u16>) -> (&'static str, i64, i64, i64) {
    let Some(status) = status else { return ("ok", 1, 0, 0) };
    let retries = answers.len() as i64 - 1;
    let has_failed = answers.last().is_some_and(|last| *last != 200);
    let outcome = match (has_failed, retries) {
        (true, _) if status >= 500 => "failed",
        (true, _) => "degraded",
        (false, 0) => "ok",
        (false, _) => "recovered",
    };
    (outcome, 1, i64::from(has_failed), retries)
}

fn told(line: &Line) -> (&str, i64, i64, i64) {
    let number = |key| line.number(key).unwrap();
    let outcome = line.text("impact.outcome").unwrap();
    (outcome, number("impact.calls"), number("impact.calls_failed"), number("impact.retries"))
}

fn level(outcome: &str, status: Option<u16>) -> &'static str {
    match (outcome, status) {
        (_, None) | ("degraded", _) => "WARN",
        ("failed", _) => "ERROR",
        _ => "INFO",
    }
}

fn check(line: &Line, answers: &[u16], status: Option<u16>) -> &'static str {
    let expected = expected(answers, status);
    assert_eq!(told(line), expected, "{answers:?} {}", line.raw());
    assert_eq!(line.text("severity"), Some(level(expected.0, status)), "{}", line.raw());
    assert_eq!(line.number("impact.status_code"), status.map(i64::from), "{}", line.raw());
    assert_eq!(line.text("http.route"), Some("/{how}/{number}"));
    let error = answers.last().filter(|last| **last != 200).map(ToString::to_string);
    let error = if status.is_none() { Some("cancelled".to_owned()) } else { error };
    assert_eq!(line.text("error.type"), error.as_deref(), "{}", line.raw());
    assert_eq!(line.has("fault.category"), error.is_some());
    if status.is_some() {
        assert_eq!(line.has("server.port"), error.is_some(), "{}", line.raw());
    } else {
        let evidence = line.get("fault.evidence").unwrap().to_string();
        assert!(evidence.contains("had been under way"), "{evidence}");
    }
    expected.0
}

#[test]
fn every_request_has_a_line_and_each_tells_what_the_dependency_did_to_it() {
    let (lines, spans) = (Lines::default(), otel::Spans::default());
    let subscriber = tracing_subscriber::registry().with(spans.layer()).with(lines.layer());
    crate::trace::install();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (prices, statuses) = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let (prices, shop) = shop::open().await;
            let statuses = ask_all(shop).await;
            // The lines of what was given up come once the server has noticed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            (prices, statuses)
        })
    });
    let requests: Vec<Line> = lines
        .take()
        .into_iter()
        .filter(|line| line.text("target") == Some("netcause::request"))
        .collect();
    assert_eq!(requests.len() as u64, REQUESTS);
    let by_trace: HashMap<&str, &Line> =
        requests.iter().map(|line| (line.text("trace_id").unwrap(), line)).collect();
    let mut outcomes = HashMap::new();
    for (number, status) in statuses {
        let line = by_trace[shop::trace_id(number).as_str()];
        let outcome = check(line, &prices.answers(number), status);
        *outcomes.entry((way(number), outcome)).or_insert(0_u32) += 1;
    }
    println!("{outcomes:#?}");
    // Each way was put to the test.
    for found in [
        ("plain", "failed"),
        ("fallback", "degraded"),
        ("retry", "recovered"),
        ("retry", "failed"),
        ("retry-fallback", "degraded"),
        ("again", "recovered"),
        ("again", "failed"),
        ("hang", "ok"),
    ] {
        assert!(outcomes.get(&found).is_some_and(|count| *count >= 20), "{found:?}");
    }
}
