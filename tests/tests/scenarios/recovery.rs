//! A call that failed and recovered, and then a failure that has nothing to do with it.

use tracing::{error, info, info_span, warn};

use crate::memory::{NOBODY, failing_call, last};
use crate::{refused, typed};

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
            warn!(
                error = typed(&refused()),
                retry.attempt = attempt,
                retry.max_attempts = 5,
                "again"
            );
        }
    });
}

#[test]
fn a_call_that_recovered_with_tries_in_spans_of_their_own_is_forgotten() {
    after_recovery(|| {
        let call = info_span!("charge", order = 7).entered();
        for attempt in 0..2 {
            let span = info_span!(
                "try",
                server.address = "db",
                server.port = 5432,
                retry.attempt = attempt
            );
            span.in_scope(|| warn!(error = typed(&refused()), "again"));
        }
        info_span!("try", server.address = "db", server.port = 5432, retry.attempt = 2)
            .in_scope(|| ());
        drop(call);
    });
}

#[test]
fn a_call_that_recovered_with_counted_tries_below_it_is_forgotten() {
    after_recovery(|| {
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        for attempt in 0..2 {
            let span = info_span!("try", retry.attempt = attempt, retry.max_attempts = 5);
            span.in_scope(|| warn!(error = typed(&refused()), "again"));
        }
        info_span!("try", retry.attempt = 2, retry.max_attempts = 5).in_scope(|| ());
    });
}

#[test]
fn a_call_that_gave_up_is_remembered() {
    let line = last(|| {
        let _job = info_span!("job").entered();
        let call = info_span!("call", server.address = "db", server.port = 5432).entered();
        for attempt in 0..=2 {
            warn!(
                error = typed(&refused()),
                retry.attempt = attempt,
                retry.max_attempts = 2,
                "failed"
            );
        }
        drop(call);
        error!(error = %refused(), "job failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
}
