//! The terminal form: what a person wants to read during an outage.
//!
//! One line says when, how serious and what; below a failing event stand, indented, the
//! summary, the cause with the facts behind it, what to check, and the error itself.
//!
//! ```text
//! 09:26:53.589 ERROR could not charge the card  checkout::payment order.id=17
//!     Connection to host db on port 5432 refused after 2ms
//!     cause  peer_down (likely): the kernel reported ECONNREFUSED (111)
//!     check  …
//!     error  could not load the cart: tcp connect error: Connection refused
//!     peer   10.3.7.19:5432
//! ```

use std::fmt::{self, Write};

use netcause_fault::{Cause, Evidence, Fault, Peer};

use crate::json::push_address;
use crate::redact::redacted;
use crate::{Field, Limits, Record, Severity, Value, cut_text, time};
use wrap::Wrapped;

mod wrap;

/// How far the lines below the first are indented.
const INDENT: usize = 4;

/// As far as the labels of those lines reach.
const LABEL: usize = INDENT + 7;

/// The most bytes of an error's text; the JSON form has the whole.
const ERROR_TEXT: usize = 800;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Appends a record as a few lines for a terminal, at most `limits.record` bytes.
///
/// Control characters and direction marks are shown, never sent.
///
/// # Example
///
/// ```
/// use netcause_record::{Limits, Origin, Record, Resource, Severity, write_pretty};
///
/// let resource = Resource::default();
/// let record = Record {
///     timestamp: Some(std::time::UNIX_EPOCH),
///     severity: Some(Severity::Warn),
///     message: Some("slow start"),
///     target: "checkout",
///     trace: None,
///     resource: &resource,
///     fields: &[],
///     scope: None,
///     error: None,
///     fault: None,
///     rendered: None,
///     origin: Origin::default(),
///     dropped_fields: 0,
/// };
/// let mut lines = String::new();
/// write_pretty(&record, false, &Limits::default(), &mut lines);
/// assert_eq!(lines, "00:00:00.000 WARN  slow start  checkout\n");
/// ```
pub fn write_pretty(record: &Record<'_>, colour: bool, limits: &Limits, out: &mut String) {
    let start = out.len();
    let mut page = Page { out, colour };
    page.first_line(record);
    if let Some(fault) = record.fault {
        page.fault(fault);
    }
    if let Some(error) = record.error.filter(|error| Some(error.message) != record.message) {
        page.labelled("error", |line| line.cut(error.message, ERROR_TEXT));
    }
    if let Some(fault) = record.fault {
        page.peer(&fault.peer);
    }
    let room = limits.record.max(crate::MIN_RECORD) - RESET.len() - 1;
    if cut_text(out, start, room) {
        out.push_str(if colour { RESET } else { "" });
        out.push('\n');
    }
}

/// Lines for a terminal.
struct Page<'a> {
    out: &'a mut String,
    colour: bool,
}

impl Page<'_> {
    fn first_line(&mut self, record: &Record<'_>) {
        if let Some(timestamp) = record.timestamp {
            self.styled(DIM, |out| time::push_time_of_day(timestamp, out));
            self.out.push(' ');
        }
        if let Some(severity) = record.severity {
            let (colour, name) = level(severity);
            self.styled(colour, |out| out.push_str(name));
            self.out.push(' ');
        }
        let mut line = Wrapped::new(self.out, "00:00:00.000 ERROR ".len(), INDENT);
        if let Some(message) = record.message {
            line.text(message);
        }
        if record.message.is_some() && !record.target.is_empty() {
            line.text("  ");
        }
        if self.colour {
            line.style(DIM);
        }
        line.text(record.target);
        details(&mut line, record);
        if self.colour {
            line.style(RESET);
        }
        self.out.push('\n');
    }

    fn fault(&mut self, fault: &Fault<'_>) {
        self.out.extend(std::iter::repeat_n(' ', INDENT));
        self.styled(BOLD, |out| {
            // One sentence in one line: people search for it.
            let mut line = Wrapped::unlimited(out);
            line.format(format_args!("{}", fault.summary()));
        });
        self.out.push('\n');
        match (fault.cause, fault.evidence.is_empty()) {
            (Cause::Unknown, true) => {}
            (Cause::Unknown, false) => self.labelled("facts", |line| evidence(line, fault)),
            (cause, without_evidence) => self.labelled("cause", |line| {
                line.format(format_args!("{cause} ({})", fault.confidence));
                line.text(if without_evidence { "" } else { ": " });
                evidence(line, fault);
            }),
        }
        if let Some(hint) = fault.hint() {
            self.labelled("check", |line| line.format(format_args!("{hint}")));
        }
    }

    /// The address really used, where it says more than the name in the summary.
    fn peer(&mut self, peer: &Peer<'_>) {
        let Some(address) = peer.peer_address else { return };
        if peer.server_address.as_deref().is_some_and(|name| name.parse() == Ok(address)) {
            return;
        }
        self.labelled("peer", |line| {
            match peer.peer_port.or(peer.server_port) {
                Some(port) => {
                    line.format(format_args!("{}", std::net::SocketAddr::new(address, port)))
                }
                None => line.with(|out| push_address(address, out)),
            }
            if let Some(local) = peer.local_address {
                line.text(" from ");
                line.with(|out| push_address(local, out));
            }
        });
    }

    /// A line below the first.
    fn labelled(&mut self, label: &str, write: impl FnOnce(&mut Wrapped<'_>)) {
        self.out.extend(std::iter::repeat_n(' ', INDENT));
        self.styled(DIM, |out| out.push_str(label));
        self.out.extend(std::iter::repeat_n(' ', LABEL - INDENT - label.len()));
        write(&mut Wrapped::new(self.out, LABEL, LABEL));
        self.out.push('\n');
    }

    fn styled(&mut self, style: &str, write: impl FnOnce(&mut String)) {
        if self.colour {
            self.out.push_str(style);
        }
        write(self.out);
        if self.colour {
            self.out.push_str(RESET);
        }
    }
}

const fn level(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("\x1b[1;31m", "ERROR"),
        Severity::Warn => ("\x1b[33m", "WARN "),
        Severity::Info => ("\x1b[32m", "INFO "),
        Severity::Debug => ("\x1b[34m", "DEBUG"),
        Severity::Trace => ("\x1b[35m", "TRACE"),
    }
}

fn evidence(line: &mut Wrapped<'_>, fault: &Fault<'_>) {
    for (index, fact) in fault.evidence.iter().enumerate() {
        line.text(if index == 0 { "" } else { "; " });
        match fact {
            Evidence::Note(text) => line.text(&redacted(text)),
            fact => line.format(format_args!("{fact}")),
        }
    }
}

/// Fields, origin and trace.
fn details(line: &mut Wrapped<'_>, record: &Record<'_>) {
    let mut detail = |field: &Field<'_>| {
        member(line, field.key.name_in(record.fault.is_some()), field);
    };
    record.fields.iter().for_each(&mut detail);
    if let Some(scope) = record.scope {
        scope.each(&mut |field| detail(&field));
    }
    let origin = &record.origin;
    if let Some(file) = origin.file {
        line.text(" at ");
        line.text(file);
        origin.line.into_iter().for_each(|number| line.format(format_args!(":{number}")));
    }
    for (name, text) in [(" thread.name=", origin.thread), (" span.name=", origin.span)] {
        if let Some(text) = text {
            line.text(name);
            line.text(text);
        }
    }
    if let Some(trace) = &record.trace {
        line.format(format_args!(" trace_id={:032x}", u128::from_be_bytes(trace.trace_id)));
    }
    if record.dropped_fields > 0 {
        line.format(format_args!(" ({} fields left out)", record.dropped_fields));
    }
}

fn member(line: &mut Wrapped<'_>, name: &str, field: &Field<'_>) {
    line.text(" ");
    line.text(name);
    line.text("=");
    match field.value {
        Value::Text(text) if text.is_empty() || text.contains([' ', '"', '=']) => {
            line.format(format_args!("\"{text}\""));
        }
        Value::Text(text) => line.text(text),
        value => line.with(|out| crate::write_value(value, out)),
    }
}

impl Wrapped<'_> {
    /// What is formatted goes straight into the line.
    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        // Writing to a line cannot fail.
        let _ = self.write_fmt(arguments);
    }
}

#[cfg(test)]
mod tests;
