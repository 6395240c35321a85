//! The command line: help, version, usage errors, completions.

mod support;

use std::process::{Child, Stdio};

use support::{netcause, run, stderr, stdout};

#[test]
fn help_teaches_by_example_and_states_the_exit_codes() {
    let output = run(&["--help"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let help = stdout(&output);
    for expected in ["netcause demo\n", "NETCAUSE_FORMAT=json netcause demo", "Exit codes:", "2  "]
    {
        let found = help.contains(expected) || help.contains(&expected.replace('\n', " "));
        assert!(found, "{expected:?} is missing in {help}");
    }
}

#[test]
fn only_commands_that_exist_are_offered() {
    let output = run(&["--help"], &[]);
    let absent = "spool";
    let offered = stdout(&output).lines().any(|line| line.trim_start().starts_with(absent));
    assert!(!offered, "{absent} is offered");
    assert_eq!(run(&[absent], &[]).status.code(), Some(2), "{absent} is accepted");
}

#[test]
fn help_fits_a_terminal_of_100_columns() {
    for arguments in [
        &["--help"][..],
        &["enrich", "--help"],
        &["check", "--help"],
        &["explain", "--help"],
        &["probe", "--help"],
        &["report", "--help"],
        &["demo", "--help"],
        &["completions", "--help"],
    ] {
        let output = run(arguments, &[]);
        let long = stdout(&output).lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "in the help of {arguments:?}");
    }
}

#[test]
fn version_is_that_of_the_package() {
    let output = run(&["--version"], &[]);
    assert_eq!(stdout(&output), format!("netcause {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_not_understood_ends_with_2_and_says_so_on_standard_error() {
    for arguments in
        [&["dmeo"][..], &["demo", "--lop"], &["completions"], &["completions", "csh"], &[]]
    {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert!(stderr(&output).contains("Usage:") || stderr(&output).contains("possible values"));
    }
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let output = run(&["man"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let page = stdout(&output);
    assert!(page.contains(".TH netcause") && page.contains("EXTRA") && page.contains("enrich"));
    for name in ["enrich", "explain", "demo", "completions"] {
        let output = run(&["man", name], &[]);
        assert!(stdout(&output).contains(".SH SYNOPSIS"), "{name}");
    }
    assert_eq!(run(&["man", "nothing"], &[]).status.code(), Some(2));
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell], &[]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        for word in
            ["demo", "completions", "loop", "enrich", "only-faults", "explain", "man", "follow"]
        {
            assert!(stdout(&output).contains(word), "{word} is missing for {shell}");
        }
    }
}

#[test]
fn a_closed_output_is_no_failure() {
    for arguments in [&["--help"][..], &["completions", "zsh"], &["--version"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = netcause(arguments, &[]).stdout(writer).stderr(Stdio::piped()).spawn();
        let output = output.and_then(Child::wait_with_output).expect("the command runs");
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn colours_of_the_help_obey_no_color() {
    let is_coloured = |settings| stdout(&run(&["--help"], settings)).contains('\u{1b}');
    assert!(!is_coloured(&[]), "on a pipe");
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}
