//! Finds every pattern in one pass over a text.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;

use super::super::rules::{Rule, TABLES};

/// Finds every rule that matches, also within another, by where it ends. The visitor
/// returns where to go on; beyond the match, it begins anew there.
pub(super) fn each_match(
    text: &str,
    range: Range<usize>,
    mut visit: impl FnMut(&'static Rule, usize, usize) -> usize,
) {
    let Some(patterns) = PATTERNS.as_ref() else { return };
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let (mut at, mut state) = (range.start, patterns.start);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        state = patterns.automaton.next_state(Anchored::No, state, byte.to_ascii_lowercase());
        if !patterns.automaton.is_special(state) || !patterns.automaton.is_match(state) {
            continue;
        }
        let end = at;
        for index in 0..patterns.automaton.match_len(state) {
            let pattern = patterns.automaton.match_pattern(state, index);
            let Some(rule) = patterns.rules.get(pattern.as_usize()) else { continue };
            let start = end.saturating_sub(patterns.automaton.pattern_len(pattern));
            at = at.max(visit(rule, start, end));
        }
        if at > end {
            state = patterns.start;
        }
    }
}

/// All patterns in one automaton, and the rule of each.
struct Patterns {
    automaton: NFA,
    start: StateID,
    rules: Vec<&'static Rule>,
}

/// Built at the first text; one byte costs about the same whatever the text.
///
/// The patterns are lower-case and the text is lowered as it is read: an automaton that
/// ignores case itself has twice the transitions. A dense one reads 1.5 times as fast and
/// takes fifteen times the memory, and six times as long to build on the first error.
static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let (mut texts, mut rules) = (Vec::new(), Vec::new());
    for rule in TABLES.iter().copied().flatten() {
        for text in rule.spellings() {
            texts.push(text);
            rules.push(rule);
        }
    }
    let automaton = NFA::builder().prefilter(false).build(&texts).ok()?;
    let start = automaton.start_state(Anchored::No).ok()?;
    Some(Patterns { automaton, start, rules })
});
