//! [`Lane`]: where the threads of a service hand over what the shipper takes.
//!
//! Everything is counted under one lock, so that at every moment
//! emitted = delivered + queued + lost.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netcause_record::{Counts, Losses, OnFull};
use tokio::sync::Notify;

use crate::queue::{Batch, Bounds, Queue};

/// What the threads of a service and the shipper share.
#[derive(Debug)]
pub(crate) struct Lane {
    state: Mutex<State>,
    on_full: OnFull,
    /// The process that has the shipper: one that was forked from it has none.
    process: u32,
    /// How long somebody waits for room at most.
    patience: Duration,
    /// Tells those that wait for room that there may be some.
    room: Condvar,
    /// Tells those that flush that something has left.
    left: Condvar,
    /// Tells the shipper that there is something to do.
    wake: Notify,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    /// Records that are being sent.
    in_flight: u64,
    /// Records that were ever handed to the shipper.
    taken: u64,
    delivered: u64,
    losses: Losses,
    /// Of what is lost as too large: never taken into the queue.
    oversized: u64,
    /// What the shipper could not deliver, by what the last attempt failed of.
    failed: Vec<(String, u64)>,
    /// Why the last attempt failed, unless something has arrived since.
    failure: Option<String>,
    /// Why the last records that were lost were.
    loss: Option<String>,
    /// Records that were put into the queue so far.
    accepted: u64,
    /// Of these, those that are there no more.
    left: u64,
    /// How often somebody asked for everything to be sent.
    flushes: u64,
    /// Up to which accepted record what waits is to be sent at once.
    urgent: u64,
    closed: bool,
}

/// What is told of a lane in metrics.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) waiting: u64,
    pub(crate) in_flight: u64,
    pub(crate) taken: u64,
    pub(crate) delivered: u64,
    pub(crate) queue_full: u64,
    pub(crate) oversized: u64,
    pub(crate) failed: Vec<(String, u64)>,
}

/// Why a batch was not delivered, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    TooLarge,
    Rejected,
    Expired,
}

impl Lane {
    pub(crate) fn new(bounds: Bounds, on_full: OnFull, patience: Duration) -> Self {
        let state = State {
            queue: Queue::new(bounds),
            in_flight: 0,
            taken: 0,
            delivered: 0,
            losses: Losses::default(),
            oversized: 0,
            failed: Vec::new(),
            failure: None,
            loss: None,
            accepted: 0,
            left: 0,
            flushes: 0,
            urgent: 0,
            closed: false,
        };
        Lane {
            state: Mutex::new(state),
            on_full,
            process: std::process::id(),
            patience,
            room: Condvar::new(),
            left: Condvar::new(),
            wake: Notify::new(),
        }
    }

    /// A panic elsewhere leaves the state as it is: each change is one of whole records.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an item of a scope, or counts it as lost.
    pub(crate) fn push(&self, scope: &str, item: &[u8]) {
        let mut state = self.lock();
        if state.queue.is_too_large(scope, item) {
            state.losses.too_large += 1;
            state.oversized += 1;
            return;
        }
        if !state.queue.has_room(scope, item) {
            state = self.make_room(state, scope, item);
            if !state.queue.has_room(scope, item) {
                state.losses.queue_full += 1;
                return;
            }
        }
        let (was_empty, had_batch) = (state.queue.len() == 0, state.queue.has_batch());
        state.queue.push(scope, item);
        state.accepted += 1;
        let wakes = was_empty || !had_batch && state.queue.has_batch();
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
    }

    #[cold]
    fn make_room<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        scope: &str,
        item: &[u8],
    ) -> MutexGuard<'a, State> {
        match self.on_full {
            OnFull::DropNewest => {}
            OnFull::DropOldest => {
                while !state.queue.has_room(scope, item) && state.queue.drop_oldest() {
                    state.losses.queue_full += 1;
                    state.left += 1;
                }
            }
            OnFull::Block => {
                let deadline = Instant::now().checked_add(self.patience);
                while !state.queue.has_room(scope, item) {
                    let left = left_until(deadline);
                    if left.is_zero() || state.closed || !self.has_shipper() {
                        break;
                    }
                    let waited = self.room.wait_timeout(state, left.min(OnFull::PATIENCE));
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
        state
    }

    /// What became of the records so far.
    pub(crate) fn counts(&self) -> Counts {
        let state = self.lock();
        Counts { written: state.delivered, lost: state.losses.total(), queued: state.queued() }
    }

    pub(crate) fn losses(&self) -> Losses {
        self.lock().losses
    }

    pub(crate) fn figures(&self) -> Figures {
        let state = self.lock();
        Figures {
            waiting: state.queue.len() as u64,
            in_flight: state.in_flight,
            taken: state.taken,
            delivered: state.delivered,
            queue_full: state.losses.queue_full,
            oversized: state.oversized,
            failed: state.failed.clone(),
        }
    }

    /// Why records do not arrive.
    pub(crate) fn failure(&self) -> Option<String> {
        let state = self.lock();
        state.failure.as_ref().or(state.loss.as_ref()).cloned()
    }

    /// Has everything sent that was taken before, and waits for it at most so long; says how
    /// many records still wait.
    pub(crate) fn flush(&self, timeout: Duration) -> u64 {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.lock();
        let last = state.accepted;
        state.urgent = last;
        state.flushes += 1;
        self.wake.notify_one();
        while state.left < last {
            let left = left_until(deadline);
            if left.is_zero() || !self.has_shipper() {
                break;
            }
            let waited = self.left.wait_timeout(state, left.min(OnFull::PATIENCE));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.queued()
    }

    /// Whether waiting helps: threads are not taken along when a process forks.
    fn has_shipper(&self) -> bool {
        self.process == std::process::id()
    }

    /// Has the shipper send what it can and end.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }
}

/// How long it is until then; for ever, where there is no such time.
fn left_until(deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |it| it.saturating_duration_since(Instant::now()))
}

/// What the shipper does.
impl Lane {
    /// Waits until there is something to send; says whether there ever will be.
    pub(crate) async fn has_work(&self) -> bool {
        loop {
            {
                let state = self.lock();
                if state.queue.len() > 0 {
                    return true;
                }
                if state.closed {
                    return false;
                }
            }
            self.wake.notified().await;
        }
    }

    /// Waits until a batch is whole, or is wanted at once.
    pub(crate) async fn is_due(&self) {
        while !self.is_due_now() {
            self.wake.notified().await;
        }
    }

    pub(crate) fn is_due_now(&self) -> bool {
        let state = self.lock();
        state.queue.has_batch() || state.left < state.urgent || state.closed
    }

    /// Waits until somebody asks for everything to be sent, again.
    pub(crate) async fn is_flushed(&self, since: u64) {
        loop {
            {
                let state = self.lock();
                if state.flushes != since || state.closed {
                    return;
                }
            }
            self.wake.notified().await;
        }
    }

    pub(crate) fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Takes a batch.
    pub(crate) fn take(&self) -> Option<Batch> {
        let mut state = self.lock();
        let batch = state.queue.take()?;
        state.in_flight += batch.records() as u64;
        state.taken += batch.records() as u64;
        drop(state);
        self.room.notify_all();
        Some(batch)
    }

    /// Notes that so many records of a batch were delivered, and the others refused.
    pub(crate) fn delivered(&self, batch: Batch, refused: u64) {
        self.settle(batch, |state, records| {
            let refused = refused.min(records);
            state.delivered += records - refused;
            state.losses.rejected += refused;
            state.count_failed("rejected", refused);
            state.failure = None;
        });
    }

    /// Notes that a batch is lost, and the type of the error that the last attempt met.
    pub(crate) fn lost(&self, batch: Batch, why: Loss, error: &str) {
        self.settle(batch, |state, records| {
            match why {
                Loss::TooLarge => state.losses.too_large += records,
                Loss::Rejected => state.losses.rejected += records,
                Loss::Expired => state.losses.expired += records,
            }
            state.count_failed(error, records);
        });
    }

    /// Notes why an attempt failed that another one follows.
    pub(crate) fn failed(&self, failure: String) {
        self.lock().failure = Some(failure);
    }

    /// Notes why records are lost.
    pub(crate) fn loses(&self, why: String) {
        self.lock().loss = Some(why);
    }

    fn settle(&self, batch: Batch, count: impl FnOnce(&mut State, u64)) {
        let mut state = self.lock();
        let records = batch.records() as u64;
        count(&mut state, records);
        state.in_flight -= records;
        state.left += records;
        state.queue.recycle(batch);
        drop(state);
        self.left.notify_all();
    }
}

impl State {
    fn queued(&self) -> u64 {
        self.queue.len() as u64 + self.in_flight
    }

    fn count_failed(&mut self, error: &str, records: u64) {
        if records == 0 {
            return;
        }
        match self.failed.iter_mut().find(|(known, _)| known == error) {
            Some((_, count)) => *count += records,
            None => self.failed.push((error.to_owned(), records)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_process_that_was_forked_nobody_waits_in_vain() {
        let bounds = Bounds { bytes: 1_000, records: 1, batch_records: 1, batch_bytes: 1_000 };
        let mut lane = Lane::new(bounds, OnFull::Block, Duration::from_secs(20));
        lane.process = 0;
        let start = Instant::now();
        lane.push("scope", b"waits");
        lane.push("scope", b"has no room");
        assert_eq!(lane.flush(Duration::from_secs(20)), 1);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        let counts = lane.counts();
        assert_eq!((counts.written, counts.lost, counts.queued), (0, 1, 1), "{counts:?}");
    }
}
