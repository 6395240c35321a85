use proptest::prelude::*;

use super::super::super::rules::TABLES;
use super::Patterns;

/// Everything that begins within the range, by end and start, as the visitor is told.
fn naive(patterns: &[String], text: &str, from: usize, skip: usize) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (number, pattern) in patterns.iter().enumerate() {
        for start in from..text.len() {
            let end = start + pattern.len();
            let here = text.as_bytes().get(start..end);
            if here.is_some_and(|it| it.eq_ignore_ascii_case(pattern.as_bytes())) {
                found.push((end, start, number));
            }
        }
    }
    found.sort_unstable();
    let (mut go_on, mut ended) = (from, from);
    found.retain(|(end, start, number)| {
        let stays = *start >= go_on || *end == ended;
        if stays && is_skipping(*number, skip) {
            (go_on, ended) = (go_on.max(end + skip), *end);
        }
        stays
    });
    found
}

/// Whether the visitor goes on behind what follows this pattern, as it does behind a URL.
fn is_skipping(number: usize, skip: usize) -> bool {
    skip > 0 && number.is_multiple_of(3)
}

fn visited(
    patterns: &[String],
    text: &str,
    from: usize,
    skip: usize,
) -> Vec<(usize, usize, usize)> {
    let numbered = patterns.iter().enumerate().map(|(number, text)| (text.clone(), number));
    let mut found = Vec::new();
    Patterns::new(numbered).search(
        text.as_bytes(),
        from,
        |_| true,
        |number, start, end| {
            found.push((end, start, number));
            if is_skipping(number, skip) { end + skip } else { end }
        },
    );
    found
}

fn of_rules() -> Vec<String> {
    TABLES.iter().copied().flatten().flat_map(|rule| rule.spellings()).collect()
}

#[test]
fn every_pattern_is_found_in_whatever_stands_around_it() {
    let patterns = of_rules();
    let numbered = patterns.iter().enumerate().map(|(number, text)| (text.clone(), number));
    let searched = Patterns::new(numbered);
    for (number, pattern) in patterns.iter().enumerate() {
        for around in ["", "x", "\u{0}", "connection ", "é: "] {
            let text = format!("{around}{}{around}", pattern.to_ascii_uppercase());
            let mut found = Vec::new();
            searched.search(
                text.as_bytes(),
                0,
                |_| true,
                |number, start, _| {
                    found.push((number, start));
                    0
                },
            );
            assert!(found.contains(&(number, around.len())), "{pattern} within {text}");
        }
    }
}

#[test]
fn every_pattern_of_the_rules_can_be_searched_for() {
    for pattern in of_rules() {
        assert!((3..=255).contains(&pattern.len()), "{pattern}");
        assert!(!pattern.bytes().any(|byte| byte.is_ascii_uppercase()), "{pattern}");
    }
}

#[test]
fn no_place_of_a_text_costs_more_than_a_few_comparisons() {
    let patterns = of_rules();
    let searched = Patterns::new(patterns.iter().map(|text| (text.clone(), ())));
    let words = patterns.iter().flat_map(|text| text.as_bytes().windows(4));
    let most = words.map(|half| searched.table.bucket_size(super::word(half, 0))).max();
    assert!(most.is_some_and(|most| most <= 24), "{most:?}");
}

#[test]
fn more_matches_at_one_place_than_wait_are_visited_all_the_same() {
    let patterns: Vec<_> = (3..120).map(|length| "a".repeat(length)).collect();
    let text = "a".repeat(200);
    let mut found = visited(&patterns, &text, 0, 0);
    found.sort_unstable();
    assert_eq!(found, naive(&patterns, &text, 0, 0));
}

/// Words that have much in common, so that matches overlap and anchors are shared.
fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c:/@`\\[{ ]{3,12}",
        "(con|nect|ion| re|set|fused| by| peer|://|err){1,6}",
        "[a-zé\u{0} ]{3,20}",
    ]
    .prop_filter("patterns have three bytes", |word| word.len() >= 3)
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-cA-C:/@`\\[{ ]{0,60}",
        "(Con|NECT|ion| re|set|fused| by| peer|://|ERR|\u{0}|é| ){0,30}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn a_search_finds_what_a_naive_one_finds(
        patterns in proptest::collection::vec(any_word(), 1..12),
        text in any_text(),
        from in 0_usize..20,
        skip in prop_oneof![Just(0), 1_usize..12],
    ) {
        let expected = naive(&patterns, &text, from, skip);
        prop_assert_eq!(visited(&patterns, &text, from, skip), expected);
    }

    #[test]
    fn the_rules_are_found_where_a_naive_search_finds_them(
        words in proptest::collection::vec((any::<prop::sample::Index>(), ".{0,2}", 0..30_usize), 0..8),
    ) {
        let patterns = of_rules();
        let text: String = words
            .iter()
            .map(|(index, between, cut)| {
                let pattern = index.get(&patterns);
                format!("{}{between}", pattern.get(..pattern.len() - cut.min(&(pattern.len() / 4))).unwrap_or(""))
            })
            .collect();
        prop_assert_eq!(visited(&patterns, &text, 0, 0), naive(&patterns, &text, 0, 0));
    }
}
