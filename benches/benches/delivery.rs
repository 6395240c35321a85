//! Log records from the macro to a receiver on this machine, over http/protobuf: how many of
//! them a second of processor time delivers.
//!
//! Each run is a process of its own, the receiver another; its time is that of all its
//! threads, the kernel's part included. Everybody is told to wait for the same, at the same
//! pace, and a run counts only if the receiver counted as many records as were logged.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use emit::Frame;
use netcause_benches::receiver::Receiver;
use netcause_benches::report::print;
use netcause_benches::scene::{enter_spans, failing_event, ordinary_event};
use netcause_benches::subscribers::SERVICE;
use netcause_benches::{errors, otlp};
use netcause_layer::NetcauseLayer;
use netcause_otlp::{LogExporter, OtlpConfig};
use netcause_record::{Export, Resource};
use nix::time::{ClockId, clock_gettime};
use opentelemetry_otlp::{Protocol, WithExportConfig};
use opentelemetry_sdk::logs::{BatchConfigBuilder, BatchLogProcessor, SdkLoggerProvider};
use tracing::dispatcher::with_default;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

type Outcome<T> = Result<T, Box<dyn Error>>;

const SIDES: [&str; 3] = ["netcause", "OpenTelemetry's SDK", "emit_otlp"];

/// How many records a run logs, and how many at once before it pauses.
const RECORDS: usize = 102_400;
const AT_ONCE: usize = 256;
const PAUSE: Duration = Duration::from_millis(10);

/// So much may wait: nobody is to lose a record because the machine was busy.
const QUEUE: usize = 32_768;

const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["receive"] => receive(),
        ["send", side, what, url] => send(side, what, url),
        _ => ["failing", "ordinary"].into_iter().try_for_each(compare),
    }
}

/// Prints where it listens, and once nobody reads any more, what it received.
fn receive() -> Outcome<()> {
    let receiver = Receiver::start()?;
    print(&receiver.url());
    io::stdin().read_to_end(&mut Vec::new())?;
    print(&format!("{:?}", receiver.counts()));
    Ok(())
}

fn compare(what: &str) -> Outcome<()> {
    let mut rounds = vec![Vec::new(); SIDES.len()];
    let mut bytes = [0; SIDES.len()];
    for _ in 0..ROUNDS {
        for (side, (rounds, bytes)) in SIDES.iter().zip(rounds.iter_mut().zip(&mut bytes)) {
            let nanoseconds;
            (nanoseconds, *bytes) = run(side, what)?;
            rounds.push(nanoseconds);
        }
    }
    print(&format!("{what} event in three spans, from the macro to the receiver"));
    print(&format!("{:<24} {:>16} {:>12} {:>8}", "", "records/CPU s", "bytes each", "ratio"));
    let medians = rounds.into_iter().map(|mut rounds| {
        rounds.sort_unstable();
        rounds[rounds.len() / 2] as f64 / RECORDS as f64
    });
    let medians: Vec<_> = medians.collect();
    for ((side, median), bytes) in SIDES.iter().zip(&medians).zip(bytes) {
        let (rate, ratio) = (1e9 / median, median / medians[0]);
        print(&format!("{side:<24} {rate:>16.0} {:>12} {ratio:>8.2}", bytes / RECORDS as u64));
    }
    print("");
    Ok(())
}

/// The processor time that a process took to deliver all, and how many bytes that was.
fn run(side: &str, what: &str) -> Outcome<(u64, u64)> {
    let mut receiver = itself(&["receive"])?;
    let mut lines = BufReader::new(receiver.stdout.take().ok_or("no output")?).lines();
    let url = lines.next().ok_or("the receiver does not listen")??;
    let sender = itself(&["send", side, what, &url])?.wait_with_output()?;
    drop(receiver.stdin.take());
    let counts = lines.next().ok_or("the receiver does not count")??;
    receiver.wait()?;
    let counts: Vec<u64> = serde_json::from_str(&counts)?;
    if counts[0] != RECORDS as u64 {
        return Err(format!("{side} delivered {} of {RECORDS} records", counts[0]).into());
    }
    Ok((String::from_utf8(sender.stdout)?.trim().parse()?, counts[2]))
}

fn itself(arguments: &[&str]) -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

fn send(side: &str, what: &str, url: &str) -> Outcome<()> {
    let error = errors::with_fault();
    let is_failing = what == "failing";
    let log = || if is_failing { failing_event(&error) } else { ordinary_event() };
    let took = match side {
        "netcause" => ours(url, log)?,
        "emit_otlp" => emitted(url, || match is_failing {
            true => {
                emit::error!(mdl: emit::path!("checkout::payment"), "could not charge the card", err: &error)
            }
            false => emit::info!(
                mdl: emit::path!("checkout::payment"),
                "charged the card",
                #[emit::key("amount.cents")]
                amount: 1999_u64,
                provider: "acme",
            ),
        })?,
        _ => stock(url, log)?,
    };
    print(&took.as_nanos().to_string());
    Ok(())
}

/// Logs all at the pace, has `flush` wait until they are delivered, and says how much
/// processor time the process took for both.
fn paced(log: impl Fn(), flush: impl FnOnce() -> bool) -> Outcome<Duration> {
    let before = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    for _ in 0..RECORDS / AT_ONCE {
        (0..AT_ONCE).for_each(|_| log());
        thread::sleep(PAUSE);
    }
    if !flush() {
        return Err("not all was delivered".into());
    }
    Ok((clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)? - before).into())
}

fn ours(url: &str, log: impl Fn()) -> Outcome<Duration> {
    let resource = Resource::new(Some(SERVICE.to_owned()), Vec::new());
    let config = OtlpConfig {
        endpoint: url.to_owned(),
        resource: netcause_otlp::resource(&resource),
        buffer: QUEUE * 2048,
        ..OtlpConfig::default()
    };
    let exporter = std::sync::Arc::new(LogExporter::start(config)?);
    let layer = NetcauseLayer::with_exporters(vec![exporter.clone()]);
    with_default(&registry().with(layer).into(), || {
        let _spans = enter_spans();
        paced(log, || exporter.flush(Duration::from_secs(10)) == 0)
    })
}

fn stock(url: &str, log: impl Fn()) -> Outcome<Duration> {
    let exporter = opentelemetry_otlp::LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url)
        .build()?;
    let config = BatchConfigBuilder::default().with_max_queue_size(QUEUE).build();
    let processor = BatchLogProcessor::builder(exporter).with_batch_config(config).build();
    let provider = SdkLoggerProvider::builder().with_log_processor(processor).build();
    with_default(&otlp::appender(&provider), || {
        let _spans = enter_spans();
        paced(log, || provider.force_flush().is_ok())
    })
}

/// The fields of the same three spans, as emit has them.
#[allow(clippy::too_many_arguments, reason = "one for each field, in what the macro makes")]
fn emitted(url: &str, log: impl Fn()) -> Outcome<Duration> {
    let otlp = emit_otlp::new()
        .resource(emit::props! { #[emit::key("service.name")] service: SERVICE })
        .logs(emit_otlp::logs_http_proto(url));
    let emit = emit::setup().emit_to(otlp.spawn()).init();
    let request = emit::props! {
        #[emit::key("http.request.method")] method: "POST",
        #[emit::key("http.route")] route: "/checkout/{cart}",
        #[emit::key("client.address")] client: "10.2.0.7",
        #[emit::key("request.id")] id: "7d1c0a52-61f4",
    };
    let checkout = emit::props! {
        #[emit::key("cart.id")] cart: "c-7719",
        #[emit::key("user.id")] user: 77_123_u64,
        currency: "EUR",
    };
    let charge = emit::props! {
        #[emit::key("server.address")] server: "hello.from.the.other.side",
        #[emit::key("server.port")] port: 12_345_u64,
        #[emit::key("retry.attempt")] attempt: 2_u64,
        #[emit::key("retry.max_attempts")] most: 5_u64,
    };
    Frame::push(emit::ctxt(), request).call(|| {
        Frame::push(emit::ctxt(), checkout).call(|| {
            Frame::push(emit::ctxt(), charge)
                .call(|| paced(log, || emit.blocking_flush(Duration::from_secs(10))))
        })
    })
}
