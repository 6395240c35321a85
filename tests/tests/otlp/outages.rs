//! Receivers that are away, hang, or are too slow.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use netcause_record::{Export, OnFull};
use netcause_tests::receiver::{Arrived, Receiver, Reply, accepted};

use crate::sender::{Sender, quick};

const PATIENCE: Duration = Duration::from_secs(40);
const OUTAGE: Duration = Duration::from_secs(15);

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}

/// Sends a thousand a second for as long as that; returns how many, and the slowest 1 %.
fn send_for(sender: &Sender, time: Duration) -> (usize, Duration) {
    let start = Instant::now();
    let mut took = Vec::new();
    while start.elapsed() < time {
        let due = usize::try_from(start.elapsed().as_millis()).expect("it is not long");
        for number in took.len()..due {
            let before = Instant::now();
            sender.send(number..number + 1);
            took.push(before.elapsed());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let count = took.len();
    took.sort();
    (count, took[count * 99 / 100])
}

/// Numbers of records that arrived, without those that tell of losses.
fn numbers<'a>(arrived: impl IntoIterator<Item = &'a Arrived>) -> Vec<usize> {
    arrived.into_iter().flat_map(Arrived::texts).filter_map(|it| it.parse().ok()).collect()
}

/// What the records that tell of losses tell in all.
fn told(arrived: &[Arrived]) -> usize {
    let texts = arrived.iter().flat_map(Arrived::texts);
    let gaps = texts.filter(|text| text.contains("lost on their way"));
    gaps.filter_map(|text| text.split(' ').next()?.parse::<usize>().ok()).sum()
}

fn is_in_order(numbers: &[usize]) -> bool {
    numbers.is_sorted_by(|one, next| one < next)
}

#[test]
fn a_port_that_refuses_for_15_seconds_loses_nothing() {
    let address = nobody();
    let sender = Sender::start(quick(format!("http://{address}/v1/logs")));
    let (count, slowest) = send_for(&sender, OUTAGE);
    sender.adds_up(count as u64);
    let receiver = Receiver::start_at(address, false, |_, _| accepted());
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(count as u64, count as u64);
    assert_eq!(numbers(&receiver.arrived()), (0..count).collect::<Vec<_>>());
    assert!(slowest < Duration::from_millis(1), "{slowest:?}");
}

/// `Retry-After` for a pause of 5 s.
type Pause = fn() -> String;

#[test]
fn fifteen_seconds_of_503_that_ask_for_pauses_lose_nothing() {
    let in_seconds: Pause = || "5".to_owned();
    // A date tells whole seconds, so that up to one of the pause is missing.
    let as_a_date: Pause = || httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(5));
    let forms = [(in_seconds, 4_950), (as_a_date, 3_950)];
    std::thread::scope(|scope| {
        for (pause, least) in forms {
            scope.spawn(move || outage_with_pauses(pause, Duration::from_millis(least)));
        }
    });
}

fn outage_with_pauses(pause: Pause, least: Duration) {
    let start = Instant::now();
    let receiver = Receiver::start(false, move |_, _| match start.elapsed() < OUTAGE {
        true => Reply::Http(503, vec![("retry-after", pause())], Vec::new()),
        false => accepted(),
    });
    let sender = Sender::start(quick(receiver.url()));
    let (count, _) = send_for(&sender, OUTAGE);
    sender.adds_up(count as u64);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(count as u64, count as u64);
    let arrived = receiver.arrived();
    let in_outage = arrived.iter().filter(|it| it.at < start + OUTAGE);
    let times: Vec<_> = in_outage.map(|it| it.at).collect();
    assert!(times.len() <= 4, "{times:?}");
    assert!(times.windows(2).all(|two| two[1] - two[0] >= least), "{times:?}");
    let taken = numbers(arrived.iter().filter(|it| it.at >= start + OUTAGE));
    assert_eq!(taken, (0..count).collect::<Vec<_>>());
}

#[test]
fn a_receiver_that_hangs_for_15_seconds_holds_nobody_up() {
    let hangs = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&hangs);
    let receiver = Receiver::start(false, move |_, _| match still.load(Ordering::SeqCst) {
        true => Reply::Nothing,
        false => accepted(),
    });
    let mut settings = quick(receiver.url());
    settings.0.timeout = Duration::from_secs(2);
    let sender = Sender::start(settings);
    let (count, slowest) = send_for(&sender, OUTAGE);
    assert!(slowest < Duration::from_millis(1), "{slowest:?}");
    let before = Instant::now();
    assert!(sender.flush(Duration::from_secs(1)) > 0);
    assert!(before.elapsed() < Duration::from_millis(1_200), "{:?}", before.elapsed());
    sender.adds_up(count as u64);
    let attempts: Vec<_> = receiver.arrived().iter().map(|it| it.at).collect();
    assert!(attempts.windows(2).all(|two| two[1] - two[0] >= Duration::from_millis(1_950)));
    hangs.store(false, Ordering::SeqCst);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(count as u64, count as u64);
}

#[test]
fn an_outage_over_grpc_loses_nothing() {
    let address = nobody();
    let mut settings = quick(format!("http://{address}")).over_grpc();
    settings.0.timeout = Duration::from_millis(500);
    let sender = Sender::start(settings);
    sender.send(0..1_000);
    assert_eq!(sender.flush(Duration::from_secs(1)), 1_000);
    sender.adds_up(1_000);
    // It is back, hangs, cannot serve, has nothing behind it, and then takes all.
    let receiver = Receiver::start_at(address, true, |number, _| match number {
        0 => Reply::Nothing,
        1 => Reply::Grpc(14, "not now", ""),
        2 => Reply::Http(502, Vec::new(), Vec::new()),
        _ => Reply::Grpc(0, "", ""),
    });
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(1_000, 1_000);
    let arrived = receiver.arrived();
    assert_eq!(numbers(&arrived[3..]), (0..1_000).collect::<Vec<_>>());
}

#[test]
fn what_does_not_fit_is_lost_by_the_policy_counted_and_told() {
    for on_full in [OnFull::DropNewest, OnFull::DropOldest] {
        let address = nobody();
        let mut settings = quick(format!("http://{address}/v1/logs"));
        settings.0.queue_records = 1_000;
        settings.0.batch_records = 100;
        settings.0.on_full = on_full;
        let sender = Sender::start(settings);
        sender.send(0..5_000);
        sender.adds_up(5_000);
        let lost = usize::try_from(sender.exporter.losses().queue_full).expect("it is small");
        // A batch may be on its way besides.
        assert!((3_900..=4_000).contains(&lost), "{lost}");
        let receiver = Receiver::start_at(address, false, |_, _| accepted());
        assert_eq!(sender.flush(PATIENCE), 0);
        sender.settled(5_000, 5_000 - lost as u64);
        let arrived = receiver.arrived();
        let numbers = numbers(&arrived);
        assert!(is_in_order(&numbers), "{on_full:?}");
        // Whatever was on its way besides, there was room for so many.
        let mut kept = if on_full == OnFull::DropOldest { 4_000..5_000 } else { 0..1_000 };
        assert!(kept.all(|number| numbers.binary_search(&number).is_ok()), "{on_full:?}");
        assert_eq!(told(&arrived), lost);
    }
}

#[test]
fn a_caller_may_wait_for_room() {
    let receiver = Receiver::start(false, |_, _| {
        std::thread::sleep(Duration::from_millis(5));
        accepted()
    });
    let mut settings = quick(receiver.url());
    settings.0.queue_records = 200;
    settings.0.batch_records = 100;
    settings.0.on_full = OnFull::Block;
    let sender = Sender::start(settings);
    sender.send(0..3_000);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(3_000, 3_000);
}

#[test]
fn a_server_that_speaks_no_tls_is_given_up_after_one_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let kept = Arc::new(Mutex::new(Vec::new()));
    let streams = Arc::clone(&kept);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            streams.lock().expect("nobody panics").push((stream, Instant::now()));
        }
    });
    let mut settings = quick(format!("https://{address}/v1/logs"));
    settings.0.timeout = Duration::from_millis(500);
    let sender = Sender::start(settings);
    sender.send(0..5);
    assert_eq!(sender.flush(Duration::from_secs(2)), 5);
    sender.adds_up(5);
    assert!(kept.lock().expect("nobody panics").len() >= 2);
}

#[test]
fn a_refusal_that_comes_before_the_request_was_read_is_understood() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Closing with bytes unread resets the connection.
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let mut settings = quick(format!("http://{address}/v1/logs"));
    settings.0.batch_records = 64;
    let sender = Sender::start(settings);
    sender.send_long(64);
    assert_eq!(sender.flush(PATIENCE), 0);
    sender.settled(64, 0);
    assert_eq!(sender.exporter.losses().too_large, 64);
}

#[test]
fn an_answer_that_drips_is_given_up_after_one_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let came = Arc::new(Mutex::new(Vec::new()));
    let times = Arc::clone(&came);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            times.lock().expect("nobody panics").push(Instant::now());
            std::thread::spawn(move || {
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
                let mut is_open = stream.write_all(head).is_ok();
                while is_open {
                    // Always less than any limit, and never an end.
                    std::thread::sleep(Duration::from_millis(100));
                    is_open = stream.write_all(b" ").is_ok();
                }
            });
        }
    });
    let mut settings = quick(format!("http://{address}/v1/logs"));
    settings.0.timeout = Duration::from_millis(500);
    let sender = Sender::start(settings);
    sender.send(0..5);
    let start = Instant::now();
    assert_eq!(sender.flush(Duration::from_secs(3)), 5, "none of them is known to be there");
    assert!(start.elapsed() < Duration::from_millis(3_200), "{:?}", start.elapsed());
    sender.adds_up(5);
    let times = came.lock().expect("nobody panics").clone();
    assert!(times.len() >= 2, "{times:?}");
    assert!(times.windows(2).all(|two| two[1] - two[0] >= Duration::from_millis(500)));
}

#[test]
fn an_exporter_works_in_every_runtime_and_without() {
    let run = || {
        let receiver = Receiver::start(false, |_, _| accepted());
        let sender = Sender::start(quick(receiver.url()));
        sender.send(0..10);
        assert_eq!(sender.flush(PATIENCE), 0);
        sender.settled(10, 10);
    };
    run();
    let current = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    current.block_on(async { run() });
    let many = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
    many.block_on(async { run() });
    many.block_on(async { tokio::spawn(async move { run() }).await.expect("it ends") });
}

#[test]
fn an_idle_connection_that_the_receiver_closes_costs_nothing() {
    let receiver = Receiver::start(false, |number, _| match number {
        0 => Reply::Http(200, vec![("connection", "close".to_owned())], Vec::new()),
        _ => accepted(),
    });
    let sender = Sender::start(quick(receiver.url()));
    for number in 0..3 {
        sender.send(number..number + 1);
        let before = Instant::now();
        assert_eq!(sender.flush(PATIENCE), 0);
        assert!(before.elapsed() < Duration::from_millis(400), "no pause before another attempt");
    }
    sender.settled(3, 3);
}
