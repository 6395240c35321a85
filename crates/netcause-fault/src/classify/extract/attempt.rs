//! Which try of how many.

use super::dictionary::Dictionary;
use super::duration::unit_seconds;
use super::words::{Word, back, before, contains, is_one_of, parts, strip};
use crate::Attempts;

/// Considers the number at a place. The first count of a text is the outermost: that of
/// the code that retries.
pub(super) fn take(text: &str, at: usize, attempts: &mut Attempts) {
    let number = text.get(at..).unwrap_or_default();
    let Some((count, rest)) = ordinal(number).or_else(|| number_at(number)) else { return };
    if rest.starts_with(|c: char| "%.:-".contains(c)) && is_digit_behind(rest) {
        return;
    }
    let lead = before(text, at);
    // The number behind another one belongs to that.
    if lead.ends_with('/') {
        return;
    }
    if let Some(maximum) = tried(lead, number, count, rest) {
        take_tried(lead, rest, (count, maximum), attempts);
    } else if attempts.max_attempts.is_none() && is_maximum(lead, rest) {
        attempts.max_attempts = Some(count);
        let is_reached =
            back(lead).take(6).any(|word| is_one_of(word.text, &["exceeded", "exhausted"]));
        if is_reached && attempts.attempt.is_none() {
            attempts.attempt = Some(count);
        }
    }
}

fn take_tried(lead: &str, rest: &str, counts: (u32, Option<u32>), attempts: &mut Attempts) {
    if attempts.attempt.is_some() {
        return;
    }
    let (count, maximum) = counts;
    attempts.attempt = Some(count);
    attempts.max_attempts = maximum.or(attempts.max_attempts);
    let rest = rest.trim_start_matches(|c: char| c == '/' || c.is_ascii_digit());
    if rest.starts_with(", giving up") || is_after(lead) {
        attempts.exhausted = Some(true);
    }
}

/// Whether the number is that of a try, and how many there may be.
fn tried(lead: &str, number: &str, count: u32, rest: &str) -> Option<Option<u32>> {
    let following = rest.trim_start();
    if is_ordinal(number) {
        return begins_with_try(following).is_some().then_some(None);
    }
    if is_one_of(first_word(following), &["remaining", "left", "more"]) || is_duration(number, rest)
    {
        return None;
    }
    let maximum = || of_how_many(rest).filter(|maximum| *maximum >= count);
    // A date, or a ratio of other things.
    if rest.starts_with('/') && maximum().is_none() {
        return None;
    }
    if follows_key(lead, count, maximum().is_some()) {
        return Some(maximum());
    }
    if let Some((tries, behind)) = begins_with_try(following) {
        let is_left = is_one_of(first_word(behind.trim_start()), &["remaining", "left", "more"]);
        return (!is_left && is_counted(lead, tries)).then_some(None);
    }
    let slashed =
        rest.strip_prefix('/').and_then(number_at).filter(|(_, rest)| !rest.starts_with('/'));
    let (maximum, behind) = slashed.filter(|(maximum, _)| *maximum >= count && *maximum > 0)?;
    let speaks_of_tries = back(lead).take(7).any(|word| is_try(word.text))
        || begins_with_try(behind.trim_start()).is_some();
    speaks_of_tries.then_some(Some(maximum))
}

/// A small number at the start that ends there, and what follows it.
fn number_at(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?;
    if digits == 0 || digits > 6 || rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    Some((text.get(..digits)?.parse().ok()?, rest))
}

/// `2nd`, `3rd` at the start.
fn ordinal(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let rest = ["st ", "nd ", "rd ", "th "].iter().find_map(|end| rest.strip_prefix(end))?;
    Some((number.parse().ok()?, rest))
}

fn is_ordinal(text: &str) -> bool {
    ordinal(text).is_some()
}

fn is_digit_behind(rest: &str) -> bool {
    rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

/// Whether the number has a unit of time.
fn is_duration(number: &str, rest: &str) -> bool {
    let is_joined = number.len() > rest.len() && rest.starts_with(|c: char| c.is_alphabetic());
    let word = first_word(rest.strip_prefix(' ').unwrap_or_default());
    is_joined || (!word.is_empty() && unit_seconds(word).is_some())
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `/5`, ` of 5`, ` out of 5`.
fn of_how_many(rest: &str) -> Option<u32> {
    let rest =
        ["/", " / ", " of ", " out of "].iter().find_map(|between| rest.strip_prefix(between))?;
    number_at(rest).filter(|(_, rest)| !rest.starts_with('/')).map(|(maximum, _)| maximum)
}

/// Whether the words before name the count of tries: `attempt=`, `retry #`, `"retryCount":`.
fn follows_key(lead: &str, count: u32, has_maximum: bool) -> bool {
    let mut words = back(lead);
    let Some(word) = words.next().filter(|word| is_key_gap(word.gap)) else { return false };
    let earlier = words.next().filter(|word| word.gap.len() <= 2).map_or("", |word| word.text);
    if is_one_of(earlier, &["max", "maximum", "remaining", "total", "no", "without"]) {
        return false;
    }
    if is_one_of(word.text, &["number", "no", "nr", "count"]) {
        return is_try(earlier);
    }
    if is_one_of(word.text, &["retries", "tries", "attempts"]) {
        let begins =
            lead.len() == word.text.len() + word.gap.len() || ends_with_sentence(lead, word);
        let marks = word.gap.trim_matches(['"', '\\', ' ']);
        let is_field = marks == "=" || (marks == ":" && word.gap.starts_with(['"', '\\']));
        // How many retries there are is a setting as well.
        return has_maximum || begins || (is_field && !is_one_of(word.text, &["retries"]));
    }
    let mut count_parts = 0;
    let mut is_other = false;
    for part in parts(word.text) {
        count_parts += 1;
        is_other |= !is_try(part)
            && !is_one_of(
                part,
                &["count", "number", "times", "attempt", "no", "num", "current", "connect"],
            );
    }
    parts(word.text).any(is_try)
        && !is_other
        && (count_parts == 1 || count > 0 || is_one_of(word.text, &["retryCount"]))
}

/// Whether a sentence begins with the word.
fn ends_with_sentence(lead: &str, word: Word<'_>) -> bool {
    let before =
        lead.len().checked_sub(word.gap.len() + word.text.len()).and_then(|end| lead.get(..end));
    before.is_some_and(|it| it.ends_with(". "))
}

/// Whether nothing but the marks between a key and its value stands there.
fn is_key_gap(gap: &str) -> bool {
    gap.len() <= 6 && gap.chars().all(|c| c.is_whitespace() || "=:#(\"'\\>[".contains(c))
}

/// Whether a word speaks of trying once more.
fn is_try(word: &str) -> bool {
    TRIES.contains(word)
}

#[rustfmt::skip]
static TRIES: Dictionary<(), 32> = Dictionary::new(&[(&[
    "attempt", "attempts", "retry", "retries", "retrying", "try", "tries", "trying",
    "retransmit", "retransmits", "reconnect", "reconnecting", "retried",
], ())]);

/// `attempts`, `reconnect attempt(s)`, `times` at the start: the word for a try, and what
/// follows.
fn begins_with_try(text: &str) -> Option<(&str, &str)> {
    const BETWEEN: &[&str] =
        &["reconnect ", "connection ", "failed ", "unsuccessful ", "retry ", "connect "];
    const TRIES: &[&str] = &[
        "attempts",
        "attempt(s)",
        "attempt",
        "retries",
        "retry",
        "tries",
        "try",
        "retransmits",
        "times",
        "time(s)",
        "time",
    ];
    let text = BETWEEN.iter().find_map(|between| strip(text, between)).unwrap_or(text);
    let tries = TRIES.iter().find(|tries| strip(text, tries).is_some())?;
    let behind = strip(text, tries)?;
    (!behind.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then_some((tries, behind))
}

/// Whether the words before say that so many tries were made.
fn is_counted(lead: &str, tries: &str) -> bool {
    const MADE: &[&str] = &["tried", "retried", "attempted", "made"];
    let mut words =
        back(lead).filter(|word| !is_one_of(word.text, &["already", "all"])).map(|word| word.text);
    let word = words.next().unwrap_or_default();
    if tries.starts_with("time") {
        return is_one_of(word, MADE);
    }
    is_one_of(word, &["after", "with"]) || is_one_of(word, MADE)
}

fn is_after(lead: &str) -> bool {
    let is_announced = contains(lead, "retrying");
    lead.ends_with(' ')
        && back(lead).next().is_some_and(|word| is_one_of(word.text, &["after"]))
        && !is_announced
}

/// Whether the number is the greatest number of tries.
fn is_maximum(lead: &str, rest: &str) -> bool {
    const MOST: &[&str] = &["max", "maximum", "limit"];
    const BETWEEN: &[&str] = &[
        "number",
        "of",
        "count",
        "per",
        "request",
        "which",
        "is",
        "the",
        "connection",
        "connect",
        "reconnect",
    ];
    if begins_with_try(rest.trim_start()).is_some() {
        let mut words = back(lead).map(|word| word.text);
        let (last, earlier) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        return is_one_of(last, MOST)
            || (is_one_of(last, &["of"]) && is_one_of(earlier, MOST))
            || (is_one_of(last, &["to"]) && is_one_of(earlier, &["up"]))
            || (is_one_of(last, &["most"]) && is_one_of(earlier, &["at"]));
    }
    let (mut is_most, mut is_of_tries) = (false, false);
    for (index, word) in back(lead).take(7).enumerate() {
        let is_far = index > 0 && word.gap.trim().len() > 1 || word.gap.contains([';', '}', ')']);
        let says = |list: &[&str]| parts(word.text).any(|part| is_one_of(part, list));
        let is_between = is_one_of(word.text, BETWEEN);
        if is_far
            || (index == 0 && !is_value_gap(word.gap))
            || !(is_between || says(MOST) || parts(word.text).any(is_try))
        {
            break;
        }
        is_most |= says(MOST);
        is_of_tries |= parts(word.text).any(is_try);
        if is_most && is_of_tries {
            return true;
        }
    }
    false
}

fn is_value_gap(gap: &str) -> bool {
    gap.len() <= 6 && gap.chars().all(|c| c.is_whitespace() || "=:#(\"'\\>[,".contains(c))
}
