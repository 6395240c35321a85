//! The short pieces that secrets are found by, where no key stands before them.
//!
//! Each has four letters at least: with three, the vector search would stop in vain often.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{self, MatchKind};
use aho_corasick::{AhoCorasick, Match};

use super::shapes::{SHAPES, Shape};

/// What to look at where a piece was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A key of a command line, and its value.
    Option,
    /// The second of a pair of quoted texts.
    Tuple,
    /// An authorization scheme, and its credentials.
    Scheme,
    /// A token of a known shape.
    Shape(&'static Shape),
}

const OPTIONS: &[&str] = &["--pass", "--token", "--secret"];

/// Without the first letter, whose case varies most.
const SCHEMES: &[&str] = &["earer ", "asic ", "igest ", "egotiate ", "NTLM "];

/// Where a piece was found, and what to look at there.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) place: Range<usize>,
    pub(super) rule: Rule,
}

/// Finds the next piece.
#[derive(Debug)]
pub(super) struct Prefilter {
    search: Search,
    rules: Vec<Rule>,
}

#[derive(Debug)]
enum Search {
    /// Vector instructions.
    Packed(packed::Searcher),
    /// Where those are missing.
    Automaton(Box<AhoCorasick>),
    /// Not reached: both constructions failed.
    Nothing,
}

impl Prefilter {
    /// The pieces of all rules.
    pub(super) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Prefilter> = LazyLock::new(|| Prefilter::build(&pieces()));
        &BUILT_IN
    }

    fn build(pieces: &[(&str, Rule)]) -> Self {
        let texts = || pieces.iter().map(|(piece, _)| piece);
        let mut config = packed::Config::new();
        let packed = config.match_kind(MatchKind::LeftmostFirst).builder().extend(texts()).build();
        let search = match packed {
            Some(searcher) => Search::Packed(searcher),
            None => AhoCorasick::new(texts())
                .map_or(Search::Nothing, |automaton| Search::Automaton(Box::new(automaton))),
        };
        Prefilter { search, rules: pieces.iter().map(|(_, rule)| *rule).collect() }
    }

    /// The first piece from `at` on that has a secret behind it.
    #[inline]
    pub(super) fn find(&self, text: &[u8], at: usize) -> Option<Hit> {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let hit = match &self.search {
            Search::Packed(searcher) => find_packed(searcher, rest),
            Search::Automaton(automaton) => automaton.find(rest),
            Search::Nothing => None,
        }?;
        let rule = *self.rules.get(hit.pattern().as_usize())?;
        Some(Hit { place: at + hit.start()..at + hit.end(), rule })
    }
}

/// No shorter text has a piece and a secret: `.eyJ` with one letter before it and four behind
/// it are one.
pub(super) const SHORTEST: usize = 9;

/// The most room that a text needs which is too short to be searched by vectors.
const PADDED: usize = 64;

fn find_packed(searcher: &packed::Searcher, text: &[u8]) -> Option<Match> {
    // Shorter texts would be searched one byte after the other; padded they are not.
    let least = searcher.minimum_len().min(PADDED);
    if text.len() >= least {
        return searcher.find(text);
    }
    // No piece contains a NUL, so none is found in the padding.
    let mut padded = [0; PADDED];
    padded.get_mut(..text.len())?.copy_from_slice(text);
    searcher.find(padded.get(..least)?)
}

fn pieces() -> Vec<(&'static str, Rule)> {
    let all =
        |pieces: &'static [&'static str], rule| pieces.iter().map(move |piece| (*piece, rule));
    all(OPTIONS, Rule::Option)
        .chain(all(&["\", \""], Rule::Tuple))
        .chain(all(SCHEMES, Rule::Scheme))
        .chain(SHAPES.iter().map(|shape| (shape.prefix, Rule::Shape(shape))))
        .collect()
}
