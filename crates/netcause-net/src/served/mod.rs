//! [`Served`]: the calls of one incoming request, and what their failures did to it.

mod tally;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netcause_fault::Fault;
use tracing::Span;
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan;

use self::tally::Tally;
use crate::Attempt;

/// What the failures of calls did to a request: `impact.outcome`.
///
/// ```
/// use netcause_net::Outcome;
/// assert_eq!(Outcome::Degraded.to_string(), "degraded");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// No call failed.
    Ok,
    /// Every call that failed succeeded in the end, by a retry.
    Recovered,
    /// A call failed for good, and the answer was no failure.
    Degraded,
    /// A call failed for good, and the answer was a failure.
    Failed,
}

impl Outcome {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Recovered => "recovered",
            Outcome::Degraded => "degraded",
            Outcome::Failed => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a try ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Ended<'a> {
    /// Well.
    Well,
    /// With that fault.
    Failed(&'a Arc<Fault<'static>>),
    /// Not at all: the request that it was made for ended before.
    Unfinished,
}

/// One try of a call that is over.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use netcause_net::{Ended, FinishedTry};
///
/// let finished = FinishedTry::new("db", Some(5432), Duration::from_millis(3), Ended::Well);
/// assert_eq!(finished.host, "db");
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FinishedTry<'a> {
    /// The peer that was called.
    pub host: &'a str,
    /// Its port.
    pub port: Option<u16>,
    /// How long it took.
    pub duration: Duration,
    /// How it ended.
    pub ended: Ended<'a>,
    /// Which try of which operation it was: that of this task, unless it is set.
    pub attempt: Option<Attempt>,
    /// A hash of all that a call asks for, where doing so twice is the same as once: the
    /// same again is another try of it, though nobody said so.
    pub identity: Option<u64>,
}

impl<'a> FinishedTry<'a> {
    /// A try of the operation that is under way in this task.
    #[must_use]
    pub fn new(host: &'a str, port: Option<u16>, duration: Duration, ended: Ended<'a>) -> Self {
        FinishedTry { host, port, duration, ended, attempt: Attempt::current(), identity: None }
    }
}

/// What the calls of a request amount to: `impact.*`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Impact {
    /// What their failures did.
    pub outcome: Outcome,
    /// How many calls there were; the tries of one operation are one call.
    pub calls: u32,
    /// How many of them failed for good.
    pub calls_failed: u32,
    /// How many tries followed another one.
    pub retries: u32,
    /// The peer of the call that took longest, all its tries together.
    pub slowest_peer: Option<String>,
    /// How long the request has taken.
    pub duration: Duration,
    /// The fault of the call that failed for good last.
    pub fault: Option<Arc<Fault<'static>>>,
    /// The peer of a call that was under way when the request ended, and for how long.
    pub unfinished: Option<(String, Duration)>,
}

/// The calls of one incoming request. Clones are of the same request.
///
/// Whoever makes a call finds it by [`Served::current`]: it is this task's, else that of the
/// current span or the nearest span around it that has one.
///
/// # Example: one call that failed, and an answer without it
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use netcause_fault::{Fault, Reason};
/// use netcause_net::{Ended, FinishedTry, Outcome, Served};
///
/// let served = Served::new();
/// served.sync_scope(|| {
///     let fault = Arc::new(Fault::of_reason(Reason::ConnectRefused));
///     let took = Duration::from_millis(2);
///     let finished = FinishedTry::new("prices", Some(80), took, Ended::Failed(&fault));
///     Served::current().unwrap().add(&finished);
/// });
/// let impact = served.impact(false);
/// assert_eq!((impact.outcome, impact.calls_failed), (Outcome::Degraded, 1));
/// ```
#[derive(Debug, Clone)]
pub struct Served(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    ending: AtomicBool,
    tally: Mutex<Tally>,
}

tokio::task_local! {
    static CURRENT: Served;
}

/// On a span: the request that it serves.
struct OnSpan(Served);

impl Default for Served {
    fn default() -> Self {
        Served::new()
    }
}

impl Served {
    /// A request that begins now.
    #[must_use]
    pub fn new() -> Self {
        Served(Arc::new(Inner {
            started: Instant::now(),
            ending: AtomicBool::new(false),
            tally: Mutex::default(),
        }))
    }

    /// The request that is being served: this task's, else the current span's.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Served::clone).ok().or_else(of_span)
    }

    /// Runs a future for this request.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a function for this request.
    pub fn sync_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self.clone(), work)
    }

    /// Lets those find the request who work in that span or in one inside it.
    pub fn attach(&self, span: &Span) {
        span.with_subscriber(|(id, subscriber)| {
            let registry = subscriber.downcast_ref::<Registry>();
            if let Some(span) = registry.and_then(|registry| registry.span(id)) {
                span.extensions_mut().replace(OnSpan(self.clone()));
            }
        });
    }

    /// Adds a try that is over.
    pub fn add(&self, finished: &FinishedTry<'_>) {
        self.tally().add(finished);
    }

    /// Whether a call has failed that might be repeated: only then is its identity looked at.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.tally().has_failures()
    }

    /// Says what the failures did, where the code knows better.
    pub fn set_outcome(&self, outcome: Outcome) {
        self.tally().set = Some(outcome);
    }

    /// Says that the request ends now: what is under way then did not fail.
    pub fn end(&self) {
        self.0.ending.store(true, Ordering::Relaxed);
    }

    /// Whether the request has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.0.ending.load(Ordering::Relaxed)
    }

    /// When it began.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.0.started
    }

    /// What its calls amount to, for an answer that was a failure or not.
    #[must_use]
    pub fn impact(&self, answer_failed: bool) -> Impact {
        self.tally().impact(answer_failed, self.0.started.elapsed())
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_span() -> Option<Served> {
    let find = |(id, subscriber): (&tracing::Id, &tracing::Dispatch)| {
        let span = subscriber.downcast_ref::<Registry>()?.span(id)?;
        span.scope().find_map(|span| span.extensions().get::<OnSpan>().map(|it| it.0.clone()))
    };
    Span::current().with_subscriber(find).flatten()
}

/// Lets a future that is spawned work for the request that is being served now.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use netcause_net::{Served, carry};
///
/// let found = Served::new().scope(async {
///     tokio::spawn(carry(async { Served::current().is_some() })).await.unwrap()
/// });
/// assert!(found.await);
/// # }
/// ```
pub fn carry<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let served = Served::current();
    async move {
        match served {
            Some(served) => served.scope(future).await,
            None => future.await,
        }
    }
}

/// Says what failing calls did to the request that is being served, where the code knows
/// better; says whether one is.
///
/// # Example: an empty basket is as good as none
///
/// ```
/// use netcause_net::{Outcome, Served, set_outcome};
///
/// let served = Served::new();
/// assert!(served.sync_scope(|| set_outcome(Outcome::Ok)));
/// assert_eq!(served.impact(true).outcome, Outcome::Ok);
/// assert!(!set_outcome(Outcome::Ok));
/// ```
pub fn set_outcome(outcome: Outcome) -> bool {
    Served::current().inspect(|served| served.set_outcome(outcome)).is_some()
}
