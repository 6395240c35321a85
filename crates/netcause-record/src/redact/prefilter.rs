//! The pieces that secrets are found by.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{self, MatchKind};
use aho_corasick::{AhoCorasick, Input, Match};

use super::shapes::{SHAPES, Shape};

/// What to look at where a piece was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// User information in a URL.
    Url,
    /// `user:password@tcp(host)`.
    DataSource,
    /// A key, and its value.
    Key,
    /// An authorization scheme, and its credentials.
    Scheme,
    /// A token of a known shape.
    Shape(&'static Shape),
}

/// Pieces of keys, without the first letter, whose case varies most.
const KEYS: &[&str] = &[
    "assw",
    "ASSW",
    "assphr",
    "ASSPHR",
    "asscode",
    "pwd",
    "PWD",
    "Pwd",
    "oken",
    "OKEN",
    "ecret",
    "ECRET",
    "redential",
    "REDENTIAL",
    "uthoriz",
    "UTHORIZ",
    "ookie",
    "OOKIE",
    "key",
    "Key",
    "KEY",
    "ession",
    "SESS",
    "jwt",
    "JWT",
];

const SCHEMES: &[&str] = &["earer ", "EARER ", "asic ", "ASIC ", "igest ", "egotiate ", "NTLM "];

const DATA_SOURCES: &[&str] = &["@tcp(", "@unix("];

/// Where a piece was found, and what to look at there.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) place: Range<usize>,
    pub(super) rule: Rule,
}

/// Finds the next piece.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    search: Search,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
enum Search {
    /// Vector instructions.
    Packed(packed::Searcher),
    /// Where those are missing, or there are too many pieces for them.
    Automaton(Box<AhoCorasick>),
    /// Not reached: both constructions failed.
    Nothing,
}

impl Prefilter {
    /// The pieces of the built-in rules.
    pub(super) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Prefilter> =
            LazyLock::new(|| Prefilter::build(&built_in(), false));
        &BUILT_IN
    }

    /// These, and the last words of further keys.
    pub(super) fn with_keys(keys: &[String]) -> Self {
        let mut pieces = built_in();
        pieces.extend(keys.iter().map(|key| (last_word(key), Rule::Key)));
        Prefilter::build(&pieces, true)
    }

    fn build(pieces: &[(&str, Rule)], any_case: bool) -> Self {
        let texts = || pieces.iter().map(|(piece, _)| piece);
        let packed = || {
            let mut config = packed::Config::new();
            config.match_kind(MatchKind::LeftmostFirst).builder().extend(texts()).build()
        };
        let search = match if any_case { None } else { packed() } {
            Some(searcher) => Search::Packed(searcher),
            None => AhoCorasick::builder()
                .ascii_case_insensitive(any_case)
                .build(texts())
                .map_or(Search::Nothing, |automaton| Search::Automaton(Box::new(automaton))),
        };
        Prefilter { search, rules: pieces.iter().map(|(_, rule)| *rule).collect() }
    }

    /// The first piece from `at` on.
    #[inline]
    pub(super) fn find(&self, text: &[u8], at: usize) -> Option<Hit> {
        if at >= text.len() {
            return None;
        }
        let span = at..text.len();
        let hit = match &self.search {
            Search::Packed(searcher) => find_packed(searcher, text, at),
            Search::Automaton(automaton) => automaton.find(Input::new(text).span(span)),
            Search::Nothing => None,
        }?;
        let rule = *self.rules.get(hit.pattern().as_usize())?;
        Some(Hit { place: hit.range(), rule })
    }
}

/// Texts shorter than this are searched one byte after the other; padded they are not.
const PADDED: usize = 64;

fn find_packed(searcher: &packed::Searcher, text: &[u8], at: usize) -> Option<Match> {
    let rest = text.get(at..)?;
    if rest.len() >= PADDED {
        return searcher.find_in(text, (at..text.len()).into());
    }
    // No piece contains a NUL, so none is found in the padding.
    let mut padded = [0; PADDED];
    padded.get_mut(..rest.len())?.copy_from_slice(rest);
    let hit = searcher.find(&padded)?;
    Some(Match::new(hit.pattern(), at + hit.start()..at + hit.end()))
}

fn built_in() -> Vec<(&'static str, Rule)> {
    let all =
        |pieces: &'static [&'static str], rule| pieces.iter().map(move |piece| (*piece, rule));
    all(&["://"], Rule::Url)
        .chain(all(DATA_SOURCES, Rule::DataSource))
        .chain(all(KEYS, Rule::Key))
        .chain(all(SCHEMES, Rule::Scheme))
        .chain(SHAPES.iter().map(|shape| (shape.prefix, Rule::Shape(shape))))
        .collect()
}

/// The last run of letters and digits.
fn last_word(key: &str) -> &str {
    key.split(|letter: char| !letter.is_ascii_alphanumeric())
        .rfind(|word| !word.is_empty())
        .unwrap_or(key)
}
