use std::time::{Duration, UNIX_EPOCH};

use netcause_record::{Key, Record, Severity, Value};
use proptest::prelude::*;

use super::records::Records;
use crate::enrich::{Enricher, Form};

/// The attributes of the record of a line.
fn attributes(record: &Record<'_>) -> Vec<(String, String)> {
    let shown = |value: Value<'_>| format!("{value:?}");
    record.fields.iter().map(|it| (it.key.name.to_string(), shown(it.value))).collect()
}

fn read<T>(line: &str, with: impl Fn(&Record<'_>) -> T) -> T {
    let mut result = None;
    Records::default().read(line, None, |record| result = Some(with(record)));
    result.unwrap()
}

#[test]
fn what_a_record_has_a_place_for_is_no_attribute() {
    let line = r#"{"timestamp":"2026-11-23T09:26:53.589793Z","severity":"WARN","message":"a\nb","target":"shop","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","error.message":"no: really","fault.category":"dns","fault.chain":["a","b \"c\"","d"],"n":1.10,"big":18446744073709551615,"no":null,"yes":true,"text":"a\tb","dropped_attributes_count":3}"#;
    read(line, |record| {
        let time = record.timestamp.unwrap().duration_since(UNIX_EPOCH).unwrap();
        assert_eq!(time, Duration::new(1_795_426_013, 589_793_000));
        assert_eq!(record.severity, Some(Severity::Warn));
        assert_eq!((record.message, record.target), (Some("a\nb"), "shop"));
        let trace = record.trace.unwrap();
        let id = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128;
        assert_eq!((trace.trace_id, trace.flags), (id.to_be_bytes(), 1));
        assert_eq!(trace.span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
        let error = record.error.unwrap();
        assert_eq!(error.message, "no: really");
        assert!(error.links.iter().eq(["a", "b \"c\"", "d"]));
        assert_eq!(record.dropped_fields, 3);
        let attributes = attributes(record);
        let attributes: Vec<_> =
            attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let expected = [
            ("fault.category", "Text(\"dns\")"),
            ("fault.chain", r#"Json("[\"a\",\"b \\\"c\\\"\",\"d\"]")"#),
            ("n", "Number(\"1.10\")"),
            ("big", "Number(\"18446744073709551615\")"),
            ("no", "Null"),
            ("yes", "Bool(true)"),
            ("text", "Text(\"a\\tb\")"),
        ];
        assert_eq!(attributes, expected);
    });
}

#[test]
fn an_id_that_is_none_stays_an_attribute() {
    for (trace, span, attributes_left) in [
        ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 0),
        ("4BF92F3577B34DA6A3CE929D0E0E4736", "0", 1),
        ("4bf92f3577b34da6a3ce929d0e0e473", "00f067aa0ba902b7", 2),
        ("00000000000000000000000000000000", "0000000000000000", 2),
        ("+bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 2),
        ("4bf92f3577b34da6a3ce929d0e0e473\u{e9}", "x", 2),
    ] {
        for names in [["trace_id", "span_id"], ["traceId", "spanId"], ["trace.id", "span.id"]] {
            let line = format!(r#"{{"{}":"{trace}","{}":"{span}"}}"#, names[0], names[1]);
            let (left, known) = read(&line, |it| (attributes(it).len(), it.trace.is_some()));
            assert_eq!((left, known), (attributes_left, attributes_left < 2), "{line}");
        }
    }
}

#[test]
fn of_members_with_one_name_the_last_stands_and_they_have_a_bound() {
    let left = read(r#"{"a":1,"b":2,"\u0061":3}"#, attributes);
    let shown: Vec<_> = left.iter().map(|(key, value)| format!("{key} {value}")).collect();
    assert_eq!(shown, ["a Number(\"3\")", "b Number(\"2\")"]);
    let members: Vec<_> = (0..2000).map(|it| format!("\"k{it}\":{it}")).collect();
    let line = format!("{{{}}}", members.join(","));
    assert_eq!(read(&line, |it| (it.fields.len(), it.dropped_fields)), (512, 1488));
}

#[test]
fn a_time_is_kept_to_the_nanosecond() {
    let mut enricher = Enricher::new(Default::default(), Default::default(), Form::Json);
    for (line, nanoseconds) in [
        ("2026-11-23T09:26:53.589793123Z stderr F it fails", Some(589_793_123)),
        (r#"{"time":"2026-11-23T09:26:53.589793123Z","msg":"m"}"#, Some(589_793_123)),
        (
            r#"{"timestamp":"2026-11-23T09:26:53.589793Z","fault.category":"dns"}"#,
            Some(589_793_000),
        ),
        ("it fails", None),
    ] {
        let mut out = String::new();
        enricher.line(line.as_bytes(), 0, &mut out);
        let mut time = None;
        Records::default().read(out.trim_ascii_end(), enricher.time(), |it| time = it.timestamp);
        let time = time.map(|it| it.duration_since(UNIX_EPOCH).unwrap().subsec_nanos());
        assert_eq!(time, nanoseconds, "{line}");
    }
}

/// Members whose values are of every kind, under names that mean something and others.
fn members() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        "[a-c\u{e9}\"]{0,2}",
        Just("fault.category".to_owned()),
        Just("message".to_owned()),
        Just("trace_id".to_owned()),
        Just("span_id".to_owned()),
        Just("error".to_owned()),
        Just("fields.error".to_owned()),
        Just("time".to_owned()),
        Just("fault.chain".to_owned()),
    ];
    let value = prop_oneof![
        Just("4bf92f3577b34da6a3ce929d0e0e4736".into()),
        Just("2026-11-23T09:26:53.589Z".into()),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        Just(serde_json::json!(["a", "b\n", "c"])),
        Just(serde_json::json!({ "a": [null, true, 1.5] })),
        Just(serde_json::Value::Null),
    ];
    let members = proptest::collection::vec((name, value), 0..8);
    members.prop_map(|members| {
        let shown = |(name, value): &(String, serde_json::Value)| {
            format!("{}:{value}", serde_json::Value::from(name.as_str()))
        };
        format!("{{{}}}", members.iter().map(shown).collect::<Vec<_>>().join(","))
    })
}

proptest! {
    #[test]
    fn every_member_of_a_line_is_told_and_none_twice(line in prop_oneof![members(), any::<String>()]) {
        let mut enricher = Enricher::new(Default::default(), Default::default(), Form::Json);
        let mut out = String::new();
        enricher.line(line.as_bytes(), 0, &mut out);
        let members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&out).unwrap();
        let told = read(out.trim_ascii_end(), |it| {
            let mut names: Vec<_> = attributes(it).into_iter().map(|(name, _)| name).collect();
            let heads = [
                (it.timestamp.is_some(), "timestamp"),
                (it.severity.is_some(), "severity"),
                (it.message.is_some(), "message"),
                (it.error.is_some(), "error.message"),
                (it.trace.is_some(), "trace_id"),
                (it.trace.is_some_and(|it| it.span_id != [0; 8]), "span_id"),
            ];
            names.extend(heads.iter().filter(|it| it.0).map(|it| it.1.to_owned()));
            names.sort();
            names
        });
        let written = |it: &String| Key::of_record(it.clone()).name.into_owned();
        let mut expected: Vec<_> = members.keys().map(written).collect();
        expected.sort();
        expected.dedup();
        prop_assert_eq!(told, expected);
    }
}
