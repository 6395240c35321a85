//! The levels of all loggers, as ours.

use netcause_record::Severity;

/// Every name that a level goes by, in small letters.
const NAMES: &[(&str, Severity)] = &[
    ("info", Severity::Info),
    ("error", Severity::Error),
    ("warn", Severity::Warn),
    ("warning", Severity::Warn),
    ("debug", Severity::Debug),
    ("trace", Severity::Trace),
    ("fatal", Severity::Error),
    ("critical", Severity::Error),
    ("notice", Severity::Info),
    ("information", Severity::Info),
    ("informational", Severity::Info),
    ("err", Severity::Error),
    ("crit", Severity::Error),
    ("alert", Severity::Error),
    ("emerg", Severity::Error),
    ("emergency", Severity::Error),
    ("panic", Severity::Error),
    ("dpanic", Severity::Error),
    ("severe", Severity::Error),
    ("fail", Severity::Error),
    ("verbose", Severity::Trace),
    ("fine", Severity::Debug),
    ("finer", Severity::Trace),
    ("finest", Severity::Trace),
    ("config", Severity::Info),
    ("dbg", Severity::Debug),
    ("dbug", Severity::Debug),
    ("dbui", Severity::Debug),
    ("trce", Severity::Trace),
    ("verb", Severity::Trace),
    ("vrb", Severity::Trace),
    ("inf", Severity::Info),
    ("wrn", Severity::Warn),
    ("ftl", Severity::Error),
    ("default", Severity::Info),
    ("log", Severity::Info),
];

/// The longest of the names.
const LONGEST: usize = 13;

/// The level that a value under a level's key states, in any case.
pub(crate) fn of_name(name: &[u8]) -> Option<Severity> {
    let name = name.trim_ascii();
    if name.len() > LONGEST {
        return None;
    }
    let found = NAMES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
    found.map(|(_, severity)| *severity)
}

/// Whether our own name for a level tells as much as this one.
pub(crate) fn is_usual(name: &[u8]) -> bool {
    const USUAL: [&str; 7] = ["trace", "debug", "info", "warn", "warning", "error", "err"];
    USUAL.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(name))
}

/// The level that a word at the beginning of a line states. In running text only words that
/// are all capitals, or all small and of a level that is no common word, are levels.
pub(crate) fn of_word(word: &[u8]) -> Option<Severity> {
    let word = word.strip_suffix(b":").unwrap_or(word);
    if !(3..=LONGEST).contains(&word.len()) {
        return None;
    }
    let all = |is: fn(&u8) -> bool| word.iter().all(is);
    if all(u8::is_ascii_uppercase) {
        return of_name(word);
    }
    let common: &[&[u8]] = &[b"log", b"default", b"config", b"fine", b"alert", b"fail", b"panic"];
    (all(u8::is_ascii_lowercase) && !common.contains(&word)).then(|| of_name(word)).flatten()
}

/// The level of a letter, as klog, Ruby and MongoDB write it.
pub(crate) fn of_letter(letter: u8) -> Option<Severity> {
    match letter {
        b'T' => Some(Severity::Trace),
        b'D' => Some(Severity::Debug),
        b'I' => Some(Severity::Info),
        b'W' => Some(Severity::Warn),
        b'E' | b'F' | b'C' | b'A' => Some(Severity::Error),
        _ => None,
    }
}

/// The level of a syslog severity (RFC 5424 §6.2.1).
pub(crate) fn of_syslog(severity: u64) -> Option<Severity> {
    match severity {
        0..=3 => Some(Severity::Error),
        4 => Some(Severity::Warn),
        5 | 6 => Some(Severity::Info),
        7 => Some(Severity::Debug),
        _ => None,
    }
}

/// The level of a number under a level's key: tens as pino and bunyan count, hundreds as
/// Monolog. Smaller numbers mean one thing to syslog and another to others.
pub(crate) fn of_number(number: u64) -> Option<Severity> {
    match number {
        10 => Some(Severity::Trace),
        20 | 100 => Some(Severity::Debug),
        30 | 200 | 250 => Some(Severity::Info),
        40 | 300 => Some(Severity::Warn),
        50 | 60 | 400 | 500 | 550 | 600 => Some(Severity::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_levels_are_known_in_any_case() {
        for (name, severity) in NAMES {
            assert_eq!(of_name(name.to_ascii_uppercase().as_bytes()), Some(*severity));
            assert!(name.len() <= LONGEST, "{name}");
        }
        assert_eq!(of_name(b"Warning"), Some(Severity::Warn));
        assert_eq!(of_name(b"high"), None);
    }

    #[test]
    fn a_common_word_is_no_level_unless_it_is_all_capitals() {
        assert_eq!(of_word(b"LOG:"), Some(Severity::Info));
        for word in ["log", "fine", "Error", "config", "in", "E"] {
            assert_eq!(of_word(word.as_bytes()), None, "{word}");
        }
        assert_eq!(of_word(b"error"), Some(Severity::Error));
    }
}
