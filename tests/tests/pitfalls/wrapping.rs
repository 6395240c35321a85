//! 1, 2, 6, 12: the layer inside `Option`, `Vec`, `Box`, `reload`, and twice.

use netcause_layer::NetcauseLayer;
use netcause_tests::lines::Lines;
use netcause_tests::{child, otel};
use tracing::field::Empty;
use tracing::{Level, debug, error, info, info_span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, Registry, fmt, registry, reload};

use crate::{refused, set_global, typed};

/// An event whose parent was entered before, but is not now, names it by its ids: for that
/// the layer has to know the dispatcher.
fn keeps_trace_ids<L>(wrap: impl FnOnce(NetcauseLayer) -> L)
where
    L: Layer<Registry> + Send + Sync + 'static,
{
    let (lines, spans) = (Lines::default(), otel::Spans::default());
    set_global(registry().with(wrap(lines.layer())).with(spans.layer()));
    let call = info_span!("call");
    call.in_scope(|| error!("inside"));
    error!(parent: &call, "outside");
    drop(call);
    let (trace, span) = spans.ids("call");
    let written = lines.take();
    assert_eq!(written.len(), 2);
    for line in written {
        assert_eq!(line.text("trace_id"), Some(&*trace), "{line:?}");
        assert_eq!(line.text("span_id"), Some(&*span), "{line:?}");
    }
}

#[test]
fn a_bare_layer_keeps_trace_ids() {
    child::alone(|| keeps_trace_ids(|layer| layer));
}

#[test]
fn an_option_around_the_layer_keeps_trace_ids() {
    child::alone(|| keeps_trace_ids(Some));
}

#[test]
fn a_vec_around_the_layer_keeps_trace_ids() {
    child::alone(|| keeps_trace_ids(|layer| vec![layer]));
}

#[test]
fn a_box_around_the_layer_keeps_trace_ids() {
    child::alone(|| keeps_trace_ids(|layer| layer.boxed()));
}

#[test]
fn a_filter_around_the_layer_keeps_trace_ids() {
    child::alone(|| keeps_trace_ids(|layer| layer.with_filter(LevelFilter::INFO)));
}

#[test]
fn a_reload_layer_around_the_layer_keeps_trace_ids_and_fields() {
    child::alone(|| {
        keeps_trace_ids(|layer| reload::Layer::new(layer).0);
    });
    let lines = Lines::default();
    let (layer, _handle) = reload::Layer::new(lines.layer());
    tracing::subscriber::with_default(registry().with(layer), || {
        let call = info_span!("call", server.address = "db", server.port = Empty).entered();
        call.record("server.port", 5432);
        error!(error = typed(&refused()), "no database");
    });
    assert_eq!(lines.only().peer(), (Some("db"), Some(5432)));
}

#[test]
fn a_layer_that_replaces_another_at_run_time_goes_on_with_open_spans() {
    let (before, after) = (Lines::default(), Lines::default());
    let (layer, handle) = reload::Layer::new(before.layer());
    tracing::subscriber::with_default(registry().with(layer), || {
        let call = info_span!("call", server.address = "db", attempt = Empty).entered();
        error!("first");
        handle.reload(after.layer()).unwrap();
        error!(error = typed(&refused()), "second");
        call.record("attempt", 3);
        error!(error = typed(&refused()), "third");
    });
    assert_eq!(before.only().text("message"), Some("first"));
    let written = after.take();
    // The new layer has not seen the span's first fields and claims nothing.
    assert_eq!(written[0].peer(), (None, None));
    assert_eq!(written[1].number("retry.attempt"), Some(3), "{:?}", written[1]);
}

#[test]
fn a_reload_layer_around_the_filter_switches_what_is_written() {
    let lines = Lines::default();
    let (filter, handle) = reload::Layer::new(EnvFilter::new("info"));
    let subscriber = registry().with(lines.layer().with_filter(filter));
    tracing::subscriber::with_default(subscriber, || {
        info!("seen");
        debug!("too fine");
        handle.reload(EnvFilter::new("warn")).unwrap();
        info!("too fine now");
        error!("seen");
        handle.reload(EnvFilter::new("debug")).unwrap();
        debug!("seen");
    });
    let written = lines.take();
    assert_eq!(written.len(), 3, "{written:?}");
    assert!(written.iter().all(|line| line.text("message") == Some("seen")), "{written:?}");
}

#[test]
fn two_instances_of_the_layer_live_in_one_registry() {
    let (one, two) = (Lines::default(), Lines::default());
    let subscriber = registry().with(one.layer()).with(two.layer());
    tracing::subscriber::with_default(subscriber, || {
        let call = info_span!("call", server.address = "db", server.port = Empty).entered();
        call.record("server.port", 5432);
        error!(error = typed(&refused()), "no database");
        drop(call);
        info!("later");
    });
    for lines in [one, two] {
        let written = lines.take();
        assert_eq!(written.len(), 2, "{written:?}");
        assert_eq!(written[0].peer(), (Some("db"), Some(5432)));
        assert_eq!(written[0].category(), Some("connect_refused"));
    }
}

#[test]
fn two_instances_behind_filters_of_their_own_do_not_mix() {
    let (all, errors) = (Lines::default(), Lines::default());
    let subscriber = registry()
        .with(all.layer().with_filter(LevelFilter::TRACE))
        .with(errors.layer().with_filter(LevelFilter::ERROR));
    tracing::subscriber::with_default(subscriber, || {
        let _call = info_span!("call", user = 7).entered();
        info!("fine");
        error!("bad");
    });
    let written = all.take();
    assert_eq!(written.len(), 2);
    assert!(written.iter().all(|line| line.number("user") == Some(7)), "{written:?}");
    let written = errors.only();
    assert_eq!(written.text("message"), Some("bad"));
    assert!(!written.has("user"), "{written:?}");
}

/// How many of two events arrive here and at an `fmt` layer.
fn arrived<S>(build: impl FnOnce(&Lines) -> S) -> usize
where
    S: tracing::Subscriber + Send + Sync + 'static,
{
    let lines = Lines::default();
    tracing::subscriber::with_default(build(&lines), || {
        tracing::trace!("fine");
        error!("bad");
        assert!(tracing::enabled!(Level::ERROR));
    });
    lines.take().len()
}

#[test]
fn permutations_of_options_silence_nobody() {
    let none = || None::<LevelFilter>;
    assert_eq!(arrived(|lines| registry().with(Some(lines.layer())).with(none())), 2);
    assert_eq!(arrived(|lines| registry().with(none()).with(Some(lines.layer()))), 2);
    assert_eq!(arrived(|lines| registry().with(none()).with(lines.layer())), 2);
    assert_eq!(arrived(|lines| registry().with(lines.layer()).with(None::<NetcauseLayer>)), 2);
    assert_eq!(
        arrived(|lines| {
            registry()
                .with(None::<fmt::Layer<_>>)
                .with(lines.layer().with_filter(LevelFilter::ERROR))
        }),
        1
    );
}

#[test]
fn no_layer_at_all_leaves_the_others_as_they_are() {
    let lines = Lines::default();
    let absent = None::<NetcauseLayer>;
    let subscriber = registry().with(absent).with(lines.layer().with_filter(LevelFilter::INFO));
    tracing::subscriber::with_default(subscriber, || {
        debug!("too fine");
        info!("seen");
    });
    assert_eq!(lines.only().text("message"), Some("seen"));
}
