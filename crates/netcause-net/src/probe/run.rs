//! [`Run`]: a probe under way.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use netcause_fault::{Cause, Certificate, Confidence, Evidence, Fault, Peer, Request};

use super::{Probe, Probed, Step};
use crate::{Connection, Trail};

/// A probe under way.
pub(super) struct Run<'a> {
    pub(super) probe: &'a Probe,
    pub(super) trail: Arc<Trail>,
    pub(super) connection: Option<Arc<Connection>>,
    pub(super) certificate: Option<Certificate<'static>>,
    pub(super) request: Request<'static>,
    seen: &'a mut (dyn FnMut(&Step) + Send),
    steps: Vec<Step>,
    started: Instant,
}

/// Why a probe ended early.
pub(super) struct Failed {
    fault: Box<Fault<'static>>,
    links: Vec<String>,
}

impl Failed {
    /// A fault, with the texts of the error behind it.
    pub(super) fn new(fault: Fault<'static>, error: &(dyn Error + 'static)) -> Self {
        let links = std::iter::successors(Some(error), |&it| it.source());
        let links = links.take(LINKS).map(ToString::to_string).collect();
        Failed { fault: Box::new(fault), links }
    }

    /// A fault that is an answer of the peer.
    pub(super) fn answered(fault: Fault<'static>) -> Self {
        Failed { fault: Box::new(fault), links: Vec::new() }
    }
}

/// More links of an error than this are not told.
const LINKS: usize = 8;

impl<'a> Run<'a> {
    pub(super) fn new(probe: &'a Probe, seen: &'a mut (dyn FnMut(&Step) + Send)) -> Self {
        let trail = Trail::start();
        trail.set_server(&probe.host, probe.port);
        Run {
            probe,
            trail,
            connection: None,
            certificate: None,
            request: Request::default(),
            seen,
            steps: Vec::new(),
            started: Instant::now(),
        }
    }

    pub(super) async fn go(mut self) -> Probed {
        let failed = self.take_steps().await.err();
        let (fault, links) = failed.map(|it| (*it.fault, it.links)).unzip();
        Probed {
            peer: fault.as_ref().map_or_else(|| self.peer(), |it| it.peer.clone()),
            request: self.request,
            certificate: self.certificate,
            elapsed: self.started.elapsed(),
            links: links.unwrap_or_default(),
            steps: self.steps,
            fault,
        }
    }

    async fn take_steps(&mut self) -> Result<(), Failed> {
        let addresses = self.look_up().await?;
        let mut stream = self.connect(addresses).await?;
        if self.probe.tls {
            let mut stream = self.shake_hands(stream).await?;
            return self.ask(&mut stream).await;
        }
        self.ask(&mut stream).await
    }

    pub(super) fn push(&mut self, step: Step) {
        (self.seen)(&step);
        self.steps.push(step);
    }

    fn peer(&self) -> Peer<'static> {
        let mut fault = Fault::new(netcause_fault::Category::Unknown);
        if let Some(connection) = &self.connection {
            connection.describe(&mut fault);
        }
        fault.peer
    }

    /// The fault of an error before a connection is ready for requests.
    pub(super) fn fault_of(
        &self,
        error: &(dyn Error + 'static),
        elapsed: Duration,
    ) -> Fault<'static> {
        let mut fault = self.trail.fault(error);
        fault.elapsed = Some(elapsed);
        // A process that has just begun has no history with a peer.
        fault.evidence.retain(|fact| !is_history(fact));
        conclude_anew(&mut fault);
        fault
    }
}

fn is_history(fact: &Evidence<'_>) -> bool {
    matches!(
        fact,
        Evidence::NeverReached
            | Evidence::LastReached(_)
            | Evidence::FailuresInARow(..)
            | Evidence::AddressesChanged
    )
}

/// Diagnoses a fault whose facts have changed since it was diagnosed.
pub(super) fn conclude_anew(fault: &mut Fault<'_>) {
    fault.cause = Cause::Unknown;
    fault.confidence = Confidence::Possible;
    fault.retry = None;
    fault.diagnose();
}
