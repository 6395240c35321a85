use netcause_record::Redactor;
use proptest::prelude::*;
use serde_json::Value;

use super::nested::rewrite;
use super::scan::{DEPTH, Kind, Member, Raw, members};
use super::text::decode;
use crate::enrich::keys::PlainNames;

fn scan(line: &str) -> Option<Vec<Member<'_>>> {
    let mut found = Vec::new();
    members(line, |member| found.push(member)).then_some(found)
}

fn text(raw: &Raw<'_>) -> String {
    let mut out = String::new();
    decode(raw, &mut out);
    out
}

fn rewritten(json: &str) -> String {
    let mut out = String::new();
    let raw = Raw { kind: Kind::Nested, text: json };
    rewrite(&raw, &Redactor::default(), &mut PlainNames::default(), &mut out);
    out
}

#[test]
fn members_are_found_where_they_stand() {
    let line = r#" {"a" : "x\n\u00e9" , "b":-1.50e+3,"c":{"d":[1,{}]},"e":null} "#;
    let found = scan(line).unwrap();
    let texts: Vec<_> = found.iter().map(|it| (it.name.text, it.value.text)).collect();
    assert_eq!(
        texts,
        [("a", r"x\n\u00e9"), ("b", "-1.50e+3"), ("c", r#"{"d":[1,{}]}"#), ("e", "null")]
    );
    assert_eq!(text(&found[0].value), "x\né");
}

#[test]
fn halves_of_surrogate_pairs_are_replaced() {
    for (raw, expected) in [
        (r"\ud83d\ude80", "🚀"),
        (r"\ud83d", "\u{fffd}"),
        (r"\ude80x", "\u{fffd}x"),
        (r"\ud83d\ud83d\ude80", "\u{fffd}🚀"),
        (r"\ud83d\n", "\u{fffd}\n"),
    ] {
        assert_eq!(text(&Raw { kind: Kind::EscapedText, text: raw }), expected, "{raw}");
    }
}

#[test]
fn what_is_no_object_is_none() {
    for line in [
        "",
        "{",
        "{}x",
        "[]",
        "1",
        "{\"a\"}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":+1}",
        "{'a':1}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":1,}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":{\"b\"}}",
        "{\"a\":\"",
        "{\"a\":NaN}",
    ] {
        assert!(scan(line).is_none(), "{line}");
    }
}

#[test]
fn bombs_are_no_records() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(scan(&nested(DEPTH)).is_some());
    assert!(scan(&nested(DEPTH + 1)).is_none());
    assert!(scan(&nested(100_000)).is_none());
    let flat = format!("{{\"a\":[{}1]}}", "1,".repeat(100_000));
    assert!(scan(&flat).is_some());
}

#[test]
fn what_is_nested_is_written_without_secrets_and_repeats() {
    assert_eq!(
        rewritten(r#"{ "a" : [ 1.50 , {"password":{"x":1}} ] , "a" : "token=abc", "b":"\u2028" }"#),
        r#"{"a":"token=REDACTED","b":"\u2028"}"#,
    );
    assert_eq!(rewritten(r#"[{"secret":7,"x":[]}]"#), r#"[{"secret":"REDACTED","x":[]}]"#);
    let many: Vec<_> = (0..100).map(|index| format!("\"k{}\":{index}", index % 50)).collect();
    let kept: Value = serde_json::from_str(&rewritten(&format!("{{{}}}", many.join(",")))).unwrap();
    assert_eq!(kept.as_object().unwrap().len(), 50);
    assert_eq!(kept["k7"], 57);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|it| Value::from(f64::from(it) / 8.0)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map("[a-h\"\\\\é]{0,4}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_json_writes_is_read_the_same(value in any_value()) {
        let line = serde_json::json!({"before": 1, "it": value}).to_string();
        let found = scan(&line).unwrap();
        prop_assert_eq!(found.len(), 2);
        let it = found[1].value;
        match it.kind {
            Kind::Text | Kind::EscapedText => prop_assert_eq!(Value::from(text(&it)), value),
            _ => {
                let anew: Value = serde_json::from_str(&rewritten(it.text)).unwrap();
                prop_assert_eq!(anew, value);
            }
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused(line in "[{}\\[\\]\",:0-9.eE+\\-a-u\\\\ ]{0,24}") {
        let line = format!("{{{line}}}");
        let theirs = serde_json::from_str::<serde_json::Map<String, Value>>(&line);
        // Numbers that no float can hold, and halves of pairs, are JSON all the same.
        let is_json = theirs.map_or_else(
            |error| ["out of range", "surrogate"].iter().any(|it| error.to_string().contains(it)),
            |_| true,
        );
        prop_assert_eq!(scan(&line).is_some(), is_json, "{}", line);
    }
}
