use std::time::Duration;

use crate::Cause::{ClientDeadline, Misconfiguration, NetworkPath, PeerFault, PeerOverloaded};
use crate::Confidence::{Likely, Possible};
use crate::{Cause, Confidence, Evidence, Fault, Phase, Reason, Retry};

const SECOND: Duration = Duration::from_secs(1);

fn found(reason: Reason, phase: Phase, facts: &[Evidence<'static>]) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.phase = Some(phase);
    fault.timeout = Some(SECOND);
    facts.iter().for_each(|fact| fault.add_evidence(fact.clone()));
    fault.diagnose();
    fault
}

fn waiting(facts: &[Evidence<'static>]) -> (Cause, Confidence) {
    let fault = found(Reason::ResponseTimeout, Phase::Response, facts);
    (fault.cause, fault.confidence)
}

#[test]
fn a_host_that_answers_probes_while_its_program_is_silent_is_overloaded() {
    let taken = Evidence::RequestAcknowledged(SECOND);
    let alive = Evidence::ProbesAnswered(SECOND / 2);
    assert_eq!(waiting(&[taken.clone(), alive.clone()]), (PeerOverloaded, Likely));
    assert_eq!(waiting(&[alive]), (PeerOverloaded, Likely));
    // Answered before the request was even taken: the path may have been cut since.
    let before = Evidence::ProbesAnswered(2 * SECOND);
    assert_eq!(waiting(&[taken, before]), (PeerOverloaded, Possible));
}

#[test]
fn what_is_sent_again_and_again_got_lost_on_the_way() {
    assert_eq!(waiting(&[Evidence::Unacknowledged(512, 2)]), (NetworkPath, Likely));
    let lost = [Evidence::RequestAcknowledged(SECOND), Evidence::ProbesUnanswered(2)];
    assert_eq!(waiting(&lost), (NetworkPath, Likely));
    assert_eq!(waiting(&[Evidence::SoftError(113)]), (NetworkPath, Likely));
    // Just sent: it may be under way.
    assert_eq!(waiting(&[Evidence::Unacknowledged(512, 0)]), (NetworkPath, Possible));
    let silent = found(
        Reason::ConnectionTimeoutEstablished,
        Phase::Response,
        &[Evidence::Unacknowledged(512, 5)],
    );
    assert_eq!((silent.cause, silent.confidence), (NetworkPath, Likely));
}

#[test]
fn a_request_taken_without_an_answer_supports_no_more_than_a_possibility() {
    let taken = [Evidence::RequestAcknowledged(SECOND)];
    assert_eq!(waiting(&taken), (PeerOverloaded, Possible));
    let fault = found(Reason::ResponseTimeout, Phase::Response, &taken);
    let hint = fault.hint().unwrap().to_string();
    assert!(hint.contains("slow or stuck, or the path was cut"), "{hint}");
}

#[test]
fn a_limit_below_the_distance_is_ours_to_raise() {
    let far = Evidence::RoundTrip(Duration::from_millis(600));
    let taken = Evidence::RequestAcknowledged(Duration::from_millis(100));
    assert_eq!(waiting(&[taken.clone(), far]), (ClientDeadline, Likely));
    let near = Evidence::RoundTrip(Duration::from_millis(2));
    assert_eq!(waiting(&[taken, near]), (PeerOverloaded, Possible));
    let handshake = found(
        Reason::TlsHandshakeTimeout,
        Phase::Tls,
        &[Evidence::RoundTrip(Duration::from_millis(600))],
    );
    assert_eq!((handshake.cause, handshake.confidence), (ClientDeadline, Likely));
}

const REUSED: Evidence<'static> = Evidence::Reused(Some(Duration::from_secs(61)));

#[test]
fn a_stale_connection_is_a_setting_and_may_be_tried_again() {
    for reason in [Reason::ConnectionReset, Reason::ConnectionClosed, Reason::BrokenPipe] {
        for phase in [Phase::Request, Phase::Response] {
            let fault = found(reason, phase, &[REUSED]);
            assert_eq!((fault.cause, fault.confidence), (Misconfiguration, Likely), "{reason}");
            assert_eq!(fault.retry, Some(Retry::Yes));
            assert!(fault.hint().unwrap().to_string().contains("idle timeout"));
        }
    }
}

#[test]
fn a_request_that_was_taken_may_have_been_served() {
    let at_once = Evidence::RequestAcknowledged(Duration::from_millis(3));
    let fault = found(Reason::ConnectionReset, Phase::Response, &[REUSED, at_once]);
    assert_eq!((fault.cause, fault.confidence), (Misconfiguration, Likely));
    assert_eq!(fault.retry, Some(Retry::IfIdempotent));
    let worked = Evidence::RequestAcknowledged(SECOND);
    let fault = found(Reason::ConnectionReset, Phase::Response, &[REUSED, worked]);
    assert_eq!((fault.cause, fault.confidence), (PeerFault, Possible));
    assert_eq!(fault.retry, Some(Retry::IfIdempotent));
}

#[test]
fn a_break_of_a_new_connection_or_in_mid_answer_is_the_peers() {
    for (phase, facts) in [(Phase::Response, &[][..]), (Phase::Body, &[REUSED][..])] {
        let fault = found(Reason::ConnectionReset, phase, facts);
        assert_eq!((fault.cause, fault.confidence), (PeerFault, Possible));
        assert_eq!(fault.retry, Some(Retry::IfIdempotent));
    }
}

#[test]
fn an_answer_that_began_well_says_nothing_of_why_it_broke_off() {
    let mut fault = Fault::of_reason(Reason::BodyTruncated);
    fault.phase = Some(Phase::Body);
    fault.request.status = Some(200);
    fault.diagnose();
    assert_eq!((fault.cause, fault.confidence), (PeerFault, Likely));
    assert!(!fault.evidence.contains(&Evidence::Status(200)));
    assert!(fault.hint().unwrap().to_string().starts_with("fewer bytes came"));
}
