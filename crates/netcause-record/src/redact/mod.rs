//! [`Redactor`]: takes secrets out of texts.
//!
//! Most secrets stand behind a mark: a key's `:` or `=`, a URL's `://` or `?`. The
//! others are found by short pieces that they contain ([`prefilter`]). At each mark and
//! piece a rule looks closer: at keys and their values ([`pairs`]), URLs ([`url`]),
//! authorization schemes ([`schemes`]) and tokens that are known by their shape
//! ([`shapes`]). A text without secrets costs little more than finding its marks.
//!
//! No rule looks back or ahead over what another rule has consumed, so that the work is
//! linear in the text.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::places::{Places, repeat};
use crate::secret::{self, REDACTED};
use prefilter::{Prefilter, Rule};

mod pairs;
mod prefilter;
mod schemes;
mod shapes;
mod url;

/// The most passes over one text; the second finds nothing but in contrived texts.
const PASSES: usize = 4;

/// The places of secrets, in order, without overlap.
#[derive(Debug, Default)]
struct Found {
    places: SmallVec<[Range<usize>; 8]>,
    /// The end of what has been looked at: no rule reaches back over it.
    floor: usize,
}

/// Takes secrets out of texts and says which keys hold them.
///
/// # Example: a URL with a password and a key
///
/// ```
/// use netcause_record::Redactor;
///
/// let redactor = Redactor::new(["national_id"]);
/// let mut text = String::from("GET https://bob:pw@api.example:8443/v1?key=abc national_id=7");
/// redactor.text(&mut text, 0);
/// assert_eq!(
///     text,
///     "GET https://REDACTED@api.example:8443/v1?key=REDACTED national_id=REDACTED",
/// );
/// assert!(redactor.is_secret_key("user.national_id"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    extra_keys: Vec<String>,
}

impl Redactor {
    /// The built-in rules, and further names of keys whose values are secrets.
    #[must_use]
    pub fn new(extra_keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut extra_keys: Vec<String> = extra_keys.into_iter().map(Into::into).collect();
        extra_keys.retain(|key| key.bytes().any(|byte| byte.is_ascii_alphanumeric()));
        Redactor { extra_keys }
    }

    /// Whether a key says that its value is a secret.
    #[must_use]
    pub fn is_secret_key(&self, key: &str) -> bool {
        secret::is_secret_key(key)
            || self.extra_keys.iter().any(|extra| secret::ends_with_word(key, extra))
    }

    /// Replaces every secret in `buffer[start..]` by `REDACTED`; says whether there was one.
    ///
    /// # Performance
    ///
    /// Allocates nothing for a text without secrets.
    #[inline]
    pub fn text(&self, buffer: &mut String, start: usize) -> bool {
        self.passes(PASSES, buffer, start)
    }

    fn passes(&self, passes: usize, buffer: &mut String, start: usize) -> bool {
        // What stands beside a removed secret may only then read as one.
        for pass in 0..passes {
            let text = buffer.get(start..).unwrap_or_default();
            let mut found = Found::default();
            self.search(text, usize::MAX, &mut found);
            if found.places.is_empty() {
                return pass > 0;
            }
            replace(buffer, start, &found.places);
        }
        true
    }

    /// A text with every secret replaced by `REDACTED`, as [`Redactor::text`] does it.
    ///
    /// ```
    /// use netcause_record::Redactor;
    ///
    /// assert_eq!(Redactor::default().clean("password=hunter2 a=1"), "password=REDACTED a=1");
    /// ```
    ///
    /// # Performance
    ///
    /// Allocates nothing for a text without secrets.
    #[inline]
    #[must_use]
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found = Found::default();
        self.search(text, usize::MAX, &mut found);
        if found.places.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len() + found.places.len() * REDACTED.len());
        let mut kept = 0;
        for place in &found.places {
            clean.push_str(text.get(kept..place.start).unwrap_or_default());
            clean.push_str(REDACTED);
            kept = place.end;
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        self.passes(PASSES - 1, &mut clean, 0);
        Cow::Owned(clean)
    }

    /// Whether a text holds a secret, so that [`Redactor::text`] would change it.
    ///
    /// ```
    /// use netcause_record::Redactor;
    ///
    /// assert!(Redactor::default().has_secret("password=hunter2"));
    /// assert!(!Redactor::default().has_secret("passed=7"));
    /// ```
    #[inline]
    #[must_use]
    pub fn has_secret(&self, text: &str) -> bool {
        let mut found = Found::default();
        self.search(text, 1, &mut found);
        !found.places.is_empty()
    }

    /// Finds the places of secrets, so many at least where there are more.
    fn search(&self, text: &str, enough: usize, found: &mut Found) {
        let bytes = text.as_bytes();
        let prefilter = Prefilter::built_in();
        let mut marks = Places::of(bytes, marks_of);
        let mut mark = marks.next();
        let mut at = shapes::at_start(text, found);
        let mut piece = match bytes.len() {
            0..prefilter::SHORTEST => None,
            _ => prefilter.find(bytes, at),
        };
        while found.places.len() < enough {
            while mark.is_some_and(|mark| mark < at || self.is_harmless(text, mark)) {
                mark = marks.next();
            }
            if piece.as_ref().is_some_and(|hit| hit.place.start < at) {
                piece = prefilter.find(bytes, at);
            }
            at = match (&piece, mark) {
                (Some(hit), mark) if mark.is_none_or(|mark| hit.place.start < mark) => {
                    self.piece(text, hit, found)
                }
                (_, Some(mark)) => self.mark(text, mark, found),
                (_, None) => return,
            };
        }
    }

    /// Whether no secret follows a mark, whatever was found before it: a quick look.
    #[inline]
    fn is_harmless(&self, text: &str, mark: usize) -> bool {
        match byte(text, mark) {
            b':' if is_authority(text, mark) => false,
            b':' | b'=' => self.extra_keys.is_empty() && !pairs::may_follow_secret_key(text, mark),
            b'?' | b'@' => false,
            _ => true,
        }
    }

    /// Looks closer at a piece; says where to go on.
    fn piece(&self, text: &str, hit: &prefilter::Hit, found: &mut Found) -> usize {
        let place = hit.place.clone();
        match hit.rule {
            Rule::Option => pairs::option(text, place, found, |key| self.is_secret_key(key)),
            Rule::Tuple => pairs::tuple(text, place, found, |key| self.is_secret_key(key)),
            Rule::Scheme => schemes::scheme(text, place, found),
            Rule::Shape(shape) => shapes::shape(text, place, shape, found),
        }
    }

    /// Looks closer at a mark; says where to go on.
    #[inline]
    fn mark(&self, text: &str, mark: usize, found: &mut Found) -> usize {
        match byte(text, mark) {
            b'?' => url::query(text, mark, found),
            b'@' => url::data_source(text, mark, found),
            b':' if is_authority(text, mark) => url::authority(text, mark + 3, found),
            _ => pairs::pair(text, mark, found, |key| self.is_secret_key(key)),
        }
    }
}

/// The high bits of the marks in a word: `:`, `=`, `?` and `@`. Between them lie `;`, `<` and
/// `>`, which are found as well, so that one comparison does for all.
#[inline]
const fn marks_of(word: u64) -> u64 {
    // No sum of two bytes below 0x80 reaches into the byte above.
    let low = word & repeat(0x7f);
    let from_first = low + repeat(0x80 - b':');
    let past_last = low + repeat(0x80 - (b'@' + 1));
    from_first & !past_last & !word & repeat(0x80)
}

/// Whether a colon is the first sign of `://`.
fn is_authority(text: &str, colon: usize) -> bool {
    text.as_bytes().get(colon..).is_some_and(|rest| rest.starts_with(b"://"))
}

/// A text that nobody has looked at for secrets yet, such as one that whoever stated a fault
/// wrote into it; by the built-in rules.
///
/// ```
/// assert_eq!(netcause_record::redacted("no secret here"), "no secret here");
/// assert!(!netcause_record::redacted("password=swordfish").contains("swordfish"));
/// ```
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    if memchr::memchr3(b'=', b':', b'@', text.as_bytes()).is_none() && !text.contains("earer ") {
        return Cow::Borrowed(text);
    }
    Redactor::default().clean(text)
}

/// Rebuilds `buffer[start..]` without the secrets.
#[cold]
fn replace(buffer: &mut String, start: usize, found: &[Range<usize>]) {
    let end = buffer.len();
    let mut kept = start;
    for place in found {
        buffer.extend_from_within(kept..start + place.start);
        buffer.push_str(REDACTED);
        kept = start + place.end;
    }
    buffer.extend_from_within(kept..end);
    buffer.drain(start..end);
}

/// Takes a place, unless it is empty or already redacted; joins it to the one before it.
fn take(text: &str, place: Range<usize>, found: &mut Found) {
    let secret = text.get(place.clone()).unwrap_or_default();
    if secret.is_empty() || place.start < found.floor {
        return;
    }
    found.floor = place.end;
    match found.places.last_mut() {
        Some(last) if place.start == last.end => last.end = place.end,
        _ if secret == REDACTED => {}
        _ => found.places.push(place),
    }
}

/// The byte at a place; 0 past the end.
fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// The first place from `from` on whose byte does not satisfy `inside`.
fn run(text: &str, from: usize, mut inside: impl FnMut(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest.iter().position(|&byte| !inside(byte)).unwrap_or(rest.len())
}

/// Whether something reads like drawn at random: long, with digits among its letters.
fn is_random(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~+/=.%".contains(&byte))
}

#[cfg(test)]
mod tests;
