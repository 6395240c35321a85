//! [`RetryPolicy`]: what the retries of tower are to do, and what they tell.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response};
use netcause_net::Attempt;
use tokio::time::Sleep;
use tower::retry::{Policy, Retry};
use tower_layer::Layer;
use tower_service::Service;

use super::Tries;
use super::pauses::Pauses;
use super::tries::Rules;
use crate::outbound::FailedAnswer;

/// The retries of tower: how many, after which pauses, and each told once.
///
/// A try is repeated where that can help, by the fault of its error, and does no harm: what
/// may have been done is done again only for the methods that are idempotent (GET, HEAD, PUT,
/// DELETE, OPTIONS, TRACE), or where [`idempotent`](RetryPolicy::idempotent) says so of all.
/// An answer is judged likewise, if [`OutboundLayer`](crate::OutboundLayer) counts it as a
/// failure; where there is none beneath, that is 5xx and 429. The answer to the last try goes
/// to the caller as it is.
///
/// It is a layer, too: unlike that of tower it has also the first try know its number. The
/// layer of the calls belongs beneath it.
///
/// # Example
///
/// ```
/// use http_body_util::Full;
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use netcause_http::{OutboundLayer, retry::RetryPolicy};
/// use netcause_net::{Connector, Watch};
/// use tower_layer::Layer;
///
/// let connector = Watch::new().layer(Connector::new());
/// let client: Client<_, Full<&[u8]>> = Client::builder(TokioExecutor::new()).build(connector);
/// let client = OutboundLayer::new().layer(client);
/// let client = RetryPolicy::new("ask for the price", 3).layer(client);
/// ```
#[derive(Debug, Clone)]
pub struct RetryPolicy(Arc<Wanted>);

#[derive(Debug, Clone)]
struct Wanted {
    purpose: Cow<'static, str>,
    pauses: Pauses,
    rules: Rules,
}

impl RetryPolicy {
    /// So many retries; `purpose` is what the call is for, as in "could not …".
    ///
    /// The pauses double from 100 ms to 10 s, and are shortened by chance to as little as half.
    #[must_use]
    pub fn new(purpose: impl Into<Cow<'static, str>>, retries: u32) -> Self {
        RetryPolicy::of(purpose.into(), Pauses::Doubling(retries))
    }

    /// A retry after each of these pauses.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use netcause_http::retry::RetryPolicy;
    ///
    /// let pauses = [50, 200, 1_000].map(Duration::from_millis);
    /// let policy = RetryPolicy::with_pauses("ask for the price", pauses);
    /// # let _ = policy;
    /// ```
    #[must_use]
    pub fn with_pauses(
        purpose: impl Into<Cow<'static, str>>,
        pauses: impl IntoIterator<Item = Duration>,
    ) -> Self {
        RetryPolicy::of(purpose.into(), Pauses::Listed(pauses.into_iter().collect()))
    }

    fn of(purpose: Cow<'static, str>, pauses: Pauses) -> Self {
        RetryPolicy(Arc::new(Wanted { purpose, pauses, rules: Rules::default() }))
    }

    /// Says that doing it twice is the same as doing it once, whatever the method.
    #[must_use]
    pub fn idempotent(self) -> Self {
        self.with(|rules| rules.is_idempotent = true)
    }

    /// See [`Tries::patience`].
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        self.with(|rules| rules.patience = patience)
    }

    /// See [`Tries::last_is_logged_by_caller`].
    #[must_use]
    pub fn last_is_logged_by_caller(self) -> Self {
        self.with(|rules| rules.is_last_told = false)
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(&mut Arc::make_mut(&mut self.0).rules);
        self
    }

    /// The first try of a request.
    fn begin<B>(&self, request: &Request<B>) -> UnderWay {
        let Wanted { purpose, pauses, mut rules } = (*self.0).clone();
        rules.is_idempotent |= request.method().is_idempotent();
        let tries = Tries::new(purpose, pauses.retries()).with_rules(rules);
        let attempt = tries.begin();
        let (tries, started) = (Arc::new(tries), Instant::now());
        UnderWay { wanted: Arc::clone(&self.0), tries, attempt, started }
    }

    /// What is under way with a request by this policy, and by no other one further out.
    fn under_way<B>(&self, request: &Request<B>) -> Option<UnderWay> {
        let known = request.extensions().get::<UnderWay>();
        known.filter(|it| Arc::ptr_eq(&it.wanted, &self.0)).cloned()
    }
}

fn failed_answer<B, R>(request: &Request<B>, response: &Response<R>) -> Option<FailedAnswer> {
    let (status, headers) = (response.status(), response.headers());
    FailedAnswer::judged(request, status, headers, response.extensions())
}

/// The try that is under way with a request, within its extensions.
#[derive(Debug, Clone)]
struct UnderWay {
    wanted: Arc<Wanted>,
    tries: Arc<Tries>,
    attempt: Attempt,
    started: Instant,
}

impl UnderWay {
    fn went_well(&self) {
        self.tries.end_elsewhere(self.attempt, self.started.elapsed(), true);
    }

    /// The pause before the next try, if there is one.
    fn failed(&self, error: &(dyn Error + 'static)) -> Option<Duration> {
        self.tries.end_elsewhere(self.attempt, self.started.elapsed(), false);
        self.tries.failed(error, self.wanted.pauses.after(self.attempt.number()))
    }

    /// The same with the next try.
    fn next(self) -> Self {
        UnderWay { attempt: self.tries.begin(), ..self }
    }

    /// Marks a request as this try.
    fn mark<B>(self, request: &mut Request<B>) {
        if self.tries.counts() {
            request.extensions_mut().insert(self.attempt);
        }
        request.extensions_mut().insert(self);
    }
}

impl<B, R, E> Policy<Request<B>, Response<R>, E> for RetryPolicy
where
    B: Clone,
    E: Error + 'static,
{
    type Future = Sleep;

    fn retry(
        &mut self,
        request: &mut Request<B>,
        result: &mut Result<Response<R>, E>,
    ) -> Option<Sleep> {
        let under_way = self.under_way(request)?;
        let pause = match result {
            Err(error) => under_way.failed(error),
            Ok(response) => match failed_answer(request, response) {
                Some(answer) => under_way.failed(&answer.into_error()),
                None => {
                    under_way.went_well();
                    None
                }
            },
        }?;
        under_way.next().mark(request);
        Some(tokio::time::sleep(pause))
    }

    fn clone_request(&mut self, request: &Request<B>) -> Option<Request<B>> {
        let under_way = self.under_way(request).unwrap_or_else(|| self.begin(request));
        let mut copy = request.clone();
        // The request itself is sent now.
        UnderWay { started: Instant::now(), ..under_way }.mark(&mut copy);
        Some(copy)
    }
}

impl<S> Layer<S> for RetryPolicy {
    type Service = Retried<S>;

    fn layer(&self, inner: S) -> Retried<S> {
        Retried { policy: self.clone(), inner: Retry::new(self.clone(), inner) }
    }
}

/// A client whose calls are tried again; made by [`RetryPolicy`].
#[derive(Debug, Clone)]
pub struct Retried<S> {
    policy: RetryPolicy,
    inner: Retry<RetryPolicy, S>,
}

impl<S, B, R> Service<Request<B>> for Retried<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    S::Error: Error + 'static,
    B: Clone,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = <Retry<RetryPolicy, S> as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Service::<Request<B>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.policy.begin(&request).mark(&mut request);
        self.inner.call(request)
    }
}
