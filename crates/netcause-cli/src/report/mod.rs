//! `netcause report`: what broke, where, since when and whom it hurt, from any number of lines.
//!
//! Each line is enriched first, so that logs of all kinds count, enriched before or not; what
//! is kept of it is a few numbers a peer and a route ([`tally`]), and a timeline of fixed
//! length ([`timeline`]). Memory does not grow with the logs.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use netcause::Config;
use netcause_record::Redactor;

use crate::cli::{USAGE, failed};
use crate::enrich::{Enricher, Form, Lines, Progress, Sink, Stop, input};

mod page;
mod tally;
mod timeline;

#[cfg(test)]
mod tests;

use tally::Tally;

/// The variables that are obeyed.
const VARIABLES: &[&str] = &["NETCAUSE_REDACT"];

/// Reads the files, and prints what they tell.
pub(crate) fn run(files: &[PathBuf]) -> ExitCode {
    let config = match Config::from_env_only(VARIABLES) {
        Ok(config) => config,
        Err(error) => {
            let _ = writeln!(io::stderr(), "netcause: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let redactor = Redactor::new(&config.redact);
    let mut reader = Reader {
        enricher: Enricher::new(redactor, config.limits, Form::Json),
        line: String::new(),
        tally: Tally::default(),
        progress: Progress::of(files, false),
    };
    let code = reader.read_all(files);
    let page = page::of(&reader.tally);
    match io::stdout().lock().write_all(page.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write", &error),
        _ => code,
    }
}

/// Counts lines.
struct Reader {
    enricher: Enricher,
    line: String,
    tally: Tally,
    progress: Progress,
}

impl Reader {
    fn read_all(&mut self, files: &[PathBuf]) -> ExitCode {
        let stdin = [PathBuf::from("-")];
        let mut lines = Lines::default();
        let mut code = ExitCode::SUCCESS;
        for file in if files.is_empty() { &stdin } else { files } {
            let opened = input::open(file, &self.progress.read).map_err(Stop::Input);
            if let Err(Stop::Input(error) | Stop::Output(error)) =
                opened.and_then(|mut input| lines.read(&mut *input, self))
            {
                self.progress.end();
                code = failed(&format!("read {}", input::name(file)), &error);
            }
        }
        self.progress.end();
        code
    }
}

impl Sink for Reader {
    fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
        self.line.clear();
        let is_fault = self.enricher.line(line, lost, &mut self.line);
        self.tally.add(self.line.trim_ascii_end(), is_fault);
        Ok(())
    }

    fn pause(&mut self) -> io::Result<()> {
        self.progress.show();
        Ok(())
    }
}
