//! Prints what it costs to write the record of a failing call, and to look for secrets.
//!
//! With an argument, only the lines that contain it.

use std::hint::black_box;
use std::time::{Duration, Instant, UNIX_EPOCH};

use netcause_fault::{Cause, Confidence, Evidence, Fault, Limit, Phase, Reason, Retry};
use netcause_record::{
    ErrorText, Field, Key, Limits, Origin, Record, Redactor, Resource, Severity, TraceContext,
    Value, write_json, write_pretty,
};

/// Short enough that many rounds run without an interruption.
const CALLS: u32 = 1000;

const ROUNDS: u32 = 300;

/// The least nanoseconds of all rounds.
#[allow(clippy::print_stdout)]
fn measure(name: &str, mut work: impl FnMut()) {
    if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
        return;
    }
    let round = |work: &mut dyn FnMut()| {
        let begin = Instant::now();
        (0..CALLS).for_each(|_| work());
        begin.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    let least = (0..ROUNDS).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{least:8.1} ns  {name}");
}

fn fault() -> Fault<'static> {
    let mut fault = Fault::of_reason(Reason::ConnectTimeout);
    fault.phase = Some(Phase::Connect);
    fault.elapsed = Some(Duration::from_millis(101));
    fault.timeout = Some(Duration::from_millis(100));
    fault.limit = Some(Limit::Connect);
    fault.cause = Cause::Firewall;
    fault.confidence = Confidence::Possible;
    fault.retry = Some(Retry::Yes);
    fault.evidence.push(Evidence::Note("1 SYN sent, no answer, no ICMP".into()));
    fault.evidence.push(Evidence::Note("this peer was never reached since start".into()));
    fault.evidence.push(Evidence::ShortConnectLimit);
    fault.attempts.attempt = Some(2);
    fault.attempts.max_attempts = Some(5);
    fault.peer.server_address = Some("hello.from.the.other.side".into());
    fault.peer.server_port = Some(12345);
    fault.peer.peer_address = Some([10, 3, 7, 19].into());
    fault.peer.local_address = Some([10, 3, 1, 4].into());
    fault
}

fn main() {
    let resource = Resource::new(Some("checkout".to_owned()), Vec::new());
    let keys = ["http.route", "order.id", "tenant", "cart.items", "request.id"].map(Key::new);
    let values = [
        Value::Text("/checkout/{cart}"),
        Value::U64(178_234),
        Value::Text("acme"),
        Value::I64(3),
        Value::Text("01J9ZQ7Q6H3V2N8K4T5W6X7Y8Z"),
    ];
    let fields: Vec<Field<'_>> =
        keys.iter().zip(values).map(|(key, value)| Field { key, value }).collect();
    let fault = fault();
    let message =
        "error sending request: client error (Connect): tcp connect error: deadline has elapsed";
    let links = [
        "error sending request",
        "client error (Connect)",
        "tcp connect error",
        "deadline has elapsed",
    ];
    let failing = Record {
        timestamp: Some(UNIX_EPOCH + Duration::new(1_795_426_013, 589_793_000)),
        severity: Some(Severity::Error),
        message: Some("could not charge the card"),
        target: "checkout::payment",
        trace: Some(TraceContext { trace_id: [0x4b; 16], span_id: [0x7f; 8], flags: 1 }),
        resource: &resource,
        fields: &fields,
        scope: None,
        error: Some(ErrorText { message, links: links.as_slice().into() }),
        fault: Some(&fault),
        rendered: None,
        origin: Origin::default(),
        dropped_fields: 0,
    };
    let ordinary = Record { error: None, fault: None, ..failing };

    let limits = Limits::default();
    let mut line = String::new();
    write_json(&failing, &limits, &mut line);
    measure(&format!("failing event as JSON, {} bytes", line.len()), || {
        line.clear();
        write_json(black_box(&failing), &limits, &mut line);
    });
    let whole = line.clone();
    measure("copy of that line", || {
        line.clear();
        line.push_str(black_box(&whole));
    });
    measure("ordinary event as JSON", || {
        line.clear();
        write_json(black_box(&ordinary), &limits, &mut line);
    });
    measure("failing event for a terminal", || {
        line.clear();
        write_pretty(black_box(&failing), true, &limits, &mut line);
    });
    measure("its summary alone", || {
        line.clear();
        let _ = black_box(&fault).summary().write_to(&mut line);
    });
    measure("its hint alone", || {
        line.clear();
        let _ = black_box(&fault).hint().map(|hint| hint.write_to(&mut line));
    });

    let redactor = Redactor::default();
    let mut text =
        "error sending request for url (https://api.example:8443/v1/charge): ".to_owned() + message;
    text.truncate(150);
    measure("150 bytes with a URL and no secret searched", || {
        redactor.text(black_box(&mut text), 0);
    });
    let mut text = message.repeat(2);
    text.truncate(150);
    measure("150 bytes without a secret searched", || {
        redactor.text(black_box(&mut text), 0);
    });
    let mut text = "/checkout/{cart}".to_owned();
    measure("16 bytes searched", || {
        redactor.text(black_box(&mut text), 0);
    });
}
