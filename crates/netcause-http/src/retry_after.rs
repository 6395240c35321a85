//! `Retry-After` (RFC 9110 §10.2.3).

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// The pause that headers ask for: seconds, or the time until a date.
pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &'static str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
        read(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 30))
    }

    #[test]
    fn a_pause_is_seconds_or_the_time_until_a_date() {
        assert_eq!(of("120"), Some(Duration::from_secs(120)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(of("Sun, 06 Nov 1990 08:49:37 GMT"), None);
        assert_eq!(of("soon"), None);
    }
}
