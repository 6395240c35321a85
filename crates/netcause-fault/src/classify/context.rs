//! What a line is as a whole: whether it alarms, and whether it can report a failure at all.

use super::extract;
use super::starts::Starts;

/// How much of a line is looked at for its level.
const HEAD: usize = 200;

/// Whether the line names a machine by an IPv4 address, by host and port, or by a URL.
pub(super) fn names_address(line: &str) -> bool {
    line.contains("://") || names_socket(line)
}

/// Whether it is named by an IPv4 address or by host and port.
pub(super) fn names_socket(line: &str) -> bool {
    let is_around = |c: char| {
        matches!(c, ' ' | ',' | ';' | '(' | ')' | '[' | ']' | '"' | '\'' | '=' | '/' | '>')
    };
    line.split(is_around).any(is_address)
}

/// Whether the line speaks of a document or file, whose end is its own affair.
pub(super) fn names_document(line: &str) -> bool {
    const WORDS: Words = Words::new(&[
        "pars",
        "json",
        "yaml",
        "xml",
        "csv",
        "unmarshal",
        "deserializ",
        "syntax",
        "archive",
        "unzip",
        "connection string",
        "template",
    ]);
    has_one_start(line, &WORDS)
}

/// Whether the line speaks of a request of HTTP.
pub(super) fn names_request(line: &str) -> bool {
    const WORDS: Words =
        Words::new(&["http", "get", "post", "put", "delete", "method", "request", "uri"]);
    has_one_start(line, &WORDS)
}

fn is_address(word: &str) -> bool {
    if !word.bytes().any(|byte| matches!(byte, b'.' | b':')) {
        return false;
    }
    let word = word.trim_end_matches(['.', ':']);
    let (host, port) = word.rsplit_once(':').unwrap_or((word, ""));
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let is_port = port.len() >= 2 && port.parse::<u16>().is_ok();
    is_port
        && host.contains(|c: char| c.is_ascii_alphabetic())
        && !host.contains(['/', '{'])
        && !host.ends_with([':', '.'])
        && ![
            ".go", ".rs", ".c", ".cc", ".cpp", ".java", ".py", ".js", ".rb", ".php", ".ts", ".kt",
            ".scala",
        ]
        .iter()
        .any(|it| host.ends_with(it))
}

/// Levels below a warning, as a word of their own.
const CALM: Words =
    Words::new(&["info", "debug", "trace", "notice", "verbose", "fine", "finer", "finest"]);

/// Words that say that all is well again, or that nothing happened.
const WELL: Words = Words::new(&[
    "reconnected",
    "re-connected",
    "recovered",
    "successfully",
    "succeeded",
    "restored",
    "reestablished",
    "re-established",
    "back online",
    "is up",
    "no longer",
    "healthy again",
    "gracefully",
    "normally",
    "cleanly",
    "succeed",
    "succeeds",
    "to online",
    "became available",
]);

/// Whether the line reports that something went wrong, whatever it was; `has_alarm` tells
/// whether it has a word of alarm.
pub(super) fn is_alarming(line: &str, has_alarm: bool) -> bool {
    has_alarm || (!is_calm(line) && (is_bare(line) || has_level_letter(line, b"EWF")))
}

/// Whether it is a mere sentence, such as an error prints, without time and source.
fn is_bare(line: &str) -> bool {
    line.len() < HEAD
        && !line.starts_with(['{', '[', '<', ' ', '\t', '*'])
        && !has_time(line.as_bytes())
}

/// Whether a time of day stands in the line: `12:34`, which the port of an address is not.
fn has_time(line: &[u8]) -> bool {
    // Seconds since 1970.
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 10 || digits == 13 {
        return true;
    }
    line.windows(5).enumerate().any(|(at, it)| {
        let [h, m, b':', n, o] = it else { return false };
        let before = at.checked_sub(1).and_then(|at| line.get(at));
        let is_apart =
            before.is_none_or(|it| !it.is_ascii_alphanumeric() && *it != b'.' || *it == b'T');
        let ends = line.get(at + 5).is_none_or(|it| !it.is_ascii_digit());
        [h, m, n, o].iter().all(|it| it.is_ascii_digit()) && is_apart && ends
    })
}

/// Whether the line's level is below a warning.
pub(super) fn is_calm(line: &str) -> bool {
    let head = head(line);
    has_one_word(head, &CALM) || has_level_letter(line, b"IDVT")
}

/// What speaks of a setting, whatever else it says.
const CONFIGURES: Words = Words::new(&["configuration option"]);

/// What speaks of a try.
const RETRIES: Words = Words::new(&["retrying"]);

/// What takes back the words before it.
const BUT: Words = Words::new(&["but"]);

/// Whether the line tells how failures are treated, and reports none.
pub(super) fn is_policy(line: &str) -> bool {
    const CALM_ONES: Words =
        Words::new(&["retry policy", "retry limit", "retryable", "retry on", "retries on"]);
    has_one_word(line, &CONFIGURES)
        || (is_calm(line) && !has_one_word(line, &RETRIES) && has_one_word(line, &CALM_ONES))
}

/// Whether the line says that all is well again, and no level contradicts.
pub(super) fn is_well(line: &str) -> bool {
    const BAD: Words = Words::new(&["err", "fatal", "warn", "severe", "crit", "fail"]);
    // A level stands before; "recovered after 2 failed tries" has none.
    !has_one_word(line, &BUT)
        && place_of(line, &WELL)
            .is_some_and(|at| !has_one_start(head(line.get(..at).unwrap_or_default()), &BAD))
}

/// Whether the line says that all is well again.
pub(super) fn says_well(line: &str) -> bool {
    has_one_word(line, &WELL)
}

/// Whether the line is a frame of a stack trace, which is about code.
pub(super) fn is_frame(line: &str) -> bool {
    let line = content(line);
    if let Some(rest) = line.strip_prefix("at ") {
        return rest.contains('(') || rest.contains(".rs:") || rest.contains(".js:");
    }
    (line.starts_with("File \"") && line.contains("\", line "))
        || (line.starts_with("from ") && line.contains(":in "))
        || (line.starts_with('#')
            && line.get(1..2).is_some_and(|it| it.as_bytes()[0].is_ascii_digit())
            && (line.contains(" in ") || line.contains("): ")))
        || is_property(line)
        || is_code(line)
        || (line.contains(" (at ") && line.ends_with(')') && line.contains(".cs:"))
        || line.starts_with("goroutine ")
        || line.starts_with("... ") && line.ends_with(" more")
}

/// Whether the line is one of a program's source, as some print below a frame.
fn is_code(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "raise ", "throw ", "return ", "for ", "if ", "while ", "with ", "await ", "yield ",
        "self.",
    ];
    let is_sure = WORDS.iter().take(3).any(|it| line.starts_with(it));
    is_sure || (line.ends_with([':', '{', '(', ';']) && WORDS.iter().any(|it| line.starts_with(it)))
}

/// Whether the line is a property in a dump of an object: `    code: 'ECONNRESET',`.
fn is_property(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    const SPOKEN: &[&str] = &["message", "details", "cause", "error", "code"];
    let is_name = !SPOKEN.contains(&name)
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name
        && line.ends_with([',', '{'])
        && line.get(name.len()..).is_some_and(|it| it.starts_with(": "))
}

/// What stands behind time, level and source, as far as marks tell: a stack frame begins
/// there with its own word.
fn content(line: &str) -> &str {
    let mut rest = line.trim_start();
    for mark in ["]: ", "] ", " | ", ": "] {
        if let Some((before, after)) = rest.split_once(mark)
            && before.len() <= 60
            && after.trim_start().starts_with("at ")
        {
            rest = after.trim_start();
        }
    }
    rest
}

fn head(line: &str) -> &str {
    line.get(..line.floor_char_boundary(HEAD)).unwrap_or_default()
}

/// Whether a level stands as a single letter: `[W]`, `"s":"E"`, `E0408 07:54`, ` D/Tag`.
fn has_level_letter(line: &str, letters: &[u8]) -> bool {
    let head = head(line).as_bytes();
    head.iter().enumerate().any(|(at, letter)| {
        // Most are small.
        letter.is_ascii_uppercase() && letters.contains(letter) && {
            let before = at.checked_sub(1).and_then(|at| head.get(at)).copied();
            let behind = head.get(at + 1..).unwrap_or_default();
            is_alone(before, behind) || is_klog(behind) || is_esp(before, behind)
        }
    })
}

fn is_alone(before: Option<u8>, behind: &[u8]) -> bool {
    matches!(
        (before, behind.first()),
        (Some(b'['), Some(b']'))
            | (Some(b'"'), Some(b'"'))
            | (Some(b' '), Some(b'/' | b'!'))
            | (Some(b'|'), Some(b'|'))
    )
}

/// `E (235267) tag: `, as ESP-IDF logs: a level and the milliseconds since the start.
fn is_esp(before: Option<u8>, behind: &[u8]) -> bool {
    before.is_none_or(|it| it == b' ') && matches!(behind, [b' ', b'(', b'0'..=b'9', ..])
}

/// `E0408 07:54:34.543400`: level, month and day in one word, then the time.
fn is_klog(behind: &[u8]) -> bool {
    let Some(([month @ .., b' ', hour, _, b':'], _)) = behind.split_first_chunk::<8>() else {
        return false;
    };
    month.iter().all(u8::is_ascii_digit) && hour.is_ascii_digit()
}

/// Words that are looked for together.
struct Words {
    words: &'static [&'static str],
    starts: Starts,
}

impl Words {
    /// Words of two small letters or more.
    const fn new(words: &'static [&'static str]) -> Self {
        let (mut starts, mut at) = (Starts::none(), 0);
        while at < words.len() {
            let word = words[at].as_bytes();
            starts = starts.with(word[0], word[1]);
            at += 1;
        }
        Words { words, starts }
    }

    /// The words that may stand where a word of the text begins.
    fn like(&self, text: &str, at: usize) -> &'static [&'static str] {
        let Some([first, second, ..]) = text.as_bytes().get(at..) else { return &[] };
        if self.starts.may_be(*first, *second) { self.words } else { &[] }
    }
}

/// Whether one of the words stands in the text, whatever its case.
fn has_one_word(text: &str, words: &Words) -> bool {
    place_of(text, words).is_some()
}

/// Where the first of the words stands in the text, whatever its case.
fn place_of(text: &str, words: &Words) -> Option<usize> {
    let stands = |at: usize, it: &str| begins(text, at, it) && is_end(text, at + it.len());
    starts(text).find(|at| words.like(text, *at).iter().any(|it| stands(*at, it)))
}

/// Whether a word of the text begins like one of these, whatever its case.
fn has_one_start(text: &str, words: &Words) -> bool {
    starts(text).any(|at| words.like(text, at).iter().any(|it| begins(text, at, it)))
}

/// Whether something stands at a place, whatever its case.
fn begins(text: &str, at: usize, word: &str) -> bool {
    #[cfg(test)]
    super::work::count(1);
    let (text, word) = (text.as_bytes().get(at..).unwrap_or_default(), word.as_bytes());
    // Hardly any begin with the same letter.
    matches!((text, word), ([one, ..], [other, ..]) if one.eq_ignore_ascii_case(other))
        && text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
}

/// Where words of letters begin, also within an identifier.
fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before = b' ';
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        let is_start = byte.is_ascii_alphabetic()
            && (!before.is_ascii_alphanumeric()
                || (before.is_ascii_lowercase() && byte.is_ascii_uppercase()));
        before = byte;
        is_start.then_some(at)
    })
}

fn is_end(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_none_or(|after| !after.is_ascii_alphanumeric() && *after != b'_')
}

/// Whether there are none: `0 errors`, `no error`, `errors=0`, `error: null`, `err=<nil>`.
pub(super) fn is_denied(text: &str, at: usize, length: usize) -> bool {
    let before = extract::before(text, at).trim_end();
    let word = before.rsplit([' ', '(', '[', '=', ',']).next().unwrap_or_default();
    let is_none =
        ["0", "no", "zero", "without", "not"].iter().any(|it| it.eq_ignore_ascii_case(word));
    let after = text.get(at + length..).unwrap_or_default();
    let after = after.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
    let value = after.trim_start_matches(['"', ':', '=', ' ']);
    let is_set = value.len() < after.len();
    let empty = ["0", "null", "nil", "none", "<nil>", "false", "never"];
    let is_empty = is_set
        && empty.iter().any(|it| {
            value.get(..it.len()).is_some_and(|start| start.eq_ignore_ascii_case(it))
                && value
                    .as_bytes()
                    .get(it.len())
                    .is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'.')
        });
    is_none || is_empty
}
