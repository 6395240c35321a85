//! Faults remembered on spans: taken when they are meant, and only then.
//!
//! That a fault two minutes old is forgotten is a unit test of the memory itself.

use netcause_cli::peers::Peer;
use netcause_tests::lines::{Line, record};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tracing::{Instrument, error, info_span, warn};

use crate::{record_async, refused, typed};

pub(crate) const NOBODY: (Option<&str>, Option<i64>) = (None, None);

/// Logs the failure of one call in a span of its own, and closes it.
pub(crate) fn failing_call(host: &str, port: u16) {
    let _call = info_span!("call", server.address = host, server.port = port).entered();
    warn!(error = typed(&refused()), "the call failed");
}

/// The last line of what `work` sends.
pub(crate) fn last(work: impl FnOnce()) -> Line {
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
    let mut hosts: Vec<_> =
        lines[..5].iter().filter_map(|line| line.text("server.address")).collect();
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
        info_span!("request", otel.kind = "server", http.route = "/a")
            .in_scope(|| failing_call("db", 5432));
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
fn an_event_that_names_its_own_peer_takes_no_other() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        error!(error = %refused(), server.address = "cache", "job failed");
    });
    assert_eq!(line.peer(), (Some("cache"), None));
}

#[test]
fn an_event_in_a_span_that_names_a_peer_takes_no_other() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        failing_call("db", 5432);
        let _call = info_span!("call", server.address = "cache", server.port = 6379).entered();
        error!(error = %refused(), "call failed");
    });
    assert_eq!(line.peer(), (Some("cache"), Some(6379)));
}

#[test]
fn a_new_span_in_the_place_of_an_old_one_remembers_nothing() {
    let lines = record(|| {
        for host in ["db", "cache"] {
            let _job = info_span!("job").entered();
            error!(error = %refused(), "before any call");
            failing_call(host, 1);
        }
    });
    assert_eq!(lines[2].text("message"), Some("before any call"));
    assert_eq!(lines[2].peer(), NOBODY, "{:?}", lines[2]);
}

#[test]
fn requests_side_by_side_each_have_their_own_peer() {
    let lines = record_async(async {
        let request = |host: &'static str| {
            async move {
                tokio::task::yield_now().await;
                failing_call(host, 5432);
                tokio::task::yield_now().await;
                error!(error = %refused(), host_meant = host, "request failed");
            }
            .instrument(info_span!("request", otel.kind = "server", http.route = "/a"))
        };
        tokio::join!(request("db-1"), request("db-2"), request("db-3"));
    });
    let failed: Vec<_> = lines.iter().filter(|line| line.has("host_meant")).collect();
    assert_eq!(failed.len(), 3);
    for line in failed {
        assert_eq!(line.text("server.address"), line.text("host_meant"), "{line:?}");
    }
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
