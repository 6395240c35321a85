//! [`Workers`]: lines are enriched by all processors and counted in their order.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::seen::Part;
use super::tally::Tally;
use crate::enrich::Enricher;

/// How much a worker gets at once, in bytes.
const BATCH: usize = 256 * 1024;

/// How many batches may wait for each worker, so that memory does not grow.
const WAITING: usize = 2;

/// More would wait for the one thread that reads.
const MOST_WORKERS: usize = 8;

/// Lines that follow each other.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each line ends, and how many bytes of it were not kept.
    ends: Vec<(usize, u64)>,
}

/// Threads that enrich, and what they have done so far.
#[derive(Debug)]
pub(super) struct Workers {
    batch: Batch,
    batches: Vec<SyncSender<Batch>>,
    parts: Vec<Receiver<Part>>,
    /// The workers whose parts are to come, in the order of the lines.
    busy: VecDeque<usize>,
    next: usize,
    tally: Tally,
}

impl Workers {
    /// As many as there are processors, each with an enricher of its own.
    pub(super) fn start(enricher: impl Fn() -> Enricher) -> Self {
        let count = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
        let (mut batches, mut parts) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (batch, incoming) = sync_channel(WAITING);
            let (part, outgoing) = sync_channel(WAITING);
            let enricher = enricher();
            thread::spawn(move || work(enricher, &incoming, &part));
            batches.push(batch);
            parts.push(outgoing);
        }
        Workers {
            batch: Batch::default(),
            batches,
            parts,
            busy: VecDeque::new(),
            next: 0,
            tally: Tally::default(),
        }
    }

    /// Takes a line; `lost` bytes of it were not kept.
    ///
    /// # Errors
    ///
    /// Where a worker has died.
    pub(super) fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
        self.batch.bytes.extend_from_slice(line);
        self.batch.ends.push((self.batch.bytes.len(), lost));
        // Empty lines need room, too.
        if self.batch.bytes.len() + self.batch.ends.len() < BATCH { Ok(()) } else { self.send() }
    }

    /// What all lines tell together.
    ///
    /// # Errors
    ///
    /// Where a worker has died.
    pub(super) fn finish(mut self) -> io::Result<Tally> {
        self.send()?;
        while !self.busy.is_empty() {
            self.count_oldest()?;
        }
        Ok(self.tally)
    }

    fn send(&mut self) -> io::Result<()> {
        if self.busy.len() >= WAITING * self.batches.len() {
            self.count_oldest()?;
        }
        let batch = std::mem::take(&mut self.batch);
        let worker = self.batches.get(self.next).ok_or_else(died)?;
        worker.send(batch).map_err(|_| died())?;
        self.busy.push_back(self.next);
        self.next = (self.next + 1) % self.batches.len();
        Ok(())
    }

    fn count_oldest(&mut self) -> io::Result<()> {
        let Some(worker) = self.busy.pop_front() else { return Ok(()) };
        let part = self.parts.get(worker).and_then(|parts| parts.recv().ok()).ok_or_else(died)?;
        self.tally.add(&part);
        Ok(())
    }
}

fn died() -> io::Error {
    io::Error::other("a thread that enriches lines has died")
}

fn work(mut enricher: Enricher, batches: &Receiver<Batch>, parts: &SyncSender<Part>) {
    let mut record = String::new();
    for batch in batches {
        let mut part = Part::default();
        let mut start = 0;
        for (end, lost) in batch.ends {
            let line = batch.bytes.get(start..end).unwrap_or_default();
            start = end;
            record.clear();
            let is_fault = enricher.line(line, lost, &mut record);
            part.add(record.trim_ascii_end(), is_fault, enricher.time());
        }
        if parts.send(part).is_err() {
            // Nobody counts any more.
            return;
        }
    }
}
