//! [`Retrying`]: a builder of backon, and what it retries told.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use backon::BackoffBuilder;

use super::Tries;
use super::tries::Rules;

/// More retries than this are as good as endless.
const ENDLESS: usize = 10_000;

/// Retries with the pauses of a builder of backon.
///
/// backon itself tells its `notify` neither the number of a try nor how many are allowed, and
/// nothing of the last one.
///
/// # Example
///
/// ```
/// use backon::ExponentialBuilder;
/// use netcause_http::retry::Retrying;
///
/// # async fn charge() -> Result<u64, std::io::Error> { Ok(1) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), std::io::Error> {
/// let pauses = ExponentialBuilder::default().with_max_times(5).with_jitter();
/// let receipt = Retrying::new("charge the card", pauses).run(charge).await?;
/// # assert_eq!(receipt, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Retrying<B> {
    purpose: Cow<'static, str>,
    builder: B,
    retries: Option<u32>,
    rules: Rules,
}

impl<B: BackoffBuilder + Clone> Retrying<B> {
    /// Retries with these pauses; `purpose` is what the operation is for, as in "could not …".
    ///
    /// How many retries are allowed is counted from the pauses. Where they end by chance, as
    /// with jitter and a total delay, [`max_retries`](Retrying::max_retries) says it better.
    #[must_use]
    pub fn new(purpose: impl Into<Cow<'static, str>>, builder: B) -> Self {
        let count = || builder.clone().build().take(ENDLESS).count();
        // What differs from one time to the next is no number.
        let retries = Some(count()).filter(|first| *first < ENDLESS && *first == count());
        let retries = retries.and_then(|count| count.try_into().ok());
        Retrying { purpose: purpose.into(), builder, retries, rules: Rules::default() }
    }

    /// Says how many retries are allowed; fewer than the pauses allow end earlier.
    #[must_use]
    pub fn max_retries(self, retries: u32) -> Self {
        Retrying { retries: Some(retries), ..self }
    }

    /// See [`Tries::idempotent`].
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.rules.is_idempotent = true;
        self
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

    /// Makes tries until one goes well, or no other one follows.
    ///
    /// # Errors
    ///
    /// That of the last try.
    pub async fn run<T, E, F>(&self, make: impl FnMut() -> F) -> Result<T, E>
    where
        E: Error + 'static,
        F: Future<Output = Result<T, E>>,
    {
        self.run_with(make, |error| error).await
    }

    /// The same for errors that are none of their own: `anyhow::Error`, `Box<dyn Error>`.
    ///
    /// # Errors
    ///
    /// That of the last try.
    ///
    /// # Example
    ///
    /// ```
    /// use backon::ConstantBuilder;
    /// use netcause_http::retry::Retrying;
    ///
    /// # type BoxError = Box<dyn std::error::Error + Send + Sync>;
    /// # async fn charge() -> Result<u64, BoxError> { Ok(1) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), BoxError> {
    /// let retrying = Retrying::new("charge the card", ConstantBuilder::default());
    /// let receipt = retrying.run_with(charge, |error| &**error).await?;
    /// # assert_eq!(receipt, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run_with<T, E, F>(
        &self,
        mut make: impl FnMut() -> F,
        as_error: impl Fn(&E) -> &(dyn Error + 'static),
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let tries = Tries::new(self.purpose.clone(), self.retries).with_rules(self.rules);
        let most = self.retries.map_or(usize::MAX, |retries| retries as usize);
        let mut pauses = self.builder.clone().build().take(most);
        loop {
            let error = match tries.attempt(make()).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            match tries.failed(as_error(&error), pauses.next()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }
}
