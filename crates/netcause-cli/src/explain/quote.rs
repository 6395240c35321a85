//! Words of a shell's command line.

use std::borrow::Cow;

/// A word that any POSIX shell takes literally.
pub(super) fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:/@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

/// A host that a command can be given: no option, and nothing that no host has.
pub(super) fn host(name: &str) -> Option<&str> {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:%".contains(&byte);
    let usable = !name.is_empty() && name.bytes().all(usual) && !name.starts_with(['-', '%']);
    usable.then_some(name)
}

/// A URL to ask again, without its user, query and fragment, which may hold secrets.
pub(super) fn url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let usable = host(authority.trim_matches(['[', ']'])).is_some() || authority.starts_with('[');
    let shown = !path.contains(|it: char| it.is_control() || it.is_whitespace());
    (usable && shown).then(|| format!("{scheme}://{authority}/{path}"))
}
