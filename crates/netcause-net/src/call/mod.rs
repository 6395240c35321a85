//! [`call`]: calls of clients with sockets of their own.

mod context;
mod error;
mod fault;
mod running;

#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use netcause_fault::Phase;
use tracing::Instrument;

pub use self::context::FaultContext;
pub use self::error::CallError;
use self::running::Running;

/// A call to a peer, by a client that has sockets of its own: sqlx, tokio-postgres, redis,
/// lapin, async-nats …
///
/// `name` says what is called, as people do: it names the span.
///
/// # Example: a query with a limit
///
/// ```
/// use std::time::Duration;
/// # use std::io::Error;
/// # async fn query() -> Result<u32, Error> { Err(Error::from_raw_os_error(111)) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let carts = netcause_net::call("carts", "db", 5432)
///     .timeout(Duration::from_secs(2))
///     .run(query())
///     .await;
/// # let error = carts.unwrap_err();
/// # let fault = error.fault().unwrap();
/// # assert_eq!(fault.peer.server_address.as_deref(), Some("db"));
/// # }
/// ```
#[must_use = "a call does nothing until `run`"]
pub fn call<'a>(name: &'a str, host: &'a str, port: u16) -> Call<'a> {
    Call {
        name,
        host,
        port,
        timeout: None,
        phase: None,
        started: None,
        protocol: None,
        db_system: None,
    }
}

/// What is known of a call before it is made; see [`call`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a call does nothing until `run`"]
pub struct Call<'a> {
    name: &'a str,
    host: &'a str,
    port: u16,
    timeout: Option<Duration>,
    phase: Option<Phase>,
    started: Option<Instant>,
    protocol: Option<&'a str>,
    db_system: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// How long it may take; without it, as long as the client lets it.
    pub fn timeout(self, limit: Duration) -> Self {
        Call { timeout: Some(limit), ..self }
    }

    /// Which part of an exchange it is, where it is but a part of one.
    pub fn phase(self, phase: Phase) -> Self {
        Call { phase: Some(phase), ..self }
    }

    /// When it began, where an error is given its context afterwards.
    pub fn started(self, at: Instant) -> Self {
        Call { started: Some(at), ..self }
    }

    /// `network.protocol.name`: `postgresql`, `redis`, `amqp`, `nats` …
    pub fn protocol(self, name: &'a str) -> Self {
        Call { protocol: Some(name), ..self }
    }

    /// `db.system.name`: `postgresql`, `mysql`, `redis` …
    pub fn db_system(self, name: &'a str) -> Self {
        Call { db_system: Some(name), ..self }
    }

    /// Makes the call, inside a span of its own.
    ///
    /// Its outcome goes to the span, to the [`Ledger`](crate::Ledger) of peers, and to the
    /// request that it is made for, if one is [`Served`](crate::Served). Which try it is, is
    /// taken from [`Attempt::current`](crate::Attempt::current).
    ///
    /// # Errors
    ///
    /// The client's own, or that the limit ran out. The error carries what is known of the
    /// failure; [`CallError::failed`] gives the client's own back.
    pub async fn run<F, T, E>(self, future: F) -> Result<T, CallError<E>>
    where
        F: Future<Output = Result<T, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut running = Running::begin(self);
        let (span, trail) = (running.span.clone(), running.trail.clone());
        let limited = async {
            let mut future = pin!(future);
            let Some(limit) = self.timeout else { return running.ended(future.await) };
            match tokio::time::timeout(limit, future.as_mut()).await {
                Ok(result) => running.ended(result),
                // The client's sockets are still there to be asked about.
                Err(_) => Err(running.ran_out(limit)),
            }
        };
        trail.scope(limited).instrument(span).await
    }
}
