//! [`Seen`]: the evidence of a fault, each fact by its name.

use std::time::Duration;

use crate::{Evidence, Fault, Icmp};

/// What the network, the kernel and the peer's history showed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// The message that ended the attempt.
    pub(crate) icmp: Option<Icmp>,
    /// Packets that open a connection, none of them answered.
    pub(crate) unanswered: Option<u32>,
    /// A reset answered the attempt, and no ICMP message did.
    pub(crate) reset: bool,
    /// The kernel refused, and no packet left this host.
    pub(crate) nothing_sent: bool,
    /// The peer was never reached.
    pub(crate) never_reached: bool,
    /// How long ago it was reached; unknown where the name has led elsewhere since.
    pub(crate) reached: Option<Duration>,
    /// The name leads to other addresses than when the peer was last reached.
    pub(crate) moved: bool,
    /// The peer's kernel took the request, and nothing came for that long.
    pub(crate) acknowledged: Option<Duration>,
    /// Bytes that were not acknowledged, and retransmissions of them.
    pub(crate) unacknowledged: Option<(u64, u32)>,
    /// How long ago a keep-alive probe was answered.
    pub(crate) probed: Option<Duration>,
    /// Keep-alive probes without an answer.
    pub(crate) probes_lost: u32,
    /// An ICMP message told that packets of the connection do not arrive.
    pub(crate) soft_error: bool,
    /// The connection had been used before.
    pub(crate) reused: bool,
    /// The peer announced the end of the connection.
    pub(crate) goodbye: bool,
    /// The measured round trip.
    pub(crate) round_trip: Option<Duration>,
    /// This process has as many files open as it may.
    pub(crate) no_file_left: bool,
}

impl Seen {
    pub(crate) fn of(fault: &Fault<'_>) -> Self {
        let mut seen = Seen::default();
        for fact in &fault.evidence {
            seen.take(fact);
        }
        // What was reached then was another machine.
        seen.reached = seen.reached.filter(|_| !seen.moved);
        seen
    }

    fn take(&mut self, fact: &Evidence<'_>) {
        match fact {
            Evidence::Icmp(icmp) => {
                self.icmp.get_or_insert(*icmp);
            }
            Evidence::Unanswered(sent) | Evidence::NoAnswer(sent) => self.unanswered = Some(*sent),
            Evidence::ResetOnConnect => self.reset = true,
            Evidence::NothingSent => self.nothing_sent = true,
            Evidence::NeverReached => self.never_reached = true,
            Evidence::LastReached(ago) => self.reached = Some(*ago),
            Evidence::AddressesChanged => self.moved = true,
            Evidence::RequestAcknowledged(silent) => self.acknowledged = Some(*silent),
            Evidence::Unacknowledged(bytes, again) => self.unacknowledged = Some((*bytes, *again)),
            Evidence::ProbesAnswered(ago) => self.probed = Some(*ago),
            Evidence::ProbesUnanswered(lost) => self.probes_lost = *lost,
            Evidence::SoftError(_) => self.soft_error = true,
            Evidence::Reused(_) => self.reused = true,
            Evidence::Goodbye(_) => self.goodbye = true,
            Evidence::RoundTrip(time) => self.round_trip = Some(*time),
            Evidence::OpenFiles(open, limit) => self.no_file_left = open >= limit,
            _ => {}
        }
    }

    /// Whether what was sent got lost: sent again and still not acknowledged, or not even a
    /// probe was answered, or a machine on the way said so.
    pub(crate) fn path_is_broken(&self) -> bool {
        self.probes_lost > 0
            || self.soft_error
            || self.unacknowledged.is_some_and(|(bytes, again)| bytes > 0 && again > 0)
    }

    /// Whether the peer's host has answered a probe since it took the request.
    pub(crate) fn host_is_alive(&self) -> bool {
        let since = |ago: Duration| self.acknowledged.is_none_or(|silent| ago <= silent);
        self.unacknowledged.is_none() && self.probes_lost == 0 && self.probed.is_some_and(since)
    }

    /// Whether a limit leaves no time but for the way there and back.
    pub(crate) fn is_too_short(&self, limit: Option<Duration>) -> bool {
        matches!((limit, self.round_trip), (Some(limit), Some(way)) if limit < way.saturating_mul(2))
    }
}
