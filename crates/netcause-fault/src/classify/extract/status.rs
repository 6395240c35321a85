//! Numbers and words right behind a pattern.

use std::net::SocketAddr;

/// The methods that a request has.
const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// The method of this name, as it is written in capitals or, by Go, with one.
pub(super) fn method(word: &str) -> Option<&'static str> {
    let is_it = |method: &&&str| {
        **method == word
            || (word.starts_with(|c: char| c.is_ascii_uppercase())
                && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
                && method.eq_ignore_ascii_case(word))
    };
    METHODS.iter().find(is_it).copied()
}

/// The method at the start, and what follows it.
pub(in crate::classify) fn method_at(text: &str) -> Option<(&'static str, &str)> {
    let word = word(text);
    let method = METHODS.iter().find(|method| **method == word)?;
    Some((method, text.get(word.len()..)?))
}

/// A socket address at the start, up to a comma or a bracket.
pub(in crate::classify) fn socket_address(after: &str) -> Option<SocketAddr> {
    after.split([',', ')', ' ']).next()?.parse().ok()
}

/// A number at the start.
pub(in crate::classify) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)?.parse().ok()
}

/// A failing status at the start: three digits and no fourth.
pub(in crate::classify) fn status(text: &str) -> Option<u16> {
    let status = u16::try_from(number(text)?).ok()?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3 && (400..600).contains(&status)).then_some(status)
}

/// The name at the start: letters and digits.
pub(in crate::classify) fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
/// The name of a TLS alert at the start: `CertificateRequired`, `certificate_required`,
/// `bad certificate`.
pub(in crate::classify) fn alert(text: &str) -> &str {
    let first = text.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(first);
    let is_one_word = name.contains('_') || name.bytes().skip(1).any(|c| c.is_ascii_uppercase());
    if is_one_word || !rest.starts_with(' ') {
        return name;
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != ' ').unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end()
}

/// Whether the words in a text are the code of an answer: in capitals (`UNAVAILABLE`,
/// `DEADLINE_EXCEEDED`), or where a code stands (`code = Unavailable`).
pub(in crate::classify) fn is_code(text: &str, start: usize, end: usize) -> bool {
    const BEFORE: &[&str] = &[
        "code = ",
        "code=",
        "code: ",
        "statuscode.",
        "status=",
        "status: ",
        "code\":\"",
        "code\": \"",
    ];
    let word = text.get(start..end).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default().as_bytes();
    let is_behind = |it: &&str| {
        before
            .len()
            .checked_sub(it.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(it.as_bytes()))
    };
    !word.bytes().any(|byte| byte.is_ascii_lowercase()) || BEFORE.iter().any(is_behind)
}
