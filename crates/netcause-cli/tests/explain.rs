//! `netcause explain`: what a person reads who was called because of one line.

#![allow(clippy::expect_used, reason = "a test that cannot run has failed")]

mod support;

use std::io::Write;
use std::process::Stdio;

use support::{netcause, records, run, stdout, text};

const REFUSED: &str =
    "E1123 09:26:53.589793 1 a.go:7] dial tcp 10.3.7.19:5432: connect: connection refused";

#[test]
fn a_line_is_explained_with_commands_to_copy() {
    let output = run(&["explain", REFUSED], &[]);
    assert_eq!(output.status.code(), Some(0));
    let page = stdout(&output);
    for expected in [
        "Connection to host 10.3.7.19 on port 5432 refused\n",
        "nothing listens there",
        "host 10.3.7.19, port 5432",
        "  1. ",
        "  $ nc -vz -w 3 10.3.7.19 5432\n",
        "  $ ss -ltn 'sport = :5432'\n",
    ] {
        assert!(page.contains(expected), "{expected:?} is missing in\n{page}");
    }
    assert!(!page.contains('\u{1b}') && !page.contains("unknown") && !page.contains("None"));
    let long = page.lines().find(|it| it.chars().count() > 100 && !it.contains('$'));
    assert_eq!(long, None);
}

#[test]
fn a_line_that_is_no_fault_says_so_and_ends_with_1() {
    let output = run(&["explain", "listening on 0.0.0.0:8080"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("reports no failure"));
}

#[test]
fn json_is_the_object_of_enrich() {
    let output = run(&["explain", "--json", REFUSED], &[]);
    let record = &records(stdout(&output))[0];
    assert_eq!(text(record, "fault.category"), "connect_refused");
    assert_eq!((output.status.code(), text(record, "message")), (Some(0), REFUSED));
    let output = run(&["explain", "--json", "all is well"], &[]);
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(1), "{\"message\":\"all is well\"}\n")
    );
}

#[test]
fn lines_may_come_on_standard_input() {
    let mut command = netcause(&["explain", "-"], &[]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(format!("starting\n{REFUSED}\n").as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(stdout(&output).contains("nc -vz -w 3 10.3.7.19 5432"));
}

#[test]
fn secrets_and_control_characters_of_a_line_are_not_shown() {
    let line = "Get \"https://bob:hunter2@api.example/v1?key=hunter2\": connection refused \u{202e}\u{1b}[31m";
    let page = stdout(&run(&["explain", line], &[])).to_owned();
    assert!(page.contains("api.example"), "{page}");
    for absent in ["hunter2", "\u{202e}", "\u{1b}"] {
        assert!(!page.contains(absent), "{page}");
    }
}
