//! `netcause explain`: one line, for the person who was called because of it.

use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

use netcause::Config;
use netcause_record::Redactor;

use crate::cli::{USAGE, failed};
use crate::enrich::{Enricher, Form};

mod causes;
mod checks;
mod page;
mod quote;

#[cfg(test)]
mod tests;

#[cfg(feature = "probe")]
pub(crate) use causes::ranked;
pub(crate) use page::write_page;
#[cfg(feature = "probe")]
pub(crate) use page::{BOLD, Page, meaning, printable};

/// The exit code for a line that reports no failure.
const NO_FAULT: u8 = 1;

/// The most that is read from standard input.
const MOST: u64 = 1024 * 1024;

/// The variables that are obeyed.
const VARIABLES: &[&str] = &["NETCAUSE_REDACT", "NO_COLOR"];

/// Explains a line, or the first of many that reports a failure.
pub(crate) fn run(line: &str, json: bool) -> ExitCode {
    let config = match Config::from_env_only(VARIABLES) {
        Ok(config) => config,
        Err(error) => {
            let _ = writeln!(io::stderr(), "netcause: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let text = match line {
        "-" => match read_stdin() {
            Ok(text) => text,
            Err(error) => return failed("read standard input", &error),
        },
        line => line.to_owned(),
    };
    let stdout = io::stdout();
    let colour = stdout.is_terminal() && !config.no_color;
    let form = if json { Form::Json } else { Form::Explained { colour } };
    let mut enricher = Enricher::new(Redactor::new(&config.redact), config.limits, form);
    let (answer, is_fault) = explain(&text, &mut enricher);
    match stdout.lock().write_all(answer.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write", &error),
        _ if is_fault => ExitCode::SUCCESS,
        _ => ExitCode::from(NO_FAULT),
    }
}

fn read_stdin() -> io::Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The answer to the first line that reports a failure, else to the first; says which.
fn explain(text: &str, enricher: &mut Enricher) -> (String, bool) {
    let mut first = None;
    for line in text.lines().chain(text.is_empty().then_some("")) {
        let mut answer = String::new();
        if enricher.line(line.as_bytes(), 0, &mut answer) {
            return (answer, true);
        }
        first.get_or_insert(answer);
    }
    (first.unwrap_or_default(), false)
}
