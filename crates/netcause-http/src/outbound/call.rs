//! [`Call`]: one call from its beginning to the end of its answer's body.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, Request, Response};
use hyper_util::client::legacy::connect::{CaptureConnection, HttpInfo, capture_connection};
use netcause_fault::{Limit, WithFault};
use netcause_net::{
    Attempt, CallTrail, Connection, Ended, FinishedTry, Ledger, Reach, Served, Trail,
};
use tracing::Span;

use super::answer::Answer;
use super::error::{FailureStatus, GivenUp, OutboundError};
#[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
use super::failed::{FailedAnswer, Judged};
use super::failure;
use super::layer::Settings;
use super::span::{self, Known};
use super::target::Target;
use crate::{grpc, propagation};

/// On an answer that is not the target's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Redirected;

/// The connection that a call has.
#[derive(Debug)]
pub(super) struct Used {
    /// Where it is one of our connector's.
    pub(super) connection: Option<Arc<Connection>>,
    /// Our address and the peer's, where they are known.
    pub(super) addresses: Option<(SocketAddr, SocketAddr)>,
}

/// One call. Whatever becomes of it is told once: to its span, to the request that it is
/// made for, and to the ledger of peers.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) target: Target,
    pub(super) attempt: Option<Attempt>,
    pub(super) started: Instant,
    pub(super) trail: Arc<CallTrail>,
    /// Absent for a client whose connections are not for us to see.
    captured: Option<CaptureConnection>,
    /// The limit of such a client.
    pub(super) limit: Option<Duration>,
    pub(super) used: Option<Used>,
    status: Option<u16>,
    grpc_status: Option<u32>,
    span: Span,
    served: Option<Served>,
    /// When the last part of the answer came.
    latest: Option<Duration>,
    is_over: bool,
    /// Left with the answer.
    #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
    failed: Option<FailedAnswer>,
}

impl Call {
    /// Begins a call, and marks its request.
    pub(crate) fn begin<B>(request: &mut Request<B>, settings: &Settings) -> Box<Self> {
        let target = Target::of(request, settings.origin.as_ref());
        let attempt = request.extensions().get().copied().or_else(Attempt::current);
        let span = span::open(&target, attempt);
        // A call inside a call is a part of it.
        let served = if CallTrail::current().is_none() { Served::current() } else { None };
        let captured = capture_connection(request);
        let trail = CallTrail::start();
        if let (Some(host), Some(port)) = (target.host(), target.port()) {
            trail.set_server(host, port);
        }
        span.in_scope(|| propagation::outgoing(request.headers_mut()));
        Box::new(Call {
            target,
            attempt,
            started: Instant::now(),
            trail,
            captured: Some(captured),
            limit: None,
            used: None,
            status: None,
            grpc_status: None,
            span,
            served,
            latest: None,
            is_over: false,
            #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
            failed: None,
        })
    }

    /// The client is one whose connections are not for us to see, and has that limit.
    #[cfg(feature = "reqwest-middleware")]
    pub(crate) fn of_other_client(mut self: Box<Self>, limit: Option<Duration>) -> Box<Self> {
        (self.captured, self.limit) = (None, limit);
        self
    }

    /// Runs a part of the call.
    pub(super) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        let _entered = self.span.enter();
        self.trail.sync_scope(work)
    }

    /// Finds out which connection the call has, as soon as it has one.
    pub(super) fn note_connection(&mut self) {
        if self.used.is_some() {
            return;
        }
        let Some(captured) = &self.captured else {
            self.used = self.connected();
            return;
        };
        let metadata = captured.connection_metadata();
        let Some(connected) = metadata.as_ref() else { return };
        let mut extras = http::Extensions::new();
        connected.get_extras(&mut extras);
        let info: Option<&HttpInfo> = extras.get();
        let addresses = info.map(|info| (info.local_addr(), info.remote_addr()));
        let connection: Option<Arc<Connection>> = extras.remove();
        if let Some(connection) = &connection {
            connection.begin_use();
            self.trail.set_connection(Arc::clone(connection));
        }
        self.used = Some(Used { connection, addresses });
    }

    /// The connection that the last connect of the call made, as it tells.
    fn connected(&self) -> Option<Used> {
        let target = self.target.host().map(str::to_owned).zip(self.target.port());
        let is_target = |trail: &Arc<Trail>| trail.is_ready() && trail.server() == target;
        let trail = self.trail.trails().pop().filter(is_target)?;
        Some(Used { connection: None, addresses: trail.connected() })
    }

    /// The head of the answer came; says whether that is all that matters of it.
    pub(super) fn answered<B>(&mut self, response: &Response<B>, settings: &Settings) -> bool {
        self.latest = Some(self.started.elapsed());
        self.status = Some(response.status().as_u16());
        self.note_connection();
        if self.used.is_none()
            && response.extensions().get::<Redirected>().is_none()
            && let Some(info) = response.extensions().get::<HttpInfo>()
        {
            let addresses = Some((info.local_addr(), info.remote_addr()));
            self.used = Some(Used { connection: None, addresses });
        }
        // An answer that is nothing but its head states its status there.
        self.judge(response.headers(), settings);
        self.is_over
    }

    /// Tells those who try again how the answer was judged.
    #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
    pub(super) fn mark<B>(&mut self, mut response: Response<B>) -> Response<B> {
        if self.attempt.is_some() || self.failed.is_some() {
            response.extensions_mut().insert(Judged(self.failed.take()));
        }
        response
    }

    /// A part of the body came.
    pub(super) fn progressed(&mut self) {
        self.latest = Some(self.started.elapsed());
    }

    /// The end of the body came, with trailers.
    pub(super) fn trailed(&mut self, trailers: &HeaderMap, settings: &Settings) {
        self.progressed();
        self.judge(trailers, settings);
    }

    /// Ends the call where headers or trailers state a failure.
    fn judge(&mut self, headers: &HeaderMap, settings: &Settings) {
        let Some(status) = self.status else { return };
        let Ok(status) = http::StatusCode::from_u16(status) else { return };
        if self.target.is_grpc {
            self.grpc_status = grpc::status(headers);
        }
        let answer = Answer::new(&self.target.method, &self.target.uri, status)
            .with_grpc_status(self.grpc_status);
        if !settings.is_failure(&answer) {
            return;
        }
        let said = match self.grpc_status.filter(|it| *it != 0) {
            Some(grpc_status) => FailureStatus::Grpc(grpc_status),
            None => FailureStatus::Http(status),
        };
        let fault = Arc::new(failure::of_status(self, &said, headers));
        #[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
        self.failed.replace(FailedAnswer::new(said, &fault));
        self.tell(WithFault::shared(said, fault));
    }

    /// The answer is complete, or as much of it as its reader wanted.
    pub(super) fn succeeded(&mut self) {
        if self.is_over {
            return;
        }
        span::close(&self.span, &self.known(), None);
        if let (Some(host), Some(port)) = (self.target.host(), self.target.port()) {
            Ledger::global().reached(host, port, Reach::Answered);
        }
        self.end(Ended::Well);
    }

    /// The client's own error ended it.
    pub(super) fn failed(&mut self, error: Box<dyn Error + Send + Sync>) -> OutboundError {
        self.note_connection();
        let fault = Arc::new(failure::of_error(self, &*error));
        self.tell(WithFault::shared(error, fault))
    }

    /// The same, while the body was read.
    pub(super) fn broken(&mut self, error: Box<dyn Error + Send + Sync>) -> OutboundError {
        let fault = Arc::new(failure::of_body(self, &*error));
        self.tell(WithFault::shared(error, fault))
    }

    /// A limit ran out.
    pub(super) fn ran_out(&mut self, limit: Limit, timeout: Duration) -> OutboundError {
        self.note_connection();
        let error = super::error::LimitRanOut(Some(limit));
        let fault = Arc::new(failure::of_limit(self, limit, timeout));
        self.tell(WithFault::shared(error, fault))
    }

    fn tell(&mut self, error: WithFault) -> OutboundError {
        let fault = Arc::clone(error.fault());
        Attempt::note_fault(&fault);
        if !self.is_over {
            span::close(&self.span, &self.known(), Some(&fault));
            span::record_error(&self.span, &error);
            self.end(Ended::Failed(&fault));
        }
        OutboundError::new(error.into())
    }

    fn known(&self) -> Known {
        let peer = self.used.as_ref().and_then(|used| used.addresses).map(|(_, peer)| peer);
        Known { status: self.status, grpc_status: self.grpc_status, peer }
    }

    fn end(&mut self, ended: Ended<'_>) {
        self.is_over = true;
        if let Some(connection) = self.used.take().and_then(|used| used.connection) {
            connection.end_use();
        }
        let Some(served) = &self.served else { return };
        let duration = self.latest.unwrap_or_else(|| self.started.elapsed());
        let host = self.target.host().unwrap_or("unknown");
        let mut finished = FinishedTry::new(host, self.target.port(), duration, ended);
        finished.attempt = self.attempt;
        if matches!(ended, Ended::Failed(_)) || served.has_failures() {
            finished.identity = self.target.identity();
        }
        served.add(&finished);
    }

    /// Whether the head of the answer came.
    pub(super) fn has_answer(&self) -> bool {
        self.latest.is_some()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if self.has_answer() {
            return self.succeeded();
        }
        let has_ended = self.served.as_ref().is_some_and(Served::has_ended);
        if has_ended || std::thread::panicking() {
            return self.end(Ended::Unfinished);
        }
        self.note_connection();
        let fault = failure::of_giving_up(self);
        self.tell(WithFault::shared(GivenUp, Arc::new(fault)));
    }
}
