//! Writes lines as programs write them, for measuring `netcause enrich`:
//! `mixed_lines text|json|mixed MEGABYTES FAULTS_PER_10000 > FILE`.
//!
//! Times go on, numbers and names vary, so that no line is like the one before.

use std::io::{self, BufWriter, ErrorKind, Write};

/// A small generator of numbers, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let index = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        all.get(index).copied().unwrap_or_default()
    }
}

/// Ordinary lines; `{c}` is a clock, `{n}` a number, `{s}` a service, `{h}` 12 hexadecimal
/// digits, `{p}` a path.
const TEXT: &[&str] = &[
    r#"10.{n}.{n}.17 - - [23/Nov/2026:{c} +0000] "GET /{p}?page={n} HTTP/1.1" 200 {n} "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36""#,
    r#"[2026-11-23T{c}.{n}Z] "POST /{p} HTTP/2" 200 - {n} {n} 12 11 "-" "grpc-go/1.60" "{h}-{h}" "{s}:8080" "10.3.7.19:8080""#,
    "2026-11-23 {c},{n} [http-nio-8080-exec-{n}] INFO  com.example.{s}.OrderService - order {n} of customer {h} stored in {n} ms",
    "2026-11-23 {c},{n} [main] DEBUG org.hibernate.SQL - select o.id, o.total from orders o where o.id = {n} and o.state = 'OPEN'",
    "I1123 {c}.{n}       1 controller.go:{n}] \"Reconciled\" object=\"{s}/{h}\" generation={n} duration=\"{n}ms\"",
    "time=2026-11-23T{c}.{n}Z level=INFO msg=\"request served\" method=GET path=/{p} status=200 duration={n}ms service={s} trace={h}{h}",
    "2026/11/23 {c} {s}: processed batch {n} of {n}, {n} items in queue",
    "Nov 23 {c} web-{n} {s}[{n}]: session {h} opened for user {n}",
    "2026-11-23T{c}.{n}123Z stdout F 2026-11-23 {c} INFO {s} cache refreshed, {n} entries, {n} bytes",
    "2026-11-23 {c},{n} - {s}.worker - INFO - task {h} finished, result stored under key result-{n}",
    "I, [2026-11-23T{c}.{n}123 #{n}]  INFO -- : [{h}] Completed 200 OK in {n}ms (Views: {n}.1ms | ActiveRecord: {n}.3ms)",
    "info: Shop.{s}.Controller[{n}] Executed endpoint '/{p}' in {n}ms",
    "Nov 23 {c} lb haproxy[{n}]: 10.0.{n}.7:{n} [23/Nov/2026:{c}.589] web {s}/a{n} 0/0/1/{n}/{n} 200 {n} - - ---- {n}/{n}/0/0/0 0/0 \"GET /{p} HTTP/1.1\"",
    "    at com.example.{s}.Handler.handle(Handler.java:{n})",
];

const JSON: &[&str] = &[
    r#"{"level":"info","ts":1795426{n}.589793,"caller":"{s}/server.go:{n}","msg":"request served","method":"GET","path":"/{p}","status":200,"duration_ms":{n}.25,"trace":"{h}{h}"}"#,
    r#"{"time":"2026-11-23T{c}.589793Z","level":"INFO","msg":"order stored","order":{n},"customer":"{h}","service":"{s}","items":[{n},{n}],"total":{n}.50}"#,
    r#"{"@timestamp":"2026-11-23T{c}.589Z","@version":"1","message":"task {h} finished in {n} ms","logger_name":"com.example.{s}.Worker","thread_name":"pool-1-thread-{n}","level":"DEBUG","level_value":10000}"#,
    r#"{"level":30,"time":1795426{n}589,"pid":{n},"hostname":"{s}-{h}","reqId":"req-{n}","res":{"statusCode":200},"responseTime":{n}.5,"msg":"request completed"}"#,
    r#"{"log":"2026-11-23 {c},123 INFO {s} cache refreshed, {n} entries\n","stream":"stdout","time":"2026-11-23T{c}.589793001Z"}"#,
    r#"{"timestamp":"2026-11-23T{c}.589793Z","level":"INFO","fields":{"message":"served","http.route":"/{p}","elapsed_ms":{n}},"target":"{s}::http","span":{"name":"request","id":"{h}"}}"#,
];

const TEXT_FAULTS: &[&str] = &[
    "E1123 {c}.589793       1 reflector.go:{n}] {s}: dial tcp 10.3.{n}.19:5432: connect: connection refused",
    "2026-11-23 {c},{n} [pool-1] ERROR com.example.{s}.Client - java.net.SocketTimeoutException: connect timed out: {s}.internal/10.3.7.19:8443",
    "time=2026-11-23T{c}.{n}Z level=ERROR msg=\"upstream call failed\" err=\"Get \\\"http://{s}.internal:8080/{p}\\\": context deadline exceeded\"",
    r#"2026/11/23 {c} [error] 31#31: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: shop.example, request: "GET /{p} HTTP/1.1", upstream: "http://10.3.7.19:8080/{p}", host: "shop.example""#,
];

const JSON_FAULTS: &[&str] = &[
    r#"{"level":"error","ts":1795426{n}.589793,"caller":"{s}/client.go:{n}","msg":"upstream call failed","error":"dial tcp 10.3.7.19:5432: connect: connection refused","attempt":{n}}"#,
    r#"{"time":"2026-11-23T{c}.589793Z","level":"ERROR","msg":"lookup failed: dial tcp: lookup {s}.internal on 10.0.0.2:53: no such host","order":{n}}"#,
];

const SERVICES: &[&str] =
    &["checkout", "payment", "inventory", "users", "search", "mailer", "gateway", "ledger"];

const PATHS: &[&str] =
    &["cart/items", "orders", "api/v1/users", "health", "static/app.js", "login"];

fn fill(template: &str, numbers: &mut Numbers, second: u64, line: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        line.push_str(before);
        let (name, behind) = after.split_at_checked(2).unwrap_or((after, ""));
        match name {
            "c}" => {
                let second = second % 86_400;
                let (hour, minute) = (second / 3600, second / 60 % 60);
                line.push_str(&format!("{hour:02}:{minute:02}:{:02}", second % 60));
            }
            "n}" => line.push_str(&(100 + numbers.below(900)).to_string()),
            "s}" => line.push_str(numbers.of(SERVICES)),
            "p}" => line.push_str(numbers.of(PATHS)),
            "h}" => line.push_str(&format!("{:012x}", numbers.next() >> 16)),
            _ => {
                line.push('{');
                rest = after;
                continue;
            }
        }
        rest = behind;
    }
    line.push_str(rest);
    line.push('\n');
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [form, megabytes, faults] = arguments.as_slice() else {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            "mixed_lines text|json|mixed MB FAULTS",
        ));
    };
    let number = |text: &String| text.parse::<u64>().map_err(io::Error::other);
    let (bytes, faults) = (number(megabytes)? * 1_000_000, number(faults)?);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let (mut written, mut second, mut line) = (0, 0, String::new());
    while written < bytes {
        line.clear();
        let is_json = form == "json" || form == "mixed" && numbers.below(2) == 0;
        let (ordinary, failing) = if is_json { (JSON, JSON_FAULTS) } else { (TEXT, TEXT_FAULTS) };
        let templates = if numbers.below(10_000) < faults { failing } else { ordinary };
        fill(numbers.of(templates), &mut numbers, second, &mut line);
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        second += u64::from(numbers.below(50) == 0);
    }
    out.flush()
}
