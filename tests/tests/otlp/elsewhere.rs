//! What goes wrong with other exporters of logs, and is to be absent from ours.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause_layer::NetcauseLayer;
use netcause_otlp::{LogExporter, OtlpConfig};
use netcause_record::Export;
use netcause_tests::child;
use netcause_tests::otel::Spans;
use netcause_tests::receiver::{Receiver, accepted, status, text};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use tracing::field::Empty;
use tracing::{Dispatch, Span, info, info_span};
use tracing_subscriber::prelude::*;

use crate::sender::{Sender, quick};

const PATIENCE: Duration = Duration::from_secs(20);

fn exporter(receiver: &Receiver) -> Arc<LogExporter> {
    let delay = Duration::from_millis(20);
    let config = OtlpConfig { endpoint: receiver.url(), delay, ..OtlpConfig::default() };
    Arc::new(LogExporter::start(config).expect("it starts"))
}

/// What has arrived once all was sent.
fn arrived(exporter: &LogExporter, receiver: &Receiver) -> Vec<LogRecord> {
    assert_eq!(exporter.flush(PATIENCE), 0, "{:?}", exporter.losses());
    receiver.arrived().into_iter().flat_map(|it| it.logs).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ids(log: &LogRecord) -> (String, String) {
    (hexadecimal(&log.trace_id), hexadecimal(&log.span_id))
}

/// The values of all attributes of that key.
fn values(log: &LogRecord, key: &str) -> Vec<Option<Value>> {
    let of_key = log.attributes.iter().filter(|it| it.key == key);
    of_key.map(|it| it.value.clone().and_then(|value| value.value)).collect()
}

/// An event in `inner`, and one whose parent is named while another span is entered.
fn send_with_a_named_parent() {
    let named = info_span!("named", tier = "gold");
    // Ids are asked for only once a span was entered: till then its parent can be set.
    named.in_scope(|| ());
    let _entered = info_span!("entered", tier = "silver", cart = 7).entered();
    info!("entered");
    info!(parent: &named, "named");
}

fn check_named_parent(logs: &[LogRecord], spans: &Spans) {
    assert_eq!(logs.iter().map(text).collect::<Vec<_>>(), ["entered", "named"]);
    assert_eq!(ids(&logs[0]), spans.ids("entered"));
    assert_eq!(ids(&logs[1]), spans.ids("named"));
    assert_ne!(logs[0].trace_id, logs[1].trace_id);
    let tier = |tier: &str| vec![Some(Value::StringValue(tier.to_owned()))];
    assert_eq!(values(&logs[1], "tier"), tier("gold"));
    assert_eq!(values(&logs[1], "cart"), []);
}

#[test]
fn an_option_around_the_layer_keeps_the_ids_of_log_records() {
    child::alone(|| {
        let receiver = Receiver::start(false, |_, _| accepted());
        let (exporter, spans) = (exporter(&receiver), Spans::default());
        let layer = Some(NetcauseLayer::with_exporters(vec![exporter.clone()]));
        tracing_subscriber::registry().with(spans.layer()).with(layer).init();
        send_with_a_named_parent();
        check_named_parent(&arrived(&exporter, &receiver), &spans);
    });
}

#[test]
fn a_log_record_with_a_named_parent_has_the_ids_and_fields_of_that_one() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let (exporter, spans) = (exporter(&receiver), Spans::default());
    let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
    let subscriber = tracing_subscriber::registry().with(spans.layer()).with(layer);
    tracing::subscriber::with_default(subscriber, send_with_a_named_parent);
    check_named_parent(&arrived(&exporter, &receiver), &spans);
}

#[test]
fn a_field_of_three_spans_recorded_twice_is_one_attribute_with_the_last_value() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let exporters = [exporter(&receiver), exporter(&receiver)];
    // Two of them at once do not get into each other's way.
    let [one, other] = exporters.each_ref().map(|exporter| {
        let exporter: Arc<dyn Export> = exporter.clone();
        NetcauseLayer::with_exporters(vec![exporter])
    });
    let subscriber = Dispatch::new(tracing_subscriber::registry().with(one).with(other));
    tracing::dispatcher::with_default(&subscriber, || {
        let _first = info_span!("first", user_id = 1).entered();
        let _second = info_span!("second", user_id = 2, late = Empty).entered();
        Span::current().record("late", 1);
        Span::current().record("late", 2);
        let _third = info_span!("third", user_id = 3).entered();
        info!("inside");
        info!(user_id = 4, "its own");
    });
    for exporter in &exporters {
        assert_eq!(exporter.flush(PATIENCE), 0);
    }
    let logs: Vec<_> = receiver.arrived().into_iter().flat_map(|it| it.logs).collect();
    assert_eq!(logs.len(), 4);
    for log in &logs {
        let user = if text(log) == "inside" { 3 } else { 4 };
        assert_eq!(values(log, "user_id"), [Some(Value::IntValue(user))]);
        assert_eq!(values(log, "late"), [Some(Value::IntValue(2))]);
    }
}

#[test]
fn every_log_record_tells_when_its_event_happened() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let exporter = exporter(&receiver);
    let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
    let nanoseconds = |time: SystemTime| {
        u64::try_from(time.duration_since(UNIX_EPOCH).expect("it is later").as_nanos())
            .expect("this century")
    };
    let before = nanoseconds(SystemTime::now());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        info!("first");
        std::thread::sleep(Duration::from_millis(30));
        info!("second");
    });
    let after = nanoseconds(SystemTime::now());
    let logs = arrived(&exporter, &receiver);
    let times: Vec<_> = logs.iter().map(|it| it.time_unix_nano).collect();
    assert_eq!(times, logs.iter().map(|it| it.observed_time_unix_nano).collect::<Vec<_>>());
    assert!(before <= times[0] && times[1] <= after, "{before} {times:?} {after}");
    assert!(times[1] - times[0] >= 30_000_000, "{times:?}");
}

#[test]
fn a_batch_that_was_lost_before_anybody_flushed_is_still_told() {
    let receiver = Receiver::start(false, |_, _| status(400));
    let sender = Sender::start(quick(receiver.url()));
    sender.send(0..5);
    receiver.wait(|arrived| !arrived.is_empty());
    assert_eq!(sender.flush(PATIENCE), 0, "nothing waits");
    let counts = sender.exporter.counts();
    assert_eq!((counts.written, counts.lost), (0, 5), "and nothing was delivered");
    sender.settled(5, 0);
}

#[test]
fn a_shutdown_whose_last_export_fails_says_what_was_lost() {
    let receiver = (!child::is_one()).then(|| Receiver::start(false, |_, _| status(400)));
    let url = receiver.as_ref().map(Receiver::url).unwrap_or_default();
    let variables =
        [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str()), ("NETCAUSE_FORMAT", "off")];
    let finished = child::with_variables(&variables, || {
        let guard = netcause::init();
        for number in 0..7 {
            info!(number, "something");
        }
        let counts = guard.shutdown(PATIENCE);
        assert_eq!((counts.written, counts.queued, counts.lost), (0, 0, 7), "{counts:?}");
        assert_eq!(counts.losses.rejected, 7, "{counts:?}");
    });
    let said = finished.said();
    assert_eq!(said.len(), 1, "{finished:?}");
    assert!(said[0].starts_with("OTLP logs: 7 records lost: Host 127.0.0.1 on port "), "{said:?}");
}

/// A value that logs while it is formatted.
struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(value = ?Chatty, "from inside");
        f.write_str("chatty")
    }
}

#[test]
fn an_event_from_inside_an_event_does_not_recurse_on_the_way_to_a_collector() {
    let receiver = (!child::is_one()).then(|| Receiver::start(false, |_, _| accepted()));
    let url = receiver.as_ref().map(Receiver::url).unwrap_or_default();
    let variables =
        [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str()), ("NETCAUSE_FORMAT", "off")];
    child::with_variables(&variables, || {
        let guard = netcause::init();
        for _ in 0..3 {
            info!(value = ?Chatty, "outside");
        }
        let counts = guard.shutdown(PATIENCE);
        assert_eq!((counts.written, counts.queued, counts.lost), (3, 0, 0), "{counts:?}");
        assert_eq!(counts.nested, 3, "{counts:?}");
    });
    let logs = receiver.expect("this is the parent").arrived().into_iter().flat_map(|it| it.logs);
    let logs: Vec<_> = logs.collect();
    assert_eq!(logs.iter().map(text).collect::<Vec<_>>(), ["outside"; 3]);
    for log in &logs {
        assert_eq!(values(log, "value"), [Some(Value::StringValue("chatty".to_owned()))]);
    }
}
