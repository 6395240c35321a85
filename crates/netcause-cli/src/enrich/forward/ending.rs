//! [`Ending`]: what happens once the input has ended, or a signal came.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use netcause::{Config, Export, OnFull};
use netcause_record::redacted;

use super::signals::Asked;
use super::{News, Shared};

/// After a signal: what still comes is read until nothing has come for so long.
const QUIET: Duration = Duration::from_millis(300);

/// After a signal: no longer than that.
const READING: Duration = Duration::from_secs(3);

/// After a signal: what was read has so long to arrive. All in all less than the 10 s that
/// container runtimes usually give.
const HURRY: Duration = Duration::from_secs(5);

/// At the end of the input: given up when nothing has arrived for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Each time that so much has passed the collector is tried again.
const STEP: Duration = Duration::from_secs(1);

/// What the main thread does.
pub(super) struct Ending<'e> {
    shared: &'e Shared,
    incoming: &'e Receiver<News>,
    /// Whether the input has no end.
    is_endless: bool,
    on_full: OnFull,
    endpoint: String,
    patience: Duration,
}

impl<'e> Ending<'e> {
    pub(super) fn new(
        config: &Config,
        is_endless: bool,
        shared: &'e Shared,
        incoming: &'e Receiver<News>,
    ) -> Self {
        let logs = config.otel.logs.as_ref();
        let endpoint = logs.map_or("", |it| it.endpoint.as_str());
        Ending {
            shared,
            incoming,
            is_endless,
            on_full: config.on_full,
            endpoint: redacted(endpoint).into_owned(),
            // One attempt at least is waited for.
            patience: logs.map_or(PATIENCE, |it| PATIENCE.max(it.timeout + STEP)),
        }
    }

    /// Waits for the end, and then for what is on its way.
    pub(super) fn wait(&self) -> ExitCode {
        let (code, asked) = match self.incoming.recv() {
            Ok(News::Read(code)) => (code, None),
            Ok(News::Asked(asked)) => match self.read_on() {
                Some(code) => (code, None),
                None => (ExitCode::SUCCESS, Some(asked)),
            },
            Err(_) => (ExitCode::FAILURE, None),
        };
        // What comes later still is not taken any more.
        self.shared.is_over.store(asked.is_some(), Ordering::Relaxed);
        self.deliver(asked.is_some());
        let is_cut = asked.filter(|_| !self.is_endless);
        match self.undelivered(is_cut) {
            Some(sentence) => {
                say(&sentence);
                ExitCode::FAILURE
            }
            None => is_cut.map_or(code, |asked| ExitCode::from(asked.code)),
        }
    }

    /// After a signal: reads what still comes. Says how reading ended, if it did.
    fn read_on(&self) -> Option<ExitCode> {
        let end = Instant::now() + READING;
        let mut lines = self.shared.lines.load(Ordering::Relaxed);
        while Instant::now() < end {
            match self.incoming.recv_timeout(QUIET) {
                Ok(News::Read(code)) => return Some(code),
                Err(RecvTimeoutError::Timeout) => {}
                // Asked twice, or nobody reads any more.
                Ok(News::Asked(_)) | Err(RecvTimeoutError::Disconnected) => return None,
            }
            let now = self.shared.lines.load(Ordering::Relaxed);
            if now == lines {
                return None;
            }
            lines = now;
        }
        None
    }

    /// Waits until everything has arrived, or time is up.
    fn deliver(&self, is_hurried: bool) {
        let written = || self.shared.exporter.counts().written;
        let (mut since, mut last) = (Instant::now(), written());
        let mut hurry = is_hurried.then(|| Instant::now() + HURRY);
        while self.shared.exporter.flush(STEP) > 0 {
            if written() > last {
                (since, last) = (Instant::now(), written());
            }
            match self.incoming.try_recv() {
                // A second signal is an order.
                Ok(News::Asked(_)) if hurry.is_some() => return,
                Ok(News::Asked(_)) => hurry = Some(Instant::now() + HURRY),
                _ => {}
            }
            let is_up = hurry.map_or(since.elapsed() > self.patience, |it| Instant::now() >= it);
            if is_up {
                return;
            }
        }
    }

    /// What to say of records that did not arrive, or of an input that was not read.
    fn undelivered(&self, is_cut: Option<Asked>) -> Option<String> {
        let exporter = &self.shared.exporter;
        let taken = self.shared.taken.load(Ordering::Relaxed);
        let written = exporter.counts().written;
        let cut = is_cut.map_or(String::new(), |asked| {
            format!("; {} ended it before the end of the input", asked.name)
        });
        if written >= taken {
            return None;
        }
        let losses = exporter.losses();
        let mut parts = Vec::new();
        let waiting = (taken - written).saturating_sub(losses.total());
        let reasons = [
            (waiting, "still waited"),
            (losses.queue_full, self.no_room()),
            (losses.too_large, "too large"),
            (losses.rejected, "refused"),
            (losses.expired, "given up after OTEL_BLRP_EXPORT_TIMEOUT"),
        ];
        for (count, reason) in reasons.iter().filter(|(count, _)| *count > 0) {
            parts.push(format!("{count} {reason}"));
        }
        let why = exporter.failure();
        let why = why.unwrap_or_else(|| format!("{} has not answered", self.endpoint));
        let (missing, parts) = (taken - written, parts.join(", "));
        Some(format!("{missing} of {taken} records were not delivered ({parts}): {why}{cut}"))
    }

    fn no_room(&self) -> &'static str {
        match self.on_full {
            OnFull::DropNewest => "dropped by NETCAUSE_ON_FULL=drop_newest",
            OnFull::DropOldest => "dropped by NETCAUSE_ON_FULL=drop_oldest",
            OnFull::Block => "without room",
        }
    }
}

/// Says something in one line on standard error.
pub(super) fn say(text: &str) {
    // A receiver's words must not forge a line.
    let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    // Nobody is left to be told that standard error is gone.
    let _ = writeln!(io::stderr(), "netcause: {text}");
}
