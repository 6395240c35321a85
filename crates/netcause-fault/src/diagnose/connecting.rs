//! What the facts of an attempt to connect support.

use std::net::IpAddr;
use std::time::Duration;

use super::Seen;
use crate::{Category, Cause, Confidence, Fault, Icmp, IcmpMeaning, Limit, Phase};

/// What stands behind an attempt to connect that failed, as far as more is known than the
/// error itself.
pub(super) fn cause(fault: &Fault<'_>, seen: &Seen) -> Option<(Cause, Confidence)> {
    use Confidence::{Likely, Possible};
    if let Some(icmp) = seen.icmp {
        return Some(of_icmp(icmp));
    }
    if seen.nothing_sent {
        // Routes and policies of this host are somebody's setting.
        return Some((Cause::Misconfiguration, Likely));
    }
    match fault.category {
        // The kernel hands an ICMP message on when it gives an open connection up.
        Category::ConnectRefused if is_open(fault) => Some((Cause::Firewall, Possible)),
        Category::Unreachable if is_open(fault) => Some((Cause::NetworkPath, Possible)),
        // Without the reset itself an ICMP message may have refused, whatever was there before.
        Category::ConnectRefused if seen.reset => Some((Cause::PeerDown, Likely)),
        Category::ConnectTimeout | Category::Timeout => of_silence(fault, seen),
        _ => None,
    }
}

/// Whether a fault speaks of an attempt to connect.
pub(super) fn is_it(fault: &Fault<'_>, seen: &Seen) -> bool {
    match fault.category {
        Category::ConnectRefused | Category::ConnectTimeout | Category::Unreachable => true,
        Category::Timeout => {
            seen.unanswered.is_some()
                || fault.phase == Some(Phase::Connect)
                || fault.limit == Some(Limit::Connect)
        }
        _ => false,
    }
}

/// Whether the connection stood already.
fn is_open(fault: &Fault<'_>) -> bool {
    matches!(fault.phase, Some(Phase::Tls | Phase::Request | Phase::Response | Phase::Body))
}

/// Only a policy answers that something is prohibited. A reject rule may choose every other
/// message as well, but a machine without one answers a closed port with a reset.
fn of_icmp(icmp: Icmp) -> (Cause, Confidence) {
    use Confidence::{Certain, Likely, Possible};
    match icmp.meaning() {
        IcmpMeaning::Prohibited => (Cause::Firewall, Certain),
        IcmpMeaning::PortRejected => (Cause::Firewall, Likely),
        IcmpMeaning::NoWay | IcmpMeaning::TimeExceeded => (Cause::NetworkPath, Likely),
        // Every host knows TCP.
        IcmpMeaning::Other if (icmp.v6, icmp.kind, icmp.code) == (false, 3, 2) => {
            (Cause::Firewall, Possible)
        }
        IcmpMeaning::Other => (Cause::NetworkPath, Possible),
    }
}

/// Nothing came back. A rule that drops, a dead host and a full accept queue look the same;
/// what else is known of the peer tells which one to look at first.
fn of_silence(fault: &Fault<'_>, seen: &Seen) -> Option<(Cause, Confidence)> {
    use Confidence::{Likely, Possible};
    if seen.is_too_short(fault.timeout) {
        return Some((Cause::ClientDeadline, Likely));
    }
    if let Some(ago) = seen.reached {
        let verdict = match answered_others(fault, ago) {
            // One packet alone may have got lost.
            true if seen.unanswered.is_some_and(|sent| sent > 1) => (Cause::PeerOverloaded, Likely),
            true => (Cause::PeerOverloaded, Possible),
            false => (Cause::PeerDown, Possible),
        };
        return Some(verdict);
    }
    if seen.unanswered.is_some() && fault.peer.peer_address.is_some_and(|it| it.is_loopback()) {
        // This host is neither dead nor far; mostly its queue is full.
        return Some((Cause::PeerOverloaded, Possible));
    }
    (seen.never_reached || seen.moved || seen.unanswered.is_some())
        .then_some((Cause::Firewall, Possible))
}

/// Whether the peer was reached while this attempt went unanswered, and not only at its
/// beginning: its host is alive, and the way there is open.
fn answered_others(fault: &Fault<'_>, ago: Duration) -> bool {
    fault.elapsed.is_some_and(|elapsed| ago < elapsed / 2)
}

/// Over IPv4 only this host's own policy answers EACCES; over IPv6 a firewall's ICMP
/// message does, too.
pub(super) fn cause_of_denial(fault: &Fault<'_>) -> (Cause, Confidence) {
    match fault.peer.peer_address {
        Some(IpAddr::V4(_)) => (Cause::Misconfiguration, Confidence::Likely),
        Some(IpAddr::V6(_)) => (Cause::Firewall, Confidence::Possible),
        None => (Cause::Misconfiguration, Confidence::Possible),
    }
}
