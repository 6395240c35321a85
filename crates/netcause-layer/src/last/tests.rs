//! A span's fields are the same whatever span was opened before at its callsite.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use netcause_record::{JsonExporter, Limits, Sink};
use proptest::prelude::*;
use serde_json::{Map, Value as Json};
use tracing::{Dispatch, error, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

use crate::NetcauseLayer;

const TEXTS: [&str; 5] = ["db", "db2", "", "token=abc123", "a \"quoted\" text"];

/// The fields of a span, and what is recorded later.
#[derive(Debug, Clone, Copy)]
struct Fields {
    text: Option<&'static str>,
    number: Option<u64>,
    code: Option<i64>,
    shown: Option<&'static str>,
    host: Option<&'static str>,
    later: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Scene {
    outer: Fields,
    inner: Fields,
    fails: bool,
}

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Scene {
    fn log(&self) {
        let Fields { text, number, code, shown, host, later } = self.outer;
        let outer = info_span!(
            "outer",
            text,
            number,
            error.code = code,
            fields.error_code = number,
            shown = shown.map(tracing::field::display),
            server.address = host,
        );
        let _outer = outer.enter();
        // One without fields between.
        let _between = info_span!("between").entered();
        let Fields { text, number, code, shown, host, later: inner_later } = self.inner;
        let inner = info_span!(
            "inner",
            number,
            text,
            certificate.days_left = code,
            db.system.name = shown,
            retry.attempt = number,
            host,
        );
        let _inner = inner.enter();
        if let Some(number) = later {
            outer.record("number", number);
        }
        if let Some(number) = inner_later {
            inner.record("number", number);
        }
        match self.fails {
            true => error!(error = "Connection refused (os error 111)", number, "no cart"),
            false => info!(number, "cart"),
        }
    }
}

/// The lines without the clock, as objects that have each key once.
fn on_one_thread(scenes: &[Scene]) -> Vec<Map<String, Json>> {
    let scenes = scenes.to_vec();
    let lines = Lines::default();
    let sink = Sink::writer(Box::new(lines.clone()));
    let layer = NetcauseLayer::new(JsonExporter::new(sink, Limits::default()));
    let subscriber: Dispatch = tracing_subscriber::registry().with(layer).into();
    let work = move || {
        tracing::dispatcher::with_default(&subscriber, || scenes.iter().for_each(Scene::log));
    };
    std::thread::spawn(work).join().unwrap();
    let bytes = std::mem::take(&mut *lines.0.lock().unwrap());
    String::from_utf8(bytes).unwrap().lines().map(parse).collect()
}

fn parse(line: &str) -> Map<String, Json> {
    let Json::Object(mut object) = serde_json::from_str(line).unwrap() else { panic!("{line}") };
    for key in object.keys() {
        let written = serde_json::to_string(key).unwrap();
        assert_eq!(line.matches(&format!("{written}:")).count(), 1, "{key} in {line}");
    }
    assert!(!line.contains("abc123"), "{line}");
    object.remove("timestamp");
    object
}

fn fields() -> impl Strategy<Value = Fields> {
    let rare = || proptest::option::of(0_u64..3);
    let text = || proptest::option::weighted(0.7, proptest::sample::select(&TEXTS[..]));
    let host = proptest::option::of(prop_oneof![Just("db"), Just("cache")]);
    let code = proptest::option::of(0_i64..2);
    let later = proptest::option::weighted(0.2, 5_u64..7);
    (text(), rare(), code, text(), host, later).prop_map(
        |(text, number, code, shown, host, later)| Fields {
            text,
            number,
            code,
            shown,
            host,
            later,
        },
    )
}

/// Scenes most of whose spans have the fields of the ones before.
fn scenes() -> impl Strategy<Value = Vec<Scene>> {
    let one = (fields(), fields(), 0_usize..5, any::<bool>());
    proptest::collection::vec(one, 2..10).prop_map(|ones| {
        let mut last: Option<Scene> = None;
        let scene = |(outer, inner, what, fails)| {
            let new = Scene { outer, inner, fails };
            let next = match (what, last) {
                (0, _) | (_, None) => new,
                (1, Some(last)) => Scene { outer, ..last },
                (2, Some(last)) => Scene { inner, ..last },
                (_, Some(last)) => Scene { fails, ..last },
            };
            last = Some(next);
            next
        };
        ones.into_iter().map(scene).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_line_is_the_same_whatever_spans_were_opened_before(scenes in scenes()) {
        let together = on_one_thread(&scenes);
        for (scene, line) in scenes.iter().zip(together) {
            let alone = on_one_thread(std::slice::from_ref(scene));
            prop_assert_eq!(Some(&line), alone.first());
        }
    }
}

#[test]
fn the_innermost_of_two_fields_with_one_name_is_written() {
    let none =
        Fields { text: None, number: None, code: None, shown: None, host: None, later: None };
    let outer = Fields { text: Some("outer"), number: Some(1), ..none };
    let inner = Fields { text: Some("inner"), ..none };
    let scene = Scene { outer, inner, fails: false };
    let lines = on_one_thread(&[scene; 3]);
    for line in &lines {
        assert_eq!((&line["text"], &line["number"]), (&"inner".into(), &1.into()));
    }
    let amended = Scene { outer: Fields { later: Some(2), ..outer }, ..scene };
    assert_eq!(on_one_thread(&[scene, amended, scene])[1]["number"], 2);
}
