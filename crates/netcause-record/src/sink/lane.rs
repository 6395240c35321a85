//! [`Lane`]: the one way of all lines to a device, and the queue before it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::device::{Device, Progress, Writer};
use crate::{Counts, OnFull};

/// How long the thread that drains waits at a time for a reader.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a caller that waits for room waits at a time.
const GLANCE: Duration = Duration::from_millis(10);

/// The way of all lines to a device.
#[derive(Debug)]
pub(super) struct Lane {
    device: Device,
    /// The most bytes that wait.
    room: usize,
    on_full: OnFull,
    way: Mutex<Way>,
    /// Tells who flushes that the queue became empty.
    emptied: Condvar,
    /// Only changed by who holds the lock.
    written: AtomicU64,
    /// The same.
    lost: AtomicU64,
}

/// What one thread at a time may use.
#[derive(Default)]
struct Way {
    queue: Queue,
    writer: Writer,
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
    pub(super) fn new(device: Device, writer: Writer, room: usize, on_full: OnFull) -> Self {
        Lane {
            device,
            room,
            on_full,
            way: Mutex::new(Way { queue: Queue::default(), writer }),
            emptied: Condvar::new(),
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    pub(super) fn counts(&self) -> Counts {
        let queued = self.lock().queue.lines.len() as u64;
        Counts {
            written: self.written.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
            queued,
        }
    }

    /// Writes a line, or keeps what there is no room for.
    pub(super) fn write(self: &Arc<Self>, line: &[u8]) {
        let mut way = self.lock();
        self.pump(&mut way);
        if !way.queue.lines.is_empty() {
            if way.queue.bytes + line.len() > self.room {
                way = self.make_room(way, line.len());
            }
            return self.keep(&mut way.queue, line, 0);
        }
        match self.device.write(&mut way.writer, line) {
            Progress::Done => add(&self.written, 1),
            Progress::Failed => add(&self.lost, 1),
            Progress::Stalled(offset) => self.keep(&mut way.queue, line, offset),
        }
    }

    /// Sees that there is room for a line, as far as the policy allows.
    #[cold]
    fn make_room<'a>(&'a self, mut way: MutexGuard<'a, Way>, line: usize) -> MutexGuard<'a, Way> {
        let is_full = |queue: &Queue| !queue.lines.is_empty() && queue.bytes + line > self.room;
        match self.on_full {
            OnFull::DropNewest => {}
            OnFull::DropOldest => {
                // A line that has begun is kept: half a line would spoil the next one.
                let begun = usize::from(way.queue.offset > 0);
                while is_full(&way.queue)
                    && let Some(oldest) = way.queue.lines.remove(begun)
                {
                    way.queue.bytes -= oldest.len();
                    add(&self.lost, 1);
                }
            }
            OnFull::Block => {
                let deadline = Instant::now() + OnFull::PATIENCE;
                while is_full(&way.queue) {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    let wait = self.emptied.wait_timeout(way, left.min(GLANCE));
                    way = wait.unwrap_or_else(PoisonError::into_inner).0;
                    self.pump(&mut way);
                }
            }
        }
        way
    }

    /// Waits until the queue is empty; says how many lines wait when the time is over.
    pub(super) fn flush(&self, timeout: Duration) -> u64 {
        let deadline = Instant::now().checked_add(timeout);
        let mut way = self.lock();
        self.pump(&mut way);
        while !way.queue.lines.is_empty() {
            let left =
                deadline.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            let wait = self.emptied.wait_timeout(way, left.min(PATIENCE));
            way = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(writer) = &mut way.writer {
            // What cannot be flushed now may be later; nothing is known to be lost.
            let _ = writer.flush();
        }
        way.queue.lines.len() as u64
    }

    /// A panic elsewhere leaves the queue as it is: whole lines.
    fn lock(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn pump(&self, way: &mut Way) {
        let Way { queue, writer } = way;
        while let Some(line) = queue.lines.front() {
            let rest = line.get(queue.offset..).unwrap_or_default();
            match self.device.write(writer, rest) {
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
            let mut way = self.lock();
            self.pump(&mut way);
            if way.queue.lines.is_empty() {
                way.queue.drained = false;
                self.emptied.notify_all();
                return;
            }
        }
    }
}

/// Whoever counts holds the lock, so that no count comes in between.
fn add(counter: &AtomicU64, count: u64) {
    counter.store(counter.load(Ordering::Relaxed) + count, Ordering::Relaxed);
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.queue.fmt(f)
    }
}
