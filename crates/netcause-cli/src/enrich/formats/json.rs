//! A JSON object. Its members are read as a record, not here.

use super::{Format, Line};

/// `{"level":"error","msg":"…"}`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    let is_object = line.first() == Some(&b'{') && line.trim_ascii_end().ends_with(b"}");
    is_object.then_some(Line { format: Format::Json, time: None, severity: None, message: line })
}
