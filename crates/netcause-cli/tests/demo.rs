//! `netcause demo`: each failure names host, port, phase, kind, try and cause, and nothing untrue.

mod support;

use std::process::{Child, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use support::{Record, Running, alone, netcause, number, records, run, stderr, stdout, text};

const JSON: (&str, &str) = ("NETCAUSE_FORMAT", "json");

/// In the address of one call.
const SECRET: &str = "sk_demo_51H8xT2eZvKYlo2C";

const CHARGE: &str = "could not charge the card";

/// What is said of a peer that asks for a longer pause than the checkout has patience for.
const IMPATIENT: &str =
    "could not validate the address: not tried again, as the peer asks to wait for 1m";

struct Demo {
    output: Output,
    records: Vec<Record>,
    took: Duration,
}

/// One demonstration in JSON, read by most tests.
static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    let _alone = alone();
    let started = Instant::now();
    let output = run(&["demo"], &[JSON]);
    let took = started.elapsed();
    let records = records(stdout(&output));
    Demo { output, records, took }
});

/// What the record of a failed call has to say.
struct Expected {
    message: &'static str,
    host: &'static str,
    method: &'static str,
    phase: &'static str,
    category: &'static str,
    error_type: &'static str,
    cause: &'static str,
}

#[rustfmt::skip]
const FAILURES: [Expected; 12] = [
    Expected { message: "could not reserve the stock", host: "inventory.example", method: "POST",
        phase: "connect", category: "connect_refused", error_type: "connect_refused", cause: "peer_down" },
    Expected { message: CHARGE, host: "hello.from.the.other.side", method: "POST",
        phase: "connect", category: "connect_timeout", error_type: "connect_timeout", cause: "peer_overloaded" },
    Expected { message: "could not check for fraud", host: "fraud.example", method: "POST",
        phase: "response", category: "response_timeout", error_type: "response_timeout", cause: "peer_overloaded" },
    Expected { message: "could not print the shipping label", host: "carrier.example", method: "POST",
        phase: "tls", category: "tls_certificate", error_type: "tls_certificate_expired", cause: "certificate" },
    Expected { message: "could not send the receipt", host: "mail.example", method: "POST",
        phase: "tls", category: "tls_certificate", error_type: "tls_certificate_untrusted", cause: "certificate" },
    Expected { message: "could not add the loyalty points", host: "loyalty.example", method: "POST",
        phase: "tls", category: "tls_certificate", error_type: "tls_certificate_name_mismatch", cause: "certificate" },
    Expected { message: "could not quote the shipping, trying again", host: "shipping.example", method: "GET",
        phase: "response", category: "unavailable", error_type: "503", cause: "peer_overloaded" },
    Expected { message: IMPATIENT, host: "addresses.example", method: "GET",
        phase: "response", category: "rate_limited", error_type: "429", cause: "peer_overloaded" },
    Expected { message: "could not redeem the voucher", host: "vouchers.example", method: "GET",
        phase: "response", category: "auth", error_type: "401", cause: "credentials" },
    Expected { message: "could not fetch the invoice", host: "invoices.example", method: "GET",
        phase: "body", category: "connection_reset", error_type: "connection_reset", cause: "peer_fault" },
    Expected { message: "could not fetch the terms of sale", host: "documents.example", method: "GET",
        phase: "body", category: "connection_reset", error_type: "body_truncated", cause: "peer_fault" },
    Expected { message: "could not notify the warehouse", host: "warehouse.example", method: "POST",
        phase: "response", category: "protocol", error_type: "invalid_response", cause: "misconfiguration" },
];

fn by_message<'a>(records: &'a [Record], message: &str) -> &'a Record {
    let mut found = records.iter().filter(|record| text(record, "message") == message);
    let first = found.next().unwrap_or_else(|| panic!("nothing says {message:?}"));
    assert!(found.next().is_none(), "two records say {message:?}");
    first
}

fn charges(records: &[Record]) -> Vec<&Record> {
    records.iter().filter(|record| text(record, "message").starts_with(CHARGE)).collect()
}

#[test]
fn it_ends_by_itself_in_time_and_well() {
    assert!(DEMO.took < Duration::from_secs(20), "took {:?}", DEMO.took);
    assert_eq!(DEMO.output.status.code(), Some(0));
}

#[test]
fn nothing_but_records_is_written_where_nobody_watches() {
    assert_eq!(stderr(&DEMO.output), "");
    assert!(stdout(&DEMO.output).ends_with("}\n"));
}

#[test]
fn each_failure_names_peer_phase_kind_and_cause() {
    for expected in &FAILURES {
        let record = by_message(&DEMO.records, expected.message);
        let found = [
            text(record, "server.address"),
            text(record, "http.request.method"),
            text(record, "fault.phase"),
            text(record, "fault.category"),
            text(record, "error.type"),
            text(record, "fault.cause"),
        ];
        let Expected { host, method, phase, category, error_type, cause, .. } = *expected;
        assert_eq!(found, [host, method, phase, category, error_type, cause], "{record:#?}");
    }
}

#[test]
fn the_port_is_that_of_the_address_called() {
    for expected in &FAILURES {
        let record = by_message(&DEMO.records, expected.message);
        let port = number(record, "server.port").unwrap_or_default();
        let authority = format!("//{}:{port}/", expected.host);
        assert!(text(record, "url.full").contains(&authority), "{record:#?}");
        assert!(text(record, "error.message").contains(&authority), "{record:#?}");
    }
}

#[test]
fn a_name_that_does_not_resolve_is_a_failed_lookup() {
    let record = by_message(&DEMO.records, "could not convert the currency");
    assert_eq!(text(record, "server.address"), "no.such.host.invalid");
    assert_eq!(number(record, "server.port"), Some(80));
    if number(record, "fault.elapsed_ms") >= Some(3000) {
        // The resolver is silent here, and the limit ran out before it gave up.
        return assert_ne!(text(record, "fault.category"), "");
    }
    assert_eq!(text(record, "fault.category"), "dns");
    assert_eq!(text(record, "fault.phase"), "dns");
    // Which one depends on the resolver of this machine, or on its absence.
    let reasons = ["dns_host_not_found", "dns_temporary_failure", "dns_no_address"];
    assert!(reasons.contains(&text(record, "error.type")), "{record:#?}");
}

#[test]
fn each_failure_is_worded_around_its_peer() {
    for expected in &FAILURES {
        let record = by_message(&DEMO.records, expected.message);
        let summary = text(record, "fault.summary");
        assert!(summary.contains(expected.host), "{summary:?}");
        assert!(!summary.contains("unknown") && !summary.contains("None"), "{summary:?}");
        assert!(!text(record, "fault.hint").is_empty(), "{record:#?}");
        let is_guessed = text(record, "fault.cause") != "unknown";
        assert_eq!(record.contains_key("fault.confidence"), is_guessed, "{record:#?}");
    }
}

#[test]
fn our_own_address_is_never_the_peer() {
    for record in DEMO.records.iter().filter(|record| record.contains_key("fault.category")) {
        assert_ne!(text(record, "server.address"), "checkout.example");
        // That a peer has turned bad is no request's own matter.
        if !text(record, "message").starts_with("Host ") {
            assert_eq!(text(record, "http.route"), "/checkout/{cart}");
        }
    }
}

#[test]
fn six_tries_are_counted_from_0_to_5() {
    let charges = charges(&DEMO.records);
    let attempts: Vec<_> = charges.iter().map(|record| number(record, "retry.attempt")).collect();
    assert_eq!(attempts, (0..6).map(Some).collect::<Vec<_>>());
    for (record, is_last) in charges.iter().zip([false, false, false, false, false, true]) {
        assert_eq!(number(record, "retry.max_attempts"), Some(5));
        assert_eq!(text(record, "severity"), if is_last { "ERROR" } else { "WARN" });
        assert_eq!(number(record, "retry.next_delay_ms").is_none(), is_last);
        assert_eq!(number(record, "fault.timeout_ms"), Some(100));
        assert_eq!(text(record, "fault.limit"), "connect");
        let elapsed = number(record, "fault.elapsed_ms").expect("the time that it took");
        assert!((100..500).contains(&elapsed), "{elapsed}");
    }
}

#[test]
fn the_third_try_says_the_sentence_and_the_last_that_it_gives_up() {
    let charges = charges(&DEMO.records);
    let sentence = |port, retries| {
        format!(
            "Connection to host hello.from.the.other.side on port {port} timed out after 100ms. \
             Retries: {retries}"
        )
    };
    let port = number(charges[2], "server.port").expect("a port");
    assert_eq!(text(charges[2], "fault.summary"), sentence(port, "2/5"));
    assert_eq!(text(charges[0], "fault.summary"), sentence(port, "0/5"));
    assert_eq!(text(charges[5], "fault.summary"), sentence(port, "5/5, giving up"));
    assert!(
        port == 12345 || says_that_the_port_is_taken(&DEMO.records),
        "port {port}, unexplained"
    );
}

fn says_that_the_port_is_taken(records: &[Record]) -> bool {
    records
        .iter()
        .any(|record| text(record, "message").starts_with("another program has port 12345"))
}

#[test]
fn a_full_queue_is_no_firewall() {
    for record in charges(&DEMO.records) {
        assert_ne!(text(record, "fault.cause"), "firewall");
        assert!(["", "possible"].contains(&text(record, "fault.confidence")), "{record:#?}");
    }
}

#[test]
fn calls_that_are_never_repeated_do_not_speak_of_retries() {
    let record = by_message(&DEMO.records, "could not reserve the stock");
    assert!(!text(record, "fault.summary").contains("Retries"), "{record:#?}");
    assert!(!record.keys().any(|key| key.starts_with("retry.")), "{record:#?}");
}

#[test]
fn retry_after_sets_the_pause_or_ends_the_tries() {
    let busy = by_message(&DEMO.records, "could not quote the shipping, trying again");
    assert_eq!(number(busy, "retry.next_delay_ms"), Some(1000));
    assert_eq!(number(busy, "retry.attempt"), Some(0));
    let over_quota = by_message(&DEMO.records, IMPATIENT);
    assert_eq!(over_quota.get("retry.exhausted"), Some(&true.into()));
    let asked = "the peer asks to wait 1m".into();
    let evidence = over_quota.get("fault.evidence").and_then(|it| it.as_array());
    assert!(evidence.is_some_and(|it| it.contains(&asked)), "{over_quota:#?}");
    assert_eq!(number(over_quota, "retry.next_delay_ms"), None, "no try comes after it");
    assert!(text(over_quota, "fault.hint").contains("1m"), "{over_quota:#?}");
    assert_eq!(text(over_quota, "severity"), "ERROR");
}

#[test]
fn a_call_that_is_well_is_an_ordinary_line() {
    let well: Vec<_> =
        DEMO.records.iter().filter(|record| text(record, "message") == "order can go on").collect();
    assert_eq!(well.len(), 2, "one at once, one on its second try");
    for record in well {
        assert_eq!(text(record, "severity"), "INFO");
        assert_eq!(text(record, "service.name"), "checkout");
        let foreign = ["fault.", "error.", "retry."];
        let told = record.keys().find(|key| foreign.iter().any(|prefix| key.starts_with(prefix)));
        assert_eq!(told, None, "{record:#?}");
    }
}

#[test]
fn a_request_has_one_line_that_says_what_the_failure_did_to_it() {
    let outcomes: Vec<_> = DEMO
        .records
        .iter()
        .filter(|record| record.contains_key("impact.outcome"))
        .map(|record| text(record, "impact.outcome"))
        .collect();
    assert_eq!(outcomes.len(), 14, "{outcomes:?}");
    assert_eq!(outcomes[0], "ok");
    assert_eq!(outcomes.iter().filter(|it| **it == "recovered").count(), 1);
    assert_eq!(outcomes.iter().filter(|it| **it == "failed").count(), 12);
}

#[test]
fn a_call_that_recovers_says_so_once() {
    let record = by_message(&DEMO.records, "quote the shipping: went well after 1 retry");
    assert_eq!(text(record, "severity"), "INFO");
    assert_eq!(number(record, "retry.attempt"), Some(1));
}

#[test]
fn each_address_that_was_called_is_told_with_our_own() {
    for expected in &FAILURES {
        let record = by_message(&DEMO.records, expected.message);
        assert_eq!(text(record, "network.peer.address"), "127.0.0.1", "{record:#?}");
        assert_eq!(text(record, "network.local.address"), "127.0.0.1", "{record:#?}");
    }
}

#[test]
fn an_expired_certificate_tells_since_when() {
    let record = by_message(&DEMO.records, "could not print the shipping label");
    assert!(text(record, "fault.summary").contains("3 days ago"), "{record:#?}");
    assert_eq!(text(record, "fault.confidence"), "certain");
}

#[test]
fn no_secret_is_written() {
    assert!(!stdout(&DEMO.output).contains(SECRET));
    let record = by_message(&DEMO.records, "could not redeem the voucher");
    assert!(text(record, "url.full").contains("/v1/vouchers/SPRING"), "{record:#?}");
}

#[test]
fn errors_alone_still_name_host_port_and_try() {
    let _alone = alone();
    let settings = [JSON, ("RUST_LOG", "error")];
    let mut running = Running::start(netcause(&["demo"], &settings));
    let record = running.read_until(|record| {
        assert_eq!(text(record, "severity"), "ERROR");
        text(record, "message") == CHARGE
    });
    assert_eq!(text(&record, "server.address"), "hello.from.the.other.side");
    assert!(number(&record, "server.port").is_some());
    assert_eq!(number(&record, "retry.attempt"), Some(5));
    assert!(text(&record, "fault.summary").ends_with("Retries: 5/5, giving up"));
}

#[test]
fn a_person_reads_the_same_sentence_without_colours_on_a_pipe() {
    let _alone = alone();
    let output = run(&["demo"], &[("NETCAUSE_FORMAT", "pretty")]);
    let shown = stdout(&output);
    let begin = "Connection to host hello.from.the.other.side on port ";
    let end = " timed out after 100ms. Retries: 2/5";
    let says_so = |line: &str| line.contains(begin) && line.contains(end);
    assert!(shown.lines().any(says_so), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    assert!(!shown.contains(SECRET));
}

#[test]
fn a_port_that_is_taken_is_replaced_and_named() {
    let _alone = alone();
    // If another program has it already, that is as good.
    let _taken = std::net::TcpListener::bind("127.0.0.1:12345");
    let mut running = Running::start(netcause(&["demo"], &[JSON]));
    let note = running.read_until(|record| text(record, "message").contains("has port 12345"));
    let record = running.read_until(|record| text(record, "message").starts_with(CHARGE));
    let port = number(&record, "server.port").expect("a port");
    assert_ne!(port, 12345);
    assert!(text(&note, "message").ends_with(&format!(" {port}")), "{note:#?}");
    assert!(text(&record, "fault.summary").contains(&format!("on port {port} timed out")));
}

#[test]
fn a_reader_who_leaves_ends_it_quietly_and_soon() {
    let _alone = alone();
    let mut running = Running::start(netcause(&["demo"], &[JSON]));
    running.read_until(|_| true);
    running.close_output();
    let (code, stderr) = running.finish_within(Duration::from_secs(2));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
}

#[test]
fn ctrl_c_ends_it_with_130_and_a_loop_with_0() {
    let _alone = alone();
    for (arguments, expected) in [(&["demo"][..], 130), (&["demo", "--loop"], 0)] {
        let mut running = Running::start(netcause(arguments, &[JSON]));
        running.read_until(|record| text(record, "message").starts_with(CHARGE));
        running.interrupt();
        let (code, stderr) = running.finish_within(Duration::from_secs(2));
        assert_eq!((code, stderr.as_str()), (Some(expected), ""), "{arguments:?}");
    }
}

#[test]
fn a_loop_begins_again() {
    let _alone = alone();
    let mut running = Running::start(netcause(&["demo", "--loop"], &[JSON]));
    for _ in 0..2 {
        running.read_until(|record| number(record, "cart") == Some(7301));
    }
    running.interrupt();
    running.finish_within(Duration::from_secs(2));
}

#[test]
fn lines_that_cannot_be_written_are_a_failure() {
    let _alone = alone();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let output = netcause(&["demo"], &[JSON]).stdout(full).stderr(Stdio::piped()).spawn();
    let output = output.and_then(Child::wait_with_output).expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("lost"), "{}", stderr(&output));
}

#[test]
fn a_variable_that_is_not_understood_ends_it_with_2() {
    let output = run(&["demo"], &[("NETCAUSE_FORMAT", "xml")]);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    for expected in ["NETCAUSE_FORMAT", "xml", "json"] {
        assert!(told.contains(expected), "{expected} is missing in {told}");
    }
}
