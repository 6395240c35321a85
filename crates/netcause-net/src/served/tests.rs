use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{Fault, Reason};
use tracing::{Instrument, info_span};
use tracing_subscriber::prelude::*;

use super::*;
use crate::Operation;

const MS: Duration = Duration::from_millis(1);

fn fault(reason: Reason) -> Arc<Fault<'static>> {
    Arc::new(Fault::of_reason(reason))
}

fn add(served: &Served, host: &str, ended: Ended<'_>, attempt: Option<Attempt>) {
    let finished = FinishedTry { attempt, ..FinishedTry::new(host, Some(80), MS, ended) };
    served.add(&finished);
}

/// Outcome for a good answer, calls, failed ones, retries.
fn counts(served: &Served) -> (Outcome, u32, u32, u32) {
    let impact = served.impact(false);
    (impact.outcome, impact.calls, impact.calls_failed, impact.retries)
}

#[test]
fn tries_of_one_operation_are_one_call_that_recovers() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    let operation = Operation::new(Some(3));
    add(&served, "db", Ended::Failed(&refused), Some(operation.attempt(0)));
    assert_eq!(counts(&served), (Outcome::Degraded, 1, 1, 0));
    add(&served, "db", Ended::Failed(&refused), Some(operation.attempt(1)));
    add(&served, "db", Ended::Well, Some(operation.attempt(2)));
    assert_eq!(counts(&served), (Outcome::Recovered, 1, 0, 2));
    assert_eq!(served.impact(true).fault, None);
}

#[test]
fn an_operation_that_gives_up_has_failed_for_good() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    for attempt in Operation::new(Some(2)).attempts() {
        add(&served, "db", Ended::Failed(&refused), Some(attempt));
    }
    add(&served, "cache", Ended::Well, None);
    assert_eq!(counts(&served), (Outcome::Degraded, 2, 1, 2));
    let impact = served.impact(true);
    assert_eq!(impact.outcome, Outcome::Failed);
    assert_eq!(impact.fault, Some(refused));
    assert_eq!(impact.slowest_peer.as_deref(), Some("db:80"), "all its tries together");
}

#[test]
fn two_operations_at_a_time_are_told_apart() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    let (one, other) = (Operation::new(None), Operation::new(None));
    add(&served, "db", Ended::Failed(&refused), Some(one.attempt(0)));
    add(&served, "db", Ended::Failed(&refused), Some(other.attempt(0)));
    add(&served, "db", Ended::Well, Some(other.attempt(1)));
    assert_eq!(counts(&served), (Outcome::Degraded, 2, 1, 1));
    add(&served, "db", Ended::Well, Some(one.attempt(1)));
    assert_eq!(counts(&served), (Outcome::Recovered, 2, 0, 2));
}

#[test]
fn a_part_of_a_try_that_went_well_does_not_hide_one_that_failed() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    let operation = Operation::new(Some(1));
    add(&served, "login", Ended::Well, Some(operation.attempt(0)));
    add(&served, "api", Ended::Failed(&refused), Some(operation.attempt(0)));
    add(&served, "api", Ended::Well, Some(operation.attempt(0)));
    assert_eq!(counts(&served), (Outcome::Degraded, 2, 1, 0));
}

#[test]
fn the_same_again_is_a_retry_and_another_one_is_not() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    let get = |identity, ended| FinishedTry {
        identity: Some(identity),
        ..FinishedTry::new("api", Some(80), MS, ended)
    };
    assert!(!served.has_failures());
    served.add(&get(1, Ended::Failed(&refused)));
    assert!(served.has_failures());
    served.add(&get(2, Ended::Well));
    assert_eq!(counts(&served), (Outcome::Degraded, 2, 1, 0));
    served.add(&get(1, Ended::Well));
    assert_eq!(counts(&served), (Outcome::Recovered, 2, 0, 1));
    served.add(&get(1, Ended::Well));
    assert_eq!(counts(&served), (Outcome::Recovered, 3, 0, 1), "it is read anew");
}

#[test]
fn the_last_fault_that_nothing_made_good_is_the_one() {
    let served = Served::new();
    let (refused, reset) = (fault(Reason::ConnectRefused), fault(Reason::ConnectionReset));
    let operation = Operation::new(Some(1));
    add(&served, "cache", Ended::Failed(&refused), None);
    add(&served, "db", Ended::Failed(&reset), Some(operation.attempt(0)));
    assert_eq!(served.impact(true).fault, Some(reset));
    add(&served, "db", Ended::Well, Some(operation.attempt(1)));
    assert_eq!(served.impact(true).fault, Some(refused));
}

#[test]
fn what_was_under_way_at_the_end_did_not_fail() {
    let served = Served::new();
    add(&served, "2001:db8::1", Ended::Unfinished, None);
    assert_eq!(counts(&served), (Outcome::Ok, 1, 0, 0));
    assert_eq!(served.impact(true).unfinished, Some(("[2001:db8::1]:80".to_owned(), MS)));
}

#[test]
fn of_more_calls_than_are_kept_the_counts_stay_right() {
    let (served, refused) = (Served::new(), fault(Reason::ConnectRefused));
    for _ in 0..1000 {
        add(&served, "db", Ended::Failed(&refused), Some(Operation::new(None).attempt(0)));
        add(&served, "db", Ended::Well, None);
    }
    assert_eq!(counts(&served), (Outcome::Degraded, 2000, 1000, 0));
    assert_eq!(served.impact(true).fault, Some(refused));
}

#[test]
fn what_the_code_says_stands() {
    let served = Served::new();
    served.set_outcome(Outcome::Degraded);
    assert_eq!(served.impact(true).outcome, Outcome::Degraded);
}

#[tokio::test]
async fn a_spawned_task_takes_part_when_carried_and_not_else() {
    let found = Served::new().scope(async {
        let alone = tokio::spawn(async { Served::current().is_some() });
        let carried = tokio::spawn(carry(async { Served::current().is_some() }));
        (alone.await.unwrap(), carried.await.unwrap())
    });
    assert_eq!(found.await, (false, true));
}

#[tokio::test]
async fn a_task_in_a_span_inside_the_requests_finds_it() {
    let _subscriber = tracing_subscriber::registry().set_default();
    let served = Served::new();
    let request = info_span!("request");
    served.attach(&request);
    let inside = info_span!(parent: &request, "inside");
    let work = async {
        let found = Served::current();
        found.is_some_and(|found| Arc::ptr_eq(&found.0, &served.0))
    };
    assert!(work.instrument(inside).await);
    assert!(Served::current().is_none());
}
