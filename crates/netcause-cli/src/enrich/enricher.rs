//! [`Enricher`]: from a line to a record.

use std::borrow::Cow;
use std::time::SystemTime;

use netcause_record::{Limits, Record, Redactor, Resource, Severity, write_json, write_pretty};

use super::formats::{self, Format};
use super::judge::{Judge, Speech};
use super::keys::{Keys, PlainNames};
use super::object::{Object, Said};
use super::stamp::When;

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty {
        /// Whether colours are wanted.
        colour: bool,
    },
    /// An explanation of each line that reports a fault, as `netcause explain` writes it.
    Explained {
        /// Whether colours are wanted.
        colour: bool,
    },
}

/// Makes a record of each line; keeps what lines have in common, such as their names.
///
/// # Example
///
/// ```
/// use netcause_cli::enrich::{Enricher, Form};
/// use netcause_record::{Limits, Redactor};
///
/// let mut enricher = Enricher::new(Redactor::default(), Limits::default(), Form::Json);
/// let mut out = String::new();
/// let is_fault = enricher.line(b"W1123 09:26:53.000000 1 a.go:7] all is well", 0, &mut out);
/// assert!(!is_fault);
/// assert!(enricher.line(br#"{"level":"error","err":"dial tcp 10.3.7.19:80: i/o timeout"}"#, 0, &mut out));
/// assert_eq!(out.lines().count(), 2);
/// assert!(out.contains(r#""server.address":"10.3.7.19","server.port":80"#));
/// ```
#[derive(Debug)]
pub struct Enricher {
    pub(super) redactor: Redactor,
    pub(super) limits: Limits,
    pub(super) form: Form,
    pub(super) keys: Keys,
    pub(super) plain_names: PlainNames,
    pub(super) judge: Judge,
    pub(super) resource: Resource,
    /// Values of a record that are not written as they stand in the line.
    pub(super) arena: String,
    /// The time of the last line, where that was read.
    pub(super) time: Option<SystemTime>,
}

/// Room for everything beside the message of a line that is too long.
const BESIDE_MESSAGE: usize = 256;

/// How often the output is read again, if fields were left out of it.
const AGAIN: usize = 3;

impl Enricher {
    /// Removes the secrets that the redactor knows, and writes no more than the limits allow.
    #[must_use]
    pub fn new(redactor: Redactor, limits: Limits, form: Form) -> Self {
        Enricher {
            keys: Keys::new(redactor.clone()),
            plain_names: PlainNames::default(),
            redactor,
            limits,
            form,
            judge: Judge::default(),
            resource: Resource::default(),
            arena: String::new(),
            time: None,
        }
    }

    /// Appends the record of a line, which comes without its end and perhaps without `lost`
    /// more bytes; says whether it reports a fault.
    pub fn line(&mut self, line: &[u8], lost: u64, out: &mut String) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = match str::from_utf8(line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(line),
        };
        self.keys.begin();
        self.time = None;
        if lost == 0 && text.trim_ascii_start().starts_with('{') {
            let mut object = Object::default();
            if object.fill(&text, &mut self.keys) {
                return self.record(&text, &object, out);
            }
        }
        self.text(&text, lost, out)
    }

    /// The time of the last line, more exactly than the record has it; none where that went
    /// through unchanged.
    pub(crate) fn time(&self) -> Option<SystemTime> {
        self.time
    }

    /// A JSON record.
    fn record(&mut self, text: &str, object: &Object<'_>, out: &mut String) -> bool {
        if object.is_enriched && self.form == Form::Json {
            out.push_str(text);
            out.push('\n');
            return true;
        }
        let start = out.len();
        let (is_fault, left_out) = self.known_record(text, object, out);
        let is_whole = left_out == 0 && object.left_out == 0;
        if is_fault || is_whole || self.form != Form::Json {
            return is_fault;
        }
        // What was left out may have been what was judged by.
        for _ in 0..AGAIN {
            let line = out.split_off(start);
            let Some(object) = Object::read(line.trim_ascii_end(), &mut self.keys) else {
                out.push_str(&line);
                return false;
            };
            let (is_fault, _) = self.known_record(&line, &object, out);
            if is_fault || out.get(start..) == Some(line.as_str()) {
                return is_fault;
            }
        }
        false
    }

    /// A line that is no JSON record: it becomes the message.
    fn text(&mut self, line: &str, lost: u64, out: &mut String) -> bool {
        let clean = clean(line, &self.redactor);
        let (message, cut) = fit(&clean, self.message_room());
        let stated = Stated::of(&message, &mut self.keys, &self.redactor);
        let said = &stated.said;
        let severity = stated.severity();
        let speech = match said.is_silent() {
            true => Speech { spoken: Some(&message), ..Speech::default() },
            false => said.speech(severity),
        };
        let judged = self.judge.read(&speech, &self.limits);
        let shown = Shown {
            time: when(stated.time()),
            severity,
            message: &message,
            inner: match self.form {
                Form::Json => "",
                _ => str::from_utf8(stated.line.message).unwrap_or(&message),
            },
        };
        self.write_text(&shown, judged, &stated, lost + cut, out)
    }

    /// How long a message may be in the output.
    pub(super) fn message_room(&self) -> usize {
        self.limits.record.max(netcause_record::MIN_RECORD) - BESIDE_MESSAGE
    }

    /// Writes a record in the form that is wanted; says how many fields were left out.
    pub(super) fn write(form: Form, limits: &Limits, record: &Record<'_>, out: &mut String) -> u32 {
        match form {
            Form::Json => write_json(record, limits, out),
            Form::Pretty { colour } => {
                write_pretty(record, colour, limits, out);
                0
            }
            Form::Explained { colour } => {
                crate::explain::write_page(record, colour, out);
                0
            }
        }
    }
}

/// What is shown of a line that becomes a message.
pub(super) struct Shown<'a> {
    pub(super) time: Option<SystemTime>,
    pub(super) severity: Option<Severity>,
    pub(super) message: &'a str,
    /// The message without time and level, for people.
    pub(super) inner: &'a str,
}

/// What a message states itself: in its format, and in a record that it holds.
pub(super) struct Stated<'a> {
    pub(super) line: formats::Line<'a>,
    pub(super) said: Said,
}

impl Default for Stated<'_> {
    fn default() -> Self {
        Stated { line: formats::plain::line(&[]), said: Said::default() }
    }
}

impl<'a> Stated<'a> {
    pub(super) fn of(message: &'a str, keys: &mut Keys, redactor: &Redactor) -> Self {
        let line = formats::recognise(message.as_bytes());
        if line.format != Format::Json {
            return Stated { line, said: Said::default() };
        }
        let said = str::from_utf8(line.message).ok().and_then(|inner| {
            let object = Object::read(inner.trim_ascii(), keys)?;
            Some(object.said(keys, redactor, true))
        });
        Stated { line, said: said.unwrap_or_default() }
    }

    pub(super) fn severity(&self) -> Option<Severity> {
        self.said.severity.or(self.line.severity)
    }

    pub(super) fn time(&self) -> Option<When> {
        self.line.time.or(self.said.time)
    }
}

impl Said {
    /// Whether it says nothing that can be judged.
    pub(super) fn is_silent(&self) -> bool {
        self.message.is_none() && self.error.is_none()
    }

    /// What of it speaks of a failure.
    pub(super) fn speech(&self, severity: Option<Severity>) -> Speech<'_> {
        let message = self.message.as_deref();
        Speech {
            error: self.error.as_deref(),
            beside: message,
            spoken: message.filter(|_| may_speak(severity)),
            level: severity,
        }
    }
}

/// Whether a message of that severity may report a failure; one without may.
pub(super) fn may_speak(severity: Option<Severity>) -> bool {
    severity.is_none_or(|severity| severity >= Severity::Warn)
}

/// The time, with the year that it lacks.
pub(super) fn when(time: Option<When>) -> Option<SystemTime> {
    match time? {
        When::At(time) => Some(time),
        when => when.resolve(SystemTime::now()),
    }
}

/// The longest text that holds no secret where nothing marks one.
const UNMARKED: usize = 14;

/// Whether a text holds a secret. A short word does not: secrets stand behind a mark or a
/// blank, and tokens that are known by their shape are longer.
pub(super) fn has_secret(text: &str, redactor: &Redactor) -> bool {
    let marks = |it: &u8| matches!(it, b':' | b'=' | b'?' | b'@' | b' ');
    if text.len() <= UNMARKED && !text.as_bytes().iter().any(marks) {
        return false;
    }
    redactor.has_secret(text)
}

/// A text without its secrets.
pub(super) fn clean<'a>(text: &'a str, redactor: &Redactor) -> Cow<'a, str> {
    redactor.clean(text)
}

/// As much of a text as needs at most `room` bytes in the output, and how many bytes of it
/// are missing.
pub(super) fn fit(text: &str, room: usize) -> (Cow<'_, str>, u64) {
    // `\u0000` is the longest that a byte becomes.
    if text.len() <= room / 6 {
        return (Cow::Borrowed(text), 0);
    }
    let mut escaped = String::with_capacity(room.min(2 * text.len()));
    let mut end = 0;
    for (at, scalar) in text.char_indices() {
        netcause_record::escape_into(scalar.encode_utf8(&mut [0; 4]), &mut escaped);
        if escaped.len() + '…'.len_utf8() <= room {
            end = at + scalar.len_utf8();
        } else if escaped.len() > room {
            let kept = text.get(..end).unwrap_or_default();
            return (Cow::Owned(format!("{kept}…")), (text.len() - end) as u64);
        }
    }
    (Cow::Borrowed(text), 0)
}
