//! Provoked failures: real clients against real failing peers on loopback, and what the
//! classifier makes of each error. Nothing here makes an error value by hand.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at a surprise and shows its table"
)]

mod case;
mod clients;
mod descriptors;
mod harmless;
mod http;
mod proxy;
mod sockets;
mod tls;
mod verdict;
mod world;

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use case::{Case, Outcome};
use verdict::Row;
use world::World;

/// Few at a time: limits are short, and the machine may have other work.
const AT_A_TIME: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_provoked_failure_has_the_right_category() {
    let cases = [sockets::cases(), http::cases(), tls::cases(), proxy::cases()];
    let rows = provoke_all(cases.into_iter().flatten().collect()).await;
    verdict::print(&rows);
    assert!(rows.len() >= 80, "only {} failures", rows.len());
    let wrong: Vec<_> = rows.iter().flat_map(Row::mistakes).collect();
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn other_errors_are_no_faults() {
    let errors = harmless::errors().await;
    assert!(errors.len() >= 25, "only {} errors", errors.len());
    let alarms: Vec<_> = errors.into_iter().flat_map(verdict::false_alarms).collect();
    assert!(alarms.is_empty(), "{} false alarms:\n{}", alarms.len(), alarms.join("\n"));
}

/// Provokes every case and keeps their order.
async fn provoke_all(cases: Vec<Case>) -> Vec<Row> {
    let world = Arc::new(World::new());
    let slots = Arc::new(Semaphore::new(AT_A_TIME));
    let mut running = JoinSet::new();
    let mut waiting = Vec::new();
    for (index, case) in cases.into_iter().enumerate() {
        let (failing, slots) = ((case.provoke)(Arc::clone(&world)), Arc::clone(&slots));
        waiting.push((case.client, case.name, case.expect));
        running.spawn(async move {
            let _slot = slots.acquire_owned().await;
            (index, failing.await)
        });
    }
    let outcomes = in_order(running.join_all().await);
    waiting.into_iter().zip(outcomes).map(|(case, outcome)| Row::new(case, outcome)).collect()
}

fn in_order(mut outcomes: Vec<(usize, Outcome)>) -> impl Iterator<Item = Outcome> {
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome)
}
