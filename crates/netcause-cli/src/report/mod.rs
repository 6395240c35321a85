//! `netcause report`: what broke, where, since when and whom it hurt, from any number of lines.
//!
//! Each line is enriched first, so that logs of all kinds count, enriched before or not, by
//! all processors ([`workers`]); what is kept of it ([`seen`]) is a few numbers a peer and a
//! route ([`tally`]), and a timeline of fixed length ([`timeline`]). Memory does not grow with
//! the logs.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use netcause::Config;
use netcause_record::Redactor;

use crate::cli::{USAGE, failed};
use crate::enrich::{Enricher, Form, Lines, Progress, Sink, Stop, input};

mod page;
mod seen;
mod tally;
mod timeline;
mod workers;

#[cfg(test)]
mod tests;

use workers::Workers;

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
    let enricher = || Enricher::new(redactor.clone(), config.limits, Form::Json);
    let mut reader =
        Reader { workers: Workers::start(enricher), progress: Progress::of(files, false) };
    let code = reader.read_all(files);
    let page = match reader.workers.finish() {
        Ok(tally) => page::of(&tally),
        Err(error) => return failed("read every line", &error),
    };
    match io::stdout().lock().write_all(page.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write", &error),
        _ => code,
    }
}

/// Hands lines on to be counted.
struct Reader {
    workers: Workers,
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
        self.workers.line(line, lost)
    }

    fn pause(&mut self) -> io::Result<()> {
        self.progress.show();
        Ok(())
    }
}
