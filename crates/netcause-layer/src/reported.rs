//! Faults that our code reports: as the `error` of a span, typed, with a
//! [`WithFault`](netcause_fault::WithFault) in its chain.
//!
//! Whoever makes a call cannot always put what it knows into the error that the caller gets:
//! a client wraps what it likes, and a timer further out drops the future that knew. So the
//! fault is recorded on the span of the call, and remembered as those of events are, but
//! with all its facts.
//!
//! What was dropped left no text that a later error could contain. A fault of the reason
//! `cancelled` stands for it, with the phase in which it was dropped. An event whose error is
//! that of a timer, right after, is taken to be of the timer that dropped it.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{
    Category, Chain, Evidence, Fault, MAX_EVIDENCE, Peer, Phase, ReadOptions, Reason, WithFault,
};

use crate::memory::Seen;

#[cfg(test)]
mod tests;

/// What a span's `error` reports, until it is remembered.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    chain: Chain,
    fault: Option<Arc<Fault<'static>>>,
}

impl Reported {
    /// Reads an error; says whether it holds a fault.
    pub(crate) fn read(
        &mut self,
        error: &(dyn Error + 'static),
        options: &ReadOptions<'_>,
    ) -> bool {
        let Some(found) = WithFault::find(error) else { return false };
        self.chain.read_error(error, options);
        self.fault = Some(Arc::clone(found.fault()));
        true
    }

    /// The fault, until it is taken.
    #[cfg(feature = "trace-ids")]
    pub(crate) fn fault(&self) -> Option<Arc<Fault<'static>>> {
        self.fault.clone()
    }

    /// What to remember of it.
    pub(crate) fn take(&mut self) -> Option<Seen> {
        let seen = Seen::reported(&self.fault.take()?, self.chain.innermost());
        self.chain.clear();
        seen
    }
}

/// Whether the future of the call was dropped before it knew how it ends.
pub(crate) fn is_given_up(fault: &Fault<'_>) -> bool {
    fault.reason == Some(Reason::Cancelled)
}

/// Whether it may have been the timer of this fault that dropped that call.
pub(crate) fn may_have_given_up(fault: &Fault<'_>, given_up: &Fault<'_>) -> bool {
    let is_own_timer = fault.code.is_none() && fault.request.status.is_none();
    let Some(phase) = given_up.phase else { return false };
    let fits = match fault.category {
        Category::Timeout => phase != Phase::Pool,
        Category::ConnectTimeout => is_before_request(phase),
        Category::ResponseTimeout => !is_before_request(phase) && phase != Phase::Pool,
        _ => false,
    };
    // It cannot have been under way for longer than the timer ran.
    let fits_in = match (fault.timeout, given_up.elapsed) {
        (Some(limit), Some(elapsed)) => elapsed <= limit + limit / 4 + Duration::from_millis(20),
        _ => true,
    };
    is_own_timer && fits && fits_in
}

fn is_before_request(phase: Phase) -> bool {
    matches!(phase, Phase::Dns | Phase::Connect | Phase::Proxy | Phase::Tls)
}

/// Whether two name the same peer, or the first names none.
pub(crate) fn agrees(own: &Peer<'_>, reported: &Peer<'_>) -> bool {
    let same_port = match (own.server_port, reported.server_port) {
        (Some(own), Some(reported)) => own == reported,
        _ => true,
    };
    match (own.server_address.as_deref(), own.peer_address) {
        (Some(host), _) => same_port && is_host(host, reported),
        (None, Some(address)) => is_address(address, reported),
        (None, None) => same_port,
    }
}

fn is_host(host: &str, reported: &Peer<'_>) -> bool {
    let is_name = |name: &str| name.eq_ignore_ascii_case(host);
    reported.server_address.as_deref().is_some_and(is_name)
        || host.parse().is_ok_and(|address| is_address(address, reported))
}

fn is_address(address: IpAddr, reported: &Peer<'_>) -> bool {
    reported.peer_address == Some(address) || reported.dns_answers.contains(&address)
}

/// Fills what a fault lacks from the one that our code reported of the same failure.
///
/// Tries and times are filled once the event's own are read.
pub(crate) fn complete_from<'a>(fault: &mut Fault<'a>, reported: &'a Fault<'_>, age: Duration) {
    let known = reported.borrowed();
    if is_given_up(reported) {
        tell_phase(fault, known.phase);
    } else if fault.category == known.category || may_be(fault.category, known.category) {
        if fault.category != known.category {
            (fault.category, fault.reason) = (known.category, known.reason);
        }
        fault.reason = fault.reason.or(known.reason);
        fault.code = fault.code.take().or(known.code);
        fault.retry = fault.retry.or(known.retry);
        (fault.cause, fault.confidence) = (known.cause, known.confidence);
    }
    fault.phase = known.phase.or(fault.phase);
    fault.limit = fault.limit.or(known.limit);
    fault.timeout = fault.timeout.or(known.timeout);
    fault.certificate = fault.certificate.take().or(known.certificate);
    fault.request.method = fault.request.method.take().or(known.request.method);
    fault.request.url = fault.request.url.take().or(known.request.url);
    fault.request.status = fault.request.status.or(known.request.status);
    let names_none = fault.peer.is_empty();
    if !known.peer.is_empty() {
        fault.peer = known.peer;
    }
    known.evidence.into_iter().for_each(|fact| fault.add_evidence(fact));
    if names_none {
        // A peer that was taken says so, whatever else there is to say.
        fault.evidence.truncate(MAX_EVIDENCE - 1);
        fault.add_evidence(Evidence::Remembered(age));
    }
}

/// Whether an error that says as much may be of the other kind, as whoever saw more knows: a
/// timer does not tell what it ended.
fn may_be(category: Category, known: Category) -> bool {
    let is_known = matches!(
        known,
        Category::Dns
            | Category::ConnectTimeout
            | Category::TlsHandshake
            | Category::ResponseTimeout
    );
    matches!(category, Category::Timeout | Category::ConnectTimeout) && is_known
}

/// Says of a timer what it ended.
fn tell_phase(fault: &mut Fault<'_>, phase: Option<Phase>) {
    let (category, reason) = match phase {
        Some(Phase::Dns) => (Category::Dns, Reason::DnsTimeout),
        Some(Phase::Connect | Phase::Proxy) => (Category::ConnectTimeout, Reason::ConnectTimeout),
        Some(Phase::Tls) => (Category::TlsHandshake, Reason::TlsHandshakeTimeout),
        Some(Phase::Request | Phase::Response) => {
            (Category::ResponseTimeout, Reason::ResponseTimeout)
        }
        Some(Phase::Body) => (Category::ResponseTimeout, Reason::BodyTimeout),
        _ => return,
    };
    (fault.category, fault.reason) = (category, Some(reason));
}
