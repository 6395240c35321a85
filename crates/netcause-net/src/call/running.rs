//! [`Running`]: a call under way, whose outcome is told once.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use netcause_fault::{Fault, WithFault};
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::error::{GivenUp, RanOut};
use super::{Call, CallError, fault};
use crate::{Attempt, CallTrail, Ended, FinishedTry, Ledger, Reach, Served};

/// A call under way. Whatever becomes of it is told once: to its span, to the request that
/// it is made for, and to the ledger of peers.
pub(super) struct Running<'a> {
    call: Call<'a>,
    started: Instant,
    pub(super) span: Span,
    pub(super) trail: Arc<CallTrail>,
    served: Option<Served>,
    is_over: bool,
}

impl<'a> Running<'a> {
    pub(super) fn begin(call: Call<'a>) -> Self {
        let started = Instant::now();
        let call = Call { started: call.started.or(Some(started)), ..call };
        // A call inside a call is a part of it.
        let served = if CallTrail::current().is_none() { Served::current() } else { None };
        let trail = CallTrail::start();
        trail.set_server(call.host, call.port);
        Running { call, started, span: span(&call), trail, served, is_over: false }
    }

    /// The client is done.
    pub(super) fn ended<T, E>(&mut self, result: Result<T, E>) -> Result<T, CallError<E>>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let error = match result {
            Ok(output) => {
                Ledger::global().reached(self.call.host, self.call.port, Reach::Answered);
                self.end(Ended::Well);
                return Ok(output);
            }
            Err(error) => error.into(),
        };
        Err(match fault::of_error(&self.call, &*error) {
            Some(fault) => CallError::known(self.tell(WithFault::new(error, fault))),
            None => {
                self.end(Ended::Well);
                CallError::plain(error)
            }
        })
    }

    /// The limit ran out.
    pub(super) fn ran_out<E>(&mut self, limit: Duration) -> CallError<E> {
        let fault = fault::of_limit(&self.call, &self.trail, limit);
        CallError::known(self.tell(WithFault::new(RanOut(limit), fault)))
    }

    fn tell(&mut self, error: WithFault) -> WithFault {
        let fault: &Arc<Fault<'static>> = error.fault();
        self.span.record("error.type", fault.error_type());
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error", &error as &(dyn Error + 'static));
        self.end(Ended::Failed(fault));
        error
    }

    fn end(&mut self, ended: Ended<'_>) {
        self.is_over = true;
        if let Some(served) = &self.served {
            let (host, port) = (self.call.host, Some(self.call.port));
            served.add(&FinishedTry::new(host, port, self.started.elapsed(), ended));
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if self.served.as_ref().is_some_and(Served::has_ended) || std::thread::panicking() {
            return self.end(Ended::Unfinished);
        }
        let fault = fault::of_giving_up(&self.call, &self.trail);
        self.tell(WithFault::new(GivenUp, fault));
    }
}

fn span(call: &Call<'_>) -> Span {
    let attempt = Attempt::current();
    info_span!(
        "call",
        otel.kind = "client",
        otel.name = call.name,
        server.address = call.host,
        server.port = call.port,
        network.protocol.name = call.protocol,
        db.system.name = call.db_system,
        retry.attempt = attempt.map(Attempt::number),
        retry.max_attempts = attempt.and_then(|it| it.operation().retries()),
        error.type = Empty,
        otel.status_code = Empty,
        error = Empty,
    )
}
