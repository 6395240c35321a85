//! Allocations: those of a registry alone, and what netcause adds to them.

use std::cell::Cell;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use netcause_benches::receiver::Receiver;
use netcause_benches::report::{Budget, print, print_budgets};
use netcause_benches::scene::{enter_call, enter_spans, enter_try, failing_event, ordinary_event};
use netcause_benches::{errors, subscribers, trace};
use netcause_layer::NetcauseLayer;
use netcause_otlp::{LogExporter, OtlpConfig};
use netcause_record::Export;
use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::layer::SubscriberExt;

/// How often each thing is done while it is counted.
const TIMES: u64 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let _ids = trace::attach_ids();
    let registry = Counts::of(&subscribers::registry_alone());
    let ours = Counts::of(&subscribers::ours());
    print("Allocations, on average");
    print(&format!("{:<46} {:>10} {:>10}", "", "registry", "netcause"));
    for ((what, alone), (_, with_ours)) in registry.rows().iter().zip(ours.rows()) {
        print(&format!("{what:<46} {alone:>10.3} {with_ours:>10.3}"));
    }
    let (failing, ordinary) = delivered()?;
    for (what, with_ours) in [("failing", failing), ("ordinary", ordinary)] {
        let what = format!("{what} event in open spans, over OTLP");
        print(&format!("{what:<46} {:>10} {with_ours:>10.3}", ""));
    }
    print("");
    print_budgets(&[
        none_more("failing event, facts in the chain", ours.failing, registry.failing),
        none_more("failing event, plain std chain", ours.plain, registry.plain),
        two_more("failing event, another text each time, remembered", ours.new, registry.new),
        none_more("ordinary event", ours.ordinary, registry.ordinary),
        none_more("failing event, over OTLP", failing, registry.failing),
        none_more("ordinary event, over OTLP", ordinary, registry.ordinary),
        two_more("opening a span with 4 fields", ours.opening, registry.opening),
        two_more("opening a span, another value each time", ours.opening_new, registry.opening_new),
        two_more("remembering a fault", ours.first_fault, registry.first_fault),
    ]);
    Ok(())
}

/// Allocations for a failing and for an ordinary event that are delivered over OTLP, once the
/// queue has grown.
fn delivered() -> Result<(f64, f64), Box<dyn Error>> {
    let receiver = Receiver::start()?;
    let config = OtlpConfig { endpoint: receiver.url(), ..OtlpConfig::default() };
    let exporter = Arc::new(LogExporter::start(config)?);
    let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
    let error = errors::with_fault();
    let log = || failing_event(black_box(&error));
    let counts = with_default(&tracing_subscriber::registry().with(layer).into(), || {
        [&log as &dyn Fn(), &ordinary_event].map(|work| {
            (0..3 * TIMES).for_each(|_| work());
            exporter.flush(Duration::from_secs(10));
            in_spans(work)
        })
    });
    Ok(counts.into())
}

fn none_more(what: &str, ours: f64, registry: f64) -> Budget {
    Budget::at_most(what, ours - registry, 0.0, None)
}

fn two_more(what: &str, ours: f64, registry: f64) -> Budget {
    Budget::at_most(what, ours - registry, 2.0, None)
}

/// Allocations of one subscriber.
struct Counts {
    failing: f64,
    plain: f64,
    new: f64,
    outside: f64,
    ordinary: f64,
    opening: f64,
    opening_new: f64,
    first_fault: f64,
}

impl Counts {
    fn of(dispatch: &Dispatch) -> Self {
        let (error, plain) = (errors::with_fault(), errors::plain());
        let new = errors::with_fault_and_number();
        let tries = Cell::new(0);
        with_default(dispatch, || Counts {
            failing: in_spans(|| failing_event(black_box(&error))),
            plain: in_spans(|| failing_event(black_box(&plain))),
            new: in_spans(|| failing_event(black_box(&new))),
            outside: count(|| failing_event(black_box(&error))),
            ordinary: in_spans(ordinary_event),
            opening: count(|| drop(enter_call())),
            opening_new: count(|| drop(enter_try(tries.replace(tries.get() + 1)))),
            first_fault: first_faults(|| failing_event(black_box(&error))),
        })
    }

    fn rows(&self) -> [(&'static str, f64); 8] {
        [
            ("failing event in open spans", self.failing),
            ("failing event in open spans, plain std chain", self.plain),
            ("failing event in open spans, another text", self.new),
            ("failing event outside of spans", self.outside),
            ("ordinary event in open spans", self.ordinary),
            ("opening and closing a span with 4 fields", self.opening),
            ("the same, another value each time", self.opening_new),
            ("first failing event in three spans", self.first_fault),
        ]
    }
}

/// Allocations of this thread for each time that `work` is done, once buffers have grown.
fn count(work: impl Fn()) -> f64 {
    (0..100).for_each(|_| work());
    let info = allocation_counter::measure(|| (0..TIMES).for_each(|_| work()));
    info.count_total as f64 / TIMES as f64
}

fn in_spans(work: impl Fn()) -> f64 {
    let _spans = enter_spans();
    count(work)
}

/// Of the event alone; the spans are opened and closed around it, uncounted.
fn first_faults(work: impl Fn()) -> f64 {
    let mut total = 0;
    for _ in 0..TIMES {
        let _spans = enter_spans();
        // Gathers the fields of the spans, which is not what is counted here.
        ordinary_event();
        total += allocation_counter::measure(&work).count_total;
    }
    total as f64 / TIMES as f64
}
