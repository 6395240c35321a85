//! [`Object`]: a JSON record as its logger wrote it, and what it says under which name.

use std::borrow::Cow;

use netcause_record::{Redactor, Role, Severity};
use smallvec::SmallVec;

use super::enricher::has_secret;
use super::json::scan::{Kind, Members, Raw, add_members, members};
use super::json::text::decode;
use super::keys::{Keys, NONE};
use super::level;
use super::names::Part;
use super::stamp::{self, When};

/// More members are not kept, but counted.
const MEMBERS: usize = 512;

/// How deep payloads are looked into.
const DEPTH: u8 = 3;

/// A member, and the number of its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered<'a> {
    pub(super) key: u32,
    /// The number of the name under which it is written.
    written: u32,
    pub(super) value: Raw<'a>,
}

/// A record: its members, the last of each name, and which of them tells what.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    pub(super) members: SmallVec<[Numbered<'a>; 32]>,
    /// Whether it is about a request that failed, as access logs tell it.
    pub(super) has_bad_status: bool,
    /// Members that were not kept.
    pub(super) left_out: u32,
    /// Whether it has been through here before.
    pub(super) is_enriched: bool,
    pub(super) message: Option<usize>,
    pub(super) severity: Option<Severity>,
    /// The member that has it.
    pub(super) severity_at: Option<usize>,
    pub(super) time: Option<When>,
    /// The member that has it.
    pub(super) time_at: Option<usize>,
    error: Option<usize>,
    ranks: Ranks,
    payloads: SmallVec<[usize; 2]>,
}

/// How good what was found is; none is worst.
#[derive(Debug)]
struct Ranks {
    message: u8,
    severity: u8,
    time: u8,
    error: u8,
}

impl Default for Ranks {
    fn default() -> Self {
        Ranks { message: u8::MAX, severity: u8::MAX, time: u8::MAX, error: u8::MAX }
    }
}

impl<'a> Object<'a> {
    /// Reads a text that is one object and nothing else.
    pub(super) fn read(text: &'a str, keys: &mut Keys) -> Option<Self> {
        let mut object = Object::default();
        object.fill(text, keys).then_some(object)
    }

    /// The same for an object that is empty: it is large, and not moved that way.
    pub(super) fn fill(&mut self, text: &'a str, keys: &mut Keys) -> bool {
        let mut filling = Filling { object: self, last: NONE, keys, guess: NONE, bits: 0 };
        if !add_members(text, &mut filling) {
            return false;
        }
        for index in 0..self.members.len() {
            self.consider(index, keys);
        }
        true
    }

    /// Adds a member; the last of a name takes the place of those before.
    #[inline]
    fn add(&mut self, key: u32, value: Raw<'a>, keys: &Keys, names: &mut u64) {
        let written = keys.get(key).map_or(key, |it| it.written);
        let numbered = Numbered { key, written, value };
        let bit = 1 << (written % 64);
        let may_repeat = *names & bit != 0;
        *names |= bit;
        if may_repeat && let Some(known) = self.members.iter_mut().find(|it| it.written == written)
        {
            *known = numbered;
        } else if self.members.len() < MEMBERS {
            self.members.push(numbered);
        } else if keys.get(key).is_some_and(|it| it.part == Part::Dropped) {
            self.add_dropped(&value);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    fn add_dropped(&mut self, value: &Raw<'_>) {
        self.left_out = self.left_out.saturating_add(value.text.parse().unwrap_or(0));
    }

    /// Takes note of what a member tells.
    fn consider(&mut self, index: usize, keys: &Keys) {
        let Some(member) = self.members.get(index).copied() else { return };
        let Some(known) = keys.get(member.key) else { return };
        let value = &member.value;
        match known.part {
            Part::Other => {}
            Part::Category => self.is_enriched = true,
            Part::Message(rank) | Part::Wrapped(rank) => {
                if rank < self.ranks.message && is_text(value) {
                    (self.ranks.message, self.message) = (rank, Some(index));
                }
                if matches!(known.part, Part::Wrapped(_)) {
                    self.payloads.push(index);
                }
            }
            Part::Level(rank) => self.consider_severity(rank, severity_of(value), index),
            Part::SyslogLevel(rank) => {
                let severity = text_of(value).parse().ok().and_then(level::of_syslog);
                self.consider_severity(rank, severity, index);
            }
            Part::Time(rank) => {
                if rank < self.ranks.time
                    && let Some(time) = time_of(value)
                {
                    (self.ranks.time, self.time, self.time_at) = (rank, Some(time), Some(index));
                }
            }
            Part::Error(rank) => {
                let tells = is_text(value) && !value.text.is_empty() || value.kind == Kind::Nested;
                self.consider_error(rank, index, tells);
            }
            Part::ErrorText(rank) => {
                self.consider_error(rank, index, is_text(value) && !value.text.is_empty());
            }
            Part::Payload => self.payloads.push(index),
            Part::Dropped => self.add_dropped(value),
            Part::Status => self.has_bad_status |= is_bad_status(value),
        }
    }

    fn consider_error(&mut self, rank: u8, index: usize, tells: bool) {
        if rank < self.ranks.error && tells {
            (self.ranks.error, self.error) = (rank, Some(index));
        }
    }

    fn consider_severity(&mut self, rank: u8, severity: Option<Severity>, index: usize) {
        if rank < self.ranks.severity && severity.is_some() {
            (self.ranks.severity, self.severity, self.severity_at) = (rank, severity, Some(index));
        }
    }

    fn value(&self, index: usize) -> Option<&Raw<'a>> {
        self.members.get(index).map(|it| &it.value)
    }
}

/// An object that is being filled.
struct Filling<'f, 'a> {
    object: &'f mut Object<'a>,
    keys: &'f mut Keys,
    /// The number of the name before.
    last: u32,
    /// The number of a name that was guessed.
    guess: u32,
    /// A bit for each name that has come.
    bits: u64,
}

impl<'a> Members<'a> for Filling<'_, 'a> {
    /// Records of one program have the same names in the same order.
    #[inline]
    fn guess(&mut self, text: &[u8]) -> Option<usize> {
        let (number, length) = self.keys.guess(self.last, text)?;
        self.guess = number;
        Some(length)
    }

    #[inline]
    fn add(&mut self, name: Option<Raw<'a>>, value: Raw<'a>) {
        self.last = match name {
            None => self.guess,
            Some(name) => self.keys.next(self.last, &text_of(&name)),
        };
        self.object.add(self.last, value, self.keys, &mut self.bits);
    }
}

/// Calls `with` with the name and the value of each member of a record: texts as they are
/// meant, everything else as it is written.
pub(crate) fn each_member(line: &str, mut with: impl FnMut(&str, &str)) {
    members(line, |member| with(&text_of(&member.name), &text_of(&member.value)));
}

/// What a record says, and what its payloads say where it does not.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) message: Option<String>,
    pub(super) error: Option<String>,
    pub(super) severity: Option<Severity>,
    pub(super) time: Option<When>,
    /// Names and values beside the message and the error, for facts, if those are wanted.
    pub(super) beside: Vec<(String, Beside)>,
    wants_facts: bool,
}

/// A value beside a message: texts without secrets, numbers as they are written.
#[derive(Debug)]
pub(super) enum Beside {
    Text(String),
    Number(String),
    Bool(bool),
}

impl Said {
    /// Fills what is not known yet from an object.
    fn add(&mut self, object: &Object<'_>, keys: &mut Keys, redactor: &Redactor, depth: u8) {
        let wrapped = object.message.filter(|index| object.payloads.contains(index));
        let clean = |index: usize| Some(clean_text(object.value(index)?, redactor));
        if self.message.is_none() && wrapped.is_none() {
            self.message = object.message.and_then(clean);
        }
        self.severity = self.severity.or(object.severity);
        self.time = self.time.or(object.time);
        if self.error.is_none()
            && let Some(value) = object.error.and_then(|index| object.value(index))
        {
            match value.kind {
                Kind::Nested => self.add_error(value.text, keys, redactor, depth),
                _ => self.error = Some(clean_text(value, redactor)),
            }
        }
        for payload in &object.payloads {
            self.add_payload(object.value(*payload), keys, redactor, depth);
        }
        if self.message.is_none() {
            self.message = wrapped.and_then(clean).map(|text| without_line_end(&text).to_owned());
        }
    }

    /// An object under the name of an error: its message is the error.
    fn add_error(&mut self, text: &str, keys: &mut Keys, redactor: &Redactor, depth: u8) {
        let Some(object) = Object::read(text, keys) else { return };
        let mut inner = Said::default();
        if let Some(depth) = depth.checked_sub(1) {
            inner.add(&object, keys, redactor, depth);
        }
        self.error = inner.message.or(inner.error);
        self.note(&object, keys, redactor);
    }

    fn add_payload(
        &mut self,
        value: Option<&Raw<'_>>,
        keys: &mut Keys,
        redactor: &Redactor,
        depth: u8,
    ) {
        let (Some(value), Some(depth)) = (value, depth.checked_sub(1)) else { return };
        let text = match value.kind {
            Kind::Nested => Cow::Borrowed(value.text),
            Kind::EscapedText if value.text.starts_with('{') => text_of(value),
            _ => return,
        };
        if let Some(object) = Object::read(text.trim_ascii_end(), keys) {
            self.add(&object, keys, redactor, depth);
            self.note(&object, keys, redactor);
        }
    }

    /// Keeps the facts of a payload.
    fn note(&mut self, object: &Object<'_>, keys: &Keys, redactor: &Redactor) {
        if !self.wants_facts {
            return;
        }
        for member in &object.members {
            let Some(known) = keys.get(member.key) else { continue };
            let value = match (member.value.kind, member.value.text) {
                (Kind::Text | Kind::EscapedText, _) => {
                    Beside::Text(clean_text(&member.value, redactor))
                }
                (Kind::Number, literal) => Beside::Number(literal.to_owned()),
                (Kind::Word, word) if word != "null" => Beside::Bool(word == "true"),
                _ => continue,
            };
            if known.part == Part::Other && self.beside.len() < MEMBERS {
                self.beside.push((known.name().to_owned(), value));
            }
        }
    }
}

impl<'a> Object<'a> {
    /// Whether everything that it says stands in members of its own.
    pub(super) fn is_flat(&self) -> bool {
        let nested = |index: usize| self.value(index).is_some_and(|it| it.kind == Kind::Nested);
        let unwraps = |index: &usize| {
            nested(*index) || self.value(*index).is_some_and(|it| it.text.starts_with('{'))
        };
        !self.error.is_some_and(nested) && !self.payloads.iter().any(unwraps)
    }

    /// Whether it has a member of that name that is not moved.
    pub(super) fn has(&self, name: &str, keys: &Keys) -> bool {
        let is_it = |it: &&Numbered<'_>| keys.get(it.key).is_some_and(|it| it.name() == name);
        self.members.iter().find(is_it).is_some_and(|it| it.value.kind != Kind::Nested)
    }

    /// A `host` without a port, which is more often that of the logger than of a peer.
    pub(super) fn own_host(&self, keys: &Keys) -> Option<Cow<'a, str>> {
        let is_port =
            |it: &Numbered<'_>| keys.get(it.key).is_some_and(|it| it.key.role == Role::ServerPort);
        let is_host = |it: &&Numbered<'_>| keys.get(it.key).is_some_and(|it| it.name() == "host");
        let host = self.members.iter().find(is_host).filter(|it| is_text(&it.value))?;
        (!self.members.iter().any(is_port)).then(|| text_of(&host.value))
    }

    /// Whether its message is a line that a container runtime has wrapped.
    pub(super) fn is_wrapped(&self) -> bool {
        self.message.is_some_and(|index| self.payloads.contains(&index))
    }

    /// The member that is its error, where that is a text.
    pub(super) fn error(&self) -> Option<usize> {
        self.error.filter(|index| self.value(*index).is_some_and(is_text))
    }

    /// What it says, where not all of that stands in members of its own.
    pub(super) fn said_inside(
        &self,
        keys: &mut Keys,
        redactor: &Redactor,
        wants_facts: bool,
    ) -> Said {
        match self.is_flat() {
            true => Said::default(),
            false => self.said(keys, redactor, wants_facts),
        }
    }

    /// What it says, payloads included; with what stands beside it only where facts are
    /// wanted.
    pub(super) fn said(&self, keys: &mut Keys, redactor: &Redactor, wants_facts: bool) -> Said {
        let mut said = Said { wants_facts, ..Said::default() };
        said.add(self, keys, redactor, DEPTH);
        said
    }
}

pub(super) fn is_text(value: &Raw<'_>) -> bool {
    matches!(value.kind, Kind::Text | Kind::EscapedText)
}

/// What a text stands for.
pub(super) fn text_of<'a>(value: &Raw<'a>) -> Cow<'a, str> {
    if value.kind != Kind::EscapedText {
        return Cow::Borrowed(value.text);
    }
    let mut text = String::with_capacity(value.text.len());
    decode(value, &mut text);
    Cow::Owned(text)
}

fn clean_text(value: &Raw<'_>, redactor: &Redactor) -> String {
    let mut text = text_of(value).into_owned();
    if has_secret(&text, redactor) {
        redactor.text(&mut text, 0);
    }
    text
}

/// Container runtimes keep the line's end.
pub(super) fn without_line_end(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}

fn severity_of(value: &Raw<'_>) -> Option<Severity> {
    match value.kind {
        Kind::Number => level::of_number(value.text.parse().ok()?),
        Kind::Text => match value.text.as_bytes() {
            // MongoDB's letters.
            [letter] | [letter @ b'D', b'1'..=b'5'] => level::of_letter(*letter),
            name => level::of_name(name),
        },
        _ => None,
    }
}

/// Whether an answer is the server's failure, or came to nobody.
fn is_bad_status(value: &Raw<'_>) -> bool {
    let is_bad = |digits: &str| {
        digits.len() == 3 && (digits.starts_with('5') || digits == "429" || digits == "499")
    };
    if value.kind != Kind::Nested {
        return is_bad(value.text);
    }
    let Some((_, rest)) = value.text.split_once("\"statusCode\":") else { return false };
    is_bad(rest.split([',', '}']).next().unwrap_or_default())
}

fn time_of(value: &Raw<'_>) -> Option<When> {
    match value.kind {
        Kind::Number => stamp::of_number(value.text.as_bytes()),
        Kind::Text => {
            let text = value.text.as_bytes();
            stamp::whole(text).or_else(|| stamp::of_number(text))
        }
        // MongoDB's `{"$date":"…"}`.
        Kind::Nested => stamp::whole(value.text.split('"').nth(3)?.as_bytes()),
        _ => None,
    }
}
