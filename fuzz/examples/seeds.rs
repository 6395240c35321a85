//! Writes the lines of corpora into a directory, as inputs of the target `text`:
//! `seeds DIRECTORY FILE…`. A `.jsonl` file has the text in `line`, a `.tsv` file in its last
//! column.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let directory = arguments.next().ok_or(ErrorKind::InvalidInput)?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    for file in arguments {
        let file = Path::new(&file);
        let name = file.file_stem().unwrap_or_default().display();
        for (number, line) in fs::read_to_string(file)?.lines().enumerate() {
            let text = match file.extension().is_some_and(|it| it == "tsv") {
                true => line.rsplit('\t').next().map(str::to_owned),
                false => text_of(line),
            };
            let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
            // The first byte says how the text is read.
            let flags = char::from(b"\x10\x11\x12\x14\x18"[number % 5]);
            fs::write(directory.join(format!("{name}-{number}")), format!("{flags}{text}"))?;
        }
    }
    Ok(())
}

fn text_of(line: &str) -> Option<String> {
    let value: Value = serde_json::from_str(line).ok()?;
    value.get("line")?.as_str().map(str::to_owned)
}
