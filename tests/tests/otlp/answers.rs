//! What becomes of records by what the receiver answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use netcause_record::Export;
use netcause_tests::receiver::{Receiver, Reply, accepted, status};

use crate::sender::{Sender, quick};

const PATIENCE: Duration = Duration::from_secs(20);

/// `503` that asks for a pause.
fn pause(value: String) -> Reply {
    Reply::Http(503, vec![("retry-after", value)], Vec::new())
}

#[test]
fn nobody_comes_earlier_than_asked_in_seconds_or_as_a_date() {
    let date = || {
        // A whole second is the finest that a date tells.
        let in_2_s = SystemTime::now() + Duration::from_secs(2);
        httpdate::fmt_http_date(in_2_s)
    };
    let forms: [(fn() -> String, u64); 2] = [(|| "2".to_owned(), 2_000), (date, 1_000)];
    for (form, least) in forms {
        let receiver = Receiver::start(false, move |number, _| match number {
            0 => pause(form()),
            _ => accepted(),
        });
        let sender = Sender::start(quick(receiver.url()));
        sender.send(0..100);
        assert_eq!(sender.flush(PATIENCE), 0);
        let arrived = receiver.arrived();
        assert_eq!(arrived.len(), 2, "one at a time");
        let waited = arrived[1].at - arrived[0].at;
        assert!(waited >= Duration::from_millis(least - 50), "{waited:?}");
        assert!(waited < Duration::from_millis(least + 2_000), "{waited:?}");
        sender.settled(100, 100);
    }
}

#[test]
fn the_statuses_that_the_specification_names_are_tried_again_and_no_others() {
    for (code, is_retried) in [(429, true), (502, true), (503, true), (504, true)]
        .into_iter()
        .chain([400, 401, 403, 404, 500, 501, 505].map(|code| (code, false)))
    {
        let receiver = Receiver::start(false, move |number, _| match number {
            0 => status(code),
            _ => accepted(),
        });
        let sender = Sender::start(quick(receiver.url()));
        sender.send(0..3);
        assert_eq!(sender.flush(PATIENCE), 0);
        sender.settled(3, if is_retried { 3 } else { 0 });
        assert_eq!(receiver.arrived().len(), if is_retried { 2 } else { 1 }, "{code}");
        assert_eq!(sender.exporter.losses().rejected, if is_retried { 0 } else { 3 });
        // What comes later is unaffected, and tells what is missing.
        sender.send(3..4);
        assert_eq!(sender.flush(PATIENCE), 0);
        let last = receiver.arrived().pop().expect("another request");
        let mut texts = last.texts();
        assert_eq!(texts.remove(0), "3");
        let gap = "3 log records were lost on their way here: 3 rejected";
        assert_eq!(texts, if is_retried { vec![] } else { vec![gap] });
    }
}

#[test]
fn the_codes_of_grpc_that_the_specification_names_are_tried_again_and_no_others() {
    for code in 1..=16_u8 {
        let is_retried = [1, 4, 10, 11, 14, 15].contains(&code);
        let receiver = Receiver::start(true, move |number, _| match number {
            0 => Reply::Grpc(code, "not now", ""),
            _ => Reply::Grpc(0, "", ""),
        });
        let sender = Sender::start(quick(receiver.url()).over_grpc());
        sender.send(0..3);
        assert_eq!(sender.flush(PATIENCE), 0);
        sender.settled(3, if is_retried { 3 } else { 0 });
        assert_eq!(receiver.arrived().len(), if is_retried { 2 } else { 1 }, "{code}");
    }
}

#[test]
fn exhausted_resources_are_tried_again_where_grpc_says_when() {
    let details = String::leak(base64(&status_with_a_pause_of_1_s()));
    let receiver = Receiver::start(true, |number, _| match number {
        0 => Reply::Grpc(8, "quota", details),
        _ => Reply::Grpc(0, "", ""),
    });
    let sender = Sender::start(quick(receiver.url()).over_grpc());
    sender.send(0..3);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(3, 3);
    let arrived = receiver.arrived();
    let waited = arrived[1].at - arrived[0].at;
    assert!(waited >= Duration::from_millis(950), "{waited:?}");
}

#[test]
fn a_request_that_is_too_large_is_halved_down_to_one_record() {
    let receiver = Receiver::start(false, |_, logs| match logs.len() {
        0..=10 if !logs.iter().any(|it| netcause_tests::receiver::text(it) == "13") => accepted(),
        _ => status(413),
    });
    let sender = Sender::start(quick(receiver.url()));
    sender.send(0..100);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(100, 99);
    assert_eq!(sender.exporter.losses().too_large, 1);
    let texts = receiver.arrived().into_iter().map(|it| it.texts());
    let taken = texts.filter(|it| it.len() <= 10 && !it.contains(&"13".to_owned()));
    let taken: Vec<_> = taken.flatten().collect();
    for number in (0..100).filter(|number| *number != 13) {
        assert_eq!(taken.iter().filter(|it| **it == number.to_string()).count(), 1, "{number}");
    }
}

#[test]
fn a_partial_success_is_counted_and_never_sent_again() {
    // `ExportLogsServiceResponse { partial_success: { rejected: 3, error_message: "bad" } }`
    let partial = b"\x0a\x07\x08\x03\x12\x03bad".to_vec();
    let receiver = Receiver::start(false, move |number, _| match number {
        0 => Reply::Http(200, Vec::new(), partial.clone()),
        _ => accepted(),
    });
    let sender = Sender::start(quick(receiver.url()));
    sender.send(0..10);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(10, 7);
    assert_eq!(sender.exporter.losses().rejected, 3);
    sender.send(10..11);
    assert_eq!(sender.flush(PATIENCE), 0);
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 2);
    assert_eq!(arrived[1].texts()[0], "10");
}

#[test]
fn a_batch_is_given_up_when_its_time_is_over() {
    let receiver = Receiver::start(false, |_, _| status(503));
    let mut config = quick(receiver.url());
    config.0.give_up = Some(Duration::from_millis(700));
    let sender = Sender::start(config);
    sender.send(0..5);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(5, 0);
    assert_eq!(sender.exporter.losses().expired, 5);
}

#[test]
fn flush_tells_the_truth() {
    let open = std::sync::Arc::new(AtomicUsize::new(0));
    let is_open = std::sync::Arc::clone(&open);
    let receiver = Receiver::start(false, move |_, _| match is_open.load(Ordering::SeqCst) {
        0 => status(503),
        _ => accepted(),
    });
    let sender = Sender::start(quick(receiver.url()));
    sender.send(0..7);
    let start = Instant::now();
    assert_eq!(sender.flush(Duration::from_millis(300)), 7, "none of them has left");
    let took = start.elapsed();
    assert!((290..500).contains(&took.as_millis()), "{took:?}");
    assert_eq!(sender.exporter.counts().queued, 7);
    open.store(1, Ordering::SeqCst);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(7, 7);
}

#[test]
fn compressed_and_with_headers() {
    for is_grpc in [false, true] {
        let receiver = Receiver::start(is_grpc, move |_, _| match is_grpc {
            true => Reply::Grpc(0, "", ""),
            false => accepted(),
        });
        let mut config = quick(receiver.url());
        config.0.gzip = true;
        config.0.headers = vec![("api-key".to_owned(), "secret".to_owned())];
        let config = if is_grpc { config.over_grpc() } else { config };
        let sender = Sender::start(config);
        sender.send(0..50);
        assert_eq!(sender.flush(PATIENCE), 0);
        sender.settled(50, 50);
        let arrived = &receiver.arrived()[0];
        assert_eq!(arrived.headers["api-key"], "secret");
        let encoding = if is_grpc { "grpc-encoding" } else { "content-encoding" };
        assert_eq!(arrived.headers[encoding], "gzip");
        let agent = arrived.headers["user-agent"].to_str().expect("a text");
        assert!(agent.starts_with("OTel-OTLP-Exporter-Rust/"), "{agent}");
    }
}

/// `Status { code: 8, details: [RetryInfo { retry_delay: 1 s }] }` of `google.rpc`.
fn status_with_a_pause_of_1_s() -> Vec<u8> {
    let any = b"\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x01";
    let head = [8, 8, 0x1a, u8::try_from(any.len()).expect("it is short")];
    [&head[..], any].concat()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - part.len()));
        for index in 0..=part.len() {
            let digit = bits >> (18 - 6 * index) & 63;
            out.push(char::from(DIGITS[usize::try_from(digit).expect("it is small")]));
        }
    }
    out
}
