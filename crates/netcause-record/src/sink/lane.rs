//! [`Lane`]: the one way of all lines to a device, and the queue before it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::device::{Device, Progress};
use crate::Counts;

/// How long the thread that drains waits at a time for a reader.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way of all lines to a device.
#[derive(Debug)]
pub(super) struct Lane {
    device: Device,
    /// The most bytes that wait.
    room: usize,
    queue: Mutex<Queue>,
    /// Tells who flushes that the queue became empty.
    emptied: Condvar,
    written: AtomicU64,
    lost: AtomicU64,
}

/// Lines that wait for a stalled reader, in order.
#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<Box<[u8]>>,
    /// How much of the first line has left.
    offset: usize,
    /// The bytes of all lines.
    bytes: usize,
    /// Whether a thread drains it.
    drained: bool,
}

impl Lane {
    pub(super) fn new(device: Device, room: usize) -> Self {
        Lane {
            device,
            room,
            queue: Mutex::default(),
            emptied: Condvar::new(),
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            written: self.written.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }

    /// Writes a line, or keeps what there is no room for.
    pub(super) fn write(self: &Arc<Self>, line: &[u8]) {
        let mut queue = self.lock();
        self.pump(&mut queue);
        if !queue.lines.is_empty() {
            return self.keep(&mut queue, line, 0);
        }
        match self.device.write(line) {
            Progress::Done => add(&self.written, 1),
            Progress::Failed => add(&self.lost, 1),
            Progress::Stalled(offset) => self.keep(&mut queue, line, offset),
        }
    }

    /// Waits until the queue is empty; says how many lines wait when the time is over.
    pub(super) fn flush(&self, timeout: Duration) -> u64 {
        let deadline = Instant::now().checked_add(timeout);
        let mut queue = self.lock();
        self.pump(&mut queue);
        while !queue.lines.is_empty() {
            let left =
                deadline.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            let wait = self.emptied.wait_timeout(queue, left.min(PATIENCE));
            queue = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.device.flush();
        queue.lines.len() as u64
    }

    /// A panic elsewhere leaves the queue as it is: whole lines.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a line of which `offset` bytes have left. One that has begun is always kept:
    /// half a line would spoil the next one.
    fn keep(self: &Arc<Self>, queue: &mut Queue, line: &[u8], offset: usize) {
        if offset == 0 && queue.bytes + line.len() > self.room {
            return add(&self.lost, 1);
        }
        if queue.lines.is_empty() {
            queue.offset = offset;
        }
        queue.bytes += line.len();
        queue.lines.push_back(line.into());
        if !queue.drained {
            queue.drained = self.start_draining();
        }
    }

    /// Writes what waits, as far as there is room.
    fn pump(&self, queue: &mut Queue) {
        while let Some(line) = queue.lines.front() {
            let rest = line.get(queue.offset..).unwrap_or_default();
            match self.device.write(rest) {
                Progress::Done => {
                    add(&self.written, 1);
                    queue.bytes -= line.len();
                    queue.offset = 0;
                    queue.lines.pop_front();
                }
                Progress::Stalled(count) => {
                    queue.offset += count;
                    return;
                }
                Progress::Failed => {
                    add(&self.lost, queue.lines.len() as u64);
                    *queue = Queue { drained: queue.drained, ..Queue::default() };
                }
            }
        }
    }

    /// Starts the thread that drains the queue and ends with it. Without one the queue is
    /// drained by who writes next.
    fn start_draining(self: &Arc<Self>) -> bool {
        let lane = Arc::clone(self);
        thread::Builder::new().name("netcause-sink".to_owned()).spawn(move || lane.drain()).is_ok()
    }

    fn drain(&self) {
        loop {
            self.device.wait(PATIENCE);
            let mut queue = self.lock();
            self.pump(&mut queue);
            if queue.lines.is_empty() {
                queue.drained = false;
                self.emptied.notify_all();
                return;
            }
        }
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
