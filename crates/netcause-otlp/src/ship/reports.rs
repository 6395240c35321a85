//! [`Reports`]: the shipper's own failures, on standard error, at most once in 10 s.

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use netcause_record::Counts;

use super::answer::Partial;
use super::failure::Failure;
use super::target::Signal;

const PERIOD: Duration = Duration::from_secs(10);

/// Says what goes wrong, not too often.
#[derive(Debug)]
pub(super) struct Reports {
    signal: Signal,
    last: Option<Instant>,
    /// Since when nothing arrives, where that was said.
    failing: Option<Instant>,
}

impl Reports {
    pub(super) fn new(signal: Signal) -> Self {
        Reports { signal, last: None, failing: None }
    }

    /// An attempt failed; another one follows.
    pub(super) fn failed(&mut self, failure: &Failure, counts: Counts) {
        self.say(|this, text| {
            this.failing.get_or_insert_with(Instant::now);
            let _ = write!(text, "{} wait and are sent again", counts.queued);
            if counts.lost > 0 {
                let _ = write!(text, ", {} are lost so far", counts.lost);
            }
            let _ = write!(text, ": ");
            push_failure(failure, text);
        });
    }

    /// Records are lost.
    pub(super) fn lost(&mut self, failure: &Failure, records: usize) {
        self.say(|_, text| {
            let _ = write!(text, "{records} are lost: ");
            push_failure(failure, text);
        });
    }

    /// Records have arrived, but perhaps not all.
    pub(super) fn accepted(&mut self, partial: &Partial) {
        if partial.rejected > 0 {
            self.say(|_, text| {
                let _ =
                    write!(text, "the receiver rejected {}: {}", partial.rejected, partial.message);
            });
        } else if !partial.message.is_empty() {
            self.say(|_, text| {
                let _ = write!(text, "the receiver warns: {}", partial.message);
            });
        } else if self.failing.is_some() {
            self.say(|this, text| {
                let since = this.failing.take().map(|since| since.elapsed().as_secs());
                let _ = write!(text, "they arrive again, after {} s", since.unwrap_or(0));
            });
        }
    }

    fn say(&mut self, write: impl FnOnce(&mut Self, &mut String)) {
        if self.last.is_some_and(|last| last.elapsed() < PERIOD) {
            return;
        }
        self.last = Some(Instant::now());
        let mut text = format!("netcause: OTLP {}: ", self.signal.name());
        write(self, &mut text);
        // A receiver's words must not forge a line.
        let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// The summary, what was said, and what to check.
fn push_failure(failure: &Failure, text: &mut String) {
    let _ = write!(text, "{} ({})", failure.fault.summary(), failure.text);
    if let Some(hint) = failure.fault.hint() {
        let _ = write!(text, "; {hint}");
    }
}
