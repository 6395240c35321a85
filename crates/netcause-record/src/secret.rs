//! Which keys say that their value is a secret.

/// What stands in a secret's place.
pub const REDACTED: &str = "REDACTED";

/// Ends of keys that hold a secret, in lower case and without separators.
const ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "token",
    "secret",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "cookies",
    "apikey",
    "privatekey",
    "accesskey",
    "accesskeyid",
    "accountkey",
    "secretkey",
    "secretkeybase",
    "signingkey",
    "encryptionkey",
    "sharedkey",
    "sessionkey",
    "authkey",
    "sessionid",
    "sessid",
];

/// Short ones, which must be whole words.
const WORDS: &[&str] = &["pwd", "dsn", "jwt", "bearer"];

/// Words after which the value is still the secret: `token_value`, `password2`.
const QUALIFIERS: &[&str] =
    &["value", "header", "hash", "confirmation", "confirm", "raw", "plain", "plaintext", "base64"];

/// Whether a key says that its value is a secret: by its last words, so that
/// `token_count`, `tokens` and `password_length` do not.
pub(crate) fn is_secret_key(key: &str) -> bool {
    if !may_be_secret(key) {
        return false;
    }
    let name = trim_end(key.as_bytes(), |byte| !byte.is_ascii_alphabetic());
    strip_one_of(ENDINGS, without_qualifier(name)).is_some()
        || WORDS.iter().any(|word| ends_with_word(key, word))
}

/// The last three letters of everything that may end the name of a secret: a bit for each
/// last letter under those before it. Nearly all other names are told by them.
const LAST_LETTERS: [[u32; 26]; 26] = {
    let mut endings = [[0; 26]; 26];
    let mut list = 0;
    while list < 3 {
        let words = [ENDINGS, WORDS, QUALIFIERS][list];
        let mut index = 0;
        while index < words.len() {
            let [third, second, last] = last_letters(words[index].as_bytes());
            endings[number(third) as usize][number(second) as usize] |= 1 << number(last);
            index += 1;
        }
        list += 1;
    }
    endings
};

/// Up to eight letters and digits that a name may end with, to be compared at once.
#[derive(Debug, Clone, Copy)]
struct Ending {
    letters: u64,
    bits: u32,
}

/// The ends of everything that may end the name of a secret.
const LAST_WORDS: [Ending; ENDINGS.len() + WORDS.len() + QUALIFIERS.len()] = {
    let mut endings =
        [Ending { letters: 0, bits: 0 }; ENDINGS.len() + WORDS.len() + QUALIFIERS.len()];
    let (mut list, mut count) = (0, 0);
    while list < 3 {
        let words = [ENDINGS, WORDS, QUALIFIERS][list];
        let mut index = 0;
        while index < words.len() {
            let letters = from_end(words[index].as_bytes());
            endings[count] = Ending { letters, bits: u64::BITS - letters.leading_zeros() / 8 * 8 };
            index += 1;
            count += 1;
        }
        list += 1;
    }
    endings
};

/// The last eight letters and digits in lower case, the last one lowest.
const fn from_end(name: &[u8]) -> u64 {
    let (mut letters, mut shift) = (0, 0);
    let mut at = name.len();
    while at > 0 && shift < u64::BITS {
        at -= 1;
        if name[at].is_ascii_alphanumeric() {
            letters |= (name[at].to_ascii_lowercase() as u64) << shift;
            shift += 8;
        }
    }
    letters
}

/// Whether the name of a secret may end as this text does: a longer look than
/// [`may_end_secret`].
pub(crate) fn ends_like_secret(text: &[u8]) -> bool {
    let letters = from_end(trim_end(text, |byte| !byte.is_ascii_alphabetic()));
    LAST_WORDS.iter().any(|it| (letters ^ it.letters) << (u64::BITS - it.bits) == 0)
}

/// The last three letters, whatever stands between; 0 for none.
const fn last_letters(name: &[u8]) -> [u8; 3] {
    let mut found = [0; 3];
    let (mut at, mut missing) = (name.len(), 3);
    while at > 0 && missing > 0 {
        at -= 1;
        if name[at].is_ascii_alphabetic() {
            missing -= 1;
            found[missing] = name[at];
        }
    }
    found
}

/// The place of a letter in the alphabet; 26 or more for what is no letter.
const fn number(letter: u8) -> u8 {
    (letter | 0x20).wrapping_sub(b'a')
}

/// Whether the name of a secret may end with these three letters.
#[inline]
pub(crate) fn may_end_secret([third, second, last]: [u8; 3]) -> bool {
    let [third, second, last] = [number(third), number(second), number(last)];
    let endings = LAST_LETTERS.get(usize::from(third));
    let endings = endings.and_then(|endings| endings.get(usize::from(second)));
    last < 26 && endings.is_some_and(|endings| endings >> last & 1 != 0)
}

fn may_be_secret(key: &str) -> bool {
    may_end_secret(last_letters(key.as_bytes())) && ends_like_secret(key.as_bytes())
}

/// Whether `key` ends with `word`, in any case and with any separators, as whole words.
pub(crate) fn ends_with_word(key: &str, word: &str) -> bool {
    let before = strip_end(key.as_bytes(), word);
    before.is_some_and(|before| before.last().is_none_or(|last| !last.is_ascii_alphanumeric()))
}

/// What stands before the letters of `word` at the end of `key`.
fn strip_end<'k>(mut key: &'k [u8], word: &str) -> Option<&'k [u8]> {
    for expected in word.bytes().rev().filter(u8::is_ascii_alphanumeric) {
        let (last, before) = trim_separators(key).split_last()?;
        if !last.eq_ignore_ascii_case(&expected) {
            return None;
        }
        key = before;
    }
    Some(key)
}

fn without_qualifier(name: &[u8]) -> &[u8] {
    let before = strip_one_of(QUALIFIERS, name).map(trim_separators);
    before.filter(|before| !before.is_empty()).unwrap_or(name)
}

fn strip_one_of<'k>(words: &[&str], name: &'k [u8]) -> Option<&'k [u8]> {
    words.iter().find_map(|word| strip_end(name, word))
}

fn trim_separators(name: &[u8]) -> &[u8] {
    trim_end(name, |byte| !byte.is_ascii_alphanumeric())
}

fn trim_end(mut bytes: &[u8], is_trimmed: impl Fn(u8) -> bool) -> &[u8] {
    while let Some((&last, before)) = bytes.split_last()
        && is_trimmed(last)
    {
        bytes = before;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_by_their_last_words() {
        for key in [
            "password",
            "user_password",
            "PASSWORD",
            "db.password",
            "passwd",
            "pwd",
            "db_pwd",
            "token",
            "auth_token",
            "accessToken",
            "refresh-token",
            "x-amz-security-token",
            "secret",
            "client_secret",
            "clientSecret",
            "api_key",
            "apikey",
            "api-key",
            "x-api-key",
            "X-Api-Key",
            "credential",
            "credentials",
            "private_key",
            "session_id",
            "session.id",
            "SESSIONID",
            "JSESSIONID",
            "PHPSESSID",
            "access_key",
            "aws_secret_access_key",
            "dsn",
            "database_dsn",
            "authorization",
            "Authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "http.request.header.authorization",
            "password2",
            "token_value",
            "password_confirmation",
            "authorization_header",
            "jwt",
            "SECRET_KEY_BASE",
            "password_",
            "AccountKey",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn names_about_secrets_are_not_secrets() {
        for key in [
            "",
            "_",
            "key",
            "token_count",
            "tokens",
            "max_tokens",
            "secretary",
            "password_length",
            "token_type",
            "token_url",
            "secret_name",
            "cookie_name",
            "tokenizer",
            "cwd",
            "author",
            "public_key",
            "primary_key",
            "routing_key",
            "idempotency_key",
            "keyboard",
            "monkey",
            "session",
            "basic",
            "auth",
            "authority",
            "value",
            "hash",
            "base64",
            "pass",
            "2",
            "authorization_url",
            "passwordless",
            "user",
            "error",
            "kdsn",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn a_word_is_found_at_the_end_of_a_key_only_as_a_whole() {
        assert!(ends_with_word("user.national-id", "national_id"));
        assert!(ends_with_word("PIN", "pin"));
        assert!(!ends_with_word("spin", "pin"));
        assert!(!ends_with_word("pin_length", "pin"));
    }
}
