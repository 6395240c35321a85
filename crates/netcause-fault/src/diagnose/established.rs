//! What the facts of a connection that stood support.

use std::time::Duration;

use super::Seen;
use crate::{Cause, Confidence, Fault, Phase, Reason};

/// A peer that takes this long has worked on the request before it broke off.
const AT_WORK: Duration = Duration::from_millis(100);

/// What stands behind an answer that did not come, or not whole, in time.
pub(super) fn cause_of_waiting(fault: &Fault<'_>, seen: &Seen) -> Option<(Cause, Confidence)> {
    use Confidence::{Likely, Possible};
    if seen.path_is_broken() {
        return Some((Cause::NetworkPath, Likely));
    }
    if seen.is_too_short(fault.timeout) {
        return Some((Cause::ClientDeadline, Likely));
    }
    if seen.host_is_alive() {
        return Some((Cause::PeerOverloaded, Likely));
    }
    if seen.unacknowledged.is_some_and(|(bytes, _)| bytes > 0) {
        return Some((Cause::NetworkPath, Possible));
    }
    // Either the program is silent, or the path was cut since.
    seen.acknowledged.map(|_| (Cause::PeerOverloaded, Possible))
}

/// What stands behind a handshake that did not end in time.
pub(super) fn cause_of_handshake(fault: &Fault<'_>, seen: &Seen) -> Option<(Cause, Confidence)> {
    if seen.path_is_broken() {
        return Some((Cause::NetworkPath, Confidence::Likely));
    }
    seen.is_too_short(fault.timeout).then_some((Cause::ClientDeadline, Confidence::Likely))
}

/// What stands behind a connection that broke.
pub(super) fn cause_of_break(fault: &Fault<'_>, seen: &Seen) -> Option<(Cause, Confidence)> {
    let gave_up = [Some(Reason::ConnectionTimeoutEstablished), Some(Reason::KeepaliveTimeout)];
    if gave_up.contains(&fault.reason) && seen.path_is_broken() {
        return Some((Cause::NetworkPath, Confidence::Likely));
    }
    is_stale(fault, seen).then_some((Cause::Misconfiguration, Confidence::Likely))
}

/// Whether the peer had given an idle connection up before the request came: it is kept for
/// longer on this side than on the other.
pub(super) fn is_stale(fault: &Fault<'_>, seen: &Seen) -> bool {
    let is_end = matches!(
        fault.reason,
        Some(Reason::ConnectionReset | Reason::ConnectionClosed | Reason::BrokenPipe)
    );
    let no_answer = matches!(fault.phase, None | Some(Phase::Request | Phase::Response));
    let worked = seen.acknowledged.is_some_and(|silent| silent >= AT_WORK);
    is_end && no_answer && seen.reused && !seen.goodbye && !worked
}
