//! Scores the text classification on a file of tab-separated lines: runtime, case, expected
//! category (`none` for no fault), reason, text.
//!
//! `cargo run --example score -- FILE [RUNTIME-PREFIX] [--message]`

use std::collections::BTreeMap;
use std::error::Error;
use std::{env, fs};

use netcause_fault::{Chain, ReadOptions};

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let as_message = arguments.iter().any(|argument| argument == "--message");
    arguments.retain(|argument| argument != "--message");
    let file = arguments.first().ok_or("a file is missing")?;
    let prefix = arguments.get(1).map_or("", String::as_str);

    let mut scores: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut chain = Chain::new();
    for line in fs::read_to_string(file)?.lines().skip(1) {
        let fields: Vec<&str> = line.splitn(5, '\t').collect();
        let [runtime, case, expected, _, text] = fields[..] else { continue };
        if !runtime.starts_with(prefix) {
            continue;
        }
        if as_message {
            chain.read_message(text, &ReadOptions::plain());
        } else {
            chain.read_text(text, &ReadOptions::plain());
        }
        let found = chain.classify().map_or("none", |fault| fault.category.as_str());
        let score = scores.entry(expected.to_owned()).or_default();
        score.1 += 1;
        if found == expected {
            score.0 += 1;
        } else {
            println!("{runtime} | {case}: {expected} but {found}: {text}");
        }
    }
    let (right, all) = scores.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    for (category, (right, all)) in &scores {
        println!("{category:18} {right:4} / {all}");
    }
    println!("{:18} {right:4} / {all}", "all");
    Ok(())
}
