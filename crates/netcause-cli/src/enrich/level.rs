//! The levels of all loggers, as ours.

use netcause_record::Severity;

/// The longest name of a level.
const LONGEST: usize = 13;

/// The level that a value under a level's key states, in any case.
pub(crate) fn of_name(name: &[u8]) -> Option<Severity> {
    let name = name.trim_ascii();
    let mut small = [0; LONGEST];
    let small = small.get_mut(..name.len())?;
    small.copy_from_slice(name);
    small.make_ascii_lowercase();
    of_small_name(small)
}

/// Every name that a level goes by, in small letters.
fn of_small_name(name: &[u8]) -> Option<Severity> {
    match name {
        b"trace" | b"verbose" | b"finer" | b"finest" | b"trce" | b"verb" | b"vrb" => {
            Some(Severity::Trace)
        }
        b"debug" | b"fine" | b"dbg" | b"dbug" | b"dbui" => Some(Severity::Debug),
        b"info" | b"notice" | b"information" | b"informational" | b"config" | b"inf"
        | b"default" | b"log" => Some(Severity::Info),
        b"warn" | b"warning" | b"wrn" => Some(Severity::Warn),
        b"error" | b"err" | b"fatal" | b"critical" | b"crit" | b"alert" | b"emerg"
        | b"emergency" | b"panic" | b"dpanic" | b"severe" | b"fail" | b"ftl" => {
            Some(Severity::Error)
        }
        _ => None,
    }
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
    match word.first()? {
        b'A'..=b'Z' if word.iter().all(u8::is_ascii_uppercase) => of_name(word),
        b'a'..=b'z' if !is_common(word) => of_small_name(word),
        _ => None,
    }
}

/// Whether a name of a level is a common word, too.
fn is_common(word: &[u8]) -> bool {
    matches!(word, b"log" | b"default" | b"config" | b"fine" | b"alert" | b"fail" | b"panic")
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
        for (names, severity) in [
            ("trace verbose finer finest trce verb vrb", Severity::Trace),
            ("debug fine dbg dbug dbui", Severity::Debug),
            ("info notice information informational inf config default log", Severity::Info),
            ("warn warning wrn", Severity::Warn),
            ("error err fatal critical crit alert emerg emergency panic dpanic", Severity::Error),
            ("severe fail ftl", Severity::Error),
        ] {
            for name in names.split(' ') {
                assert_eq!(of_name(name.as_bytes()), Some(severity), "{name}");
                assert_eq!(of_name(name.to_ascii_uppercase().as_bytes()), Some(severity));
            }
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
