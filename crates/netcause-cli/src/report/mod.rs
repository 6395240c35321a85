//! `netcause report`: what broke, where, since when and whom it hurt, from any number of lines.
//!
//! Each line is enriched first, so that logs of all kinds count, enriched before or not, by
//! all processors ([`workers`]); what is kept of it ([`seen`]) is a few numbers a peer and a
//! route ([`tally`]), and a timeline of fixed length ([`timeline`]). Memory does not grow with
//! the logs.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use netcause::Config;
use netcause_record::Redactor;

use crate::cli::{USAGE, failed};
use crate::enrich::{Enricher, Form, Progress, Sink, input};

mod page;
mod seen;
mod tally;
mod timeline;
mod words;
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
    let read = Rc::clone(&reader.progress.read);
    let result = input::read_all(files, |file| input::open(file, &read), &mut reader);
    reader.progress.end();
    let code = match result {
        Ok(code) => code,
        Err(error) => return failed("read every line", &error),
    };
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

impl Sink for Reader {
    fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
        self.workers.line(line, lost)
    }

    fn pause(&mut self) -> io::Result<()> {
        self.progress.show();
        Ok(())
    }

    fn make_way(&mut self) {
        self.progress.end();
    }
}
