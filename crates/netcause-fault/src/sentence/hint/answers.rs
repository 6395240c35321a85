//! Hints for what the peer answered.

use std::time::Duration;

use super::{Parts, plain, waiting};
use crate::{Evidence, Fault};

/// What to check after a failing status.
pub(super) fn of_status(status: u16, fault: &Fault<'_>) -> Option<Parts> {
    let parts = match status {
        401 => plain(
            "the peer wants credentials, or does not accept these: check token, key and their expiry",
        ),
        403 => plain(
            "the peer knows the caller and does not permit this: check permissions and allow-lists",
        ),
        404 => plain(
            "the peer has nothing at this path: check path, API version and host, and that what is asked for still exists",
        ),
        407 => plain("the proxy wants credentials: check the proxy settings"),
        408 => plain("the peer waited for the request in vain: a slow sender or a slow path"),
        429 => of_pause(fault)
            .unwrap_or(plain("too many requests: slow down; the answer may name a pause in Retry-After")),
        502 => plain(
            "the peer, as a gateway, got no valid answer from what stands behind it: look there first",
        ),
        503 => asked_pause(fault)
            .map(|pause| waiting("the peer cannot serve now and asks to wait ", pause))
            .unwrap_or(plain(
                "the peer cannot serve now: overload, a deployment, or a balancer without a healthy backend",
            )),
        504 => plain("the peer, as a gateway, got no answer in time from what stands behind it"),
        499 => plain("a proxy noted that its caller had gone before the answer was there"),
        400..500 => plain(REQUEST_IS_WRONG),
        _ => plain(LOOK_INTO_ITS_LOG),
    };
    Some(parts)
}

/// What is known of the pause after too many requests.
pub(super) fn of_pause(fault: &Fault<'_>) -> Option<Parts> {
    let asked = asked_pause(fault)
        .map(|pause| waiting("too many requests: slow down; the peer asks to wait ", pause));
    let next = fault.attempts.next_delay;
    asked.or_else(|| {
        next.map(|pause| waiting("too many requests: slow down; the next try comes after ", pause))
    })
}

/// The pause in Retry-After.
fn asked_pause(fault: &Fault<'_>) -> Option<Duration> {
    fault.evidence.iter().find_map(|fact| match fact {
        Evidence::RetryAfter(pause) => Some(*pause),
        _ => None,
    })
}

pub(super) const REQUEST_IS_WRONG: &str =
    "the peer says that the request is wrong: check it against the peer's interface";
pub(super) const LOOK_INTO_ITS_LOG: &str = "the peer failed on this request: look into its own log";
