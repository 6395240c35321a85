mod certain;
mod connecting;
mod established;

use std::time::Duration;

use crate::{
    Category, Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, Retry, classify_text,
};

fn diagnosed(reason: Reason) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.diagnose();
    fault
}

fn with_status(category: Category, status: u16) -> Fault<'static> {
    let mut fault = Fault::new(category);
    fault.request.status = Some(status);
    fault.diagnose();
    fault
}

#[test]
fn only_a_fact_that_one_cause_produces_is_certain() {
    let certain: Vec<_> = Reason::ALL
        .iter()
        .filter(|reason| diagnosed(**reason).confidence == Confidence::Certain)
        .copied()
        .collect();
    assert_eq!(
        certain,
        [
            Reason::TooManyOpenFiles,
            Reason::ProxyAuthRequired,
            Reason::TlsCertificateExpired,
            Reason::TlsCertificateNotYetValid,
            Reason::TlsCertificateNameMismatch,
            Reason::TlsCertificateUntrusted,
            Reason::TlsCertificateRevoked,
            Reason::TlsCertificateInvalid,
            Reason::TlsClientCertificateRequired,
        ]
    );
    for status in [401, 403, 407, 429] {
        assert_eq!(with_status(Category::Auth, status).confidence, Confidence::Certain);
    }
}

#[test]
fn an_error_number_alone_supports_no_more_than_a_possibility() {
    for reason in [
        Reason::ConnectRefused,
        Reason::ConnectTimeout,
        Reason::HostUnreachable,
        Reason::NetworkUnreachable,
        Reason::ConnectionReset,
        Reason::BrokenPipe,
        Reason::ConnectionTimeoutEstablished,
    ] {
        assert_eq!(diagnosed(reason).confidence, Confidence::Possible, "{reason}");
    }
    assert_eq!(diagnosed(Reason::ConnectTimeout).cause, Cause::Unknown);
    assert_eq!(diagnosed(Reason::ConnectRefused).cause, Cause::PeerDown);
}

#[test]
fn nothing_sent_may_be_tried_again() {
    for reason in [Reason::ConnectRefused, Reason::ConnectTimeout, Reason::DnsTemporaryFailure] {
        assert_eq!(diagnosed(reason).retry, Some(Retry::Yes), "{reason}");
    }
    assert_eq!(diagnosed(Reason::ConnectionReset).retry, Some(Retry::IfIdempotent));
    let mut reset = Fault::of_reason(Reason::ConnectionReset);
    reset.phase = Some(Phase::Connect);
    reset.diagnose();
    assert_eq!(reset.retry, Some(Retry::Yes));
    let mut limited = Fault::of_reason(Reason::Timeout);
    limited.limit = Some(Limit::Connect);
    limited.diagnose();
    assert_eq!(limited.retry, Some(Retry::Yes));
    assert_eq!(diagnosed(Reason::Timeout).retry, Some(Retry::IfIdempotent));
    assert_eq!(diagnosed(Reason::TlsCertificateExpired).retry, Some(Retry::No));
}

#[test]
fn statuses_have_their_own_verdicts() {
    let cases = [
        (Category::RateLimited, 429, Cause::PeerOverloaded, Retry::AfterDelay),
        (Category::Unavailable, 503, Cause::PeerOverloaded, Retry::AfterDelay),
        (Category::Auth, 401, Cause::Credentials, Retry::No),
        (Category::HttpClientError, 404, Cause::Misconfiguration, Retry::No),
        (Category::HttpServerError, 500, Cause::PeerFault, Retry::IfIdempotent),
        (Category::HttpServerError, 502, Cause::PeerDown, Retry::IfIdempotent),
        (Category::HttpServerError, 501, Cause::PeerFault, Retry::No),
    ];
    for (category, status, cause, retry) in cases {
        let fault = with_status(category, status);
        assert_eq!((fault.cause, fault.retry), (cause, Some(retry)), "{status}");
        assert!(fault.evidence.contains(&Evidence::Status(status)));
    }
}

#[test]
fn what_the_caller_has_set_stands() {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.cause = Cause::Firewall;
    fault.confidence = Confidence::Certain;
    fault.retry = Some(Retry::No);
    fault.add_evidence(Evidence::OsError(111));
    let before = fault.clone();
    fault.diagnose();
    assert_eq!(fault, before);
}

#[test]
fn a_short_connect_limit_is_told_only_where_our_own_timer_ran_out() {
    let short = |change: fn(&mut Fault<'static>)| {
        let mut fault = Fault::of_reason(Reason::ConnectTimeout);
        fault.phase = Some(Phase::Connect);
        fault.limit = Some(Limit::Connect);
        fault.timeout = Some(Duration::from_millis(100));
        change(&mut fault);
        fault.diagnose();
        fault.evidence.contains(&Evidence::ShortConnectLimit)
    };
    assert!(short(|_| {}));
    assert!(short(
        |fault| (fault.timeout, fault.elapsed) = (None, Some(Duration::from_millis(999)))
    ));
    assert!(!short(|fault| fault.timeout = Some(Duration::from_secs(1))));
    assert!(!short(|fault| fault.timeout = None));
    assert!(!short(|fault| fault.add_evidence(Evidence::OsError(110))));
    assert!(!short(|fault| fault.phase = None));
}

#[test]
fn a_call_to_another_port_than_meant_is_told() {
    let text = "reqwest::Error { kind: Request, url: \"http://backend.example/\", source: \
                ConnectError(\"tcp connect error\", 127.0.0.1:3128, Os { code: 111, kind: \
                ConnectionRefused, message: \"Connection refused\" }) }";
    let fault = classify_text(text).unwrap();
    let elsewhere = Evidence::OtherPort("127.0.0.1".parse().unwrap(), 3128);
    assert!(fault.evidence.contains(&elsewhere));
}
