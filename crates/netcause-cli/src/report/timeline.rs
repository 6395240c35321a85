//! [`Timeline`]: how often, when, in a fixed number of steps.

/// How many steps there are.
pub(super) const STEPS: usize = 60;

/// Counts over time. A step is a second at first, and twice as long whenever the times do
/// not fit any more.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    /// The first step, counted from 1970 in steps.
    first: i64,
    /// Seconds a step.
    pub(super) width: i64,
    counts: [u64; STEPS],
    is_empty: bool,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline { first: 0, width: 1, counts: [0; STEPS], is_empty: true }
    }
}

impl Timeline {
    /// Counts something at a time.
    pub(super) fn add(&mut self, seconds: i64) {
        if self.is_empty {
            (self.first, self.is_empty) = (seconds, false);
        }
        loop {
            let step = seconds.div_euclid(self.width);
            let index = step - self.first;
            if let Some(count) = usize::try_from(index).ok().and_then(|it| self.counts.get_mut(it))
            {
                *count += 1;
                return;
            }
            if index >= 0 || !self.shift(step) {
                self.widen();
            }
        }
    }

    /// Begins at an earlier step, if what is counted still fits behind it.
    fn shift(&mut self, step: i64) -> bool {
        let by = usize::try_from(self.first - step).unwrap_or(usize::MAX);
        let last = self.counts.iter().rposition(|count| *count > 0).unwrap_or(0);
        if by >= STEPS - last {
            return false;
        }
        self.counts.rotate_right(by);
        self.first = step;
        true
    }

    /// Makes steps twice as long.
    fn widen(&mut self) {
        let mut counts = [0; STEPS];
        let first = self.first.div_euclid(2);
        for (index, count) in self.counts.iter().enumerate() {
            let step = self.first + i64::try_from(index).unwrap_or(0);
            let place = usize::try_from(step.div_euclid(2) - first).unwrap_or(0);
            if let Some(sum) = counts.get_mut(place) {
                *sum += count;
            }
        }
        (self.first, self.width, self.counts) = (first, self.width * 2, counts);
    }

    /// The counts up to the last step that has any, and when the first begins.
    pub(super) fn steps(&self) -> (i64, &[u64]) {
        let end = self.counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        (self.first * self.width, self.counts.get(..end).unwrap_or_default())
    }
}

/// Counts as bars; the highest is full.
pub(super) fn bars(counts: &[u64]) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().max().copied().unwrap_or(0).max(1);
    let bar = |count: &u64| {
        let height = (count * 8).div_ceil(most);
        usize::try_from(height).ok().and_then(|it| BARS.get(it)).copied().unwrap_or('█')
    };
    counts.iter().map(bar).collect()
}
