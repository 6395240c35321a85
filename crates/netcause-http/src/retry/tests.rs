//! What tries log, as records.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use netcause_fault::{Evidence, Fault, Phase, Reason, WithFault};
use netcause_layer::NetcauseLayer;
use netcause_net::Attempt;
use netcause_record::{JsonExporter, Limits, Sink};
use serde_json::Value;
use tracing::{Instrument, error, info_span};
use tracing_subscriber::prelude::*;

use super::{Tries, Worth, worth_retrying};

#[cfg(any(feature = "reqwest-retry", feature = "tower-retry"))]
mod loopback;
#[cfg(feature = "reqwest-retry")]
mod middleware;
#[cfg(feature = "tower-retry")]
mod policy;

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The records that asynchronous work logs.
fn logged(work: impl Future<Output = ()>) -> Vec<Value> {
    let output = Output::default();
    let sink = Sink::writer(Box::new(output.clone()));
    let layer = NetcauseLayer::new(JsonExporter::new(sink, Limits::default()));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        runtime.unwrap().block_on(work);
    });
    let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refused() -> io::Error {
    io::Error::from_raw_os_error(111)
}

fn refused_by_db() -> WithFault {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some("db".into());
    fault.peer.server_port = Some(5432);
    fault.phase = Some(Phase::Connect);
    fault.diagnose();
    WithFault::new(refused(), fault)
}

/// Makes tries as a loop of one's own does, with pauses of 10 ms.
async fn run<T, E: Error + 'static>(
    tries: &Tries,
    retries: usize,
    mut make: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, E> {
    let mut pauses = std::iter::repeat_n(Duration::from_millis(10), retries);
    loop {
        let error = match tries.attempt(make()).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match tries.failed(&error, pauses.next()) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(error),
        }
    }
}

fn member<'a>(records: &'a [Value], key: &str) -> Vec<&'a Value> {
    records.iter().map(|record| record.get(key).unwrap_or(&Value::Null)).collect()
}

#[test]
fn each_try_but_the_last_warns_and_the_last_is_an_error() {
    let records = logged(async {
        let tries = Tries::new("charge the card", 2);
        run(&tries, 2, async || Err::<(), _>(refused_by_db())).await.unwrap_err();
    });
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "ERROR"]);
    assert_eq!(member(&records, "retry.attempt"), [0, 1, 2]);
    assert_eq!(member(&records, "retry.max_attempts"), [2, 2, 2]);
    assert_eq!(member(&records, "retry.next_delay_ms"), [&10.into(), &10.into(), &Value::Null]);
    assert_eq!(member(&records, "retry.exhausted"), [&Value::Null, &Value::Null, &true.into()]);
    assert_eq!(member(&records, "server.address"), ["db", "db", "db"]);
    assert_eq!(records[0]["message"], "could not charge the card, trying again");
    assert_eq!(records[2]["message"], "could not charge the card");
    let summary = records[2]["fault.summary"].as_str().unwrap();
    assert!(summary.ends_with("Retries: 2/2, giving up"), "{summary}");
}

#[test]
fn a_call_that_recovers_says_so_once() {
    let mut left = 2;
    let records = logged(async {
        let tries = Tries::new("charge the card", 5);
        let charge = async || {
            left -= 1;
            if left >= 0 { Err(refused()) } else { Ok(()) }
        };
        run(&tries, 5, charge).await.unwrap();
    });
    assert_eq!(member(&records, "severity"), ["WARN", "WARN", "INFO"]);
    assert_eq!(records[2]["message"], "charge the card: went well after 2 retries");
    assert_eq!(records[2]["retry.attempt"], 2);
    assert!(records[2].get("fault.category").is_none());
}

#[test]
fn a_call_that_goes_well_says_nothing() {
    let records = logged(async {
        let tries = Tries::new("charge the card", 5);
        run(&tries, 5, async || Ok::<_, io::Error>(())).await.unwrap();
    });
    assert!(records.is_empty(), "{records:?}");
}

#[test]
fn what_may_have_been_done_is_not_done_again_unless_that_is_the_same() {
    let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
    let told = |tries: Tries| {
        logged(async {
            run(&tries, 1, async || Err::<(), _>(reset())).await.unwrap_err();
        })
    };
    let once = told(Tries::new("charge the card", 1));
    assert_eq!(member(&once, "severity"), ["ERROR"]);
    let message = "could not charge the card: not tried again, as it may have been done already";
    assert_eq!(once[0]["message"], message);
    assert_eq!(once[0]["retry.exhausted"], true);
    let twice = told(Tries::new("read the card", 1).idempotent());
    assert_eq!(member(&twice, "severity"), ["WARN", "ERROR"]);
}

#[test]
fn an_error_that_is_no_fault_is_not_tried_again() {
    let records = logged(async {
        let tries = Tries::new("read the number", 3);
        run(&tries, 3, async || "x".parse::<u16>()).await.unwrap_err();
    });
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    assert!(records[0].get("fault.category").is_none());
}

/// The peer asks to wait, as a client's own error does not tell but the call has noted.
async fn busy(pause: Duration) -> Result<(), io::Error> {
    let mut fault = Fault::of_status(503).unwrap();
    fault.peer.server_address = Some("shipping".into());
    fault.add_evidence(Evidence::RetryAfter(pause));
    fault.diagnose();
    Attempt::note_fault(&Arc::new(fault));
    Err(io::Error::other("503 Service Unavailable"))
}

#[test]
fn the_pause_that_the_peer_asks_for_is_made_and_not_a_longer_one_than_there_is_patience_for() {
    let told = |asked| {
        logged(async move {
            let tries = Tries::new("quote", 1).patience(Duration::from_secs(2));
            run(&tries, 1, async || busy(asked).await).await.unwrap_err();
        })
    };
    let records = told(Duration::from_secs(1));
    assert_eq!(member(&records, "retry.next_delay_ms"), [&1000.into(), &Value::Null]);
    let records = told(Duration::from_secs(60));
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    assert_eq!(
        records[0]["message"],
        "could not quote: not tried again, as the peer asks to wait for 1m"
    );
    assert_eq!(records[0]["server.address"], "shipping");
}

#[test]
fn what_was_noted_of_another_failure_is_not_taken_for_this_one() {
    let records = logged(async {
        let tries = Tries::new("quote", 1);
        let quote = async || {
            let _ = busy(Duration::from_secs(1)).await;
            Err::<(), _>(refused())
        };
        run(&tries, 1, quote).await.unwrap_err();
    });
    assert_eq!(member(&records, "retry.next_delay_ms"), [&10.into(), &Value::Null]);
    assert_eq!(member(&records, "server.address"), [&Value::Null, &Value::Null]);
}

#[test]
fn the_callers_own_line_about_the_last_try_has_its_number() {
    let checkout = async {
        let tries = Tries::new("charge the card", 1).last_is_logged_by_caller();
        let failed = run(&tries, 1, async || Err::<(), _>(refused_by_db())).await.unwrap_err();
        error!("checkout failed: {failed}");
    };
    let records = logged(async { checkout.instrument(info_span!("checkout")).await });
    assert_eq!(member(&records, "severity"), ["WARN", "ERROR"]);
    assert_eq!(records[1]["server.address"], "db");
    assert_eq!(records[1]["retry.attempt"], 1);
    assert_eq!(records[1]["retry.exhausted"], true);
}

#[test]
fn an_operation_without_retries_does_not_speak_of_them() {
    let records = logged(async {
        let tries = Tries::new("reserve the stock", 0);
        let reserve = async || {
            assert_eq!(Attempt::current(), None);
            Err::<(), _>(refused_by_db())
        };
        run(&tries, 0, reserve).await.unwrap_err();
    });
    assert_eq!(member(&records, "severity"), ["ERROR"]);
    let keys: Vec<_> = records[0].as_object().unwrap().keys().collect();
    assert!(!keys.iter().any(|key| key.starts_with("retry.")), "{keys:?}");
}

#[test]
fn each_try_knows_its_number() {
    let mut seen = Vec::new();
    logged(async {
        let tries = Tries::new("charge the card", 2);
        let charge = async || {
            let attempt = Attempt::current().unwrap();
            seen.push((attempt.number(), attempt.operation().id(), attempt.is_last()));
            Err::<(), _>(refused())
        };
        run(&tries, 2, charge).await.unwrap_err();
    });
    let operation = seen[0].1;
    assert_eq!(seen, [(0, operation, false), (1, operation, false), (2, operation, true)]);
}

#[test]
fn the_predicate_follows_the_verdict_of_the_fault() {
    let worth =
        |kind: io::ErrorKind, idempotent| worth_retrying(&io::Error::from(kind), idempotent);
    let now = Worth::Yes { pause: Duration::ZERO };
    assert_eq!(worth(io::ErrorKind::ConnectionRefused, false), now);
    assert_eq!(worth(io::ErrorKind::ConnectionReset, false), Worth::Unsafe);
    assert_eq!(worth(io::ErrorKind::ConnectionReset, true), now);
    assert_eq!(worth(io::ErrorKind::NotFound, true), Worth::Unknown);
    let denied = WithFault::new("401 Unauthorized", {
        let mut fault = Fault::of_status(401).unwrap();
        fault.diagnose();
        fault
    });
    assert_eq!(worth_retrying(&denied, true), Worth::Useless);
}

#[cfg(feature = "backon")]
mod with_backon {
    use backon::{ConstantBuilder, ExponentialBuilder};

    use super::*;
    use crate::retry::Retrying;

    #[test]
    fn a_builder_of_backon_tells_how_many_retries_are_allowed() {
        let records = logged(async {
            let pauses = ExponentialBuilder::default().with_max_times(2).with_jitter();
            let retrying = Retrying::new("charge the card", pauses);
            retrying.run(async || Err::<(), _>(refused())).await.unwrap_err();
        });
        assert_eq!(member(&records, "retry.attempt"), [0, 1, 2]);
        assert_eq!(member(&records, "retry.max_attempts"), [2, 2, 2]);
    }

    #[test]
    fn endless_pauses_end_with_the_number_that_is_allowed() {
        let endless = ConstantBuilder::default().without_max_times();
        let left = std::cell::Cell::new(3);
        let records = logged(async {
            let charge = async || {
                left.set(left.get() - 1);
                if left.get() >= 0 { Err(refused()) } else { Ok(()) }
            };
            Retrying::new("charge the card", endless).run(charge).await.unwrap();
        });
        assert_eq!(member(&records, "retry.max_attempts"), [&Value::Null; 4]);
        let records = logged(async {
            let retrying = Retrying::new("charge the card", endless).max_retries(1);
            retrying.run(async || Err::<(), _>(refused())).await.unwrap_err();
        });
        assert_eq!(member(&records, "retry.max_attempts"), [1, 1]);
    }
}
