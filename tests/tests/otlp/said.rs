//! Processes that export: what they say, how they end, and that they never log about themselves.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use netcause_tests::child;
use netcause_tests::receiver::{Receiver, Reply, accepted};
use tracing::info;

#[test]
fn a_failure_to_export_names_host_port_and_cause_once_in_ten_seconds() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1/v1/logs"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=swordfish"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "10"),
        ("NETCAUSE_FORMAT", "off"),
    ];
    let finished = child::with_variables(&variables, || {
        let guard = netcause::init();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            info!("something");
            std::thread::sleep(Duration::from_millis(10));
        }
        let counts = guard.shutdown(Duration::from_millis(500));
        assert!(counts.queued > 100 && counts.lost == 0, "{counts:?}");
    });
    let said = finished.said();
    assert_eq!(said.len(), 1, "{finished:?}");
    let said = said[0].strip_prefix("OTLP logs: ").expect("it says what it is about");
    let (number, rest) = said.split_once(" wait").expect("it says what became of the records");
    assert!(number == "1 record" || number.ends_with(" records"), "{said}");
    let rest = rest.strip_prefix("s").unwrap_or(rest);
    let pause = rest.strip_prefix(", next try in ").expect("it says what comes next");
    let cause = ": Connection to host 127.0.0.1 on port 1 refused (Connection refused (os error 111)); 127.0.0.1:1 said no: nothing listens there";
    let (pause, _) = pause.split_once(cause).expect("it says what is wrong, and where");
    assert!(pause.ends_with("ms") && pause.len() == 5, "{pause}");
    assert!(!finished.stderr.contains("swordfish"), "{}", finished.stderr);
}

/// A receiver that takes connections and never says anything.
fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    format!("http://{address}")
}

#[test]
fn a_process_that_is_told_to_end_ends_in_time_and_says_what_is_left() {
    let hanging = if child::is_one() { String::new() } else { silent() };
    for endpoint in [hanging.as_str(), "http://127.0.0.1:1"] {
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("NETCAUSE_FORMAT", "off")];
        child::with_variables(&variables, || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(end_when_told());
        });
    }
}

async fn end_when_told() {
    use tokio::signal::unix::{SignalKind, signal};
    let guard = netcause::init();
    let mut ended = signal(SignalKind::terminate()).expect("a handler");
    for number in 0..500 {
        info!(number, "something");
    }
    let pid = std::process::id().to_string();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-TERM", &pid]).status().expect("kill runs").success());
    ended.recv().await;
    let start = Instant::now();
    let counts = guard.shutdown(Duration::from_secs(1));
    let took = start.elapsed();
    assert!((950..1_300).contains(&took.as_millis()), "{took:?}");
    assert_eq!((counts.written, counts.queued, counts.lost), (0, 500, 0), "{counts:?}");
}

/// Sends fifty events, slowly, while everything is logged.
fn send_fifty() {
    let guard = netcause::init();
    for _ in 0..50 {
        info!("something");
        std::thread::sleep(Duration::from_millis(5));
    }
    let counts = guard.shutdown(Duration::from_secs(10));
    assert_eq!((counts.queued, counts.lost), (0, 0), "{counts:?}");
}

/// In the child nobody listens.
fn receiver(is_grpc: bool) -> Option<Receiver> {
    let reply = move || if is_grpc { Reply::Grpc(0, "", "") } else { accepted() };
    (!child::is_one()).then(|| Receiver::start(is_grpc, move |_, _| reply()))
}

fn variables<'a>(url: &'a str, protocol: &'static str) -> [(&'static str, &'a str); 5] {
    [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
        ("NETCAUSE_FORMAT", "off"),
        ("RUST_LOG", "trace"),
    ]
}

fn only_those(receiver: Option<Receiver>) {
    let arrived = receiver.expect("this is the parent").arrived();
    let texts: Vec<_> = arrived.iter().flat_map(|it| it.texts()).collect();
    assert_eq!(texts, vec!["something"; 50]);
}

#[test]
fn nothing_that_the_exporter_does_over_http_comes_back_as_a_record() {
    let receiver = receiver(false);
    let url = receiver.as_ref().map(Receiver::url).unwrap_or_default();
    child::with_variables(&variables(&url, "http/protobuf"), || {
        send_fifty();
    });
    only_those(receiver);
}

#[test]
fn nothing_that_the_exporter_does_over_grpc_comes_back_as_a_record() {
    let receiver = receiver(true);
    let url = receiver.as_ref().map(Receiver::url).unwrap_or_default();
    child::with_variables(&variables(&url, "grpc"), || {
        send_fifty();
    });
    only_those(receiver);
}
