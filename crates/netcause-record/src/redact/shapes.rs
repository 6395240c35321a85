//! Tokens that are known by their shape, whatever stands around them.

use std::ops::Range;

use super::{Found, byte, run, take};

/// What the letters of a token are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// `A`–`Z`, `0`–`9`.
    Upper,
    /// Letters, digits, `_` and `-`.
    Word,
    /// A JSON Web Token: three parts of base64url (RFC 7519 §3).
    Jwt,
    /// A private key in PEM (RFC 7468 §10, §11).
    Pem,
    /// A part of a URL's path, up to its end; the prefix stays.
    Path,
}

/// A prefix that only tokens have, and the fewest letters behind it.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    letters: Letters,
    least: usize,
}

const fn token(prefix: &'static str, letters: Letters, least: usize) -> Shape {
    Shape { prefix, letters, least }
}

/// As their issuers document them.
pub(super) const SHAPES: &[Shape] = &[
    token("-----BEGIN", Letters::Pem, 0),
    token("eyJ", Letters::Jwt, 12),
    // AWS access keys.
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
    token("xox", Letters::Word, 12),
    token("xapp-", Letters::Word, 12),
    token("hooks.slack.com/services/", Letters::Path, 8),
    // Stripe.
    token("sk_live_", Letters::Word, 10),
    token("sk_test_", Letters::Word, 10),
    token("rk_live_", Letters::Word, 10),
    token("whsec_", Letters::Word, 16),
    // Google.
    token("AIza", Letters::Word, 30),
    token("ya29.", Letters::Word, 16),
    token("GOCSPX-", Letters::Word, 16),
    // Others.
    token("npm_", Letters::Word, 30),
    token("hf_", Letters::Word, 30),
    token("sk-", Letters::Word, 24),
    token("pypi-", Letters::Word, 40),
    token("SG.", Letters::Jwt, 40),
];

/// Takes a token whose prefix was found at `hit`.
pub(super) fn shape_at(text: &str, hit: Range<usize>, shape: &Shape, found: &mut Found) -> usize {
    let inside = |letter: u8| match shape.letters {
        Letters::Upper => letter.is_ascii_uppercase() || letter.is_ascii_digit(),
        Letters::Word => is_word(letter),
        Letters::Jwt => is_word(letter) || letter == b'.',
        Letters::Path => is_word(letter) || letter == b'/',
        Letters::Pem => return false,
    };
    let end = run(text, hit.end, inside);
    let token = text.get(hit.end..end).unwrap_or_default();
    let exact = text.get(hit.clone()) == Some(shape.prefix);
    if !exact || token.len() < shape.least || !shape.letters.fit(token) {
        return hit.end;
    }
    match shape.letters {
        Letters::Path => take(text, hit.end..end, found),
        _ if follows_a_word(text, hit.start) => {}
        _ => take(text, hit.start..end, found),
    }
    end
}

impl Letters {
    /// What a token must have besides its letters.
    fn fit(self, token: &str) -> bool {
        match self {
            Letters::Jwt => token.contains('.'),
            Letters::Word => token.bytes().any(|letter| letter.is_ascii_digit()),
            Letters::Upper | Letters::Path | Letters::Pem => true,
        }
    }
}

/// Applies a shape; says where to go on.
pub(super) fn shape(text: &str, hit: Range<usize>, shape: &Shape, found: &mut Found) -> usize {
    match shape.letters {
        Letters::Pem => private_key(text, hit, found),
        _ => shape_at(text, hit, shape, found),
    }
}

/// Takes a private key from its first line to its last.
fn private_key(text: &str, hit: Range<usize>, found: &mut Found) -> usize {
    let label = run(text, hit.end, |letter| letter.is_ascii_uppercase() || letter == b' ');
    let is_private = text.get(hit.end..label).is_some_and(|label| label.ends_with("PRIVATE KEY"));
    if !is_private {
        return label;
    }
    let rest = text.get(label..).unwrap_or_default();
    let end = match memchr::memmem::find(rest.as_bytes(), b"-----END") {
        Some(last_line) => {
            let after_label = run(text, label + last_line + "-----END".len(), |letter| {
                letter.is_ascii_uppercase() || letter == b' '
            });
            run(text, after_label, |letter| letter == b'-')
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

/// Whether the prefix is only the end of a longer word.
fn follows_a_word(text: &str, start: usize) -> bool {
    start > 0 && byte(text, start - 1).is_ascii_alphanumeric()
}
