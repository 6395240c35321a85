//! Hints for what the network, the kernel and the peer's history showed.

use super::{Parts, about, after_short_limit, plain};
use crate::diagnose::Seen;
use crate::{Cause, Fault, Icmp, IcmpMeaning, IcmpSender, Reason};

/// What to check after an attempt to connect of which more is known than the error.
pub(super) fn of_connecting(fault: &Fault<'_>, seen: &Seen) -> Option<Parts> {
    if let Some(icmp) = seen.icmp {
        return of_icmp(icmp);
    }
    if seen.nothing_sent {
        return Some(about(
            "this host itself refused to connect to ",
            ": look at its routes (ip route get), VPN and local policy",
        ));
    }
    if seen.moved {
        return Some(about(
            "the name leads to ",
            " now, as it did not when the peer was last reached: check that this address is right, that the service runs there, and that firewalls know it",
        ));
    }
    match fault.reason {
        Some(Reason::ConnectRefused) => of_refusal(fault, seen),
        _ => None,
    }
}

fn of_refusal(fault: &Fault<'_>, seen: &Seen) -> Option<Parts> {
    if fault.cause != Cause::PeerDown {
        return None;
    }
    if seen.reached.is_some() {
        let parts = about(
            "",
            " took connections before and refuses them now: the process stopped, crashed or restarts; look at its state and log",
        );
        let more = if seen.reset { "" } else { ", then for a firewall that began to reject" };
        return Some(Parts { more, ..parts });
    }
    (seen.reset && seen.never_reached).then(|| {
        about(
            "",
            " said no: nothing listens there; check the port first, then that the process runs and listens on this address",
        )
    })
}

fn of_icmp(icmp: Icmp) -> Option<Parts> {
    match icmp.meaning() {
        IcmpMeaning::Prohibited => Some(of_prohibition(icmp)),
        IcmpMeaning::PortRejected => Some(of_rejection(icmp)),
        IcmpMeaning::NoWay => Some(of_no_way(icmp)),
        IcmpMeaning::TimeExceeded => Some(sent_by(
            icmp,
            "the packets to ",
            " went in a circle until ",
            " dropped them: check the routes there",
        )),
        IcmpMeaning::Other => None,
    }
}

fn of_prohibition(icmp: Icmp) -> Parts {
    match icmp.from {
        IcmpSender::ThisHost => about(
            "a firewall rule on this host forbids connections to ",
            ": look at its nftables or iptables rules, or at the network policy that wrote them",
        ),
        IcmpSender::Peer => about(
            "a firewall rule on the peer's host forbids this connection to ",
            ": have it let this host in",
        ),
        IcmpSender::Between => sent_by(
            icmp,
            "connections to ",
            " are forbidden by the firewall at ",
            ": have its rules let this host through",
        ),
    }
}

fn of_rejection(icmp: Icmp) -> Parts {
    match icmp.from {
        IcmpSender::ThisHost => about(
            "a rule on this host rejects connections to ",
            ": in Kubernetes a Service without ready endpoints, else its own firewall",
        ),
        IcmpSender::Peer => about(
            "a firewall rule on the peer's host rejects connections to ",
            " (a closed port would have answered with a reset): have it let this host in",
        ),
        IcmpSender::Between => sent_by(
            icmp,
            "connections to ",
            " are rejected by a firewall at ",
            " (a closed port would have answered with a reset): have its rules let this host through",
        ),
    }
}

fn of_no_way(icmp: Icmp) -> Parts {
    match icmp.from {
        IcmpSender::ThisHost => about(
            "the next machine on the way to ",
            " did not answer: the peer itself where it is in the same network, else the gateway; it is off, or the address is wrong",
        ),
        IcmpSender::Peer => about(
            "",
            " answered that it cannot pass this on: look at the machine or network behind it",
        ),
        IcmpSender::Between => sent_by(
            icmp,
            "no way to ",
            " beyond ",
            ": a missing route there, or the host or network behind it is off; a firewall may say so, too",
        ),
    }
}

/// A hint that names the peer and then the machine that answered for it.
fn sent_by(icmp: Icmp, before: &'static str, between: &'static str, after: &'static str) -> Parts {
    match icmp.sender {
        Some(sender) => Parts { sender: Some(sender), more: after, ..about(before, between) },
        None => about(before, after),
    }
}

/// What to check after silence, where history tells where to begin.
pub(super) fn of_silence(fault: &Fault<'_>, seen: &Seen) -> Option<Parts> {
    let parts = match (fault.cause, seen.reached) {
        (Cause::ClientDeadline, _) => LIMIT_TOO_SHORT,
        (Cause::PeerOverloaded, None) => about(
            "nothing came back from ",
            ", which is this host: its accept queue is full (ss -lnt), or a rule of its own drops",
        ),
        (Cause::PeerOverloaded, Some(_)) => about(
            "",
            " served others while this attempt went unanswered: its accept queue is full (ss -lnt there), or something limits new connections",
        ),
        (_, Some(_)) => Parts {
            more: after_short_limit(fault),
            ..about(
                "",
                " took connections before and stays silent now: a dead host, a full accept queue, or a new rule that drops",
            )
        },
        _ => return None,
    };
    Some(parts)
}

/// What to check after an answer that did not come in time.
pub(super) fn of_waiting(fault: &Fault<'_>, seen: &Seen) -> Option<Parts> {
    let parts = match fault.cause {
        Cause::NetworkPath if seen.path_is_broken() => about(
            "the path to ",
            " broke after the connection was made, or its host died: check routes, firewalls that forget connections, and that the host is up",
        ),
        Cause::ClientDeadline => LIMIT_TOO_SHORT,
        Cause::PeerOverloaded if seen.host_is_alive() => plain(
            "the peer's host is alive and its program silent: slow, overloaded or stuck; look at its load, threads and log",
        ),
        Cause::PeerOverloaded if seen.acknowledged.is_some() => plain(
            "the peer's host took the request and nothing came since: its program is slow or stuck, or the path was cut meanwhile; TCP keep-alive would tell which",
        ),
        _ => return None,
    };
    Some(parts)
}

/// What to check after a connection broke.
pub(super) fn of_break(fault: &Fault<'_>, seen: &Seen) -> Option<Parts> {
    (fault.cause == Cause::Misconfiguration && seen.reused).then_some(plain(
        "an idle connection that the peer, or something on the way, had given up: keep the pool's idle timeout below theirs",
    ))
}

const LIMIT_TOO_SHORT: Parts = plain(
    "the limit leaves hardly more time than the way there and back takes: raise it, or call something nearer",
);
