//! What is observed of an exporter: the metrics of OpenTelemetry's conventions for an SDK.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use netcause_record::Export;
use netcause_tests::child;
use netcause_tests::receiver::{Receiver, Reply, accepted, status};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use tracing::{info, info_span};

use crate::sender::{Sender, quick};

const PATIENCE: Duration = Duration::from_secs(20);

/// A provider of meters whose numbers can be read.
struct Meters {
    provider: SdkMeterProvider,
    collected: InMemoryMetricExporter,
}

/// A number and what it is told apart by.
#[derive(Debug)]
struct Point {
    name: String,
    unit: String,
    value: i128,
    attributes: Vec<(String, String)>,
}

impl Point {
    fn attribute(&self, key: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    }
}

fn points(metric: &Metric) -> Vec<Point> {
    let of = |value: i128, attributes: &mut dyn Iterator<Item = &opentelemetry::KeyValue>| Point {
        name: metric.name().to_owned(),
        unit: metric.unit().to_owned(),
        value,
        attributes: attributes.map(|it| (it.key.to_string(), it.value.to_string())).collect(),
    };
    match metric.data() {
        AggregatedMetrics::U64(MetricData::Sum(sum)) => {
            assert!(sum.is_monotonic(), "{}", metric.name());
            sum.data_points().map(|it| of(it.value().into(), &mut it.attributes())).collect()
        }
        AggregatedMetrics::I64(MetricData::Sum(sum)) => {
            assert!(!sum.is_monotonic(), "{}", metric.name());
            sum.data_points().map(|it| of(it.value().into(), &mut it.attributes())).collect()
        }
        other => panic!("{other:?}"),
    }
}

impl Meters {
    fn new() -> Self {
        let collected = InMemoryMetricExporter::default();
        // Collected when asked, and never by itself.
        let hour = Duration::from_secs(3_600);
        let reader = PeriodicReader::builder(collected.clone()).with_interval(hour).build();
        Meters { provider: SdkMeterProvider::builder().with_reader(reader).build(), collected }
    }

    fn read(&self) -> Vec<Point> {
        self.collected.reset();
        self.provider.force_flush().expect("it collects");
        let finished = self.collected.get_finished_metrics().expect("it was collected");
        let scopes = finished.iter().flat_map(|it| it.scope_metrics());
        let ours = scopes.filter(|scope| scope.scope().name() == "netcause");
        ours.flat_map(|scope| scope.metrics().flat_map(points)).collect()
    }

    /// The value of a metric with that type of error, or without one.
    fn value(&self, name: &str, error: Option<&str>) -> Option<i128> {
        let points = self.read();
        let is_it = |it: &&Point| it.name == name && it.attribute("error.type") == error;
        points.iter().find(is_it).map(|it| it.value)
    }
}

const PROCESSED: &str = "otel.sdk.processor.log.processed";
const SIZE: &str = "otel.sdk.processor.log.queue.size";
const CAPACITY: &str = "otel.sdk.processor.log.queue.capacity";
const EXPORTED: &str = "otel.sdk.exporter.log.exported";
const INFLIGHT: &str = "otel.sdk.exporter.log.inflight";

#[test]
fn metrics_tell_what_became_of_every_record() {
    // `ExportLogsServiceResponse { partial_success: { rejected: 1, error_message: "bad" } }`
    let partial = b"\x0a\x07\x08\x01\x12\x03bad".to_vec();
    let receiver = Receiver::start(false, move |number, _| match number {
        0 => status(400),
        1 => Reply::Http(200, Vec::new(), partial.clone()),
        _ => accepted(),
    });
    let mut settings = quick(receiver.url());
    settings.0.queue_records = 100;
    let sender = Sender::start(settings);
    let meters = Meters::new();
    sender.exporter.register_metrics(&meters.provider.meter("netcause"));
    for numbers in [0..5, 5..9, 9..11] {
        sender.send(numbers);
        assert_eq!(sender.flush(PATIENCE), 0);
    }
    sender.settled(11, 5);
    assert_eq!(meters.value(PROCESSED, None), Some(11));
    assert_eq!(meters.value(PROCESSED, Some("queue_full")), Some(0));
    assert_eq!(meters.value(EXPORTED, None), Some(5));
    assert_eq!(meters.value(EXPORTED, Some("400")), Some(5));
    assert_eq!(meters.value(EXPORTED, Some("rejected")), Some(1));
    assert_eq!(meters.value(SIZE, None), Some(0));
    assert_eq!(meters.value(CAPACITY, None), Some(100));
    assert_eq!(meters.value(INFLIGHT, None), Some(0));
    for point in meters.read() {
        assert_eq!(point.unit, "{log_record}", "{point:?}");
        let (kind, peer) = match point.name.contains(".exporter.") {
            true => ("otlp_http_log_exporter", Some(receiver.address.port().to_string())),
            false => ("batching_log_processor", None),
        };
        assert_eq!(point.attribute("otel.component.type"), Some(kind));
        let name = point.attribute("otel.component.name").expect("a name");
        assert!(name.starts_with(&format!("{kind}/netcause-")), "{name}");
        assert_eq!(point.attribute("server.port"), peer.as_deref(), "{point:?}");
    }
    drop(sender);
    // Once its thread has ended, too.
    let start = Instant::now();
    while !meters.read().is_empty() {
        assert!(start.elapsed() < PATIENCE, "it is gone");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn metrics_tell_what_waits_and_what_found_no_room() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let mut settings = quick(format!("http://{address}/v1/logs"));
    (settings.0.queue_records, settings.0.batch_records) = (100, 10);
    let sender = Sender::start(settings);
    let meters = Meters::new();
    sender.exporter.register_metrics(&meters.provider.meter("netcause"));
    sender.send(0..200);
    assert_eq!(sender.flush(Duration::from_millis(100)), sender.exporter.counts().queued);
    let value = |name, error| meters.value(name, error).expect("it is observed");
    let (waiting, inflight) = (value(SIZE, None), value(INFLIGHT, None));
    let full = value(PROCESSED, Some("queue_full"));
    assert_eq!(inflight, 10);
    assert!((90..=100).contains(&waiting), "{waiting}");
    assert_eq!(full, i128::from(sender.exporter.losses().queue_full));
    assert_eq!(waiting + inflight + full, 200);
    assert_eq!(value(PROCESSED, None), inflight);
    sender.adds_up(200);
}

#[test]
fn the_provider_that_the_builder_is_given_sees_records_and_spans() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "77"),
        ("NETCAUSE_FORMAT", "off"),
    ];
    child::with_variables(&variables, || {
        let meters = Meters::new();
        let guard = netcause::builder().meter_provider(&meters.provider).init();
        for _ in 0..3 {
            let _span = info_span!("span").entered();
            info!("something");
        }
        let counts = guard.shutdown(Duration::from_millis(300));
        assert_eq!(counts.queued, 6, "{counts:?}");
        assert_eq!(meters.value(CAPACITY, None), Some(77));
        assert_eq!(meters.value("otel.sdk.processor.span.queue.capacity", None), None);
        for (item, unit, exporter) in [
            ("log", "{log_record}", "otlp_http_log_exporter"),
            ("span", "{span}", "otlp_grpc_span_exporter"),
        ] {
            let waiting = meters.value(&format!("otel.sdk.processor.{item}.queue.size"), None);
            let inflight = format!("otel.sdk.exporter.{item}.inflight");
            assert_eq!(waiting.unwrap() + meters.value(&inflight, None).unwrap(), 3, "{item}");
            let points = meters.read();
            let point = points.iter().find(|it| it.name == inflight).expect("it is observed");
            assert_eq!((point.unit.as_str(), point.attribute("server.port")), (unit, Some("1")));
            assert_eq!(point.attribute("otel.component.type"), Some(exporter));
        }
    });
}
