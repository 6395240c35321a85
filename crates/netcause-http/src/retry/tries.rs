//! [`Tries`]: the tries of one operation.

use std::borrow::Cow;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use netcause_fault::{Category, Chain, Fault, ReadOptions, WithFault, classify};
use netcause_net::{Attempt, Operation};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::Worth;
use super::judge;
use super::lines::{self, FailedTry, Last};

/// The longest pause that is made because a peer asks for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tries of one operation: numbers them, judges their failures, and logs.
///
/// # Example: a loop of one's own
///
/// ```
/// use std::time::Duration;
/// use netcause_http::retry::Tries;
///
/// # async fn charge() -> Result<u64, std::io::Error> { Ok(1) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), std::io::Error> {
/// let mut pauses = [100, 200].map(Duration::from_millis).into_iter();
/// let tries = Tries::new("charge the card", 2);
/// let receipt = loop {
///     match tries.attempt(charge()).await {
///         Ok(receipt) => break receipt,
///         Err(error) => match tries.failed(&error, pauses.next()) {
///             Some(pause) => tokio::time::sleep(pause).await,
///             None => return Err(error),
///         },
///     }
/// };
/// # assert_eq!(receipt, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Tries {
    purpose: Cow<'static, str>,
    operation: Operation,
    rules: Rules,
    state: Mutex<State>,
}

/// What is wanted of the tries of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) is_idempotent: bool,
    pub(super) is_last_told: bool,
    pub(super) patience: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { is_idempotent: false, is_last_told: true, patience: PATIENCE }
    }
}

#[derive(Debug, Default)]
struct State {
    made: u32,
    last: Option<Made>,
}

/// The try that was made last.
#[derive(Debug, Clone)]
struct Made {
    attempt: Attempt,
    span: Span,
    elapsed: Duration,
    noted: Option<Arc<Fault<'static>>>,
}

impl Tries {
    /// An operation with so many retries; `purpose` is what it is for, as in "could not …".
    ///
    /// With none, nothing speaks of retries.
    #[must_use]
    pub fn new(purpose: impl Into<Cow<'static, str>>, retries: impl Into<Option<u32>>) -> Self {
        Tries {
            purpose: purpose.into(),
            operation: Operation::new(retries.into()),
            rules: Rules::default(),
            state: Mutex::default(),
        }
    }

    /// Says that doing it twice is the same as doing it once, as with GET and PUT: it is then
    /// tried again also where it may have been done.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.rules.is_idempotent = true;
        self
    }

    /// Sets the longest pause that is made because the peer asks for it, 30 s unless set. If
    /// it asks for a longer one, that was the last try.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.rules.patience = patience;
        self
    }

    /// Leaves it to the caller to log the failure of the last try, which is recorded on the
    /// spans: as a typed error or as text, the caller's line has all that is known.
    #[must_use]
    pub fn last_is_logged_by_caller(mut self) -> Self {
        self.rules.is_last_told = false;
        self
    }

    #[cfg(any(feature = "backon", feature = "reqwest-retry", feature = "tower-retry"))]
    pub(super) fn with_rules(self, rules: Rules) -> Self {
        Tries { rules, ..self }
    }

    /// Makes the next try: in a span of its own, with its number known to all calls inside.
    ///
    /// Says so if one went well after others failed.
    ///
    /// # Errors
    ///
    /// Those of the future.
    pub async fn attempt<T, E>(&self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let attempt = self.begin();
        let span = self.span(attempt);
        let started = Instant::now();
        let (result, noted) = match self.counts() {
            true => attempt.scope_noting(future).instrument(span.clone()).await,
            false => Attempt::noting(future).instrument(span.clone()).await,
        };
        let elapsed = started.elapsed();
        self.end(Made { attempt, span, elapsed, noted }, result.is_ok());
        result
    }

    /// Judges and logs the failure of the try that was made last. `pause` is what the backoff
    /// says, none once it has no more.
    ///
    /// Returns the pause before the next try: the longer of the backoff's and the one that the
    /// peer asks for; none if this was the last.
    #[must_use]
    pub fn failed(
        &self,
        error: &(dyn Error + 'static),
        pause: Option<Duration>,
    ) -> Option<Duration> {
        let made = self.lock().last.clone()?;
        let fault = fault_of(error, made.noted.as_deref());
        let worth = judge::of_fault(fault.as_ref(), self.rules.is_idempotent);
        let next = self.next(worth, pause);
        self.tell(&made, error, fault, next);
        next.ok()
    }

    /// The same where others have decided what follows: a pause, or why there is none. Only a
    /// longer one that the peer asks for is made instead.
    #[cfg(feature = "reqwest-retry")]
    pub(super) fn failed_as_decided(
        &self,
        error: &(dyn Error + 'static),
        decided: Result<Duration, Last>,
    ) -> Option<Duration> {
        let made = self.lock().last.clone()?;
        let fault = fault_of(error, made.noted.as_deref());
        let asked = fault.as_ref().and_then(judge::asked_pause).unwrap_or_default();
        let next = match decided {
            Ok(_) if asked > self.rules.patience => Err(Last::TooLong(asked)),
            decided => decided.map(|pause| pause.max(asked)),
        };
        self.tell(&made, error, fault, next);
        next.ok()
    }

    /// The pause before the next try, or why there is none.
    fn next(&self, worth: Worth, pause: Option<Duration>) -> Result<Duration, Last> {
        let pause = pause.filter(|_| self.counts()).ok_or(Last::Exhausted);
        match (worth, pause) {
            (Worth::Yes { pause: asked }, Ok(_)) if asked > self.rules.patience => {
                Err(Last::TooLong(asked))
            }
            (Worth::Yes { pause: asked }, Ok(pause)) => Ok(pause.max(asked)),
            (Worth::Yes { .. }, Err(last)) => Err(last),
            (_, Err(last)) if !self.counts() => Err(last),
            (worth, _) => Err(Last::NotWorth(worth)),
        }
    }

    fn tell(
        &self,
        made: &Made,
        error: &(dyn Error + 'static),
        fault: Option<Fault<'static>>,
        next: Result<Duration, Last>,
    ) {
        let elapsed = fault.as_ref().is_none_or(|it| it.elapsed.is_none()).then_some(made.elapsed);
        if let Some(fault) = fault {
            self.record(made, error, fault, next);
        }
        let attempt = Some(made.attempt).filter(|_| self.counts());
        let failed = FailedTry { purpose: &self.purpose, error, attempt, elapsed };
        made.span.in_scope(|| match next {
            Ok(pause) => failed.is_followed(pause),
            Err(last) if self.rules.is_last_told => failed.is_last(last),
            Err(_) => {}
        });
    }

    /// Keeps the fault with the span of the try, and with the operation's if it is final.
    fn record(
        &self,
        made: &Made,
        error: &(dyn Error + 'static),
        mut fault: Fault<'static>,
        next: Result<Duration, Last>,
    ) {
        if self.counts() {
            fault.attempts = made.attempt.to_attempts();
            fault.attempts.next_delay = next.ok();
            fault.attempts.exhausted = next.is_err().then_some(true);
        }
        fault.elapsed = fault.elapsed.or(Some(made.elapsed));
        if fault.peer.is_empty() {
            // What the fields around name, the line about the try remembers.
            return;
        }
        let known = WithFault::new(distinctive(error, &fault), fault);
        let known = &known as &(dyn Error + 'static);
        made.span.record("error", known);
        if next.is_err() {
            Span::current().record("error", known);
        }
    }

    /// Begins the next try.
    pub(super) fn begin(&self) -> Attempt {
        let mut state = self.lock();
        let attempt = self.operation.attempt(state.made);
        state.made = state.made.saturating_add(1);
        attempt
    }

    /// Ends a try that others have made, in what spans they have.
    #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
    pub(super) fn end_elsewhere(&self, attempt: Attempt, elapsed: Duration, is_well: bool) {
        self.end(Made { attempt, span: Span::none(), elapsed, noted: None }, is_well);
    }

    fn end(&self, made: Made, is_well: bool) {
        if is_well && made.attempt.number() > 0 {
            lines::recovered(&self.purpose, made.attempt);
        }
        self.lock().last = Some(made);
    }

    fn span(&self, attempt: Attempt) -> Span {
        let number = self.counts().then(|| attempt.number());
        info_span!(
            "try",
            retry.attempt = number,
            retry.max_attempts = number.and(self.operation.retries()),
            error = Empty,
        )
    }

    /// Whether there may be more than one.
    pub(super) fn counts(&self) -> bool {
        self.operation.retries() != Some(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a failure: what was noted of the same one while the try was under way,
/// else what its error tells.
fn fault_of(
    error: &(dyn Error + 'static),
    noted: Option<&Fault<'static>>,
) -> Option<Fault<'static>> {
    let told = classify(error)?;
    match noted.filter(|noted| is_same(&told, noted)) {
        Some(noted) => Some(noted.clone()),
        None => Some(told),
    }
}

/// Whether a fault that was noted is that of the error. A timer's error does not tell what it
/// ended, and whoever noted it may know.
fn is_same(told: &Fault<'_>, noted: &Fault<'_>) -> bool {
    let is_timer = |category| matches!(category, Category::Timeout | Category::ConnectTimeout);
    let same_kind = told.category == noted.category
        || is_timer(told.category) && told.code.is_none() && noted.limit.is_some();
    let same_peer = told.peer.is_empty()
        || told.peer.server_address.is_none()
        || told.peer.server_address == noted.peer.server_address;
    same_kind && same_peer
}

/// The words by which a later line about the failure is known: the innermost error's, or, as
/// that may be long, those of the status.
fn distinctive(error: &(dyn Error + 'static), fault: &Fault<'_>) -> String {
    let mut chain = Chain::new();
    chain.read_error(error, &ReadOptions::plain());
    let status = fault.request.status.and_then(|status| StatusCode::from_u16(status).ok());
    let words = status.map(|status| status.to_string());
    match words.filter(|words| chain.innermost().contains(words.as_str())) {
        Some(words) => words,
        None => chain.innermost().to_owned(),
    }
}
