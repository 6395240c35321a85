//! Which keys say that their value is a secret.

/// What stands in a secret's place.
pub const REDACTED: &str = "REDACTED";

/// The longest key, in letters and digits, that is looked at; of a longer one, its end.
const LONGEST: usize = 64;

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
    let key = key.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let mut buffer = [0; LONGEST];
    let letters = strip_qualifiers(normalize(key, &mut buffer));
    ENDINGS.iter().any(|ending| letters.ends_with(ending.as_bytes()))
        || WORDS.iter().any(|word| ends_with_word(key, word))
}

/// The last two letters of everything that may end the name of a secret: a bit for each
/// last letter under each one before it. Most names are told by them to hold none.
const LAST_LETTERS: [u32; 26] = {
    let mut pairs = [0; 26];
    let mut list = 0;
    while list < 3 {
        let words = [ENDINGS, WORDS, QUALIFIERS][list];
        let mut index = 0;
        while index < words.len() {
            let [before, last] = last_letters(words[index].as_bytes());
            pairs[before as usize] |= 1 << last;
            index += 1;
        }
        list += 1;
    }
    pairs
};

/// The last two letters, as numbers of the alphabet, whatever stands between; 26 for none.
const fn last_letters(name: &[u8]) -> [u8; 2] {
    let mut found = [26, 26];
    let mut at = name.len();
    while at > 0 && found[0] == 26 {
        at -= 1;
        if name[at].is_ascii_alphabetic() {
            let letter = name[at].to_ascii_lowercase() - b'a';
            found = if found[1] == 26 { [26, letter] } else { [letter, found[1]] };
        }
    }
    found
}

fn may_be_secret(key: &str) -> bool {
    let [before, last] = last_letters(key.as_bytes());
    LAST_LETTERS.get(before as usize).is_some_and(|pairs| pairs >> last & 1 != 0)
}

/// Whether the name of a secret may end with these two letters.
#[inline]
pub(crate) fn may_end_secret(before: u8, last: u8) -> bool {
    let number = |letter: u8| (letter | 0x20).wrapping_sub(b'a');
    let pairs = LAST_LETTERS.get(usize::from(number(before)));
    number(last) < 26 && pairs.is_some_and(|pairs| pairs >> number(last) & 1 != 0)
}

/// Whether `key` ends with `word`, in any case and with any separators, as whole words.
pub(crate) fn ends_with_word(key: &str, word: &str) -> bool {
    let mut key = key.bytes().rev().peekable();
    for expected in word.bytes().rev().filter(u8::is_ascii_alphanumeric) {
        while key.next_if(|byte| !byte.is_ascii_alphanumeric()).is_some() {}
        if !key.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&expected)) {
            return false;
        }
    }
    key.next().is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// The key's letters and digits in lower case, from its end.
fn normalize<'a>(key: &str, buffer: &'a mut [u8; LONGEST]) -> &'a [u8] {
    let letters = key.bytes().rev().filter(u8::is_ascii_alphanumeric);
    let mut start = LONGEST;
    for (slot, letter) in buffer.iter_mut().rev().zip(letters) {
        *slot = letter.to_ascii_lowercase();
        start -= 1;
    }
    buffer.get(start..).unwrap_or_default()
}

fn strip_qualifiers(letters: &[u8]) -> &[u8] {
    let digits = letters.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = letters.get(..letters.len() - digits).unwrap_or_default();
    QUALIFIERS
        .iter()
        .find_map(|word| letters.strip_suffix(word.as_bytes()))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(letters)
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
