//! The shipper: one thread that takes batches from a [`Lane`] and sees that they arrive.
//!
//! It has a runtime and a client of its own, so that it works in any program, and it is
//! marked as inside the pipeline for life, so that nothing it does is ever logged.

mod advice;
pub(crate) mod answer;
mod backoff;
pub(crate) mod client;
pub(crate) mod failure;
mod gap;
mod reports;
pub(crate) mod target;
pub(crate) mod tls;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use netcause_record::Reentry;
use tokio::time::Instant;

use self::answer::Answer;
use self::backoff::Backoff;
use self::client::Client;
use self::failure::Failure;
use self::gap::Gap;
use self::reports::Reports;
use self::target::{Signal, Target};
use crate::encode::request::{request, resource};
use crate::encode::transcode;
use crate::lane::{Lane, Loss};
use crate::metrics::Component;
use crate::queue::Batch;
use crate::{Error, ErrorKind, OtlpConfig, Protocol};

/// Takes batches from a lane and sees that they arrive.
struct Shipper {
    lane: Arc<Lane>,
    client: Client,
    resource: Vec<u8>,
    delay: Duration,
    give_up: Option<Duration>,
    gap: Option<Gap>,
    reports: Reports,
}

/// Shippers of this process, which tells their components apart.
static SHIPPERS: AtomicU64 = AtomicU64::new(0);

/// Starts the thread that empties a lane.
pub(crate) fn start(
    config: &OtlpConfig,
    signal: Signal,
    lane: &Arc<Lane>,
) -> Result<Component, Error> {
    let client = client(config, signal)?;
    let number = SHIPPERS.fetch_add(1, Ordering::Relaxed);
    let component = Component::new(config, signal, &client.target, number);
    let shipper = Shipper {
        lane: Arc::clone(lane),
        client,
        resource: resource(&config.resource),
        delay: config.delay,
        give_up: config.give_up,
        gap: (signal == Signal::Logs).then(Gap::default),
        reports: Reports::new(signal),
    };
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Thread, format!("the thread that sends cannot be started: {error}"))
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let run = move || {
        let _inside = Reentry::enter();
        let _silent = opentelemetry::Context::enter_telemetry_suppressed_scope();
        runtime.block_on(shipper.run());
        // A name lookup that hangs is not waited for.
        runtime.shutdown_background();
    };
    let name = format!("netcause-otlp-{}", signal.name());
    std::thread::Builder::new().name(name).spawn(run).map_err(failed)?;
    Ok(component)
}

/// A client for a signal.
pub(crate) fn client(config: &OtlpConfig, signal: Signal) -> Result<Client, Error> {
    let target = Target::new(config, signal)?;
    let tls = target.is_tls.then(|| tls::connector(&config.tls, config.protocol)).transpose()?;
    Ok(Client::new(target, tls, config.timeout))
}

impl Shipper {
    async fn run(mut self) {
        while self.lane.has_work().await {
            // Whether it is due or not: the time has come.
            let _ = tokio::time::timeout(self.delay, self.lane.is_due()).await;
            while let Some(batch) = self.lane.take() {
                self.deliver(batch).await;
                if !self.lane.is_due_now() {
                    break;
                }
            }
        }
    }

    /// Delivers a batch, or counts what is lost of it.
    async fn deliver(&mut self, batch: Batch) {
        let mut waiting = vec![batch];
        while let Some(batch) = waiting.pop() {
            match self.attempt(&batch).await {
                Answer::Accepted(partial) => {
                    self.reports.accepted(&partial);
                    if partial.rejected > 0 {
                        self.lane.loses(format!("the receiver rejected them: {}", partial.message));
                    }
                    self.lane.delivered(batch, partial.rejected);
                    if let Some(gap) = &mut self.gap {
                        gap.told();
                    }
                }
                Answer::TooLarge(_) if batch.records() > 1 => {
                    let [first, second] = batch.halves();
                    waiting.extend([second, first]);
                }
                Answer::TooLarge(failure) => self.lose(batch, &failure, Loss::TooLarge),
                Answer::Refused(failure) => self.lose(batch, &failure, Loss::Rejected),
                Answer::Retry(failure, _) => self.lose(batch, &failure, Loss::Expired),
            }
        }
    }

    fn lose(&mut self, batch: Batch, failure: &Failure, why: Loss) {
        self.reports.lost(failure, batch.records());
        self.lane.loses(failure.to_string());
        self.lane.lost(batch, why, failure.fault.error_type());
    }

    /// Tries until something else comes of it than that another attempt may succeed, or
    /// until the batch is given up.
    async fn attempt(&mut self, batch: &Batch) -> Answer {
        let start = Instant::now();
        let body = self.body(batch);
        let mut backoff = Backoff::default();
        loop {
            let flushes = self.lane.flushes();
            let (failure, asked) = match self.client.send(body.clone()).await {
                Answer::Retry(failure, asked) => (failure, asked),
                answer => return answer,
            };
            let pause = backoff.next(asked);
            self.lane.failed(failure.to_string());
            let is_over = self.give_up.is_some_and(|limit| start.elapsed() + pause > limit);
            if is_over || self.lane.is_closed() {
                return Answer::Retry(failure, asked);
            }
            self.reports.failed(&failure, self.lane.counts(), pause);
            match asked {
                // Not even somebody who flushes may hurry a receiver that asks for a pause.
                Some(_) => tokio::time::sleep(pause).await,
                None => drop(tokio::time::timeout(pause, self.lane.is_flushed(flushes)).await),
            }
        }
    }

    /// The body of a request.
    fn body(&mut self, batch: &Batch) -> Bytes {
        let losses = self.lane.losses();
        let message = match self.gap.as_mut().and_then(|gap| gap.record(&losses)) {
            None => request(&self.resource, batch.runs()),
            Some(gap) => {
                let gap = (gap::SCOPE.as_bytes(), gap.as_slice());
                request(&self.resource, batch.runs().chain([gap]))
            }
        };
        body(message, &self.client.target)
    }
}

/// A request in Protocol Buffers as the body that the target takes.
pub(crate) fn body(message: Vec<u8>, target: &Target) -> Bytes {
    let message = match (target.protocol, target.signal) {
        (Protocol::HttpJson, Signal::Logs) => transcode::logs(&message).into_bytes(),
        (Protocol::HttpJson, Signal::Traces) => transcode::traces(&message).into_bytes(),
        _ => message,
    };
    let message = if target.gzip { compressed(&message) } else { message };
    match target.protocol {
        Protocol::Grpc => framed(&message, target.gzip).into(),
        _ => message.into(),
    }
}

/// A message in the frame of gRPC: whether it is compressed, its length, its bytes.
fn framed(message: &[u8], is_gzip: bool) -> Vec<u8> {
    let mut framed = Vec::with_capacity(5 + message.len());
    framed.push(is_gzip.into());
    framed.extend_from_slice(&(message.len() as u32).to_be_bytes());
    framed.extend_from_slice(message);
    framed
}

fn compressed(message: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(message.len() / 4), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(message);
    encoder.finish().unwrap_or_default()
}
