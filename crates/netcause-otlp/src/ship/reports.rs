//! [`Reports`]: the shipper's own failures, on standard error, at most once in 10 s.

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use netcause_fault::{TextDuration, text_duration};
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

    /// An attempt failed; another one follows after a pause.
    pub(super) fn failed(&mut self, failure: &Failure, counts: Counts, pause: Duration) {
        self.say(|this, text| {
            let since = *this.failing.get_or_insert_with(Instant::now);
            let verb = if counts.queued == 1 { "waits" } else { "wait" };
            let _ = write!(text, "{} {verb}", this.signal.some(counts.queued));
            if counts.lost > 0 {
                let _ = write!(text, ", {} lost so far", counts.lost);
            }
            if since.elapsed() >= PERIOD {
                let _ = write!(text, ", none arrived for {}", in_seconds(since.elapsed()));
            }
            // A tenth of a second is fine enough for people.
            let pause = Duration::from_millis(pause.as_millis().div_ceil(100) as u64 * 100);
            let _ = write!(text, ", next try in {}: {failure}", text_duration(pause));
        });
    }

    /// Records are lost.
    pub(super) fn lost(&mut self, failure: &Failure, records: usize) {
        self.say(|this, text| {
            let _ = write!(text, "{} lost: {failure}", this.signal.some(records as u64));
        });
    }

    /// Records have arrived, but perhaps not all.
    pub(super) fn accepted(&mut self, partial: &Partial) {
        if partial.rejected > 0 {
            self.say(|this, text| {
                let rejected = this.signal.some(partial.rejected);
                let _ = write!(text, "{rejected} lost: the receiver rejected them");
                if !partial.message.is_empty() {
                    let _ = write!(text, ": {}", partial.message);
                }
            });
        } else if !partial.message.is_empty() {
            self.say(|_, text| {
                let _ = write!(text, "all arrived, and the receiver warns: {}", partial.message);
            });
        } else if self.failing.is_some() {
            self.say(|this, text| {
                let since = this.failing.take().map(|since| since.elapsed()).unwrap_or_default();
                let _ = write!(text, "they arrive again, after {}", in_seconds(since));
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

/// Finer is not to be read at a glance.
fn in_seconds(time: Duration) -> TextDuration {
    text_duration(Duration::from_secs(time.as_secs()))
}

impl Signal {
    /// So many of them, in words.
    fn some(self, count: u64) -> String {
        let item = match self {
            Signal::Logs => "record",
            Signal::Traces => "span",
        };
        format!("{count} {item}{}", if count == 1 { "" } else { "s" })
    }
}
