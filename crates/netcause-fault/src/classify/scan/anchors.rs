//! Finds every pattern in one pass over a text.
//!
//! Few places of a text are the start of anything that is looked for, so the pass first
//! asks where that is possible at all: of each pattern eight bytes, its anchor, are chosen,
//! and a [`Table`] knows the two halves of every anchor. Most places cost one look into it.
//! Only where an anchor may stand are patterns compared, and never more than a few, because
//! anchors are chosen so that patterns share them as seldom as possible.
//!
//! An automaton reads every byte of every text three to five times as slowly; one whose
//! tables are dense takes megabytes.

mod table;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use arrayvec::ArrayVec;

use self::table::{Table, word};
use super::super::rules::{Rule, TABLES};

/// Finds every rule that matches within a range, also within another, by where it ends; of
/// those that end together the longest comes first. The visitor returns where to go on: what
/// begins before and ends behind the match is left out. Rules that are not wanted do not
/// match.
pub(super) fn each_match(
    text: &str,
    range: Range<usize>,
    wants: impl Fn(&Rule) -> bool,
    visit: impl FnMut(&'static Rule, usize, usize) -> usize,
) {
    let text = text.as_bytes().get(..range.end).unwrap_or_default();
    PATTERNS.search(text, range.start, wants, visit);
}

/// Built at the first text.
static PATTERNS: LazyLock<Patterns<&'static Rule>> = LazyLock::new(|| {
    let rules = TABLES.iter().copied().flatten();
    Patterns::new(rules.flat_map(|rule| rule.spellings().map(move |text| (text, rule))))
});

/// Patterns, and what each stands for.
struct Patterns<T> {
    table: Table,
    spellings: Vec<(String, T)>,
}

impl<T: Copy> Patterns<T> {
    /// Patterns in small letters of three bytes or more.
    fn new(spellings: impl Iterator<Item = (String, T)>) -> Self {
        let spellings: Vec<_> = spellings.collect();
        let table = Table::new(spellings.iter().map(|(text, _)| text.as_bytes()));
        Patterns { table, spellings }
    }

    fn search(
        &self,
        text: &[u8],
        from: usize,
        wants: impl Fn(T) -> bool,
        visit: impl FnMut(T, usize, usize) -> usize,
    ) {
        let waiting = ArrayVec::new_const();
        let mut visits = Visits { waiting, due: usize::MAX, from, ended: from, visit };
        let mut blocks = self.table.blocks(text, from);
        while let Some(block) = blocks.next() {
            for place in block {
                visits.visit_to(place);
                self.compare(text, place, &wants, &mut visits);
            }
            blocks.skip_to(visits.from);
        }
        visits.visit_to(usize::MAX);
    }

    /// Finds the patterns whose anchor begins at a place.
    fn compare(
        &self,
        text: &[u8],
        place: usize,
        wants: impl Fn(T) -> bool,
        visits: &mut Visits<T, impl FnMut(T, usize, usize) -> usize>,
    ) {
        for anchor in self.table.anchors(word(text, place)) {
            let start = place.checked_sub(anchor.offset()).filter(|start| *start >= visits.from);
            let pattern = self.spellings.get(anchor.pattern());
            let (Some(start), Some((pattern, says))) = (start, pattern) else { continue };
            #[cfg(test)]
            super::super::work::count(1);
            if !wants(*says) {
                continue;
            }
            let end = start + pattern.len();
            if text.get(start..end).is_some_and(|it| is_same(it, pattern.as_bytes())) {
                visits.add(Found { start, end, pattern: anchor.pattern(), says: *says });
            }
        }
    }
}

/// Whether both are the same but for their case; most are written in small letters.
fn is_same(text: &[u8], pattern: &[u8]) -> bool {
    text == pattern || text.eq_ignore_ascii_case(pattern)
}

/// One match.
struct Found<T> {
    start: usize,
    end: usize,
    pattern: usize,
    says: T,
}

impl<T> Found<T> {
    /// Where it stands among the matches.
    fn order(&self) -> (usize, usize, usize) {
        (self.end, self.start, self.pattern)
    }
}

/// Matches on their way to the visitor: they are found by where their anchors stand.
struct Visits<T, V> {
    /// What ends beyond the place that was reached, in any order.
    waiting: ArrayVec<Found<T>, MOST_WAITING>,
    /// Where the first of them ends.
    due: usize,
    /// What begins before is left out,
    from: usize,
    /// unless it ends with the match that says so.
    ended: usize,
    visit: V,
}

/// More matches than real patterns have around any one place of a text.
const MOST_WAITING: usize = 32;

impl<T: Copy, V: FnMut(T, usize, usize) -> usize> Visits<T, V> {
    fn add(&mut self, found: Found<T>) {
        if self.waiting.is_full() {
            self.visit_next();
        }
        self.due = self.due.min(found.end);
        let _ = self.waiting.try_push(found);
    }

    /// Visits what ends up to a place: what is found there or later ends behind it.
    fn visit_to(&mut self, place: usize) {
        while self.due <= place && !self.waiting.is_empty() {
            self.visit_next();
        }
    }

    /// Visits the first of those that wait.
    fn visit_next(&mut self) {
        #[cfg(test)]
        super::super::work::count(self.waiting.len());
        let next = self.waiting.iter().enumerate().min_by_key(|(_, found)| found.order());
        let next = next.map(|(at, _)| at).and_then(|at| self.waiting.swap_pop(at));
        self.due = self.waiting.iter().map(|found| found.end).min().unwrap_or(usize::MAX);
        let Some(next) = next else { return };
        if next.start >= self.from || next.end == self.ended {
            let go_on = (self.visit)(next.says, next.start, next.end);
            if go_on > next.end {
                (self.from, self.ended) = (self.from.max(go_on), next.end);
            }
        }
    }
}
