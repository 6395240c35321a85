//! The retries of reqwest-retry, against servers on the loopback address.

use std::time::Duration;

use http::Method;
use reqwest_middleware::{ClientBuilder, Error};
use reqwest_retry::Jitter;
use reqwest_retry::policies::ExponentialBackoff;
use serde_json::Value;

use super::loopback::{BUSY, CLOSED, DENIED, OK, PAUSED, member, server, told};
use crate::reqwest::{CallMiddleware, instrument};
use crate::retry::RetryMiddleware;

fn retries() -> RetryMiddleware<ExponentialBackoff> {
    let pause = Duration::from_millis(10);
    let pauses = ExponentialBackoff::builder().retry_bounds(pause, pause).jitter(Jitter::None);
    RetryMiddleware::new("ask for the price", pauses.build_with_max_retries(2))
}

fn client() -> ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    ClientBuilder::new(instrument(reqwest::Client::builder().no_proxy()).build().unwrap())
}

type Answered = Result<u16, Error>;

/// What a call by that method logs, and what its caller gets.
fn call<const N: usize>(
    client: ClientBuilder,
    method: Method,
    answers: [&'static str; N],
) -> (Vec<Value>, Answered) {
    let mut answered = Ok(0);
    let records = told(async {
        let url = format!("http://{}/price", server(answers).await);
        let result = client.build().request(method, url).send().await;
        answered = result.map(|response| response.status().as_u16());
    });
    (records, answered)
}

#[test]
fn a_call_that_fails_twice_and_recovers_says_so() {
    let client = client().with(retries()).with(CallMiddleware::new());
    let (records, answered) = call(client, Method::GET, [BUSY, CLOSED, OK]);
    assert_eq!(answered.unwrap(), 200);
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "INFO"]);
    assert_eq!(member(&records, "retry.attempt"), [0, 1, 2]);
    assert_eq!(member(&records, "retry.max_attempts"), [2, 2, 2]);
    for record in &records[..2] {
        assert!(record["retry.next_delay_ms"].as_u64().unwrap() <= 10, "{record}");
        assert_eq!(record["server.address"], "127.0.0.1");
        assert_eq!(record["network.peer.address"], "127.0.0.1");
    }
    assert_eq!(records[0]["http.response.status_code"], 503);
    assert_eq!(records[1]["error.type"], "connection_closed");
    assert_eq!(records[2]["message"], "ask for the price: went well after 2 retries");
}

#[test]
fn the_last_answer_goes_to_the_caller_and_is_an_error_of_the_log() {
    // Also where no call beneath tells more than the answer itself.
    for client in [client().with(retries()), client().with(retries()).with(CallMiddleware::new())] {
        let (records, answered) = call(client, Method::GET, [BUSY; 3]);
        assert_eq!(answered.unwrap(), 503);
        assert_eq!(member(&records, "severity"), ["WARN", "WARN", "ERROR"]);
        assert_eq!(member(&records, "server.address"), ["127.0.0.1"; 3]);
        assert_eq!(records[2]["retry.exhausted"], true);
        let summary = records[2]["fault.summary"].as_str().unwrap();
        assert!(summary.ends_with("Retries: 2/2, giving up"), "{summary}");
    }
}

#[test]
fn the_error_of_the_last_try_stays_what_it_is() {
    let client = client().with(retries()).with(CallMiddleware::new());
    let (records, answered) = call(client, Method::GET, [CLOSED; 3]);
    let error = answered.unwrap_err();
    assert!(matches!(&error, Error::Reqwest(error) if error.is_request()), "{error:?}");
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "ERROR"]);
    assert_eq!(records[2]["retry.exhausted"], true);
}

#[test]
fn the_strategy_says_what_is_not_tried_again() {
    struct Never;

    impl reqwest_retry::RetryableStrategy for Never {
        fn handle(&self, _: &Result<reqwest::Response, Error>) -> Option<reqwest_retry::Retryable> {
            Some(reqwest_retry::Retryable::Fatal)
        }
    }

    let calls = CallMiddleware::new;
    let client_of_one = client().with(retries().strategy(Never)).with(calls());
    let (records, answered) = call(client_of_one, Method::POST, [CLOSED, OK]);
    answered.unwrap_err();
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    assert_eq!(records[0]["message"], "could not ask for the price: another try would not help");
    let (records, answered) = call(client().with(retries()).with(calls()), Method::GET, [DENIED]);
    assert_eq!(answered.unwrap(), 401);
    assert!(records.is_empty(), "{records:?}");
}

#[test]
fn a_longer_pause_than_there_is_patience_for_is_not_made() {
    let client = client().with(retries()).with(CallMiddleware::new());
    let (records, answered) = call(client, Method::GET, [PAUSED, OK]);
    assert_eq!(answered.unwrap(), 429);
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    let message = records[0]["message"].as_str().unwrap();
    assert!(message.ends_with("as the peer asks to wait for 1m"), "{message}");
}
