//! [`Backoff`]: how long to wait before the next attempt.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Doubles from half a second to 30 s, and chance takes off as much as half, so that the
/// instances of a service do not all come back at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failed: u32,
}

impl Backoff {
    /// The pause before the next attempt, no shorter than what the receiver asks for.
    pub(crate) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failed.min(6)).min(LONGEST);
        self.failed = self.failed.saturating_add(1);
        // A hash of nothing with a random key is a random number.
        let chance = RandomState::new().hash_one(()) % 1024;
        let jittered = whole / 2 + whole.mul_f64(chance as f64 / 2048.0);
        // Beyond the pause asked for, jitter only adds: nobody is to come too early.
        asked.map_or(jittered, |asked| jittered.max(asked + asked.mul_f64(chance as f64 / 10240.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_30_seconds_and_differ() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..9).map(|_| backoff.next(None)).collect();
        for (index, pause) in pauses.iter().enumerate() {
            let whole = FIRST.saturating_mul(1 << index.min(6)).min(LONGEST);
            assert!((whole / 2..=whole).contains(pause), "{index}: {pause:?}");
        }
        let firsts: Vec<_> = (0..20).map(|_| Backoff::default().next(None)).collect();
        assert!(firsts.iter().any(|pause| *pause != firsts[0]), "{firsts:?}");
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept() {
        for _ in 0..50 {
            let pause = Backoff::default().next(Some(Duration::from_secs(5)));
            assert!((5.0..=5.5).contains(&pause.as_secs_f64()), "{pause:?}");
        }
    }
}
