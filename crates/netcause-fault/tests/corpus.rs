//! How well lines of other programs are read: the labelled corpora under `tests/corpus`.

#![allow(clippy::print_stdout, reason = "what is wrong is read when the test fails")]

#[path = "../examples/score/lines.rs"]
mod lines;

use std::path::Path;

use self::lines::{HEADER, Score, read};

/// Reads a corpus, scores it and prints what is wrong.
fn score(file: &str) -> Score {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut score = Score::default();
    for line in read(file, &text).unwrap_or_else(|error| panic!("{file}: {error}")) {
        let wrong = score.add(&line);
        if !wrong.is_empty() {
            println!("{}: {}\n    {}", line.runtime, wrong.join("; "), line.text);
        }
    }
    println!("{HEADER}\n{}", score.row(file));
    score
}

fn assert_at_least(what: &str, found: f64, least: f64) {
    assert!(found >= least, "{what}: {found:.3}, which is less than {least}");
}

#[test]
fn lines_of_some_twenty_runtimes_are_read() {
    let score = score("given/lines.jsonl");
    assert!(score.lines >= 270, "{} lines", score.lines);
    assert_at_least("recall", score.faults.recall(), 0.97);
    assert_at_least("precision", score.faults.precision(), 0.98);
    assert_at_least("category", score.category(), 0.97);
    assert_at_least("host", score.host.f1(), 0.97);
    assert_at_least("port", score.port.f1(), 0.97);
    assert_at_least("limit", score.limit.f1(), 0.9);
    assert_at_least("attempts", score.attempts.f1(), 0.9);
}

#[test]
fn messages_of_clients_that_really_failed_are_read() {
    let score = score("given/generated.tsv");
    assert!(score.lines >= 680, "{} lines", score.lines);
    assert_at_least("category", score.category(), 0.98);
}

#[test]
fn lines_of_our_own_programs_are_read() {
    let score = score("lines.jsonl");
    assert!(score.lines >= 3600, "{} lines", score.lines);
    assert_at_least("recall", score.faults.recall(), 0.99);
    assert_at_least("precision", score.faults.precision(), 0.99);
    assert_at_least("category", score.category(), 0.99);
}
