//! The form for people at a terminal.

use crate::{Limits, Record};

/// Appends a record for people at a terminal, in colours where wanted.
pub fn write_pretty(record: &Record<'_>, colour: bool, limits: &Limits, out: &mut String) {
    let _ = (colour, limits);
    out.push_str(record.severity.as_str());
    out.push(' ');
    out.push_str(record.message);
    if let Some(fault) = record.fault {
        out.push_str(": ");
        let _ = fault.summary().write_to(out);
    }
    out.push('\n');
}
