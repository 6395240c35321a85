//! Statuses of HTTP answers.

use super::{Rule, Says, note, weak};

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    note("http status server error (", Says::Status, "reqwest"),
    note("http status client error (", Says::Status, "reqwest"),
    note("kind: status(", Says::Status, "reqwest Debug"),
    weak(note("http status code ", Says::StatusText, "generic")),
    weak(note("http status code: ", Says::StatusText, "generic")),
    weak(note("status code ", Says::StatusText, "generic")),
    weak(note("status code: ", Says::StatusText, "generic")),
    weak(note("http status ", Says::StatusText, "generic")),
    weak(note("http status: ", Says::StatusText, "generic")),
    weak(note("http error ", Says::StatusText, "generic")),
    weak(note("unexpected status ", Says::StatusText, "generic")),
    weak(note("401 unauthorized", Says::StatusPhrase, "RFC 9110")),
    weak(note("403 forbidden", Says::StatusPhrase, "RFC 9110")),
    weak(note("404 not found", Says::StatusPhrase, "RFC 9110")),
    weak(note("407 proxy authentication required", Says::StatusPhrase, "RFC 9110")),
    weak(note("408 request timeout", Says::StatusPhrase, "RFC 9110")),
    weak(note("429 too many requests", Says::StatusPhrase, "RFC 6585")),
    weak(note("500 internal server error", Says::StatusPhrase, "RFC 9110")),
    weak(note("502 bad gateway", Says::StatusPhrase, "RFC 9110")),
    weak(note("503 service unavailable", Says::StatusPhrase, "RFC 9110")),
    weak(note("503 service temporarily unavailable", Says::StatusPhrase, "nginx")),
    weak(note("504 gateway timeout", Says::StatusPhrase, "RFC 9110")),
    weak(note("504 gateway time-out", Says::StatusPhrase, "nginx")),
];
