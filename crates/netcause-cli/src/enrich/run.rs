//! The command: inputs one after the other, records to standard output.

use std::cell::Cell;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use netcause::Config;
use netcause_record::Redactor;

use super::follow::Follow;
use super::input;
use super::lines::Sink;
use super::progress::Progress;
use super::{Enricher, Form};

/// What is asked for on the command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) only_faults: bool,
    pub(crate) output: Output,
    /// Whether to wait for more at the end of the one file.
    pub(crate) follow: bool,
}

/// In which form records go where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output, one JSON object a line.
    Json,
    /// Standard output, for people.
    Pretty,
    /// A collector.
    Otlp,
}

/// The variables that are obeyed; all others are somebody else's.
pub(super) const VARIABLES: &[&str] =
    &["NETCAUSE_REDACT", "NETCAUSE_LIMIT_FIELD", "NETCAUSE_LIMIT_RECORD", "NO_COLOR"];

/// How long to wait for an output that does not block and is full.
const PAUSE: Duration = Duration::from_millis(1);

/// How much is written at once at the most, but for what one line adds.
const WRITTEN_AT_ONCE: usize = 256 * 1024;

impl Options {
    /// Hands on every line of the inputs.
    ///
    /// # Errors
    ///
    /// Where the sink failed.
    pub(super) fn read_all(
        &self,
        read: &Rc<Cell<u64>>,
        sink: &mut dyn Sink,
    ) -> io::Result<ExitCode> {
        let open = |file: &Path| -> io::Result<Box<dyn Read>> {
            match self.follow {
                true => Ok(Box::new(Follow::open(file)?)),
                false => input::open(file, read),
            }
        };
        input::read_all(&self.files, open, sink)
    }
}

/// Runs the command.
pub(crate) fn run(options: &Options) -> ExitCode {
    if options.output == Output::Otlp {
        return forward(options);
    }
    let config = match Config::from_env_only(VARIABLES) {
        Ok(config) => config,
        Err(error) => return crate::cli::not_understood(&error.to_string()),
    };
    let stdout = io::stdout().lock();
    let colour = stdout.is_terminal() && !config.no_color;
    let form = match options.output {
        Output::Pretty => Form::Pretty { colour },
        _ => Form::Json,
    };
    let redactor = Redactor::new(&config.redact);
    let mut filter = Filter {
        enricher: Enricher::new(redactor, config.limits, form),
        only_faults: options.only_faults,
        progress: Progress::of(&options.files, stdout.is_terminal() || options.follow),
        out: String::with_capacity(2 * WRITTEN_AT_ONCE),
        output: stdout,
    };
    let read = Rc::clone(&filter.progress.read);
    let result = options.read_all(&read, &mut filter);
    filter.progress.end();
    match result {
        Ok(code) => code,
        // Whoever closed the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => crate::cli::failed("write to standard output", &error),
    }
}

#[cfg(feature = "otlp")]
use super::forward::run as forward;

#[cfg(not(feature = "otlp"))]
fn forward(_: &Options) -> ExitCode {
    crate::cli::not_understood("--format otlp: this build lacks the feature `otlp`")
}

/// Records of lines, on their way to the output.
struct Filter<W> {
    enricher: Enricher,
    only_faults: bool,
    progress: Progress,
    out: String,
    output: W,
}

impl<W: Write> Filter<W> {
    fn write(&mut self) -> io::Result<()> {
        let result = write_all(&mut self.output, self.out.as_bytes());
        self.out.clear();
        result
    }
}

/// Writes everything, also where another program has set the output not to block.
fn write_all(output: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match output.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
    loop {
        match output.flush() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            result => return result,
        }
    }
}

impl<W: Write> Sink for Filter<W> {
    fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
        let start = self.out.len();
        let is_fault = self.enricher.line(line, lost, &mut self.out);
        if self.only_faults && !is_fault {
            self.out.truncate(start);
        }
        if self.out.len() >= WRITTEN_AT_ONCE { self.write() } else { Ok(()) }
    }

    fn pause(&mut self) -> io::Result<()> {
        self.progress.show();
        if self.out.is_empty() { Ok(()) } else { self.write() }
    }

    fn make_way(&mut self) {
        self.progress.end();
    }
}
