//! Tables for people, and whether budgets are kept.

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use crate::measure::Measured;

/// A budget, as a ratio or a count.
#[derive(Debug, Clone)]
pub struct Budget {
    what: String,
    value: f64,
    bound: Bound,
}

#[derive(Debug, Clone, Copy)]
enum Bound {
    AtMost { bound: f64, aim: Option<f64> },
    AtLeast(f64),
}

impl Budget {
    /// A figure that should not be greater than `bound`, and in the end not than `aim`.
    pub fn at_most(what: impl Into<String>, value: f64, bound: f64, aim: Option<f64>) -> Self {
        Budget { what: what.into(), value, bound: Bound::AtMost { bound, aim } }
    }

    /// A figure that should not be less than `bound`.
    pub fn at_least(what: impl Into<String>, value: f64, bound: f64) -> Self {
        Budget { what: what.into(), value, bound: Bound::AtLeast(bound) }
    }

    /// Whether the budget is kept; a figure that is not a number keeps none.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match self.bound {
            Bound::AtMost { bound, .. } => self.value <= bound,
            Bound::AtLeast(bound) => self.value >= bound,
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_kept() { "PASS" } else { "MISS" };
        write!(f, "{verdict}  {:<58} {:>6.2}  ", self.what, self.value)?;
        match self.bound {
            Bound::AtMost { bound, aim: None } => write!(f, "(at most {bound})"),
            Bound::AtMost { bound, aim: Some(aim) } => write!(f, "(at most {bound}, aim {aim})"),
            Bound::AtLeast(bound) => write!(f, "(at least {bound})"),
        }
    }
}

/// A table of medians, with how many times as long as `base` each case takes.
#[must_use]
pub fn table(title: &str, measured: &Measured, base: &str) -> String {
    let mut text = format!("{title}\n{:<46} {:>10} {:>8}\n", "", "median ns", "ratio");
    for name in measured.names() {
        let (median, ratio) = (measured.nanoseconds(name), measured.ratio(name, base));
        let _ = writeln!(text, "{name:<46} {median:>10.1} {ratio:>8.2}");
    }
    text
}

/// Prints to standard output; a closed one is no failure of a measurement.
pub fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints one line a budget.
pub fn print_budgets(budgets: &[Budget]) {
    for budget in budgets {
        print(&budget.to_string());
    }
    print("");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_names_figure_and_bound() {
        let kept = Budget::at_most("ours / theirs", 0.5, 0.75, Some(0.55)).to_string();
        assert!(kept.starts_with("PASS  ours / theirs"), "{kept}");
        assert!(kept.ends_with("0.50  (at most 0.75, aim 0.55)"), "{kept}");
        let missed = Budget::at_least("theirs / ours", 2.0, 2.5).to_string();
        assert!(missed.starts_with("MISS"), "{missed}");
    }

    #[test]
    fn no_figure_keeps_no_budget() {
        assert!(!Budget::at_most("nothing", f64::NAN, 1.0, None).is_kept());
        assert!(!Budget::at_least("nothing", f64::NAN, 1.0).is_kept());
    }
}
