//! [`Records`]: a line that was enriched, as the record that it is.

use std::ops::Range;
use std::time::SystemTime;

use netcause_record::{ErrorText, Field, Origin, Record, Resource, Severity, TraceContext, Value};
use smallvec::SmallVec;

use super::names::{Names, What};
use crate::enrich::json::scan::{Kind, Member, Raw, members, texts};
use crate::enrich::json::text::decode;
use crate::enrich::stamp::{self, When};

/// More members are not kept, but counted.
const MEMBERS: usize = 512;

/// Reads lines that were enriched; keeps what they have in common.
#[derive(Debug, Default)]
pub(super) struct Records {
    names: Names,
    decoded: Decoded,
    resource: Resource,
}

/// What stands in a line with escapes, without them.
#[derive(Debug, Default)]
struct Decoded {
    texts: String,
    /// The links of the error.
    links: Vec<Range<usize>>,
}

/// A value as it stands in the line, or a place in what was decoded.
#[derive(Debug, Clone)]
enum Part<'a> {
    Raw(Raw<'a>),
    Decoded(Range<usize>),
}

/// The members of a line, the last of each name.
#[derive(Debug, Default)]
struct Members<'a> {
    /// The number of each name, and the value.
    all: SmallVec<[(usize, Raw<'a>); 32]>,
    left_out: u32,
}

/// What a line says.
#[derive(Debug, Default)]
struct Parts<'a> {
    time: Option<SystemTime>,
    severity: Option<Severity>,
    message: Option<Part<'a>>,
    target: Option<Part<'a>>,
    error: Option<Part<'a>>,
    trace_id: Option<[u8; 16]>,
    span_id: Option<[u8; 8]>,
    flags: u8,
    dropped: u32,
    /// The number of each name, and the value.
    fields: SmallVec<[(usize, Part<'a>); 32]>,
}

impl Records {
    /// Calls `with` with the record of a line, which is of that time where it is known more
    /// exactly than the line says it.
    pub(super) fn read(
        &mut self,
        line: &str,
        exact: Option<SystemTime>,
        with: impl FnOnce(&Record<'_>),
    ) {
        let Records { names, decoded, resource } = self;
        names.begin();
        decoded.texts.clear();
        decoded.links.clear();
        let parts = Members::of(line, names).parts(names, decoded);
        let links: SmallVec<[&str; 8]> = decoded.links().collect();
        let error = parts.error.as_ref().map(|it| decoded.text(it));
        let fields = parts.fields.iter().filter_map(|(name, part)| {
            Some(Field { key: &names.get(*name)?.key, value: decoded.value(part) })
        });
        let fields: SmallVec<[Field<'_>; 32]> = fields.collect();
        with(&Record {
            timestamp: exact.or(parts.time),
            severity: parts.severity,
            message: parts.message.as_ref().map(|it| decoded.text(it)),
            target: parts.target.as_ref().map_or("", |it| decoded.text(it)),
            trace: parts.trace(),
            resource,
            fields: &fields,
            scope: None,
            error: error.map(|message| ErrorText { message, links: links.as_slice().into() }),
            fault: None,
            rendered: None,
            origin: Origin::default(),
            dropped_fields: parts.dropped,
        });
    }
}

impl<'a> Members<'a> {
    fn of(line: &'a str, names: &mut Names) -> Self {
        let mut found = Members::default();
        members(line, |member| found.add(&member, names));
        found
    }

    fn add(&mut self, member: &Member<'a>, names: &mut Names) {
        let name = match member.name.kind {
            Kind::EscapedText => {
                let mut name = String::new();
                decode(&member.name, &mut name);
                names.number(&name)
            }
            _ => names.number(member.name.text),
        };
        let Some(name) = names.get(name) else { return };
        // Of two members with one name the last stands, as for every reader of JSON.
        if let Some((_, known)) = self.all.iter_mut().find(|(known, _)| *known == name.written) {
            *known = member.value;
        } else if self.all.len() < MEMBERS || name.what != What::Other {
            self.all.push((name.written, member.value));
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    fn parts(self, names: &Names, decoded: &mut Decoded) -> Parts<'a> {
        let mut parts = Parts { dropped: self.left_out, ..Parts::default() };
        let what = |name: usize| names.get(name).map_or(What::Other, |it| it.what);
        // A span, and flags, are those of a trace.
        for (_, value) in self.all.iter().filter(|(name, _)| what(*name) == What::TraceId) {
            parts.trace_id = parts.trace_id.or(id(value.text));
        }
        for (name, value) in &self.all {
            if !parts.take(what(*name), value, decoded) {
                parts.fields.push((*name, decoded.part(value)));
            }
        }
        parts
    }
}

impl<'a> Parts<'a> {
    /// Takes a member that is no attribute; says whether it is none.
    fn take(&mut self, what: What, value: &Raw<'a>, decoded: &mut Decoded) -> bool {
        let is_text = matches!(value.kind, Kind::Text | Kind::EscapedText);
        match what {
            What::Time => set(&mut self.time, time(value.text)),
            What::Severity => set(&mut self.severity, severity(value.text)),
            What::Message => is_text && set(&mut self.message, Some(decoded.part(value))),
            What::Target => is_text && set(&mut self.target, Some(decoded.part(value))),
            What::Error => is_text && set(&mut self.error, Some(decoded.part(value))),
            What::Chain => {
                // As in the records of the library, it is an attribute, too.
                decoded.read_links(value);
                false
            }
            What::TraceId => self.trace_id.is_some() && self.trace_id == id(value.text),
            What::SpanId => {
                let span_id = id(value.text).filter(|_| self.trace_id.is_some());
                let is_other = self.span_id.is_some() && self.span_id != span_id;
                !is_other && set(&mut self.span_id, span_id)
            }
            What::Flags => match u8::from_str_radix(value.text, 16) {
                Ok(flags) if self.trace_id.is_some() => {
                    self.flags = flags;
                    true
                }
                _ => false,
            },
            What::Dropped => match value.text.parse::<u32>() {
                Ok(dropped) => {
                    self.dropped = self.dropped.saturating_add(dropped);
                    true
                }
                Err(_) => false,
            },
            What::Other => false,
        }
    }

    fn trace(&self) -> Option<TraceContext> {
        let span_id = self.span_id.unwrap_or_default();
        Some(TraceContext { trace_id: self.trace_id?, span_id, flags: self.flags })
    }
}

impl Decoded {
    fn part<'a>(&mut self, value: &Raw<'a>) -> Part<'a> {
        if value.kind != Kind::EscapedText {
            return Part::Raw(*value);
        }
        let start = self.texts.len();
        decode(value, &mut self.texts);
        Part::Decoded(start..self.texts.len())
    }

    fn read_links(&mut self, list: &Raw<'_>) {
        let Decoded { texts: decoded, links } = self;
        let is_list = texts(list.text, |link| {
            let start = decoded.len();
            decode(&link, decoded);
            links.push(start..decoded.len());
        });
        if !is_list {
            links.clear();
        }
    }

    fn links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().filter_map(|place| self.texts.get(place.clone()))
    }

    fn text<'v>(&'v self, part: &Part<'v>) -> &'v str {
        match part {
            Part::Decoded(place) => self.texts.get(place.clone()).unwrap_or_default(),
            Part::Raw(raw) => raw.text,
        }
    }

    fn value<'v>(&'v self, part: &Part<'v>) -> Value<'v> {
        let text = self.text(part);
        let Part::Raw(raw) = part else { return Value::Text(text) };
        match raw.kind {
            Kind::Number => Value::Number(text),
            Kind::Nested => Value::Json(text),
            Kind::Word if text == "null" => Value::Null,
            Kind::Word => Value::Bool(text == "true"),
            Kind::Text | Kind::EscapedText => Value::Text(text),
        }
    }
}

/// Sets what is known; says whether it is.
fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let is_known = value.is_some();
    if is_known {
        *slot = value;
    }
    is_known
}

fn time(text: &str) -> Option<SystemTime> {
    match stamp::whole(text.as_bytes())? {
        When::At(time) => Some(time),
        When::InSomeYear { .. } => None,
    }
}

fn severity(name: &str) -> Option<Severity> {
    use Severity::{Debug, Error, Info, Trace, Warn};

    [Trace, Debug, Info, Warn, Error].into_iter().find(|it| it.as_str() == name)
}

/// An id of W3C Trace Context (§3.2.2): hexadecimal digits, not all of them 0.
fn id<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let mut id = [0; N];
    for (index, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    (id != [0; N]).then_some(id)
}
