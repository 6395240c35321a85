//! A span that lives through a million failures.

use netcause_layer::NetcauseLayer;
use netcause_record::{Export, Record};
use netcause_tests::child::{self, resident_bytes};
use netcause_tests::lines::record;
use tracing::{Span, error, info_span, warn};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::memory::NOBODY;
use crate::{refused, typed};

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
    const ROUNDS: usize = 1_000_000;
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
    let span = if round.is_multiple_of(2) {
        info_span!("call", server.address = host)
    } else {
        Span::none()
    };
    let _call = span.enter();
    error!(error = typed(&refused()), round, "failed");
}

#[test]
fn a_long_span_still_tells_the_last_failure_after_many() {
    let written = record(|| {
        let _job = info_span!("job").entered();
        for index in 0..50 {
            let call =
                info_span!("call", server.address = format!("host-{index}"), server.port = 1);
            call.in_scope(
                || warn!(error = %format!("failure {index:04}: operation timed out"), "failed"),
            );
        }
        error!(error = "job: failure 0049: operation timed out", "job failed");
        error!(error = "job: failure 0007: operation timed out", "job failed");
    });
    assert_eq!(written[50].peer(), (Some("host-49"), Some(1)), "{:?}", written[50]);
    assert_eq!(written[51].peer(), NOBODY, "{:?}", written[51]);
}
