//! The files of the workspace, and Rust sources without what does not run.

use std::fs;
use std::path::{Path, PathBuf};

/// A file, by its path from the top of the workspace.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The top of the workspace.
pub(crate) fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member stands in a workspace")
}

/// The text of a file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Rust sources that a user compiles, without those of tests.
pub(crate) fn shipped() -> Vec<Source> {
    let is_shipped = |path: &str| {
        let mut parts = path.split('/').skip(2);
        parts.next() == Some("src") && !path.ends_with("/tests.rs") && parts.all(|it| it != "tests")
    };
    rust("crates").into_iter().filter(|source| is_shipped(&source.path)).collect()
}

/// Every Rust source below a directory.
pub(crate) fn rust(below: &str) -> Vec<Source> {
    files(below).into_iter().filter(|source| source.path.ends_with(".rs")).collect()
}

/// Every text file below a directory; build directories and the history are passed over.
pub(crate) fn files(below: &str) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&top().join(below), &mut found);
    found.sort();
    assert!(!found.is_empty(), "no files below {below}");
    let source = |path: PathBuf| {
        let text = String::from_utf8(fs::read(&path).expect("it was listed")).ok()?;
        let path = path.strip_prefix(top()).expect("it was found below").to_string_lossy();
        Some(Source { path: path.replace('\\', "/"), text })
    };
    found.into_iter().filter_map(source).collect()
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    // Every build directory has this tag, wherever it is.
    if directory.join("CACHEDIR.TAG").exists() {
        return;
    }
    for entry in fs::read_dir(directory).expect("a directory of the workspace") {
        let path = entry.expect("an entry").path();
        if path.ends_with(".git") {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The lines of a source that run outside of tests, with their numbers.
pub(crate) fn code(text: &str) -> Vec<(usize, &str)> {
    let mut lines = text.lines().enumerate();
    let mut code = Vec::new();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            skip_item(&mut lines);
        } else if !line.trim_start().starts_with("//") {
            let line = line.split(" // ").next().unwrap_or(line);
            code.push((number + 1, line));
        }
    }
    code
}

/// Passes over one item, which ends on its first line or at a brace as far in as it began.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) {
    let Some((_, first)) = lines.by_ref().find(|(_, line)| !line.trim_start().starts_with("#["))
    else {
        return;
    };
    if first.ends_with(';') || first.ends_with('}') {
        return;
    }
    let end = format!("{}}}", indentation(first));
    lines.find(|(_, line)| *line == end);
}

/// The white space at the start of a line.
pub(crate) fn indentation(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

/// Whether a line has the word, and not as the end of a longer one.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn comments_and_tests_are_no_code() {
    let text = "//! unsafe\nfn a() {} // unsafe\n#[cfg(test)]\nmod tests {\n    unsafe\n}\n\
                #[cfg(test)]\nmod more;\nfn b() {}\n";
    let left: Vec<_> = code(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(left, ["fn a() {}", "fn b() {}"]);
}

#[test]
fn a_word_is_not_found_as_the_end_of_a_longer_one() {
    assert!(has_word("use log::info;", "log::"));
    assert!(!has_word("use tracing_log::X;", "log::"));
}
