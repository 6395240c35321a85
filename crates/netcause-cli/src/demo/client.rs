//! Calls to other services: limits, tries and failures are seen to by netcause.

use std::time::Duration;

use backon::ExponentialBuilder;
use netcause::http::retry::Retrying;
use reqwest::{Method, Url};
use reqwest_middleware::{ClientWithMiddleware, Error};

/// The longest that a call waits because a service asked for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The first pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A service that is called.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Where it is.
    pub(crate) url: Url,
    /// The client for it.
    pub(crate) http: ClientWithMiddleware,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// What the call is for, as in "could not …".
    pub(crate) purpose: &'static str,
    pub(crate) service: &'a Service,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// How many times the call may be repeated.
    pub(crate) retries: usize,
}

impl Call<'_> {
    /// Makes the call, and tries again where that makes sense and does no harm.
    pub(crate) async fn send(&self) -> Result<String, Error> {
        let pauses = ExponentialBuilder::default().with_min_delay(PAUSE).with_jitter();
        let pauses = pauses.with_max_times(self.retries);
        let retrying = Retrying::new(self.purpose, pauses).patience(PATIENCE);
        retrying.run(|| self.exchange()).await
    }

    async fn exchange(&self) -> Result<String, Error> {
        let Service { url, http } = self.service;
        // A path that does not parse leaves the service's own address.
        let url = url.join(self.path).unwrap_or_else(|_| url.clone());
        let response = http.request(self.method.clone(), url).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }
}
