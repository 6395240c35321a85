//! `netcause probe`: peers on the loopback interface that fail in one way each.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot run has failed")]

mod support;

use std::io::Write;
use std::process::Output;

use netcause_cli::peers::{Certificates, Leaf, Peer, Script, TlsOptions, TlsVersions, scripts};
use serde_json::Value;
use support::{Record, number, records, run, stderr, stdout, text};
use tempfile::NamedTempFile;

/// Runs a probe and reads its object.
fn probe(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, Record) {
    let arguments = [&["probe", "--json"], arguments].concat();
    let output = run(&arguments, settings);
    let all = records(stdout(&output));
    assert_eq!(all.len(), 1, "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    (output.status.code(), all.into_iter().next().unwrap())
}

/// Runs one that fails; asserts what the fault is, and how sure.
#[track_caller]
fn fails(arguments: &[&str], settings: &[(&str, &str)], expected: [&str; 3]) -> Record {
    let (code, record) = probe(arguments, settings);
    let keys = ["fault.category", "fault.cause", "fault.confidence"];
    assert_eq!(keys.map(|key| text(&record, key)), expected, "{record:#?}");
    assert_eq!((code, text(&record, "severity")), (Some(1), "ERROR"));
    assert!(record.contains_key("fault.summary"), "{record:#?}");
    record
}

fn evidence(record: &Record) -> String {
    let facts = record["fault.evidence"].as_array().expect("there are facts");
    facts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// The steps by name, and whether each did what it should.
fn steps(record: &Record) -> Vec<(&str, bool)> {
    let steps = record["probe.steps"].as_array().expect("there are steps");
    steps.iter().map(|it| (it["step"].as_str().unwrap(), it["ok"].as_bool().unwrap())).collect()
}

fn faultless(record: &Record) -> bool {
    !record.keys().any(|key| key.starts_with("fault.") || key.starts_with("error."))
}

fn authority(certificates: &Certificates) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(certificates.authority_pem().as_bytes()).unwrap();
    file
}

fn path(file: &NamedTempFile) -> &str {
    file.path().to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_accepts_is_reachable() {
    let peer = Peer::silent().await.unwrap();
    let (code, record) = probe(&[&peer.addr.to_string()], &[]);
    assert_eq!((code, text(&record, "severity")), (Some(0), "INFO"));
    assert!(faultless(&record), "{record:#?}");
    assert_eq!(steps(&record), [("connect", true)]);
    assert_eq!(number(&record, "server.port"), Some(peer.port().into()));
    assert_eq!(text(&record, "network.peer.address"), "127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_looked_up_and_all_its_addresses_are_tried() {
    let peer = Peer::scripted(scripts::status(204, &[])).await.unwrap();
    let (code, record) = probe(&[&format!("localhost:{}", peer.port()), "--http", "/"], &[]);
    assert_eq!(code, Some(0), "{record:#?}");
    assert_eq!(steps(&record)[0], ("lookup", true));
    assert!(record["dns.answers"].as_array().unwrap().contains(&"127.0.0.1".into()));
    assert_eq!(number(&record, "http.response.status_code"), Some(204));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_is_refused() {
    let peer = Peer::closed_port().unwrap();
    let expected = ["connect_refused", "peer_down", "likely"];
    let record = fails(&[&peer.addr.to_string()], &[], expected);
    assert_eq!(text(&record, "fault.phase"), "connect");
    assert_eq!(number(&record, "network.peer.port"), Some(peer.port().into()));
    assert!(!evidence(&record).contains("since start"), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_silence_and_supports_no_certainty() {
    let peer = Peer::full_queue(None).await.unwrap();
    let (code, record) = probe(&[&peer.addr.to_string(), "--timeout", "300ms"], &[]);
    assert_eq!((code, text(&record, "fault.category")), (Some(1), "connect_timeout"));
    assert_eq!(number(&record, "fault.timeout_ms"), Some(300));
    assert!(matches!(text(&record, "fault.confidence"), "possible" | ""), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_certificate_is_told_with_the_days_that_are_left() {
    let certificates = Certificates::new().unwrap();
    let roots = authority(&certificates);
    let identity = certificates.server(Leaf::Good, &["api.test"]).unwrap();
    let script = scripts::status(200, &[]);
    let peer = Peer::tls(&identity, &TlsOptions::default(), script).await.unwrap();
    let address = peer.addr.to_string();
    let arguments = [&address, "--tls", "--server-name", "api.test", "--http", "/health"];
    let (code, record) = probe(&arguments, &[("SSL_CERT_FILE", path(&roots))]);
    assert_eq!(code, Some(0), "{record:#?}");
    assert!(faultless(&record), "{record:#?}");
    assert_eq!(steps(&record), [("connect", true), ("tls", true), ("http", true)]);
    assert!(matches!(number(&record, "certificate.days_left"), Some(88 | 89)), "{record:#?}");
    assert!(text(&record, "tls.server.issuer").contains("Demonstration CA"));
    assert_eq!(record["url.full"], format!("https://api.test:{}/health", peer.port()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_pass_is_told_all_the_same() {
    let certificates = Certificates::new().unwrap();
    let roots = authority(&certificates);
    for (leaf, reason, days) in [
        (Leaf::Expired, "tls_certificate_expired", -3),
        (Leaf::NotYetValid, "tls_certificate_not_yet_valid", 90),
        (Leaf::WrongName, "tls_certificate_name_mismatch", 88),
        (Leaf::UnknownAuthority, "tls_certificate_untrusted", 88),
        (Leaf::SelfSigned, "tls_certificate_untrusted", 88),
        (Leaf::OfAnAuthority, "tls_certificate_invalid", 88),
    ] {
        let identity = certificates.server(leaf, &["api.test"]).unwrap();
        let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await.unwrap();
        let address = peer.addr.to_string();
        let arguments = [&address, "--tls", "--server-name", "api.test"];
        let settings = [("SSL_CERT_FILE", path(&roots))];
        let expected = ["tls_certificate", "certificate", "certain"];
        let record = fails(&arguments, &settings, expected);
        assert_eq!(text(&record, "fault.reason"), reason);
        let left = record["certificate.days_left"].as_i64();
        assert!(left == Some(days) || left == Some(days + 1), "{leaf:?}: {left:?}");
        assert_eq!(record["probe.steps"][1]["certificates"].as_array().unwrap().len(), 1);
        let facts = evidence(&record);
        let of_itself = matches!(leaf, Leaf::SelfSigned | Leaf::OfAnAuthority);
        assert_eq!(facts.contains("self-signed"), of_itself, "{facts}");
        assert_eq!(facts.contains("CA:TRUE"), leaf == Leaf::OfAnAuthority, "{facts}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_roots_is_not_the_peers_fault() {
    let certificates = Certificates::new().unwrap();
    let empty = NamedTempFile::new().unwrap();
    let identity = certificates.server(Leaf::Good, &["api.test"]).unwrap();
    let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await.unwrap();
    let expected = ["tls_certificate", "misconfiguration", "likely"];
    let settings = [("SSL_CERT_FILE", path(&empty))];
    let record = fails(&[&peer.addr.to_string(), "--tls"], &settings, expected);
    assert!(evidence(&record).contains("no root certificates"), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_that_is_demanded_is_missed() {
    let certificates = Certificates::new().unwrap();
    let roots = authority(&certificates);
    let identity = certificates.server(Leaf::Good, &["api.test"]).unwrap();
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let options = TlsOptions { client_certificate: true, versions, ..TlsOptions::default() };
        let peer = Peer::tls(&identity, &options, Script::new().hang()).await.unwrap();
        let address = peer.addr.to_string();
        let arguments = [&address, "--tls", "--server-name", "api.test"];
        let settings = [("SSL_CERT_FILE", path(&roots))];
        let expected = ["tls_certificate", "credentials", "certain"];
        let record = fails(&arguments, &settings, expected);
        assert_eq!(text(&record, "fault.phase"), "tls");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_to_a_plain_port_is_a_wrong_setting() {
    let peer = Peer::scripted(scripts::status(400, &[])).await.unwrap();
    let expected = ["tls_handshake", "misconfiguration", "likely"];
    let record = fails(&[&peer.addr.to_string(), "--tls"], &[], expected);
    assert_eq!(text(&record, "fault.reason"), "tls_peer_not_tls");
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_to_a_tls_port_is_a_wrong_setting() {
    let certificates = Certificates::new().unwrap();
    let identity = certificates.server(Leaf::Good, &["api.test"]).unwrap();
    let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await.unwrap();
    let expected = ["tls_handshake", "misconfiguration", "likely"];
    let record = fails(&[&peer.addr.to_string(), "--http", "/"], &[], expected);
    assert!(evidence(&record).contains("wants https"), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_never_ends_is_bounded() {
    let peer = Peer::silent().await.unwrap();
    let arguments = [&*peer.addr.to_string(), "--tls", "--timeout", "200ms"];
    let (code, record) = probe(&arguments, &[]);
    assert_eq!((code, text(&record, "fault.reason")), (Some(1), "tls_handshake_timeout"));
    assert_ne!(text(&record, "fault.confidence"), "certain");
    assert_eq!(number(&record, "fault.timeout_ms"), Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_says_no_is_the_peers_word() {
    let wait = &[("Retry-After", "30")][..];
    for (status, headers, expected) in [
        (401, &[][..], ["auth", "credentials", "certain"]),
        (429, wait, ["rate_limited", "peer_overloaded", "certain"]),
        (500, &[], ["http_server_error", "peer_fault", "likely"]),
        (503, &[], ["unavailable", "peer_overloaded", "possible"]),
        (503, wait, ["unavailable", "peer_overloaded", "likely"]),
    ] {
        let peer = Peer::scripted(scripts::status(status, headers)).await.unwrap();
        let record = fails(&[&peer.http("/v1/charge")], &[], expected);
        assert_eq!(number(&record, "http.response.status_code"), Some(status.into()));
        assert_eq!(text(&record, "error.type"), status.to_string());
        let asked = evidence(&record).contains("asks to wait 30s");
        assert_eq!(asked, !headers.is_empty(), "{record:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_after_the_request_supports_no_more_than_a_possibility() {
    for (script, reason) in [
        (scripts::reset_on_request(), "connection_reset"),
        (scripts::no_answer(), "connection_closed"),
        (scripts::cut_head(), "connection_closed"),
    ] {
        let peer = Peer::scripted(script).await.unwrap();
        let expected = ["connection_reset", "peer_fault", "possible"];
        let record = fails(&[&peer.http("/")], &[], expected);
        assert_eq!(text(&record, "fault.reason"), reason);
        assert_eq!(text(&record, "fault.phase"), "response");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_hangs_is_told_from_a_path_that_is_cut() {
    let peer = Peer::silent().await.unwrap();
    let arguments = [&*peer.http("/slow"), "--timeout", "300ms"];
    let record = fails(&arguments, &[], ["response_timeout", "peer_overloaded", "possible"]);
    assert!(evidence(&record).contains("acknowledged the whole request"), "{record:#?}");
    assert_eq!(text(&record, "fault.limit"), "response");
    // Long enough for a keep-alive probe to be answered.
    let arguments = [&*peer.http("/slow"), "--timeout", "2500ms"];
    let record = fails(&arguments, &[], ["response_timeout", "peer_overloaded", "likely"]);
    assert!(evidence(&record).contains("answered a keep-alive probe"), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_protocol_is_named() {
    let expected = ["protocol", "misconfiguration", "likely"];
    let peer = Peer::scripted(scripts::ssh()).await.unwrap();
    let record = fails(&[&peer.http("/")], &[], expected);
    assert!(evidence(&record).contains("one of SSH: it begins with"), "{record:#?}");
    let peer = Peer::scripted(scripts::garbage()).await.unwrap();
    let record = fails(&[&peer.http("/")], &[], expected);
    assert!(evidence(&record).contains("the answer is not HTTP"), "{record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_a_url_are_not_shown() {
    let peer = Peer::scripted(scripts::status(503, &[])).await.unwrap();
    let url = format!("http://bob:hunter2@127.0.0.1:{}/v1?token=hunter2", peer.port());
    for arguments in [&["probe", &*url][..], &["probe", "--json", &url]] {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(!stdout(&output).contains("hunter2"), "{}", stdout(&output));
    }
}

#[test]
fn what_is_not_understood_ends_with_2() {
    for arguments in [
        &["probe"][..],
        &["probe", "db.internal"],
        &["probe", "db.internal:0"],
        &["probe", "db:80", "--timeout", "0"],
        &["probe", "db:80", "--tls", "--plain"],
        &["probe", "db:80", "--http", "/a b"],
        &["probe", "db:80", "--server-name", "a\r\nb"],
    ] {
        let output: Output = run(arguments, &[]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_read_from_the_steps_to_the_next_checks() {
    let peer = Peer::scripted(scripts::status(503, &[("Retry-After", "30")])).await.unwrap();
    let output = run(&["probe", &peer.http("/v1/charge")], &[]);
    let page = stdout(&output);
    let mut rest = page;
    for expected in [
        "Probing 127.0.0.1:",
        "  connect ",
        "  http ",
        "failed  GET /v1/charge: status 503, Retry-After: 30\n",
        "answered GET /v1/charge with status 503",
        "What it means\n",
        "What was seen\n",
        "Cause\n",
        "peer_overloaded (likely",
        "Check next\n",
        "  $ curl ",
    ] {
        let (_, after) = rest.split_once(expected).unwrap_or_else(|| panic!("{expected}\n{page}"));
        rest = after;
    }
    assert!(!page.contains('\u{1b}') && !page.contains("unknown") && !page.contains("None"));
}
