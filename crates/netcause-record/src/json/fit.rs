//! What a record over the limit loses, in which order.

use super::{Shape, push_member, write_line};
use crate::Record;

/// The lengths that texts are cut to, one after the other, until the line fits.
const TEXT_LIMITS: &[usize] = &[4096, 2048, 1024, 512, 256, 128, 64, 32, 16];

/// Room for `,"dropped_attributes_count":4294967295`.
const COUNT: usize = 40;

/// Writes as much as fits into `limit` bytes; says how many fields were left out.
#[cold]
pub(super) fn write_fitting(record: &Record<'_>, limit: usize, line: &mut String) -> u32 {
    let start = line.len();
    write_line(record, &Shape { fields: 0, text: None }, line);
    let base = line.len() - start + COUNT;
    line.truncate(start);
    if base <= limit {
        let fields = fitting_fields(record, limit - base, line);
        write_line(record, &Shape { fields, text: None }, line);
        return left_out(record, fields);
    }
    for text in TEXT_LIMITS {
        write_line(record, &Shape { fields: 0, text: Some(*text) }, line);
        if line.len() - start <= limit {
            break;
        }
        line.truncate(start);
    }
    left_out(record, 0)
}

fn left_out(record: &Record<'_>, written: usize) -> u32 {
    u32::try_from(record.fields.len() - written).unwrap_or(u32::MAX)
}

/// How many of the first fields fit into `room` bytes.
fn fitting_fields(record: &Record<'_>, room: usize, line: &mut String) -> usize {
    let start = line.len();
    let count = record.fields.iter().take_while(|field| {
        push_member(field, record.fault.is_some(), line);
        line.len() - start <= room
    });
    let count = count.count();
    line.truncate(start);
    count
}
