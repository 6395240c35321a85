//! Retries: each try knows its number, and each failure is told once.
//!
//! [`Tries`] is the engine: it counts the tries of one operation, tells each of them its
//! number ([`Attempt`](netcause_net::Attempt)), decides by the fault whether another one can
//! help, respects `Retry-After`, and logs. What retries is around it: a loop of one's own, a
//! builder of backon with `Retrying`, the retries of tower with `RetryPolicy`,
//! those of reqwest-retry with `RetryMiddleware`.
//!
//! # Who logs what
//!
//! | what happened | who logs | level | says |
//! |---|---|---|---|
//! | a try failed, another one follows | `Tries` | `NETCAUSE_RETRY_LEVEL` | `retry.attempt`, `retry.max_attempts`, `retry.next_delay_ms` |
//! | the last try failed, or another one would not help | `Tries` | ERROR | the same with `retry.exhausted` |
//! | it went well on a later try | `Tries` | INFO | `retry.attempt` |
//!
//! Each with the error, typed, within the span of the try where that has one. So whoever gets
//! the error of the last try need not log it. A caller that logs the errors it gets says
//! [`Tries::last_is_logged_by_caller`]: the last failure is then only recorded on the spans,
//! and the caller's line has its number and `retry.exhausted` from there.

#[cfg(feature = "backon")]
mod backon;
mod judge;
mod lines;
#[cfg(feature = "reqwest-retry")]
mod middleware;
#[cfg(feature = "tower-retry")]
mod pauses;
#[cfg(feature = "tower-retry")]
mod policy;
mod tries;

#[cfg(test)]
mod tests;

#[cfg(feature = "backon")]
pub use self::backon::Retrying;
pub use self::judge::{Worth, worth_retrying};
#[cfg(feature = "reqwest-retry")]
pub(crate) use self::middleware::Counted;
#[cfg(feature = "reqwest-retry")]
pub use self::middleware::RetryMiddleware;
#[cfg(feature = "tower-retry")]
pub use self::policy::{Retried, RetryPolicy};
pub use self::tries::Tries;
