//! `netcause enrich --format otlp`: lines of other programs, in front of a collector.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use netcause_tests::collector::{Item, text_value};
use netcause_tests::receiver::{Receiver, Reply, accepted, status};
use serde_json::{Value, json};

use crate::COLLECTOR;

/// The command, while it runs.
struct Pipe {
    child: Child,
    stdin: Option<ChildStdin>,
}

/// How it ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    after: Duration,
}

impl Pipe {
    fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_netcause-tested"));
        command.args(["enrich", "--format", "otlp"]).args(arguments).env_clear();
        command.envs(settings.iter().copied()).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let stdin = child.stdin.take();
        Pipe { child, stdin }
    }

    fn write(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("it is open");
        stdin.write_all(text.as_bytes()).expect("it reads");
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([name, &pid]).status().expect("kill runs");
        assert!(status.success());
    }

    /// Says nothing more, and waits for the end.
    fn end(mut self) -> Ended {
        drop(self.stdin.take());
        self.wait()
    }

    fn wait(mut self) -> Ended {
        let start = Instant::now();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let mut errors = self.child.stderr.take().expect("it is a pipe");
        let reader = thread::spawn(move || {
            errors.read_to_string(&mut stderr).expect("it is UTF-8");
            stderr
        });
        let mut output = self.child.stdout.take().expect("it is a pipe");
        output.read_to_string(&mut stdout).expect("it is UTF-8");
        let code = self.child.wait().expect("it ends").code();
        let stderr = reader.join().expect("nobody panics");
        Ended { code, stdout, stderr, after: start.elapsed() }
    }
}

/// Gives it lines and their end.
fn send(lines: &str, settings: &[(&str, &str)]) -> Ended {
    let mut pipe = Pipe::start(&[], settings);
    pipe.write(lines);
    pipe.end()
}

fn is_quiet(ended: &Ended) {
    assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (Some(0), "", ""));
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}

fn texts(receiver: &Receiver) -> Vec<String> {
    receiver.arrived().iter().flat_map(netcause_tests::receiver::Arrived::texts).collect()
}

const CRI: &str = "2026-11-23T09:26:53.589793123Z stderr F E1123 09:26:53.589793 1 a.go:7] dial tcp 10.3.7.19:80: connect: connection refused";
const JSON: &str = r#"{"ts":"2026-11-23T09:26:53.589Z","level":"info","msg":"größer\n","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","n":7,"share":0.25,"ok":true,"none":null,"tags":["a",1],"nested":{"deep":{"er":1}},"big":18446744073709551615}"#;
const ENRICHED: &str = r#"{"timestamp":"2026-11-23T09:26:53.589793Z","severity":"ERROR","message":"could not charge","target":"checkout::payment","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"nonsense","error.type":"connect_timeout","error.message":"a: b: c","fault.category":"connect_timeout","fault.elapsed_ms":101,"fault.evidence":["1 SYN sent","no answer"],"fault.chain":["a","b","c"],"retry.attempt":2,"retry.exhausted":false,"server.address":"db","server.port":5432}"#;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn integer(number: i64) -> Value {
    json!({ "intValue": number.to_string() })
}

fn list(values: &[Value]) -> Value {
    json!({ "arrayValue": { "values": values } })
}

fn nanoseconds(log: &Item, name: &str) -> Option<u128> {
    log.text(name).and_then(|it| it.parse().ok()).filter(|it| *it > 0)
}

/// All attributes but those that are sentences.
fn attributes(log: &Item) -> Vec<(String, Value)> {
    let mut attributes = log.attributes();
    attributes.retain(|(key, _)| key != "fault.hint" && key != "fault.evidence");
    attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
    attributes
}

fn are(found: &[(String, Value)], expected: &[(&str, Value)]) {
    let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    assert_eq!(found, expected);
}

fn check_cri(log: &Item) {
    assert_eq!(log.get("body"), Some(&text_value(CRI)));
    assert_eq!(nanoseconds(log, "timeUnixNano"), Some(1_795_426_013_589_793_123));
    assert_eq!(log.get("severityNumber"), Some(&json!(17)));
    assert_eq!((log.text("traceId"), log.scope.as_deref()), (None, None));
    let expected = [
        ("error.type", text_value("connect_refused")),
        ("fault.category", text_value("connect_refused")),
        ("server.address", text_value("10.3.7.19")),
    ];
    for (key, value) in expected {
        assert_eq!(log.attribute(key), Some(value), "{key}: {log:#?}");
    }
    assert_eq!(log.attribute("server.port"), Some(integer(80)));
    assert!(log.attribute("fault.hint").is_some(), "{log:#?}");
}

fn check_json(log: &Item) {
    assert_eq!(log.get("body"), Some(&text_value("größer\n")));
    assert_eq!(nanoseconds(log, "timeUnixNano"), Some(1_795_426_013_589_000_000));
    assert_eq!(
        (log.text("severityText"), log.get("severityNumber")),
        (Some("INFO"), Some(&json!(9)))
    );
    assert_eq!((log.text("traceId"), log.text("spanId")), (Some(TRACE), Some("00f067aa0ba902b7")));
    let one = json!({ "key": "er", "value": integer(1) });
    let deep = json!({ "key": "deep", "value": { "kvlistValue": { "values": [one] } } });
    let expected = [
        ("big", text_value("18446744073709551615")),
        ("n", integer(7)),
        ("nested", json!({ "kvlistValue": { "values": [deep] } })),
        ("none", json!({})),
        ("ok", json!({ "boolValue": true })),
        ("share", json!({ "doubleValue": 0.25 })),
        ("tags", list(&[text_value("a"), integer(1)])),
    ];
    let mut found = attributes(log);
    // The level and the time under their own names.
    found.retain(|(key, _)| !["level", "ts", "msg"].contains(&key.as_str()));
    are(&found, &expected);
}

fn check_enriched(log: &Item) {
    assert_eq!(log.get("body"), Some(&text_value("could not charge")));
    assert_eq!(nanoseconds(log, "timeUnixNano"), Some(1_795_426_013_589_793_000));
    assert_eq!(log.scope.as_deref(), Some("checkout::payment"));
    assert_eq!((log.text("traceId"), log.text("spanId")), (Some(TRACE), None));
    let evidence = list(&[text_value("1 SYN sent"), text_value("no answer")]);
    assert_eq!(log.attribute("fault.evidence"), Some(evidence));
    let expected = [
        ("error.type", text_value("connect_timeout")),
        ("exception.message", text_value("a: b: c")),
        ("exception.stacktrace", text_value("a\nb\nc")),
        ("fault.category", text_value("connect_timeout")),
        ("fault.chain", list(&["a", "b", "c"].map(text_value))),
        ("fault.elapsed_ms", integer(101)),
        ("retry.attempt", integer(2)),
        ("retry.exhausted", json!({ "boolValue": false })),
        ("server.address", text_value("db")),
        ("server.port", integer(5432)),
        ("span_id", text_value("nonsense")),
    ];
    are(&attributes(log), &expected);
}

#[test]
fn every_field_of_a_line_arrives_at_the_collector() {
    let Some(collector) = COLLECTOR.as_ref() else { return };
    let (http, grpc) = (collector.http, collector.grpc);
    let ways = [
        ("http/protobuf", format!("http://127.0.0.1:{http}"), "none"),
        ("http/json", format!("http://127.0.0.1:{http}"), "gzip"),
        ("grpc", format!("http://127.0.0.1:{grpc}"), "gzip"),
    ];
    for (protocol, endpoint, compression) in ways {
        let name = format!("lines by {protocol}");
        let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later").as_nanos();
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
            ("OTEL_SERVICE_NAME", name.as_str()),
            ("OTEL_RESOURCE_ATTRIBUTES", "cloud.availability_zone=b"),
        ];
        is_quiet(&send(&format!("{CRI}\n{JSON}\n{ENRICHED}\nno time\n"), &settings));
        let logs = collector.logs(&name, 4);
        assert_eq!(logs.len(), 4, "{logs:#?}");
        let with = |text: &str| {
            let is_it =
                |log: &&Item| log.get("body").is_some_and(|it| it.to_string().contains(text));
            logs.iter().find(is_it).expect("it arrived")
        };
        check_cri(with("dial tcp"));
        check_json(with("größer"));
        check_enriched(with("could not charge"));
        let plain = with("no time");
        assert_eq!((nanoseconds(plain, "timeUnixNano"), plain.attributes().len()), (None, 0));
        for log in &logs {
            let observed = nanoseconds(log, "observedTimeUnixNano").expect("it was observed");
            assert!(observed >= before, "{log:#?}");
            assert_eq!(log.resource("cloud.availability_zone"), Some(&text_value("b")));
            assert_eq!(log.resource("process.pid"), None, "it is not of the program that logged");
        }
    }
}

#[test]
fn only_faults_of_several_files_are_sent() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let directory = tempfile::tempdir().expect("a directory for a test");
    let path = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("a"), format!("one\n{CRI}\n")).expect("a file for a test");
    std::fs::write(path("b"), format!("{ENRICHED}\ntwo")).expect("a file for a test");
    let url = receiver.url();
    let settings = [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str())];
    let files = [path("a"), path("b"), path("missing")];
    let mut arguments = vec!["--only-faults"];
    arguments.extend(files.iter().map(String::as_str));
    let ended = Pipe::start(&arguments, &settings).end();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("missing") && ended.stderr.lines().count() == 1, "{ended:?}");
    assert_eq!(texts(&receiver), [CRI, "could not charge"]);
}

#[test]
fn a_collector_that_comes_late_gets_everything_and_its_absence_is_told_at_once() {
    let address = nobody();
    let endpoint = format!("http://{address}");
    let mut pipe = Pipe::start(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    let lines: Vec<_> = (0..2000).map(|it| it.to_string()).collect();
    pipe.write(&format!("{}\n", lines.join("\n")));
    thread::sleep(Duration::from_millis(2500));
    let receiver = Receiver::start_at(address, false, |_, _| accepted());
    let ended = pipe.end();
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""), "{ended:?}");
    let told = format!("Connection to host 127.0.0.1 on port {} refused", address.port());
    let first = ended.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("netcause: OTLP logs: ") && first.contains(&told), "{ended:?}");
    assert_eq!(texts(&receiver), lines);
}

#[test]
fn a_collector_that_never_comes_is_no_success() {
    let address = nobody();
    let endpoint = format!("http://{address}");
    let ended = send("one\ntwo\n", &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let seconds = ended.after.as_secs();
    assert!((29..40).contains(&seconds), "{ended:?}");
    let last = ended.stderr.lines().last().unwrap_or_default();
    let start = "netcause: 2 of 2 records were not delivered (2 still waited): ";
    let told = format!("Connection to host 127.0.0.1 on port {} refused", address.port());
    assert!(last.starts_with(start) && last.contains(&told), "{ended:?}");
}

#[test]
fn what_is_given_up_by_the_variables_is_told_as_lost() {
    let address = nobody();
    let endpoint = format!("http://{address}");
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "300"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "10"),
    ];
    let ended = send("one\ntwo\nthree\n", &settings);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let last = ended.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("3 of 3 records were not delivered (3 given up after"), "{ended:?}");
}

#[test]
fn a_collector_that_hangs_does_not_hold_up_who_ends_the_command() {
    let receiver = Receiver::start(false, |_, _| Reply::Nothing);
    let url = receiver.url();
    for (signal, timeout) in [("-TERM", "500"), ("-INT", "60000")] {
        let settings = [
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str()),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", timeout),
            ("OTEL_BLRP_SCHEDULE_DELAY", "10"),
        ];
        let mut pipe = Pipe::start(&[], &settings);
        pipe.write("one\n");
        thread::sleep(Duration::from_millis(1000));
        pipe.signal(signal);
        let stdin = pipe.stdin.take();
        let ended = pipe.wait();
        drop(stdin);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.after < Duration::from_secs(9), "{ended:?}");
        let last = ended.stderr.lines().last().unwrap_or_default();
        assert!(last.contains("1 of 1 records were not delivered (1 still waited)"), "{ended:?}");
        assert!(last.contains("127.0.0.1") && last.contains(&receiver.address.port().to_string()));
        assert!(
            last.ends_with(&format!("SIG{} ended it before the end of the input", &signal[1..]))
        );
    }
}

#[test]
fn what_comes_after_a_signal_and_before_the_end_arrives_too() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let url = receiver.url();
    let mut pipe = Pipe::start(&[], &[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str())]);
    pipe.write("one\n");
    thread::sleep(Duration::from_millis(300));
    pipe.signal("-TERM");
    // As a service does that writes while it shuts down.
    thread::sleep(Duration::from_millis(100));
    pipe.write("two\nthree");
    is_quiet(&pipe.end());
    assert_eq!(texts(&receiver), ["one", "two", "three"]);
}

#[test]
fn a_file_that_is_followed_is_followed_until_a_signal_comes() {
    let receiver = Receiver::start(false, |_, _| accepted());
    let url = receiver.url();
    let mut file = tempfile::NamedTempFile::new().expect("a file for a test");
    let settings =
        [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str()), ("OTEL_BLRP_SCHEDULE_DELAY", "10")];
    let path = file.path().to_string_lossy().into_owned();
    let pipe = Pipe::start(&["--follow", &path], &settings);
    for number in 0..3 {
        writeln!(file, "{number}").expect("a file for a test");
        receiver.wait(|_| texts(&receiver).len() == number + 1);
    }
    pipe.signal("-INT");
    is_quiet(&pipe.wait());
    assert_eq!(texts(&receiver), ["0", "1", "2"]);
}

#[test]
fn who_writes_waits_while_the_collector_is_away_and_nothing_is_lost() {
    let address = nobody();
    let endpoint = format!("http://{address}");
    let settings =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("NETCAUSE_BUFFER", "65536")];
    let mut pipe = Pipe::start(&[], &settings);
    let lines: Vec<_> = (0..20_000).map(|it| format!("line {it:060}")).collect();
    let text = format!("{}\n", lines.join("\n"));
    let mut stdin = pipe.stdin.take().expect("it is open");
    let writer = thread::spawn(move || stdin.write_all(text.as_bytes()));
    // The policy that other programs have would give up after 5 s.
    thread::sleep(Duration::from_secs(6));
    assert!(!writer.is_finished(), "more was read than the buffer holds");
    let receiver = Receiver::start_at(address, false, |_, _| accepted());
    let ended = pipe.wait();
    writer.join().expect("nobody panics").expect("it reads all");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(texts(&receiver), lines);
}

#[test]
fn a_policy_that_drops_is_no_success_and_says_so() {
    let receiver = Receiver::start(false, |number, _| {
        thread::sleep(Duration::from_millis(if number == 0 { 1500 } else { 0 }));
        accepted()
    });
    let url = receiver.url();
    let settings = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str()),
        ("NETCAUSE_BUFFER", "65536"),
        ("NETCAUSE_ON_FULL", "drop_newest"),
    ];
    let lines: Vec<_> = (0..20_000).map(|it| format!("line {it:060}")).collect();
    let ended = send(&lines.join("\n"), &settings);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let arrived = texts(&receiver).iter().filter(|it| it.starts_with("line ")).count();
    let lost = 20_000 - arrived;
    let said = format!(
        "{lost} of 20000 records were not delivered ({lost} dropped by NETCAUSE_ON_FULL=drop_newest)"
    );
    assert!(ended.stderr.contains(&said), "{ended:?} {said}");
}

#[test]
fn a_collector_that_refuses_is_no_success() {
    let receiver = Receiver::start(false, |_, _| status(401));
    let url = receiver.url();
    let ended = send("one\n", &[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", url.as_str())]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let last = ended.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("1 of 1 records were not delivered (1 refused): "), "{ended:?}");
    assert!(last.contains("401") || last.contains("Unauthorized"), "{ended:?}");
}

#[test]
fn what_cannot_be_done_is_refused_before_anything_is_read() {
    for (name, value, said) in [
        ("OTEL_SDK_DISABLED", "true", "OTEL_SDK_DISABLED"),
        ("NETCAUSE_ON_FULL", "panic", "NETCAUSE_ON_FULL=panic"),
        ("NETCAUSE_SPOOL_DIR", "/tmp", "NETCAUSE_SPOOL_DIR"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/nowhere", "/nowhere"),
    ] {
        let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:1");
        let ended = Pipe::start(&[], &[(name, value), https]).wait();
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains(said) && ended.stderr.lines().count() == 1, "{ended:?}");
    }
}
