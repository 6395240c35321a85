//! The corpora of failure lines: `enrich` knows at least what the classifier knows.

#![allow(clippy::expect_used, reason = "a test that cannot run has failed")]

use netcause_cli::enrich::{Enricher, Form};
use netcause_fault::{Fault, classify_text};
use netcause_record::{Limits, Redactor};
use serde_json::{Map, Value};

/// How many answers are right.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Score {
    faults: u32,
    categories: u32,
    hosts: u32,
    ports: u32,
    attempts: u32,
}

/// What was answered of a line.
#[derive(Debug, Default, PartialEq)]
struct Answer {
    category: Option<String>,
    host: Option<String>,
    port: Option<u64>,
    attempt: Option<u64>,
}

impl Answer {
    fn of_fault(fault: Option<Fault<'_>>) -> Self {
        let Some(fault) = fault else { return Answer::default() };
        let peer = &fault.peer;
        let address = peer.peer_address.map(|it| it.to_string());
        Answer {
            category: Some(fault.category.to_string()),
            host: peer.server_address.as_deref().map(str::to_owned).or(address),
            port: peer.server_port.or(peer.peer_port).map(u64::from),
            attempt: fault.attempts.attempt.map(u64::from),
        }
    }

    fn of_record(record: &Map<String, Value>) -> Self {
        let text = |key: &str| record.get(key).and_then(Value::as_str).map(str::to_owned);
        let number = |key: &str| record.get(key).and_then(Value::as_u64);
        let category = text("fault.category");
        if category.is_none() {
            return Answer::default();
        }
        Answer {
            category,
            host: text("server.address").or_else(|| text("network.peer.address")),
            port: number("server.port").or_else(|| number("network.peer.port")),
            attempt: number("retry.attempt"),
        }
    }
}

impl Score {
    fn add(&mut self, label: &Value, answer: &Answer) {
        let is_fault = label["is_fault"] == Value::Bool(true);
        let note = label["note"].as_str().unwrap_or_default();
        let category = label["category"].as_str().unwrap_or("unknown");
        self.faults += u32::from(is_fault == answer.category.is_some());
        if !is_fault {
            return;
        }
        let answered = answer.category.as_deref().unwrap_or("none");
        self.categories += u32::from(answered == category || note.contains(answered));
        self.hosts += u32::from(label["host"].as_str() == answer.host.as_deref());
        self.ports += u32::from(label["port"].as_u64() == answer.port);
        self.attempts += u32::from(label["attempt"].as_u64() == answer.attempt);
    }
}

#[test]
fn enrich_scores_what_the_classifier_scores() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus/lines.jsonl");
    let corpus = std::fs::read_to_string(path).expect("the corpus is there");
    let (mut of_texts, mut of_lines) = (Score::default(), Score::default());
    let mut enricher = Enricher::new(Redactor::default(), Limits::default(), Form::Json);
    let mut out = String::new();
    for line in corpus.lines() {
        let label: Value = serde_json::from_str(line).expect("a line of the corpus is JSON");
        let text = label["line"].as_str().expect("it has a line");
        let by_text = Answer::of_fault(classify_text(text));
        out.clear();
        enricher.line(text.as_bytes(), 0, &mut out);
        let by_line = Answer::of_record(&serde_json::from_str(&out).expect("JSON comes out"));
        if by_text != by_line {
            println!("{text}\n    text: {by_text:?}\n    line: {by_line:?}");
        }
        of_texts.add(&label, &by_text);
        of_lines.add(&label, &by_line);
    }
    println!("{of_texts:?}\n{of_lines:?}");
    assert!(of_lines.faults >= of_texts.faults);
    // A `host` without a port is left alone, and here and there the whole line of a record
    // tells by chance what its message and error do not.
    let is_close = |line: u32, text: u32| line + text / 500 >= text;
    assert!(is_close(of_lines.categories, of_texts.categories));
    assert!(is_close(of_lines.hosts, of_texts.hosts));
    assert!(is_close(of_lines.ports, of_texts.ports));
    assert!(is_close(of_lines.attempts, of_texts.attempts));
}
