//! Measuring several cases interleaved: A B C, A B C, …

use std::fmt;
use std::time::{Duration, Instant};

/// How long one batch should take.
const BATCH: Duration = Duration::from_millis(1);

/// How long each case runs before anything is measured.
const WARM_UP: Duration = Duration::from_millis(50);

/// How often each case runs a batch, unless the environment says otherwise.
const ROUNDS: usize = 201;

/// The environment variable with the number of rounds.
pub const ROUNDS_VARIABLE: &str = "NETCAUSE_BENCH_ROUNDS";

/// One of the things that are compared.
pub struct Case<'a> {
    name: &'static str,
    batch: Box<dyn FnMut(u64) -> Duration + 'a>,
    /// Only multiples of it are done at once.
    unit: u64,
    /// How many of these a batch has.
    size: u64,
    nanoseconds: Vec<f64>,
}

impl fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("size", &self.size).finish()
    }
}

impl<'a> Case<'a> {
    /// A case whose `batch` does its work that many times and says how long it took.
    pub fn new(name: &'static str, batch: impl FnMut(u64) -> Duration + 'a) -> Self {
        Case { name, batch: Box::new(batch), unit: 1, size: 1, nanoseconds: Vec::new() }
    }

    /// The same case, of which each batch has a multiple of `unit`: for work of which a part
    /// is only done after so many.
    #[must_use]
    pub fn in_units(self, unit: u64) -> Self {
        Case { unit, ..self }
    }

    /// A case that does `work` again and again.
    pub fn repeat(name: &'static str, mut work: impl FnMut() + 'a) -> Self {
        Case::new(name, move |times| timed(times, &mut work))
    }

    /// Warms up, and chooses the size of a batch from the last one.
    fn calibrate(&mut self) {
        let start = Instant::now();
        while start.elapsed() < WARM_UP {
            let took = (self.batch)(self.size * self.unit).as_nanos().max(1);
            let fitting = u128::from(self.size) * BATCH.as_nanos() / took;
            let most = u128::from(self.size) * 10;
            self.size = u64::try_from(fitting.min(most)).unwrap_or(1).max(1);
        }
    }

    fn run(&mut self) {
        let times = self.size * self.unit;
        let took = (self.batch)(times);
        self.nanoseconds.push(took.as_nanos() as f64 / times as f64);
    }
}

/// How long it takes to do `work` that many times.
pub fn timed(times: u64, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        work();
    }
    start.elapsed()
}

/// Runs all cases, one batch of each in turn.
#[must_use]
pub fn measure(mut cases: Vec<Case<'_>>) -> Measured {
    for case in &mut cases {
        case.calibrate();
    }
    for _ in 0..rounds() {
        for case in &mut cases {
            case.run();
        }
    }
    Measured(cases.into_iter().map(|case| (case.name, case.nanoseconds)).collect())
}

fn rounds() -> usize {
    let value = std::env::var(ROUNDS_VARIABLE).ok();
    value.and_then(|value| value.parse().ok()).unwrap_or(ROUNDS).max(1)
}

/// What each case took in each round.
#[derive(Debug, Clone)]
pub struct Measured(Vec<(&'static str, Vec<f64>)>);

impl Measured {
    /// The names of the cases, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The median of a case, in nanoseconds; not a number for a name that is none.
    #[must_use]
    pub fn nanoseconds(&self, name: &str) -> f64 {
        median(self.rounds(name).to_vec())
    }

    /// How many times as long `name` takes as `base`: the median of the rounds' quotients.
    #[must_use]
    pub fn ratio(&self, name: &str, base: &str) -> f64 {
        let pairs = self.rounds(name).iter().zip(self.rounds(base));
        median(pairs.map(|(took, base)| took / base).collect())
    }

    /// How much longer `name` takes than `base`, in nanoseconds: the median of the rounds'
    /// differences.
    #[must_use]
    pub fn difference(&self, name: &str, base: &str) -> f64 {
        let pairs = self.rounds(name).iter().zip(self.rounds(base));
        median(pairs.map(|(took, base)| took - base).collect())
    }

    fn rounds(&self, name: &str) -> &[f64] {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map(|(_, rounds)| rounds.as_slice()).unwrap_or_default()
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        // In the second round the machine was twice as slow.
        Measured(vec![("fast", vec![10.0, 20.0, 11.0]), ("slow", vec![30.0, 60.0, 33.0])])
    }

    #[test]
    fn a_slow_round_does_not_change_the_ratio() {
        assert_eq!(measured().nanoseconds("fast"), 11.0);
        assert_eq!(measured().ratio("slow", "fast"), 3.0);
        assert_eq!(measured().difference("slow", "fast"), 22.0);
    }

    #[test]
    fn a_name_that_is_none_has_no_figure() {
        assert!(measured().nanoseconds("other").is_nan());
    }

    #[test]
    fn a_unit_is_never_cut() {
        let mut odd = 0;
        let work = |times| {
            odd += times % 7;
            Duration::from_micros(times)
        };
        let measured = measure(vec![Case::new("in sevens", work).in_units(7)]);
        assert_eq!((measured.nanoseconds("in sevens"), odd), (1000.0, 0));
    }

    #[test]
    fn each_case_runs_in_every_round() {
        let mut count = 0_u64;
        let work = |times| {
            count += 1;
            Duration::from_micros(times)
        };
        let measured = measure(vec![Case::new("counted", work)]);
        assert_eq!(measured.nanoseconds("counted"), 1000.0);
        assert!(count > rounds() as u64);
    }
}
