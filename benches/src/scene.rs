//! What is logged: three spans with eleven fields, a failing event, an ordinary one.

use std::error::Error;

use tracing::span::EnteredSpan;
use tracing::{error, info, info_span};

/// The target of all spans and events.
pub const TARGET: &str = "checkout::payment";

/// Three spans, entered; they close innermost first.
#[derive(Debug)]
pub struct Spans {
    _charge: EnteredSpan,
    _checkout: EnteredSpan,
    _request: EnteredSpan,
}

/// Opens and enters a request that is served, a step in it and a call that it makes.
#[must_use]
pub fn enter_spans() -> Spans {
    let request = info_span!(
        target: TARGET,
        "request",
        http.request.method = "POST",
        http.route = "/checkout/{cart}",
        client.address = "10.2.0.7",
        request.id = "7d1c0a52-61f4",
    )
    .entered();
    let checkout = info_span!(
        target: TARGET,
        "checkout",
        cart.id = "c-7719",
        user.id = 77_123_u64,
        currency = "EUR",
    )
    .entered();
    let charge = enter_call();
    Spans { _charge: charge, _checkout: checkout, _request: request }
}

/// Opens and enters a span with four fields.
pub fn enter_call() -> EnteredSpan {
    enter_try(2)
}

/// The same for another try.
pub fn enter_try(attempt: u64) -> EnteredSpan {
    info_span!(
        target: TARGET,
        "charge",
        server.address = "hello.from.the.other.side",
        server.port = 12_345_u64,
        retry.attempt = attempt,
        retry.max_attempts = 5_u64,
    )
    .entered()
}

/// Logs a failure with its error as a real object.
pub fn failing_event(error: &(dyn Error + 'static)) {
    error!(target: TARGET, error, "could not charge the card");
}

/// Logs what happens all day.
pub fn ordinary_event() {
    info!(target: TARGET, { amount.cents = 1999_u64, provider = "acme" }, "charged the card");
}
