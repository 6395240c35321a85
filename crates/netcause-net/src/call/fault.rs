//! From what a call met to its fault.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{
    Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, WithFault, classify,
};

use super::Call;
use super::error::{GivenUp, RanOut};
use crate::{Attempt, CallTrail, Ledger, Step, Trail, kernel};

/// The fault that an error of the client amounts to, if it is one.
pub(super) fn of_error(call: &Call<'_>, error: &(dyn Error + 'static)) -> Option<Fault<'static>> {
    let is_known = WithFault::find(error).is_some();
    let mut fault = classify(error)?;
    if is_known {
        // Whoever knew it has noted and diagnosed it.
        complete(call, &mut fault);
        return Some(fault);
    }
    (fault.cause, fault.confidence) = (Cause::Unknown, Confidence::Possible);
    fault.retry = None;
    place(call, &mut fault);
    Some(conclude(call, fault))
}

/// The fault of the call's own limit.
pub(super) fn of_limit(call: &Call<'_>, trail: &CallTrail, limit: Duration) -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::Timeout);
    (fault.limit, fault.timeout) = (Some(Limit::Total), Some(limit));
    fault.add_evidence(Evidence::OwnTimer(Some(Limit::Total)));
    if let Some(connecting) = connecting(trail) {
        let mut fault = connecting.fault(&WithFault::new(RanOut(limit), fault));
        complete(call, &mut fault);
        return fault;
    }
    place(call, &mut fault);
    describe(call, trail, &mut fault);
    conclude(call, fault)
}

/// The fault of a call for which nobody waits any more.
pub(super) fn of_giving_up(call: &Call<'_>, trail: &CallTrail) -> Fault<'static> {
    let mut fault = Fault { phase: call.phase, ..Fault::of_reason(Reason::Cancelled) };
    if let Some(connecting) = connecting(trail) {
        let mut fault = connecting.fault(&WithFault::new(GivenUp, fault));
        complete(call, &mut fault);
        return fault;
    }
    describe(call, trail, &mut fault);
    conclude(call, fault)
}

/// The connect by a connector of ours that the call was waiting for.
fn connecting(trail: &CallTrail) -> Option<Arc<Trail>> {
    let last = trail.trails().pop()?;
    let is_ready = last.steps().last().is_some_and(|(_, step)| *step == Step::Ready);
    (!is_ready).then_some(last)
}

/// Says in which phase it was, where that was told, and so what a timer ended.
fn place(call: &Call<'_>, fault: &mut Fault<'static>) {
    fault.phase = fault.phase.or(call.phase);
    if fault.reason == Some(Reason::Timeout) {
        let (reason, limit) = match fault.phase {
            Some(Phase::Dns) => (Reason::DnsTimeout, None),
            Some(Phase::Connect) => (Reason::ConnectTimeout, Some(Limit::Connect)),
            Some(Phase::Tls) => (Reason::TlsHandshakeTimeout, Some(Limit::Tls)),
            Some(Phase::Pool) => (Reason::PoolTimeout, Some(Limit::Pool)),
            Some(Phase::Response) => (Reason::ResponseTimeout, Some(Limit::Response)),
            Some(Phase::Body) => (Reason::BodyTimeout, None),
            _ => (Reason::Timeout, None),
        };
        (fault.reason, fault.category) = (Some(reason), reason.category());
        fault.limit = limit.or(fault.limit);
        fault.timeout = fault.timeout.or(call.timeout);
    }
}

/// Adds what the kernel tells of the sockets that the call has.
fn describe(call: &Call<'_>, trail: &CallTrail, fault: &mut Fault<'static>) {
    if let Some(connection) = trail.connection() {
        connection.describe(fault);
    } else if kernel::may_ask() {
        add_connecting(call, fault);
    }
}

/// Adds that a connect to the peer is under way and not answered. It may be that of another
/// call, and tells the same of the peer.
fn add_connecting(call: &Call<'_>, fault: &mut Fault<'static>) {
    let addresses = addresses(call);
    if addresses.is_empty() {
        return;
    }
    let listed = kernel::connecting_to(&addresses).into_iter();
    let sent = listed.filter_map(|it| Some((it.tcp?.segments_out, it.peer)));
    if let Some((sent, peer)) = sent.max_by_key(|(sent, _)| *sent).filter(|(sent, _)| *sent > 0) {
        let text = format!("a connect to {peer} is under way: {sent} SYN sent, no answer");
        fault.add_evidence(Evidence::Note(text.into()));
    }
}

/// Where the peer is, as far as this process knows without asking.
fn addresses(call: &Call<'_>) -> Vec<SocketAddr> {
    let answers = match call.host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => Ledger::global()
            .history(call.host, call.port)
            .map(|history| history.answers)
            .unwrap_or_default(),
    };
    answers.into_iter().map(|address| SocketAddr::new(address, call.port)).collect()
}

/// Adds what the call itself knows, has the ledger note the fault, and diagnoses it.
fn conclude(call: &Call<'_>, mut fault: Fault<'static>) -> Fault<'static> {
    complete(call, &mut fault);
    Ledger::global().failed(&mut fault);
    fault.diagnose();
    fault
}

fn complete(call: &Call<'_>, fault: &mut Fault<'static>) {
    let peer = &mut fault.peer;
    // What the client's error names is where it went; the caller says whom it meant.
    let named = peer.server_address.take().and_then(|it| it.parse::<IpAddr>().ok());
    if let Some(address) = named.filter(|_| peer.peer_address.is_none()) {
        (peer.peer_address, peer.peer_port) = (Some(address), peer.server_port);
    }
    peer.server_address = Some(call.host.to_owned().into());
    peer.server_port = Some(call.port);
    if let Some(protocol) = call.protocol {
        peer.protocol.get_or_insert_with(|| protocol.to_owned().into());
    }
    fault.elapsed = fault.elapsed.or_else(|| call.started.map(|it| it.elapsed()));
    if let Some(attempt) = Attempt::current().filter(|_| fault.attempts.attempt.is_none()) {
        fault.attempts = attempt.to_attempts();
    }
}
