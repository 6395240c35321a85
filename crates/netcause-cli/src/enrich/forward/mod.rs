//! `netcause enrich --format otlp`: what comes out goes to a collector, as log records.
//!
//! One thread reads and enriches; it waits where the collector is slow, so that whoever
//! writes into the pipe waits, too, and nothing is lost. The main thread waits for the end of
//! the input or for a signal, and then sees to what has not arrived yet ([`ending`]).

mod ending;
mod names;
mod records;
mod signals;

#[cfg(test)]
mod tests;

use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::SystemTime;

use netcause::{Config, LogExporter};
use netcause_record::Redactor;

use self::ending::Ending;
use self::records::Records;
use self::signals::Asked;
use super::lines::Sink;
use super::progress::Progress;
use super::run::{Options, VARIABLES};
use super::{Enricher, Form};
use crate::cli::{failed, not_understood};

/// What the main thread waits for.
#[derive(Debug)]
enum News {
    /// The inputs were read, with this result.
    Read(ExitCode),
    /// A signal asks for the end.
    Asked(Asked),
}

/// What the threads share.
#[derive(Debug)]
struct Shared {
    exporter: LogExporter,
    /// Records that were handed over, or are about to be.
    taken: AtomicU64,
    /// Lines that were read.
    lines: AtomicU64,
    /// Whether no more lines are to be taken.
    is_over: AtomicBool,
}

/// Runs the command.
pub(super) fn run(options: &Options) -> ExitCode {
    let started = Config::from_env_forwarding(VARIABLES)
        .and_then(|config| config.forward_logs().map(|exporter| (config, exporter)));
    let (config, exporter) = match started {
        Ok(started) => started,
        Err(error) => return not_understood(&error.to_string()),
    };
    for warning in &config.warnings {
        ending::say(warning);
    }
    let shared = Arc::new(Shared {
        exporter,
        taken: AtomicU64::new(0),
        lines: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
    });
    let (news, incoming) = channel();
    if let Err(error) = signals::watch(news.clone()) {
        return failed("listen to signals", &error);
    }
    if let Err(error) = start(options.clone(), &config, Arc::clone(&shared), news) {
        return failed("start a thread", &error);
    }
    let code = Ending::new(&config, options.follow, &shared, &incoming).wait();
    // What did not arrive was told: an exporter that is dropped would tell it again.
    std::mem::forget(shared);
    code
}

/// Starts the thread that reads and enriches.
fn start(
    options: Options,
    config: &Config,
    shared: Arc<Shared>,
    news: Sender<News>,
) -> io::Result<()> {
    let redactor = Redactor::new(&config.redact);
    let enricher = Enricher::new(redactor, config.limits, Form::Json);
    let read = move || {
        let mut result = Announced { news, code: ExitCode::FAILURE };
        let mut sending = Sending {
            enricher,
            records: Records::default(),
            only_faults: options.only_faults,
            progress: Progress::of(&options.files, options.follow),
            out: String::new(),
            shared,
        };
        let bytes = Rc::clone(&sending.progress.read);
        // The sink fails only when it is told to end.
        result.code = options.read_all(&bytes, &mut sending).unwrap_or(ExitCode::SUCCESS);
        sending.progress.end();
    };
    thread::Builder::new().name("netcause-enrich".to_owned()).spawn(read).map(drop)
}

/// Says that reading has ended, even by a panic.
struct Announced {
    news: Sender<News>,
    code: ExitCode,
}

impl Drop for Announced {
    fn drop(&mut self) {
        // Nobody listens once the time has run out.
        let _ = self.news.send(News::Read(self.code));
    }
}

/// Records of lines, on their way to the collector.
struct Sending {
    enricher: Enricher,
    records: Records,
    only_faults: bool,
    progress: Progress,
    out: String,
    shared: Arc<Shared>,
}

impl Sink for Sending {
    fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
        let Sending { enricher, records, only_faults, out, shared, .. } = self;
        if shared.is_over.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        out.clear();
        let is_fault = enricher.line(line, lost, out);
        shared.lines.fetch_add(1, Ordering::Relaxed);
        if *only_faults && !is_fault {
            return Ok(());
        }
        shared.taken.fetch_add(1, Ordering::Relaxed);
        records.read(out.trim_ascii_end(), enricher.time(), |record| {
            shared.exporter.export_observed(record, SystemTime::now());
        });
        Ok(())
    }

    fn pause(&mut self) -> io::Result<()> {
        self.progress.show();
        Ok(())
    }

    fn make_way(&mut self) {
        self.progress.end();
    }
}
