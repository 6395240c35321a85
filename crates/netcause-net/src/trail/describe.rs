//! From a trail to a fault.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netcause_fault::{
    Category, Cause, Confidence, Evidence, Fault, Limit, Peer, Phase, Reason, classify,
};

use super::{AddressFailure, Step, Trail};
use crate::{Attempt, ConnectError, ConnectErrorKind, Ledger, kernel};

/// The fault that an error of a connect amounts to.
pub(super) fn of_error(trail: &Trail, error: &(dyn Error + 'static)) -> Fault<'static> {
    let view = View::of(trail);
    let mut fault = match error.downcast_ref::<ConnectError>() {
        Some(own) => view.of_own(own),
        None => read(error).unwrap_or_else(|| Fault::new(Category::Unknown)),
    };
    view.place(&mut fault);
    view.complete(&mut fault, trail.started.elapsed());
    fault
}

/// What an error says by itself, the conclusions left out: more facts follow.
fn read(error: &(dyn Error + 'static)) -> Option<Fault<'static>> {
    let mut fault = classify(error)?;
    fault.cause = Cause::Unknown;
    fault.confidence = Confidence::Possible;
    fault.retry = None;
    Some(fault)
}

/// The steps of a trail, sorted by what they tell.
struct View {
    server: Option<(String, u16)>,
    answers: Vec<IpAddr>,
    trying: Option<SocketAddr>,
    failures: Vec<AddressFailure>,
    connected: Option<(SocketAddr, SocketAddr)>,
    last: Option<Phase>,
    facts: Vec<Evidence<'static>>,
    certificate: Option<netcause_fault::Certificate<'static>>,
}

impl View {
    fn of(trail: &Trail) -> Self {
        let mut view = View {
            server: trail.server(),
            answers: Vec::new(),
            trying: None,
            failures: Vec::new(),
            connected: None,
            last: None,
            facts: Vec::new(),
            certificate: None,
        };
        trail.steps().into_iter().for_each(|(_, step)| view.take(step));
        view
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::LookingUp | Step::LookupFailed => self.last = Some(Phase::Dns),
            Step::Resolved(answers) => {
                self.answers = answers;
                self.last = Some(Phase::Connect);
            }
            Step::Trying(address) => {
                self.trying = Some(address);
                self.last = Some(Phase::Connect);
            }
            Step::Failed(failure) | Step::GivenUp(failure) => self.failures.push(*failure),
            Step::Connected { local, peer } => {
                self.connected = Some((local, peer));
                self.last = Some(Phase::Tls);
            }
            Step::Certificate(certificate) => self.certificate = Some(*certificate),
            Step::Fact(fact) => self.facts.push(fact),
            Step::Ready => self.last = None,
        }
    }

    /// Says where the connect was when it ended, and so what a timer ended.
    fn place(&self, fault: &mut Fault<'static>) {
        let Some(phase) = self.last else { return };
        fault.phase = Some(phase);
        if fault.reason == Some(Reason::Timeout) || fault.category == Category::Timeout {
            let reason = match phase {
                Phase::Dns => Reason::DnsTimeout,
                Phase::Tls => Reason::TlsHandshakeTimeout,
                _ => Reason::ConnectTimeout,
            };
            fault.reason = Some(reason);
            fault.category = reason.category();
        }
    }

    /// The failure that says most, the first of those that say as much.
    fn telling(&self) -> Option<&AddressFailure> {
        self.failures.iter().rev().max_by_key(|it| it.weight())
    }

    /// What an error of our own connector amounts to.
    fn of_own(&self, error: &ConnectError) -> Fault<'static> {
        match error.kind() {
            ConnectErrorKind::LookupTimeout => limited(Reason::DnsTimeout, error.limit(), None),
            ConnectErrorKind::GivenUp => Fault::of_reason(Reason::Cancelled),
            ConnectErrorKind::NoAddress => Fault::of_reason(Reason::DnsNoAddress),
            ConnectErrorKind::Timeout => {
                limited(Reason::ConnectTimeout, error.limit(), Some(Limit::Connect))
            }
            ConnectErrorKind::Lookup => read(error)
                .filter(|it| matches!(it.category, Category::Dns | Category::LocalResource))
                .unwrap_or_else(|| Fault::of_reason(Reason::DnsFailure)),
            ConnectErrorKind::Connect => {
                let mut fault = read(error).unwrap_or_else(|| Fault::new(Category::Unknown));
                // The kernel's own tries ended while nothing stood yet.
                if matches!(fault.category, Category::Timeout | Category::ConnectionReset)
                    && fault.reason != Some(Reason::ConnectionReset)
                {
                    fault.category = Category::ConnectTimeout;
                    fault.reason = Some(Reason::ConnectTimeout);
                }
                fault
            }
        }
    }

    /// Adds who the peer was, how long it took, and the facts; diagnoses.
    fn complete(self, fault: &mut Fault<'static>, elapsed: Duration) {
        fault.elapsed = Some(elapsed);
        fault.peer = self.peer();
        if let Some(attempt) = Attempt::current() {
            fault.attempts = attempt.to_attempts();
        }
        if fault.phase == Some(Phase::Connect) {
            self.add_connect_facts(fault);
        }
        if matches!(fault.category, Category::Dns | Category::LocalResource) {
            add_exhausted_files(fault);
        }
        if let Some(certificate) = self.certificate {
            fault.certificate = Some(certificate);
        }
        self.facts.into_iter().for_each(|fact| fault.add_evidence(fact));
        Ledger::global().failed(fault);
        fault.diagnose();
    }

    fn peer(&self) -> Peer<'static> {
        let failure = self.telling();
        let used = self.connected.map(|(_, peer)| peer);
        let peer = used.or(failure.map(|it| it.address)).or(self.trying);
        let local = match self.connected {
            Some((local, _)) => Some(local),
            None => failure.and_then(|it| it.local),
        };
        let (name, port) = self.server.clone().unzip();
        Peer {
            server_address: name.map(Into::into),
            server_port: port,
            peer_address: peer.map(|it| it.ip()),
            peer_port: peer.map(|it| it.port()),
            local_address: local.map(|it| it.ip()),
            local_port: local.map(|it| it.port()),
            transport: Some("tcp".into()),
            protocol: None,
            dns_answers: self.answers.clone(),
        }
    }

    fn add_connect_facts(&self, fault: &mut Fault<'static>) {
        let Some(telling) = self.telling() else { return };
        if let Some(icmp) = telling.icmp {
            fault.add_evidence(Evidence::Icmp(icmp));
        }
        if let Some(fact) = answer(telling, fault.category) {
            fault.add_evidence(fact);
        }
        let others = self.failures.iter().filter(|it| it.address != telling.address);
        for other in others.filter(|it| it.os_error.is_some() || it.limit.is_some()).take(2) {
            fault.add_evidence(Evidence::OtherAddress(other.address.ip(), other.os_error));
        }
    }
}

fn limited(reason: Reason, timeout: Option<Duration>, limit: Option<Limit>) -> Fault<'static> {
    let mut fault = Fault { timeout, limit, ..Fault::of_reason(reason) };
    fault.add_evidence(Evidence::OwnTimer(limit));
    fault
}

/// A lookup and a socket need descriptors; `getaddrinfo` says something else when it gets none.
fn add_exhausted_files(fault: &mut Fault<'static>) {
    let Some((open, limit)) = kernel::may_ask().then(kernel::exhausted).flatten() else { return };
    fault.reason = Some(Reason::TooManyOpenFiles);
    fault.category = Category::LocalResource;
    fault.add_evidence(Evidence::OpenFiles(open, limit));
}

/// What came back from an address, beside a message of ICMP.
fn answer(failure: &AddressFailure, category: Category) -> Option<Evidence<'static>> {
    let tcp = failure.tcp.filter(|_| failure.icmp.is_none())?;
    match category {
        Category::ConnectRefused if tcp.segments_in > 0 => Some(Evidence::ResetOnConnect),
        Category::ConnectTimeout | Category::Cancelled
            if tcp.segments_in == 0 && tcp.segments_out > 0 =>
        {
            Some(Evidence::Unanswered(tcp.segments_out))
        }
        _ => None,
    }
}
