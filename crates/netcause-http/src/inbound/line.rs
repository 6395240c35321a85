//! The line of a request. Only what is written here may be named `impact.*`.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use netcause_fault::{Evidence, Fault, Reason, WithFault};
use netcause_net::{Impact, Outcome};
use tracing::{Level, Span, record_all};

use super::report::{Done, End};

/// Writes what became of a request on its span, and its line.
pub(super) fn write(span: &Span, done: &Done, impact: &Impact) {
    let level = level(done, impact.outcome);
    let error = error(done, impact);
    span.in_scope(|| event(level, done, impact, error.as_ref()));
    // After the line, which has a type and a status of its own: a span whose fields change
    // before has to be rendered once more.
    let failed = done.is_failure();
    let kind = done.status.filter(|status| failed && status.is_server_error());
    record_all!(
        span,
        http.response.status_code = done.status.map(|status| status.as_u16()),
        rpc.response.status_code = done.grpc_status,
        error.type = kind.as_ref().map(|status| status.as_str()),
        otel.status_code = failed.then_some("ERROR"),
    );
}

fn level(done: &Done, outcome: Outcome) -> Level {
    match (done.end, outcome) {
        (End::Aborted, _) if !done.states_failure() => Level::WARN,
        _ if done.is_failure() => Level::ERROR,
        (_, Outcome::Failed) => Level::ERROR,
        (_, Outcome::Degraded) => Level::WARN,
        _ => Level::INFO,
    }
}

/// What happened, in a few words. They report no fault by themselves: that is the error's
/// part, and a handler's own failure is not a peer's.
fn message(done: &Done, has_failed_call: bool) -> &'static str {
    match done.end {
        End::Aborted => "request given up by its client",
        End::Panicked => "the handler of the request panicked",
        End::BrokeOff => "the answer ended early",
        End::NoAnswer => "the request got no answer",
        End::Complete if !done.is_failure() => "request served",
        End::Complete if has_failed_call => "request failed",
        End::Complete => "request answered with a failure of this service",
    }
}

macro_rules! event {
    ($level:expr, $done:expr, $impact:expr, $error:expr) => {
        tracing::event!(
            target: "netcause::request",
            $level,
            error = $error.map(|error| error as &(dyn Error + 'static)),
            // Beside a fault these two are its peer's.
            http.response.status_code =
                $done.status.filter(|_| $error.is_none()).map(|status| status.as_u16()),
            rpc.response.status_code = $done.grpc_status.filter(|_| $error.is_none()),
            impact.outcome = $impact.outcome.as_str(),
            impact.status_code = $done.status.map(|status| status.as_u16()),
            impact.calls = $impact.calls,
            impact.calls_failed = $impact.calls_failed,
            impact.retries = $impact.retries,
            impact.slowest_peer = $impact.slowest_peer.as_deref(),
            impact.duration_ms = millis($impact.duration),
            "{}",
            message($done, $impact.fault.is_some()),
        )
    };
}

fn event(level: Level, done: &Done, impact: &Impact, error: Option<&WithFault>) {
    match level {
        Level::ERROR => event!(Level::ERROR, done, impact, error),
        Level::WARN => event!(Level::WARN, done, impact, error),
        _ => event!(Level::INFO, done, impact, error),
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The fault that is to be told: of the call that failed for good, else that the client left.
fn error(done: &Done, impact: &Impact) -> Option<WithFault> {
    if let Some(fault) = &impact.fault {
        return Some(WithFault::shared(CallFailed(Arc::clone(fault)), Arc::clone(fault)));
    }
    if done.end != End::Aborted {
        return None;
    }
    let mut fault = Fault::of_reason(Reason::Cancelled);
    fault.elapsed = Some(impact.duration);
    if let Some((peer, duration)) = &impact.unfinished {
        let duration = netcause_fault::text_duration(*duration);
        let fact = format!("a call to {peer} had been under way for {duration}");
        fault.add_evidence(Evidence::Note(fact.into()));
    }
    fault.diagnose();
    Some(WithFault::new(ClientLeft, fault))
}

/// A call of the request failed for good.
#[derive(Debug)]
struct CallFailed(Arc<Fault<'static>>);

impl fmt::Display for CallFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.summary(), f)
    }
}

impl Error for CallFailed {}

/// The client left.
#[derive(Debug)]
struct ClientLeft;

impl fmt::Display for ClientLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client left before the answer was complete")
    }
}

impl Error for ClientLeft {}
