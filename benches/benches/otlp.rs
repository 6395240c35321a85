//! Log records of OTLP: a failing event in three spans, encoded in batches on one thread.

use std::hint::black_box;

use netcause_benches::measure::{Case, measure, timed};
use netcause_benches::otlp::{BATCH, ours, stock};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_benches::scene::{enter_spans, failing_event, ordinary_event};
use netcause_benches::{errors, trace};
use tracing::Dispatch;
use tracing::dispatcher::with_default;

const OURS: &str = "netcause";
const OURS_NEW: &str = "netcause, another text each time";
const STOCK: &str = "OpenTelemetry's appender, batch encoding";

fn in_spans<'a>(name: &'static str, dispatch: Dispatch, log: impl Fn() + 'a) -> Case<'a> {
    Case::new(name, move |times| {
        with_default(&dispatch, || {
            let _spans = enter_spans();
            timed(times, &log)
        })
    })
    .in_units(BATCH as u64)
}

fn main() {
    let _ids = trace::attach_ids();
    let (error, numbered) = (errors::with_fault(), errors::with_fault_and_number());
    let log = || failing_event(black_box(&error));
    let log_new = || failing_event(black_box(&numbered));
    let failing = measure(vec![
        in_spans(STOCK, stock(), log),
        in_spans(OURS, ours(), log),
        in_spans(OURS_NEW, ours(), log_new),
    ]);
    print(&table("Failing event in three spans, as OTLP", &failing, OURS));
    let ordinary = measure(vec![
        in_spans(STOCK, stock(), ordinary_event),
        in_spans(OURS, ours(), ordinary_event),
    ]);
    print(&table("Ordinary event in three spans, as OTLP", &ordinary, OURS));
    let what = "failing event as OTLP: ours / OpenTelemetry's appender and batch encoding";
    print_budgets(&[Budget::at_most(what, failing.ratio(OURS, STOCK), 0.2, None)]);
}
