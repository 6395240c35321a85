//! The span of a call, with the fields of OpenTelemetry's conventions.

use std::error::Error;

use netcause_fault::{Fault, WithFault};
use netcause_net::Attempt;
use tracing::field::Empty;
use tracing::{Span, info_span, record_all};

use super::target::Target;
use crate::grpc;

/// What became known of a call besides its fault.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) status: Option<u16>,
    pub(super) grpc_status: Option<u32>,
    pub(super) peer: Option<std::net::SocketAddr>,
}

pub(super) fn open(target: &Target, attempt: Option<Attempt>) -> Span {
    let rpc = target.is_grpc.then(|| grpc::method(target.uri.path()));
    info_span!(
        "call",
        otel.kind = "client",
        otel.name = rpc.unwrap_or(target.method.as_str()),
        http.request.method = target.method.as_str(),
        server.address = target.host(),
        server.port = target.port(),
        url.full = target.url().map(display),
        rpc.system.name = rpc.map(|_| "grpc"),
        rpc.method = rpc,
        http.request.resend_count = attempt.map(|it| it.number()).filter(|it| *it > 0),
        network.peer.address = Empty,
        network.peer.port = Empty,
        http.response.status_code = Empty,
        rpc.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        error = Empty,
    )
}

/// Writes what became known, once.
pub(super) fn close(span: &Span, known: &Known, fault: Option<&Fault<'_>>) {
    record_all!(
        span,
        network.peer.address = known.peer.map(|peer| display(peer.ip())),
        network.peer.port = known.peer.map(|peer| peer.port()),
        http.response.status_code = known.status,
        rpc.response.status_code = known.grpc_status,
        error.type = fault.map(|fault| fault.error_type()),
        otel.status_code = fault.map(|_| "ERROR"),
    );
}

/// Says why the call failed; a subscriber that remembers failures does so by this.
pub(super) fn record_error(span: &Span, error: &WithFault) {
    span.record("error", error as &(dyn Error + 'static));
}
