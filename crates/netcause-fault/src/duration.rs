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

impl TextDuration {
    /// Writes the duration; the same text as `Display`, without a formatter.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(self, out: &mut impl fmt::Write) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let seconds = self.0.as_secs();
        match millis {
            0 if self.0.is_zero() => out.write_str("0ms"),
            0 => with_unit(out, u64::from(self.0.subsec_micros().max(1)), "µs"),
            1..1000 => with_unit(out, millis, "ms"),
            1000..60_000 => {
                write_number(out, seconds)?;
                let tenths = (millis % 1000) / 100;
                if tenths > 0 {
                    out.write_str(".")?;
                    write_number(out, tenths)?;
                }
                out.write_str("s")
            }
            60_000..3_600_000 => two_units(out, seconds, 60, "m", "s"),
            3_600_000..86_400_000 => two_units(out, seconds / 60, 60, "h", "m"),
            _ => two_units(out, seconds / 3600, 24, "d", "h"),
        }
    }
}

impl LongDuration {
    /// Writes the duration; the same text as `Display`, without a formatter.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(self, out: &mut impl fmt::Write) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (count, unit) = match seconds {
            86_400.. => (seconds / 86_400, " day"),
            3600.. => (seconds / 3600, " hour"),
            60.. => (seconds / 60, " minute"),
            _ => (seconds, " second"),
        };
        with_unit(out, count, unit)?;
        if count == 1 { Ok(()) } else { out.write_str("s") }
    }
}

impl fmt::Display for TextDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl fmt::Display for LongDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

fn with_unit(out: &mut impl fmt::Write, count: u64, unit: &str) -> fmt::Result {
    write_number(out, count)?;
    out.write_str(unit)
}

fn two_units(
    out: &mut impl fmt::Write,
    count: u64,
    per: u64,
    large: &str,
    small: &str,
) -> fmt::Result {
    with_unit(out, count / per, large)?;
    match count % per {
        0 => Ok(()),
        rest => with_unit(out, rest, small),
    }
}

/// Writes a number in decimal, in one call.
pub(crate) fn write_number(out: &mut impl fmt::Write, number: u64) -> fmt::Result {
    out.write_str(itoa::Buffer::new().format(number))
}
