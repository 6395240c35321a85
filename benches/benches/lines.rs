//! Lines of JSON: a failing event, an ordinary one, spans that open and close around one.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Duration;

use netcause_benches::line::FailingLine;
use netcause_benches::measure::{Case, Measured, measure, timed};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_benches::scene::{enter_spans, failing_event, ordinary_event};
use netcause_benches::sink::{CountingSink, capture};
use netcause_benches::{errors, subscribers, trace};
use tracing::Dispatch;
use tracing::dispatcher::with_default;

const FMT: &str = "tracing-subscriber fmt().json()";
const JSON: &str = "json-subscriber, defaults";
const FLAT: &str = "json-subscriber, flattened";
const BUNYAN: &str = "tracing-bunyan-formatter";
const OURS: &str = "netcause";
const OURS_NEW: &str = "netcause, another text each time";
const SERDE: &str = "serde_json, the same line from a struct";

fn main() -> Result<(), Box<dyn Error>> {
    let failing = failing()?;
    print(&table("Failing event in three spans", &failing, OURS));
    let plain = plain();
    print(&table("Failing event, plain std chain, peer from span fields", &plain, OURS));
    let ordinary = ordinary();
    print(&table("Ordinary event in three spans", &ordinary, OURS));
    let opening = opening();
    print(&table("Open three spans, failing event, close", &opening, OURS));
    print_budgets(&budgets(&failing, &ordinary, &opening));
    Ok(())
}

fn budgets(failing: &Measured, ordinary: &Measured, opening: &Measured) -> Vec<Budget> {
    let faster = |measured: &Measured, rival: &str, what: &str, bound| {
        Budget::at_least(format!("{what}: {rival} / ours"), measured.ratio(rival, OURS), bound)
    };
    vec![
        Budget::at_most(
            "failing event: ours / serde_json struct",
            failing.ratio(OURS, SERDE),
            0.75,
            Some(0.55),
        ),
        Budget::at_most(
            "failing event, another text: ours / serde_json struct",
            failing.ratio(OURS_NEW, SERDE),
            0.75,
            Some(0.55),
        ),
        faster(failing, JSON, "failing event", 2.5),
        faster(failing, BUNYAN, "failing event", 2.5),
        faster(failing, FLAT, "failing event", 6.0),
        faster(failing, FMT, "failing event", 9.0),
        faster(ordinary, JSON, "ordinary event", 4.0),
        Budget::at_most(
            "open, failing event, close: ours / json-subscriber",
            opening.ratio(OURS, JSON),
            0.55,
            None,
        ),
    ]
}

/// All that one line can say: facts in the chain, trace ids, resource.
fn failing() -> Result<Measured, Box<dyn Error>> {
    let (error, numbered) = (errors::with_fault(), errors::with_fault_and_number());
    let log = || failing_event(black_box(&error));
    let line = first_line(&log);
    print(&format!("The failing event's line, {} bytes:\n{line}", line.len()));
    let known = FailingLine::parse(&line)?;

    let mut cases = rivals(log);
    let without_ids = Case::new("netcause, without trace ids", {
        let ours = subscribers::ours();
        move |times| {
            let _none = trace::detach_ids();
            in_open_spans(&ours, times, log)
        }
    });
    cases.push(without_ids);
    // Of a failure that has been logged before, what came of it is kept; of this one, not.
    let log_new = || failing_event(black_box(&numbered));
    cases.push(open(OURS_NEW, subscribers::ours(), log_new));
    cases.push(open("tracing-opentelemetry alone", subscribers::opentelemetry_alone(), log));
    cases.push(open("netcause beside tracing-opentelemetry", subscribers::beside(), log));
    cases.push(open("a registry that nobody listens to", subscribers::registry_alone(), log));
    cases.push(serde(&known));
    cases.push(serde_unbuffered(&known));
    cases.push(copy(&line));
    Ok(with_ids(cases))
}

/// An error that nobody has enriched: read link by link, its peer from the span.
fn plain() -> Measured {
    let error = errors::plain();
    let log = || failing_event(black_box(&error));
    print(&format!("The plain chain's line:\n{}", first_line(&log)));
    with_ids(rivals(log))
}

fn ordinary() -> Measured {
    print(&format!("The ordinary event's line:\n{}", first_line(&ordinary_event)));
    with_ids(rivals(ordinary_event))
}

fn opening() -> Measured {
    let error = errors::with_fault();
    let work = || {
        let _spans = enter_spans();
        failing_event(black_box(&error));
    };
    let nobody = ("a registry that nobody listens to", subscribers::registry_alone());
    let cases = all().chain([nobody]).map(|(name, dispatch)| {
        Case::new(name, move |times| with_default(&dispatch, || timed(times, work)))
    });
    with_ids(cases.collect())
}

/// Those that every scenario compares.
fn all() -> impl Iterator<Item = (&'static str, Dispatch)> {
    [
        (FMT, subscribers::fmt_json()),
        (JSON, subscribers::json_subscriber()),
        (FLAT, subscribers::json_subscriber_flattened()),
        (BUNYAN, subscribers::bunyan()),
        (OURS, subscribers::ours()),
    ]
    .into_iter()
}

fn rivals<'a>(log: impl Fn() + Copy + 'a) -> Vec<Case<'a>> {
    all().map(|(name, dispatch)| open(name, dispatch, log)).collect()
}

/// Logs in spans that were open before the batch began.
fn open<'a>(name: &'static str, dispatch: Dispatch, log: impl Fn() + Copy + 'a) -> Case<'a> {
    Case::new(name, move |times| in_open_spans(&dispatch, times, log))
}

fn in_open_spans(dispatch: &Dispatch, times: u64, log: impl Fn()) -> Duration {
    with_default(dispatch, || {
        let _spans = enter_spans();
        timed(times, log)
    })
}

fn with_ids(cases: Vec<Case<'_>>) -> Measured {
    let _ids = trace::attach_ids();
    measure(cases)
}

fn first_line(log: &impl Fn()) -> String {
    let _ids = trace::attach_ids();
    let ours = subscribers::ours();
    capture(|| {
        in_open_spans(&ours, 1, log);
    })
}

/// As one would write it: into a buffer that is used again, then out in one write.
fn serde(known: &FailingLine) -> Case<'_> {
    let mut buffer = Vec::with_capacity(4096);
    Case::repeat(SERDE, move || {
        buffer.clear();
        let _ = serde_json::to_writer(&mut buffer, black_box(known));
        buffer.push(b'\n');
        let _ = CountingSink.write_all(black_box(&buffer));
    })
}

/// Into a sink that only counts: nothing is copied, which no real output allows.
fn serde_unbuffered(known: &FailingLine) -> Case<'_> {
    Case::repeat("serde_json, straight into io::sink()", move || {
        let _ = serde_json::to_writer(io::sink(), black_box(known));
    })
}

fn copy(line: &str) -> Case<'_> {
    let mut buffer = Vec::with_capacity(4096);
    Case::repeat("a copy of the finished line", move || {
        buffer.clear();
        buffer.extend_from_slice(black_box(line).as_bytes());
        let _ = CountingSink.write_all(black_box(&buffer));
    })
}
