use std::net::IpAddr;
use std::time::Duration;

use crate::Cause::{
    ClientDeadline, Firewall, LocalLimits, Misconfiguration, NetworkPath, PeerDown, PeerOverloaded,
};
use crate::Confidence::{Certain, Likely, Possible};
use crate::{
    Category, Cause, Confidence, Evidence, Fault, Icmp, IcmpSender, Limit, Phase, Reason, Retry,
};

const ROUTER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
const A_MOMENT: Duration = Duration::from_secs(2);

fn connecting(reason: Reason, facts: &[Evidence<'static>]) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.phase = Some(Phase::Connect);
    fault.peer.peer_address = Some([10, 3, 7, 19].into());
    fault.peer.peer_port = Some(5432);
    facts.iter().for_each(|fact| fault.add_evidence(fact.clone()));
    fault.diagnose();
    fault
}

fn verdict(reason: Reason, facts: &[Evidence<'static>]) -> (Cause, Confidence) {
    let fault = connecting(reason, facts);
    (fault.cause, fault.confidence)
}

fn hint(reason: Reason, facts: &[Evidence<'static>]) -> String {
    connecting(reason, facts).hint().unwrap().to_string()
}

fn message(v6: bool, kind: u8, code: u8, from: IcmpSender) -> Evidence<'static> {
    Evidence::Icmp(Icmp { v6, kind, code, sender: Some(ROUTER), from })
}

const ANYBODY: [IcmpSender; 3] = [IcmpSender::ThisHost, IcmpSender::Peer, IcmpSender::Between];

#[test]
fn a_message_that_prohibits_comes_from_a_firewall_for_certain() {
    let prohibiting =
        [(false, 3, 9), (false, 3, 10), (false, 3, 13), (true, 1, 1), (true, 1, 5), (true, 1, 6)];
    for (v6, kind, code) in prohibiting {
        for from in ANYBODY {
            let fact = message(v6, kind, code, from);
            for reason in [Reason::HostUnreachable, Reason::ConnectDenied] {
                assert_eq!(
                    verdict(reason, std::slice::from_ref(&fact)),
                    (Firewall, Certain),
                    "{kind}/{code}"
                );
            }
        }
    }
}

#[test]
fn a_rejected_port_is_likely_a_firewall_and_the_sender_tells_whose() {
    for (v6, kind, code) in [(false, 3, 3), (true, 1, 4)] {
        let of = |from| [Evidence::OsError(111), message(v6, kind, code, from)];
        for from in ANYBODY {
            assert_eq!(verdict(Reason::ConnectRefused, &of(from)), (Firewall, Likely));
        }
        let said = |from| hint(Reason::ConnectRefused, &of(from));
        assert!(said(IcmpSender::ThisHost).contains("a rule on this host"));
        assert!(said(IcmpSender::ThisHost).contains("a Service without ready endpoints"));
        assert!(said(IcmpSender::Peer).contains("a firewall rule on the peer's host"));
        assert!(said(IcmpSender::Between).contains("a firewall at 10.0.0.1 "));
    }
}

#[test]
fn a_message_that_no_way_leads_there_is_likely_the_path_and_no_more() {
    for (v6, kind, code) in [(false, 3, 0), (false, 3, 1), (true, 1, 0), (true, 1, 3)] {
        for from in ANYBODY {
            let fact = message(v6, kind, code, from);
            assert_eq!(verdict(Reason::HostUnreachable, &[fact]), (NetworkPath, Likely));
        }
    }
    let said = |from| hint(Reason::HostUnreachable, &[message(false, 3, 1, from)]);
    assert!(said(IcmpSender::Between).starts_with("no way to 10.3.7.19:5432 beyond 10.0.0.1: "));
    assert!(said(IcmpSender::ThisHost).contains("did not answer: the peer itself"));
}

#[test]
fn packets_in_a_circle_are_likely_the_path() {
    let circle = message(false, 11, 0, IcmpSender::Between);
    assert_eq!(verdict(Reason::HostUnreachable, &[circle]), (NetworkPath, Likely));
}

#[test]
fn a_message_says_nothing_of_an_answer_that_came() {
    let mut fault = Fault::of_reason(Reason::ResponseTimeout);
    fault.add_evidence(message(false, 3, 13, IcmpSender::Between));
    fault.diagnose();
    assert_eq!((fault.cause, fault.confidence), (PeerOverloaded, Possible));
}

#[test]
fn a_reset_is_likely_a_closed_port_and_never_more() {
    let reset = [Evidence::OsError(111), Evidence::ResetOnConnect];
    assert_eq!(verdict(Reason::ConnectRefused, &reset), (PeerDown, Likely));
    let mut local = Fault::of_reason(Reason::ConnectRefused);
    local.peer.peer_address = Some([127, 0, 0, 1].into());
    reset.iter().for_each(|fact| local.add_evidence(fact.clone()));
    local.add_evidence(Evidence::LastReached(A_MOMENT));
    local.diagnose();
    assert_eq!((local.cause, local.confidence), (PeerDown, Likely));
}

#[test]
fn a_refusal_by_a_socket_that_is_not_ours_is_one_step_lower() {
    let number = Evidence::OsError(111);
    for history in [Evidence::NeverReached, Evidence::LastReached(A_MOMENT)] {
        let facts = [number.clone(), history];
        assert_eq!(verdict(Reason::ConnectRefused, &facts), (PeerDown, Possible));
        assert!(hint(Reason::ConnectRefused, &facts).contains("firewall"));
    }
}

#[test]
fn unreachable_without_a_record_is_never_more_than_possible() {
    for reason in [Reason::HostUnreachable, Reason::NetworkUnreachable] {
        for history in [Evidence::NeverReached, Evidence::LastReached(A_MOMENT)] {
            let facts = [Evidence::OsError(113), history];
            assert_eq!(verdict(reason, &facts), (NetworkPath, Possible));
        }
    }
}

#[test]
fn what_this_host_refuses_itself_is_its_own_setting() {
    for reason in [Reason::HostUnreachable, Reason::NetworkUnreachable, Reason::ConnectDenied] {
        assert_eq!(verdict(reason, &[Evidence::NothingSent]), (Misconfiguration, Likely));
        assert!(hint(reason, &[Evidence::NothingSent]).starts_with("this host itself refused"));
    }
}

#[test]
fn a_denial_over_ipv6_may_be_a_firewall_without_a_record() {
    let mut fault = Fault::of_reason(Reason::ConnectDenied);
    fault.peer.peer_address = Some("fd00::1".parse().unwrap());
    fault.add_evidence(Evidence::OsError(13));
    fault.diagnose();
    assert_eq!((fault.cause, fault.confidence), (Firewall, Possible));
}

#[test]
fn silence_alone_is_no_more_than_possible() {
    let silence = Evidence::Unanswered(3);
    assert_eq!(verdict(Reason::ConnectTimeout, &[]), (Cause::Unknown, Possible));
    assert_eq!(
        verdict(Reason::ConnectTimeout, std::slice::from_ref(&silence)),
        (Firewall, Possible)
    );
    assert_eq!(verdict(Reason::ConnectTimeout, &[Evidence::NoAnswer(3)]), (Firewall, Possible));
    let never = [silence.clone(), Evidence::NeverReached];
    assert_eq!(verdict(Reason::ConnectTimeout, &never), (Firewall, Possible));
    let lately = [silence.clone(), Evidence::LastReached(A_MOMENT)];
    assert_eq!(verdict(Reason::ConnectTimeout, &lately), (PeerDown, Possible));
    let many = Evidence::FailuresInARow(40, Duration::from_secs(90));
    let again = [silence.clone(), Evidence::LastReached(A_MOMENT), many];
    assert_eq!(verdict(Reason::ConnectTimeout, &again), (PeerDown, Possible));
    let elsewhere = [silence, Evidence::LastReached(A_MOMENT), Evidence::AddressesChanged];
    assert_eq!(verdict(Reason::ConnectTimeout, &elsewhere), (Firewall, Possible));
    assert!(hint(Reason::ConnectTimeout, &elsewhere).starts_with("the name leads to 10.3.7.19"));
}

fn unanswered_while_reached(sent: u32, ago: u64) -> (Cause, Confidence) {
    let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    fault.phase = Some(Phase::Connect);
    fault.elapsed = Some(Duration::from_secs(5));
    fault.add_evidence(Evidence::Unanswered(sent));
    fault.add_evidence(Evidence::LastReached(Duration::from_secs(ago)));
    fault.diagnose();
    (fault.cause, fault.confidence)
}

#[test]
fn a_peer_that_answers_others_meanwhile_has_a_full_queue() {
    assert_eq!(unanswered_while_reached(3, 1), (PeerOverloaded, Likely));
    assert_eq!(unanswered_while_reached(1, 1), (PeerOverloaded, Possible));
    // Reached at the beginning of the attempt only: it may have died since.
    assert_eq!(unanswered_while_reached(3, 4), (PeerDown, Possible));
}

#[test]
fn a_limit_below_the_distance_is_ours_to_raise() {
    let after = |limit: u64| {
        let mut fault = Fault::of_reason(Reason::ConnectTimeout);
        fault.timeout = Some(Duration::from_millis(limit));
        fault.add_evidence(Evidence::Unanswered(1));
        fault.add_evidence(Evidence::RoundTrip(Duration::from_millis(150)));
        fault.diagnose();
        (fault.cause, fault.confidence)
    };
    assert_eq!(after(100), (ClientDeadline, Likely));
    assert_eq!(after(299), (ClientDeadline, Likely));
    assert_eq!(after(300), (Firewall, Possible));
}

#[test]
fn a_timer_over_all_phases_that_ended_while_connecting_is_read_as_such() {
    let mut fault = Fault::of_reason(Reason::Timeout);
    fault.limit = Some(Limit::Total);
    fault.add_evidence(Evidence::Unanswered(2));
    fault.diagnose();
    assert_eq!((fault.cause, fault.confidence), (Firewall, Possible));
}

#[test]
fn a_message_about_an_open_connection_is_no_closed_port() {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.phase = Some(Phase::Response);
    fault.add_evidence(Evidence::LastReached(A_MOMENT));
    fault.diagnose();
    assert_eq!((fault.cause, fault.confidence), (Firewall, Possible));
}

#[test]
fn no_file_left_is_the_cause_also_where_a_lookup_hides_it() {
    for reason in [Reason::DnsHostNotFound, Reason::DnsTemporaryFailure] {
        let mut fault = Fault::of_reason(reason);
        fault.phase = Some(Phase::Dns);
        fault.add_evidence(Evidence::OpenFiles(1024, 1024));
        fault.diagnose();
        assert_eq!(fault.category, Category::LocalResource);
        assert_eq!(fault.reason, Some(Reason::TooManyOpenFiles));
        assert_eq!((fault.cause, fault.confidence), (LocalLimits, Certain));
        assert_eq!(fault.retry, Some(Retry::AfterDelay));
    }
    let mut enough = Fault::of_reason(Reason::DnsHostNotFound);
    enough.add_evidence(Evidence::OpenFiles(900, 1024));
    enough.diagnose();
    assert_eq!((enough.cause, enough.confidence), (Misconfiguration, Likely));
}

#[test]
fn a_name_that_was_good_is_hardly_misspelled() {
    let known = verdict(Reason::DnsHostNotFound, &[Evidence::LastReached(A_MOMENT)]);
    assert_eq!(known, (Misconfiguration, Possible));
    assert_eq!(verdict(Reason::DnsHostNotFound, &[]), (Misconfiguration, Likely));
}

#[test]
fn the_summary_names_who_prohibits() {
    let prohibited = [message(false, 3, 13, IcmpSender::Between)];
    let fault = connecting(Reason::HostUnreachable, &prohibited);
    assert_eq!(
        fault.summary().to_string(),
        "Connection to host 10.3.7.19 on port 5432 failed: host unreachable, prohibited by 10.0.0.1",
    );
}
