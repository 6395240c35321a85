//! 7, 10, 11, 14: other layers beside ours, filters around it, and the `log` crate.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netcause_tests::child;
use netcause_tests::lines::{Buffer, Lines};
use tracing::field::Empty;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber, debug, error, info, info_span, trace};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{fmt, registry};

use crate::{refused, typed};

/// Something of everything.
fn work() {
    let outer = info_span!("request", otel.kind = "server", http.route = "/pay", late = Empty);
    let _outer = outer.entered();
    let call = info_span!("call", server.address = "db", server.port = 5432, user = ?"bob");
    call.in_scope(|| error!(error = typed(&refused()), attempt = 2, "no database"));
    tracing::Span::current().record("late", "recorded");
    info!(parent: &call, severity = "mine", "explicit");
    debug!(parent: None, "none");
    trace!("\u{1b}[31mred");
}

/// What an `fmt` layer prints of it.
fn printed<S>(build: impl FnOnce(Buffer) -> S) -> String
where
    S: Subscriber + Send + Sync + 'static,
{
    let buffer = Buffer::default();
    tracing::subscriber::with_default(build(buffer.clone()), work);
    buffer.take()
}

fn text<S>(buffer: Buffer) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fmt::layer().without_time().with_writer(move || buffer.clone())
}

fn json<S>(buffer: Buffer) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fmt::layer().json().without_time().with_writer(move || buffer.clone())
}

#[test]
fn a_text_layer_beside_us_prints_the_same() {
    let alone = printed(|buffer| registry().with(text(buffer)));
    assert!(alone.contains("no database"), "{alone}");
    let before = printed(|buffer| registry().with(Lines::default().layer()).with(text(buffer)));
    let after = printed(|buffer| registry().with(text(buffer)).with(Lines::default().layer()));
    assert_eq!(alone, before);
    assert_eq!(alone, after);
}

#[test]
fn a_json_layer_beside_us_prints_the_same() {
    let alone = printed(|buffer| registry().with(json(buffer)));
    assert!(alone.contains("no database"), "{alone}");
    let before = printed(|buffer| registry().with(Lines::default().layer()).with(json(buffer)));
    let after = printed(|buffer| registry().with(json(buffer)).with(Lines::default().layer()));
    assert_eq!(alone, before);
    assert_eq!(alone, after);
}

#[test]
fn we_print_the_same_beside_a_coloured_text_layer() {
    let ours = |build: fn(&Lines) -> Box<dyn Subscriber + Send + Sync>| {
        let lines = Lines::default();
        tracing::subscriber::with_default(build(&lines), work);
        let written = lines.take();
        let all: Vec<_> =
            written.iter().map(|line| line.raw().split_once(',').unwrap().1.to_owned()).collect();
        all
    };
    let alone = ours(|lines| Box::new(registry().with(lines.layer())));
    let beside = ours(|lines| {
        let text = fmt::layer().with_ansi(true).with_writer(std::io::sink);
        Box::new(registry().with(text).with(lines.layer()))
    });
    assert_eq!(alone.len(), 4);
    assert_eq!(alone, beside);
}

/// Counts what reaches a layer.
#[derive(Clone, Default)]
struct Counts(Arc<[AtomicUsize; 4]>);

impl Counts {
    fn add(&self, index: usize) {
        self.0[index].fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|index| self.0[index].load(Ordering::Relaxed))
    }
}

impl<S: Subscriber> Layer<S> for Counts {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.add(0);
    }

    fn on_record(&self, _: &Id, _: &Record<'_>, _: Context<'_, S>) {
        self.add(1);
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        self.add(2);
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.add(3);
    }
}

#[test]
fn our_layer_disables_nothing_for_others() {
    let (counts, lines) = (Counts::default(), Lines::default());
    let filtered = lines.layer().with_filter(tracing_subscriber::filter::LevelFilter::ERROR);
    let subscriber = registry().with(lines.layer()).with(counts.clone()).with(filtered);
    tracing::subscriber::with_default(subscriber, || {
        assert!(tracing::enabled!(Level::TRACE));
        work();
    });
    assert_eq!(counts.read(), [2, 1, 4, 2]);
}

#[test]
fn a_directive_on_a_span_field_works_through_our_filter() {
    let variables = [("RUST_LOG", "warn,[charge{user=7}]=debug")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        for user in [6, 7, 8] {
            let _charge = info_span!("charge", user).entered();
            debug!("inside");
        }
        debug!("outside");
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 1, "{finished:?}");
    assert_eq!(lines[0].number("user"), Some(7));
}

#[test]
fn a_directive_on_a_field_that_is_recorded_late_works_through_our_filter() {
    let variables = [("RUST_LOG", "warn,[charge{user=7}]=debug")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        let charge = info_span!("charge", user = Empty);
        charge.in_scope(|| debug!("too early"));
        charge.record("user", 7);
        charge.in_scope(|| debug!("seen"));
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 1, "{finished:?}");
    assert_eq!(lines[0].text("message"), Some("seen"));
}

#[test]
fn a_record_of_the_log_crate_has_its_own_target_and_no_keys_of_the_bridge() {
    let variables = [("NETCAUSE_FIELDS", "code.file.path,code.line.number")];
    let finished = child::with_variables(&variables, || {
        let _guard = netcause::init();
        let _call = info_span!("call", server.address = "db", server.port = 5432).entered();
        log::error!(target: "db::pool", "no connection: Connection refused (os error 111)");
        log::info!("fine");
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 2, "{finished:?}");
    assert_eq!(lines[0].text("target"), Some("db::pool"));
    assert_eq!(lines[0].text("severity"), Some("ERROR"));
    assert_eq!(lines[0].category(), Some("connect_refused"));
    assert_eq!(lines[0].peer(), (Some("db"), Some(5432)));
    assert_eq!(lines[1].text("target"), Some(module_path!()));
    for line in &lines {
        assert!(!line.keys().any(|key| key.contains("log.") || key.contains("log_")), "{line:?}");
        assert!(line.text("code.file.path").unwrap().ends_with("others.rs"), "{line:?}");
        assert!(line.number("code.line.number").is_some_and(|number| number > 0), "{line:?}");
    }
}

#[test]
fn a_record_of_the_log_crate_obeys_rust_log() {
    let finished = child::with_variables(&[("RUST_LOG", "warn,db=debug")], || {
        let _guard = netcause::init();
        log::info!(target: "web", "too fine");
        log::debug!(target: "db", "seen");
        log::trace!(target: "db", "too fine");
    });
    let lines = finished.lines();
    assert_eq!(lines.len(), 1, "{finished:?}");
    assert_eq!(lines[0].text("message"), Some("seen"));
}
