//! Logs the failing event many times and does nothing else: for profilers.
//!
//! ```text
//! cargo build --profile bench -p netcause-benches --example failing_event
//! GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1000000000 \
//!     valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*steady_*' \
//!     target/release/examples/failing_event 1000 \
//!     [typed|new|plain|ordinary|opening] [lines|otlp|stock]
//! ```

use std::error::Error;
use std::hint::black_box;

use netcause_benches::measure::timed;
use netcause_benches::report::print;
use netcause_benches::scene::{enter_spans, failing_event, ordinary_event};
use netcause_benches::{errors, otlp, sink, subscribers, trace};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let times = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1000);
    let what = arguments.next();
    let error = match what.as_deref() {
        Some("ordinary") => None,
        Some("new") => Some(errors::with_fault_and_number()),
        Some("plain") => Some(errors::plain()),
        _ => Some(errors::with_fault()),
    };
    let error = error.as_ref().map(|error| error as &(dyn Error + 'static));
    let subscriber = match arguments.next().as_deref() {
        Some("otlp") => otlp::ours(),
        Some("stock") => otlp::stock(),
        _ => subscribers::ours(),
    };
    let _ids = trace::attach_ids();
    tracing::dispatcher::with_default(&subscriber, || {
        if what.as_deref() == Some("opening") {
            return open_and_close(times, error);
        }
        let _spans = enter_spans();
        // Buffers grow and tables are built in the first event.
        log(error);
        steady_state(times, error);
    });
}

/// What a profiler should look at.
#[inline(never)]
fn steady_state(times: u64, error: Option<&(dyn Error + 'static)>) {
    let took = timed(times, || log(black_box(error)));
    print(&format!("{took:?}, {} bytes", sink::bytes_written()));
}

/// The same, with the spans around each event.
#[inline(never)]
fn open_and_close(times: u64, error: Option<&(dyn Error + 'static)>) {
    let once = || {
        let _spans = enter_spans();
        log(black_box(error));
    };
    once();
    steady_opening(times, once);
}

#[inline(never)]
fn steady_opening(times: u64, once: impl FnMut()) {
    let took = timed(times, once);
    print(&format!("{took:?}, {} bytes", sink::bytes_written()));
}

fn log(error: Option<&(dyn Error + 'static)>) {
    match error {
        Some(error) => failing_event(error),
        None => ordinary_event(),
    }
}
