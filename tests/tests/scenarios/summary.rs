//! The sentence for humans, from a real connect that nobody answers.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use netcause_cli::peers::Peer;
use netcause_tests::lines::{Line, record_one};
use tracing::{error, info_span};

use crate::{runtime, typed};

const SENTENCE: &str = "Connection to host hello.from.the.other.side on port 12345 timed out after 100ms. Retries: 2/5";

const LIMIT: Duration = Duration::from_millis(100);

/// The error of a connect with a limit, against a full queue.
fn connect_timeout() -> io::Error {
    let runtime = runtime();
    runtime.block_on(async {
        let peer = Peer::full_queue(None).await.unwrap();
        TcpStream::connect_timeout(&peer.addr, LIMIT).unwrap_err()
    })
}

/// The line of that error on a try of five, its facts on the span.
fn on_try(attempt: u32, log: impl FnOnce(&io::Error)) -> Line {
    let error = connect_timeout();
    record_one(|| {
        let _call = info_span!(
            "call",
            server.address = "hello.from.the.other.side",
            server.port = 12345,
            connect_timeout_ms = 100,
            retry.attempt = attempt,
            retry.max_attempts = 5,
        )
        .entered();
        log(&error);
    })
}

#[test]
fn a_connect_timeout_gives_the_sentence_word_for_word() {
    let line = on_try(2, |error| error!(error = typed(error), "could not charge the card"));
    assert_eq!(line.text("fault.summary"), Some(SENTENCE), "{line:?}");
    assert_eq!(line.category(), Some("connect_timeout"));
    assert_eq!(line.number("fault.timeout_ms"), Some(100));
    assert_eq!(line.text("fault.limit"), Some("connect"));
    assert_eq!(line.number("retry.attempt"), Some(2));
    assert_eq!(line.number("retry.max_attempts"), Some(5));
}

#[test]
fn texts_that_tell_of_the_connect_give_the_same_sentence() {
    let line = on_try(2, |error| error!(error = ?error, "could not charge the card"));
    assert_eq!(line.text("fault.summary"), Some(SENTENCE), "{line:?}");
    let text =
        "error sending request: client error (Connect): tcp connect error: deadline has elapsed";
    let line = on_try(2, |_| error!(error = text, "could not charge the card"));
    assert_eq!(line.text("fault.summary"), Some(SENTENCE), "{line:?}");
}

/// `connection timed out` is what an established connection's error says, too.
#[test]
fn a_text_that_tells_no_phase_claims_none() {
    let line = on_try(2, |error| error!(error = %error, "could not charge the card"));
    assert_eq!(line.text("error.message"), Some("connection timed out"));
    assert_eq!(line.category(), Some("timeout"), "{line:?}");
    assert!(!line.has("fault.phase") && !line.has("fault.limit"), "{line:?}");
    assert_eq!(line.peer(), (Some("hello.from.the.other.side"), Some(12345)));
}

#[test]
fn the_first_and_the_last_try_say_so() {
    let line = on_try(0, |error| error!(error = typed(error), "failed"));
    assert!(line.text("fault.summary").unwrap().ends_with(" Retries: 0/5"), "{line:?}");
    let line = on_try(5, |error| error!(error = typed(error), "failed"));
    assert!(line.text("fault.summary").unwrap().ends_with(" Retries: 5/5, giving up"), "{line:?}");
}

#[test]
fn a_full_queue_is_no_firewall() {
    let line = on_try(2, |error| error!(error = typed(error), "failed"));
    assert_ne!(line.text("fault.confidence"), Some("certain"), "{line:?}");
    assert_ne!(line.text("fault.confidence"), Some("likely"), "{line:?}");
}

#[test]
fn unknown_parts_are_left_out_of_the_sentence() {
    let error = connect_timeout();
    let line = record_one(|| error!(error = typed(&error), "failed"));
    let summary = line.text("fault.summary").unwrap();
    for word in ["unknown", "None", "host", "port", "Retries"] {
        assert!(!summary.contains(word), "{summary}");
    }
}
