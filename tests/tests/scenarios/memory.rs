//! Faults remembered on spans: taken when they are meant, and only then.
//!
//! That a fault two minutes old is forgotten is a unit test of the memory itself.

use netcause_cli::peers::Peer;
use netcause_tests::child::{self, resident_bytes};
use netcause_tests::lines::{Line, Lines, record};
use netcause_layer::NetcauseLayer;
use netcause_record::{Export, Record};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tracing::{Instrument, Span, error, info, info_span, warn};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{record_async, refused, typed};

const NOBODY: (Option<&str>, Option<i64>) = (None, None);

/// Logs the failure of one call in a span of its own, and closes it.
fn failing_call(host: &str, port: u16) {
    let _call = info_span!("call", server.address = host, server.port = port).entered();
    warn!(error = typed(&refused()), "the call failed");
}

/// The last line of what `work` sends.
fn last(work: impl FnOnce()) -> Line {
    record(work).pop().unwrap()
}

#[test]
fn an_error_told_again_in_the_outer_span_has_its_peer() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        error!(error = %format!("no order: {}", refused()), "job failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.category(), Some("connect_refused"));
}

#[test]
fn an_error_that_says_something_else_has_no_peer() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        error!(error = "no order: operation timed out", "job failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn five_concurrent_children_with_one_error_text_leave_no_peer_to_claim() {
    let lines = record_async(async {
        let job = info_span!("job");
        let peers: Vec<_> = (0..5).map(|_| Peer::closed_port().unwrap()).collect();
        let mut calls = JoinSet::new();
        for (index, peer) in peers.iter().enumerate() {
            let host = format!("peer-{index}.test");
            let port = peer.port();
            let call = info_span!(parent: &job, "call", server.address = host, server.port = port);
            calls.spawn(connect(peer.addr).instrument(call));
        }
        calls.join_all().await;
        job.in_scope(|| error!(error = %refused(), "job failed"));
    });
    assert_eq!(lines.len(), 6, "{lines:?}");
    let mut hosts: Vec<_> = lines[..5].iter().filter_map(|line| line.text("server.address")).collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["peer-0.test", "peer-1.test", "peer-2.test", "peer-3.test", "peer-4.test"]);
    assert_eq!(lines[5].category(), Some("connect_refused"));
    assert_eq!(lines[5].peer(), NOBODY);
}

async fn connect(address: std::net::SocketAddr) {
    let error = TcpStream::connect(address).await.unwrap_err();
    error!(error = typed(&error), "the call failed");
}

#[test]
fn two_ports_of_one_host_are_two_peers() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        failing_call("db", 5433);
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn a_fault_without_a_peer_makes_the_text_anybodys() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        info_span!("other").in_scope(|| warn!(error = typed(&refused()), "somebody failed"));
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn a_spawned_task_without_a_span_takes_nothing() {
    let lines = record_async(async {
        let job = info_span!("job");
        job.in_scope(|| failing_call("db", 5432));
        let task = async { error!(error = %refused(), "task failed") };
        async { tokio::spawn(task).await.unwrap() }.instrument(job.clone()).await;
    });
    assert_eq!(lines[1].text("message"), Some("task failed"));
    assert_eq!(lines[1].peer(), NOBODY);
}

#[test]
fn a_spawned_task_without_a_span_gives_nothing() {
    let lines = record_async(async {
        let job = info_span!("job");
        async {
            tokio::spawn(async { failing_call("db", 5432) }).await.unwrap();
            error!(error = %refused(), "job failed");
        }
        .instrument(job.clone())
        .await;
    });
    assert_eq!(lines[0].peer(), (Some("db"), Some(5432)));
    assert_eq!(lines[1].peer(), NOBODY);
}

#[test]
fn a_spawned_task_with_the_span_takes_part() {
    let lines = record_async(async {
        let job = info_span!("job");
        let task = async { failing_call("db", 5432) }.instrument(job.clone());
        tokio::spawn(task).await.unwrap();
        job.in_scope(|| error!(error = %refused(), "job failed"));
    });
    assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
}

/// A job in which a call recovers, and then something unrelated fails with the same text.
fn after_recovery(recover: impl FnOnce()) {
    let line = last(|| {
        let _job = info_span!("job").entered();
        recover();
        error!(error = %refused(), "something else failed");
    });
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.peer(), NOBODY, "{line:?}");
}

#[test]
fn a_call_that_recovered_in_a_second_try_is_forgotten() {
    after_recovery(|| {
        failing_call("db", 5432);
        info_span!("call", server.address = "db", server.port = 5432).in_scope(|| ());
    });
}

#[test]
fn a_call_that_recovered_in_its_own_span_and_said_so_is_forgotten() {
    after_recovery(|| {
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        warn!(error = typed(&refused()), "trying again");
        info!("charged");
    });
}

#[test]
fn a_call_that_recovered_after_a_counted_try_is_forgotten() {
    after_recovery(|| {
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        for attempt in 0..3 {
            warn!(error = typed(&refused()), retry.attempt = attempt, retry.max_attempts = 5, "again");
        }
    });
}

#[test]
fn a_call_that_recovered_with_tries_in_spans_of_their_own_is_forgotten() {
    after_recovery(|| {
        let call = info_span!("charge", order = 7).entered();
        for attempt in 0..2 {
            let span = info_span!("try", server.address = "db", server.port = 5432, retry.attempt = attempt);
            span.in_scope(|| warn!(error = typed(&refused()), "again"));
        }
        info_span!("try", server.address = "db", server.port = 5432, retry.attempt = 2).in_scope(|| ());
        drop(call);
    });
}

#[test]
fn a_call_that_gave_up_is_remembered() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        let call = info_span!("call", server.address = "db", server.port = 5432).entered();
        for attempt in 0..=2 {
            warn!(error = typed(&refused()), retry.attempt = attempt, retry.max_attempts = 2, "failed");
        }
        drop(call);
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
}

#[test]
fn a_call_of_another_peer_that_went_well_forgets_nothing() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        info_span!("call", server.address = "cache", server.port = 6379).in_scope(|| ());
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
}

#[test]
fn memory_ends_at_the_span_that_serves_a_caller() {
    let line = last(|| {
        let _batch = info_span!("batch").entered();
        info_span!("request", otel.kind = "server", http.route = "/a").in_scope(|| failing_call("db", 5432));
        error!(error = %refused(), "another request failed");
    });
    assert_eq!(line.peer(), NOBODY);
}

#[test]
fn memory_ends_at_the_fourth_ancestor() {
    let told_from = |depth: usize| {
        last(|| {
            let mut spans = vec![info_span!("outermost")];
            for _ in 0..depth {
                let inner = info_span!(parent: spans.last().unwrap(), "nested");
                spans.push(inner);
            }
            spans.last().unwrap().in_scope(|| {
                let call = info_span!("call", server.address = "db", server.port = 5432);
                call.in_scope(|| warn!(error = typed(&refused()), "the call failed"));
            });
            spans[0].in_scope(|| error!(error = %refused(), "job failed"));
        })
    };
    assert_eq!(told_from(3).peer(), (Some("db"), Some(5432)));
    assert_eq!(told_from(4).peer(), NOBODY);
}

#[test]
fn what_is_remembered_fills_phase_and_attempt_too() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        let call = info_span!("call", server.address = "db", server.port = 5432);
        call.in_scope(|| {
            let error = refused();
            let error = typed(&error);
            warn!(error, retry.attempt = 5, retry.max_attempts = 5, elapsed_ms = 12, "failed");
        });
        drop(call);
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.number("retry.attempt"), Some(5), "{line:?}");
    assert_eq!(line.number("retry.max_attempts"), Some(5));
    assert_eq!(line.number("fault.elapsed_ms"), Some(12));
}

#[test]
fn a_message_speaks_of_a_remembered_fault_too() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        error!("job failed: {}", refused());
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
}

/// Counts records, so that only the layer is measured.
#[derive(Debug)]
struct Nowhere;

impl Export for Nowhere {
    fn export(&self, record: &Record<'_>) {
        assert!(record.fault.is_some());
    }
}

#[test]
fn a_span_that_lives_through_a_million_failures_stays_flat() {
    const ROUNDS: usize = if cfg!(debug_assertions) { 250_000 } else { 1_000_000 };
    let hosts: Vec<String> = (0..100).map(|index| format!("host-{index}.test")).collect();
    child::alone(|| {
        let subscriber = registry().with(NetcauseLayer::new(Nowhere));
        tracing::subscriber::set_global_default(subscriber).unwrap();
        let job = info_span!("job").entered();
        let rounds = |count: usize| (0..count).for_each(|round| one_failure(&hosts, round));
        rounds(2_000);
        let before = resident_bytes();
        rounds(ROUNDS);
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 2 << 20, "grew by {grown} bytes in {ROUNDS} failures");
        drop(job);
    });
}

/// Half the failures are told in the long span itself, half in a call of their own.
fn one_failure(hosts: &[String], round: usize) {
    let host = hosts[round % hosts.len()].as_str();
    let span = if round % 2 == 0 { info_span!("call", server.address = host) } else { Span::none() };
    let _call = span.enter();
    error!(error = typed(&refused()), round, "failed");
}

#[test]
fn a_long_span_still_tells_the_last_failure_after_many() {
    let lines = Lines::default();
    tracing::subscriber::with_default(registry().with(lines.layer()), || {
        let _job = info_span!("job").entered();
        for index in 0..50 {
            let call = info_span!("call", server.address = format!("host-{index}"), server.port = 1);
            call.in_scope(|| warn!(error = %format!("failure {index:04}: operation timed out"), "failed"));
        }
        error!(error = "job: failure 0049: operation timed out", "job failed");
        error!(error = "job: failure 0007: operation timed out", "job failed");
    });
    let written = lines.take();
    assert_eq!(written[50].peer(), (Some("host-49"), Some(1)), "{:?}", written[50]);
    assert_eq!(written[51].peer(), NOBODY, "{:?}", written[51]);
}
