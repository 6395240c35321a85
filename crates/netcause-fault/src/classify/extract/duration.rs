//! Durations in a text.

use std::time::Duration;

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
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let digits = text.get(..length)?.trim_end_matches('.');
    Some((digits.parse().ok()?, text.get(digits.len()..)?))
}

/// A duration of so many seconds.
pub(super) fn of_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(rounded)
}

/// One number with its unit in seconds, and what follows it.
fn part(text: &str) -> Option<(f64, &str)> {
    let (value, rest) = decimal(text)?;
    let rest = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    if let Some(rest) = rest.strip_prefix("(s)") {
        return Some((value, rest));
    }
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    Some((value * unit_seconds(unit)?, rest.strip_prefix("(s)").unwrap_or(rest)))
}

/// How many seconds a unit has.
pub(super) fn unit_seconds(unit: &str) -> Option<f64> {
    const UNITS: &[(&str, f64)] = &[
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("μs", 1e-6),
        ("ms", 1e-3),
        ("msec", 1e-3),
        ("msecs", 1e-3),
        ("millis", 1e-3),
        ("millisecond", 1e-3),
        ("milliseconds", 1e-3),
        ("s", 1.0),
        ("sec", 1.0),
        ("secs", 1.0),
        ("second", 1.0),
        ("seconds", 1.0),
        ("m", 60.0),
        ("min", 60.0),
        ("mins", 60.0),
        ("minute", 60.0),
        ("minutes", 60.0),
        ("h", 3600.0),
        ("hour", 3600.0),
        ("hours", 3600.0),
        ("d", 86_400.0),
        ("day", 86_400.0),
        ("days", 86_400.0),
    ];
    UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, seconds)| *seconds)
}

/// Whole microseconds, so that 0.1 s is 100 ms exactly.
fn rounded(duration: Duration) -> Duration {
    let micros = duration.as_nanos().saturating_add(500) / 1000;
    match u64::try_from(micros) {
        Ok(micros) if micros > 0 => Duration::from_micros(micros),
        _ => duration,
    }
}
