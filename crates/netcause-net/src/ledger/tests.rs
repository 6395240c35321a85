use std::sync::Arc;
use std::thread;
use std::time::Duration;

use netcause_fault::{Category, Evidence, Fault, Phase, Reason};

use super::failure::{Failure, is_answer};
use super::peer::{Moment, Peer};
use super::*;

fn at(millis: u64) -> Moment {
    Moment::after(Duration::from_millis(millis))
}

fn peer() -> Peer {
    Peer::new(0, "db", 5432, at(0), true)
}

fn refused() -> Failure {
    Failure { category: Category::ConnectRefused, needs: Reach::Connected, answered: false }
}

fn fault(reason: Reason) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.peer.server_address = Some("db".into());
    fault.peer.server_port = Some(5432);
    fault
}

fn answer(category: Category, status: u16) -> Fault<'static> {
    let mut fault = Fault { category, ..fault(Reason::Timeout) };
    fault.reason = None;
    fault.request.status = Some(status);
    fault
}

/// Fails every 10 ms from one time to another; when the outage was told, if it was.
fn fail(peer: &mut Peer, from: u64, to: u64) -> Vec<u64> {
    let times = (from..to).step_by(10);
    times.filter(|time| peer.fail(at(*time), &refused(), &Onset::default()).is_some()).collect()
}

#[test]
fn an_outage_is_told_once_after_a_second_and_its_end_once() {
    let mut peer = peer();
    assert_eq!(fail(&mut peer, 0, 60_000), [1_000]);
    let back = peer.reach(at(60_000), Reach::Connected).expect("it was down");
    assert_eq!((back.failures, back.lasted), (6_000, Duration::from_secs(60)));
    assert!(peer.reach(at(60_001), Reach::Connected).is_none());
}

#[test]
fn a_burst_of_failures_within_a_second_is_no_outage_and_neither_are_four_in_an_hour() {
    let mut peer = peer();
    assert!(fail(&mut peer, 0, 1_000).is_empty());
    assert!(peer.reach(at(1_000), Reach::Answered).is_none());
    for hour in 1..5 {
        assert!(peer.fail(at(hour * 3_600_000), &refused(), &Onset::default()).is_none());
    }
    assert!(peer.fail(at(5 * 3_600_000), &refused(), &Onset::default()).is_some());
}

#[test]
fn a_success_between_keeps_a_peer_well_whatever_the_rate_of_failures() {
    let mut peer = peer();
    for time in (0..60_000).step_by(10) {
        if time % 100 == 0 {
            assert!(peer.reach(at(time), Reach::Connected).is_none());
        } else {
            assert!(peer.fail(at(time), &refused(), &Onset::default()).is_none());
        }
    }
}

#[test]
fn a_peer_that_flaps_is_told_of_a_few_times_and_an_outage_that_lasts_is_always() {
    let mut peer = peer();
    let mut told = 0;
    // An hour of two seconds down and two seconds up.
    for start in (0..3_600_000).step_by(4_000) {
        told += fail(&mut peer, start, start + 2_000).len();
        peer.reach(at(start + 2_000), Reach::Connected);
    }
    assert!((1..=12).contains(&told), "told {told} times");
    assert_eq!(fail(&mut peer, 3_600_000, 3_700_000).len(), 1);
}

#[test]
fn a_peer_that_was_well_for_ten_minutes_has_a_clean_record() {
    let mut peer = peer();
    for start in [0, 700_000, 1_400_000] {
        assert_eq!(fail(&mut peer, start, start + 2_000), [start + 1_000]);
        assert!(peer.reach(at(start + 2_000), Reach::Connected).is_some());
    }
}

#[test]
fn a_connection_does_not_clear_failures_of_answers_nor_of_tls() {
    for (needs, clears) in [
        (Reach::Connected, [true, true, true]),
        (Reach::Secured, [false, true, true]),
        (Reach::Answered, [false, false, true]),
    ] {
        for (reach, clears) in
            [Reach::Connected, Reach::Secured, Reach::Answered].into_iter().zip(clears)
        {
            let mut peer = peer();
            peer.fail(at(0), &Failure { needs, ..refused() }, &Onset::default());
            peer.reach(at(1), reach);
            assert_eq!(peer.run.is_none(), clears, "{needs:?} {reach:?}");
        }
    }
}

#[test]
fn a_run_of_both_kinds_ends_with_an_answer() {
    let mut peer = peer();
    let hung = Failure { needs: Reach::Answered, ..refused() };
    peer.fail(at(0), &hung, &Onset::default());
    peer.fail(at(1), &refused(), &Onset::default());
    peer.reach(at(2), Reach::Connected);
    assert_eq!(peer.run.map(|run| run.failures), Some(2));
}

#[test]
fn what_is_no_doing_of_the_peer_does_not_count() {
    for reason in [
        Reason::Cancelled,
        Reason::TooManyOpenFiles,
        Reason::AddressNotAvailable,
        Reason::PoolTimeout,
        Reason::ProxyConnectFailed,
        Reason::ProxyAuthRequired,
        Reason::BodyDecodeError,
    ] {
        assert!(Failure::of(&fault(reason)).is_none(), "{reason}");
        assert!(!is_answer(&fault(reason)), "{reason}");
    }
    for reason in [
        Reason::DnsHostNotFound,
        Reason::ConnectRefused,
        Reason::ConnectTimeout,
        Reason::HostUnreachable,
        Reason::TlsCertificateExpired,
        Reason::ConnectionReset,
        Reason::ResponseTimeout,
        Reason::Timeout,
        Reason::InvalidResponse,
    ] {
        assert!(Failure::of(&fault(reason)).is_some(), "{reason}");
    }
}

#[test]
fn an_answer_that_refuses_one_request_shows_that_the_peer_is_there() {
    let ledger = Ledger::new(10);
    for (category, status) in
        [(Category::HttpClientError, 404), (Category::Auth, 401), (Category::RateLimited, 429)]
    {
        ledger.failed(&mut fault(Reason::ResponseTimeout));
        ledger.failed(&mut answer(category, status));
        let history = ledger.history("db", 5432).expect("it is known");
        assert_eq!((history.failures, history.answered.is_some()), (0, true), "{status}");
    }
    ledger.failed(&mut answer(Category::HttpServerError, 500));
    assert_eq!(ledger.history("db", 5432).map(|it| it.failures), Some(1));
}

#[test]
fn a_deadlock_is_an_answer_of_a_healthy_database() {
    let mut conflict = fault(Reason::Timeout);
    (conflict.category, conflict.code) = (Category::Unavailable, Some("40P01".into()));
    assert!(Failure::of(&conflict).is_none() && is_answer(&conflict));
    conflict.code = Some("57P03".into());
    assert!(Failure::of(&conflict).is_some());
}

#[test]
fn evidence_tells_the_history_of_the_peer() {
    let ledger = Ledger::new(10);
    let mut first = fault(Reason::ConnectRefused);
    ledger.failed(&mut first);
    assert_eq!(first.evidence.as_slice(), [Evidence::NeverReached]);

    ledger.reached("db", 5432, Reach::Connected);
    ledger.failed(&mut fault(Reason::ConnectRefused));
    let mut third = fault(Reason::ConnectRefused);
    ledger.failed(&mut third);
    assert!(matches!(
        third.evidence.as_slice(),
        [Evidence::LastReached(_), Evidence::FailuresInARow(2, _)]
    ));
}

#[test]
fn a_connection_is_no_evidence_where_the_answer_failed() {
    let ledger = Ledger::new(10);
    ledger.reached("db", 5432, Reach::Connected);
    let mut hung = fault(Reason::ResponseTimeout);
    ledger.failed(&mut hung);
    assert!(hung.evidence.is_empty(), "{:?}", hung.evidence);

    ledger.reached("db", 5432, Reach::Answered);
    ledger.failed(&mut hung);
    assert!(matches!(hung.evidence.as_slice(), [Evidence::LastReached(_)]));

    // What has just answered needs not be said to have been reached.
    let mut failed = answer(Category::HttpServerError, 500);
    ledger.failed(&mut failed);
    assert!(matches!(failed.evidence.as_slice(), [Evidence::FailuresInARow(2, _)]));
}

#[test]
fn a_name_that_moved_is_told_and_a_name_of_many_addresses_is_not() {
    let moved = |before: &[IpAddr], after: &[IpAddr]| {
        let ledger = Ledger::new(10);
        ledger.resolved("db", 5432, before);
        ledger.reached("db", 5432, Reach::Connected);
        ledger.resolved("db", 5432, after);
        let mut fault = fault(Reason::ConnectTimeout);
        fault.phase = Some(Phase::Connect);
        ledger.failed(&mut fault);
        fault.evidence.contains(&Evidence::AddressesChanged)
    };
    let address = |last: u8| IpAddr::from([10, 0, 0, last]);
    let many: Vec<_> = (0..20).map(address).collect();
    assert!(moved(&[address(1)], &[address(2)]));
    assert!(!moved(&[address(1), address(2)], &[address(2), address(3)]));
    assert!(!moved(&many, &[address(99)]));
    assert!(!moved(&[], &[address(1)]));
}

#[test]
fn one_peer_has_one_name_in_whatever_case() {
    // Large enough for both wherever their hashes lead.
    let ledger = Ledger::new(100);
    ledger.reached("DB.Example", 5432, Reach::Connected);
    ledger.reached("[::1]", 5432, Reach::Connected);
    assert!(ledger.history("db.example", 5432).is_some());
    assert!(ledger.history("::1", 5432).is_some());
    assert!(ledger.history("db.example", 5433).is_none());
    assert_eq!(ledger.len(), 2);
    let too_long = "x".repeat(300);
    ledger.reached(&too_long, 1, Reach::Connected);
    assert_eq!(ledger.len(), 2);
}

#[test]
fn nothing_grows_and_a_forgotten_peer_is_not_said_to_have_never_been_reached() {
    let ledger = Ledger::new(64);
    let most = (64 + 16_usize).div_ceil(SHARDS) * SHARDS;
    for index in 0..10_000 {
        ledger.reached(&format!("host-{index}"), 80, Reach::Answered);
    }
    assert!(ledger.len() <= most, "{}", ledger.len());
    let mut fault = fault(Reason::ConnectRefused);
    fault.peer.server_address = Some("host-0".into());
    fault.peer.server_port = Some(80);
    ledger.failed(&mut fault);
    assert!(fault.evidence.is_empty(), "{:?}", fault.evidence);
}

#[test]
fn a_peer_that_is_down_outlives_peers_that_are_called_later() {
    let ledger = Ledger::new(64).with_onset(Onset { failures: 1, lasting: Duration::ZERO });
    ledger.failed(&mut fault(Reason::ConnectRefused));
    for index in 0..10_000 {
        ledger.reached(&format!("host-{index}"), 80, Reach::Answered);
    }
    assert_eq!(ledger.history("db", 5432).map(|it| it.is_bad), Some(true));
}

#[test]
fn peers_are_noted_from_many_threads_and_none_is_lost() {
    let ledger = Arc::new(Ledger::new(10_000));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ledger = Arc::clone(&ledger);
            thread::spawn(move || {
                for index in 0..10_000 {
                    let mut fault = fault(Reason::ConnectRefused);
                    fault.peer.server_address = Some(format!("host-{index}").into());
                    ledger.failed(&mut fault);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|it| it.join().expect("it does not panic"));
    assert_eq!(ledger.len(), 10_000);
    for index in 0..10_000 {
        let history = ledger.history(&format!("host-{index}"), 5432);
        assert_eq!(history.map(|it| it.failures), Some(4), "host-{index}");
    }
}
