//! [`Report`]: one request from its beginning to its line.

use http::{HeaderMap, Method, Request, Response, StatusCode};
use netcause_net::Served;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::layer::Settings;
use super::line;
use crate::{grpc, propagation};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The whole answer was handed to the server.
    Complete,
    /// The client left before the answer was complete.
    Aborted,
    /// The body of the answer failed.
    BrokeOff,
    /// The handler gave an error in place of an answer.
    NoAnswer,
    /// The handler, or the body, panicked.
    Panicked,
}

/// What is known of a request when it is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    pub(super) end: End,
    pub(super) status: Option<StatusCode>,
    pub(super) grpc_status: Option<u32>,
}

impl Done {
    /// Whether the client got a failure, or nothing whole.
    pub(super) fn is_failure(&self) -> bool {
        self.end != End::Complete || self.states_failure()
    }

    /// Whether the answer says that it is a failure.
    pub(super) fn states_failure(&self) -> bool {
        self.status.is_some_and(|status| status.is_server_error())
            || self.grpc_status.is_some_and(grpc::is_server_error)
    }
}

/// One request. Its line is written when it is dropped.
#[derive(Debug)]
pub(super) struct Report {
    served: Served,
    span: Span,
    done: Done,
    /// Whether an answer has no body, whatever its headers announce.
    has_no_body: bool,
    expected: Option<u64>,
    sent: u64,
}

impl Report {
    pub(super) fn begin<B>(request: &Request<B>, settings: &Settings) -> Self {
        let served = Served::new();
        let context = propagation::incoming(request.headers());
        let span = open_span(request, settings);
        drop(context);
        served.attach(&span);
        let done = Done { end: End::Aborted, status: None, grpc_status: None };
        let has_no_body = *request.method() == Method::HEAD;
        Report { served, span, done, has_no_body, expected: None, sent: 0 }
    }

    /// Runs a part of the request.
    pub(super) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        let _entered = self.span.enter();
        self.served.sync_scope(work)
    }

    /// What has to be dropped before the handler or the body.
    pub(super) fn ending(&self) -> Ending {
        Ending(Some(self.served.clone()))
    }

    /// The handler gave an error in place of an answer.
    pub(super) fn failed(&mut self) {
        self.done.end = End::NoAnswer;
    }

    /// The head of the answer is there.
    pub(super) fn answered<B>(&mut self, response: &Response<B>) {
        let status = response.status();
        self.done.status = Some(status);
        self.done.grpc_status = grpc::status(response.headers());
        self.has_no_body |= matches!(status.as_u16(), 100..=199 | 204 | 304);
    }

    /// The body has so many bytes, or none.
    pub(super) fn expect(&mut self, expected: Option<u64>, is_end: bool) {
        self.expected = expected;
        self.is_whole(is_end);
    }

    /// A part of the body was handed to the server.
    pub(super) fn sent(&mut self, bytes: usize, trailers: Option<&HeaderMap>, is_end: bool) {
        self.sent = self.sent.saturating_add(bytes as u64);
        if let Some(trailers) = trailers {
            self.done.grpc_status = grpc::status(trailers).or(self.done.grpc_status);
            self.done.end = End::Complete;
        }
        self.is_whole(is_end);
    }

    /// A server stops to ask for more at the announced length, or where the body says so.
    fn is_whole(&mut self, is_end: bool) {
        if is_end || self.has_no_body || self.expected == Some(self.sent) {
            self.done.end = End::Complete;
        }
    }

    pub(super) fn completed(&mut self) {
        self.done.end = End::Complete;
    }

    pub(super) fn broke_off(&mut self) {
        self.done.end = End::BrokeOff;
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if self.done.end != End::Complete && std::thread::panicking() {
            self.done.end = End::Panicked;
        }
        self.served.end();
        let impact = self.served.impact(self.done.is_failure());
        line::write(&self.span, &self.done, &impact);
    }
}

/// Says, when it is dropped, that what is under way of a request did not fail.
#[derive(Debug)]
pub(super) struct Ending(Option<Served>);

impl Ending {
    /// The request goes on.
    pub(super) fn dismiss(&mut self) {
        self.0 = None;
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(served) = &self.0 {
            served.end();
        }
    }
}

/// The span of a request, with the fields of OpenTelemetry's conventions.
fn open_span<B>(request: &Request<B>, settings: &Settings) -> Span {
    let (method, path) = (request.method().as_str(), request.uri().path());
    let rpc = grpc::is_grpc(request.headers()).then(|| grpc::method(path));
    let client = settings.client_of(request.extensions());
    settings.with_route(request.extensions(), |route| {
        info_span!(
            "request",
            otel.kind = "server",
            otel.name = rpc.or(route).unwrap_or(method),
            http.request.method = method,
            http.route = route,
            url.path = path,
            client.address = client.map(|client| tracing::field::display(client.ip())),
            client.port = client.map(|client| client.port()),
            rpc.system.name = rpc.map(|_| "grpc"),
            rpc.method = rpc,
            http.response.status_code = Empty,
            rpc.response.status_code = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        )
    })
}
