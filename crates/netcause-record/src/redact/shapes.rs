//! Tokens that are known by their shape, whatever stands around them.

use std::ops::Range;

use super::{Found, byte, run, take};

/// The longest way back to the first letter of a token.
const REACH: usize = 1024;

/// What the letters of a token are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// `A`–`Z`, `0`–`9`.
    Upper,
    /// Letters, digits, `_` and `-`, a digit among them.
    Word,
    /// Parts of base64url with dots between them (RFC 7519 §3).
    Jwt,
    /// Parts of a URL's path.
    Path,
    /// A private key in PEM (RFC 7468 §10, §11).
    Pem,
}

/// Where a token begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// With its prefix, which follows no letter.
    Prefix,
    /// One letter before it.
    LetterBefore,
    /// A word before it.
    WordBefore,
    /// Behind it: the prefix itself is no secret.
    Behind,
    /// With its second letter, the first being a mark.
    BehindMark,
}

/// A piece that only tokens have, and the fewest letters behind it.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    letters: Letters,
    least: usize,
    start: Start,
}

const fn token(prefix: &'static str, letters: Letters, least: usize) -> Shape {
    Shape { prefix, letters, least, start: Start::Prefix }
}

const fn from(start: Start, shape: Shape) -> Shape {
    Shape { start, ..shape }
}

/// As their issuers document them. Four letters at least: the search is quick with those.
pub(super) const SHAPES: &[Shape] = &[
    token("-----BEGIN", Letters::Pem, 0),
    // JSON Web Tokens: the usual beginning, and a second part that is an object.
    token("eyJh", Letters::Jwt, 12),
    from(Start::WordBefore, token(".eyJ", Letters::Jwt, 4)),
    // AWS.
    token("AKIA", Letters::Upper, 16),
    token("ASIA", Letters::Upper, 16),
    // GitHub.
    token("ghp_", Letters::Word, 20),
    token("gho_", Letters::Word, 20),
    token("ghu_", Letters::Word, 20),
    token("ghs_", Letters::Word, 20),
    token("ghr_", Letters::Word, 20),
    token("github_pat_", Letters::Word, 20),
    // GitLab.
    token("glpat-", Letters::Word, 16),
    // Slack.
    token("xoxb-", Letters::Word, 10),
    token("xoxp-", Letters::Word, 10),
    token("xapp-", Letters::Word, 12),
    from(Start::Behind, token("hooks.slack.com/services/", Letters::Path, 8)),
    // Stripe: `sk_`, `rk_`, `pk_`.
    from(Start::LetterBefore, token("k_live_", Letters::Word, 10)),
    from(Start::LetterBefore, token("k_test_", Letters::Word, 10)),
    token("whsec_", Letters::Word, 16),
    // Google.
    token("AIza", Letters::Word, 30),
    token("ya29.", Letters::Word, 16),
    token("GOCSPX-", Letters::Word, 16),
    // OpenAI and Anthropic.
    token("sk-proj-", Letters::Word, 20),
    token("sk-ant-", Letters::Word, 20),
    // Registries.
    token("npm_", Letters::Word, 30),
    token("pypi-", Letters::Word, 40),
    // Hugging Face, whose own prefix is too short to search for.
    from(Start::BehindMark, token(" hf_", Letters::Word, 30)),
    from(Start::BehindMark, token("\"hf_", Letters::Word, 30)),
];

/// Those that a text may begin with.
const AT_START: &[Shape] = &[token("hf_", Letters::Word, 30)];

/// Takes a token with a short prefix that a text begins with; says where to go on.
#[inline]
pub(super) fn at_start(text: &str, found: &mut Found) -> usize {
    match AT_START.iter().find(|known| text.starts_with(known.prefix)) {
        Some(known) => shape(text, 0..known.prefix.len(), known, found),
        None => 0,
    }
}

/// Applies a shape; says where to go on.
pub(super) fn shape(text: &str, hit: Range<usize>, shape: &Shape, found: &mut Found) -> usize {
    if shape.letters == Letters::Pem {
        return private_key(text, hit, found);
    }
    let end = run(text, hit.end, |letter| shape.letters.contain(letter));
    let behind = text.get(hit.end..end).unwrap_or_default();
    if behind.len() < shape.least || !shape.letters.fit(behind) {
        return hit.end;
    }
    if let Some(start) = shape.start.of(text, &hit, found.floor) {
        take(text, start..end, found);
    }
    end
}

impl Letters {
    fn contain(self, letter: u8) -> bool {
        match self {
            Letters::Upper => letter.is_ascii_uppercase() || letter.is_ascii_digit(),
            Letters::Word => is_word(letter),
            Letters::Jwt => is_word(letter) || letter == b'.',
            Letters::Path => is_word(letter) || letter == b'/',
            Letters::Pem => false,
        }
    }

    /// What a token must have besides its letters.
    fn fit(self, token: &str) -> bool {
        match self {
            Letters::Jwt => token.contains('.'),
            Letters::Word => token.bytes().any(|letter| letter.is_ascii_digit()),
            Letters::Upper | Letters::Path | Letters::Pem => true,
        }
    }
}

impl Start {
    fn of(self, text: &str, hit: &Range<usize>, floor: usize) -> Option<usize> {
        let begins = |start: usize| {
            let follows_letter = start > 0 && byte(text, start - 1).is_ascii_alphanumeric();
            (!follows_letter).then_some(start)
        };
        match self {
            Start::Prefix => begins(hit.start),
            Start::LetterBefore => begins(hit.start.checked_sub(1)?),
            Start::WordBefore => {
                let lowest = floor.max(hit.start.saturating_sub(REACH));
                let before = text.as_bytes().get(lowest..hit.start)?;
                let letters = before.iter().rev().take_while(|letter| is_word(**letter)).count();
                (letters > 0).then_some(hit.start - letters)
            }
            Start::Behind => Some(hit.end),
            Start::BehindMark => Some(hit.start + 1),
        }
    }
}

/// Takes a private key from its first line to its last.
fn private_key(text: &str, hit: Range<usize>, found: &mut Found) -> usize {
    let is_label = |letter: u8| letter.is_ascii_uppercase() || letter == b' ';
    let label = run(text, hit.end, is_label);
    if !text.get(hit.end..label).is_some_and(|label| label.ends_with("PRIVATE KEY")) {
        return label;
    }
    let rest = text.get(label..).unwrap_or_default();
    let end = match memchr::memmem::find(rest.as_bytes(), b"-----END") {
        Some(last_line) => {
            let last_label = run(text, label + last_line + "-----END".len(), is_label);
            run(text, last_label, |letter| letter == b'-')
        }
        // Cut off: whatever follows may be the key.
        None => text.len(),
    };
    take(text, hit.start..end, found);
    end
}

fn is_word(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-')
}
