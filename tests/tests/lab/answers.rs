//! Connections that stand, and answers that do not come, or not whole.

use std::thread;
use std::time::Duration;

use netcause_cli::peers::{Script, scripts};
use netcause_fault::Category::{ConnectionReset, ResponseTimeout};
use netcause_fault::Cause::{
    ClientDeadline, Misconfiguration, NetworkPath, PeerFault, PeerOverloaded,
};
use netcause_fault::Confidence::{Likely, Possible};
use netcause_fault::{Fault, Retry};
use netcause_net::{Connector, KeepAlive};
use tokio::net::UdpSocket;

use crate::call::{Calls, at, call, calls, get, plain};
use crate::expect::expect;
use crate::lab::Lab;

/// An answer after which the connection stays.
const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Long enough for a request to be there.
const A_MOMENT: Duration = Duration::from_millis(300);

/// Asks after one second of silence, and each second again.
fn probing() -> Connector {
    let mut often = KeepAlive::default();
    (often.idle, often.interval) = (Duration::from_secs(1), Duration::from_secs(1));
    plain().keep_alive(often)
}

impl Lab {
    /// A client of its own, which keeps its connections from call to call.
    fn calls(&self, connector: Connector) -> Calls {
        self.client.run(|| async move { calls(connector) })
    }

    /// A call that succeeds and leaves its connection idle.
    fn succeed(&self, calls: &Calls, host: &str) {
        let (calls, host) = (calls.clone(), host.to_owned());
        self.client.run(|| async move { get(&calls, &host).await.unwrap() });
    }

    /// A call that fails, while something happens.
    #[track_caller]
    fn fail(
        &self,
        calls: &Calls,
        host: &str,
        limit: Duration,
        meanwhile: impl FnOnce(),
    ) -> Fault<'static> {
        let (calls, host) = (calls.clone(), host.to_owned());
        thread::scope(|scope| {
            let failing = scope.spawn(|| {
                self.client
                    .run(move || async move { call(&calls, &host, limit).await.unwrap_err() })
            });
            thread::sleep(A_MOMENT);
            meanwhile();
            failing.join().unwrap()
        })
    }

    fn cut(&self) {
        self.router.rule("forward", "tcp dport 7001 drop");
        self.router.rule("forward", "tcp sport 7001 drop");
    }
}

#[test]
fn a_host_that_answers_probes_for_a_silent_program_is_overloaded() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().hang());
    let limit = Duration::from_millis(2_700);
    for server in lab.server_addresses() {
        let fault = lab.fail(&lab.calls(probing()), &at(server, 7001), limit, || {});
        expect("hung after accept, keep-alive probes answered", &fault)
            .category(ResponseTimeout)
            .cause(&[PeerOverloaded])
            .confidence(Likely, Likely)
            .evidence("the peer's kernel answered a keep-alive probe")
            .evidence("the peer's kernel acknowledged the whole request")
            .hint("the peer's host is alive and its program silent");
    }
}

#[test]
fn a_path_that_is_cut_before_the_request_is_acknowledged_is_told() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().send(ANSWER).read_head().hang());
    let host = at(lab.v4(2, 2), 7001);
    let calls = lab.calls(plain());
    lab.succeed(&calls, &host);
    lab.cut();
    let fault = lab.fail(&calls, &host, Duration::from_millis(1_500), || {});
    expect("path cut before the request was acknowledged", &fault)
        .category(ResponseTimeout)
        .cause(&[NetworkPath])
        .confidence(Likely, Likely)
        .evidence("sent and not acknowledged, after")
        .hint("broke after the connection was made");
}

#[test]
fn a_path_that_is_cut_later_shows_in_probes() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().hang());
    let host = at(lab.v4(2, 2), 7001);
    let fault = lab.fail(&lab.calls(probing()), &host, Duration::from_millis(3_600), || lab.cut());
    expect("path cut after the request was acknowledged, probes unanswered", &fault)
        .category(ResponseTimeout)
        .cause(&[NetworkPath])
        .confidence(Likely, Likely)
        .evidence("keep-alive probes were not answered")
        .hint("broke after the connection was made");
}

#[test]
fn without_probes_a_hung_program_and_a_cut_path_look_the_same() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().hang());
    let host = at(lab.v4(2, 2), 7001);
    let limit = Duration::from_millis(1_500);
    let without = || lab.calls(plain().keep_alive(None));
    let hung = lab.fail(&without(), &host, limit, || {});
    let cut = lab.fail(&without(), &host, limit, || lab.cut());
    for (situation, fault) in [("hung, no probes", &hung), ("cut, no probes", &cut)] {
        expect(situation, fault)
            .category(ResponseTimeout)
            .cause(&[PeerOverloaded, NetworkPath])
            .confidence(Possible, Possible)
            .evidence("the peer's kernel acknowledged the whole request; nothing more came for")
            .no_evidence("keep-alive probe")
            .hint("slow or stuck, or the path was cut meanwhile");
    }
}

#[test]
fn a_probe_that_was_only_just_sent_is_not_lost() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().hang());
    // Both end at the same moment: the limit, and the second before the first probe.
    let limit = Duration::from_secs(1);
    let fault = lab.fail(&lab.calls(probing()), &at(lab.v4(2, 2), 7001), limit, || {});
    expect("hung, limit as long as the pause before the first probe", &fault)
        .category(ResponseTimeout)
        .cause(&[PeerOverloaded])
        .confidence(Possible, Likely)
        .no_evidence("not answered");
}

#[test]
fn a_firewall_that_turns_against_a_connection_is_the_path() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().send(ANSWER).read_head().hang());
    let host = at(lab.v4(2, 2), 7001);
    let calls = lab.calls(plain());
    lab.succeed(&calls, &host);
    lab.router.rule("forward", "tcp dport 7001 reject with icmpx type host-unreachable");
    let fault = lab.fail(&calls, &host, Duration::from_millis(1_500), || {});
    expect("reject of an open connection", &fault)
        .category(ResponseTimeout)
        .cause(&[NetworkPath])
        .confidence(Likely, Likely)
        .evidence("sent and not acknowledged, after")
        .evidence("an ICMP message about this connection came: EHOSTUNREACH");
}

#[test]
fn a_peer_that_breaks_off_in_mid_answer_is_at_fault() {
    let Some(lab) = Lab::build() else { return };
    for (port, situation, script) in [
        (7001, "killed in mid-body, reset", scripts::reset_in_body()),
        (7002, "killed in mid-body, closed", scripts::truncated_body()),
        (7003, "killed before the answer", scripts::reset_on_request()),
    ] {
        let _peer = lab.serve(port, script);
        let host = at(lab.v4(2, 2), port);
        let fault = lab.fail(&lab.calls(plain()), &host, Duration::from_secs(5), || {});
        expect(situation, &fault)
            .category(ConnectionReset)
            .cause(&[PeerFault])
            .confidence(Possible, Likely);
        assert_eq!(fault.retry, Some(Retry::IfIdempotent));
    }
}

#[test]
fn a_connection_that_the_peer_had_given_up_is_a_matter_of_settings() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().read_head().send(ANSWER).pause(A_MOMENT).close());
    let host = at(lab.v4(2, 2), 7001);
    let calls = lab.calls(plain());
    lab.succeed(&calls, &host);
    // The end of the connection gets lost, as it does in a balancer that forgot it.
    lab.router.rule("forward", "tcp sport 7001 tcp flags & fin == fin drop");
    thread::sleep(2 * A_MOMENT);
    let fault = lab.fail(&calls, &host, Duration::from_secs(5), || {});
    expect("stale keep-alive, closed by the peer", &fault)
        .category(ConnectionReset)
        .cause(&[Misconfiguration])
        .confidence(Likely, Likely)
        .evidence("the connection was reused after")
        .no_evidence("acknowledged")
        .hint("keep the pool's idle timeout below theirs");
    assert_eq!(fault.retry, Some(Retry::Yes));
}

#[test]
fn a_limit_below_the_distance_is_ours_to_raise() {
    let Some(lab) = Lab::build() else { return };
    // 1000 bytes a second: whoever stands in line has a long way to go.
    let slow = "tc qdisc add dev net2 root tbf rate 8kbit burst 200 latency 5s";
    if let Err(error) = lab.router.try_shell(slow) {
        println!("SKIPPED: no slow links here: {error}");
        return;
    }
    let _peer = lab.serve(7001, Script::new().read_head().send(ANSWER).read_head().hang());
    let server = lab.v4(2, 2);
    let host = at(server, 7001);
    let calls = lab.calls(plain());
    lab.client.run(move || async move {
        let socket = UdpSocket::bind("0.0.0.0:0").await.unwrap();
        for _ in 0..7 {
            socket.send_to(&[0; 100], (server, 9)).await.unwrap();
        }
    });
    lab.succeed(&calls, &host);
    let fault = lab.fail(&calls, &host, Duration::from_millis(200), || {});
    expect("limit below two round trips", &fault)
        .category(ResponseTimeout)
        .cause(&[ClientDeadline])
        .confidence(Likely, Likely)
        .evidence("a round trip to this peer takes")
        .hint("raise it");
}
