//! The metrics that OpenTelemetry's conventions have for what processes and exports.
//!
//! Each is read from a lane's own counts when somebody collects; nothing is counted twice.

use std::sync::{Arc, Weak};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use crate::lane::{Figures, Lane};
use crate::ship::target::{Signal, Target};
use crate::{OtlpConfig, Protocol};

/// What its metrics say of a lane and of the exporter behind it.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    signal: Signal,
    processor: Vec<KeyValue>,
    exporter: Vec<KeyValue>,
    /// The most records that wait, where they are bounded by their number.
    capacity: Option<i64>,
}

/// A number of each kind, with what it is told apart by.
type Told = Vec<(u64, Vec<KeyValue>)>;

impl Component {
    pub(crate) fn new(config: &OtlpConfig, signal: Signal, target: &Target, number: u64) -> Self {
        let way = match target.protocol {
            Protocol::HttpProtobuf => "http",
            Protocol::HttpJson => "http_json",
            Protocol::Grpc => "grpc",
        };
        let exporter = format!("otlp_{way}_{}_exporter", signal.item());
        let processor = format!("batching_{}_processor", signal.item());
        let mut peer = named(exporter, number);
        peer.push(KeyValue::new("server.address", target.host.clone()));
        peer.push(KeyValue::new("server.port", i64::from(target.port)));
        let bound = Some(config.queue_records).filter(|bound| *bound != usize::MAX);
        let capacity = bound.map(|bound| i64::try_from(bound).unwrap_or(i64::MAX));
        Component { signal, processor: named(processor, number), exporter: peer, capacity }
    }

    /// Registers what is read from a lane for as long as there is one.
    pub(crate) fn register(&self, lane: &Arc<Lane>, meter: &Meter) {
        let (what, lane) = (self.signal.item(), Arc::downgrade(lane));
        let this = self.clone();
        self.counter(meter, &lane, format!("otel.sdk.processor.{what}.processed"), move |it| {
            this.processed(it)
        });
        let this = self.clone();
        self.counter(meter, &lane, format!("otel.sdk.exporter.{what}.exported"), move |it| {
            this.exported(it)
        });
        let size = format!("otel.sdk.processor.{what}.queue.size");
        self.level(meter, &lane, size, &self.processor, |figures| figures.waiting);
        let inflight = format!("otel.sdk.exporter.{what}.inflight");
        self.level(meter, &lane, inflight, &self.exporter, |figures| figures.in_flight);
        if let Some(capacity) = self.capacity {
            let name = format!("otel.sdk.processor.{what}.queue.capacity");
            self.level(meter, &lane, name, &self.processor, move |_| capacity.cast_unsigned());
        }
    }

    /// A record has been processed once it was handed to the exporter, or lost before that.
    fn processed(&self, figures: &Figures) -> Told {
        let failed = |why| with_error(&self.processor, why);
        vec![
            (figures.taken, self.processor.clone()),
            (figures.queue_full, failed("queue_full")),
            (figures.oversized, failed("too_large")),
        ]
    }

    fn exported(&self, figures: &Figures) -> Told {
        let delivered = (figures.delivered, self.exporter.clone());
        let failed = figures.failed.iter();
        let failed = failed.map(|(why, count)| (*count, with_error(&self.exporter, why)));
        std::iter::once(delivered).chain(failed).collect()
    }

    fn counter(
        &self,
        meter: &Meter,
        lane: &Weak<Lane>,
        name: String,
        read: impl Fn(&Figures) -> Told + Send + Sync + 'static,
    ) {
        let lane = Weak::clone(lane);
        let builder = meter.u64_observable_counter(name).with_unit(self.signal.unit());
        // What is registered lives as long as the provider.
        let _ = builder
            .with_callback(move |observer| {
                let Some(lane) = lane.upgrade() else { return };
                for (count, attributes) in read(&lane.figures()) {
                    observer.observe(count, &attributes);
                }
            })
            .build();
    }

    fn level(
        &self,
        meter: &Meter,
        lane: &Weak<Lane>,
        name: String,
        attributes: &[KeyValue],
        read: impl Fn(&Figures) -> u64 + Send + Sync + 'static,
    ) {
        let (lane, attributes) = (Weak::clone(lane), attributes.to_vec());
        let builder = meter.i64_observable_up_down_counter(name).with_unit(self.signal.unit());
        let _ = builder
            .with_callback(move |observer| {
                let Some(lane) = lane.upgrade() else { return };
                let level = i64::try_from(read(&lane.figures())).unwrap_or(i64::MAX);
                observer.observe(level, &attributes);
            })
            .build();
    }
}

/// The type of a component, and a name that no other one in the process has.
fn named(kind: String, number: u64) -> Vec<KeyValue> {
    let name = format!("{kind}/netcause-{number}");
    vec![KeyValue::new("otel.component.type", kind), KeyValue::new("otel.component.name", name)]
}

fn with_error(attributes: &[KeyValue], why: &str) -> Vec<KeyValue> {
    let why = KeyValue::new("error.type", why.to_owned());
    attributes.iter().cloned().chain(std::iter::once(why)).collect()
}
