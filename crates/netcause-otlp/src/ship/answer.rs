//! [`Answer`]: what a receiver's answer means, by the OTLP specification.

use std::time::{Duration, SystemTime};

use hyper::header::{DATE, HeaderMap, RETRY_AFTER};
use netcause_fault::Evidence;
use serde_json::Value as Json;

use super::failure::Failure;
use crate::encode::wire::{Fields, Value};

/// What came of an attempt.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The receiver took the request, but for so many records; what it says about these.
    Accepted(Partial),
    /// Another attempt may succeed, and not before that pause where the receiver asks for one.
    Retry(Failure, Option<Duration>),
    /// The request is larger than what the receiver takes.
    TooLarge(Failure),
    /// No attempt with this request will succeed.
    Refused(Failure),
}

/// The `partial_success` of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Partial {
    pub(crate) rejected: u64,
    pub(crate) message: String,
}

/// A pause that a receiver asks for is never longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// What a status of HTTP that is no success means (OTLP specification, "Failures" and
/// "Retryable Response Codes").
pub(crate) fn of_status(status: u16, headers: &HeaderMap, mut failure: Failure) -> Answer {
    let pause = retry_after(headers);
    if let Some(pause) = pause {
        failure.fault.add_evidence(Evidence::RetryAfter(pause));
    }
    match status {
        429 | 502 | 503 | 504 => Answer::Retry(failure, pause),
        413 => Answer::TooLarge(failure),
        _ => Answer::Refused(failure),
    }
}

/// What a status of gRPC that is no success means (OTLP specification, "Failures" and
/// "OTLP/gRPC Throttling").
pub(crate) fn of_code(code: u16, details: Option<&[u8]>, failure: Failure) -> Answer {
    let pause = details.and_then(retry_info).map(|pause| pause.min(LONGEST_PAUSE));
    match (code, pause) {
        _ if is_about_size(code, &failure) => Answer::TooLarge(failure),
        // Cancelled, deadline exceeded, aborted, out of range, unavailable, data loss.
        (1 | 4 | 10 | 11 | 14 | 15, pause) => Answer::Retry(failure, pause),
        // Resource exhausted, if the receiver says that it will recover.
        (8, Some(pause)) => Answer::Retry(failure, Some(pause)),
        _ => Answer::Refused(failure),
    }
}

/// Whether a receiver of gRPC speaks of the size of the request: there is no code for it.
/// The words are those of gRPC in Go and of tonic.
fn is_about_size(code: u16, failure: &Failure) -> bool {
    matches!(code, 8 | 11)
        && ["larger than max", "length too large"].iter().any(|words| failure.text.contains(words))
}

/// `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3). A date is by the receiver's
/// clock, which it tells in `Date`: ours may differ.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text| httpdate::parse_http_date(text).ok();
    let value = text(RETRY_AFTER)?;
    let pause = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let now = text(DATE).and_then(date).unwrap_or_else(SystemTime::now);
            date(value)?.duration_since(now).unwrap_or_default()
        }
    };
    Some(pause.min(LONGEST_PAUSE))
}

/// The bytes of a message's field.
fn bytes(message: &[u8], field: u64) -> Option<&[u8]> {
    Fields(message).find_map(|found| match found {
        (number, Value::Bytes(bytes)) if number == field => Some(bytes),
        _ => None,
    })
}

fn number(message: &[u8], field: u64) -> u64 {
    let found = Fields(message).find_map(|found| match found {
        (at, Value::Number(number)) if at == field => Some(number),
        _ => None,
    });
    found.unwrap_or(0)
}

/// The delay of a `RetryInfo` among the details of a `google.rpc.Status`.
fn retry_info(status: &[u8]) -> Option<Duration> {
    Fields(status).find_map(|found| {
        let (3, Value::Bytes(any)) = found else { return None };
        if !bytes(any, 1)?.ends_with(b"/google.rpc.RetryInfo") {
            return None;
        }
        let info = bytes(any, 2).unwrap_or_default();
        let delay = bytes(info, 1).unwrap_or_default();
        let nanoseconds = u32::try_from(number(delay, 2)).unwrap_or(0);
        Some(Duration::from_secs(number(delay, 1)) + Duration::from_nanos(nanoseconds.into()))
    })
}

/// The `partial_success` of an `ExportLogsServiceResponse` or its like for traces.
pub(crate) fn partial(response: &[u8]) -> Partial {
    let Some(partial) = bytes(response, 1) else { return Partial::default() };
    let message = bytes(partial, 2).unwrap_or_default();
    Partial { rejected: number(partial, 1), message: String::from_utf8_lossy(message).into_owned() }
}

/// The same of an answer in JSON, where 64-bit integers are texts or numbers.
pub(crate) fn partial_of_json(response: &[u8]) -> Partial {
    let response: Json = serde_json::from_slice(response).unwrap_or_default();
    let member = |name: &str| response.get("partialSuccess").and_then(|partial| partial.get(name));
    let rejected = member("rejectedLogRecords").or_else(|| member("rejectedSpans"));
    let rejected = rejected.and_then(|it| it.as_u64().or_else(|| it.as_str()?.parse().ok()));
    let message = member("errorMessage").and_then(Json::as_str).unwrap_or_default();
    Partial { rejected: rejected.unwrap_or(0), message: message.to_owned() }
}

/// What a receiver says of a refusal: the message of a `google.rpc.Status`, or a short text.
pub(crate) fn message(kind: &str, body: &[u8]) -> String {
    if kind.starts_with("application/x-protobuf") {
        let message = bytes(body, 2).unwrap_or_default();
        return String::from_utf8_lossy(message).into_owned();
    }
    if kind.starts_with("application/json") {
        let status: Json = serde_json::from_slice(body).unwrap_or_default();
        return status.get("message").and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    }
    let is_text = kind.is_empty() || kind.starts_with("text/plain");
    match std::str::from_utf8(body) {
        Ok(text) if is_text && !text.trim_start().starts_with('<') => text.trim().to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn pause(value: &str) -> Option<Duration> {
        let now = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(784_111_777 - 7));
        let headers = [(RETRY_AFTER, value.to_owned()), (DATE, now)];
        let headers = headers.map(|(name, value)| (name, value.parse().unwrap()));
        retry_after(&headers.into_iter().collect())
    }

    #[test]
    fn a_pause_is_read_in_both_forms_and_bounded() {
        assert_eq!(pause("5"), Some(Duration::from_secs(5)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        assert_eq!(pause("86400"), Some(LONGEST_PAUSE));
        assert_eq!(pause("soon"), None);
        assert_eq!(pause("-5"), None);
        // Without the receiver's clock, ours.
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(30));
        let headers = [(RETRY_AFTER, soon.parse().unwrap())].into_iter().collect();
        let pause = retry_after(&headers).unwrap();
        assert!((25..=30).contains(&pause.as_secs()), "{pause:?}");
    }

    /// `Status { code: 8, details: [RetryInfo { retry_delay: 2.5 s }] }`.
    const STATUS: &[u8] =
        b"\x08\x08\x1a\x33\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x07\x0a\x05\x08\x02\x10\x80\x01";

    #[test]
    fn a_pause_of_grpc_is_read_from_the_details() {
        let expected = Duration::from_secs(2) + Duration::from_nanos(128);
        assert_eq!(retry_info(STATUS), Some(expected));
        assert_eq!(retry_info(b"\x08\x08"), None);
        assert_eq!(retry_info(&STATUS[..20]), None);
    }

    #[test]
    fn what_a_receiver_says_is_read_by_its_kind() {
        assert_eq!(message("application/x-protobuf", b"\x08\x03\x12\x03bad"), "bad");
        assert_eq!(message("application/json; charset=utf-8", br#"{"message":"bad"}"#), "bad");
        assert_eq!(message("text/plain", b" no such key\n"), "no such key");
        assert_eq!(message("", b"use HTTPS"), "use HTTPS");
        assert_eq!(message("", b"<html>"), "");
        assert_eq!(message("text/html", b"bad"), "");
        assert_eq!(message("application/x-protobuf", b"not found"), "");
    }

    #[test]
    fn a_partial_success_is_read() {
        let partial_success = partial(b"\x0a\x07\x08\x03\x12\x03bad");
        assert_eq!(partial_success, Partial { rejected: 3, message: "bad".to_owned() });
        assert_eq!(partial(b""), Partial::default());
        for number in ["3", "\"3\""] {
            for name in ["rejectedLogRecords", "rejectedSpans"] {
                let json =
                    format!(r#"{{"partialSuccess":{{"{name}":{number},"errorMessage":"bad"}}}}"#);
                assert_eq!(partial_of_json(json.as_bytes()), partial_success);
            }
        }
        assert_eq!(partial_of_json(b"{}"), Partial::default());
        assert_eq!(partial_of_json(b""), Partial::default());
    }
}
