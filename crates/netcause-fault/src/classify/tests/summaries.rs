//! Our own summaries, read back as another program's lines.

use std::borrow::Cow;
use std::time::Duration;

use crate::{
    Category, Certificate, Chain, Fault, Limit, Phase, ReadOptions, Reason, classify_text,
};

/// Every kind of fault that a summary is written for.
fn bare() -> Vec<Fault<'static>> {
    let statuses = [400, 401, 403, 404, 407, 408, 422, 429, 499, 500, 502, 503, 504];
    let reasons = Reason::ALL.iter().map(|reason| Fault::of_reason(*reason));
    let categories = Category::ALL.iter().map(|category| Fault::new(*category));
    let statuses = statuses.into_iter().map(|status| {
        let text = format!("HTTP status client error ({status} x)");
        let mut fault = Fault::new(classify_text(&text).unwrap().category);
        fault.request.status = Some(status);
        fault
    });
    reasons.chain(categories).chain(statuses).collect()
}

fn named(mut fault: Fault<'static>, host: &'static str, port: Option<u16>) -> Fault<'static> {
    fault.peer.server_address = Some(Cow::Borrowed(host));
    fault.peer.server_port = port;
    fault
}

fn full(mut fault: Fault<'static>) -> Fault<'static> {
    fault.request.method = Some(Cow::Borrowed("GET"));
    fault.request.url = Some(Cow::Borrowed("https://x.example/v1/charge?q=1"));
    (fault.timeout, fault.elapsed) =
        (Some(Duration::from_secs(90)), Some(Duration::from_millis(7)));
    (fault.attempts.attempt, fault.attempts.max_attempts) = (Some(2), Some(5));
    fault.certificate = Some(Certificate {
        verified_at: Some(1_795_405_669),
        not_after: Some(1_795_405_669 - 3 * 86_400),
        not_before: Some(1_795_405_669 + 7200),
        ..Certificate::default()
    });
    fault
}

/// The same fault at every phase that the summary tells apart.
fn phases(fault: Fault<'static>) -> Vec<Fault<'static>> {
    let phases: &[Option<Phase>] = match fault.category {
        Category::ConnectionReset => {
            &[None, Some(Phase::Request), Some(Phase::Response), Some(Phase::Body)]
        }
        Category::ConnectRefused | Category::ConnectTimeout | Category::Unreachable => {
            &[None, Some(Phase::Proxy)]
        }
        _ => &[None],
    };
    phases.iter().map(|phase| Fault { phase: *phase, ..fault.clone() }).collect()
}

/// What is read from a sentence, as a text and as a message.
fn read(sentence: &str) -> [Option<Fault<'static>>; 2] {
    let mut chain = Chain::new();
    chain.read_message(sentence, &ReadOptions::plain());
    let message = chain.classify().map(|mut fault| {
        fault.diagnose();
        fault.into_owned()
    });
    [classify_text(sentence), message]
}

#[track_caller]
fn assert_read_back(fault: &Fault<'_>) {
    let sentence = fault.summary().to_string();
    for surrounding in
        [sentence.clone(), format!("payment: {sentence}"), format!("[x] \"{sentence}\"")]
    {
        for read in read(&surrounding) {
            let Some(read) = read else { panic!("no fault: {surrounding}") };
            assert_eq!(read.category, fault.category, "{surrounding}");
            assert_eq!(read.peer.server_address, fault.peer.server_address, "{surrounding}");
            if sentence.contains(" on port ") {
                assert_eq!(read.peer.server_port, fault.peer.server_port, "{surrounding}");
            }
            assert_eq!(read.attempts, fault.attempts, "{surrounding}");
            assert_eq!(read.request.status, fault.request.status, "{surrounding}");
            if sentence.contains(" GET ") {
                assert_eq!(read.request.method, fault.request.method, "{surrounding}");
            }
            for (time, of) in [(read.timeout, fault.timeout), (read.elapsed, fault.elapsed)] {
                assert!(time.is_none() || time == of, "{time:?} of {surrounding}");
            }
            let times = ["after 7ms", "after 1m30s", "within 1m30s"];
            if times.iter().any(|it| sentence.contains(it)) {
                assert!(read.timeout.is_some() || read.elapsed.is_some(), "{surrounding}");
            }
            assert_eq!(
                read.summary().to_string().contains("3 days ago"),
                sentence.contains("3 days ago")
            );
        }
    }
}

#[test]
fn a_summary_with_a_host_says_what_it_was_made_of() {
    let peers = [
        ("db", Some(5432)),
        ("db", None),
        ("api.example", Some(443)),
        ("::1", Some(80)),
        ("10.3.7.19", None),
    ];
    for fault in bare().into_iter().flat_map(phases) {
        for (host, port) in peers {
            for mut fault in [fault.clone(), full(fault.clone())] {
                fault.diagnose();
                assert_read_back(&named(fault, host, port));
            }
        }
    }
}

#[test]
fn a_reason_is_read_back() {
    for reason in Reason::ALL {
        let fault = named(full(Fault::of_reason(*reason)), "db", Some(5432));
        let expected = match reason {
            // The summary has the same words for both.
            Reason::BrokenPipe => Reason::ConnectionClosed,
            other => *other,
        };
        for read in read(&fault.summary().to_string()).into_iter().flatten() {
            let unstated = matches!(reason, Reason::ProxyConnectFailed | Reason::RetriesExhausted);
            assert!(unstated || read.reason == Some(expected), "{}", fault.summary());
        }
    }
}

#[test]
fn a_summary_without_a_host_is_read_where_its_words_tell() {
    for fault in bare() {
        // "Call failed" could be anybody's, and "connection timed out" is the kernel's word
        // for a connection that stood, too.
        let vague = matches!(
            fault.category,
            Category::Unknown | Category::Cancelled | Category::ConnectTimeout
        ) || fault.reason == Some(Reason::ClientOverloaded);
        if !vague {
            let sentence = fault.summary().to_string();
            for read in read(&sentence) {
                let category = read.map(|it| it.category);
                assert_eq!(category, Some(fault.category), "{sentence}");
            }
        }
    }
}

#[test]
fn the_last_try_and_the_limit_of_all_of_connecting_are_read_back() {
    let mut fault = named(full(Fault::of_reason(Reason::Timeout)), "db", Some(5432));
    fault.limit = Some(Limit::Connect);
    fault.attempts.attempt = Some(5);
    assert_eq!(
        fault.summary().to_string(),
        "Connecting to host db on port 5432, with TLS, did not finish within 1m30s. \
         Retries: 5/5, giving up"
    );
    for read in read(&fault.summary().to_string()).into_iter().flatten() {
        assert_eq!((read.category, read.limit), (Category::Timeout, Some(Limit::Connect)));
        assert_eq!(read.timeout, Some(Duration::from_secs(90)));
        assert_eq!(read.attempts.exhausted, Some(true));
        assert_eq!(read.peer.server_port, Some(5432));
    }
}

#[test]
fn a_way_a_proxy_and_a_code_are_read_back() {
    let mut fault = named(Fault::of_reason(Reason::ConnectRefused), "backend", Some(80));
    fault.peer.peer_address = "10.0.0.9".parse().ok();
    fault.peer.peer_port = Some(3128);
    for phase in [None, Some(Phase::Proxy)] {
        fault.phase = phase;
        for read in read(&fault.summary().to_string()).into_iter().flatten() {
            assert_eq!(read.peer, fault.peer, "{}", fault.summary());
            assert_eq!(read.phase == Some(Phase::Proxy), phase.is_some());
        }
    }
    let mut down = named(Fault::new(Category::Unavailable), "db", Some(5432));
    down.code = Some("57P01".into());
    let [text, message] = read(&down.summary().to_string()).map(|it| it.unwrap());
    assert_eq!((text.error_type(), message.error_type()), ("57P01", "57P01"));
}

#[test]
fn other_programs_sentences_of_the_same_form() {
    let cases = [
        ("connection to db:5432 refused", Category::ConnectRefused, "db", Some(5432)),
        ("connection to api.example refused", Category::ConnectRefused, "api.example", None),
        (
            "Connection to api.example timed out. (connect timeout=5)",
            Category::ConnectTimeout,
            "api.example",
            None,
        ),
        (
            "TLS handshake with api.example:443 failed: connection reset by peer",
            Category::ConnectionReset,
            "api.example",
            Some(443),
        ),
        ("lost it: connection to host \"db-1\" refused", Category::ConnectRefused, "db-1", None),
        (
            "ssh: connect to host db.example port 22: Connection refused",
            Category::ConnectRefused,
            "db.example",
            Some(22),
        ),
    ];
    for (text, category, host, port) in cases {
        let fault = classify_text(text).unwrap();
        let name = fault.peer.server_address.as_deref().unwrap_or_default();
        assert_eq!(
            (fault.category, name, fault.peer.server_port),
            (category, host, port),
            "{text}"
        );
    }
}

#[test]
fn words_that_only_look_like_a_sentence_of_ours_name_nobody() {
    for text in [
        "connection to host was refused",
        "connection to host timed out",
        "connection to host refused",
        "connection to server failed: connection refused",
        "connection to database timed out",
        "task failed on host worker-3.internal: connection refused",
    ] {
        let fault = classify_text(text);
        assert!(fault.is_none_or(|it| it.peer.is_empty()), "{text}");
    }
    for message in [
        "connection to db:5432 failed over to replica",
        "Connecting to host db on port 5432 took 12ms",
        "connection to the proxy is up",
        "connection to the proxy at 10.0.0.9:3128 established",
        "host db on port 5432 answered GET /q with status 200",
        "answer of host db on port 5432 to GET /q took 3ms",
        "the peer answered",
        "the call to host db on port 80 was cancelled over",
        "Retries: 3",
        "no answer needed",
        "conference call was cancelled",
        "call failed the test",
    ] {
        let [_, read] = read(message);
        assert_eq!(read, None, "{message}");
    }
    let fault = classify_text("max retries: 5: connection refused").unwrap();
    assert_eq!(fault.attempts.attempt, None);
}
