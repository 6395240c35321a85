//! The way to an address that does not answer.
//!
//! Each packet opens a connection, as the ones did that got lost, and lives for one router
//! more than the one before. The router at which it ends says so (ICMP 11/0, ICMPv6 3/0), also
//! where it would have dropped the packet itself: its rules for what passes come after. The
//! kernel hands that message to an ordinary user's socket (`IP_RECVERR`, ip(7)).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use netcause_fault::{Cause, Confidence, Evidence, Fault, IcmpMeaning, Reason};
use tokio::task::JoinSet;

use super::{Hop, Trace};
use crate::connect::address;
use crate::{Trail, kernel};

/// More routers than this stand on no way of the internet, nearly.
const HOPS: u8 = 30;

/// Enough for a second packet, which Linux sends after one second.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Whether a way can be traced: only Linux hands the messages out, and no router stands between
/// a host and itself.
pub(super) fn is_worth_it(address: SocketAddr) -> bool {
    cfg!(target_os = "linux") && kernel::may_ask() && !address.ip().is_loopback()
}

/// Traces the way to an address.
pub(super) async fn trace(address: SocketAddr, limit: Duration) -> Trace {
    let started = Instant::now();
    let mut tries = JoinSet::new();
    for number in 1..=HOPS {
        tries.spawn(send(address, number, limit.min(PATIENCE)));
    }
    let mut answers = tries.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    let mut trace = Trace { address, elapsed: Duration::ZERO, hops: Vec::new(), reached: None };
    for (number, answer) in answers {
        match answer {
            Answer::Silence => {}
            Answer::Peer => {
                trace.reached = Some(number);
                break;
            }
            Answer::Machine(hop) => {
                trace.hops.push(hop);
                // Packets that live longer end there as well.
                if hop.icmp.meaning() != IcmpMeaning::TimeExceeded {
                    break;
                }
            }
        }
    }
    trace.elapsed = started.elapsed();
    trace
}

enum Answer {
    Silence,
    Peer,
    Machine(Hop),
}

async fn send(address: SocketAddr, number: u8, limit: Duration) -> (u8, Answer) {
    let (started, trail) = (Instant::now(), Trail::start());
    let answer = match address::connect_over(address, Some(number), limit, &trail).await {
        Ok(_) => Answer::Peer,
        Err(failure) => match failure.seen.icmp {
            Some(icmp) => Answer::Machine(Hop { number, icmp, elapsed: started.elapsed() }),
            // A reset.
            None if failure.seen.tcp.is_some_and(|it| it.segments_in > 0) => Answer::Peer,
            None => Answer::Silence,
        },
    };
    (number, answer)
}

/// The cause that a trace points to, where it shows more than silence.
pub(super) fn shows(trace: &Trace) -> Option<(Cause, Confidence)> {
    if trace.reached.is_some() {
        // Neither a rule that drops all nor a dead host does that.
        return Some((Cause::NetworkPath, Confidence::Possible));
    }
    let told = trace.last().filter(|it| it.icmp.meaning() != IcmpMeaning::TimeExceeded)?;
    let mut fault = Fault::of_reason(Reason::HostUnreachable);
    fault.add_evidence(Evidence::Icmp(told.icmp));
    fault.diagnose();
    // The packets that were lost before may have met another end.
    Some((fault.cause, fault.confidence.min(Confidence::Likely)))
}

/// What a trace shows, as a sentence.
pub(super) fn finding(trace: &Trace) -> String {
    if let Some(reached) = trace.reached {
        return format!("traced afterwards, the peer itself answered at hop {reached}");
    }
    let Some(last) = trace.last() else {
        return "no machine on the way answered packets that end early: the peer is in this \
                network, or the routers keep silent"
            .to_owned();
    };
    match (last.icmp.meaning(), last.icmp.sender) {
        (IcmpMeaning::TimeExceeded, Some(sender)) => format!(
            "the last machine on the way that answers is {sender} (hop {}): the packets die \
             there or right behind it",
            last.number
        ),
        _ => format!("traced afterwards, at hop {}: {}", last.number, last.icmp),
    }
}
