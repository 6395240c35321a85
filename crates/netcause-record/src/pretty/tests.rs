use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use netcause_fault::{Confidence, Evidence, Reason};

use super::*;
use crate::escape::is_dangerous;
use crate::{ErrorText, Key, Links, Origin, Resource, TraceContext};

fn record(resource: &Resource) -> Record<'_> {
    Record {
        timestamp: Some(UNIX_EPOCH + Duration::new(1_795_426_013, 589_793_000)),
        severity: Some(Severity::Error),
        message: Some("could not charge the card"),
        target: "checkout::payment",
        trace: None,
        resource,
        fields: &[],
        scope: None,
        error: None,
        fault: None,
        rendered: None,
        origin: Origin::default(),
        dropped_fields: 0,
    }
}

fn fault() -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    fault.cause = Cause::Firewall;
    fault.confidence = Confidence::Possible;
    fault.evidence.push(Evidence::Note("1 SYN sent, no answer, no ICMP".into()));
    fault.evidence.push(Evidence::ShortConnectLimit);
    fault.peer.server_address = Some("db".into());
    fault.peer.server_port = Some(5432);
    fault.peer.peer_address = Some([10, 3, 7, 19].into());
    fault
}

fn page(record: &Record<'_>, colour: bool) -> String {
    let mut out = String::new();
    write_pretty(record, colour, &Limits::default(), &mut out);
    out
}

#[test]
fn a_failing_event_says_what_why_and_what_next() {
    let resource = Resource::default();
    let (order, route) = (Key::new("order.id"), Key::new("http.route"));
    let fields = [
        Field { key: &order, value: Value::I64(17) },
        Field { key: &route, value: Value::Text("/a b") },
    ];
    let fault = fault();
    let error = ErrorText {
        message: "client error: deadline",
        links: Links::from(&["client error", "deadline"]),
    };
    let record =
        Record { fields: &fields, error: Some(error), fault: Some(&fault), ..record(&resource) };
    let page = page(&record, false);
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(
        lines[0],
        "09:26:53.589 ERROR could not charge the card  checkout::payment order.id=17 http.route=\"/a b\"",
    );
    assert_eq!(lines[1], format!("    {}", fault.summary()));
    assert_eq!(
        lines[2],
        "    cause  firewall (possible): 1 SYN sent, no answer, no ICMP; a connect limit under 1 s ends"
    );
    assert_eq!(lines[3], "           before the first retransmission");
    assert!(lines[4].starts_with("    check  "));
    assert!(
        page.ends_with("    error  client error: deadline\n    peer   10.3.7.19:5432\n"),
        "{page}"
    );
}

#[test]
fn what_is_not_known_or_said_already_is_absent() {
    let resource = Resource::default();
    let mut fault = fault();
    fault.cause = Cause::Unknown;
    fault.peer.server_address = Some("10.3.7.19".into());
    let message = Some("the same");
    let error = Some(ErrorText { message: "the same", links: Links::from(&["the same"]) });
    let record = Record { message, error, fault: Some(&fault), ..record(&resource) };
    let text = page(&record, false);
    for absent in ["cause", "unknown", "    error", "    peer", "None"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    assert!(text.contains("    facts  1 SYN sent"));
}

#[test]
fn an_error_without_a_fault_has_its_line() {
    let resource = Resource::default();
    let error = Some(ErrorText { message: "no such order", links: Links::from(&[]) });
    let text = page(&Record { error, ..record(&resource) }, false);
    assert!(text.ends_with("checkout::payment\n    error  no such order\n"));
}

#[test]
fn no_line_but_the_summary_is_longer_than_100_columns() {
    let resource = Resource::default();
    let words = "word ".repeat(300);
    let key = Key::new("text");
    let fields = [Field { key: &key, value: Value::Text(&words) }];
    let mut fault = fault();
    fault.evidence.push(Evidence::Note(Cow::Borrowed(&words)));
    let error = Some(ErrorText { message: &words, links: Links::from(&[]) });
    let record = Record { fields: &fields, error, fault: Some(&fault), ..record(&resource) };
    let text = page(&record, false);
    let summary = fault.summary().to_string();
    for line in text.lines().filter(|line| line.trim() != summary) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let of_error = text.lines().skip_while(|line| !line.starts_with("    error")).count();
    assert!(of_error <= 12, "{of_error} lines of error");
}

#[test]
fn no_control_character_reaches_the_terminal() {
    for block in (0..=char::MAX as u32).step_by(4096) {
        let text: String = (block..block + 4096).filter_map(char::from_u32).collect();
        for text in [&text, "a\nb\tc\u{202e}\u{9b}31m"] {
            let resource = Resource::default();
            let key = Key::new(text.to_owned());
            let fields = [Field { key: &key, value: Value::Text(text) }];
            let mut fault = fault();
            fault.peer.server_address = Some(Cow::Borrowed(text));
            let error = Some(ErrorText { message: text, links: Links::from(&[]) });
            let record = Record {
                message: Some(text),
                target: text,
                error,
                fields: &fields,
                fault: Some(&fault),
                rendered: None,
                ..record(&resource)
            };
            let page = page(&record, false);
            assert!(!page.chars().any(|letter| letter != '\n' && is_dangerous(letter)));
            assert!(page.lines().skip(1).all(|line| line.starts_with("    ")), "{page}");
        }
    }
}

#[test]
fn colours_come_only_when_asked_for_and_are_closed() {
    let resource = Resource::default();
    let fault = fault();
    let record = Record { fault: Some(&fault), ..record(&resource) };
    assert!(!page(&record, false).contains('\x1b'));
    for line in page(&record, true).lines().filter(|line| line.contains('\x1b')) {
        let last = line.rfind("\x1b[").map(|at| &line[at..]);
        assert!(last.is_some_and(|last| last.starts_with(RESET)), "{line:?}");
    }
}

#[test]
fn trace_origin_and_losses_are_shown() {
    let resource = Resource::default();
    let trace = TraceContext { trace_id: [0xab; 16], span_id: [1; 8], flags: 1 };
    let origin = Origin {
        file: Some("a.rs"),
        line: Some(7),
        thread: Some("main"),
        span: Some("s"),
        event: None,
    };
    let record = Record { trace: Some(trace), origin, dropped_fields: 2, ..record(&resource) };
    let text = page(&record, false).replace("\n   ", "");
    let trace_id = "ab".repeat(16);
    assert!(
        text.ends_with(&format!(
            " at a.rs:7 thread.name=main span.name=s trace_id={trace_id} (2 fields left out)\n"
        )),
        "{text}"
    );
}

#[test]
fn the_limit_holds() {
    let resource = Resource::default();
    let message = "é".repeat(50_000);
    let mut out = String::from("before");
    let limits = Limits { record: 0, ..Limits::default() };
    write_pretty(&Record { message: Some(&message), ..record(&resource) }, true, &limits, &mut out);
    assert!(out.len() <= crate::MIN_RECORD + "before".len());
    assert!(out.ends_with("…\x1b[0m\n"));
}
