use super::*;

fn given_up(phase: Phase, elapsed_ms: u64) -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::Cancelled);
    (fault.phase, fault.elapsed) = (Some(phase), Some(Duration::from_millis(elapsed_ms)));
    fault
}

fn peer(host: &str, port: Option<u16>, address: Option<&str>) -> Peer<'static> {
    Peer {
        server_address: (!host.is_empty()).then(|| host.to_owned().into()),
        server_port: port,
        peer_address: address.map(|address| address.parse().unwrap()),
        ..Peer::default()
    }
}

#[test]
fn a_timer_ends_what_it_can_have_ended() {
    use Reason::{ConnectTimeout, ResponseTimeout, Timeout};
    let may = |reason, phase| may_have_given_up(&Fault::of_reason(reason), &given_up(phase, 100));
    for phase in [Phase::Dns, Phase::Connect, Phase::Proxy, Phase::Tls] {
        let fits = [Timeout, ConnectTimeout, ResponseTimeout].map(|reason| may(reason, phase));
        assert_eq!(fits, [true, true, false], "{phase:?}");
    }
    for phase in [Phase::Request, Phase::Response, Phase::Body] {
        let fits = [Timeout, ConnectTimeout, ResponseTimeout].map(|reason| may(reason, phase));
        assert_eq!(fits, [true, false, true], "{phase:?}");
    }
    assert!(!may(Timeout, Phase::Pool));
    assert!(!may(Reason::ConnectRefused, Phase::Connect));
}

#[test]
fn a_timeout_that_the_peer_states_dropped_nothing() {
    let mut gateway = Fault::of_reason(Reason::ResponseTimeout);
    gateway.request.status = Some(504);
    assert!(!may_have_given_up(&gateway, &given_up(Phase::Response, 100)));
    let mut cancelled = Fault::of_reason(Reason::ResponseTimeout);
    cancelled.code = Some("57014".into());
    assert!(!may_have_given_up(&cancelled, &given_up(Phase::Response, 100)));
}

#[test]
fn a_timer_drops_nothing_that_ran_for_longer_than_it() {
    let mut fault = Fault::of_reason(Reason::Timeout);
    fault.timeout = Some(Duration::from_millis(100));
    assert!(may_have_given_up(&fault, &given_up(Phase::Connect, 101)));
    assert!(may_have_given_up(&fault, &given_up(Phase::Connect, 20)), "it began later");
    assert!(!may_have_given_up(&fault, &given_up(Phase::Connect, 500)));
}

#[test]
fn the_same_peer_is_known_by_name_or_by_address() {
    let reported = peer("db", Some(5432), Some("10.0.0.1"));
    let agreeing = [
        peer("", None, None),
        peer("DB", Some(5432), None),
        peer("db", None, None),
        peer("10.0.0.1", Some(5432), None),
        peer("", None, Some("10.0.0.1")),
    ];
    for own in agreeing {
        assert!(agrees(&own, &reported), "{own:?}");
    }
    let others = [
        peer("cache", Some(5432), None),
        peer("db", Some(5433), None),
        peer("10.0.0.2", Some(5432), None),
        peer("", None, Some("10.0.0.2")),
    ];
    for own in others {
        assert!(!agrees(&own, &reported), "{own:?}");
    }
}

#[test]
fn what_was_taken_says_so_however_much_is_known() {
    let mut reported = Fault::of_reason(Reason::ConnectRefused);
    for code in 1..=6 {
        reported.add_evidence(Evidence::OsError(code));
    }
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    complete_from(&mut fault, &reported, Duration::ZERO);
    assert_eq!(fault.evidence.last(), Some(&Evidence::Remembered(Duration::ZERO)));
    assert_eq!(fault.evidence.len(), MAX_EVIDENCE);
}
