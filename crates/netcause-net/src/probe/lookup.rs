//! From the name to addresses.

use std::net::IpAddr;
use std::time::Instant;

use netcause_fault::{Category, Evidence, Reason};
use tokio::time::timeout;

use super::name_server::{self, NameServer, NameServerAnswer};
use super::run::{Failed, Run, conclude_anew};
use super::{Lookup, Step};
use crate::{ConnectError, ConnectErrorKind, Resolve, Step as Noted, SystemResolver};

impl Run<'_> {
    /// Every address of the host.
    pub(super) async fn look_up(&mut self) -> Result<Vec<IpAddr>, Failed> {
        let host = &self.probe.host;
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        self.trail.note(Noted::LookingUp);
        let (started, limit) = (Instant::now(), self.probe.limit);
        let error = |kind| ConnectError::new(kind, host.clone());
        let found = match timeout(limit, SystemResolver.resolve(host)).await {
            Err(_) => Err(error(ConnectErrorKind::LookupTimeout).with_limit(limit)),
            Ok(Err(source)) => Err(error(ConnectErrorKind::Lookup).with_source(source)),
            Ok(Ok(answers)) if answers.is_empty() => Err(error(ConnectErrorKind::NoAddress)),
            Ok(Ok(answers)) => Ok(answers),
        };
        let elapsed = started.elapsed();
        let mut step =
            Lookup { name: host.clone(), elapsed, answers: Vec::new(), name_servers: Vec::new() };
        match found {
            Ok(answers) => {
                self.trail.note(Noted::Resolved(answers.clone()));
                step.answers.clone_from(&answers);
                self.push(Step::Lookup(step));
                Ok(answers)
            }
            Err(error) => {
                step.name_servers = name_server::ask_all(host, limit).await;
                let failed = self.lookup_failed(&error, &step);
                self.push(Step::Lookup(step));
                Err(failed)
            }
        }
    }

    fn lookup_failed(&self, error: &ConnectError, step: &Lookup) -> Failed {
        self.trail.note(Noted::LookupFailed);
        for server in &step.name_servers {
            self.trail.note(Noted::Fact(Evidence::Note(server.to_string().into())));
        }
        let mut fault = self.fault_of(error, step.elapsed);
        let silent = |it: &NameServer| it.answer == NameServerAnswer::Silent;
        let all_silent = !step.name_servers.is_empty() && step.name_servers.iter().all(silent);
        // The resolver library says the same of an answer that failed and of none.
        if fault.category == Category::Dns
            && fault.reason == Some(Reason::DnsTemporaryFailure)
            && all_silent
        {
            fault.reason = Some(Reason::DnsTimeout);
            conclude_anew(&mut fault);
        }
        Failed::new(fault, error)
    }
}
