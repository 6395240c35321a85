//! What the papers say and the code does: the same.

use std::collections::BTreeSet;

use netcause_fault::{Category, Cause, Confidence, Limit, Phase, Reason, Retry};

use crate::source::{files, read, top};

const PAPERS: &[&str] = &["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];

/// Every paper: its path and its text.
fn papers() -> Vec<(String, String)> {
    let at_top = PAPERS.iter().map(|path| ((*path).to_owned(), read(path)));
    let docs = files("docs").into_iter().map(|source| (source.path, source.text));
    at_top.chain(docs).collect()
}

/// The part of a paper below a heading, up to the next one of its depth.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let depth = heading.split(' ').next().unwrap_or_default();
    let (_, rest) = text
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("there is no `{heading}`"));
    rest.split(&format!("\n{depth} ")).next().unwrap_or(rest)
}

/// The cells of each row of the tables in a text, without heads.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |index: usize| lines.get(index + 1).is_some_and(|next| next.starts_with("|-"));
    let bodies = lines.iter().enumerate().filter(|(index, _)| !is_head(*index));
    bodies.filter_map(|(_, line)| cells(line)).collect()
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(row.split(" | ").map(|cell| cell.trim_matches('`')).collect())
}

/// The first cell of each row.
fn firsts(text: &str) -> BTreeSet<String> {
    // Within a table a bar is written with a backslash.
    let first = |row: Vec<&str>| row.first().map(|cell| cell.replace("\\|", "|"));
    rows(text).into_iter().filter_map(first).collect()
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> BTreeSet<String> {
    all.iter().map(|word| name(*word).to_owned()).collect()
}

#[test]
fn every_fixed_word_is_explained_and_no_other() {
    let fields = read("docs/fields.md");
    let explained = |heading: &str| firsts(section(&fields, heading));
    assert_eq!(explained("## Categories"), names(Category::ALL, Category::as_str));
    assert_eq!(explained("## Reasons"), names(Reason::ALL, Reason::as_str));
    assert_eq!(explained("## Phases"), names(Phase::ALL, Phase::as_str));
    assert_eq!(explained("## Limits"), names(Limit::ALL, Limit::as_str));
    assert_eq!(explained("## Causes"), names(Cause::ALL, Cause::as_str));
    assert_eq!(explained("## Confidence"), names(Confidence::ALL, Confidence::as_str));
    assert_eq!(explained("## Retry advice"), names(Retry::ALL, Retry::as_str));
}

#[test]
fn every_reason_is_explained_under_its_category() {
    let fields = read("docs/fields.md");
    for row in rows(section(&fields, "## Reasons")) {
        let reason = Reason::from_name(row[0]).expect("it is a reason");
        assert_eq!(row[1], reason.category().as_str(), "{reason}");
    }
}

/// The string literals of a text.
fn literals(text: &str) -> BTreeSet<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_vocabulary_is_explained_and_no_other() {
    let policy = read("crates/netcause-record/src/key/policy.rs");
    let (_, table) = policy.split_once("VOCABULARY: &[&str] = &[").expect("the table of keys");
    let keys = literals(table.split("];").next().expect("its end"));
    assert!(keys.len() > 50, "the table of keys was not read");

    let fields = read("docs/fields.md");
    for key in &keys {
        assert!(fields.contains(&format!("`{key}`")), "{key} is not explained");
    }
    let tables = fields.split("\n## Categories\n").next().expect("the tables of fields");
    for field in firsts(tables) {
        assert!(keys.contains(&field), "{field} is explained, and no key");
    }
}

/// The variables that the configuration reads: the arms of its match.
fn variables() -> BTreeSet<String> {
    let config = read("crates/netcause/src/config/mod.rs");
    let arms =
        config.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" => "));
    let mut read_here: BTreeSet<_> = arms.map(|(name, _)| name.to_owned()).collect();
    assert!(read_here.contains("RUST_LOG"), "the variables were not read");
    let names = read("crates/netcause/src/config/names.rs");
    let (_, table) = names.split_once("OTEL: &[&str] = &[").expect("the table of OpenTelemetry's");
    read_here.extend(literals(table.split("];").next().expect("its end")));
    read_here
}

#[test]
fn every_variable_is_in_the_readme_and_no_other() {
    let readme = read("README.md");
    assert_eq!(firsts(section(&readme, "## Environment")), variables());
}

#[test]
fn every_variable_is_in_the_documentation_of_config_and_no_other() {
    let config = read("crates/netcause/src/config/mod.rs");
    let documentation: Vec<_> =
        config.lines().filter_map(|line| line.strip_prefix("/// ")).collect();
    let documented = firsts(&documentation.join("\n"));
    assert_eq!(documented, variables());
}

/// The links of a text: what is shown and where it leads.
fn links(text: &str) -> Vec<(&str, &str)> {
    let ends = text.match_indices("](");
    ends.filter_map(|(at, _)| {
        let shown = text.get(..at)?.rsplit_once('[')?.1;
        let target = text.get(at + 2..)?.split(')').next()?;
        Some((shown, target))
    })
    .collect()
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    for (path, text) in papers() {
        let directory = top().join(&path);
        let directory = directory.parent().expect("a file stands in a directory");
        let local = links(&text).into_iter().filter(|(_, target)| !target.contains("://"));
        for (_, target) in local {
            let file = target.split('#').next().unwrap_or_default();
            assert!(directory.join(file).exists(), "{path}: {target} does not exist");
        }
    }
}

#[test]
fn every_place_of_the_code_that_a_paper_names_exists() {
    let mut seen = 0;
    for (path, text) in papers().into_iter().filter(|(path, _)| path.starts_with("docs/")) {
        for place in text.split('`').skip(1).step_by(2).filter(|it| it.starts_with("crates/")) {
            assert!(top().join(place).exists(), "{path}: {place} does not exist");
            seen += 1;
        }
    }
    assert!(seen > 10, "the papers name {seen} places");
}

/// A link to a Rust source that shows a name in code style speaks of a test there.
#[test]
fn every_test_that_a_paper_names_exists() {
    let mut seen = 0;
    for (path, text) in papers().into_iter().filter(|(path, _)| path.starts_with("docs/")) {
        for (shown, target) in
            links(&text).into_iter().filter(|(_, target)| target.ends_with(".rs"))
        {
            let Some(name) = shown.strip_prefix('`').and_then(|it| it.strip_suffix('`')) else {
                continue;
            };
            if name.contains(['/', '.']) {
                continue;
            }
            let source =
                std::fs::read_to_string(top().join("docs").join(target)).unwrap_or_default();
            assert!(
                source.contains(&format!("fn {name}(")),
                "{path}: there is no {name} in {target}"
            );
            seen += 1;
        }
    }
    assert!(seen > 10, "the papers name {seen} tests");
}

const FILES_OF_AN_EVENT: usize = 4;
const LINES_OF_SUCH_A_FILE: usize = 400;

#[test]
fn an_event_passes_through_at_most_four_short_files() {
    let architecture = read("docs/architecture.md");
    let way = section(&architecture, "## The way of an event");
    let files: BTreeSet<_> = links(way).into_iter().map(|(_, target)| target).collect();
    assert!((1..=FILES_OF_AN_EVENT).contains(&files.len()), "{files:?}");
    for target in files {
        let lines = read(&format!("docs/{target}")).lines().count();
        assert!(lines < LINES_OF_SUCH_A_FILE, "{target} has {lines} lines");
    }
}

#[test]
fn the_readme_has_two_set_up_commands_and_the_second_is_what_ci_runs() {
    let readme = read("README.md");
    let block = section(&readme, "## Try it").split("```").nth(1).expect("a block of commands");
    let commands: Vec<_> = block.lines().filter(|line| line.starts_with("cargo ")).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].ends_with("-- demo"), "{}", commands[0]);
    assert!(read(".ci/run").contains(commands[1]), "{}", commands[1]);
}

#[test]
fn prose_has_one_sentence_a_line() {
    for (path, text) in papers() {
        for line in prose(&text) {
            let second = line.match_indices(". ").any(|(at, _)| {
                let next = line.get(at + 2..).and_then(|rest| rest.chars().next());
                next.is_some_and(char::is_uppercase)
            });
            assert!(!second, "{path}: more than one sentence: {line}");
        }
    }
    assert_eq!(prose("a\n```\nb\n```\n| c |\n"), ["a"]);
}

/// The lines outside of blocks and tables.
fn prose(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(str::lines).filter(|line| !line.is_empty() && !line.starts_with('|')).collect()
}
