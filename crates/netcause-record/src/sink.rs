//! Where lines go: [`Sink`], and the exporters that write to one.

use std::cell::RefCell;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Counts, Export, Limits, Record, write_json, write_pretty};

thread_local! {
    /// This thread's line, used again for each record.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where lines go: one write for each line, so that lines of several threads stay whole.
pub struct Sink {
    output: Mutex<Box<dyn Write + Send>>,
    written: AtomicU64,
    lost: AtomicU64,
}

impl Sink {
    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Sink::writer(Box::new(io::stdout()))
    }

    /// Standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Sink::writer(Box::new(io::stderr()))
    }

    /// A file, which is appended to and created where it is missing.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened.
    pub fn file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Sink::writer(Box::new(file)))
    }

    /// Any writer.
    ///
    /// ```
    /// let sink = netcause_record::Sink::writer(Box::new(std::io::sink()));
    /// # drop(sink);
    /// ```
    #[must_use]
    pub fn writer(writer: Box<dyn Write + Send>) -> Self {
        Sink { output: Mutex::new(writer), written: AtomicU64::new(0), lost: AtomicU64::new(0) }
    }

    /// Writes one line and counts it.
    fn line(&self, line: &str) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let result = output.write_all(line.as_bytes()).and_then(|()| output.flush());
        let count = if result.is_ok() { &self.written } else { &self.lost };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Renders a line into this thread's buffer and writes it.
    fn render(&self, render: impl Fn(&mut String)) {
        let on_own_buffer = || {
            let mut line = String::new();
            render(&mut line);
            self.line(&line);
        };
        let rendered = LINE.try_with(|shared| match shared.try_borrow_mut() {
            Ok(mut line) => {
                line.clear();
                render(&mut line);
                self.line(&line);
            }
            Err(_) => on_own_buffer(),
        });
        // A thread that is ending has no buffers any more.
        if rendered.is_err() {
            on_own_buffer();
        }
    }

    fn counts(&self) -> Counts {
        Counts {
            written: self.written.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }

    fn flush(&self, _timeout: Duration) -> u64 {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = output.flush();
        0
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

/// Writes records as JSON lines.
#[derive(Debug)]
pub struct JsonExporter {
    sink: Sink,
    limits: Limits,
}

impl JsonExporter {
    /// Writes to a sink, lines no longer than the limits.
    #[must_use]
    pub fn new(sink: Sink, limits: Limits) -> Self {
        JsonExporter { sink, limits }
    }
}

impl Export for JsonExporter {
    fn export(&self, record: &Record<'_>) {
        self.sink.render(|line| {
            write_json(record, &self.limits, line);
        });
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.sink.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.sink.counts()
    }
}

/// Writes records for people at a terminal.
#[derive(Debug)]
pub struct PrettyExporter {
    sink: Sink,
    colour: bool,
    limits: Limits,
}

impl PrettyExporter {
    /// Writes to a sink, in colours where wanted.
    #[must_use]
    pub fn new(sink: Sink, colour: bool, limits: Limits) -> Self {
        PrettyExporter { sink, colour, limits }
    }
}

impl Export for PrettyExporter {
    fn export(&self, record: &Record<'_>) {
        self.sink.render(|line| write_pretty(record, self.colour, &self.limits, line));
    }

    fn flush(&self, timeout: Duration) -> u64 {
        self.sink.flush(timeout)
    }

    fn counts(&self) -> Counts {
        self.sink.counts()
    }
}
