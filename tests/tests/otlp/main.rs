//! OTLP: what a receiver gets, and what becomes of what it does not.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at a surprise")]

mod answers;
mod arrival;
mod decoded;
mod elsewhere;
mod forwarded;
mod metrics;
mod outages;
mod said;
mod sender;
mod traces;
mod words;

use std::sync::LazyLock;

use netcause_tests::certificates::Certificates;
use netcause_tests::collector::Collector;

static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(Certificates::new);

/// One for all tests, where it was built.
static COLLECTOR: LazyLock<Option<Collector>> = LazyLock::new(|| Collector::start(&CERTIFICATES));
