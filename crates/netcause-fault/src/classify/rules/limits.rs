//! Limits that ran out.

use super::{Rule, Says, is, joined, note, noun};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    note("deadline has elapsed", Says::OwnTimer, "tokio"),
    note("elapsed(())", Says::OwnTimer, "tokio Debug"),
    note("kind: timedout, message: \"connection timed out\"", Says::OwnTimer, "std connect_timeout Debug"),
    note("source: timedout", Says::OwnTimer, "reqwest Debug"),
    note("error(connect, timedout)", Says::OwnTimer, "reqwest Debug"),
    note("timed out", Says::Timer, "generic"),
    note("timeout expired", Says::Timer, "generic"),
    note("timeout exceeded", Says::Timer, "generic"),
    note("timeout of ", Says::ExceededLimit, "generic"),
    note("timeout while", Says::Timer, "generic"),
    noun(note("request timeout", Says::Timer, "generic")),
    note("i/o timeout", Says::Timer, "generic"),
    noun(note("connect timeout", Says::Timer, "generic")),
    noun(note("connection timeout", Says::Timer, "generic")),
    note("timeout reached", Says::Timer, "generic"),
    note("timeout was reached", Says::Timer, "generic"),
    note("the semaphore timeout period has expired", Says::Timer, "Windows 121"),
    is("deadline exceeded", Reason::ResponseTimeout, "generic"),
    is("read timed out", Reason::ResponseTimeout, "generic"),
    joined(noun(is("read timeout", Reason::ResponseTimeout, "generic"))),
    is("pool timed out", Reason::PoolTimeout, "generic"),
];
