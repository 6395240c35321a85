//! [`RetryMiddleware`]: the retries of reqwest-retry, told.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::{Extensions, Method};
use netcause_fault::WithFault;
use netcause_net::Attempt;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::{
    DefaultRetryableStrategy, RetryDecision, RetryError, RetryPolicy, RetryTransientMiddleware,
    Retryable, RetryableStrategy,
};
use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::lines::Last;
use super::tries::Rules;
use super::{Tries, Worth};
use crate::outbound::FailedAnswer;

/// The retries of reqwest-retry, whose tries know their number, and each told once.
///
/// It stands in the place of `RetryTransientMiddleware`, and has it do the work: whether to
/// try again is for its strategy to say, and when for its policy; only a longer pause that the
/// peer asks for is made instead. The error that its caller gets is that of the last try, not
/// one of the retries around it.
///
/// [`CallMiddleware`](crate::reqwest::CallMiddleware) belongs beneath it: then also each call's
/// span has its number, and each line all that the call knows.
///
/// # Example
///
/// ```
/// use netcause_http::reqwest::{CallMiddleware, instrument};
/// use netcause_http::retry::RetryMiddleware;
/// use reqwest_middleware::ClientBuilder;
/// use reqwest_retry::policies::ExponentialBackoff;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let pauses = ExponentialBackoff::builder().build_with_max_retries(3);
/// let client = ClientBuilder::new(instrument(reqwest::Client::builder()).build()?)
///     .with(RetryMiddleware::new("ask for the price", pauses))
///     .with(CallMiddleware::new())
///     .build();
/// # Ok::<(), reqwest::Error>(())
/// ```
pub struct RetryMiddleware<P, S = DefaultRetryableStrategy> {
    purpose: Cow<'static, str>,
    retries: Option<u32>,
    rules: Rules,
    policy: Arc<P>,
    strategy: Arc<S>,
}

impl RetryMiddleware<ExponentialBackoff> {
    /// Retries with these pauses; `purpose` is what the calls are for, as in "could not …".
    #[must_use]
    pub fn new(purpose: impl Into<Cow<'static, str>>, policy: ExponentialBackoff) -> Self {
        let retries = policy.max_n_retries;
        RetryMiddleware::with_policy(purpose, policy, retries)
    }
}

impl<P> RetryMiddleware<P> {
    /// The same with any policy, which allows so many retries, where that is known.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use netcause_http::retry::RetryMiddleware;
    /// use reqwest_retry::policies::ExponentialBackoff;
    ///
    /// let policy = ExponentialBackoff::builder();
    /// let policy = policy.build_with_total_retry_duration(Duration::from_secs(30));
    /// let retries = RetryMiddleware::with_policy("ask for the price", policy, None);
    /// # let _ = retries;
    /// ```
    #[must_use]
    pub fn with_policy(
        purpose: impl Into<Cow<'static, str>>,
        policy: P,
        retries: impl Into<Option<u32>>,
    ) -> Self {
        RetryMiddleware {
            purpose: purpose.into(),
            retries: retries.into(),
            rules: Rules::default(),
            policy: Arc::new(policy),
            strategy: Arc::new(DefaultRetryableStrategy),
        }
    }
}

impl<P, S> RetryMiddleware<P, S> {
    /// Has another strategy say which failures are worth another try.
    #[must_use]
    pub fn strategy<T: RetryableStrategy>(self, strategy: T) -> RetryMiddleware<P, T> {
        let RetryMiddleware { purpose, retries, rules, policy, .. } = self;
        RetryMiddleware { purpose, retries, rules, policy, strategy: Arc::new(strategy) }
    }

    /// See [`Tries::patience`].
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.rules.patience = patience;
        self
    }

    /// See [`Tries::last_is_logged_by_caller`].
    #[must_use]
    pub fn last_is_logged_by_caller(mut self) -> Self {
        self.rules.is_last_told = false;
        self
    }

    fn begin(&self, request: &Request) -> Counted {
        let tries = Tries::new(self.purpose.clone(), self.retries).with_rules(self.rules);
        let attempt = tries.begin();
        let under_way = Mutex::new(UnderWay { attempt, started: Instant::now(), pause: None });
        Counted { tries, method: request.method().clone(), since: SystemTime::now(), under_way }
    }
}

impl<P, S> fmt::Debug for RetryMiddleware<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryMiddleware")
            .field("purpose", &self.purpose)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl<P, S> Middleware for RetryMiddleware<P, S>
where
    P: RetryPolicy + Send + Sync + 'static,
    S: RetryableStrategy + Send + Sync + 'static,
{
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let counted = Arc::new(self.begin(&request));
        extensions.insert(Arc::clone(&counted));
        let judge = Judge {
            policy: Arc::clone(&self.policy),
            strategy: Arc::clone(&self.strategy),
            counted: Arc::clone(&counted),
        };
        let retrying =
            RetryTransientMiddleware::new_with_policy_and_strategy(Decided(counted), judge);
        // Its calls are remembered there, and the lines about them take what was known.
        let span = info_span!("tries", error = Empty);
        retrying.handle(request, extensions, next).instrument(span).await.map_err(of_last_try)
    }
}

/// The error of the last try, without that of the retries around it.
fn of_last_try(error: Error) -> Error {
    match error {
        Error::Middleware(error) => match error.downcast() {
            Ok(RetryError::WithRetries { err, .. } | RetryError::Error(err)) => err,
            Err(error) => Error::Middleware(error),
        },
        error => error,
    }
}

/// The tries of one request, within its extensions.
#[derive(Debug)]
pub(crate) struct Counted {
    tries: Tries,
    method: Method,
    since: SystemTime,
    under_way: Mutex<UnderWay>,
}

/// The try that is under way, or that is to follow after a pause.
#[derive(Debug, Clone, Copy)]
struct UnderWay {
    attempt: Attempt,
    started: Instant,
    /// The pause before it; none where it does not follow.
    pause: Option<Duration>,
}

impl Counted {
    /// The number of a call that begins as a part of retries; none where there is only one.
    pub(crate) fn attempt(extensions: &Extensions) -> Option<Attempt> {
        let counted: &Arc<Counted> = extensions.get()?;
        counted.tries.counts().then(|| counted.lock().attempt)
    }

    /// Tells what became of a try, and begins the next one if there is to be one.
    fn end(&self, result: &Result<Response>, decided: std::result::Result<Duration, Last>) {
        let UnderWay { attempt, started, .. } = *self.lock();
        let is_worth = !matches!(decided, Err(Last::NotWorth(_)));
        let answer = result.as_ref().ok().and_then(|response| self.failure(response, is_worth));
        let error: Option<&(dyn StdError + 'static)> = match (result, &answer) {
            (Err(error), _) => Some(error),
            (Ok(_), Some(answer)) => Some(answer),
            (Ok(_), None) => None,
        };
        self.tries.end_elsewhere(attempt, started.elapsed(), error.is_none());
        let pause = error.and_then(|error| self.tries.failed_as_decided(error, decided));
        let mut under_way = self.lock();
        under_way.pause = pause;
        if let Some(pause) = pause {
            let now = Instant::now();
            under_way.attempt = self.tries.begin();
            under_way.started = now.checked_add(pause).unwrap_or(now);
        }
    }

    /// An answer that counts as a failure, also one that only the strategy takes for such.
    fn failure(&self, response: &Response, is_worth: bool) -> Option<WithFault> {
        let mut head = http::Request::new(());
        *head.method_mut() = self.method.clone();
        *head.uri_mut() = response.url().as_str().parse().unwrap_or_default();
        let (status, headers) = (response.status(), response.headers());
        FailedAnswer::judged(&head, status, headers, response.extensions())
            .or_else(|| is_worth.then(|| FailedAnswer::of_status(&head, status, headers)))
            .map(FailedAnswer::into_error)
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sees each result, with strategy and policy, and tells what they decide.
struct Judge<P, S> {
    policy: Arc<P>,
    strategy: Arc<S>,
    counted: Arc<Counted>,
}

impl<P: RetryPolicy, S: RetryableStrategy> RetryableStrategy for Judge<P, S> {
    fn handle(&self, result: &Result<Response>) -> Option<Retryable> {
        let verdict = self.strategy.handle(result);
        let decided = match verdict {
            Some(Retryable::Transient) => self.decide(),
            Some(Retryable::Fatal) => Err(Last::NotWorth(Worth::Useless)),
            None => Err(Last::NotWorth(Worth::Unknown)),
        };
        self.counted.end(result, decided);
        verdict
    }
}

impl<P: RetryPolicy, S> Judge<P, S> {
    fn decide(&self) -> std::result::Result<Duration, Last> {
        let made = self.counted.lock().attempt.number();
        match self.policy.should_retry(self.counted.since, made) {
            RetryDecision::Retry { execute_after } => {
                Ok(execute_after.duration_since(SystemTime::now()).unwrap_or_default())
            }
            RetryDecision::DoNotRetry => Err(Last::Exhausted),
        }
    }
}

/// What the judge has decided, asked for right after that.
struct Decided(Arc<Counted>);

impl RetryPolicy for Decided {
    fn should_retry(&self, _since: SystemTime, _made: u32) -> RetryDecision {
        let at = |pause| SystemTime::now().checked_add(pause);
        match self.0.lock().pause.and_then(at) {
            Some(execute_after) => RetryDecision::Retry { execute_after },
            None => RetryDecision::DoNotRetry,
        }
    }
}
