//! [`Pauses`]: how long to wait before the next try.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// The longest first pause.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause of all.
const LONGEST: Duration = Duration::from_secs(10);

/// How long to wait before each retry, and so how many there are.
#[derive(Debug, Clone)]
pub(super) enum Pauses {
    /// So many, each about twice as long as the one before it.
    Doubling(u32),
    /// One for each retry.
    Listed(Arc<[Duration]>),
}

impl Pauses {
    /// How many retries there are.
    pub(super) fn retries(&self) -> u32 {
        match self {
            Pauses::Doubling(retries) => *retries,
            Pauses::Listed(pauses) => pauses.len().try_into().unwrap_or(u32::MAX),
        }
    }

    /// The pause after the try of that number; none after the last one.
    pub(super) fn after(&self, number: u32) -> Option<Duration> {
        match self {
            Pauses::Doubling(retries) => (number < *retries).then(|| shortened(doubled(number))),
            Pauses::Listed(pauses) => pauses.get(usize::try_from(number).ok()?).copied(),
        }
    }
}

fn doubled(times: u32) -> Duration {
    FIRST.saturating_mul(2_u32.saturating_pow(times)).min(LONGEST)
}

/// Shortens a pause by chance to as little as half, so that those which failed at once do not
/// come back at once.
fn shortened(pause: Duration) -> Duration {
    // A hasher's keys are random, and nothing here has to be hard to guess.
    let chance = RandomState::new().hash_one(()) % 1024;
    let chance = u32::try_from(chance).unwrap_or_default();
    pause / 2 + pause / 2 * chance / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_retries() {
        let pauses = Pauses::Doubling(20);
        for (number, most) in [(0, 100), (1, 200), (2, 400), (7, 10_000), (19, 10_000)] {
            let (most, pause) = (Duration::from_millis(most), pauses.after(number).unwrap());
            assert!(most / 2 <= pause && pause <= most, "{number}: {pause:?}");
        }
        assert_eq!(pauses.after(20), None);
    }

    #[test]
    fn a_list_has_a_pause_for_each_retry() {
        let pauses = Pauses::Listed([1, 5].map(Duration::from_millis).into());
        assert_eq!(pauses.retries(), 2);
        assert_eq!(pauses.after(1), Some(Duration::from_millis(5)));
        assert_eq!(pauses.after(2), None);
    }
}
