//! logfmt: `key=value` pairs, as Go's `slog` and `logrus`, Heroku and Grafana write them.

use netcause_record::Severity;

use super::{Format, Line};
use crate::enrich::level;
use crate::enrich::stamp::{self, When};

/// More pairs are not read.
const PAIRS: usize = 64;

/// `time=2026-11-23T09:26:53.589Z level=ERROR msg="no answer" err="i/o timeout"`
pub(super) fn recognise(line: &[u8]) -> Option<Line<'_>> {
    memchr::memchr(b'=', line)?;
    let mut found = Line { format: Format::Logfmt, time: None, severity: None, message: line };
    let (mut is_logfmt, mut has_message) = (false, false);
    // Time, level and message stand at the beginning.
    for (key, value) in Pairs::of(line).take(8) {
        match key {
            b"time" | b"ts" | b"timestamp" | b"t" | b"at" | b"datetime" => {
                found.time = found.time.or_else(|| time(value));
            }
            b"level" | b"lvl" | b"severity" | b"levelname" => {
                found.severity = found.severity.or_else(|| severity(value));
            }
            b"msg" | b"message" => {
                found.message = value;
                has_message = true;
            }
            _ => continue,
        }
        is_logfmt = true;
        if has_message && found.time.is_some() && found.severity.is_some() {
            break;
        }
    }
    is_logfmt.then_some(found)
}

fn time(value: &[u8]) -> Option<When> {
    stamp::whole(value).or_else(|| stamp::of_number(value))
}

fn severity(value: &[u8]) -> Option<Severity> {
    level::of_name(value)
}

/// The pairs of a line, quotes taken off; what is no pair ends them, or is passed over.
#[derive(Debug, Clone)]
pub struct Pairs<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Pairs<'a> {
    /// The pairs of a line.
    #[must_use]
    pub fn of(line: &'a [u8]) -> Self {
        Pairs { rest: line, left: PAIRS }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            self.left -= 1;
            let text = self.rest.trim_ascii_start();
            let end = text.iter().position(|byte| !is_of_key(*byte))?;
            let (key, after) = text.split_at(end);
            match after {
                [b'=', value @ ..] if !key.is_empty() => {
                    let (value, rest) = split_value(value)?;
                    self.rest = rest;
                    return Some((key, value));
                }
                _ => {
                    let blank = memchr::memchr(b' ', after)?;
                    self.rest = after.get(blank..)?;
                }
            }
        }
        None
    }
}

fn is_of_key(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'A'..=b'Z' | b'_' | b'-' | b'.' | b'@')
}

/// A value, and what follows it.
fn split_value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        return text.split_at_checked(end);
    };
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', quoted.get(from..)?)?;
        match quoted.get(at) {
            Some(b'"') => return Some((quoted.get(..at)?, quoted.get(at + 1..)?)),
            _ => from = at + 2,
        }
    }
}
