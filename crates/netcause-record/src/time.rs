//! Instants as RFC 3339 text in UTC.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use arrayvec::ArrayString;

const SECONDS_A_DAY: i64 = 86_400;

/// The seconds since the epoch that years 0 to 9999, all that RFC 3339 can write, lie in.
const WRITABLE: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// `YYYY-MM-DDTHH:MM:SS`
type DateTime = ArrayString<19>;

/// A second, and how it is written.
type Second = (i64, DateTime);

thread_local! {
    /// The last second that this thread wrote: most events share it with the one before.
    static LAST: RefCell<Second> = const { RefCell::new((i64::MIN, DateTime::new_const())) };
}

/// Appends a time as records have it, in UTC.
///
/// ```
/// let mut out = String::new();
/// netcause_record::push_timestamp(std::time::UNIX_EPOCH, &mut out);
/// assert_eq!(out, "1970-01-01T00:00:00.000000Z");
/// ```
pub fn push_timestamp(time: SystemTime, out: &mut String) {
    let (seconds, nanoseconds) = since_epoch(time);
    with_second(seconds, |date_time| out.push_str(date_time));
    out.push('.');
    push_fraction(1_000_000 + nanoseconds / 1000, out);
    out.push('Z');
}

/// Appends `09:26:53.589`.
pub(crate) fn push_time_of_day(time: SystemTime, out: &mut String) {
    let (seconds, nanoseconds) = since_epoch(time);
    with_second(seconds, |date_time| out.push_str(date_time.get(11..).unwrap_or_default()));
    out.push('.');
    push_fraction(1000 + nanoseconds / 1_000_000, out);
}

/// Appends the digits of a number but for the first, which keeps the zeros after it.
fn push_fraction(number: u32, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(number).get(1..).unwrap_or_default());
}

/// Appends `2026-11-23T09:26:53Z`, or nothing for a year that RFC 3339 cannot write; says
/// whether it could.
///
/// ```
/// let mut text = String::new();
/// assert!(netcause_record::push_seconds(1_795_426_013, &mut text));
/// assert_eq!(text, "2026-11-23T09:26:53Z");
/// ```
pub fn push_seconds(seconds: i64, out: &mut String) -> bool {
    let writable = WRITABLE.contains(&seconds);
    if writable {
        out.push_str(&date_time(seconds));
        out.push('Z');
    }
    writable
}

/// Whole seconds, rounded down, and nanoseconds.
fn since_epoch(time: SystemTime) -> (i64, u32) {
    let (seconds, nanoseconds) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                fraction => (-seconds - 1, 1_000_000_000 - fraction),
            }
        }
    };
    (seconds.clamp(WRITABLE.start, WRITABLE.end - 1), nanoseconds)
}

fn with_second(seconds: i64, write: impl FnOnce(&str)) {
    LAST.with_borrow_mut(|(last, text)| {
        if *last != seconds {
            let is_same_day = day_of(*last) == day_of(seconds);
            *text = match <[u8; 19]>::try_from(text.as_bytes()) {
                Ok(known) if is_same_day => with_time_of_day(known, seconds),
                _ => date_time(seconds),
            };
            *last = seconds;
        }
        write(text);
    });
}

/// The number of the day since 1970-01-01.
fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(SECONDS_A_DAY)
}

fn date_time(seconds: i64) -> DateTime {
    let (year, month, day) = civil_from_days(day_of(seconds));
    let mut text = *b"0000-00-00T00:00:00";
    put_digits(&mut text[0..4], year);
    put_digits(&mut text[5..7], month);
    put_digits(&mut text[8..10], day);
    with_time_of_day(text, seconds)
}

/// The time of day written behind a date.
fn with_time_of_day(mut text: [u8; 19], seconds: i64) -> DateTime {
    let second_of_day = seconds.rem_euclid(SECONDS_A_DAY) as u32;
    put_digits(&mut text[11..13], second_of_day / 3600);
    put_digits(&mut text[14..16], second_of_day / 60 % 60);
    put_digits(&mut text[17..19], second_of_day % 60);
    // Nothing but digits and marks.
    DateTime::from_byte_string(&text).unwrap_or_default()
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that a leap day is the last of its year; 400 years have
/// 146 097 days.
fn civil_from_days(days: i64) -> (u32, u32, u32) {
    let since_march_of_year_0 = days + 719_468;
    let era = since_march_of_year_0.div_euclid(146_097);
    let day_of_era = since_march_of_year_0.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

/// Fills `digits` with `number` in decimal, leading zeros included.
fn put_digits(digits: &mut [u8], mut number: u32) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn is_leap(year: u32) -> bool {
        year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
    }

    #[test]
    fn every_day_of_the_years_1_to_9999_follows_its_yesterday() {
        let mut days = -719_162;
        for year in 1..=9999 {
            for month in 1..=12 {
                let length = match month {
                    2 if is_leap(year) => 29,
                    2 => 28,
                    4 | 6 | 9 | 11 => 30,
                    _ => 31,
                };
                for day in 1..=length {
                    assert_eq!(civil_from_days(days), (year, month, day));
                    days += 1;
                }
            }
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
    }

    fn text(time: SystemTime) -> String {
        let mut out = String::new();
        push_timestamp(time, &mut out);
        out
    }

    #[test]
    fn known_instants() {
        let design = UNIX_EPOCH + Duration::new(1_795_426_013, 589_793_999);
        assert_eq!(text(design), "2026-11-23T09:26:53.589793Z");
        assert_eq!(text(UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
        let before = UNIX_EPOCH - Duration::from_micros(1);
        assert_eq!(text(before), "1969-12-31T23:59:59.999999Z");
        let mut out = String::new();
        push_time_of_day(design, &mut out);
        assert_eq!(out, "09:26:53.589");
    }

    #[test]
    fn the_cache_never_shows_another_second() {
        for second in [5, 5, 6, 5, 86_399, 86_400, 90_061, 5, 172_805] {
            let text = text(UNIX_EPOCH + Duration::from_secs(second));
            let mut expected = String::new();
            assert!(push_seconds(i64::try_from(second).unwrap(), &mut expected));
            assert_eq!(text, expected.replace('Z', ".000000Z"));
        }
    }

    #[test]
    fn years_that_cannot_be_written_are_not() {
        let mut out = String::new();
        assert!(!push_seconds(i64::MAX, &mut out));
        assert!(!push_seconds(WRITABLE.start - 1, &mut out));
        assert_eq!(out, "");
        assert!(push_seconds(WRITABLE.end - 1, &mut out));
        assert_eq!(out, "9999-12-31T23:59:59Z");
    }
}
