//! What is kept gives the very line that reading everything anew gives.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use netcause_fault::{Category, Evidence, Fault, Reason, WithFault};
use netcause_record::{JsonExporter, Limits, Sink};
use proptest::prelude::*;
use tracing::{Dispatch, error, info_span, warn};
use tracing_subscriber::layer::SubscriberExt;

use crate::NetcauseLayer;

const TEXTS: [&str; 4] = [
    "Connection refused (os error 111)",
    "tcp connect error: deadline has elapsed",
    "db:5432: operation timed out after 2s (attempt 1/3)",
    "no quantity",
];

#[derive(Debug)]
struct Link(&'static str, Option<Box<dyn Error + Send + Sync>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// How an error is logged.
#[derive(Debug, Clone, Copy)]
enum How {
    Typed,
    Text,
    Message,
}

/// What is stated in an error's chain.
#[derive(Debug, Clone)]
struct Stated {
    reason: Reason,
    host: Option<&'static str>,
    port: Option<u16>,
    elapsed: Option<u64>,
    timeout: Option<u64>,
    attempt: Option<u32>,
    pause: Option<u64>,
    evidence: Option<&'static str>,
}

/// A failure as it may be logged.
#[derive(Debug, Clone)]
struct Case {
    how: How,
    text: &'static str,
    stated: Option<Stated>,
    elapsed_ms: Option<u64>,
    timeout_ms: Option<u64>,
    retry_after: Option<u64>,
    host: Option<&'static str>,
    span_host: Option<&'static str>,
    span_port: Option<u64>,
    span_limit_ms: Option<u64>,
    attempt: Option<u64>,
    outer_port: Option<u64>,
}

impl Stated {
    fn fault(&self) -> Fault<'static> {
        let mut fault = Fault::of_reason(self.reason);
        fault.peer.server_address = self.host.map(Into::into);
        fault.peer.server_port = self.port;
        fault.elapsed = self.elapsed.map(Duration::from_millis);
        fault.timeout = self.timeout.map(Duration::from_millis);
        fault.attempts.attempt = self.attempt;
        fault.attempts.next_delay = self.pause.map(Duration::from_millis);
        fault.evidence.extend(self.evidence.map(|note| Evidence::Note(note.into())));
        fault
    }
}

impl Case {
    fn log(&self) {
        let _outer = info_span!("outer", peer.port = self.outer_port).entered();
        let _call = info_span!(
            "call",
            server.address = self.span_host,
            server.port = self.span_port,
            connect_timeout_ms = self.span_limit_ms,
            attempt = self.attempt,
        )
        .entered();
        self.log_here();
    }

    fn log_here(&self) {
        let Case { elapsed_ms, timeout_ms, retry_after, host, .. } = *self;
        let error = self.error();
        let error = error.as_ref() as &(dyn Error + 'static);
        match self.how {
            How::Typed => {
                error!(error, elapsed_ms, timeout_ms, retry_after, server.address = host, "typed");
            }
            How::Text => {
                error!(error = self.text, elapsed_ms, timeout_ms, server.address = host, "text");
            }
            How::Message => warn!(elapsed_ms, server.address = host, "{}", self.text),
        }
    }

    fn error(&self) -> Box<dyn Error + Send + Sync> {
        let inner = Link(self.text, None);
        let source: Box<dyn Error + Send + Sync> = match &self.stated {
            Some(stated) => Box::new(WithFault::new(inner, stated.fault())),
            None => Box::new(inner),
        };
        Box::new(Link("could not charge", Some(source)))
    }
}

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// A subscriber whose lines come here.
    fn subscriber(&self) -> Dispatch {
        let sink = Sink::writer(Box::new(self.clone()));
        let layer = NetcauseLayer::new(JsonExporter::new(sink, Limits::default()));
        tracing_subscriber::registry().with(layer).into()
    }

    /// The lines without the clock.
    fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| line.split_once(",\"severity\"").unwrap().1.to_owned()).collect()
    }
}

/// The lines of failures that happen one after the other, and how many were found again.
fn on_one_thread(cases: &[Case]) -> (Vec<String>, usize) {
    let cases = cases.to_vec();
    let work = move || {
        let lines = Lines::default();
        tracing::dispatcher::with_default(&lines.subscriber(), || cases.iter().for_each(Case::log));
        (lines.take(), crate::layer::repeats_found())
    };
    std::thread::spawn(work).join().unwrap()
}

fn assert_same_as_alone(cases: &[Case]) {
    let (together, _) = on_one_thread(cases);
    let alone = cases.iter().flat_map(|case| on_one_thread(std::slice::from_ref(case)).0);
    assert_eq!(together, alone.collect::<Vec<_>>());
}

fn plain(how: How, text: &'static str) -> Case {
    Case {
        how,
        text,
        stated: None,
        elapsed_ms: None,
        timeout_ms: None,
        retry_after: None,
        host: None,
        span_host: None,
        span_port: None,
        span_limit_ms: None,
        attempt: None,
        outer_port: None,
    }
}

fn with_fault(stated: Stated) -> Case {
    Case { stated: Some(stated), ..plain(How::Typed, TEXTS[1]) }
}

const STATED: Stated = Stated {
    reason: Reason::ConnectTimeout,
    host: Some("db"),
    port: Some(5432),
    elapsed: Some(101),
    timeout: Some(100),
    attempt: Some(1),
    pause: None,
    evidence: Some("1 SYN sent, no answer"),
};

#[test]
fn a_failure_is_kept_from_its_second_time_on() {
    for how in [How::Typed, How::Text, How::Message] {
        for text in TEXTS {
            let (lines, found) = on_one_thread(&vec![plain(how, text); 5]);
            assert_eq!(lines.len(), 5);
            assert_eq!(found, 3, "{how:?} {text}");
        }
    }
    let (_, found) = on_one_thread(&vec![with_fault(STATED); 5]);
    assert_eq!(found, 3);
}

#[test]
fn time_and_tries_are_read_each_time_and_nothing_else_may_differ() {
    let later = (0..5).map(|try_number| {
        let (elapsed, attempt) = (Some(101 + u64::from(try_number)), Some(try_number));
        with_fault(Stated { elapsed, attempt, ..STATED })
    });
    let later: Vec<_> = later.collect();
    assert_eq!(on_one_thread(&later).1, 3);
    assert_same_as_alone(&later);

    let mut other = vec![with_fault(STATED); 3];
    other.push(with_fault(Stated { evidence: Some("2 SYN sent, no answer"), ..STATED }));
    other.push(with_fault(Stated { port: Some(5433), ..STATED }));
    other.push(with_fault(Stated { elapsed: None, ..STATED }));
    other.push(with_fault(Stated { pause: Some(250), ..STATED }));
    assert_eq!(on_one_thread(&other).1, 1);
    assert_same_as_alone(&other);
}

#[test]
fn a_verdict_that_rests_on_the_time_is_not_kept_for_another_one() {
    let timed = |elapsed_ms| Case {
        elapsed_ms: Some(elapsed_ms),
        span_limit_ms: Some(1000),
        ..plain(How::Text, TEXTS[1])
    };
    // The limit of one second can have ended the last one only.
    let cases = [timed(200), timed(200), timed(200), timed(1001)];
    assert_eq!(on_one_thread(&cases).1, 1);
    assert_same_as_alone(&cases);
    let (lines, _) = on_one_thread(&cases);
    assert!(!lines[2].contains("fault.timeout_ms"), "{}", lines[2]);
    assert!(lines[3].contains("\"fault.timeout_ms\":1000"), "{}", lines[3]);
}

#[test]
fn memory_is_asked_each_time() {
    let lines = Lines::default();
    let typed = with_fault(STATED);
    let log_text = || error!(error = typed.text, "no cart");
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        (0..3).for_each(|_| log_text());
        let _frame = info_span!("frame").entered();
        typed.log();
        log_text();
    });
    let lines = lines.take();
    assert!(!lines[2].contains("server.address"), "{}", lines[2]);
    assert!(lines[4].contains("\"server.address\":\"db\""), "{}", lines[4]);
}

#[test]
fn a_fault_is_remembered_again_once_the_span_has_forgotten_it() {
    let lines = Lines::default();
    let typed = with_fault(STATED);
    let error = typed.error();
    let log_typed = || error!(error = error.as_ref() as &(dyn Error + 'static), "no connection");
    let log_text = || error!(error = typed.text, "no cart");
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        let _frame = info_span!("frame").entered();
        (0..4).for_each(|_| log_typed());
        // A call to the same peer that goes well: its earlier faults are history.
        info_span!("call", server.address = "db", server.port = 5432)
            .in_scope(|| tracing::info!("paid"));
        log_typed();
        log_text();
    });
    let lines = lines.take();
    assert!(lines[6].contains("\"server.address\":\"db\""), "{}", lines[6]);
}

#[test]
fn memory_has_the_tries_of_the_last_time() {
    let lines = Lines::default();
    let tries =
        [1, 1, 1, 2].map(|attempt| with_fault(Stated { attempt: Some(attempt), ..STATED }).error());
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        let _frame = info_span!("frame").entered();
        for error in &tries {
            error!(error = error.as_ref() as &(dyn Error + 'static), "no connection");
        }
        error!(error = TEXTS[1], "no cart");
    });
    let lines = lines.take();
    assert!(lines[4].contains("\"retry.attempt\":2"), "{}", lines[4]);
}

#[test]
fn a_hint_names_the_pause_of_this_time() {
    let lines = Lines::default();
    let pauses = [250, 250, 250, 500].map(|pause| {
        let mut fault = Fault::new(Category::RateLimited);
        fault.attempts.next_delay = Some(Duration::from_millis(pause));
        WithFault::new(Link("slow down", None), fault)
    });
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        for error in &pauses {
            error!(error = error as &(dyn Error + 'static), "not charged");
        }
    });
    assert!(crate::layer::repeats_found() > 0);
    let lines = lines.take();
    assert!(lines[2].contains("after 250ms\""), "{}", lines[2]);
    assert!(lines[3].contains("after 500ms\""), "{}", lines[3]);
}

#[test]
fn equal_fields_of_another_source_are_another_failure() {
    let text = plain(How::Text, TEXTS[0]);
    let on_event = Case { host: Some("db"), span_port: Some(5432), ..text.clone() };
    let on_span = Case { span_host: Some("db"), span_port: Some(5432), ..text };
    let cases = [&on_event, &on_event, &on_span, &on_event, &on_span].map(Case::clone);
    assert_same_as_alone(&cases);
}

#[test]
fn failures_that_never_repeat_are_not_kept() {
    let lines = Lines::default();
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        (0..500).for_each(|number| error!(error = format!("charge {number}: connection refused")));
    });
    assert_eq!(crate::layer::repeats_kept(), 0);
}

fn stated() -> impl Strategy<Value = Stated> {
    let reason = prop_oneof![
        Just(Reason::ConnectTimeout),
        Just(Reason::ConnectRefused),
        Just(Reason::ResponseTimeout)
    ];
    let who = (proptest::option::of(Just("db")), proptest::option::of(Just(5432)));
    let time = proptest::option::of(prop_oneof![Just(99), Just(2001)]);
    let limit = proptest::option::of(Just(100));
    let tries = (proptest::option::of(0_u32..3), proptest::option::weighted(0.2, 1_u64..3));
    let evidence = proptest::option::of(Just("1 SYN sent"));
    (reason, who, time, limit, tries, evidence).prop_map(
        |(reason, (host, port), elapsed, timeout, (attempt, pause), evidence)| Stated {
            reason,
            host,
            port,
            elapsed,
            timeout,
            attempt,
            pause,
            evidence,
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let how = prop_oneof![Just(How::Typed), Just(How::Text), Just(How::Message)];
    let text = proptest::sample::select(&TEXTS[..]);
    let rare = || proptest::option::weighted(0.3, prop_oneof![Just(90), Just(2500)]);
    let host = || proptest::option::weighted(0.3, prop_oneof![Just("db"), Just("cache")]);
    let fields = (rare(), rare(), rare(), host());
    let spans = (host(), rare(), rare(), proptest::option::of(0_u64..3), rare());
    (how, text, proptest::option::of(stated()), fields, spans).prop_map(
        |(how, text, stated, fields, spans)| Case {
            how,
            text,
            stated,
            elapsed_ms: fields.0,
            timeout_ms: fields.1,
            retry_after: fields.2,
            host: fields.3,
            span_host: spans.0,
            span_port: spans.1,
            span_limit_ms: spans.2,
            attempt: spans.3,
            outer_port: spans.4,
        },
    )
}

/// A failure, several times, each time but one thing as it was.
fn similar() -> impl Strategy<Value = Vec<Case>> {
    (case(), proptest::collection::vec((case(), 0_usize..11), 1..6)).prop_map(|(first, others)| {
        let varied = others.into_iter().flat_map(|(other, place)| {
            let mut varied = first.clone();
            match place {
                0 => varied.how = other.how,
                1 => varied.text = other.text,
                2 => varied.stated = other.stated,
                3 => varied.elapsed_ms = other.elapsed_ms,
                4 => varied.timeout_ms = other.timeout_ms,
                5 => varied.host = other.host,
                6 => varied.span_host = other.span_host,
                7 => varied.span_limit_ms = other.span_limit_ms,
                8 => varied.attempt = other.attempt,
                9 => varied.span_port = other.span_port,
                _ => varied.outer_port = other.outer_port,
            }
            [varied, first.clone()]
        });
        [first.clone(), first.clone()].into_iter().chain(varied).collect()
    })
}

/// What happens in a span.
#[derive(Debug, Clone)]
enum Step {
    Fail(Case),
    Record(u64),
    Succeed,
    /// The same in a span inside of it.
    Call(Case),
}

fn steps() -> impl Strategy<Value = (Case, Vec<Step>)> {
    let steps = proptest::collection::vec((0_usize..14, case(), 0_u64..3), 5..20);
    (case(), proptest::bool::weighted(0.8), steps).prop_map(|(mut first, is_bare, steps)| {
        if is_bare {
            // What the event itself tells is asked for each time.
            let Case { text, stated, span_host, span_port, outer_port, .. } = first;
            let bare = plain(How::Typed, text);
            first = Case { stated, span_host, span_port, outer_port, ..bare };
        }
        let step = |(kind, mut other, number): (usize, Case, u64)| match kind {
            0 => Step::Record(number),
            1 => Step::Succeed,
            2 => Step::Call(Case { span_host: other.span_host, ..first.clone() }),
            3 => {
                (other.how, other.text) = (first.how, first.text);
                Step::Fail(other)
            }
            _ => Step::Fail(first.clone()),
        };
        let steps = steps.into_iter().map(step).collect();
        (first, steps)
    })
}

/// The lines of what happens in one span, with or without what was kept before each step.
fn in_one_span(around: &Case, steps: &[Step], keeps: bool) -> Vec<String> {
    let lines = Lines::default();
    tracing::dispatcher::with_default(&lines.subscriber(), || {
        crate::layer::forget_repeats();
        let Case { span_host, span_port, attempt, .. } = *around;
        let system = around.outer_port.map(|_| "redis");
        let span = info_span!(
            "call",
            server.address = span_host,
            server.port = span_port,
            db.system.name = system,
            attempt,
        );
        let _call = span.enter();
        for step in steps {
            match step {
                Step::Fail(case) => case.log_here(),
                Step::Record(number) => drop(span.record("attempt", number)),
                Step::Succeed => tracing::info!("paid"),
                Step::Call(case) => case.log(),
            }
            if !keeps {
                crate::layer::forget_repeats();
            }
        }
    });
    lines.take().iter().map(|line| without_memory_age(line)).collect()
}

/// How long ago it was depends on the clock.
fn without_memory_age(line: &str) -> String {
    const BEFORE: &str = "peer taken from the same failure ";
    match line
        .split_once(BEFORE)
        .and_then(|(before, rest)| Some((before, rest.split_once(" ago")?)))
    {
        Some((before, (_, after))) => format!("{before}{BEFORE}{after}"),
        None => line.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_line_in_the_same_span_is_the_same_whatever_was_kept((around, steps) in steps()) {
        prop_assert_eq!(
            in_one_span(&around, &steps, true),
            in_one_span(&around, &steps, false)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_line_is_the_same_whatever_was_logged_before(cases in similar()) {
        let (together, found) = on_one_thread(&cases);
        prop_assert!(found > 0);
        for (case, line) in cases.iter().zip(together) {
            let alone = on_one_thread(std::slice::from_ref(case)).0;
            prop_assert_eq!(Some(&line), alone.first());
        }
    }
}
