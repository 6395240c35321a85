//! What this process has seen of a peer before.

use std::net::SocketAddr;
use std::time::Duration;

use netcause_cli::peers::{Peer, Script, scripts};
use netcause_fault::Category::{ConnectRefused, ConnectTimeout};
use netcause_fault::Cause::{Firewall, PeerDown, PeerOverloaded};
use netcause_fault::Confidence::{Likely, Possible};
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::call::{at, calls, get, plain};
use crate::expect::expect;
use crate::lab::Lab;

impl Lab {
    /// A server that follows a script on each connection.
    pub(crate) fn serve(&self, port: u16, script: Script) -> Peer {
        self.server.run(move || async move {
            let listener = TcpListener::bind(("::", port)).await.unwrap();
            Peer::scripted_on(listener, vec![script]).unwrap()
        })
    }

    /// A call that succeeds.
    pub(crate) fn reach(&self, host: &str) {
        let host = host.to_owned();
        self.client.run(|| async move { get(&calls(plain()), &host).await.unwrap() });
    }
}

#[test]
fn a_peer_that_was_there_a_moment_ago_went_down() {
    let Some(lab) = Lab::build() else { return };
    let host = format!("{}:7001", lab.server_name());
    let peer = lab.serve(7001, scripts::status(200, &[]));
    lab.reach(&host);
    drop(peer);
    std::thread::sleep(Duration::from_millis(50));
    lab.fault(&host);
    expect("peer reached a moment ago, then refused", &lab.fault(&host))
        .category(ConnectRefused)
        .cause(&[PeerDown])
        .confidence(Likely, Likely)
        .evidence("this peer was last reached")
        .evidence("2 failures in a row")
        .no_evidence("never reached")
        .hint("the process stopped, crashed or restarts");
}

#[test]
fn silence_of_a_peer_that_was_there_is_told_as_such() {
    let Some(lab) = Lab::build() else { return };
    let host = at(lab.v4(2, 2), 7001);
    let _peer = lab.serve(7001, scripts::status(200, &[]));
    lab.reach(&host);
    lab.router.rule("forward", "tcp dport 7001 drop");
    let limit = Duration::from_millis(1_500);
    expect("DROP after the peer was reached", &lab.fault_within(&host, limit))
        .category(ConnectTimeout)
        .cause(&[Firewall, PeerDown, PeerOverloaded])
        .confidence(Possible, Likely)
        .evidence("2 SYNs sent, no answer, no ICMP")
        .evidence("this peer was last reached")
        .hint("took connections before and stays silent now");
}

/// A listener that accepts nothing, with connections from its own host until the kernel drops
/// further attempts.
pub(crate) async fn full_queue(address: SocketAddr) -> (Socket, Vec<TcpStream>) {
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    listener.set_reuse_address(true).unwrap();
    listener.bind(&address.into()).unwrap();
    listener.listen(0).unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        fillers.push(filler.unwrap());
        assert!(fillers.len() < 16, "the queue does not fill");
    }
    (listener, fillers)
}

#[test]
fn a_full_accept_queue_is_silence() {
    let Some(lab) = Lab::build() else { return };
    let address = SocketAddr::new(lab.v4(2, 2), 7001);
    let _queue = lab.server.run(move || full_queue(address));
    let limit = Duration::from_millis(1_500);
    expect("full accept queue, never reached", &lab.fault_within(&address.to_string(), limit))
        .category(ConnectTimeout)
        .cause(&[Firewall, PeerDown, PeerOverloaded])
        .confidence(Possible, Possible)
        .evidence("2 SYNs sent, no answer, no ICMP");
}

#[test]
fn a_full_accept_queue_behind_connections_that_work_is_overload() {
    let Some(lab) = Lab::build() else { return };
    let address = SocketAddr::new(lab.v4(2, 2), 7001);
    let host = address.to_string();
    // One connection that is served for ever, and then a queue that is full.
    lab.server.run(move || async move {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.set_reuse_address(true).unwrap();
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener.into()).unwrap();
        tokio::task::spawn_local(serve_one(listener));
    });
    let fault = lab.client.run(move || async move {
        let pooled = calls(plain());
        get(&pooled, &host).await.unwrap();
        let mut fillers = Vec::new();
        while let Ok(filler) =
            timeout(Duration::from_millis(200), TcpStream::connect(address)).await
        {
            fillers.push(filler.unwrap());
        }
        let others = async {
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                get(&pooled, &host).await.unwrap();
                netcause_net::Ledger::global().reached(
                    &address.ip().to_string(),
                    address.port(),
                    netcause_net::Reach::Answered,
                );
            }
        };
        let new = calls(netcause_net::Connector::new().connect_limit(Duration::from_secs(3)));
        tokio::select! {
            () = others => unreachable!(),
            result = get(&new, &host) => result.unwrap_err(),
        }
    });
    expect("full accept queue while pooled connections are served", &fault)
        .category(ConnectTimeout)
        .cause(&[PeerOverloaded])
        .confidence(Likely, Likely)
        .evidence("SYNs sent, no answer, no ICMP")
        .evidence("this peer was last reached")
        .hint("its accept queue is full");
}

/// Answers all requests of the first connection, and accepts no other.
async fn serve_one(listener: TcpListener) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        if stream.write_all(answer).await.is_err() {
            break;
        }
    }
    drop(listener);
}

#[test]
fn a_name_that_leads_elsewhere_since_is_told() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let host = format!("{name}:7001");
    let _peer = lab.serve(7001, scripts::status(200, &[]));
    lab.reach(&host);
    let other = lab.v4(2, 3);
    lab.server.shell(&format!("ip address add {other}/24 dev eth0"));
    lab.server.rule("input", &format!("ip daddr {other} tcp dport 7001 reject with tcp reset"));
    lab.names.set(&name, &[other]);
    let fault = lab.fault(&host);
    expect("DNS answer changed, the new address refuses", &fault)
        .category(ConnectRefused)
        .cause(&[PeerDown])
        .confidence(Possible, Likely)
        .evidence("the name resolves to other addresses than when this peer was last reached")
        .hint("check that this address is right");
    assert_eq!(fault.peer.dns_answers, [other]);
    lab.names.set(&name, &[lab.v4(2, 77)]);
    let limit = Duration::from_millis(1_500);
    expect("DNS answer changed, the new address is silent", &lab.fault_within(&host, limit))
        .category(ConnectTimeout)
        .cause(&[Firewall, PeerDown, PeerOverloaded])
        .confidence(Possible, Possible)
        .evidence("the name resolves to other addresses than when this peer was last reached");
}
