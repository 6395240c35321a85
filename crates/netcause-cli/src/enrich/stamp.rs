//! Times as programs write them.
//!
//! A time without an offset is taken as UTC: most services run there, and the line does not
//! say. A time without its year gets the year in which it is not in the future.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At that time.
    At(SystemTime),
    /// In an unknown year.
    InSomeYear {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
        /// Since the day began.
        time: Duration,
    },
}

const DAY: i64 = 86_400;

impl When {
    /// The time, in the latest year in which it is not more than a day after `now`.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use netcause_cli::enrich::When;
    ///
    /// let new_years_eve = When::InSomeYear { month: 12, day: 31, time: Duration::ZERO };
    /// let second_of_january = UNIX_EPOCH + Duration::from_secs(366 * 86_400);
    /// let resolved = new_years_eve.resolve(second_of_january);
    /// assert_eq!(resolved, Some(UNIX_EPOCH + Duration::from_secs(364 * 86_400)));
    /// ```
    #[must_use]
    pub fn resolve(self, now: SystemTime) -> Option<SystemTime> {
        let (month, day, time) = match self {
            When::At(time) => return Some(time),
            When::InSomeYear { month, day, time } => (month, day, time),
        };
        let latest = now + Duration::from_secs(DAY.unsigned_abs());
        let days = now.duration_since(UNIX_EPOCH).ok()?.as_secs() / DAY.unsigned_abs();
        // A year that begins after the true one ends is not far from it.
        let year = 1970 + i64::try_from(days / 365).ok()?;
        // The 29th of February comes every eighth year at least.
        (year - 9..=year + 1).rev().find_map(|year| {
            let midnight = days_from_civil(year, i64::from(month), i64::from(day))? * DAY;
            let at = at(midnight, 0)?.checked_add(time)?;
            (at <= latest).then_some(at)
        })
    }
}

/// A time at the beginning of a text, in any of the forms with a year.
///
/// Returns what follows it.
pub(super) fn leading(text: &[u8]) -> Option<(When, &[u8])> {
    let (date, rest) = date(text)?;
    let rest = match rest {
        [b'T' | b't', rest @ ..] | [b' ', rest @ ..] => rest,
        _ => return None,
    };
    let (clock, rest) = clock(rest)?;
    let (offset, rest) = offset(rest);
    Some((When::At(at(date * DAY + clock.seconds - offset, clock.nanos)?), rest))
}

/// `23/Nov/2026:09:26:53.589 +0000` at the beginning of a text.
pub(super) fn leading_common(text: &[u8]) -> Option<(When, &[u8])> {
    let (day, rest) = number(text, 2)?;
    let (month, rest) = month(rest.strip_prefix(b"/")?)?;
    let (year, rest) = number(rest.strip_prefix(b"/")?, 4)?;
    let (clock, rest) = clock(rest.strip_prefix(b":")?)?;
    let (offset, rest) = offset(rest);
    let days = days_from_civil(year, month, day)?;
    Some((When::At(at(days * DAY + clock.seconds - offset, clock.nanos)?), rest))
}

/// `Nov 23 09:26:53` at the beginning of a text, with a fraction or a year behind the day.
pub(super) fn leading_month(text: &[u8]) -> Option<(When, &[u8])> {
    let (month, rest) = month(text)?;
    let rest = rest.strip_prefix(b" ")?;
    let (day, rest) = match rest {
        [b' ', digit @ b'0'..=b'9', rest @ ..] => (i64::from(digit - b'0'), rest),
        _ => number(rest, 2)?,
    };
    let rest = rest.strip_prefix(b" ")?;
    if let Some((year, after)) = number(rest, 4)
        && let Some((clock, after)) = after.strip_prefix(b" ").and_then(clock)
    {
        let days = days_from_civil(year, month, day)?;
        return Some((When::At(at(days * DAY + clock.seconds, clock.nanos)?), after));
    }
    let (clock, rest) = clock(rest)?;
    Some((in_some_year(month, day, &clock)?, rest))
}

/// `1123 09:26:53.589793` at the beginning of a text.
pub(super) fn leading_klog(text: &[u8]) -> Option<(When, &[u8])> {
    let (month, rest) = number(text, 2)?;
    let (day, rest) = number(rest, 2)?;
    let (clock, rest) = clock(rest.strip_prefix(b" ")?)?;
    Some((in_some_year(month, day, &clock)?, rest))
}

/// `09:26:53.589`: a time of an unknown day. Returns what follows it.
pub(super) fn skip_clock(text: &[u8]) -> Option<&[u8]> {
    clock(text).map(|(_, rest)| rest)
}

/// A text that is a time and nothing else.
pub(crate) fn whole(text: &[u8]) -> Option<When> {
    let text = text.trim_ascii();
    let (when, rest) = leading(text).or_else(|| leading_common(text))?;
    rest.is_empty().then_some(when)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size:
/// each reading lies between 1973 and 5138.
pub(super) fn of_number(literal: &[u8]) -> Option<When> {
    if memchr::memchr2(b'e', b'E', literal).is_some() {
        return of_float(literal);
    }
    let digits = literal.iter().take_while(|it| it.is_ascii_digit()).count();
    if digits > 19 {
        return None;
    }
    let add = |whole: u64, digit: &u8| whole * 10 + u64::from(digit.wrapping_sub(b'0'));
    let whole = literal.get(..digits)?.iter().fold(0, add);
    let fraction = match literal.get(digits..)? {
        [] => 0,
        [b'.', fraction @ ..] => {
            let (nanos, digits) = nanos_of(fraction);
            (digits == fraction.len()).then_some(nanos)?
        }
        _ => return None,
    };
    let (unit, nanos) = match digits {
        9..=11 => (1_000_000_000, fraction),
        12..=14 => (1_000_000, fraction / 1000),
        15..=17 => (1000, 0),
        18..=19 => (1, 0),
        _ => return None,
    };
    let seconds = whole / (1_000_000_000 / unit);
    let rest = whole % (1_000_000_000 / unit) * unit + u64::from(nanos);
    Some(When::At(at(i64::try_from(seconds).ok()?, u32::try_from(rest).ok()?)?))
}

/// `1.7e9`, as zap writes seconds.
fn of_float(literal: &[u8]) -> Option<When> {
    let seconds: f64 = str::from_utf8(literal).ok()?.parse().ok()?;
    if !(1e8..1e11).contains(&seconds) {
        return None;
    }
    let micros = (seconds * 1e6).round() as u64;
    Some(When::At(UNIX_EPOCH.checked_add(Duration::from_micros(micros))?))
}

/// A time of a day.
struct Clock {
    seconds: i64,
    nanos: u32,
}

fn in_some_year(month: i64, day: i64, clock: &Clock) -> Option<When> {
    // 2000 is a leap year: every day that exists in some year exists in it.
    days_from_civil(2000, month, day)?;
    Some(When::InSomeYear {
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
        time: Duration::new(u64::try_from(clock.seconds).ok()?, clock.nanos),
    })
}

/// `2026-11-23` or `2026/11/23`, as days since 1970.
#[inline]
fn date(text: &[u8]) -> Option<(i64, &[u8])> {
    let [a, b, c, d, mark @ (b'-' | b'/'), e, f, other, g, h, rest @ ..] = text else {
        return None;
    };
    if mark != other {
        return None;
    }
    let year = two(*a, *b)? * 100 + two(*c, *d)?;
    Some((days_from_civil(year, two(*e, *f)?, two(*g, *h)?)?, rest))
}

/// `09:26:53` and a fraction behind `.` or `,`.
#[inline]
fn clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    let [a, b, b':', c, d, b':', e, f, rest @ ..] = text else { return None };
    let (hour, minute, second) = (two(*a, *b)?, two(*c, *d)?, two(*e, *f)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // A leap second is the last that RFC 3339 and clocks can tell.
    let seconds = hour * 3600 + minute * 60 + second.min(59);
    if let [b'.' | b',', fraction @ ..] = rest
        && let (nanos, digits @ 1..) = nanos_of(fraction)
    {
        return Some((Clock { seconds, nanos }, fraction.get(digits..)?));
    }
    Some((Clock { seconds, nanos: 0 }, rest))
}

/// The fraction of a second at the beginning of a text, and how many digits it has.
#[inline]
fn nanos_of(text: &[u8]) -> (u32, usize) {
    let (mut nanos, mut unit, mut digits) = (0, 100_000_000, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        nanos += u32::from(digit) * unit;
        unit /= 10;
        digits += 1;
    }
    (nanos, digits)
}

/// `Z`, `+01:00`, `+0100`, ` +01:00` or ` UTC` as seconds; none where there is no offset.
#[inline]
fn offset(text: &[u8]) -> (i64, &[u8]) {
    match text {
        [b'Z' | b'z', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
            return (0, rest);
        }
        [b' ', b'U', b'T', b'C', rest @ ..] | [b' ', b'G', b'M', b'T', rest @ ..] => {
            return (0, rest);
        }
        _ => {}
    }
    let signed = text.strip_prefix(b" ").unwrap_or(text);
    signed_offset(signed).unwrap_or((0, text))
}

fn signed_offset(text: &[u8]) -> Option<(i64, &[u8])> {
    let (sign, rest) = match text {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let (minutes, rest) = match rest {
        [b':', rest @ ..] => number(rest, 2)?,
        _ => number(rest, 2).unwrap_or((0, rest)),
    };
    let ends = !rest.first().is_some_and(u8::is_ascii_digit);
    (ends && hours < 24 && minutes < 60).then_some((sign * (hours * 3600 + minutes * 60), rest))
}

fn month(text: &[u8]) -> Option<(i64, &[u8])> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    let month = match name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    };
    Some((month, rest))
}

/// A number of exactly so many digits, 2 or 4.
#[inline]
fn number(text: &[u8], digits: usize) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at_checked(digits)?;
    let number = match digits {
        [a, b] => two(*a, *b)?,
        [a, b, c, d] => two(*a, *b)? * 100 + two(*c, *d)?,
        _ => return None,
    };
    Some((number, rest))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// Days since 1970-01-01 of a day that exists, in the proleptic Gregorian calendar.
#[inline]
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years from March, so that a leap day is the last of its year; 400 more, so that none is
    // below zero.
    let (year, from_march) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let year = u32::try_from(year + 400).ok()?;
    let of_years = i64::from(365 * year + year / 4 - year / 100 + year / 400);
    Some(of_years + (153 * from_march + 2) / 5 + day - 1 - 719_468 - 146_097)
}

#[inline]
fn at(seconds: i64, nanos: u32) -> Option<SystemTime> {
    let Ok(whole) = u64::try_from(seconds) else {
        let time = UNIX_EPOCH.checked_sub(Duration::from_secs(seconds.unsigned_abs()))?;
        return time.checked_add(Duration::from_nanos(u64::from(nanos)));
    };
    UNIX_EPOCH.checked_add(Duration::new(whole, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T09:26:53Z
    const DESIGN: u64 = 1_795_426_013;

    fn design(nanos: u32) -> Option<When> {
        Some(When::At(UNIX_EPOCH + Duration::new(DESIGN, nanos)))
    }

    #[test]
    fn times_with_a_year_are_read_in_every_form() {
        for text in [
            "2026-11-23T09:26:53.589Z",
            "2026-11-23 09:26:53,589",
            "2026/11/23 09:26:53.589",
            "2026-11-23T10:26:53.589+01:00",
            "2026-11-23T04:26:53.589-0500",
            "2026-11-23 10:26:53.589 +0100",
            "2026-11-23 09:26:53.589 UTC",
            "2026-11-23T14:56:53.589000000+05:30",
            "23/Nov/2026:09:26:53.589",
            "23/Nov/2026:10:26:53.589 +0100",
        ] {
            assert_eq!(whole(text.as_bytes()), design(589_000_000), "{text}");
        }
        assert_eq!(leading_month(b"Nov 23 2026 09:26:53 x").map(|it| it.0), design(0));
    }

    #[test]
    fn days_that_do_not_exist_are_no_times() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T09:26",
            "2026-11/23 09:26:53",
            "20261123T092653Z",
            "",
        ] {
            assert_eq!(whole(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_told_apart_by_their_size() {
        for (literal, nanos) in [
            ("1795426013", 0),
            ("1795426013.589", 589_000_000),
            ("1795426013589", 589_000_000),
            ("1795426013589.793", 589_793_000),
            ("1795426013589793", 589_793_000),
            ("1795426013589793001", 589_793_001),
            ("1.795426013589e9", 589_000_000),
        ] {
            assert_eq!(of_number(literal.as_bytes()), design(nanos), "{literal}");
        }
        for literal in ["17", "-1795426013", "1e3", "0.5", "1795426013x"] {
            assert_eq!(of_number(literal.as_bytes()), None, "{literal}");
        }
    }

    #[test]
    fn a_year_that_is_missing_is_the_latest_possible() {
        let now = UNIX_EPOCH + Duration::from_secs(DESIGN);
        let at = |text: &[u8]| leading_month(text).and_then(|(when, _)| when.resolve(now));
        assert_eq!(at(b"Nov 23 09:26:53"), Some(now));
        assert_eq!(at(b"Nov 24 09:26:53"), Some(now + Duration::from_secs(86_400)));
        let last_year = now + Duration::from_secs(2 * 86_400) - Duration::from_secs(365 * 86_400);
        assert_eq!(at(b"Nov 25 09:26:53"), Some(last_year));
        // 2024 was the last leap year.
        assert!(at(b"Feb 29 00:00:00").is_some_and(|it| it < last_year));
        assert_eq!(at(b"Nov  3 09:26:53"), Some(now - Duration::from_secs(20 * 86_400)));
        assert_eq!(at(b"Feb 30 00:00:00"), None);
    }

    #[test]
    fn every_day_follows_its_yesterday() {
        let mut days = days_from_civil(1899, 12, 31).unwrap();
        for year in 1900..2101 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(this) = days_from_civil(year, month, day) {
                        assert_eq!(this, days + 1, "{year}-{month}-{day}");
                        days = this;
                    }
                }
            }
        }
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
    }
}
