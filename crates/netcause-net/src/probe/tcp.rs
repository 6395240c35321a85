//! TCP to each address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use netcause_fault::Evidence;
use tokio::task::JoinSet;

use super::run::{Failed, Run};
use super::{Connecting, Step, trace};
use crate::connect::address::{self, Failure, Opened};
use crate::{ConnectError, ConnectErrorKind, Connector, KeepAlive, Step as Noted, Stream};

/// More addresses of a name than this are not tried.
const ADDRESSES: usize = 16;

/// How one address was tried.
struct Tried {
    index: usize,
    address: SocketAddr,
    elapsed: Duration,
    outcome: Result<Opened, Failure>,
}

impl Run<'_> {
    /// A connection to the first address that gives one, after all were tried.
    pub(super) async fn connect(&mut self, addresses: Vec<IpAddr>) -> Result<Stream, Failed> {
        let started = Instant::now();
        let all = self.try_all(addresses).await;
        let elapsed = started.elapsed();
        let (mut stream, mut worst) = (None, None);
        for tried in all {
            self.push(Step::Connect(Connecting::of(&tried)));
            match tried.outcome {
                Ok(stands) => drop(stream.get_or_insert(stands)),
                Err(failure) if tells_more(&failure, worst.as_ref()) => worst = Some(failure),
                Err(_) => {}
            }
        }
        match stream {
            Some(stream) => Ok(self.set_up(stream)),
            None => Err(self.connect_failed(worst, elapsed).await),
        }
    }

    async fn try_all(&self, addresses: Vec<IpAddr>) -> Vec<Tried> {
        let (port, limit) = (self.probe.port, self.probe.limit);
        let mut tries = JoinSet::new();
        for (index, address) in addresses.into_iter().take(ADDRESSES).enumerate() {
            let (address, trail) = (SocketAddr::new(address, port), Arc::clone(&self.trail));
            tries.spawn(async move {
                let started = Instant::now();
                let outcome = address::connect(address, limit, &trail).await;
                Tried { index, address, elapsed: started.elapsed(), outcome }
            });
        }
        let mut all = tries.join_all().await;
        all.sort_by_key(|it| it.index);
        all
    }

    fn set_up(&mut self, opened: Opened) -> Stream {
        // Early enough to be answered before the step ends.
        let often = KeepAlive { idle: Duration::from_secs(1), ..KeepAlive::default() };
        Connector::new().keep_alive(often).set_up(&opened.stream);
        let stream = Stream::new(opened, Some(often), &self.trail);
        self.connection = Some(Arc::clone(stream.connection()));
        stream
    }

    async fn connect_failed(&mut self, worst: Option<Failure>, elapsed: Duration) -> Failed {
        let (host, limit) = (self.probe.host.clone(), self.probe.limit);
        let Some(Failure { error, seen }) = worst else {
            let error = ConnectError::new(ConnectErrorKind::NoAddress, host);
            return Failed::new(self.fault_of(&error, elapsed), &error);
        };
        let peer = format!("{host}:{}", self.probe.port);
        let error = match error {
            Some(error) => ConnectError::new(ConnectErrorKind::Connect, peer).with_source(error),
            None => ConnectError::new(ConnectErrorKind::Timeout, peer).with_limit(limit),
        };
        let mut shown = None;
        if seen.limit.is_some() && trace::is_worth_it(seen.address) {
            let trace = trace::trace(seen.address, limit).await;
            shown = trace::shows(&trace);
            let found = Evidence::Note(trace::finding(&trace).into());
            self.trail.note(Noted::Fact(found));
            self.push(Step::Trace(trace));
        }
        let mut fault = self.fault_of(&error, elapsed);
        if let Some((cause, confidence)) = shown {
            (fault.cause, fault.confidence) = (cause, confidence);
        }
        Failed::new(fault, &error)
    }
}

fn tells_more(failure: &Failure, than: Option<&Failure>) -> bool {
    than.is_none_or(|than| failure.seen.weight() > than.seen.weight())
}

impl Connecting {
    fn of(tried: &Tried) -> Self {
        let Tried { address, elapsed, ref outcome, .. } = *tried;
        Connecting {
            address,
            elapsed,
            local: outcome.as_ref().ok().and_then(|it| it.stream.local_addr().ok()),
            failure: outcome.as_ref().err().map(|it| (*it.seen).clone()),
        }
    }
}
