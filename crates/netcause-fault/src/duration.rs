//! Durations as people write them.

use std::fmt;
use std::time::Duration;

/// A duration as `2ms`, `1.5s`, `2m`, `3m12s`.
///
/// ```
/// use std::time::Duration;
/// use netcause_fault::text_duration;
/// assert_eq!(text_duration(Duration::from_millis(1500)).to_string(), "1.5s");
/// assert_eq!(text_duration(Duration::from_secs(120)).to_string(), "2m");
/// ```
#[must_use]
pub fn text_duration(duration: Duration) -> TextDuration {
    TextDuration(duration)
}

/// A duration in the largest whole unit, in words: `3 days`, `1 hour`, `45 seconds`.
///
/// ```
/// use std::time::Duration;
/// use netcause_fault::long_duration;
/// assert_eq!(long_duration(Duration::from_secs(3 * 86_400 + 5)).to_string(), "3 days");
/// ```
#[must_use]
pub fn long_duration(duration: Duration) -> LongDuration {
    LongDuration(duration)
}

/// What [`text_duration`] returns.
#[derive(Debug, Clone, Copy)]
pub struct TextDuration(Duration);

/// What [`long_duration`] returns.
#[derive(Debug, Clone, Copy)]
pub struct LongDuration(Duration);

impl fmt::Display for TextDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let seconds = self.0.as_secs();
        match millis {
            0 if self.0.is_zero() => f.write_str("0ms"),
            0 => write!(f, "{}µs", self.0.as_micros().max(1)),
            1..1000 => write!(f, "{millis}ms"),
            1000..60_000 => match (millis % 1000) / 100 {
                0 => write!(f, "{seconds}s"),
                tenths => write!(f, "{seconds}.{tenths}s"),
            },
            60_000..3_600_000 => units(f, seconds, 60, "m", "s"),
            3_600_000..86_400_000 => units(f, seconds / 60, 60, "h", "m"),
            _ => units(f, seconds / 3600, 24, "d", "h"),
        }
    }
}

fn units(f: &mut fmt::Formatter<'_>, count: u64, per: u64, large: &str, small: &str) -> fmt::Result {
    write!(f, "{}{large}", count / per)?;
    match count % per {
        0 => Ok(()),
        rest => write!(f, "{rest}{small}"),
    }
}

impl fmt::Display for LongDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (count, unit) = match seconds {
            86_400.. => (seconds / 86_400, "day"),
            3600.. => (seconds / 3600, "hour"),
            60.. => (seconds / 60, "minute"),
            _ => (seconds, "second"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}
