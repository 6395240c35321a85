//! Calls through the middleware: their limit, their try, and their answer.

use std::time::Duration;

use netcause_cli::peers::{Peer, Script, scripts};
use netcause_http::reqwest::{CallMiddleware, instrument};
use netcause_http::retry::Tries;
use netcause_tests::lines::Line;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use tracing::error;

use crate::connecting::InSpan;
use crate::{builder, evidence, record, record_one, typed};

const LIMIT: Duration = Duration::from_millis(150);

fn client(peer: &Peer) -> ClientWithMiddleware {
    let client = instrument(builder(peer.addr)).build().unwrap();
    ClientBuilder::new(client).with(CallMiddleware::new().total_limit(LIMIT)).build()
}

fn url(peer: &Peer) -> String {
    format!("http://db.example:{}/v1/charge?api_key=hidden", peer.port())
}

fn assert_names_the_peer(line: &Line, peer: u16) {
    assert_eq!(line.peer(), (Some("db.example"), Some(peer.into())), "{line:#?}");
    assert_eq!(line.text("network.peer.address"), Some("127.0.0.1"), "{line:#?}");
    assert_eq!(line.text("network.local.address"), Some("127.0.0.1"), "{line:#?}");
    assert_eq!(line.text("http.request.method"), Some("GET"), "{line:#?}");
    assert!(!line.raw().contains("hidden"), "{line:#?}");
}

#[test]
fn an_answer_that_does_not_come_has_limit_phase_and_peer() {
    let mut port = 0;
    let line = record_one(
        async {
            let peer = Peer::scripted(Script::new().hang()).await.unwrap();
            port = peer.port();
            let failed = client(&peer).get(url(&peer)).send().await.unwrap_err();
            error!(error = typed(&failed), "no answer");
        }
        .instrument_here("job"),
    );
    assert_eq!(line.category(), Some("response_timeout"), "{line:#?}");
    assert_eq!(line.text("fault.phase"), Some("response"));
    assert_eq!(line.text("fault.limit"), Some("total"));
    assert_eq!(line.number("fault.timeout_ms"), Some(150));
    assert_names_the_peer(&line, port);
}

#[test]
fn the_error_stays_what_it_is() {
    record(async {
        let peer = Peer::closed_port().unwrap();
        let failed = client(&peer).get(url(&peer)).send().await.unwrap_err();
        assert!(matches!(failed, reqwest_middleware::Error::Reqwest(_)), "{failed:?}");
        assert!(failed.is_connect());
    });
}

#[test]
fn a_failed_call_tells_its_try() {
    let mut port = 0;
    let lines = record(
        async {
            let peer = Peer::closed_port().unwrap();
            port = peer.port();
            let client = client(&peer);
            let tries = Tries::new("charge the card", 1);
            let failed = tries.attempt(client.get(url(&peer)).send()).await.unwrap_err();
            assert!(tries.failed(&failed, Some(Duration::ZERO)).is_some());
            let failed = tries.attempt(client.get(url(&peer)).send()).await.unwrap_err();
            assert_eq!(tries.failed(&failed, None), None);
        }
        .instrument_here("job"),
    );
    let severities: Vec<_> = lines.iter().filter_map(|line| line.text("severity")).collect();
    assert_eq!(severities, ["WARN", "ERROR"]);
    for (line, attempt) in lines.iter().zip(0..) {
        assert_eq!(line.category(), Some("connect_refused"));
        assert_eq!(line.text("fault.phase"), Some("connect"));
        assert_eq!(line.number("retry.attempt"), Some(attempt));
        assert_eq!(line.number("retry.max_attempts"), Some(1));
        assert_names_the_peer(line, port);
    }
}

#[test]
fn a_status_that_is_made_an_error_later_has_its_peer_and_the_pause_that_is_asked_for() {
    let mut port = 0;
    let line = record_one(
        async {
            let busy = scripts::status(503, &[("Retry-After", "7")]);
            let peer = Peer::scripted(busy).await.unwrap();
            port = peer.port();
            let response = client(&peer).get(url(&peer)).send().await.unwrap();
            let failed = response.error_for_status().unwrap_err();
            error!("no answer: {}", failed.without_url());
        }
        .instrument_here("job"),
    );
    assert_eq!(line.category(), Some("unavailable"), "{line:#?}");
    assert!(evidence(&line).iter().any(|fact| fact.contains("7s")), "{line:#?}");
    assert_names_the_peer(&line, port);
}

#[test]
fn a_body_that_breaks_says_so_by_itself() {
    let mut port = 0;
    let line = record_one(async {
        let peer = Peer::scripted(scripts::truncated_body()).await.unwrap();
        port = peer.port();
        let response = client(&peer).get(url(&peer)).send().await.unwrap();
        assert_eq!(response.url().port(), Some(peer.port()));
        assert!(response.remote_addr().is_some());
        let failed = response.text().await.unwrap_err();
        assert!(failed.is_body() || failed.is_decode(), "{failed:?}");
        error!(error = typed(&failed), "no answer");
    });
    assert_eq!(line.category(), Some("connection_reset"), "{line:#?}");
    assert_eq!(line.text("fault.phase"), Some("body"));
    assert_eq!(line.text("error.type"), Some("body_truncated"));
    assert_names_the_peer(&line, port);
}

#[test]
fn a_call_that_goes_well_says_nothing_and_gives_the_whole_answer() {
    let lines = record(async {
        let answer = scripts::answer(200, &[("X-Kind", "test")], "all is well");
        let peer = Peer::scripted(answer).await.unwrap();
        let response = client(&peer).get(url(&peer)).send().await.unwrap();
        assert_eq!(response.headers()["x-kind"], "test");
        assert_eq!(response.text().await.unwrap(), "all is well");
    });
    assert!(lines.is_empty(), "{lines:#?}");
}
