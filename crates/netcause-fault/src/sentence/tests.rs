use std::time::Duration;

use crate::{Category, Certificate, Evidence, Fault, Limit, Phase, Reason, Request};

fn of(reason: Reason, host: Option<&str>, port: Option<u16>) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.peer.server_address = host.map(|host| host.to_owned().into());
    fault.peer.server_port = port;
    fault
}

fn asked(mut fault: Fault<'static>) -> Fault<'static> {
    fault.request = Request {
        method: Some("GET".into()),
        url: Some("https://api.example/v1/charge?key=secret#x".into()),
        status: None,
    };
    fault
}

#[test]
fn the_forms_that_are_fixed() {
    let mut timed_out = of(Reason::ConnectTimeout, Some("hello.from.the.other.side"), Some(12345));
    timed_out.timeout = Some(Duration::from_millis(100));
    timed_out.elapsed = Some(Duration::from_millis(101));
    (timed_out.attempts.attempt, timed_out.attempts.max_attempts) = (Some(2), Some(5));
    assert_eq!(
        timed_out.summary().to_string(),
        "Connection to host hello.from.the.other.side on port 12345 timed out after 100ms. Retries: 2/5"
    );
    let mut refused = of(Reason::ConnectRefused, Some("db"), Some(5432));
    refused.elapsed = Some(Duration::from_millis(2));
    assert_eq!(
        refused.summary().to_string(),
        "Connection to host db on port 5432 refused after 2ms"
    );
    assert_eq!(
        of(Reason::DnsHostNotFound, Some("api.example"), Some(443)).summary().to_string(),
        "Name lookup of host api.example failed: no such name"
    );
    let mut expired = of(Reason::TlsCertificateExpired, Some("api.example"), Some(443));
    expired.certificate = Some(Certificate {
        verified_at: Some(1_795_405_669),
        not_after: Some(1_795_405_669 - 3 * 86_400 - 3),
        ..Certificate::default()
    });
    expired.diagnose();
    assert_eq!(
        expired.summary().to_string(),
        "TLS handshake with host api.example on port 443 failed: certificate expired 3 days ago"
    );
    let mut silent = asked(of(Reason::ResponseTimeout, Some("api.example"), Some(443)));
    silent.timeout = Some(Duration::from_secs(2));
    assert_eq!(
        silent.summary().to_string(),
        "Host api.example on port 443 did not answer GET /v1/charge within 2s"
    );
}

#[test]
fn retries_are_counted_as_the_caller_counts_them() {
    let mut fault = of(Reason::Timeout, None, None);
    let mut with = |attempt, max_attempts, exhausted| {
        fault.attempts.attempt = attempt;
        fault.attempts.max_attempts = max_attempts;
        fault.attempts.exhausted = exhausted;
        fault.summary().to_string()
    };
    assert_eq!(with(Some(0), Some(5), None), "Call timed out. Retries: 0/5");
    assert_eq!(with(Some(5), Some(5), None), "Call timed out. Retries: 5/5, giving up");
    assert_eq!(with(Some(2), Some(5), Some(true)), "Call timed out. Retries: 2/5, giving up");
    assert_eq!(with(Some(5), Some(5), Some(false)), "Call timed out. Retries: 5/5");
    assert_eq!(with(Some(2), None, None), "Call timed out. Retries: 2");
    assert_eq!(with(None, Some(5), None), "Call timed out");
}

#[test]
fn an_address_stands_for_a_name_that_is_not_known() {
    let mut fault = of(Reason::ConnectRefused, None, None);
    fault.peer.peer_address = Some("::1".parse().unwrap());
    fault.peer.peer_port = Some(80);
    assert_eq!(fault.summary().to_string(), "Connection to host ::1 on port 80 refused");
}

#[test]
fn a_call_that_went_elsewhere_says_so() {
    let mut fault = of(Reason::ConnectRefused, Some("backend"), Some(80));
    fault.peer.peer_address = Some("127.0.0.1".parse().unwrap());
    fault.peer.peer_port = Some(3128);
    assert_eq!(
        fault.summary().to_string(),
        "Connection to host backend on port 80 through 127.0.0.1:3128 refused"
    );
    (fault.phase, fault.reason) = (Some(Phase::Proxy), Some(Reason::ProxyConnectFailed));
    assert_eq!(
        fault.summary().to_string(),
        "Connection to the proxy at 127.0.0.1:3128 for host backend on port 80 refused"
    );
}

#[test]
fn an_answer_is_told_by_its_status() {
    let mut fault = asked(Fault::new(Category::Unavailable));
    fault.request.status = Some(503);
    assert_eq!(fault.summary().to_string(), "The peer answered GET /v1/charge with status 503");
    fault.peer.server_address = Some("api.example".into());
    fault.request.method = None;
    assert_eq!(fault.summary().to_string(), "Host api.example answered with status 503");
    let mut code = Fault::new(Category::Auth);
    code.code = Some("28P01".into());
    assert_eq!(code.summary().to_string(), "The peer did not accept the credentials (28P01)");
}

#[test]
fn every_sentence_is_whole_whatever_is_missing() {
    let bare = Category::ALL.iter().map(|category| Fault::new(*category));
    let reasons = Reason::ALL.iter().map(|reason| Fault::of_reason(*reason));
    for fault in bare.chain(reasons) {
        for phase in [None].into_iter().chain(Phase::ALL.iter().copied().map(Some)) {
            for named in [false, true] {
                let mut fault = fault.clone();
                fault.phase = phase;
                if named {
                    fault.peer.server_address = Some("h".into());
                    fault.peer.server_port = Some(1);
                }
                fault.diagnose();
                let hint = fault.hint().map(|hint| hint.to_string());
                for sentence in [Some(fault.summary().to_string()), hint].into_iter().flatten() {
                    let broken = sentence.contains("  ")
                        || sentence.contains("None")
                        || sentence.contains("unknown")
                        || sentence.ends_with([' ', ':', ',', '.'])
                        || sentence.is_empty();
                    assert!(!broken, "{sentence:?} of {fault:?}");
                }
                assert!(
                    !named
                        || fault.summary().to_string().contains("host h")
                        || fault.summary().to_string().contains("Host h"),
                    "{}",
                    fault.summary()
                );
            }
        }
    }
}

#[test]
fn the_hint_of_a_connect_timeout_names_the_address_and_no_culprit() {
    let mut fault = of(Reason::ConnectTimeout, Some("h.example"), Some(12345));
    fault.peer.peer_address = Some("10.3.7.19".parse().unwrap());
    fault.peer.peer_port = Some(12345);
    fault.phase = Some(Phase::Connect);
    fault.limit = Some(Limit::Connect);
    fault.timeout = Some(Duration::from_millis(100));
    fault.diagnose();
    assert!(fault.evidence.contains(&Evidence::ShortConnectLimit));
    assert_eq!(
        fault.hint().unwrap().to_string(),
        "nothing came back from 10.3.7.19:12345: a firewall that drops, a dead host, a wrong \
         address or a full accept queue; with a limit under 1 s one lost packet is enough"
    );
}

#[test]
fn silence_of_this_host_claims_nothing_of_others() {
    let mut fault = of(Reason::ConnectTimeout, Some("h.example"), Some(12345));
    fault.peer.peer_address = Some("127.0.0.1".parse().unwrap());
    fault.peer.peer_port = Some(12345);
    fault.phase = Some(Phase::Connect);
    fault.add_evidence(Evidence::Unanswered(1));
    fault.add_evidence(Evidence::NeverReached);
    fault.diagnose();
    assert_eq!(
        fault.hint().unwrap().to_string(),
        "nothing came back from 127.0.0.1:12345, which is this host: its accept queue is full \
         (ss -lnt), or a rule of its own drops"
    );
}

#[test]
fn no_secret_of_a_url_reaches_a_sentence() {
    for reason in Reason::ALL {
        let mut fault = asked(Fault::of_reason(*reason));
        fault.diagnose();
        let hint = fault.hint().map(|hint| hint.to_string()).unwrap_or_default();
        assert!(!format!("{}{hint}", fault.summary()).contains("secret"));
    }
}

#[test]
fn a_time_below_a_millisecond_is_left_out() {
    let mut refused = of(Reason::ConnectRefused, Some("db"), Some(5432));
    for elapsed in [Duration::ZERO, Duration::from_micros(999)] {
        refused.elapsed = Some(elapsed);
        assert_eq!(refused.summary().to_string(), "Connection to host db on port 5432 refused");
    }
    let mut silent = of(Reason::ResponseTimeout, Some("db"), None);
    (silent.timeout, silent.elapsed) = (Some(Duration::ZERO), Some(Duration::from_millis(7)));
    assert_eq!(silent.summary().to_string(), "Host db did not answer within 7ms");
}

#[test]
fn a_limit_over_lookup_tcp_and_tls_is_no_connect_timeout() {
    let mut fault = asked(of(Reason::Timeout, Some("api.example"), Some(443)));
    fault.limit = Some(Limit::Connect);
    let start = "Connecting to host api.example on port 443, with TLS,";
    assert_eq!(fault.summary().to_string(), format!("{start} did not finish in time"));
    fault.elapsed = Some(Duration::from_millis(301));
    assert_eq!(fault.summary().to_string(), format!("{start} did not finish within 301ms"));
    fault.timeout = Some(Duration::from_millis(300));
    assert_eq!(fault.summary().to_string(), format!("{start} did not finish within 300ms"));
    // Whether TLS was meant is not known.
    fault.request.url = None;
    assert_eq!(
        fault.summary().to_string(),
        "Connecting to host api.example on port 443 did not finish within 300ms"
    );
}

#[test]
fn a_pause_that_is_known_is_named() {
    let mut fault = Fault::new(Category::RateLimited);
    fault.request.status = Some(429);
    let hint = |fault: &Fault<'_>| fault.hint().unwrap().to_string();
    assert!(hint(&fault).ends_with("the answer may name a pause in Retry-After"));
    fault.attempts.next_delay = Some(Duration::from_millis(250));
    assert!(hint(&fault).ends_with("the next try comes after 250ms"), "{}", hint(&fault));
    fault.add_evidence(Evidence::RetryAfter(Duration::from_secs(2)));
    assert!(hint(&fault).ends_with("the peer asks to wait 2s"), "{}", hint(&fault));
    fault.request.status = Some(503);
    assert!(hint(&fault).ends_with("asks to wait 2s"), "{}", hint(&fault));
}

#[test]
fn a_proxy_that_could_not_be_reached_never_has_the_name_of_the_target() {
    let mut fault = of(Reason::ProxyConnectFailed, Some("backend"), Some(80));
    assert!(!fault.hint().unwrap().to_string().contains("backend"));
    fault.peer.peer_address = Some("10.0.0.9".parse().unwrap());
    fault.peer.peer_port = Some(3128);
    assert!(fault.hint().unwrap().to_string().contains("at 10.0.0.9:3128;"));
}

#[test]
fn times_stand_before_the_words_that_explain() {
    let mut fault = of(Reason::HostUnreachable, Some("db"), None);
    fault.elapsed = Some(Duration::from_secs(3));
    assert_eq!(
        fault.summary().to_string(),
        "Connection to host db failed after 3s: host unreachable"
    );
    let mut fault = of(Reason::ConnectionReset, Some("db"), None);
    (fault.elapsed, fault.phase) = (Some(Duration::from_secs(3)), Some(Phase::Response));
    assert_eq!(
        fault.summary().to_string(),
        "Connection to host db reset by the peer after 3s, before the answer was complete"
    );
}
