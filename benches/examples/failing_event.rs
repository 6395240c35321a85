//! Logs the failing event many times with netcause and nothing else: for profilers.
//!
//! ```text
//! cargo build --profile bench -p netcause-benches --example failing_event
//! valgrind --tool=callgrind --cache-sim=no --collect-atstart=no --toggle-collect='*timed*' failing_event 10000
//! ```

use std::hint::black_box;

use netcause_benches::measure::timed;
use netcause_benches::report::print;
use netcause_benches::scene::{enter_spans, failing_event};
use netcause_benches::{errors, sink, subscribers, trace};

fn main() {
    let times = std::env::args().nth(1).and_then(|times| times.parse().ok()).unwrap_or(10_000);
    let _ids = trace::attach_ids();
    let error = errors::with_fault();
    tracing::dispatcher::with_default(&subscribers::ours(), || {
        let _spans = enter_spans();
        let took = timed(times, || failing_event(black_box(&error)));
        print(&format!("{took:?}, {} bytes", sink::bytes_written()));
    });
}
