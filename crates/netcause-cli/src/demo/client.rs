//! Calls to other services: one span a try, retries by `backon`, one event for each failed try.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use tracing::{Instrument, Span, error, info_span, warn};

/// The longest that a call waits because a service asked for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A service that is called, and the limits for calling it.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Where it is.
    pub(crate) url: Url,
    /// The client for it, made with these limits.
    pub(crate) http: Client,
    /// How long connecting may take.
    pub(crate) connect_timeout: Duration,
    /// How long the whole try may take.
    pub(crate) timeout: Duration,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// What the call is for, as in "could not …".
    pub(crate) purpose: &'static str,
    pub(crate) service: &'a Service,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// How many times the call may be repeated; `None` if never.
    pub(crate) retries: Option<u32>,
}

/// A try that failed.
#[derive(Debug)]
pub(crate) struct FailedTry {
    error: reqwest::Error,
    /// What the service asked for in `Retry-After`.
    retry_after: Option<Duration>,
    elapsed: Duration,
    span: Span,
}

impl Call<'_> {
    /// Makes the call, tries again where that makes sense, and logs each try that fails.
    pub(crate) async fn send(&self) -> Result<String, FailedTry> {
        let mut tries = 0..;
        let outcome = (|| self.attempt(tries.next().unwrap_or(u32::MAX)))
            .retry(self.backoff())
            .when(FailedTry::is_worth_repeating)
            .adjust(FailedTry::next_delay)
            .notify(|failed, delay| self.warn(failed, delay))
            .await;
        outcome.inspect_err(|failed| self.give_up(failed))
    }

    async fn attempt(&self, attempt: u32) -> Result<String, FailedTry> {
        let span = self.span(attempt);
        let started = Instant::now();
        let outcome = self.exchange().instrument(span.clone()).await;
        outcome.map_err(|(error, retry_after)| FailedTry {
            error,
            retry_after,
            elapsed: started.elapsed(),
            span,
        })
    }

    async fn exchange(&self) -> Result<String, (reqwest::Error, Option<Duration>)> {
        let response = self.request().send().await.map_err(|error| (error, None))?;
        let retry_after = retry_after(&response);
        let response = response.error_for_status().map_err(|error| (error, retry_after))?;
        response.text().await.map_err(|error| (error, None))
    }

    fn request(&self) -> RequestBuilder {
        let Service { http, timeout, .. } = self.service;
        http.request(self.method.clone(), self.url()).timeout(*timeout)
    }

    fn url(&self) -> Url {
        // A path that does not parse leaves the service's own address.
        self.service.url.join(self.path).unwrap_or_else(|_| self.service.url.clone())
    }

    fn span(&self, attempt: u32) -> Span {
        let url = self.url();
        info_span!(
            "call",
            otel.kind = "client",
            http.request.method = %self.method,
            server.address = url.host_str(),
            server.port = url.port_or_known_default(),
            url.full = %url,
            connect_timeout_ms = milliseconds(self.service.connect_timeout),
            timeout_ms = milliseconds(self.service.timeout),
            retry.attempt = self.retries.map(|_| attempt),
            retry.max_attempts = self.retries,
        )
    }

    fn backoff(&self) -> impl BackoffBuilder {
        ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_times(self.retries.unwrap_or(0) as usize)
            .with_jitter()
    }

    fn warn(&self, failed: &FailedTry, delay: Duration) {
        failed.span.in_scope(|| {
            warn!(
                error = netcause::error(&failed.error),
                elapsed_ms = milliseconds(failed.elapsed),
                retry.next_delay_ms = milliseconds(delay),
                "could not {}, trying again",
                self.purpose
            );
        });
    }

    fn give_up(&self, failed: &FailedTry) {
        failed.span.in_scope(|| {
            error!(
                error = netcause::error(&failed.error),
                elapsed_ms = milliseconds(failed.elapsed),
                retry.exhausted = self.retries.map(|_| true),
                retry_after_ms = failed.retry_after.map(milliseconds),
                "could not {}",
                self.purpose
            );
        });
    }
}

impl FailedTry {
    /// Whether another try can succeed, and can do no harm: the peer has done nothing yet.
    fn is_worth_repeating(&self) -> bool {
        let is_connect_timeout = self.error.is_connect() && self.error.is_timeout();
        is_connect_timeout || self.error.status().is_some_and(is_busy)
    }

    /// The pause before the next try; `None` gives up.
    fn next_delay(&self, backoff: Option<Duration>) -> Option<Duration> {
        let delay = backoff?.max(self.retry_after.unwrap_or_default());
        (delay <= PATIENCE).then_some(delay)
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}

/// Reads `Retry-After` where it is given in seconds.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
