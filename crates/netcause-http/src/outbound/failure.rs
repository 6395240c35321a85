//! From what a call met to its fault.

use std::error::Error;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use netcause_fault::{
    Category, Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, WithFault, classify,
};
use netcause_net::{Ledger, Trail};

use super::call::Call;
use super::error::{FailureStatus, GivenUp, LimitRanOut};
use crate::retry_after;

/// The fault of an answer that counts as a failure.
pub(super) fn of_status(call: &Call, said: &FailureStatus, headers: &HeaderMap) -> Fault<'static> {
    let mut fault = match said {
        FailureStatus::Http(status) => of_http_status(*status),
        FailureStatus::Grpc(status) => {
            Fault::of_grpc_status(*status).unwrap_or_else(|| Fault::new(Category::Unknown))
        }
    };
    fault.phase = Some(Phase::Response);
    if let Some(delay) = retry_after::read(headers, SystemTime::now()) {
        fault.add_evidence(Evidence::RetryAfter(delay));
    }
    name_addresses(call, &mut fault);
    conclude(call, fault)
}

/// What a status says that counts as a failure.
pub(super) fn of_http_status(status: StatusCode) -> Fault<'static> {
    Fault::of_status(status.as_u16()).unwrap_or_else(|| {
        // Only the caller knows why that is a failure.
        let mut fault = Fault::new(Category::Unknown);
        fault.code = Some(status.as_str().to_owned().into());
        fault.add_evidence(Evidence::Status(status.as_u16()));
        fault
    })
}

/// The fault of an error before an answer.
pub(super) fn of_error(call: &Call, error: &(dyn Error + 'static)) -> Fault<'static> {
    let is_known = WithFault::find(error).is_some();
    let mut fault = classify(error).unwrap_or_else(|| Fault::new(Category::Unknown));
    if is_known {
        // Whoever knew it has noted and diagnosed it.
        complete(call, &mut fault);
        return fault;
    }
    reopen(&mut fault);
    if is_own_timer(&fault) {
        note_limit(call, &mut fault);
        return of_timer(call, fault);
    }
    describe_connection(call, &mut fault);
    conclude(call, fault)
}

/// Whether a timer within the client ended it, which does not tell what the call was doing.
fn is_own_timer(fault: &Fault<'_>) -> bool {
    let is_timer = matches!(fault.category, Category::Timeout | Category::ConnectTimeout);
    is_timer && fault.evidence.iter().any(|it| matches!(it, Evidence::OwnTimer(_)))
}

/// Says that it was the limit of the client, where that had run out.
fn note_limit(call: &Call, fault: &mut Fault<'static>) {
    let ran_out = call.limit.filter(|limit| call.started.elapsed() >= *limit);
    if let Some(limit) = ran_out.filter(|_| fault.limit.is_none()) {
        (fault.limit, fault.timeout) = (Some(Limit::Total), Some(limit));
    }
}

/// The fault of an error while the body was read.
pub(super) fn of_body(call: &Call, error: &(dyn Error + 'static)) -> Fault<'static> {
    let mut fault = classify(error).unwrap_or_else(|| Fault::new(Category::Unknown));
    reopen(&mut fault);
    let reason = match fault.reason {
        Some(Reason::ConnectionClosed) => Some(Reason::BodyTruncated),
        Some(Reason::ResponseTimeout | Reason::Timeout) => Some(Reason::BodyTimeout),
        reason => reason,
    };
    fault.category = reason.map_or(fault.category, Reason::category);
    (fault.reason, fault.phase) = (reason, Some(Phase::Body));
    describe_connection(call, &mut fault);
    // Of course it was: the answer had begun.
    fault.evidence.retain(|fact| !matches!(fact, Evidence::RequestAcknowledged(_)));
    conclude(call, fault)
}

/// The fault of a limit that ran out.
pub(super) fn of_limit(call: &Call, limit: Limit, timeout: Duration) -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::Timeout);
    (fault.limit, fault.timeout) = (Some(limit), Some(timeout));
    fault.add_evidence(Evidence::OwnTimer(Some(limit)));
    of_timer(call, fault)
}

/// Says what the call was doing when a timer ended it.
fn of_timer(call: &Call, mut fault: Fault<'static>) -> Fault<'static> {
    if call.has_answer() {
        fault = as_reason(fault, Reason::BodyTimeout, Phase::Body);
    } else if call.used.is_some() {
        fault = as_reason(fault, Reason::ResponseTimeout, Phase::Response);
    } else if let Some(trail) = connecting(call) {
        let mut fault = trail.fault(&WithFault::new(LimitRanOut(fault.limit), fault));
        complete(call, &mut fault);
        return fault;
    }
    describe_connection(call, &mut fault);
    conclude(call, fault)
}

/// The fault of a call whose caller did not wait for the answer.
pub(super) fn of_giving_up(call: &Call) -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::Cancelled);
    if call.used.is_some() {
        fault.phase = Some(Phase::Response);
    } else if let Some(trail) = connecting(call) {
        let mut fault = trail.fault(&WithFault::new(GivenUp, fault));
        complete(call, &mut fault);
        return fault;
    }
    describe_connection(call, &mut fault);
    conclude(call, fault)
}

fn as_reason(fault: Fault<'static>, reason: Reason, phase: Phase) -> Fault<'static> {
    let category = reason.category();
    Fault { category, reason: Some(reason), phase: Some(phase), ..fault }
}

/// The connect that the call was waiting for.
fn connecting(call: &Call) -> Option<std::sync::Arc<Trail>> {
    call.trail.trails().pop()
}

/// Takes the conclusions back: more facts follow.
fn reopen(fault: &mut Fault<'static>) {
    (fault.cause, fault.confidence) = (Cause::Unknown, Confidence::Possible);
    fault.retry = None;
}

/// Adds what the kernel tells of the connection, where it is one of ours.
fn describe_connection(call: &Call, fault: &mut Fault<'static>) {
    let Some(used) = &call.used else { return };
    if let Some(connection) = &used.connection {
        connection.describe(fault);
    } else {
        name_addresses(call, fault);
    }
}

/// Adds the addresses of the connection.
fn name_addresses(call: &Call, fault: &mut Fault<'static>) {
    let Some((local, peer)) = call.used.as_ref().and_then(|used| used.addresses) else { return };
    fault.peer.peer_address = Some(peer.ip());
    fault.peer.peer_port = Some(peer.port());
    fault.peer.local_address = Some(local.ip());
    fault.peer.local_port = Some(local.port());
}

/// Adds who was called and what was asked, has the ledger note it, and diagnoses.
fn conclude(call: &Call, mut fault: Fault<'static>) -> Fault<'static> {
    complete(call, &mut fault);
    Ledger::global().failed(&mut fault);
    fault.diagnose();
    fault
}

/// Adds what the call itself knows.
fn complete(call: &Call, fault: &mut Fault<'static>) {
    call.target.name(fault);
    fault.elapsed.get_or_insert_with(|| call.started.elapsed());
    if let Some(attempt) = call.attempt.filter(|_| fault.attempts.attempt.is_none()) {
        fault.attempts = attempt.to_attempts();
    }
}
