//! 3, 4, 5: callers' code that logs, opens spans, or reads the very span that it is in.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use netcause_tests::child;
use netcause_tests::lines::{Line, Lines};
use tracing::field::{Empty, debug};
use tracing::{Span, error, info, info_span};
use tracing_error::{ErrorLayer, SpanTrace};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{refused, set_global, typed};

/// Logs itself while it is formatted: without a guard, without end.
struct Logs;

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        error!(again = ?Logs, "from inside");
        f.write_str("formatted")
    }
}

impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Error for Logs {}

/// Runs `work` under the global dispatcher; gives the lines and how many events were nested.
fn under_global(work: impl FnOnce()) -> (Vec<Line>, u64) {
    let lines = Lines::default();
    let layer = lines.layer();
    let nested: Arc<AtomicU64> = layer.nested_events();
    set_global(registry().with(layer));
    work();
    (lines.take(), nested.load(Ordering::Relaxed))
}

#[test]
fn an_event_from_inside_a_debug_impl_is_counted_and_does_not_recurse() {
    child::alone(|| {
        let (lines, nested) = under_global(|| error!(value = ?Logs, "outside"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].text("value"), Some("formatted"));
        assert_eq!(nested, 1);
    });
}

#[test]
fn an_event_from_inside_a_message_is_counted_and_does_not_recurse() {
    child::alone(|| {
        let (lines, nested) = under_global(|| error!("outside {}", Logs));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].text("message"), Some("outside formatted"));
        assert_eq!(nested, 1);
    });
}

#[test]
fn an_event_from_inside_an_error_does_not_recurse() {
    child::alone(|| {
        let (lines, nested) = under_global(|| {
            error!(error = &Logs as &(dyn Error + 'static), "outside");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].text("error.message"), Some("formatted"));
        assert!(nested >= 1);
    });
}

#[test]
fn an_event_from_inside_a_span_field_does_not_recurse() {
    child::alone(|| {
        let (lines, nested) = under_global(|| {
            let span = info_span!("call", first = ?Logs, late = Empty).entered();
            span.record("late", debug(Logs));
            error!("outside");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].text("first"), Some("formatted"));
        assert_eq!(lines[0].text("late"), Some("formatted"));
        assert_eq!(nested, 2);
    });
}

/// Logs itself three times while it is formatted.
struct LogsThrice;

impl fmt::Debug for LogsThrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..3 {
            error!(again = ?LogsThrice, "from inside");
        }
        f.write_str("formatted")
    }
}

#[test]
fn each_nested_event_is_counted() {
    child::alone(|| {
        let (lines, nested) = under_global(|| error!(value = ?LogsThrice, "outside"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(nested, 3);
    });
}

#[test]
fn an_event_after_a_nested_one_is_taken_again() {
    child::alone(|| {
        let (lines, _) = under_global(|| {
            error!(value = ?Logs, "first");
            error!("second");
        });
        let messages: Vec<_> = lines.iter().filter_map(|line| line.text("message")).collect();
        assert_eq!(messages, ["first", "second"]);
    });
}

/// Opens a span of its own, and changes the one that it is in, while it is formatted.
struct Meddles;

impl fmt::Debug for Meddles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span::current().record("late", 1);
        let _inner = info_span!("inner", user = 8).entered();
        Span::current().record("user", 9);
        f.write_str("meddled")
    }
}

#[test]
fn a_value_that_opens_spans_and_records_while_it_is_formatted_does_not_block() {
    child::alone(|| {
        let (lines, nested) = under_global(|| {
            let span = info_span!("call", user = 7, late = Empty, other = Empty).entered();
            error!(value = ?Meddles, "outside");
            span.record("other", debug(Meddles));
            error!("afterwards");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0].text("value"), Some("meddled"));
        assert!(lines.iter().all(|line| line.number("user") == Some(7)), "{lines:?}");
        assert_eq!(lines[1].text("other"), Some("meddled"));
        assert!(nested >= 6, "{nested} {lines:?}");
    });
}

#[test]
fn a_span_trace_as_a_value_reads_the_same_span() {
    child::alone(|| {
        let lines = Lines::default();
        set_global(registry().with(ErrorLayer::default()).with(lines.layer()));
        let span = info_span!("call", user = 7, late = Empty).entered();
        span.record("late", debug(SpanTrace::capture()));
        let _inner = info_span!("inner", captured = ?SpanTrace::capture()).entered();
        error!(trace = ?SpanTrace::capture(), error = typed(&refused()), "no database");
        let line = lines.only();
        for key in ["late", "captured", "trace"] {
            assert!(line.text(key).unwrap().contains("user=7"), "{key} in {line:?}");
        }
        assert_eq!(line.category(), Some("connect_refused"));
    });
}

#[test]
fn threads_that_record_and_log_in_one_tree_do_not_block_each_other() {
    const THREADS: usize = 8;
    const ROUNDS: usize = 300;
    child::alone(|| {
        let (lines, _) = under_global(|| {
            let root = info_span!("root", round = Empty);
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    let root = &root;
                    scope.spawn(move || (0..ROUNDS).for_each(|round| one_round(root, round)));
                }
            });
        });
        assert_eq!(lines.len(), THREADS * ROUNDS);
        assert!(lines.iter().all(|line| line.has("round") && line.has("depth")));
    });
}

/// Writes to the parent, remembers a fault on it and on its child, closes the child.
fn one_round(root: &Span, round: usize) {
    let child = info_span!(parent: root, "child", server.address = "db", depth = 1);
    let _entered = child.enter();
    root.record("round", round);
    error!(error = typed(&refused()), "no database");
}

/// Logs when its thread ends, after other values of the thread are gone.
struct LogsAtTheEnd(Option<Span>);

impl Drop for LogsAtTheEnd {
    fn drop(&mut self) {
        let span = self.0.take().unwrap_or_else(Span::none);
        error!(parent: &span, value = ?LogsThrice, error = typed(&refused()), "the last words");
    }
}

thread_local! {
    static LAST: std::cell::RefCell<LogsAtTheEnd> = const { std::cell::RefCell::new(LogsAtTheEnd(None)) };
}

#[test]
fn an_event_of_a_thread_that_is_ending_is_written() {
    child::alone(|| {
        let (lines, nested) = under_global(|| {
            let span = info_span!("call", server.address = "db", server.port = 5432);
            let words = thread::spawn(move || {
                // Made before the layer's own buffers, and so dropped after them.
                LAST.with(|last| last.borrow_mut().0 = Some(span.clone()));
                span.in_scope(|| info!("the first words"));
            });
            words.join().unwrap();
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[1].text("message"), Some("the last words"));
        assert_eq!(lines[1].peer(), (Some("db"), Some(5432)));
        assert_eq!(lines[1].text("value"), Some("formatted"));
        assert_eq!(nested, 3);
    });
}
