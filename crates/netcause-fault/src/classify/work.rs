//! Counts the steps of classification in tests, for which time is no measure.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Counts so many steps.
pub(super) fn count(steps: usize) {
    STEPS.with(|sum| sum.set(sum.get() + steps));
}

/// How many steps something takes.
pub(super) fn of(work: impl FnOnce()) -> usize {
    STEPS.with(|sum| sum.set(0));
    work();
    STEPS.with(Cell::get)
}
