use std::time::{Duration, UNIX_EPOCH};

use netcause_record::Severity::{Debug, Error, Info, Warn};

use super::*;

/// 2026-11-23T09:26:53Z
const SECOND: u64 = 1_795_426_013;

/// A line as its program writes it, in which format it is, whether it has its whole time,
/// its level, and its message.
type Case = (&'static str, Format, bool, Option<Severity>, &'static str);

const CASES: &[Case] = &[
    (
        "E1123 09:26:53.589793       1 reflector.go:147] failed to list",
        Format::Klog,
        false,
        Some(Error),
        "failed to list",
    ),
    (
        "I1123 09:26:53.589793   21972 main.go:49] \"Started\" n=1",
        Format::Klog,
        false,
        Some(Info),
        "\"Started\" n=1",
    ),
    (
        "2026-11-23 09:26:53,589 [main] ERROR com.example.Pool - down",
        Format::Log4j,
        true,
        Some(Error),
        "com.example.Pool - down",
    ),
    (
        "2026-11-23T09:26:53.589Z  WARN 7 --- [nio-1] c.e.Pool : slow",
        Format::Log4j,
        true,
        Some(Warn),
        "7 --- [nio-1] c.e.Pool : slow",
    ),
    (
        "[2026-11-23T09:26:53,589][ERROR][o.e.x.Y] [node] down",
        Format::Log4j,
        true,
        Some(Error),
        "[o.e.x.Y] [node] down",
    ),
    (
        "WARN  [2026-11-23 09:26:53,589] io.dropwizard.X: slow",
        Format::Log4j,
        true,
        Some(Warn),
        "io.dropwizard.X: slow",
    ),
    (
        "[main] ERROR com.example.Pool - down",
        Format::Log4j,
        false,
        Some(Error),
        "com.example.Pool - down",
    ),
    (
        "2026-11-23T09:26:53.589Z\terror\tpool/pool.go:7\tdown\t{\"n\":1}",
        Format::Log4j,
        true,
        Some(Error),
        "pool/pool.go:7\tdown\t{\"n\":1}",
    ),
    (
        "2026-11-23 09:26:53.589 UTC [71] FATAL:  the database is starting up",
        Format::Log4j,
        true,
        Some(Error),
        "the database is starting up",
    ),
    (
        "2026-11-23T09:26:53.589793Z 0 [ERROR] [MY-000001] [Server] down",
        Format::Log4j,
        true,
        Some(Error),
        "[MY-000001] [Server] down",
    ),
    (
        "2026-11-23T09:26:53.589793Z ERROR shop::pay: down",
        Format::Log4j,
        true,
        Some(Error),
        "shop::pay: down",
    ),
    (
        "2026-11-23 09:26:53,589 - shop.pay - ERROR - down",
        Format::Python,
        true,
        Some(Error),
        "down",
    ),
    ("ERROR:shop.pay:down: x", Format::Python, false, Some(Error), "down: x"),
    (
        "[2026-11-23 09:26:53 +0000] [7] [ERROR] Exception in worker",
        Format::Python,
        true,
        Some(Error),
        "Exception in worker",
    ),
    (
        "[2026-11-23 09:26:53,589] ERROR in app: down",
        Format::Log4j,
        true,
        Some(Error),
        "in app: down",
    ),
    (
        "2026/11/23 09:26:53 dial tcp 10.3.7.19:80: i/o timeout",
        Format::Go,
        true,
        None,
        "dial tcp 10.3.7.19:80: i/o timeout",
    ),
    ("2026/11/23 09:26:53.589793 main.go:7: down", Format::Go, true, None, "main.go:7: down"),
    (
        "2026/11/23 09:26:53 ERROR order import: EOF",
        Format::Go,
        true,
        Some(Error),
        "order import: EOF",
    ),
    (
        "E, [2026-11-23T09:26:53.589793 #1234] ERROR -- : down",
        Format::Rails,
        true,
        Some(Error),
        "down",
    ),
    (
        "W, [2026-11-23T09:26:53.589793 #1234]  WARN -- puma: slow",
        Format::Rails,
        true,
        Some(Warn),
        "slow",
    ),
    ("fail: Shop.Payment[0] down", Format::DotNet, false, Some(Error), "down"),
    ("2026-11-23 09:26:53 warn: Shop.Payment[0] slow", Format::DotNet, true, Some(Warn), "slow"),
    ("[09:26:53 ERR] down", Format::DotNet, false, Some(Error), "down"),
    ("2026-11-23 09:26:53.589 +00:00 [INF] started", Format::DotNet, true, Some(Info), "started"),
    (
        "2026/11/23 09:26:53 [error] 31#31: *1 connect() failed (111: Connection refused)",
        Format::Nginx,
        true,
        Some(Error),
        "*1 connect() failed (111: Connection refused)",
    ),
    (
        "10.0.0.7 - bob [23/Nov/2026:10:26:53 +0100] \"GET / HTTP/1.1\" 502 157 \"-\" \"curl\"",
        Format::Nginx,
        true,
        None,
        "\"GET / HTTP/1.1\" 502 157 \"-\" \"curl\"",
    ),
    (
        "[Mon Nov 23 09:26:53.589793 2026] [proxy:error] [pid 7] (111)Connection refused",
        Format::Nginx,
        true,
        Some(Error),
        "[pid 7] (111)Connection refused",
    ),
    (
        "[2026-11-23T09:26:53.589Z] \"GET / HTTP/1.1\" 503 UF 0 91",
        Format::Envoy,
        true,
        None,
        "\"GET / HTTP/1.1\" 503 UF 0 91",
    ),
    (
        "[2026-11-23 09:26:53.589][1][warning][config] [source/a.cc:11] closed",
        Format::Envoy,
        true,
        Some(Warn),
        "[source/a.cc:11] closed",
    ),
    (
        "10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/a 0/0/-1/-1/3 503",
        Format::HaProxy,
        true,
        None,
        "10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/a 0/0/-1/-1/3 503",
    ),
    (
        "Nov 23 09:26:53 lb haproxy[7]: 10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/a 503",
        Format::HaProxy,
        true,
        None,
        "10.0.0.7:40122 [23/Nov/2026:09:26:53.589] web app/a 503",
    ),
    (
        "Nov 23 09:26:53 web sshd[71]: Connection closed",
        Format::Syslog,
        false,
        None,
        "Connection closed",
    ),
    ("<11>Nov  3 09:26:53 web app: down", Format::Syslog, false, Some(Error), "down"),
    (
        "<14>1 2026-11-23T09:26:53.589Z web app 7 ID47 [x@1 a=\"]\\]\"] \u{feff}started",
        Format::Syslog,
        true,
        Some(Info),
        "\\]\"] \u{feff}started",
    ),
    (
        "<15>1 2026-11-23T09:26:53.589Z web app 7 - - hello",
        Format::Syslog,
        true,
        Some(Debug),
        "hello",
    ),
    ("2026-11-23T09:26:53.589793+00:00 web app[7]: down", Format::Syslog, true, None, "down"),
    (
        "<11>Nov 23 09:26:53 web app: level=warn ts=2026-11-23T09:26:53Z msg=\"slow\"",
        Format::Logfmt,
        true,
        Some(Warn),
        "slow",
    ),
    ("2026-11-23T09:26:53.589793001Z stderr F down", Format::Cri, true, None, "down"),
    (
        "2026-11-23T09:26:53.589793001Z stdout P E1123 09:26:53.589793 1 a.go:7] down",
        Format::Klog,
        true,
        Some(Error),
        "down",
    ),
    (
        "2026-11-23T09:26:53.589793001Z stdout F {\"level\":\"info\"}",
        Format::Json,
        true,
        None,
        "{\"level\":\"info\"}",
    ),
    ("checkout-1  | 2026/11/23 09:26:53 down", Format::Go, true, None, "down"),
    ("MESSAGE=down", Format::Journald, false, None, "down"),
    ("PRIORITY=3", Format::Journald, false, Some(Error), "3"),
    ("__REALTIME_TIMESTAMP=1795426013589793", Format::Journald, true, None, "1795426013589793"),
    (
        "time=2026-11-23T09:26:53.589Z level=ERROR msg=\"no answer\" err=EOF",
        Format::Logfmt,
        true,
        Some(Error),
        "no answer",
    ),
    (
        "level=warn ts=1795426013.589 caller=a.go:7 msg=slow",
        Format::Logfmt,
        true,
        Some(Warn),
        "slow",
    ),
    ("ERROR no answer", Format::Plain, false, Some(Error), "ERROR no answer"),
    ("no answer", Format::Plain, false, None, "no answer"),
    (
        "  at com.example.Pool.get(Pool.java:7)",
        Format::Plain,
        false,
        None,
        "  at com.example.Pool.get(Pool.java:7)",
    ),
    ("", Format::Plain, false, None, ""),
];

#[test]
fn lines_are_recognised_as_programs_write_them() {
    let mut wrong = Vec::new();
    for (line, format, has_time, severity, message) in CASES {
        let found = recognise(line.as_bytes());
        let time = match found.time {
            Some(When::At(time)) => Some(time),
            _ => None,
        };
        let second = UNIX_EPOCH + Duration::from_secs(SECOND);
        let is_right = (found.format, found.severity) == (*format, *severity)
            && found.message == message.as_bytes()
            && time.is_some() == *has_time
            && time.is_none_or(|time| (second..second + Duration::from_secs(1)).contains(&time));
        if !is_right {
            let message = String::from_utf8_lossy(found.message);
            wrong.push(format!(
                "{line}\n    {:?} {:?} {:?} {message}",
                found.format, found.time, found.severity
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_format_has_a_line() {
    for format in [Format::Json, Format::Docker] {
        // Objects, and what stands inside of a line of Docker.
        let line: &[u8] = if format == Format::Json { b"{}" } else { b"web-1 | hello" };
        assert_eq!(recognise(line).format, format);
    }
}
