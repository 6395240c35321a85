//! What the counters of a connection tell of a call that failed on it.

use std::time::Duration;

use netcause_fault::{Category, Evidence, Fault, Phase};

use super::TcpInfo;
use crate::KeepAlive;

/// The longest that a kernel may hold back an acknowledgement (RFC 1122 §4.2.3.2), in
/// milliseconds.
const LONGEST_DELAY: u32 = 500;

/// What the answer to a probe may take beyond the round trip: both hosts' timers are coarse.
const SLOW_ANSWER: Duration = Duration::from_millis(200);

impl TcpInfo {
    /// Adds to the fault of a call what these counters tell; call it before
    /// [`Fault::diagnose`].
    ///
    /// Only what was seen is said. A request that was acknowledged and not answered may mean a
    /// silent program or a path that was cut since; an answered keep-alive probe tells which.
    ///
    /// ```
    /// use netcause_fault::{Evidence, Fault, Reason};
    /// use netcause_net::TcpInfo;
    ///
    /// let mut lost = TcpInfo::default();
    /// (lost.bytes_sent, lost.bytes_acked) = (500, 1);
    /// lost.retransmits = 3;
    /// let mut fault = Fault::of_reason(Reason::ResponseTimeout);
    /// lost.describe(&mut fault);
    /// assert_eq!(fault.evidence[0], Evidence::Unacknowledged(500, 3));
    /// ```
    pub fn describe(&self, fault: &mut Fault<'_>) {
        self.describe_probed(None, fault);
    }

    /// The same where it is known when probes are sent.
    pub(crate) fn describe_probed(&self, probing: Option<KeepAlive>, fault: &mut Fault<'_>) {
        if !matters(fault) {
            return;
        }
        if self.unacked_bytes() > 0 && self.retransmits > 0 {
            let count = u32::from(self.retransmits);
            fault.add_evidence(Evidence::Unacknowledged(self.unacked_bytes(), count));
        }
        match self.probes_lost(probing) {
            0 if self.probe_answered() => {
                let ago = milliseconds(self.last_ack_received);
                fault.add_evidence(Evidence::ProbesAnswered(ago));
            }
            0 => {}
            count => fault.add_evidence(Evidence::ProbesUnanswered(count)),
        }
        // A handshake is no request.
        if self.is_acknowledged() && fault.phase != Some(Phase::Tls) {
            fault.add_evidence(Evidence::RequestAcknowledged(self.silence()));
        }
        self.add_distance(fault);
    }

    /// Probes without an answer, but for the last one if its answer may be on the way.
    fn probes_lost(&self, probing: Option<KeepAlive>) -> u32 {
        let before = u32::from(self.probes.saturating_sub(1));
        let answer_is_late = probing.is_some_and(|probing| {
            let sent = probing.idle + probing.interval * before;
            let answer = Duration::from_micros(self.rtt.into()) + SLOW_ANSWER;
            milliseconds(self.last_ack_received) >= sent + answer
        });
        if answer_is_late { self.probes.into() } else { before }
    }

    /// Whether everything that the program wrote was acknowledged.
    fn is_acknowledged(&self) -> bool {
        self.bytes_acked > 1 && self.unacked_bytes() == 0 && self.bytes_unsent == 0
    }

    /// Whether the peer's kernel spoke once more after it had acknowledged the data: it
    /// answered a probe.
    fn probe_answered(&self) -> bool {
        let own = (self.rtt / 1000).saturating_add(LONGEST_DELAY);
        let since_data = self.last_data_sent.min(self.last_data_received);
        self.is_acknowledged() && since_data.saturating_sub(self.last_ack_received) > own
    }

    /// For how long nothing came after the program had last written.
    fn silence(&self) -> Duration {
        milliseconds(self.last_data_sent.min(self.last_data_received))
    }

    /// A limit that leaves no more than a few round trips says more about the limit than
    /// about the peer.
    fn add_distance(&self, fault: &mut Fault<'_>) {
        let round_trip = Duration::from_micros(self.rtt.into());
        let limit = fault.timeout.or(fault.elapsed);
        if limit.is_some_and(|limit| limit < round_trip * FEW) {
            fault.add_evidence(Evidence::RoundTrip(round_trip));
        }
    }
}

const FEW: u32 = 4;

/// Whether the failure is one of silence or of a connection that broke: an answer has nothing
/// to do with the path.
fn matters(fault: &Fault<'_>) -> bool {
    matches!(
        fault.category,
        Category::ResponseTimeout
            | Category::Timeout
            | Category::ConnectionReset
            | Category::Cancelled
            | Category::TlsHandshake
    )
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

#[cfg(test)]
mod tests {
    use netcause_fault::Reason;

    use super::*;

    /// 500 bytes sent and acknowledged, nothing back for 3.6 s.
    fn silent() -> TcpInfo {
        TcpInfo {
            state: 1,
            bytes_sent: 500,
            bytes_acked: 501,
            rtt: 400,
            last_data_sent: 3600,
            last_data_received: 3600,
            last_ack_received: 3600,
            ..TcpInfo::default()
        }
    }

    fn evidence(info: TcpInfo) -> Vec<Evidence<'static>> {
        let mut fault = Fault::of_reason(Reason::ResponseTimeout);
        info.describe(&mut fault);
        fault.evidence.to_vec()
    }

    #[test]
    fn without_probes_silence_is_silence() {
        let silence = Evidence::RequestAcknowledged(Duration::from_millis(3600));
        assert_eq!(evidence(silent()), [silence]);
    }

    #[test]
    fn an_acknowledgement_long_after_the_data_answers_a_probe() {
        let answered = TcpInfo { last_ack_received: 520, ..silent() };
        assert_eq!(evidence(answered)[0], Evidence::ProbesAnswered(Duration::from_millis(520)));
        let delayed = TcpInfo { last_ack_received: 3200, ..silent() };
        assert!(!evidence(delayed).iter().any(|it| matches!(it, Evidence::ProbesAnswered(_))));
    }

    #[test]
    fn probes_without_an_answer_are_counted() {
        let cut = TcpInfo { probes: 3, ..silent() };
        let told = |probing: Option<KeepAlive>| {
            let mut fault = Fault::of_reason(Reason::ResponseTimeout);
            cut.describe_probed(probing, &mut fault);
            fault.evidence[0].clone()
        };
        // The third one may have been sent just now.
        assert_eq!(told(None), Evidence::ProbesUnanswered(2));
        let mut probing = KeepAlive::default();
        (probing.idle, probing.interval) = (Duration::from_secs(1), Duration::from_secs(1));
        assert_eq!(told(Some(probing)), Evidence::ProbesUnanswered(3));
        probing.idle = Duration::from_millis(1500);
        assert_eq!(told(Some(probing)), Evidence::ProbesUnanswered(2));
    }

    #[test]
    fn what_is_on_the_way_is_not_lost() {
        let sent = TcpInfo { bytes_sent: 900, ..silent() };
        assert_eq!(evidence(sent), []);
        let lost = TcpInfo { retransmits: 2, ..sent };
        assert_eq!(evidence(lost), [Evidence::Unacknowledged(400, 2)]);
    }

    #[test]
    fn what_waits_to_be_sent_is_not_acknowledged() {
        assert_eq!(evidence(TcpInfo { bytes_unsent: 10, ..silent() }), []);
    }

    #[test]
    fn a_limit_near_the_round_trip_is_told() {
        let far = TcpInfo { rtt: 90_000, ..silent() };
        let mut fault = Fault::of_reason(Reason::ResponseTimeout);
        fault.timeout = Some(Duration::from_millis(100));
        far.describe(&mut fault);
        assert!(fault.evidence.contains(&Evidence::RoundTrip(Duration::from_millis(90))));
    }

    #[test]
    fn an_answer_is_no_matter_of_the_path() {
        let mut fault = Fault::new(Category::HttpServerError);
        silent().describe(&mut fault);
        assert!(fault.evidence.is_empty());
    }
}
