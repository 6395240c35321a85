//! Records from what was read: fields by their keys, a fault completed by the fields.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::LazyLock;

use netcause_fault::{Chain, Fault, Peer};
use netcause_record::{
    ErrorText, Field, Key, Limits, Origin, REDACTED, Record, Redactor, Resource, Role, Selected,
    Severity, Sources, Value, complete, cut_text, named_peer, select,
};
use smallvec::SmallVec;

use super::enricher::{Enricher, Form, Shown, Stated, clean, fit, has_secret, may_speak, when};
use super::formats::Format;
use super::formats::logfmt::Pairs;
use super::json::nested::rewrite;
use super::json::scan::Kind;
use super::judge::{Judge, Judged, Speech};
use super::keys::{Keys, Known, PlainNames};
use super::level;
use super::names::Part;
use super::object::{Beside, Numbered, Object, Said, is_text, text_of, without_line_end};
use super::stamp::When;

/// Where the text of an error goes that a record has under `error`.
static ERROR_MESSAGE: LazyLock<Key> = LazyLock::new(|| Key::new("error.message"));

/// How many bytes a line has lost.
static DROPPED_BYTES: LazyLock<Key> = LazyLock::new(|| Key::new("dropped_bytes_count"));

/// Fields of one line.
type Fields<'a> = SmallVec<[Field<'a>; 32]>;

/// A value, ready to be written: as it stands in the line, or a place in the arena.
#[derive(Debug, Clone, Copy)]
enum Prepared<'a> {
    Value(Value<'a>),
    /// A text from the first place to the second.
    Text(usize, usize),
    /// JSON.
    Json(usize, usize),
}

/// The values of a record.
#[derive(Debug, Clone, Copy)]
struct Values<'v> {
    prepared: &'v [Prepared<'v>],
    arena: &'v str,
}

impl<'v> Values<'v> {
    #[inline]
    fn get(&self, index: usize) -> Option<Value<'v>> {
        let text = |from, to| self.arena.get(from..to).unwrap_or_default();
        self.prepared.get(index).map(|prepared| match *prepared {
            Prepared::Value(value) => value,
            Prepared::Text(from, to) => Value::Text(text(from, to)),
            Prepared::Json(from, to) => Value::Json(text(from, to)),
        })
    }
}

/// What values pass through before they are written.
struct Preparing<'p> {
    redactor: &'p Redactor,
    limits: &'p Limits,
    keys: &'p Keys,
    plain_names: &'p mut PlainNames,
    arena: &'p mut String,
}

impl Preparing<'_> {
    /// Fills a list that is large, and not moved that way.
    fn all<'a>(mut self, object: &Object<'a>, values: &mut SmallVec<[Prepared<'a>; 32]>) {
        for (index, member) in object.members.iter().enumerate() {
            let is_plain = object.time_at == Some(index) || object.severity_at == Some(index);
            values.push(match (is_plain, member.value.kind) {
                // A time or a level is no secret.
                (true, Kind::Text) => Prepared::Value(Value::Text(member.value.text)),
                _ => self.value(member, object.message == Some(index)),
            });
        }
    }

    /// A value without secrets, its text no longer than allowed unless it is the message.
    fn value<'a>(&mut self, member: &Numbered<'a>, is_message: bool) -> Prepared<'a> {
        let raw = &member.value;
        let known = self.keys.get(member.key);
        if known.is_some_and(|it| it.secret) {
            return Prepared::Value(Value::Text(REDACTED));
        }
        let start = self.arena.len();
        let limit = if is_message { usize::MAX } else { self.limits.field };
        match raw.kind {
            Kind::Number => Prepared::Value(Value::Number(raw.text)),
            Kind::Word => Prepared::Value(match raw.text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::Null,
            }),
            Kind::Nested => {
                rewrite(raw, self.redactor, self.plain_names, self.arena);
                Prepared::Json(start, self.arena.len())
            }
            Kind::Text if raw.text.len() <= limit && !has_secret(raw.text, self.redactor) => {
                Prepared::Value(Value::Text(raw.text))
            }
            Kind::Text | Kind::EscapedText => {
                self.arena.push_str(&text_of(raw));
                self.redactor.text(self.arena, start);
                cut_text(self.arena, start, limit);
                Prepared::Text(start, self.arena.len())
            }
        }
    }
}

impl Enricher {
    /// A line that becomes a message; says whether it reports a fault.
    pub(super) fn write_text(
        &mut self,
        shown: &Shown<'_>,
        judged: Judged,
        stated: &Stated<'_>,
        lost: u64,
        out: &mut String,
    ) -> bool {
        let lost = Field { key: &DROPPED_BYTES, value: Value::U64(lost) };
        let fields: &[Field<'_>] = match lost.value {
            Value::U64(0) => &[],
            _ => std::slice::from_ref(&lost),
        };
        self.time = shown.time;
        let message = if self.form == Form::Json { shown.message } else { shown.inner };
        let record = Record {
            timestamp: shown.time,
            severity: shown.severity,
            message: Some(message),
            ..bare(&self.resource)
        };
        let Some(fault) = self.judge.fault(judged) else {
            Enricher::write(self.form, &self.limits, &Record { fields, ..record }, out);
            return false;
        };
        let pairs = pairs(shown.message, stated);
        let facts = Facts::of(&stated.said, &pairs);
        let facts = facts.fields();
        let report = Report { fault, whole: None, facts: &facts, fields };
        report.write(self.judge.error(judged), &record, |record| {
            Enricher::write(self.form, &self.limits, record, out);
        });
        true
    }

    /// A JSON record; says whether it reports a fault, and how many fields were left out.
    pub(super) fn known_record(
        &mut self,
        line: &str,
        object: &Object<'_>,
        out: &mut String,
    ) -> (bool, u32) {
        let room = self.message_room();
        let Enricher { redactor, limits, form, keys, plain_names, judge, resource, arena, time } =
            self;
        arena.clear();
        let mut prepared = SmallVec::new();
        Preparing { redactor, limits, keys, plain_names, arena }.all(object, &mut prepared);
        let values = Values { prepared: &prepared, arena };
        let said = object.said_inside(keys, redactor, false);
        let mut words = Words::of(object, values, &said);
        let message = words.message.map(|it| fit(it, room).0);
        let stated = match message.as_deref().filter(|_| words.are_incomplete()) {
            Some(message) => Stated::of(message, keys, redactor),
            None => Stated::default(),
        };
        words.complete(message.as_deref(), &stated);
        *time = when(words.time);
        let record = Record {
            timestamp: *time,
            severity: words.severity,
            message: message.as_deref(),
            dropped_fields: object.left_out,
            ..bare(resource)
        };
        let write =
            |record: &Record<'_>, out: &mut String| Enricher::write(*form, limits, record, out);
        let start = out.len();
        let members = Members { object, values, keys };
        let mut judged = judge.read(&words.speech, limits);
        if judge.fault(judged).is_none() {
            let mut fields = Fields::new();
            members.add_fields(None, &mut fields);
            let left_out = write(&Record { fields: &fields, ..record }, out);
            let is_mute = judged == Judged::Nothing && may_speak(words.severity);
            if left_out > 0 || !(is_mute || object.has_bad_status) {
                return (false, left_out);
            }
            // Nothing in it is known to be a message or an error, or it is of an access log:
            // the whole line may tell.
            let whole = out.get(start..).map(str::trim_ascii_end);
            judged = judge.read(&Speech { spoken: whole, ..Speech::default() }, limits);
        }
        if judge.fault(judged).is_none() {
            return (false, 0);
        }
        out.truncate(start);
        judge.read_whole(&clean(line, redactor), limits);
        let said = object.said_inside(keys, redactor, true);
        let members = Members { object, values, keys };
        let found = Found { members: &members, said: &said, stated: &stated };
        found.report(judge, judged, &record, |record| {
            write(record, out);
        });
        (true, 0)
    }
}

/// A record that reports a fault.
struct Found<'f, 'o> {
    members: &'f Members<'f, 'o>,
    said: &'f Said,
    stated: &'f Stated<'f>,
}

impl Found<'_, '_> {
    fn report(
        &self,
        judge: &Judge,
        judged: Judged,
        record: &Record<'_>,
        write: impl FnOnce(&Record<'_>),
    ) {
        let Some(fault) = judge.fault(judged) else { return };
        let own_host = self.members.object.own_host(self.members.keys);
        let is_own = |it: &Fault<'_>| own_host.is_some() && it.peer.server_address == own_host;
        let whole = judge.whole(fault.category).filter(|it| !is_own(it));
        let error = judge.error(judged);
        let mut fields = Fields::new();
        self.members.add_fields(error.map(Chain::message), &mut fields);
        let pairs = pairs(record.message.unwrap_or_default(), self.stated);
        let beside = Facts::of(self.said, &pairs);
        let mut facts = self.members.facts();
        facts.extend(beside.fields());
        Report { fault, whole, facts: &facts, fields: &fields }.write(error, record, write);
    }
}

/// What a record says.
#[derive(Debug, Default)]
struct Words<'w> {
    message: Option<&'w str>,
    error: Option<&'w str>,
    severity: Option<Severity>,
    time: Option<When>,
    speech: Speech<'w>,
}

impl<'w> Words<'w> {
    fn of(object: &Object<'_>, values: Values<'w>, said: &'w Said) -> Self {
        let text = |index: Option<usize>| match values.get(index?) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        let (message, error) = match object.is_flat() {
            true => (text(object.message), text(object.error())),
            false => (said.message.as_deref(), said.error.as_deref()),
        };
        let is_wrapped = object.is_flat() && object.is_wrapped();
        Words {
            message: if is_wrapped { message.map(without_line_end) } else { message },
            error,
            severity: object.severity.or(said.severity),
            time: object.time.or(said.time),
            speech: Speech::default(),
        }
    }

    /// Whether it matters what the message states itself.
    fn are_incomplete(&self) -> bool {
        let is_judged = self.error.is_none() && may_speak(self.severity);
        self.severity.is_none() || self.time.is_none() || is_judged
    }

    /// Adds what the message states itself.
    fn complete(&mut self, message: Option<&'w str>, stated: &'w Stated<'_>) {
        self.severity = self.severity.or(stated.severity());
        self.time = self.time.or(stated.time());
        self.speech = match self.error {
            Some(error) => Speech {
                error: Some(error),
                beside: message,
                spoken: None,
                level: self.severity.filter(|_| stated.line.severity.is_none()),
            },
            None if stated.said.is_silent() => Speech {
                spoken: message.filter(|_| may_speak(self.severity)),
                level: self.severity.filter(|_| stated.line.severity.is_none()),
                ..Speech::default()
            },
            None => stated.said.speech(self.severity),
        };
    }
}

/// The members of a record as fields.
struct Members<'m, 'o> {
    object: &'m Object<'o>,
    values: Values<'m>,
    keys: &'m Keys,
}

impl<'m> Members<'m, '_> {
    /// Adds the fields to write; beside a fault without those that it tells itself, such as
    /// its error.
    fn add_fields(&self, error: Option<&str>, fields: &mut Fields<'m>) {
        let mut names = 0;
        for (index, member) in self.object.members.iter().enumerate() {
            let (Some(known), Some(value)) = (self.keys.get(member.key), self.values.get(index))
            else {
                continue;
            };
            let is_told = matches!(known.part, Part::Error(0) | Part::ErrorText(0))
                && error.is_some_and(|error| value == Value::Text(error));
            if is_told || self.is_consumed(index, member, known) {
                continue;
            }
            let field = Field { key: self.key(index, member, known, error.is_some()), value };
            let bit = field.key.bit;
            if names & bit != 0 && fields.iter().any(|it| it.key.name == field.key.name) {
                continue;
            }
            names |= bit;
            fields.push(field);
        }
    }

    /// Whether a member is written as the time, the level or the message of the record.
    fn is_consumed(&self, index: usize, member: &Numbered<'_>, known: &Known) -> bool {
        let is_text = is_text(&member.value);
        match known.part {
            Part::Message(0) => is_text,
            Part::Time(0) => is_text && self.object.time_at == Some(index),
            Part::Level(0) => {
                is_text
                    && self.object.severity_at == Some(index)
                    && level::is_usual(member.value.text.as_bytes())
            }
            Part::Dropped => member.value.text.parse::<u32>().is_ok(),
            Part::Category | Part::Other => {
                self.object.is_enriched && known.name().starts_with("fault.")
            }
            _ => false,
        }
    }

    /// The key under which a member is written.
    fn key(
        &self,
        index: usize,
        member: &Numbered<'_>,
        known: &'m Known,
        on_fault: bool,
    ) -> &'m Key {
        let reserved =
            matches!(known.part, Part::Message(0) | Part::Time(0) | Part::Level(0) | Part::Dropped);
        if reserved || member.value.kind == Kind::Nested {
            return known.moved.as_ref().unwrap_or(&known.key);
        }
        // As in the records of our own layer.
        let is_error = !on_fault
            && self.object.error() == Some(index)
            && matches!(known.name(), "error" | "fields.error")
            && matches!(self.values.get(index), Some(Value::Text(text)) if is_one_line(text))
            && !self.object.has("error.message", self.keys);
        if is_error { &ERROR_MESSAGE } else { &known.key }
    }

    /// The fields that a fault may be completed from. A `host` without a port is more often
    /// that of the logger than of a peer.
    fn facts(&self) -> Fields<'m> {
        let mut facts = Fields::new();
        for (index, member) in self.object.members.iter().enumerate() {
            if let (Some(known), Some(value)) = (self.keys.get(member.key), self.values.get(index))
            {
                facts.push(Field { key: &known.key, value });
            }
        }
        without_own_host(&mut facts);
        facts
    }
}

fn is_one_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(|it: char| it.is_control())
}

fn without_own_host(facts: &mut Fields<'_>) {
    if !facts.iter().any(|fact| fact.key.role == Role::ServerPort) {
        facts.retain(|fact| fact.key.name != "host");
    }
}

/// Facts that stand beside a message or an error, in a payload or in pairs.
struct Facts<'f> {
    named: Vec<(Key, Value<'f>)>,
}

impl<'f> Facts<'f> {
    fn of(said: &'f Said, pairs: &[(&'f str, &'f str)]) -> Self {
        let beside = said.beside.iter().map(|(name, value)| {
            let value = match value {
                Beside::Text(text) => Value::Text(text),
                Beside::Number(literal) => Value::Number(literal),
                Beside::Bool(value) => Value::Bool(*value),
            };
            (Key::new(name.clone()), value)
        });
        let pairs = pairs.iter().map(|(name, value)| {
            let is_number = value.bytes().all(|it| it.is_ascii_digit()) && !value.is_empty();
            let value = if is_number { Value::Number(value) } else { Value::Text(value) };
            (Key::new((*name).to_owned()), value)
        });
        Facts { named: beside.chain(pairs).collect() }
    }

    fn fields(&self) -> Fields<'_> {
        let mut fields: Fields<'_> =
            self.named.iter().map(|(key, value)| Field { key, value: *value }).collect();
        without_own_host(&mut fields);
        fields
    }
}

/// The pairs of a message in logfmt.
fn pairs<'p>(message: &'p str, stated: &Stated<'_>) -> SmallVec<[(&'p str, &'p str); 16]> {
    if stated.line.format != Format::Logfmt {
        return SmallVec::new();
    }
    let text = |bytes: &'p [u8]| str::from_utf8(bytes).ok();
    Pairs::of(message.as_bytes())
        .filter_map(|(key, value)| Some((text(key)?, text(value)?)))
        .collect()
}

/// A record of which nothing is known.
fn bare(resource: &Resource) -> Record<'_> {
    Record {
        timestamp: None,
        severity: None,
        message: None,
        target: "",
        trace: None,
        resource,
        fields: &[],
        scope: None,
        error: None,
        fault: None,
        rendered: None,
        origin: Origin::default(),
        dropped_fields: 0,
    }
}

/// A fault, and what stands beside it.
struct Report<'r> {
    fault: Fault<'r>,
    /// What the whole line says of it.
    whole: Option<Fault<'r>>,
    /// What it is completed from.
    facts: &'r [Field<'r>],
    /// What is written.
    fields: &'r [Field<'r>],
}

impl Report<'_> {
    fn write(
        mut self,
        error: Option<&Chain>,
        record: &Record<'_>,
        write: impl FnOnce(&Record<'_>),
    ) {
        self.name_peer();
        let sources = Sources { event: self.facts, spans: &[] };
        let source = complete(&mut self.fault, &sources);
        let attempts = &mut self.fault.attempts;
        if attempts.attempt.is_none() && attempts.max_attempts.is_none() {
            let told = self.whole.map(|whole| whole.attempts).unwrap_or_default();
            (attempts.attempt, attempts.max_attempts) = (told.attempt, told.max_attempts);
        }
        self.fault.diagnose();
        let mut selected = Selected::new();
        let fields = Sources { event: self.fields, spans: &[] };
        select(&fields, &self.fault, source, &mut selected);
        let error = error.map(|chain| ErrorText { message: chain.message(), links: chain.into() });
        write(&Record { fields: &selected, fault: Some(&self.fault), error, ..*record });
    }

    /// Adds the name that a field, else the line, gives to the address that the error tells:
    /// they are of one peer where their ports are equal. So is a port without which the error
    /// names a peer. Where the error names none, the line may.
    fn name_peer(&mut self) {
        let named = named_peer(self.facts);
        if self.fault.peer.is_empty() && named.is_none() {
            let whole = self.whole.as_mut().map(|it| std::mem::take(&mut it.peer));
            self.fault.peer = whole.unwrap_or_default();
            return;
        }
        let whole = self.whole.as_ref().map(|it| &it.peer);
        let told = whole.and_then(|it| Some((it.server_address.clone()?, it.server_port)));
        for (name, port) in named.into_iter().chain(told) {
            add_name(&mut self.fault.peer, &name, port);
        }
    }
}

fn add_name(peer: &mut Peer<'_>, name: &str, port: Option<u16>) {
    let Some(stated) = &peer.server_address else { return };
    if *stated == name {
        peer.server_port = peer.server_port.or(port);
        return;
    }
    let is_same = port.is_some() && port == peer.server_port && peer.peer_address.is_none();
    let is_name = name.parse::<IpAddr>().is_err();
    if let Some(address) = stated.parse().ok().filter(|_| is_same && is_name) {
        (peer.peer_address, peer.peer_port) = (Some(address), port);
        peer.server_address = Some(Cow::Owned(name.to_owned()));
    }
}
