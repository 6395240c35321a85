//! Durations in a text.

use std::time::Duration;

use super::dictionary::Dictionary;

/// A duration with its unit at the start, and what follows it; `1m30s` has two.
pub(super) fn duration_at(text: &str) -> Option<(Duration, &str)> {
    let (mut sum, mut rest) = part(text)?;
    while let Some((part, more)) = part(rest) {
        (sum, rest) = (sum + part, more);
    }
    Some((of_seconds(sum)?, rest))
}

/// A duration with its unit at the start.
pub(in crate::classify) fn duration(text: &str) -> Option<Duration> {
    duration_at(text).map(|(duration, _)| duration)
}

/// The limit in `1000ms exceeded`.
pub(in crate::classify) fn exceeded(after: &str) -> Option<Duration> {
    let (limit, rest) = duration_at(after)?;
    rest.starts_with(" exceeded").then_some(limit)
}

/// A number without a unit at the start, and what follows it.
pub(super) fn decimal(text: &str) -> Option<(f64, &str)> {
    let (digits, rest) = split_digits(text)?;
    Some((digits.parse().ok()?, rest))
}

/// The digits of a number without a unit at the start, and what follows them.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let digits = text.get(..length)?.trim_end_matches('.');
    (!digits.is_empty()).then_some((digits, text.get(digits.len()..)?))
}

/// A duration of so many seconds.
pub(super) fn of_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(rounded)
}

/// One number with its unit in seconds, and what follows it.
fn part(text: &str) -> Option<(f64, &str)> {
    let (digits, rest) = split_digits(text)?;
    let rest = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let plural = rest.strip_prefix("(s)");
    // A number is read only where there is a unit, for it takes long.
    let seconds = match unit {
        "" => plural.map(|_| 1.0)?,
        unit => unit_seconds(unit)?,
    };
    Some((digits.parse::<f64>().ok()? * seconds, plural.unwrap_or(rest)))
}

/// How many seconds a unit has.
pub(super) fn unit_seconds(unit: &str) -> Option<f64> {
    UNITS.get(unit)
}

#[rustfmt::skip]
static UNITS: Dictionary<f64, 64> = Dictionary::new(&[
    (&["ns"], 1e-9),
    (&["us", "µs", "μs"], 1e-6),
    (&["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], 1e-3),
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
    (&["m", "min", "mins", "minute", "minutes"], 60.0),
    (&["h", "hour", "hours"], 3600.0),
    (&["d", "day", "days"], 86_400.0),
]);

/// Whole microseconds, so that 0.1 s is 100 ms exactly.
fn rounded(duration: Duration) -> Duration {
    let micros = duration.as_nanos().saturating_add(500) / 1000;
    match u64::try_from(micros) {
        Ok(micros) if micros > 0 => Duration::from_micros(micros),
        _ => duration,
    }
}
