//! Who the peer is: the group is taken whole, from one source.

use netcause_tests::lines::record_one;
use tracing::{error, info, info_span};

use crate::{refused, typed};

#[test]
fn the_events_own_fields_go_before_the_spans_and_do_not_mix() {
    let line = record_one(|| {
        let _call = info_span!(
            "call",
            server.address = "span",
            server.port = 1,
            url.full = "http://span:1/",
            network.peer.address = "10.0.0.1",
            db.system.name = "postgresql",
            order = 7,
        )
        .entered();
        error!(error = typed(&refused()), server.address = "event", "failed");
    });
    assert_eq!(line.peer(), (Some("event"), None), "{line:?}");
    for key in ["url.full", "network.peer.address", "db.system.name"] {
        assert!(!line.has(key), "{key} in {line:?}");
    }
    assert_eq!(line.number("order"), Some(7));
}

#[test]
fn the_innermost_client_span_goes_before_the_outer_ones_and_does_not_mix() {
    let line = record_one(|| {
        let _outer = info_span!("outer", server.address = "outer", server.port = 9).entered();
        let _inner = info_span!("inner", otel.kind = "client", server.address = "inner").entered();
        let _plain = info_span!("plain", order = 7).entered();
        error!(error = typed(&refused()), "failed");
    });
    assert_eq!(line.peer(), (Some("inner"), None), "{line:?}");
    assert_eq!(line.number("order"), Some(7));
}

#[test]
fn an_ordinary_event_merges_the_fields_of_all_spans() {
    let line = record_one(|| {
        let _outer = info_span!("outer", server.address = "outer", server.port = 9).entered();
        let _inner = info_span!("inner", server.address = "inner").entered();
        info!("fine");
    });
    assert_eq!(line.peer(), (Some("inner"), Some(9)));
}

#[test]
fn every_mark_of_a_server_span_hides_its_address() {
    let served = |span: tracing::Span| {
        let line = record_one(|| span.in_scope(|| error!(error = typed(&refused()), "failed")));
        assert_eq!(line.category(), Some("connect_refused"));
        line.peer() == (None, None) && !line.raw().contains("own.test")
    };
    assert!(served(info_span!(
        "s",
        otel.kind = "server",
        server.address = "own.test",
        server.port = 80
    )));
    assert!(served(info_span!(
        "s",
        otel.kind = "Server",
        server.address = "own.test",
        server.port = 80
    )));
    assert!(served(info_span!(
        "s",
        otel.kind = "consumer",
        server.address = "own.test",
        server.port = 80
    )));
    assert!(served(info_span!(
        "s",
        http.route = "/a",
        server.address = "own.test",
        server.port = 80
    )));
    assert!(served(info_span!("s", client.address = "10.0.0.9", server.address = "own.test")));
}

/// A `SpanKind` is recorded by `Debug` or `Display` often enough.
#[test]
fn a_span_kind_that_is_formatted_is_read_too() {
    #[derive(Debug)]
    enum Kind {
        Server,
    }
    let line = record_one(|| {
        let _request =
            info_span!("request", otel.kind = ?Kind::Server, server.address = "own.test").entered();
        error!(error = typed(&refused()), "failed");
    });
    assert_eq!(line.peer(), (None, None));
}

#[test]
fn a_client_span_outside_a_server_span_is_not_asked() {
    let line = record_one(|| {
        let _client = info_span!("client", otel.kind = "client", server.address = "far").entered();
        let _request = info_span!("request", otel.kind = "server", http.route = "/a").entered();
        error!(error = typed(&refused()), "failed");
    });
    assert_eq!(line.peer(), (None, None));
}

#[test]
fn a_client_span_inside_a_server_span_is_asked() {
    let line = record_one(|| {
        let _request =
            info_span!("request", otel.kind = "server", server.address = "own.test").entered();
        let _client =
            info_span!("client", otel.kind = "producer", server.address = "kafka").entered();
        error!(error = typed(&refused()), "failed");
    });
    assert_eq!(line.peer(), (Some("kafka"), None));
}

#[test]
fn usual_names_of_host_and_port_are_understood_and_stay() {
    let line = record_one(|| {
        let _call = info_span!("call", host = "db", port = 5432).entered();
        error!(error = typed(&refused()), attempt = 2, max_retries = 5, "failed");
    });
    assert_eq!(line.peer(), (Some("db"), Some(5432)));
    assert_eq!(line.number("retry.attempt"), Some(2));
    assert_eq!(line.number("retry.max_attempts"), Some(5));
}

#[test]
fn hidden_keys_of_opentelemetry_are_read_and_not_printed() {
    let line = record_one(|| {
        let _call = info_span!(
            "call",
            otel.name = "CHARGE",
            otel.kind = "client",
            otel.status_code = "ERROR",
            otel.status_description = "refused",
            server.address = "db",
        )
        .entered();
        error!(error = typed(&refused()), otel.name = "again", "failed");
    });
    assert!(!line.keys().any(|key| key.contains("otel")), "{line:?}");
    assert_eq!(line.peer(), (Some("db"), None));
}
