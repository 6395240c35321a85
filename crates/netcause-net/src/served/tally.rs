//! What is counted of a request's calls.

use std::sync::Arc;
use std::time::Duration;

use netcause_fault::Fault;

use super::{Ended, FinishedTry, Impact, Outcome};

/// Calls that a further try may belong to; of more, the oldest is counted as it stands.
const OPEN: usize = 64;

type SharedFault = Arc<Fault<'static>>;

/// A peer, and how long something took with it.
#[derive(Debug, Clone)]
struct Timed {
    host: String,
    port: Option<u16>,
    duration: Duration,
}

impl Timed {
    fn new(finished: &FinishedTry<'_>) -> Self {
        let FinishedTry { host, port, duration, .. } = *finished;
        Timed { host: host.to_owned(), port, duration }
    }

    /// `host:port`, as `impact.slowest_peer` has it.
    fn peer(&self) -> String {
        match self.port {
            Some(port) if self.host.contains(':') => format!("[{}]:{port}", self.host),
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}

/// A call that may have further tries.
#[derive(Debug)]
struct Call {
    operation: Option<u64>,
    identity: Option<u64>,
    timed: Timed,
    /// The number of its last try.
    number: u32,
    /// The fault of its last try, if that failed, and the number of its place among all.
    fault: Option<(u32, SharedFault)>,
    /// Whether any try failed.
    faulty: bool,
}

impl Call {
    fn has_recovered(&self) -> bool {
        self.faulty && self.fault.is_none()
    }
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many tries have ended.
    tries: u32,
    calls: u32,
    retries: u32,
    open: Vec<Call>,
    // Of those that no further try belongs to:
    failed: u32,
    recovered: u32,
    slowest: Option<Timed>,
    fault: Option<(u32, SharedFault)>,
    unfinished: Option<Timed>,
    pub(super) set: Option<Outcome>,
}

impl Tally {
    pub(super) fn add(&mut self, finished: &FinishedTry<'_>) {
        self.tries = self.tries.saturating_add(1);
        let fault = match finished.ended {
            Ended::Failed(fault) => Some((self.tries, Arc::clone(fault))),
            Ended::Well => None,
            Ended::Unfinished => {
                let longest = self.unfinished.as_ref().map_or(Duration::ZERO, |it| it.duration);
                if finished.duration >= longest {
                    self.unfinished = Some(Timed::new(finished));
                }
                None
            }
        };
        match self.find(finished) {
            Some(place) => self.again(place, finished, fault),
            None => self.first(finished, fault),
        }
    }

    pub(super) fn has_failures(&self) -> bool {
        self.open.iter().any(|call| call.fault.is_some())
    }

    /// The call that a try belongs to.
    fn find(&self, finished: &FinishedTry<'_>) -> Option<usize> {
        if self.open.is_empty() {
            return None;
        }
        let FinishedTry { host, port, identity, attempt, .. } = *finished;
        let operation = attempt.map(|attempt| attempt.operation().id());
        let is_same = |call: &Call| identity.is_some() && call.identity == identity;
        self.open.iter().rposition(|call| match operation {
            Some(_) => {
                call.operation == operation && call.timed.port == port && call.timed.host == host
            }
            None => call.operation.is_none() && call.fault.is_some() && is_same(call),
        })
    }

    /// A call that is met for the first time.
    fn first(&mut self, finished: &FinishedTry<'_>, fault: Option<(u32, SharedFault)>) {
        self.calls = self.calls.saturating_add(1);
        let number = finished.attempt.map_or(0, |attempt| attempt.number());
        self.retries = self.retries.saturating_add(number);
        // What went well nobody tries again, unless it is a part of something larger.
        let may_follow = fault.is_some() && finished.identity.is_some();
        if finished.attempt.is_none() && !may_follow {
            if fault.is_some() {
                self.failed = self.failed.saturating_add(1);
                self.fault = fault;
            }
            if self.is_slowest(finished.duration) {
                self.slowest = Some(Timed::new(finished));
            }
            return;
        }
        if self.open.len() == OPEN {
            let oldest = self.open.remove(0);
            self.close(oldest);
        }
        self.open.push(Call {
            operation: finished.attempt.map(|attempt| attempt.operation().id()),
            identity: finished.identity,
            timed: Timed::new(finished),
            number,
            // A retry follows a failure, even one that nobody told of.
            faulty: fault.is_some() || number > 0,
            fault,
        });
    }

    /// A further try, or another part of the same one.
    fn again(
        &mut self,
        place: usize,
        finished: &FinishedTry<'_>,
        fault: Option<(u32, SharedFault)>,
    ) {
        let Some(call) = self.open.get_mut(place) else { return };
        let number = finished.attempt.map_or(call.number + 1, |attempt| attempt.number());
        let is_next = number > call.number;
        self.retries = self.retries.saturating_add(number.saturating_sub(call.number));
        call.number = call.number.max(number);
        call.timed.duration += finished.duration;
        call.faulty |= fault.is_some();
        let is_whole = !matches!(finished.ended, Ended::Unfinished);
        // A part that went well does not make up for one that did not.
        if fault.is_some() || (is_next && is_whole) {
            call.fault = fault;
        }
    }

    fn close(&mut self, call: Call) {
        self.recovered = self.recovered.saturating_add(u32::from(call.has_recovered()));
        self.failed = self.failed.saturating_add(u32::from(call.fault.is_some()));
        let at = |fault: &Option<(u32, SharedFault)>| fault.as_ref().map(|(at, _)| *at);
        if at(&call.fault) > at(&self.fault) {
            self.fault = call.fault;
        }
        if self.is_slowest(call.timed.duration) {
            self.slowest = Some(call.timed);
        }
    }

    fn is_slowest(&self, duration: Duration) -> bool {
        self.slowest.as_ref().is_none_or(|slowest| duration > slowest.duration)
    }

    /// What all of it amounts to by now.
    pub(super) fn impact(&self, answer_failed: bool, duration: Duration) -> Impact {
        let count = |is: fn(&Call) -> bool| {
            let number = self.open.iter().filter(|call| is(call)).count();
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        let failed = self.failed.saturating_add(count(|call| call.fault.is_some()));
        let recovered = self.recovered.saturating_add(count(Call::has_recovered));
        let by_calls = match (failed, recovered) {
            (0, 0) => Outcome::Ok,
            (0, _) => Outcome::Recovered,
            _ if answer_failed => Outcome::Failed,
            _ => Outcome::Degraded,
        };
        let faults = self.open.iter().filter_map(|call| call.fault.as_ref()).chain(&self.fault);
        let timed = self.open.iter().map(|call| &call.timed).chain(&self.slowest);
        Impact {
            outcome: self.set.unwrap_or(by_calls),
            calls: self.calls,
            calls_failed: failed,
            retries: self.retries,
            slowest_peer: timed.max_by_key(|it| it.duration).map(Timed::peer),
            duration,
            fault: faults.max_by_key(|(at, _)| *at).map(|(_, fault)| Arc::clone(fault)),
            unfinished: self.unfinished.as_ref().map(|it| (it.peer(), it.duration)),
        }
    }
}
