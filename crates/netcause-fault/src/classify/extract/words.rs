//! The words around a place in a text, never more than a few.

/// How far around a place is read, in bytes: every place costs the same.
const NEAR: usize = 120;

/// What stands before a place.
pub(in crate::classify) fn before(text: &str, at: usize) -> &str {
    #[cfg(test)]
    super::super::work::count(1);
    let from = (at.saturating_sub(NEAR)..=at).find(|from| text.is_char_boundary(*from));
    from.and_then(|from| text.get(from..at)).unwrap_or_default()
}

/// What stands behind a place.
pub(super) fn after(text: &str, at: usize) -> &str {
    let last = at.saturating_add(NEAR).min(text.len());
    let to = (at..=last).rev().find(|to| text.is_char_boundary(*to));
    to.and_then(|to| text.get(at..to)).unwrap_or_default()
}

/// A word, and what stands between it and what follows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) gap: &'a str,
}

/// The words of a text, the last one first.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordsBack<'a> {
    rest: &'a str,
}

/// The words of a text, the last one first.
pub(super) fn back(text: &str) -> WordsBack<'_> {
    WordsBack { rest: text }
}

impl<'a> Iterator for WordsBack<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        #[cfg(test)]
        super::super::work::count(1);
        let end = end_of(self.rest, false);
        let start = end_of(self.rest.get(..end)?, true);
        let word = Word {
            text: self.rest.get(start..end)?,
            gap: self.rest.get(end..).unwrap_or_default(),
        };
        self.rest = self.rest.get(..start)?;
        (!word.text.is_empty()).then_some(word)
    }
}

/// Where a text ends without the characters at its end that belong to words, or that do not.
fn end_of(text: &str, of_words: bool) -> usize {
    let bytes = text.as_bytes();
    let wanted = if of_words { Kind::Word } else { Kind::Gap };
    let mut end = bytes.len();
    loop {
        let same = bytes.get(..end).unwrap_or_default().iter().rev();
        end -= same.take_while(|byte| kind(**byte) == wanted).count();
        if end.checked_sub(1).is_none_or(|at| bytes.get(at).is_none_or(u8::is_ascii)) {
            return end;
        }
        let last = text.get(..end).and_then(|it| it.chars().next_back());
        let Some(last) = last.filter(|c| c.is_alphanumeric() == of_words) else { return end };
        end -= last.len_utf8();
    }
}

/// What a byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Gap,
    /// A character beyond ASCII.
    Other,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_';
        kinds[byte as usize] = if is_word { Kind::Word } else { Kind::Gap };
        byte += 1;
    }
    kinds
};

fn kind(byte: u8) -> Kind {
    KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Other)
}

/// The parts of an identifier: `serverEndpoint` and `server_endpoint` have two.
pub(super) fn parts(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches('_');
        let bytes = rest.as_bytes();
        let is_joint = |at: &usize| {
            let (left, right) = (bytes.get(at - 1), bytes.get(*at));
            right == Some(&b'_')
                || (left.is_some_and(u8::is_ascii_lowercase)
                    && right.is_some_and(u8::is_ascii_uppercase))
        };
        let end = (1..bytes.len()).find(is_joint).unwrap_or(bytes.len());
        let part = rest.get(..end)?;
        rest = rest.get(end..)?;
        (!part.is_empty()).then_some(part)
    })
}

/// Whether one of the words is this one, in whatever case.
pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Strips words at the start, whatever their case.
pub(super) fn strip<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    #[cfg(test)]
    super::super::work::count(1);
    // Hardly any texts begin with the same letter.
    if !text.as_bytes().first()?.eq_ignore_ascii_case(words.as_bytes().first()?) {
        return None;
    }
    let start = text.get(..words.len())?;
    start.eq_ignore_ascii_case(words).then(|| text.get(words.len()..))?
}

/// Whether a text contains words, whatever their case.
pub(super) fn contains(text: &str, words: &str) -> bool {
    #[cfg(test)]
    super::super::work::count(text.len());
    let (text, words) = (text.as_bytes(), words.as_bytes());
    let Some(first) = words.first() else { return false };
    let begins = |(_, byte): &(usize, &u8)| byte.eq_ignore_ascii_case(first);
    let places = text.iter().enumerate().filter(begins).map(|(at, _)| at);
    let mut found = places.filter_map(|at| text.get(at..at + words.len()));
    found.any(|it| it.eq_ignore_ascii_case(words))
}
