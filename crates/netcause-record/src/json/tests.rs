use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause_fault::{
    Category, Cause, Certificate, Confidence, Evidence, Fault, Limit, Phase, Reason, Retry,
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::escape::is_dangerous;
use crate::{ErrorText, Key, Links, MIN_RECORD, Origin, Resource, Value};

fn time() -> SystemTime {
    UNIX_EPOCH + Duration::new(1_795_426_013, 589_793_000)
}

fn record<'a>(resource: &'a Resource, fields: &'a [Field<'a>]) -> Record<'a> {
    Record {
        timestamp: Some(time()),
        severity: Some(Severity::Error),
        message: Some("could not charge the card"),
        target: "checkout::payment",
        trace: None,
        resource,
        fields,
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
    fault.phase = Some(Phase::Connect);
    fault.elapsed = Some(Duration::from_millis(101));
    fault.timeout = Some(Duration::from_millis(100));
    fault.limit = Some(Limit::Connect);
    fault.cause = Cause::Firewall;
    fault.confidence = Confidence::Possible;
    fault.retry = Some(Retry::Yes);
    fault.evidence.push(Evidence::Note("1 SYN sent, no answer, no ICMP".into()));
    fault.evidence.push(Evidence::ShortConnectLimit);
    fault.attempts.attempt = Some(2);
    fault.attempts.max_attempts = Some(5);
    fault.peer.server_address = Some("hello.from.the.other.side".into());
    fault.peer.server_port = Some(12345);
    fault.peer.peer_address = Some([10, 3, 7, 19].into());
    fault.peer.local_address = Some([10, 3, 1, 4].into());
    fault
}

fn line(record: &Record<'_>) -> String {
    let mut line = String::new();
    write_json(record, &Limits::default(), &mut line);
    line
}

/// Parses a line, and makes sure that it is one object, one line, with unique keys.
fn parse(line: &str) -> Json {
    assert_eq!(line.find('\n'), Some(line.len() - 1));
    assert!(!line.trim_end_matches('\n').chars().any(is_dangerous), "{line}");
    let parsed: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let keys = parsed.as_object().unwrap().len();
    assert_eq!(count_members(line), keys, "{line}");
    parsed
}

/// Commas and opening braces outside of strings, outside of nested values.
fn count_members(line: &str) -> usize {
    let (mut depth, mut in_string, mut escaped, mut members) = (0, false, false, 0);
    for letter in line.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' => {
                depth += 1;
                members += usize::from(depth == 1);
            }
            '}' | ']' => depth -= 1,
            ',' if depth == 1 => members += 1,
            _ => {}
        }
    }
    members
}

#[test]
fn what_a_line_of_another_program_does_not_tell_is_absent() {
    let resource = Resource::default();
    let bare = Record { timestamp: None, severity: None, target: "", ..record(&resource, &[]) };
    assert_eq!(line(&bare), "{\"message\":\"could not charge the card\"}\n");
    assert_eq!(line(&Record { message: None, ..bare }), "{}\n");
    assert_eq!(line(&Record { message: Some(""), ..bare }), "{\"message\":\"\"}\n");
}

#[test]
fn a_failing_event_reads_as_designed() {
    let resource = Resource::new(Some("checkout".to_owned()), Vec::new());
    let key = Key::new("http.route");
    let fields = [Field { key: &key, value: Value::Text("/checkout/{cart}") }];
    let fault = fault();
    let record = Record {
        trace: Some(TraceContext {
            trace_id: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes(),
            span_id: 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes(),
            flags: 1,
        }),
        error: Some(ErrorText { message: "a: b: c", links: Links::from(&["a", "b", "c"]) }),
        fault: Some(&fault),
        rendered: None,
        ..record(&resource, &fields)
    };
    let line = line(&record);
    let expected = json!({
        "timestamp": "2026-11-23T09:26:53.589793Z",
        "severity": "ERROR",
        "message": "could not charge the card",
        "target": "checkout::payment",
        "service.name": "checkout",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "span_id": "00f067aa0ba902b7",
        "http.route": "/checkout/{cart}",
        "server.address": "hello.from.the.other.side",
        "server.port": 12345,
        "network.peer.address": "10.3.7.19",
        "network.local.address": "10.3.1.4",
        "error.type": "connect_timeout",
        "error.message": "a: b: c",
        "fault.chain": ["a", "b", "c"],
        "fault.category": "connect_timeout",
        "fault.reason": "connect_timeout",
        "fault.phase": "connect",
        "fault.elapsed_ms": 101,
        "fault.timeout_ms": 100,
        "fault.limit": "connect",
        "fault.cause": "firewall",
        "fault.confidence": "possible",
        "fault.evidence": [
            "1 SYN sent, no answer, no ICMP",
            "a connect limit under 1 s ends before the first retransmission",
        ],
        "fault.retry": "yes",
        "retry.attempt": 2,
        "retry.max_attempts": 5,
        "fault.summary": fault.summary().to_string(),
        "fault.hint": fault.hint().unwrap().to_string(),
    });
    assert_eq!(parse(&line), expected);
    assert!(
        line.starts_with("{\"timestamp\":\"2026-11-23T09:26:53.589793Z\",\"severity\":\"ERROR\",")
    );
    let place = |name: &str| line.find(name).unwrap();
    assert!(place("http.route") < place("server.address"));
    assert!(place("fault.category") < place("fault.summary"));
}

#[test]
fn what_is_not_known_is_absent() {
    let resource = Resource::default();
    let fault = Fault::new(Category::Unknown);
    let record = Record { message: None, fault: Some(&fault), ..record(&resource, &[]) };
    let parsed = parse(&line(&record));
    let mut keys: Vec<&str> = parsed.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys.retain(|key| *key != "fault.hint");
    let expected = [
        "error.type",
        "fault.category",
        "fault.cause",
        "fault.summary",
        "severity",
        "target",
        "timestamp",
    ];
    assert_eq!(keys, expected);
    assert_eq!(parsed["fault.cause"], "unknown");
}

#[test]
fn every_other_member_of_a_fault_is_written() {
    let resource = Resource::default();
    let mut fault = fault();
    fault.peer.peer_port = Some(1);
    fault.peer.local_port = Some(2);
    fault.peer.transport = Some("tcp".into());
    fault.peer.protocol = Some("http".into());
    fault.peer.dns_answers =
        vec!["::ffff:1.2.3.4".parse().unwrap(), "2001:db8::1".parse().unwrap()];
    fault.request.method = Some("GET".into());
    fault.request.url = Some("https://u:p@h/x?key=SECRET".into());
    fault.request.status = Some(503);
    fault.code = Some("503".into());
    fault.attempts.exhausted = Some(false);
    fault.attempts.next_delay = Some(Duration::from_millis(250));
    fault.certificate = Some(Certificate {
        not_after: Some(86_400),
        verified_at: Some(0),
        subject: Some("CN=a".into()),
        issuer: Some("CN=b".into()),
        ..Certificate::default()
    });
    let parsed = parse(&line(&Record { fault: Some(&fault), ..record(&resource, &[]) }));
    for (key, value) in [
        ("network.peer.port", json!(1)),
        ("network.local.port", json!(2)),
        ("network.transport", json!("tcp")),
        ("network.protocol.name", json!("http")),
        ("dns.answers", json!(["::ffff:1.2.3.4", "2001:db8::1"])),
        ("http.request.method", json!("GET")),
        ("url.full", json!("https://REDACTED@h/x?key=REDACTED")),
        ("http.response.status_code", json!(503)),
        ("error.type", json!("503")),
        ("retry.exhausted", json!(false)),
        ("retry.next_delay_ms", json!(250)),
        ("tls.server.not_after", json!("1970-01-02T00:00:00Z")),
        ("tls.server.subject", json!("CN=a")),
        ("tls.server.issuer", json!("CN=b")),
        ("certificate.days_left", json!(1)),
    ] {
        assert_eq!(parsed[key], value, "{key}");
    }
}

#[test]
fn without_a_fault_only_the_error_text_is_written() {
    let resource = Resource::default();
    let error = ErrorText { message: "no such order", links: Links::from(&["a", "b", "c"]) };
    let record = Record { error: Some(error), ..record(&resource, &[]) };
    let parsed = parse(&line(&record));
    assert_eq!(parsed["error.message"], "no such order");
    assert!(parsed.as_object().unwrap().keys().all(|key| !key.starts_with("fault.")));
}

#[test]
fn origin_is_written_where_present() {
    let resource = Resource::default();
    let origin = Origin {
        file: Some("a.rs"),
        line: Some(7),
        thread: Some("main"),
        span: Some("s"),
        event: None,
    };
    let parsed = parse(&line(&Record { origin, ..record(&resource, &[]) }));
    assert_eq!(parsed["code.file.path"], "a.rs");
    assert_eq!(parsed["code.line.number"], 7);
    assert_eq!(parsed["thread.name"], "main");
    assert_eq!(parsed["span.name"], "s");
}

#[test]
fn values_keep_their_type() {
    for (value, expected) in [
        (Value::Null, "null"),
        (Value::Bool(true), "true"),
        (Value::I64(i64::MIN), "-9223372036854775808"),
        (Value::U64(u64::MAX), "18446744073709551615"),
        (Value::F64(f64::INFINITY), "null"),
        (Value::Text("a\"b"), r#""a\"b""#),
        (Value::Number("1.10"), "1.10"),
        (Value::Json("[1]"), "[1]"),
    ] {
        let mut out = String::new();
        write_value(value, &mut out);
        assert_eq!(out, expected);
    }
}

proptest! {
    #[test]
    fn floats_are_written_as_serde_json_does(bits in any::<u64>(), whole in any::<i32>()) {
        for number in [f64::from_bits(bits), f64::from(whole), f64::from(whole) / 8.0] {
            let mut out = String::new();
            write_value(Value::F64(number), &mut out);
            prop_assert_eq!(out, serde_json::to_string(&number).unwrap());
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_line_is_valid_and_never_over_the_limit(
        texts in prop::collection::vec("[a-z\"\\\\\u{1}é\u{202e}]{0,9000}", 10),
        count in 0_usize..30,
        limit in 0_usize..20_000,
        with_fault in any::<bool>(),
    ) {
        let keys: Vec<Key> = (0..count).map(|index| Key::new(format!("key.{index}"))).collect();
        let fields: Vec<Field<'_>> = keys.iter().zip(texts.iter().cycle())
            .map(|(key, text)| Field { key, value: Value::Text(text.get(..400).unwrap_or(text)) })
            .collect();
        let resource = Resource::new(Some(texts[0].clone()), vec![("zone".to_owned(), texts[1].clone())]);
        let mut fault = fault();
        fault.peer.server_address = Some(Cow::Borrowed(&texts[2]));
        fault.code = Some(Cow::Borrowed(&texts[3]));
        fault.peer.dns_answers = vec![[10, 0, 0, 1].into(); texts[4].len()];
        fault.evidence.push(Evidence::Note(Cow::Borrowed(&texts[5])));
        let links: Vec<&str> = texts.iter().map(String::as_str).collect();
        let record = Record {
            message: Some(&texts[6]),
            target: &texts[7],
            error: Some(ErrorText { message: &texts[8], links: links.as_slice().into() }),
            fault: with_fault.then_some(&fault),
            ..record(&resource, &fields)
        };
        let mut line = String::new();
        let dropped = write_json(&record, &Limits { record: limit, ..Limits::default() }, &mut line);
        prop_assert!(line.len() <= limit.max(MIN_RECORD), "{} > {limit}", line.len());
        let parsed = parse(&line);
        let written = parsed.as_object().unwrap().keys().filter(|key| key.starts_with("key.")).count();
        prop_assert_eq!(written + dropped as usize, count);
        prop_assert_eq!(parsed.get("dropped_attributes_count").and_then(Json::as_u64), (dropped > 0).then_some(u64::from(dropped)));
    }
}

#[test]
fn the_last_fields_are_left_out_first() {
    let resource = Resource::default();
    let keys: Vec<Key> = (0..40).map(|index| Key::new(format!("key.{index:02}"))).collect();
    let text = "x".repeat(1000);
    let fields: Vec<Field<'_>> =
        keys.iter().map(|key| Field { key, value: Value::Text(&text) }).collect();
    let record = Record { dropped_fields: 3, ..record(&resource, &fields) };
    let line = line(&record);
    let parsed = parse(&line);
    let written = parsed.as_object().unwrap().keys().filter(|key| key.starts_with("key.")).count();
    assert_eq!(parsed["dropped_attributes_count"], 40 - written + 3);
    assert!(parsed.get("key.00").is_some() && parsed.get("key.39").is_none());
    assert!(line.len() > 15_000, "room is wasted: {}", line.len());
}

#[test]
fn an_error_key_moves_only_on_a_fault() {
    let resource = Resource::default();
    let key = Key::new("error.code");
    let fields = [Field { key: &key, value: Value::I64(5) }];
    assert_eq!(parse(&line(&record(&resource, &fields)))["error.code"], 5);
    let fault = fault();
    let parsed = parse(&line(&Record { fault: Some(&fault), ..record(&resource, &fields) }));
    assert_eq!(parsed["fields.error_code"], 5);
    assert!(parsed.get("error.code").is_none());
}

#[test]
fn a_resource_attribute_yields_to_a_key_that_moved() {
    let resource = Resource::new(None, vec![("error.code".to_owned(), "resource".to_owned())]);
    let key = Key::new("error.code");
    let fields = [Field { key: &key, value: Value::I64(5) }];
    let parsed = parse(&line(&record(&resource, &fields)));
    assert_eq!(parsed["error.code"], 5);
    assert_eq!(parsed["fields.error_code"], "resource");
    let fault = fault();
    let parsed = parse(&line(&Record { fault: Some(&fault), ..record(&resource, &fields) }));
    assert_eq!(parsed["fields.error_code"], 5);
}

#[test]
fn a_resource_attribute_yields_to_everything_else() {
    let attributes = [
        ("zone", "b"),
        ("zone", "c"),
        ("order.id", "resource"),
        ("server.address", "x"),
        ("error.code", "y"),
        ("message", "z"),
        ("db.password", "hunter2"),
    ];
    let attributes = attributes.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let resource = Resource::new(None, attributes.to_vec());
    let key = Key::new("order.id");
    let fields = [Field { key: &key, value: Value::I64(17) }];
    let fault = fault();
    let parsed = parse(&line(&Record { fault: Some(&fault), ..record(&resource, &fields) }));
    assert_eq!(parsed["zone"], "b");
    assert_eq!(parsed["order.id"], 17);
    assert_eq!(parsed["server.address"], "hello.from.the.other.side");
    assert_eq!(parsed["fields.server_address"], "x");
    assert_eq!(parsed["fields.error_code"], "y");
    assert_eq!(parsed["fields.message"], "z");
    assert_eq!(parsed["db.password"], "REDACTED");
}

#[test]
fn every_scalar_is_safe_in_message_key_value_target_and_error() {
    for block in (0..=char::MAX as u32).step_by(64) {
        let text: String = (block..block + 64).filter_map(char::from_u32).collect();
        let resource = Resource::default();
        let key = Key::new(format!("key {text}"));
        let fields = [Field { key: &key, value: Value::Text(&text) }];
        let mut fault = fault();
        fault.peer.server_address = Some(Cow::Borrowed(&text));
        let links = [text.as_str(); 3];
        let record = Record {
            message: Some(&text),
            target: &text,
            error: Some(ErrorText { message: &text, links: Links::from(&links) }),
            fault: (block % 128 == 0).then_some(&fault),
            ..record(&resource, &fields)
        };
        let parsed = parse(&line(&record));
        for key in ["message", "target", "error.message", key.name.as_ref()] {
            assert_eq!(parsed.get(key).and_then(Json::as_str).unwrap_or_default(), text);
        }
    }
}

#[test]
fn a_line_is_appended_and_never_longer_than_the_least_limit() {
    let resource = Resource::default();
    let mut line = String::from("before");
    let limits = Limits { record: 0, ..Limits::default() };
    let message = "m".repeat(100_000);
    let record = Record { message: Some(&message), ..record(&resource, &[]) };
    write_json(&record, &limits, &mut line);
    let line = line.strip_prefix("before").unwrap();
    assert!(line.len() <= MIN_RECORD);
    assert!(parse(line)["message"].as_str().unwrap().ends_with("mmm…"));
}
