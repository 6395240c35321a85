//! Scores the text classification on labelled lines.
//!
//! `cargo run -p netcause-fault --example score -- [--by-runtime] [--quiet] [--only=RUNTIME] FILE…`

use std::collections::BTreeMap;
use std::error::Error;
use std::{env, fs};

use self::lines::{HEADER, Score, read};

mod lines;

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--only="));
    let mut all = Score::default();
    let mut runtimes: BTreeMap<String, Score> = BTreeMap::new();
    for file in arguments.iter().filter(|argument| !argument.starts_with("--")) {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        for line in read(file, &text)? {
            if only.is_some_and(|only| !line.runtime.starts_with(only)) {
                continue;
            }
            let wrong = all.add(&line);
            runtimes.entry(line.runtime.clone()).or_default().add(&line);
            if !wrong.is_empty() && !has("--quiet") {
                println!("{}: {}\n    {}", line.runtime, wrong.join("; "), line.text);
            }
        }
    }
    println!("{HEADER}");
    if has("--by-runtime") {
        for (runtime, score) in &runtimes {
            println!("{}", score.row(runtime));
        }
    }
    println!("{}", all.row("all"));
    Ok(())
}
