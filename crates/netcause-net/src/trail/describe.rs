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
        None => view.of_foreign(error),
    };
    view.place(&mut fault);
    view.complete(trail, &mut fault);
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
            Step::Failed(failure) => self.failures.push(*failure),
            Step::GivenUp(failure) => {
                self.failures.push(*failure);
                // It was found connecting, where nobody told that it began.
                if self.connected.is_none() {
                    self.last.get_or_insert(Phase::Connect);
                }
            }
            Step::Connected { local, peer } => {
                self.connected = Some((local, peer));
                self.last = Some(Phase::Tls);
            }
            Step::Reached(peer) => {
                self.trying = Some(peer);
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
        if phase == Phase::Connect && self.tells_no_address() {
            // Sockets that are not ours do not tell where TCP ends and TLS begins.
            return;
        }
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

    fn tells_no_address(&self) -> bool {
        self.trying.is_none() && self.failures.is_empty()
    }

    /// The failure that says most, the first of those that say as much.
    fn telling(&self) -> Option<&AddressFailure> {
        self.failures.iter().rev().max_by_key(|it| it.weight())
    }

    /// What an error of another connector amounts to. Of several addresses it tells of one,
    /// which need not be the one that tells most.
    fn of_foreign(&self, error: &(dyn Error + 'static)) -> Fault<'static> {
        let fault = read(error).unwrap_or_else(|| Fault::new(Category::Unknown));
        let stated = fault.evidence.iter().find_map(|fact| match fact {
            Evidence::OsError(code) => Some(*code),
            _ => None,
        });
        let telling = self.telling().filter(|_| self.last == Some(Phase::Connect));
        match (stated, telling.and_then(|it| Some((it.address, it.os_error?)))) {
            (Some(stated), Some((address, code))) if stated != code => {
                let source = std::io::Error::from_raw_os_error(code);
                let kind = ConnectErrorKind::Connect;
                self.of_own(&ConnectError::new(kind, address.to_string()).with_source(source))
            }
            _ => fault,
        }
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
            ConnectErrorKind::Connect if error.is_timeout_of_kernel() => Fault {
                evidence: read(error).map(|it| it.evidence).unwrap_or_default(),
                ..Fault::of_reason(Reason::ConnectTimeout)
            },
            ConnectErrorKind::Connect => {
                read(error).unwrap_or_else(|| Fault::new(Category::Unknown))
            }
        }
    }

    /// Adds who the peer was, how long it took, and the facts; diagnoses.
    fn complete(&self, trail: &Trail, fault: &mut Fault<'static>) {
        fault.elapsed = Some(trail.started.elapsed());
        fault.peer = self.peer(&fault.peer);
        if let Some(attempt) = Attempt::current() {
            fault.attempts = attempt.to_attempts();
        }
        let is_connect = fault.phase == Some(Phase::Connect);
        if let Some(telling) = self.telling().filter(|_| is_connect) {
            add_answer(fault, telling);
        }
        if fault.phase == Some(Phase::Tls)
            && let Some(connection) = trail.connection()
        {
            connection.add_evidence(fault);
        }
        if matches!(fault.category, Category::Dns | Category::LocalResource) {
            add_exhausted_files(fault);
        }
        fault.certificate = self.certificate.clone().or(fault.certificate.take());
        self.facts.iter().for_each(|fact| fault.add_evidence(fact.clone()));
        Ledger::global().failed(fault);
        if is_connect {
            self.add_others(fault);
        }
        fault.diagnose();
    }

    /// Who the peer was; an address that the error names, too, where no step tells one.
    fn peer(&self, named: &Peer<'_>) -> Peer<'static> {
        let failure = self.telling();
        let used = self.connected.map(|(_, peer)| peer);
        let named = named.peer_address.zip(named.peer_port).map(SocketAddr::from);
        let peer = used.or(failure.map(|it| it.address)).or(self.trying).or(named);
        let local = match self.connected {
            Some((local, _)) => Some(local),
            None => failure.and_then(|it| it.local),
        };
        let (name, port) = self.server.clone().unzip();
        let local_address = local.map(|it| it.ip()).or_else(|| kernel::source_toward(peer?));
        Peer {
            server_address: name.map(Into::into),
            server_port: port,
            peer_address: peer.map(|it| it.ip()),
            peer_port: peer.map(|it| it.port()),
            local_address,
            local_port: local.map(|it| it.port()),
            transport: Some("tcp".into()),
            protocol: None,
            dns_answers: self.answers.clone(),
        }
    }

    /// What other addresses answered, as far as there is room.
    fn add_others(&self, fault: &mut Fault<'static>) {
        let told = fault.peer.peer_address;
        let others = self.failures.iter().filter(|it| Some(it.address.ip()) != told);
        for other in others.filter(|it| it.os_error.is_some() || it.is_silent()) {
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

/// What came back from an address.
fn add_answer(fault: &mut Fault<'static>, failure: &AddressFailure) {
    let tcp = failure.tcp.unwrap_or_default();
    match (failure.icmp, fault.category) {
        (Some(icmp), _) => fault.add_evidence(Evidence::Icmp(icmp)),
        (None, Category::ConnectRefused) if tcp.segments_in > 0 => {
            fault.add_evidence(Evidence::ResetOnConnect);
        }
        (None, Category::ConnectTimeout | Category::Cancelled)
            if failure.is_silent() && tcp.segments_out > 0 =>
        {
            fault.add_evidence(match failure.would_see_icmp {
                true => Evidence::Unanswered(tcp.segments_out),
                false => Evidence::NoAnswer(tcp.segments_out),
            });
        }
        (None, Category::Unreachable) if failure.nothing_sent => {
            fault.add_evidence(Evidence::NothingSent);
        }
        _ => {}
    }
}
