//! How far it is, for a person who waits at a terminal.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often it is shown.
const EVERY: Duration = Duration::from_millis(200);

const MEGABYTE: f64 = 1e6;

/// How much of the files has been read.
#[derive(Debug)]
pub(crate) struct Progress {
    total: u64,
    /// Bytes read, before they are decompressed.
    pub(crate) read: Rc<Cell<u64>>,
    started: Instant,
    /// When it was shown last; absent where nobody waits.
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// Shows the progress through files on standard error, if that is a terminal and the
    /// records do not go to one.
    pub(crate) fn of(files: &[PathBuf], to_terminal: bool) -> Self {
        let sizes: Option<Vec<u64>> = files.iter().map(size).collect();
        let total = sizes.unwrap_or_default().iter().sum();
        let is_watched = total > 0 && !to_terminal && io::stderr().is_terminal();
        let started = Instant::now();
        Progress {
            total,
            read: Rc::default(),
            started,
            shown: is_watched.then_some(started),
            visible: false,
        }
    }

    /// Shows how far it is, now and then.
    pub(crate) fn show(&mut self) {
        let Some(shown) = &mut self.shown else { return };
        let now = Instant::now();
        if now - *shown >= EVERY {
            *shown = now;
            self.visible = true;
            let read = self.read.get();
            let percent = (read * 100 / self.total).min(100);
            let megabytes = read as f64 / MEGABYTE;
            let rate = megabytes / (now - self.started).as_secs_f64();
            let text = format!("\r{percent:3} %  {megabytes:.0} MB  {rate:.0} MB/s ");
            // Only a help: without it the work goes on.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// Clears the line, before anything else is said.
    pub(crate) fn end(&mut self) {
        if self.visible {
            let _ = io::stderr().write_all(b"\r\x1b[K");
            self.visible = false;
        }
    }
}

fn size(file: &PathBuf) -> Option<u64> {
    std::fs::metadata(file).ok().filter(|it| it.is_file()).map(|it| it.len())
}
