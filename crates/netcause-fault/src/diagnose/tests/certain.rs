//! Whatever facts come together: nothing is certain without one that a single cause produces.

use std::time::Duration;

use proptest::prelude::*;

use crate::{Category, Confidence, Evidence, Fault, Icmp, IcmpSender, Limit, Phase, Reason};

fn any_time() -> impl Strategy<Value = Duration> {
    prop_oneof![0u64..5, 5u64..2_000, 2_000u64..600_000].prop_map(Duration::from_millis)
}

fn any_icmp() -> impl Strategy<Value = Icmp> {
    let from =
        prop_oneof![Just(IcmpSender::ThisHost), Just(IcmpSender::Peer), Just(IcmpSender::Between)];
    let kind = prop_oneof![Just((false, 3)), Just((true, 1)), Just((false, 11)), Just((true, 3))];
    (kind, 0u8..16, from, any::<bool>()).prop_map(|((v6, kind), code, from, named)| Icmp {
        v6,
        kind,
        code,
        sender: named.then_some([10, 0, 0, 1].into()),
        from,
    })
}

fn any_fact() -> impl Strategy<Value = Evidence<'static>> {
    let of_connecting = prop_oneof![
        any_icmp().prop_map(Evidence::Icmp),
        (0u32..8).prop_map(Evidence::Unanswered),
        (0u32..8).prop_map(Evidence::NoAnswer),
        Just(Evidence::ResetOnConnect),
        Just(Evidence::NothingSent),
        prop_oneof![Just(13), Just(24), Just(101), Just(110), Just(111), Just(113)]
            .prop_map(Evidence::OsError),
        (any::<[u8; 4]>(), proptest::option::of(1i32..120))
            .prop_map(|(address, code)| Evidence::OtherAddress(address.into(), code)),
    ];
    let of_history = prop_oneof![
        Just(Evidence::NeverReached),
        any_time().prop_map(Evidence::LastReached),
        (1u32..500, any_time()).prop_map(|(count, since)| Evidence::FailuresInARow(count, since)),
        Just(Evidence::AddressesChanged),
        (0u64..5, 1u64..5).prop_map(|(open, limit)| Evidence::OpenFiles(open, limit)),
    ];
    let of_connection = prop_oneof![
        any_time().prop_map(Evidence::RequestAcknowledged),
        (0u64..9_000, 0u32..5).prop_map(|(bytes, again)| Evidence::Unacknowledged(bytes, again)),
        any_time().prop_map(Evidence::ProbesAnswered),
        (0u32..4).prop_map(Evidence::ProbesUnanswered),
        proptest::option::of(any_time()).prop_map(Evidence::Reused),
        any_time().prop_map(Evidence::RoundTrip),
        Just(Evidence::SoftError(113)),
        Just(Evidence::OwnTimer(Some(Limit::Connect))),
    ];
    prop_oneof![of_connecting, of_history, of_connection]
}

prop_compose! {
    fn any_fault()(
        reason in proptest::sample::select(Reason::ALL),
        category in proptest::option::weighted(0.2, proptest::sample::select(Category::ALL)),
        phase in proptest::option::of(proptest::sample::select(Phase::ALL)),
        limit in proptest::option::of(proptest::sample::select(Limit::ALL)),
        status in proptest::option::weighted(0.1, 200u16..600),
        times in (proptest::option::of(any_time()), proptest::option::of(any_time())),
        address in proptest::option::of(prop_oneof![Just("10.3.7.19"), Just("fd00::1")]),
        facts in proptest::collection::vec(any_fact(), 0..6),
    ) -> Fault<'static> {
        let mut fault = match category {
            Some(category) => Fault::new(category),
            None => Fault::of_reason(reason),
        };
        (fault.phase, fault.limit, fault.request.status) = (phase, limit, status);
        (fault.timeout, fault.elapsed) = times;
        fault.peer.peer_address = address.map(|it| it.parse().unwrap());
        facts.into_iter().for_each(|fact| fault.add_evidence(fact));
        fault
    }
}

/// The facts that one cause alone produces: a policy's ICMP message, a certificate's
/// verdict, the peer's own code, and no file descriptor left.
fn has_a_fact_that_settles(fault: &Fault<'_>) -> bool {
    let settles = |fact: &Evidence<'_>| match fact {
        Evidence::Icmp(Icmp { v6: false, kind: 3, code: 9 | 10 | 13, .. })
        | Evidence::Icmp(Icmp { v6: true, kind: 1, code: 1 | 5 | 6, .. })
        | Evidence::Status(401 | 403 | 407 | 429) => true,
        Evidence::OpenFiles(open, limit) => open >= limit,
        _ => false,
    };
    let verdict = fault.reason.is_some_and(|reason| {
        let name = reason.as_str();
        name.starts_with("tls_certificate_")
            || ["tls_client_certificate_required", "too_many_open_files", "proxy_auth_required"]
                .contains(&name)
    });
    let answered = matches!(fault.request.status, Some(401 | 403 | 407 | 429));
    verdict || answered || fault.evidence.iter().any(settles)
}

/// What firewalls, dead hosts and closed ports all bring about.
const AMBIGUOUS: &[Reason] = &[
    Reason::ConnectRefused,
    Reason::ConnectTimeout,
    Reason::HostUnreachable,
    Reason::NetworkUnreachable,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn nothing_is_certain_without_a_fact_that_settles_it(mut fault in any_fault()) {
        fault.diagnose();
        let certain = fault.confidence == Confidence::Certain;
        prop_assert!(!certain || has_a_fact_that_settles(&fault), "{fault:?}");
    }

    #[test]
    fn an_attempt_with_an_error_number_alone_is_only_possible(
        (mut fault, reason) in (any_fault(), proptest::sample::select(AMBIGUOUS)),
    ) {
        fault.evidence.retain(|fact| matches!(fact, Evidence::OsError(_)));
        fault.request.status = None;
        (fault.category, fault.reason) = (reason.category(), Some(reason));
        fault.diagnose();
        prop_assert_eq!(fault.confidence, Confidence::Possible);
    }

    #[test]
    fn a_verdict_stands_when_it_is_asked_for_again(mut fault in any_fault()) {
        fault.diagnose();
        let once = fault.clone();
        fault.diagnose();
        prop_assert_eq!(fault, once);
    }

    #[test]
    fn every_fact_and_every_hint_is_one_plain_sentence(mut fault in any_fault()) {
        fault.diagnose();
        let mut said: Vec<_> = fault.evidence.iter().map(ToString::to_string).collect();
        said.extend(fault.hint().map(|hint| hint.to_string()));
        for text in said {
            prop_assert!(!text.is_empty() && !text.contains(['\n', '{']), "{text}");
            prop_assert!(!text.contains("  ") && !text.ends_with(['.', ' ', ':']), "{text}");
        }
    }
}
