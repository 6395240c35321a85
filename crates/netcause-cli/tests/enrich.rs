//! `netcause enrich`, as it is used in a pipe.

#![allow(clippy::expect_used, reason = "a test that cannot run has failed")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::{netcause, records, run, stderr, stdout, text};

const REFUSED: &str =
    "E1123 09:26:53.589793 1 a.go:7] dial tcp 10.3.7.19:80: connect: connection refused";

/// Runs `enrich` on an input.
fn enrich(arguments: &[&str], input: impl AsRef<[u8]> + Send + 'static) -> Output {
    let arguments = [&["enrich"], arguments].concat();
    feed(netcause(&arguments, &[]), input)
}

fn feed(mut command: Command, input: impl AsRef<[u8]> + Send + 'static) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let writer = std::thread::spawn(move || {
        // It may have ended without reading all.
        let _ = stdin.write_all(input.as_ref());
    });
    let output = child.wait_with_output().expect("the command runs");
    writer.join().expect("the writer ends");
    output
}

/// A file of this test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("a file can be written");
    path
}

fn path(file: &Path) -> &str {
    file.to_str().expect("the path is UTF-8")
}

#[test]
fn each_line_becomes_one_object_in_order() {
    let input = format!("one\n\n{REFUSED}\r\n{{\"n\":1.10}}\nlast");
    let output = enrich(&[], input);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[0], r#"{"message":"one"}"#);
    assert_eq!(lines[1], r#"{"message":""}"#);
    assert_eq!(lines[3], r#"{"n":1.10}"#);
    assert_eq!(lines[4], r#"{"message":"last"}"#);
    assert_eq!(lines.len(), 5);
    let fault = &records(lines[2])[0];
    assert_eq!(text(fault, "severity"), "ERROR");
    assert_eq!(text(fault, "message"), REFUSED);
    assert_eq!(text(fault, "fault.category"), "connect_refused");
    assert_eq!(text(fault, "server.address"), "10.3.7.19");
    assert!(text(fault, "timestamp").ends_with("-11-23T09:26:53.589793Z"));
    assert_eq!(enrich(&[], b"").stdout, b"");
}

/// A line of each kind of program, as it writes one, that reports a failure: level, category
/// and peer.
const PROGRAMS: &[(&str, &str, &str, &str)] = &[
    (
        "E1123 09:26:53.589793       1 reflector.go:147] k8s.io/client-go: Failed to watch *v1.Service: Get \"https://10.96.0.1:443/api/v1/services\": dial tcp 10.96.0.1:443: connect: connection refused",
        "ERROR",
        "connect_refused",
        "10.96.0.1",
    ),
    (
        "time=2026-11-23T09:26:53.589Z level=WARN msg=\"upstream call failed\" err=\"dial tcp: lookup api.example on 10.0.0.2:53: no such host\"",
        "WARN",
        "dns",
        "api.example",
    ),
    (
        "2026-11-23 09:26:53,589 [pool-1-thread-7] ERROR com.example.Orders - java.net.ConnectException: Connection refused: db.internal/10.3.7.19:5432",
        "ERROR",
        "connect_refused",
        "db.internal",
    ),
    (
        "2026-11-23 09:26:53,589 - orders - ERROR - HTTPConnectionPool(host='api.example', port=8080): Max retries exceeded with url: /x (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
        "ERROR",
        "connect_refused",
        "api.example",
    ),
    (
        "2026/11/23 09:26:53 Get \"http://api.example:8080/x\": dial tcp 10.3.7.19:8080: i/o timeout",
        "",
        "connect_timeout",
        "api.example",
    ),
    (
        "E, [2026-11-23T09:26:53.589793 #1234] ERROR -- : Faraday::ConnectionFailed: Failed to open TCP connection to api.example:443 (Connection refused - connect(2) for \"api.example\" port 443)",
        "ERROR",
        "connect_refused",
        "api.example",
    ),
    (
        "fail: Shop.Payment[0] System.Net.Http.HttpRequestException: Connection refused (api.example:443)",
        "ERROR",
        "connect_refused",
        "api.example",
    ),
    (
        "2026/11/23 09:26:53 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: shop.example, request: \"GET / HTTP/1.1\", upstream: \"http://10.3.7.19:8080/\", host: \"shop.example\"",
        "ERROR",
        "connect_refused",
        "10.3.7.19",
    ),
    (
        "[2026-11-23T09:26:53.589Z] \"GET /x HTTP/1.1\" 503 UF,URX 0 91 55 - \"-\" \"curl\" \"id\" \"svc\" \"10.3.7.19:8080\"",
        "",
        "unavailable",
        "10.3.7.19",
    ),
    (
        "[2026-11-23T09:26:53.589Z] \"GET /x HTTP/1.1\" 0 DC 0 0 500 - \"-\" \"curl\" \"id\" \"svc\" \"10.3.7.19:8080\"",
        "",
        "cancelled",
        "10.3.7.19",
    ),
    (
        "Nov 23 09:26:53 lb haproxy[7]: 10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/a1 0/0/-1/-1/3003 503 217 - - sC-- 1/1/0/0/3 0/0 \"GET / HTTP/1.1\"",
        "",
        "connect_timeout",
        "",
    ),
    (
        "<11>1 2026-11-23T09:26:53.589Z web app 7 - - could not connect to redis.internal:6379: Connection refused",
        "ERROR",
        "connect_refused",
        "redis.internal",
    ),
    (
        "2026-11-23T09:26:53.589793001Z stderr F {\"level\":\"error\",\"msg\":\"lost\",\"err\":{\"message\":\"connect ECONNREFUSED 10.3.7.19:6379\"}}",
        "ERROR",
        "connect_refused",
        "10.3.7.19",
    ),
    (
        "{\"log\":\"dial tcp 10.3.7.19:6379: i/o timeout\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-23T09:26:53.589793001Z\"}",
        "",
        "connect_timeout",
        "10.3.7.19",
    ),
    (
        "checkout-1  | Error: connect ECONNREFUSED 10.3.7.19:6379",
        "",
        "connect_refused",
        "10.3.7.19",
    ),
    ("MESSAGE=dial tcp 10.3.7.19:6379: i/o timeout", "", "connect_timeout", "10.3.7.19"),
    ("curl: (6) Could not resolve host: api.example", "", "dns", "api.example"),
    (
        "{\"@timestamp\":\"2026-11-23T09:26:53.589Z\",\"level\":\"ERROR\",\"message\":\"no\",\"stack_trace\":\"java.net.UnknownHostException: api.example\\n\\tat java.net.X.y(X.java:7)\\n\"}",
        "ERROR",
        "dns",
        "api.example",
    ),
];

#[test]
fn a_failure_is_known_in_the_lines_of_every_kind_of_program() {
    for (line, severity, category, host) in PROGRAMS {
        let output = enrich(&[], line.as_bytes());
        let record = &records(stdout(&output))[0];
        assert_eq!(text(record, "severity"), *severity, "{line}");
        assert_eq!(text(record, "fault.category"), *category, "{line}");
        assert_eq!(text(record, "server.address"), *host, "{line}");
    }
}

#[test]
fn enriching_again_changes_nothing() {
    let lines: Vec<_> = PROGRAMS.iter().map(|it| it.0).collect();
    let once = enrich(&[], lines.join("\n")).stdout;
    assert_eq!(enrich(&[], once.clone()).stdout, once);
}

#[test]
fn only_faults_leaves_out_everything_else() {
    let output = enrich(&["--only-faults"], format!("one\n{REFUSED}\ntwo\n"));
    let records = records(stdout(&output));
    assert_eq!(records.len(), 1);
    assert_eq!(text(&records[0], "message"), REFUSED);
}

#[test]
fn the_pretty_form_is_for_people() {
    let output = enrich(&["--format", "pretty"], format!("{REFUSED}\nall is well"));
    let shown = stdout(&output);
    let mut lines = shown.lines();
    assert_eq!(
        lines.next(),
        Some("09:26:53.589 ERROR dial tcp 10.3.7.19:80: connect: connection refused")
    );
    assert_eq!(lines.next(), Some("    Connection to host 10.3.7.19 on port 80 refused"));
    assert_eq!(lines.last(), Some("all is well"));
    assert!(!shown.contains('\u{1b}'));
}

#[test]
fn a_form_that_does_not_exist_is_refused() {
    let output = enrich(&["--format", "xml"], "x");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains("json, pretty, otlp"), "{}", stderr(&output));
}

#[cfg(feature = "otlp")]
#[test]
fn a_collector_that_is_not_there_is_told_and_no_success() {
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "100"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "soon"),
    ];
    let output = feed(netcause(&["enrich", "--format", "otlp"], &settings), "one\ntwo\n");
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""));
    let said: Vec<_> = stderr(&output).lines().collect();
    assert!(said[0].contains("OTEL_BLRP_SCHEDULE_DELAY=soon"), "{said:?}");
    assert!(said[1].contains("Connection to host 127.0.0.1 on port 1 refused"), "{said:?}");
    let last = said.last().expect("something is said");
    assert!(last.contains("2 of 2 records were not delivered"), "{said:?}");
}

#[test]
fn files_are_read_one_after_the_other_and_a_dash_is_standard_input() {
    let (one, two) = (file("one.log", "1\n2"), file("two.log", "3\n"));
    let output = enrich(&[path(&one), "-", path(&two)], "middle\n");
    let messages: Vec<_> =
        records(stdout(&output)).iter().map(|it| text(it, "message").to_owned()).collect();
    assert_eq!(messages, ["1", "2", "middle", "3"]);
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason_and_the_others_are_read() {
    let one = file("there.log", "1\n");
    let missing = path(&one).replace("there", "missing");
    let output = run(&["enrich", &missing, env!("CARGO_TARGET_TMPDIR"), path(&one)], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "{\"message\":\"1\"}\n");
    let errors: Vec<_> = stderr(&output).lines().collect();
    assert!(errors[0].contains(&missing) && errors[0].contains("No such file"), "{errors:?}");
    assert!(errors[1].contains(env!("CARGO_TARGET_TMPDIR")) && errors.len() == 2, "{errors:?}");
}

#[test]
fn the_environment_adds_secrets_and_sets_the_limits() {
    let settings = [("NETCAUSE_REDACT", "pin"), ("NETCAUSE_LIMIT_RECORD", "4096")];
    let command = netcause(&["enrich"], &settings);
    let output = feed(command, format!("{{\"pin\":1234}}\n{}\n", "x".repeat(5000)));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[0], r#"{"pin":"REDACTED"}"#);
    assert!(lines[1].len() < 4096 && lines[1].contains('…'));
    let command =
        netcause(&["enrich"], &[("NETCAUSE_LIMIT_RECORD", "few"), ("RUST_LOG", "=nonsense=")]);
    let output = feed(command, "x");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("NETCAUSE_LIMIT_RECORD=few"), "{}", stderr(&output));
}

#[test]
fn variables_of_others_do_not_stop_a_pipe() {
    let settings = [("RUST_LOG", "=x="), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317")];
    let output = feed(netcause(&["enrich"], &settings), "x");
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "{\"message\":\"x\"}\n"));
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let mut command = netcause(&["enrich"], &[]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let command = command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(b"x\n").expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("standard output") && stderr(&output).contains("No space"));
}

/// A command that waits for lines.
struct Pipe {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Pipe {
    fn start() -> Self {
        let mut command = netcause(&["enrich"], &[]);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let stdin = child.stdin.take().expect("standard input is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        Pipe { child, stdin, stdout }
    }

    /// How long a line takes through it.
    fn time(&mut self, line: &str) -> Duration {
        let started = Instant::now();
        self.stdin.write_all(format!("{line}\n").as_bytes()).expect("it reads");
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).expect("it answers");
        assert!(answer.contains("\"message\":"), "{answer}");
        started.elapsed()
    }
}

#[test]
fn a_line_comes_out_while_the_input_pauses() {
    let mut pipe = Pipe::start();
    let mut times: Vec<_> = (0..21).map(|_| pipe.time(REFUSED)).collect();
    times.sort();
    // The median, because a busy machine may keep a process waiting for longer than that.
    assert!(times[10] <= Duration::from_millis(50), "{times:?}");
    drop(pipe.stdin);
    assert!(pipe.child.wait().expect("it ends").success());
}

#[test]
fn a_closed_reader_ends_it_quietly() {
    let Pipe { mut child, mut stdin, stdout } = Pipe::start();
    drop(stdout);
    // More than any pipe holds: writing fails once nobody reads any more.
    let chunk = "x\n".repeat(64 * 1024);
    let ended = (0..1000).any(|_| stdin.write_all(chunk.as_bytes()).is_err());
    assert!(ended, "it reads on though nobody listens");
    let mut errors = String::new();
    child.stderr.take().expect("it is a pipe").read_to_string(&mut errors).expect("it is UTF-8");
    assert_eq!((child.wait().expect("it ends").code(), errors.as_str()), (Some(0), ""));
}

/// The most memory that the command may ask for, code and all, in KiB.
const MEMORY: &str = "200000";

#[test]
fn a_line_of_100_megabytes_does_not_fill_the_memory() {
    let mut shell = Command::new("sh");
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" enrich");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_netcause")]).env_clear();
    let mut input = vec![b'x'; 100_000_000];
    input.extend_from_slice(b"\nafter\n");
    let output = feed(shell, input);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], "{\"message\":\"after\"}");
    let record = &records(lines[0])[0];
    let kept = text(record, "message").trim_end_matches('…').len() as u64;
    assert!(lines[0].len() < 16_000);
    assert_eq!(support::number(record, "dropped_bytes_count"), Some(100_000_000 - kept));
}

fn messages(output: &Output) -> Vec<String> {
    records(stdout(output)).iter().map(|it| text(it, "message").to_owned()).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text.as_bytes()).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

fn zstandard(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn compressed_input_is_read_whether_it_is_a_file_or_a_pipe() {
    for compress in [gzip, zstandard] {
        // Rotated logs are often appended to each other.
        let bytes = [compress("1\n2\n"), compress("3\n4")].concat();
        assert_eq!(messages(&enrich(&[], bytes.clone())), ["1", "2", "3", "4"]);
        let name = format!("{}.log", bytes.first().expect("it is not empty"));
        let packed = file(&name, "");
        fs::write(&packed, bytes).expect("a file can be written");
        assert_eq!(messages(&run(&["enrich", path(&packed)], &[])), ["1", "2", "3", "4"]);
    }
    assert_eq!(messages(&enrich(&[], "(\n")), ["("]);
    assert_eq!(messages(&enrich(&[], "(")), ["("]);
}

#[test]
fn what_is_broken_off_is_an_error_behind_the_lines_that_came() {
    let whole = gzip(&"a line that repeats\n".repeat(10_000));
    let output = enrich(&[], whole[..whole.len() - 12].to_vec());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("could not read standard input"), "{}", stderr(&output));
    assert!(stdout(&output).lines().count() > 1);
}

/// Reads the next message of a command that goes on.
fn next_message(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).expect("it answers");
    text(&records(&line)[0], "message").to_owned()
}

#[test]
fn a_file_is_followed_through_appending_rotation_and_truncation() {
    let log = file("followed.log", "1\n");
    let mut command = netcause(&["enrich", "--follow", path(&log)], &[]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let append = |text: &str| {
        let mut file = fs::OpenOptions::new().append(true).open(&log).expect("it is there");
        file.write_all(text.as_bytes()).expect("it can be written");
    };
    assert_eq!(next_message(&mut lines), "1");
    append("2\nhalf");
    assert_eq!(next_message(&mut lines), "2");
    fs::rename(&log, log.with_extension("old")).expect("it can be renamed");
    fs::write(&log, "3\n").expect("a file can be written");
    assert_eq!(next_message(&mut lines), "half");
    assert_eq!(next_message(&mut lines), "3");
    append("a longer line than what follows\n");
    assert_eq!(next_message(&mut lines), "a longer line than what follows");
    fs::write(&log, "4\n").expect("a file can be written");
    assert_eq!(next_message(&mut lines), "4");
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
}

#[test]
fn one_file_is_followed_and_no_more() {
    for arguments in [
        &["enrich", "--follow"][..],
        &["enrich", "--follow", "-"],
        &["enrich", "--follow", "a", "b"],
    ] {
        let output = run(arguments, &[]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
        assert!(stderr(&output).contains("one file"));
    }
}
