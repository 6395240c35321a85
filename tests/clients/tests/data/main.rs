//! Clients of databases and of messaging, against peers that speak just enough of the
//! protocol to fail.

#![allow(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod amqp;
mod amqp_wire;
mod connecting;
mod harmless;
mod mongo;
mod mongo_wire;
mod mysql;
mod mysql_wire;
mod nats;
mod pools;
mod postgres;
mod postgres_wire;
mod redis;
mod redis_wire;
mod wire;

use netcause_client_tests::{Case, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_has_the_right_category() {
    let cases: Vec<Case> = [
        postgres::cases(),
        pools::cases(),
        mysql::cases(),
        redis::cases(),
        mongo::cases(),
        amqp::cases(),
        nats::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let report = run("Databases and messaging", cases).await;
    assert!(report.n_clients() >= 8, "only {} clients", report.n_clients());
    report.assert_right(165);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_errors_are_no_faults() {
    run("No faults", harmless::cases()).await.assert_right(36);
}
