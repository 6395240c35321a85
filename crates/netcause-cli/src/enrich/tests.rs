use netcause_record::{Limits, Redactor};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Enricher, Form};

fn enricher() -> Enricher {
    Enricher::new(Redactor::default(), Limits::default(), Form::Json)
}

fn enrich(line: &[u8]) -> String {
    let mut out = String::new();
    enricher().line(line, 0, &mut out);
    out
}

fn record(line: &str) -> Map<String, Value> {
    let out = enrich(line.as_bytes());
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error} in {out}"))
}

/// One object, one line, within the limit, and the same when it comes again.
fn check(line: &[u8]) {
    let once = enrich(line);
    assert!(once.ends_with('\n') && once.matches('\n').count() == 1, "{once:?}");
    assert!(once.len() <= Limits::default().record || once.trim_end().as_bytes() == line);
    serde_json::from_str::<Map<String, Value>>(&once).unwrap();
    assert_eq!(enrich(once.trim_end_matches('\n').as_bytes()), once);
    let mut out = String::new();
    Enricher::new(Redactor::default(), Limits::default(), Form::Pretty { colour: false })
        .line(line, 0, &mut out);
    assert!(!out.contains(|it: char| it.is_control() && it != '\n'), "{out:?}");
}

#[test]
fn what_is_no_record_becomes_the_message() {
    for line in
        ["", " ", "x", "[1]", "\"x\"", "{", "{}x", "null", "{\"a\":1,}", "日本語", "{'a': 1}"]
    {
        assert_eq!(record(line), Map::from_iter([("message".to_owned(), line.into())]), "{line}");
    }
    assert_eq!(enrich(b"\r"), "{\"message\":\"\"}\n");
    assert_eq!(enrich(b"a\0b\xffc"), "{\"message\":\"a\\u0000b\u{fffd}c\"}\n");
}

#[test]
fn a_record_keeps_its_fields_and_its_literals() {
    let line = r#"{"b":1.50,"a":12345678901234567890123,"c":-0.0,"d":1e400,"n":null,"t":true,"o":{"x":[1.0,{"y":"é"}]},"s":"\u00e9\/"}"#;
    let out = r#"{"b":1.50,"a":12345678901234567890123,"c":-0.0,"d":1e400,"n":null,"t":true,"o":{"x":[1.0,{"y":"é"}]},"s":"é/"}"#;
    assert_eq!(enrich(line.as_bytes()), format!("{out}\n"));
    assert_eq!(enrich(b" { } "), "{}\n");
}

#[test]
fn reserved_names_move_and_none_is_written_twice() {
    let line = r#"{"timestamp":17,"severity":"high","message":{"a":1},"error":{"code":7},"server":"x","server.address":{"a":1},"x":1,"x":2,"target":"t","trace_id":"7","fields":{"a":1},"error":{"code":8}}"#;
    let out = r#"{"fields.timestamp":17,"fields.severity":"high","fields.message":{"a":1},"fields.error":{"code":8},"fields.server":"x","fields.server_address":{"a":1},"x":2,"target":"t","trace_id":"7","fields.fields":{"a":1}}"#;
    assert_eq!(enrich(line.as_bytes()), format!("{out}\n"));
    check(line.as_bytes());
}

#[test]
fn what_has_a_category_already_passes_unchanged() {
    let line = r#" {"b" : 1, "fault.category":"dns", "a":"\u0041", "a":2} "#;
    assert_eq!(enrich(line.as_bytes()), format!("{line}\n"));
}

#[test]
fn the_usual_names_are_understood() {
    for line in [
        r#"{"level":"error","ts":1795426013.589,"msg":"no","err":"dial tcp 10.3.7.19:5432: i/o timeout"}"#,
        r#"{"@timestamp":"2026-11-23T09:26:53.589Z","log.level":"ERROR","message":"no","error.message":"dial tcp 10.3.7.19:5432: i/o timeout"}"#,
        r#"{"@timestamp":"2026-11-23T10:26:53.589+01:00","log":{"level":"error"},"message":"no","error":{"message":"dial tcp 10.3.7.19:5432: i/o timeout"}}"#,
        r#"{"time":1795426013589,"level":50,"msg":"no","err":{"type":"Error","message":"dial tcp 10.3.7.19:5432: i/o timeout"}}"#,
        r#"{"timestamp":"2026-11-23T09:26:53.589Z","level":"ERROR","fields":{"message":"no","error":"dial tcp 10.3.7.19:5432: i/o timeout"},"target":"x"}"#,
        r#"{"@t":"2026-11-23T09:26:53.589Z","@l":"Error","@mt":"no","@x":"dial tcp 10.3.7.19:5432: i/o timeout"}"#,
        r#"{"severity":"ERROR","timestamp":"2026-11-23T09:26:53.589Z","jsonPayload":{"message":"no","error":"dial tcp 10.3.7.19:5432: i/o timeout"}}"#,
        r#"{"log":"{\"level\":\"error\",\"msg\":\"no\",\"err\":\"dial tcp 10.3.7.19:5432: i/o timeout\"}\n","stream":"stderr","time":"2026-11-23T09:26:53.589Z"}"#,
        r#"{"t":{"$date":"2026-11-23T09:26:53.589+00:00"},"s":"E","c":"NETWORK","msg":"no","attr":{"error":"dial tcp 10.3.7.19:5432: i/o timeout"}}"#,
        r#"{"MESSAGE":"no","PRIORITY":"3","__REALTIME_TIMESTAMP":"1795426013589000","error":"dial tcp 10.3.7.19:5432: i/o timeout"}"#,
    ] {
        let record = record(line);
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        assert_eq!(text("timestamp"), "2026-11-23T09:26:53.589000Z", "{line}");
        assert_eq!(text("severity"), "ERROR", "{line}");
        assert_eq!(text("message"), "no", "{line}");
        assert_eq!(text("error.message"), "dial tcp 10.3.7.19:5432: i/o timeout", "{line}");
        assert_eq!(text("fault.category"), "connect_timeout", "{line}");
        assert_eq!(text("server.address"), "10.3.7.19", "{line}");
        check(line.as_bytes());
    }
}

#[test]
fn a_message_speaks_only_from_warn_on_and_without_an_error() {
    let is_fault = |line: &str| record(line).contains_key("fault.category");
    let message = "dial tcp 10.3.7.19:80: connect: connection refused";
    assert!(is_fault(&format!(r#"{{"level":"warn","msg":"{message}"}}"#)));
    assert!(is_fault(&format!(r#"{{"msg":"{message}"}}"#)));
    assert!(!is_fault(&format!(r#"{{"level":"info","msg":"{message}"}}"#)));
    assert!(is_fault(&format!(r#"{{"level":"info","msg":"trying again","error":"{message}"}}"#)));
    assert!(!is_fault(&format!(r#"{{"level":"info","path":"{message}","msg":"served"}}"#)));
}

#[test]
fn a_name_beside_an_address_names_the_same_peer_only_on_the_same_port() {
    let peer = |fields: &str| {
        let line =
            format!(r#"{{"level":"error","msg":"connect ECONNREFUSED 10.3.7.19:9092",{fields}}}"#);
        let record = record(&line);
        ["server.address", "network.peer.address"]
            .map(|key| record.get(key).and_then(Value::as_str).map(str::to_owned))
    };
    let [name, address] = [Some("kafka.internal".to_owned()), Some("10.3.7.19".to_owned())];
    assert_eq!(peer(r#""broker":"kafka.internal:9092""#), [name, address.clone()]);
    assert_eq!(peer(r#""broker":"kafka.internal:9093""#), [address.clone(), None]);
    assert_eq!(peer(r#""host":"web-1""#), [address, None]);
}

#[test]
fn the_host_of_the_logger_is_no_peer() {
    let server = |fields: &str| {
        let line = format!(r#"{{"level":"error","error":"connection refused",{fields}}}"#);
        record(&line).get("server.address").cloned()
    };
    assert_eq!(server(r#""host":"web-1""#), None);
    assert_eq!(server(r#""host":"db","port":5432"#), Some("db".into()));
}

#[test]
fn secrets_are_removed_wherever_they_stand() {
    for line in [
        "GET https://bob:hunter2@api.example/ failed",
        r#"{"password":"hunter2"}"#,
        r#"{"password":["hunter2"]}"#,
        r#"{"a":{"b":[{"api_key":"hunter2"}]}}"#,
        r#"{"url":"https://api.example/?token=hunter2"}"#,
        r#"{"a":"x \u0070assword=hunter2"}"#,
        r#"{"level":"error","error":"https://bob:hunter2@db:5432: connection refused"}"#,
        r#"{"log":"{\"password\":\"hunter2\",\"msg\":\"x\"}\n"}"#,
        "2026-11-23T09:26:53Z stderr F {\"password\":\"hunter2\",\"error\":\"connection refused\"}",
    ] {
        let out = enrich(line.as_bytes());
        assert!(!out.contains("hunter2") && out.contains("REDACTED"), "{out}");
        check(line.as_bytes());
    }
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    for line in [
        "x".repeat(20_000),
        "\u{1}".repeat(9_000),
        "é".repeat(12_000),
        format!("{} dial tcp 10.3.7.19:80: i/o timeout", "x".repeat(20_000)),
        format!("ERROR dial tcp 10.3.7.19:80: i/o timeout {}", "x".repeat(20_000)),
        "connection refused ".repeat(2_000),
        format!(r#"{{"message":"{}","order":7}}"#, "x".repeat(30_000)),
        format!(r#"{{"level":"error","msg":"a","stack":"{}","error":"EOF"}}"#, "x".repeat(90_000)),
        format!("{{\"a\":{}1{}}}", "[".repeat(60), "]".repeat(60)),
        format!("{{\"a\":{}", "[".repeat(50_000)),
        format!(
            "{{{}}}",
            (0..2000).map(|it| format!("\"k{it}\":{it}")).collect::<Vec<_>>().join(",")
        ),
    ] {
        let out = enrich(line.as_bytes());
        if line.len() > 16_000 {
            let says_so = ["…", "dropped_attributes_count"].iter().any(|it| out.contains(it));
            assert!(says_so, "{}", &out[..200]);
        }
        check(line.as_bytes());
    }
    let mut out = String::new();
    enricher().line(b"begin", 7, &mut out);
    assert_eq!(out, "{\"message\":\"begin\",\"dropped_bytes_count\":7}\n");
}

/// Pieces of the lines that programs write.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "2026-11-23T09:26:53.589Z ",
            "2026/11/23 09:26:53 ",
            "Nov 23 09:26:53 host app[7]: ",
            "stderr F ",
            "E1123 09:26:53.000001 1 a.go:7] ",
            "[error] ",
            "ERROR ",
            "INFO ",
            "level=error ",
            "msg=\"",
            "\" ",
            "dial tcp 10.3.7.19:5432: i/o timeout",
            "connection refused",
            "EOF",
            "context canceled",
            "host=db ",
            "port=5432 ",
            "password=hunter2 ",
            "https://u:p@h/?token=x ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            ":",
            ",",
            "{\"level\":\"error\",\"msg\":\"x\"}",
            "<13>",
            "app-1  | ",
            "haproxy[7]: ",
            "fail: A.B[0] ",
            "\u{202e}",
            "\u{1}",
            "é",
            "…",
            " ",
            "=",
            "Authorization: Bearer abcdefghijkl ",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.concat())
}

fn member() -> impl Strategy<Value = (String, Value)> {
    let name = prop::sample::select(vec![
        "message",
        "msg",
        "log",
        "event",
        "level",
        "severity",
        "time",
        "timestamp",
        "ts",
        "error",
        "err",
        "error.message",
        "fields.error",
        "exception",
        "fields",
        "attr",
        "host",
        "port",
        "broker",
        "url",
        "password",
        "server.address",
        "server",
        "retry.attempt",
        "dropped_attributes_count",
        "fault.timeout_ms",
        "impact.calls",
        "target",
        "trace_id",
        "stack_trace",
        "a",
        "fields.a",
    ]);
    let scalar = prop_oneof![
        text().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        Just(Value::Null),
        Just(Value::Bool(true)),
        prop::sample::select(vec![
            "info",
            "error",
            "WARN",
            "fatal",
            "1795426013",
            "2026-11-23T09:26:53Z"
        ])
        .prop_map(Value::from),
    ];
    let value = scalar.prop_recursive(2, 8, 4, move |inner| {
        let names =
            prop::sample::select(vec!["message", "error", "level", "port", "password", "x"]);
        prop_oneof![
            proptest::collection::vec((names, inner.clone()), 0..4).prop_map(|members| {
                Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
            inner.prop_map(|value| Value::String(format!("{{\"error\":{value}}}"))),
        ]
    });
    (name.prop_map(str::to_owned), value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_give_one_record_that_stays(line in proptest::collection::vec(any::<u8>().prop_filter("no line feed", |it| *it != b'\n'), 0..200)) {
        check(&line);
    }

    #[test]
    fn any_text_gives_one_record_that_stays(line in text()) {
        check(line.replace('\n', " ").as_bytes());
    }

    #[test]
    fn any_record_gives_one_record_that_stays(members in proptest::collection::vec(member(), 0..7)) {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
        check(format!("{{{}}}", members.join(",")).as_bytes());
    }
}

#[test]
fn the_shortest_token_is_removed() {
    let out = enrich(br#"{"msg":"started","kind":"xoxb-1234567890"}"#);
    assert!(!out.contains("xoxb-1234567890"), "{out}");
}
