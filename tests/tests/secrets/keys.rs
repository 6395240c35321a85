//! Values under names that say what they are.

use netcause_tests::dynamic;
use tracing::field::{debug, display};
use tracing::{Level, Value, info};

use crate::write;

/// Not a secret by itself: only the key tells.
const VALUE: &str = "blue heron lamp";

const KEYS: &[&str] = &[
    "password",
    "db.password",
    "user_passwd",
    "pwd",
    "passphrase",
    "token",
    "access_token",
    "refreshToken",
    "id-token",
    "secret",
    "client_secret",
    "api_key",
    "x-api-key",
    "authorization",
    "http.request.header.authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "private_key",
    "aws_secret_access_key",
    "session_id",
    "credentials",
    "dsn",
    "jwt",
];

/// The output of an event and of a span with a value under a key.
fn with(key: &str, value: &dyn Value) -> [String; 6] {
    let event = write(|| dynamic::event(Level::INFO, "keys", "hello", key, value));
    let span = write(|| dynamic::span(key, value).in_scope(|| info!("hello")));
    [event.json, event.plain, event.coloured, span.json, span.plain, span.coloured]
}

#[test]
fn a_value_under_a_secret_key_is_never_shown() {
    for key in KEYS {
        let values: [&dyn Value; 4] =
            [&VALUE, &display(VALUE), &debug(Some(VALUE)), &VALUE.as_bytes()];
        for value in values {
            for output in with(key, value) {
                assert!(!output.contains("heron"), "{key}: {output}");
                assert!(!output.contains("6865726f6e"), "{key} in hexadecimal: {output}");
            }
        }
    }
}

#[test]
fn a_number_under_a_secret_key_is_never_shown() {
    for key in KEYS {
        let values: [&dyn Value; 4] = [&918_273_u64, &-918_273_i64, &918_273.5, &918_273_i128];
        for value in values {
            for output in with(key, value) {
                assert!(!output.contains("918273"), "{key}: {output}");
            }
        }
    }
}

#[test]
fn a_value_under_a_harmless_key_is_shown() {
    for key in ["token_count", "password_length", "idempotency_key", "author", "secret_name"] {
        for output in with(key, &VALUE) {
            assert!(output.contains("heron"), "{key}: {output}");
        }
    }
}
