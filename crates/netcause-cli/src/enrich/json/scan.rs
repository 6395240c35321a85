//! The members of an object, found where they stand.

/// The deepest that values may stand one inside the other. Bombs are no records.
pub(crate) const DEPTH: usize = 64;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text without an escape.
    Text,
    /// A text with an escape.
    EscapedText,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
    /// An array or an object.
    Nested,
}

/// A name or a value: texts without their quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
}

/// One member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: Raw<'a>,
    pub(crate) value: Raw<'a>,
}

/// Takes members.
pub(crate) trait Members<'a> {
    /// How long the name that was expected, a quote and a colon are, if a text begins with
    /// them; no byte of the name needs an escape.
    fn guess(&mut self, _text: &[u8]) -> Option<usize> {
        None
    }

    /// One more member; without its name if that is the one that was guessed.
    fn add(&mut self, name: Option<Raw<'a>>, value: Raw<'a>);
}

impl<'a, F: FnMut(Member<'a>)> Members<'a> for F {
    fn add(&mut self, name: Option<Raw<'a>>, value: Raw<'a>) {
        if let Some(name) = name {
            self(Member { name, value });
        }
    }
}

/// Calls `with` with each member of a text that is one object and nothing else.
///
/// Says whether it is one: members that were seen before an error count for nothing.
pub(crate) fn members<'a>(line: &'a str, mut with: impl FnMut(Member<'a>)) -> bool {
    add_members(line, &mut with)
}

/// The same for what knows which names to expect.
pub(crate) fn add_members<'a>(line: &'a str, members: &mut impl Members<'a>) -> bool {
    let mut scanner = Scanner { text: line, at: 0 };
    scanner.blanks();
    scanner.object(members).is_some() && {
        scanner.blanks();
        scanner.at == line.len()
    }
}

/// Calls `with` with each element of an array of texts; says whether it is one and no more.
#[cfg(feature = "otlp")]
pub(crate) fn texts<'a>(array: &'a str, mut with: impl FnMut(Raw<'a>)) -> bool {
    let mut scanner = Scanner { text: array, at: 0 };
    let mut each = || {
        scanner.take(b'[')?;
        loop {
            scanner.blanks();
            with(scanner.string()?);
            scanner.blanks();
            if scanner.take(b',').is_none() {
                return scanner.take(b']');
            }
        }
    };
    each().is_some() && scanner.at == array.len()
}

/// A place in a text.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// What has not been read yet.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn object(&mut self, members: &mut impl Members<'a>) -> Option<()> {
        self.take(b'{')?;
        self.blanks();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            self.blanks();
            let inside = self.rest().strip_prefix(b"\"")?;
            let name = if let Some(length) = members.guess(inside) {
                self.at += 1 + length;
                self.blanks();
                None
            } else {
                let name = self.string()?;
                self.colon()?;
                Some(name)
            };
            let value = match self.peek() {
                b'"' => self.string()?,
                _ => self.value(DEPTH)?,
            };
            members.add(name, value);
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
    }

    /// Passes over a colon and the blanks around it.
    #[inline]
    pub(super) fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.take(b':')?;
        self.blanks();
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Raw<'a>> {
        match self.peek() {
            b'"' => self.string(),
            b'{' | b'[' => {
                let start = self.at;
                self.skip_nested(depth)?;
                Some(Raw { kind: Kind::Nested, text: self.text.get(start..self.at)? })
            }
            _ => self.scalar(),
        }
    }

    /// A number or a word.
    #[inline]
    pub(super) fn scalar(&mut self) -> Option<Raw<'a>> {
        let (kind, length) = match self.rest() {
            [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => (Kind::Word, 4),
            [b'f', b'a', b'l', b's', b'e', ..] => (Kind::Word, 5),
            rest => (Kind::Number, number(rest)?),
        };
        let start = self.at;
        self.at += length;
        Some(Raw { kind, text: self.text.get(start..self.at)? })
    }

    /// Passes over an array or an object.
    fn skip_nested(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let is_object = self.peek() == b'{';
        let end = if is_object { b'}' } else { b']' };
        self.at += 1;
        self.blanks();
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            self.blanks();
            if is_object {
                self.skip_string()?;
                self.colon()?;
            }
            match self.peek() {
                b'"' => self.skip_string()?,
                b'{' | b'[' => self.skip_nested(depth)?,
                _ => self.scalar().map(|_| ())?,
            }
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(end);
            }
        }
    }

    #[inline]
    fn skip_string(&mut self) -> Option<()> {
        self.string().map(|_| ())
    }

    /// A text in quotes.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
        let inside = self.rest().strip_prefix(b"\"")?;
        let end = plain(inside);
        if inside.get(end) != Some(&b'"') {
            return self.escaped_string(end);
        }
        let start = self.at + 1;
        self.at = start + end + 1;
        Some(Raw { kind: Kind::Text, text: self.text.get(start..start + end)? })
    }

    /// A text in quotes whose first `plain_bytes` are no escapes.
    #[inline(never)]
    fn escaped_string(&mut self, plain_bytes: usize) -> Option<Raw<'a>> {
        let start = self.at + 1;
        self.at = start + plain_bytes;
        while self.peek() != b'"' {
            self.at += escape(self.rest())?;
            self.at += plain(self.rest());
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(Raw { kind: Kind::EscapedText, text })
    }
}

/// How long the escape is that stands at the beginning.
fn escape(text: &[u8]) -> Option<usize> {
    match text {
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        [b'\\', b'u', digits @ ..] => {
            let digits = digits.first_chunk::<4>()?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}

/// How long the number is that stands at the beginning, by the grammar of RFC 8259 §6.
fn number(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    at = if text.get(at) == Some(&b'0') { at + 1 } else { digits(text, at)? };
    if text.get(at) == Some(&b'.') {
        at = digits(text, at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = digits(text, at)?;
    }
    Some(at)
}

/// Where digits end, of which there must be one or more.
#[inline]
fn digits(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    (at > from).then_some(at)
}

/// How many bytes come before a quote, a backslash or a control character.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let found = ends(u64::from_le_bytes(*word));
        if found != 0 {
            return bytes.len() - rest.len() + (found.trailing_zeros() / 8) as usize;
        }
        rest = after;
    }
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    bytes.len() - rest.len() + end.unwrap_or(rest.len())
}

/// The high bits of the bytes that are a quote, a backslash or a control character; above
/// the lowest of them there may be false ones.
const fn ends(word: u64) -> u64 {
    let controls = word.wrapping_sub(repeat(0x20)) & !word;
    (controls | equal(word, b'"') | equal(word, b'\\')) & repeat(0x80)
}

const fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ repeat(byte);
    difference.wrapping_sub(repeat(1)) & !difference
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}
