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

/// Calls `with` with each member of a text that is one object and nothing else.
///
/// Says whether it is one: members that were seen before an error count for nothing.
pub(crate) fn members<'a>(line: &'a str, with: impl FnMut(Member<'a>)) -> bool {
    let mut scanner = Scanner { text: line, at: 0 };
    scanner.blanks();
    scanner.object(with).is_some() && {
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
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn object(&mut self, mut with: impl FnMut(Member<'a>)) -> Option<()> {
        self.take(b'{')?;
        self.blanks();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            let value = self.value(DEPTH)?;
            with(Member { name, value });
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
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
    pub(super) fn scalar(&mut self) -> Option<Raw<'a>> {
        match self.peek() {
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
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
                self.string()?;
                self.blanks();
                self.take(b':')?;
                self.blanks();
            }
            self.value(depth)?;
            self.blanks();
            if self.take(b',').is_none() {
                return self.take(end);
            }
        }
    }

    /// A text in quotes.
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
        self.take(b'"')?;
        let start = self.at;
        let mut kind = Kind::Text;
        loop {
            self.at += plain(self.text.as_bytes().get(self.at..)?);
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    kind = Kind::EscapedText;
                    self.escape()?;
                }
                _ => return None,
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(Raw { kind, text })
    }

    /// Passes over one escape.
    fn escape(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at + 1..)?;
        match rest.first()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' => {
                let digits = rest.get(1..5)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                self.at += 6;
            }
            _ => return None,
        }
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<Raw<'a>> {
        let text = self.text.get(self.at..self.at + word.len())?;
        self.at += word.len();
        (text == word).then_some(Raw { kind: Kind::Word, text })
    }

    /// A number by the grammar of RFC 8259 §6.
    fn number(&mut self) -> Option<Raw<'a>> {
        let start = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        Some(Raw { kind: Kind::Number, text: self.text.get(start..self.at)? })
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// How many bytes come before a quote, a backslash or a control character.
fn plain(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = ends(u64::from_le_bytes(*word));
        if found != 0 {
            return index * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    words.len() * 8 + end.unwrap_or(rest.len())
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
