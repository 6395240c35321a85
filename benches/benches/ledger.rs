//! The ledger of peers: what a note costs each of two threads that write at the same time.

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use netcause_benches::measure::{Case, measure};
use netcause_benches::report::{Budget, print, print_budgets, table};
use netcause_fault::{Fault, Reason};
use netcause_net::{Ledger, Reach};

/// What all compare with: the time of day of this process, which every note asks for.
const BASE: &str = "asking the clock";

const THREADS: usize = 2;

/// What happens on every call.
const UPDATES: [&str; 5] = [
    "an answer, all of one peer",
    "an answer, of 1000 peers",
    "addresses, of 1000 peers",
    "a failure, all of one peer",
    "a failure, of 1000 peers",
];

fn main() {
    let (hot, many, full) = (Ledger::new(10_000), Ledger::new(10_000), Ledger::new(1_000));
    let hosts: Vec<String> = (0..1_000).map(|it| format!("host-{it}.example.internal")).collect();
    let strangers: Vec<String> = (0..50_000).map(|it| format!("stranger-{it}.example")).collect();
    let answers: Vec<IpAddr> = vec![[10, 0, 0, 1].into(), [10, 0, 0, 2].into()];
    let (hosts, strangers, answers) = (&hosts, &strangers, &answers);
    let host = |at: usize| pick(hosts, at);
    let cases = vec![
        two_threads(BASE, |_| {
            black_box(Instant::now());
        }),
        two_threads(UPDATES[0], |_| hot.reached("db", 5432, Reach::Answered)),
        two_threads(UPDATES[1], |at| many.reached(host(at), 443, Reach::Answered)),
        two_threads(UPDATES[2], |at| many.resolved(host(at), 443, answers)),
        two_threads(UPDATES[3], |_| fail(&hot, "cache")),
        two_threads(UPDATES[4], |at| fail(&many, host(at))),
        two_threads("a look, of 1000 peers", |at| {
            black_box(many.history(host(at), 443));
        }),
        two_threads("a new peer in place of an old one", |at| {
            full.reached(pick(strangers, at), 443, Reach::Answered);
        }),
    ];
    let measured = measure(cases);
    print(&table("The ledger under two threads: one note", &measured, BASE));
    let budget = |name| Budget::at_most(name, measured.nanoseconds(name), 200.0, None);
    print_budgets(&UPDATES.map(budget));
}

fn pick(hosts: &[String], at: usize) -> &str {
    hosts.get(at % hosts.len()).map(String::as_str).unwrap_or_default()
}

/// Notes a failure as those do who make faults.
fn fail(ledger: &Ledger, host: &str) {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some(host.into());
    fault.peer.server_port = Some(443);
    ledger.failed(black_box(&mut fault));
}

/// A case that does `work` on two threads at once; it takes as long as the slower one.
fn two_threads<'a>(name: &'static str, work: impl Fn(usize) + Sync + 'a) -> Case<'a> {
    Case::new(name, move |times| {
        let (begin, work) = (Barrier::new(THREADS), &work);
        let run = |thread: usize| {
            begin.wait();
            let start = Instant::now();
            // Each goes its own way through the peers.
            (0..times).for_each(|at| work(at as usize * (2 * thread + 1)));
            start.elapsed()
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|it| scope.spawn(move || run(it))).collect();
            let took = threads.into_iter().map(|it| it.join().unwrap_or(Duration::MAX));
            took.max().unwrap_or_default()
        })
    })
}
