//! Times and names of a certificate, from what rustls prints.

use std::borrow::Cow;

use super::extract::{is_host, number};
use crate::Certificate;

/// Reads the certificate's facts beside a verdict.
///
/// `Display`: `certificate expired: verification time N (UNIX), but certificate is not
/// valid after N`; `Debug`: `ExpiredContext { time: UnixTime(N), not_after: UnixTime(N) }`.
pub(super) fn read(text: &str) -> Option<Certificate<'_>> {
    let certificate = Certificate {
        verified_at: seconds(text, &["verification time ", "{ time: UnixTime("]),
        not_after: seconds(text, &["certificate is not valid after ", "not_after: UnixTime("]),
        not_before: seconds(text, &["certificate is not valid before ", "not_before: UnixTime("]),
        names: names(text),
        ..Certificate::default()
    };
    (certificate != Certificate::default()).then_some(certificate)
}

/// The name that the certificate was checked against.
pub(super) fn expected_name(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("certificate not valid for name \"")?;
    rest.split_once('"').map(|(name, _)| name).filter(|name| is_host(name))
}

fn seconds(text: &str, anchors: &[&str]) -> Option<i64> {
    let rest = anchors.iter().find_map(|anchor| text.split_once(anchor))?.1;
    number(rest).and_then(|seconds| i64::try_from(seconds).ok())
}

fn names(text: &str) -> Option<Cow<'_, str>> {
    if let Some((_, rest)) = text.split_once("certificate is only valid for ") {
        let end = rest.find(": ").unwrap_or(rest.len());
        return rest.get(..end).map(str::trim_end).and_then(not_empty);
    }
    let (_, rest) = text.split_once("presented: [")?;
    let (names, _) = rest.split_once(']')?;
    not_empty(names)
}

fn not_empty(names: &str) -> Option<Cow<'_, str>> {
    (!names.is_empty()).then_some(Cow::Borrowed(names))
}
