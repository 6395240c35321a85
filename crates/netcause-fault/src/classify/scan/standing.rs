//! Whether a match counts: at word boundaries, and not as a name, a setting, or a thing that
//! is only spoken of.

use super::super::extract;
use super::super::facts::Source;
use super::super::rules::{Rule, Says};
use super::status;

/// Whether a match counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It does.
    Sure,
    /// It does beside words of alarm.
    Doubtful,
    /// It does not.
    None,
}

/// Whether a rule is one for such a text.
pub(super) fn is_read_in(rule: &Rule, source: Source) -> bool {
    match source {
        Source::Line => true,
        Source::Message => rule.in_messages && !rule.says.is_of_lines(),
        Source::Error | Source::Text => !rule.says.is_of_lines(),
    }
}

/// Whether a match counts: at word boundaries, and not a setting that only names a limit.
pub(super) fn standing(
    rule: &Rule,
    text: &str,
    start: usize,
    end: usize,
    source: Source,
    names_request: &impl Fn() -> bool,
) -> Standing {
    #[cfg(test)]
    if super::super::tests::held_out::is_excluded(rule.source) {
        return Standing::None;
    }
    let is_message = source == Source::Message;
    if !is_whole(rule, text, start, end)
        || names_cause(text, end)
        || is_attribute(text, start, end)
        || is_no_name(rule, text, end)
        || is_in_path(text, start)
        || is_none_of(text, start)
        || (rule.says == Says::Failed && is_not_done(text, start))
    {
        return Standing::None;
    }
    if rule.says.is_half() {
        return Standing::Doubtful;
    }
    if rule.says == Says::StatusField {
        return match source {
            Source::Message => Standing::None,
            Source::Line if !is_server_error(rule, text, end, names_request) => Standing::Doubtful,
            _ => Standing::Sure,
        };
    }
    if rule.says == Says::HarmlessMessage {
        return if is_message { Standing::Sure } else { Standing::None };
    }
    let is_sure = if rule.is_noun {
        is_clause(text, start, end)
    } else {
        rule.in_messages || source != Source::Line
    };
    match is_sure {
        true => Standing::Sure,
        false if is_message => Standing::None,
        // What follows is the status, and no setting.
        false if rule.says == Says::StatusText => Standing::Doubtful,
        false if is_setting(text, start, end) => Standing::None,
        false => Standing::Doubtful,
    }
}

/// Whether a status follows that tells that a server failed or had enough.
fn is_server_error(rule: &Rule, text: &str, end: usize, names_request: &impl Fn() -> bool) -> bool {
    let after = text.get(end..).unwrap_or_default();
    extract::status(status::near(after)).is_some_and(|status| status >= 500 || status == 429)
        && (rule.text().ends_with("code") || names_request())
}

/// Whether a match begins and ends with a word.
fn is_whole(rule: &Rule, text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    // Not every script has spaces between its words.
    let is_letter = |byte: Option<&u8>| byte.is_some_and(|byte| *byte >= 0x80);
    let starts = is_letter(bytes.get(start))
        || !joins(bytes, start.checked_sub(1), start)
        || (rule.is_joined && is_hump(bytes, start.checked_sub(1), start));
    let ends = rule.is_open()
        || is_letter(end.checked_sub(1).and_then(|end| bytes.get(end)))
        || !joins(bytes, end.checked_sub(1), end)
        || (rule.is_joined && is_hump(bytes, end.checked_sub(1), end));
    starts && ends
}

/// Whether the connection is only what a setting is of: `connection string`.
fn is_attribute(text: &str, start: usize, end: usize) -> bool {
    const OF: &[&str] = &[
        "string",
        "strings",
        "url",
        "uri",
        "parameter",
        "parameters",
        "option",
        "options",
        "setting",
        "settings",
        "name",
        "id",
        "type",
    ];
    let is_connection = text.get(start..end).is_some_and(|it| {
        it.len() >= 10 && it.as_bytes()[it.len() - 10..].eq_ignore_ascii_case(b"connection")
    });
    // Hardly any match is.
    if !is_connection {
        return false;
    }
    let word = text.get(end..).and_then(|it| it.strip_prefix(' ')).map_or("", extract::word);
    OF.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Whether something else than a name is resolved: `failed to resolve reference`.
fn is_no_name(rule: &Rule, text: &str, end: usize) -> bool {
    const OTHERS: &[&str] = &[
        "reference",
        "references",
        "dependency",
        "dependencies",
        "import",
        "module",
        "symbol",
        "path",
        "conflict",
        "conflicts",
        "package",
        "packages",
        "artifact",
        "plugin",
        "version",
        "placeholder",
        "type",
        "class",
        "issue",
        "variable",
        "promise",
        "action",
        "configuration",
    ];
    if !rule.text().ends_with("resolve") {
        return false;
    }
    let word = text.get(end..).and_then(|it| it.strip_prefix(' ')).map_or("", extract::word);
    OTHERS.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Whether the cause follows by its name: `connection broken by 'ReadTimeoutError(…`.
fn names_cause(text: &str, end: usize) -> bool {
    text.get(end..).is_some_and(|after| after.starts_with(" by '") || after.starts_with(" by \""))
}

/// How far before a match the path begins at most, in bytes: every match costs the same.
const LONGEST_PATH: usize = 256;

/// Whether the match stands in a path, whose words are names: `/errors/connection-refused`.
fn is_in_path(text: &str, start: usize) -> bool {
    // The ending of a file's name tells more than its place.
    if text.as_bytes().get(start) == Some(&b'.') {
        return false;
    }
    let from = start.saturating_sub(LONGEST_PATH);
    let before = text.as_bytes().get(from..start).unwrap_or_default();
    let ends = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b'=' | b'(' | b':' | b'\t');
    match before.iter().rposition(ends) {
        Some(end) => before.get(end + 1) == Some(&b'/'),
        None => from == 0 && before.first() == Some(&b'/'),
    }
}

/// Whether it was not even tried: `will not attempt to`.
fn is_not_done(text: &str, start: usize) -> bool {
    text.get(..start).is_some_and(|before| before.ends_with("not "))
}

/// Whether there were none: `0 timed out`.
fn is_none_of(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    before
        .strip_suffix("0 ")
        .is_some_and(|it| !it.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.'))
}

/// Words before a thing that is not there, or only spoken of.
const SPOKEN_OF: &[&str] = &[
    "0",
    "no",
    "without",
    "zero",
    "the",
    "a",
    "an",
    "your",
    "this",
    "invalid",
    "default",
    "configured",
    "max",
    "maximum",
    "set",
    "setting",
    "using",
];

/// Words before a limit that ran out.
const EXCEEDS: &[&str] = &["exceeds", "exceeded", "exceeding", "hit", "reached"];

/// Words that tell which limit is meant.
const KINDS: &[&str] =
    &["connect", "connection", "read", "write", "request", "response", "socket", "idle", "query"];

/// Whether a value follows, or a word before denies it: `timeout=5s`, `no timeout`.
fn is_setting(text: &str, start: usize, end: usize) -> bool {
    const SETS: &[&str] =
        &[" ", "=", " = ", " is ", " set ", " of ", "s: ", " to ", ": ", " : ", "\":", "\": "];
    let after = text.get(end..).unwrap_or_default();
    // The name of a setting goes on: `request.timeout.ms = 300`.
    let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let after = after.strip_prefix("(ms)").unwrap_or(after);
    let after = match after.starts_with(['.', '_', '-']) {
        true => after.trim_start_matches(goes_on),
        false => after,
    };
    let is_value = |rest: &str| {
        let value = rest.trim_start_matches(['"', '\'', ' ']);
        value.starts_with(|c: char| c.is_ascii_digit())
            || ["none", "null", "true", "false", "nil", "default"]
                .iter()
                .any(|it| value.starts_with(it))
    };
    let mut words = extract::before(text, start).trim_end().rsplit([' ', '(', ',', ':']);
    let mut word = words.next().unwrap_or_default();
    if KINDS.iter().any(|it| it.eq_ignore_ascii_case(word)) {
        word = words.next().unwrap_or_default();
    }
    if is_length(text, start) {
        return true;
    }
    let is_spoken_of = SPOKEN_OF.iter().any(|it| it.eq_ignore_ascii_case(word))
        || [" must ", " should ", " can "].iter().any(|it| after.starts_with(it));
    let is_key = after.trim_start().starts_with("= ") && is_joined_to(text, start);
    // `exceeds timeout 5 ms`
    if EXCEEDS.iter().any(|it| it.eq_ignore_ascii_case(word)) {
        return false;
    }
    is_spoken_of || is_key || SETS.iter().any(|set| after.strip_prefix(set).is_some_and(is_value))
}

/// Whether a word goes on into what stands there: `responseTimeout`.
fn is_joined_to(text: &str, start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether the length of a limit stands before its name: `a 5 second timeout`.
fn is_length(text: &str, start: usize) -> bool {
    const UNITS: &[&str] = &["s", "ms", "sec", "second", "seconds", "minute", "minutes", "min"];
    const RAN_OUT: &[&str] = &["after", "exceeded", "hit", "reached", "within", "the"];
    let mut words = extract::before(text, start).trim_end().rsplit([' ', '(']);
    let mut word = words.next().unwrap_or_default();
    // Hardly ever one of both.
    if !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | 's' | 'm')) {
        return false;
    }
    if UNITS.contains(&word) {
        word = words.next().unwrap_or_default();
    }
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_number =
        !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    is_number
        && !words.next().is_some_and(|it| RAN_OUT.iter().any(|word| word.eq_ignore_ascii_case(it)))
}

/// Whether a new word begins within an identifier: `SocketTimeout`, `read_timeout`.
fn is_hump(bytes: &[u8], left: Option<usize>, right: usize) -> bool {
    let left = left.and_then(|left| bytes.get(left));
    let after = bytes.get(right + 1);
    let right = bytes.get(right);
    left == Some(&b'_')
        || right == Some(&b'_')
        || (right.is_some_and(u8::is_ascii_uppercase)
            && (left.is_some_and(u8::is_ascii_lowercase)
                || after.is_some_and(u8::is_ascii_lowercase)))
}

/// Whether both bytes belong to one word.
fn joins(bytes: &[u8], left: Option<usize>, right: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    left.and_then(|left| bytes.get(left)).is_some_and(is_word)
        && bytes.get(right).is_some_and(is_word)
}

/// Whether the words stand for themselves, as a failure does: `…: connection timeout`, and
/// not `the connection timeout is 5s`.
fn is_clause(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end();
    let after = text.get(end..).unwrap_or_default();
    let begins = before.is_empty()
        || before.ends_with([':', ',', ';', '(', '[', '"', '\'', '-', '|', '>', '#']);
    let goes_on = after.trim_start_matches([':', ',', '.', ';', ')', ']', '"', '\'', '!']);
    let ends = goes_on.is_empty()
        || (goes_on.len() < after.len()
            && !goes_on.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        || [" after ", " while ", " to ", " on ", " for ", " ("]
            .iter()
            .any(|word| after.starts_with(word))
        || is_doing(after);
    begins && ends
}

/// Whether a word follows that tells at what: `timeout waiting …`.
fn is_doing(after: &str) -> bool {
    let word = after.strip_prefix(' ').map_or("", extract::word);
    word.len() > 6 && word.ends_with("ing") && !word.eq_ignore_ascii_case("setting")
}
