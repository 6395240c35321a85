//! Plain sockets: the standard library, tokio, and the name lookup of libc.

use std::net::SocketAddr;
use std::time::Duration;

use netcause_cli::peers::{Peer, Script, scripts};
use netcause_client_tests::{
    ADDRESS, Answers, Case, DnsServer, Expect, Failure, Form, LIMIT, Outcome, fault, firewall,
    in_namespace,
};
use netcause_fault::{Category, Phase, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::expect::{CLOSED, REFUSED, RESET, TIMEOUT};

const HOST_UNREACHABLE: Expect =
    fault(Category::Unreachable).reason(&[Reason::HostUnreachable]).display_tells();
const NETWORK_UNREACHABLE: Expect =
    fault(Category::Unreachable).reason(&[Reason::NetworkUnreachable]).display_tells();
/// std's own timer, which is one of connecting only.
const CONNECT_TIMER: Expect = fault(Category::ConnectTimeout)
    .reason(&[Reason::ConnectTimeout])
    .phase(&[Some(Phase::Connect)])
    .also(&[Category::Timeout])
    .display_tells();

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = connecting();
    cases.extend(firewalls());
    cases.extend(routes());
    cases.extend(exchanging());
    cases.extend(lookups());
    cases
}

fn connecting() -> Vec<Case> {
    vec![
        Case::new("tokio", "closed port", REFUSED, || async {
            let peer = Peer::closed_port()?;
            Failure::of(TcpStream::connect(peer.addr).await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new("tokio", "full queue, timeout()", TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            Failure::of(tokio::time::timeout(LIMIT, TcpStream::connect(peer.addr)).await)
        }),
        Case::new("std", "full queue, connect_timeout()", CONNECT_TIMER, || async {
            let peer = Peer::full_queue(None).await?;
            let addr = peer.addr;
            let connect = move || std::net::TcpStream::connect_timeout(&addr, LIMIT);
            Failure::of(tokio::task::spawn_blocking(connect).await?)
        }),
        Case::new("tokio", "UDP to a closed port", REFUSED, || async {
            let peer = Peer::closed_port()?;
            let socket = UdpSocket::bind("127.0.0.1:0").await?;
            socket.connect(peer.addr).await?;
            socket.send(b"x").await?;
            Failure::of(socket.recv(&mut [0; 1]).await)
        }),
    ]
}

/// Connects to a port of this host that a firewall watches.
fn firewalls() -> Vec<Case> {
    [
        ("rejects with a reset", "tcp dport 81 reject with tcp reset", REFUSED),
        ("rejects, port unreachable", "tcp dport 81 reject", REFUSED),
        (
            "rejects, administratively prohibited",
            "ip protocol tcp tcp dport 81 reject with icmp type admin-prohibited",
            HOST_UNREACHABLE,
        ),
        (
            "rejects, network prohibited",
            "ip protocol tcp tcp dport 81 reject with icmp type net-prohibited",
            NETWORK_UNREACHABLE,
        ),
        ("drops, until the kernel gives up", "tcp dport 81 drop", TIMEOUT),
    ]
    .into_iter()
    .map(|(name, rule, expect)| {
        Case::new("tokio", format!("firewall {name}"), expect, move || async move {
            let quick = "echo 1 > /proc/sys/net/ipv4/tcp_syn_retries; \
                         echo 0 > /proc/sys/net/ipv4/tcp_syn_linear_timeouts";
            in_namespace(&format!("{}; {quick}", firewall(rule)), || connect(ADDRESS, 81)).await
        })
    })
    .collect()
}

fn routes() -> Vec<Case> {
    let denied = fault(Category::Unreachable)
        .untold(&[(Form::Typed, SAME_AS_A_FILE), (Form::Joined, SAME_AS_A_FILE)]);
    const SAME_AS_A_FILE: &str = "EACCES of a socket reads as that of a file";
    [
        ("no route", "true", NETWORK_UNREACHABLE),
        ("route unreachable", "ip route add unreachable 10.98.0.0/16", HOST_UNREACHABLE),
        ("route prohibited", "ip route add prohibit 10.98.0.0/16", denied),
        (
            "no such neighbour",
            "ip link add v0 type veth peer name v1; ip address add 10.98.0.1/24 dev v0; \
             ip link set v0 up; ip link set v1 up; \
             echo 100 > /proc/sys/net/ipv4/neigh/v0/retrans_time_ms",
            HOST_UNREACHABLE,
        ),
    ]
    .into_iter()
    .map(|(name, commands, expect)| {
        Case::new("tokio", name, expect, move || {
            in_namespace(commands, || connect("10.98.0.2", 80))
        })
    })
    .collect()
}

async fn connect(host: &'static str, port: u16) -> Outcome {
    Failure::of(TcpStream::connect((host, port)).await)?.target(&[host], port)
}

fn exchanging() -> Vec<Case> {
    let pipe = fault(Category::ConnectionReset)
        .reason(&[Reason::BrokenPipe, Reason::ConnectionReset])
        .display_tells();
    const FILE_TOO: &str = "an input that ends early may be a file's";
    let eof = CLOSED.untold(&[(Form::Typed, FILE_TOO), (Form::Joined, FILE_TOO)]);
    vec![
        Case::new("tokio", "reset while reading", RESET.display_tells(), || async {
            let peer = Peer::scripted(scripts::reset_on_request()).await?;
            let mut stream = TcpStream::connect(peer.addr).await?;
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
            Failure::of(stream.read(&mut [0; 1]).await)
        }),
        Case::new("tokio", "writing to who is gone", pipe, || async {
            let peer = Peer::scripted(Script::new().close()).await?;
            let mut stream = TcpStream::connect(peer.addr).await?;
            Failure::of(write_on(&mut stream).await)
        }),
        Case::new("tokio", "end while reading", eof, || async {
            let peer = Peer::scripted(Script::new().finish()).await?;
            let mut stream = TcpStream::connect(peer.addr).await?;
            Failure::of(stream.read_exact(&mut [0; 9]).await)
        }),
    ]
}

/// Writes until the kernel has heard that nobody reads.
async fn write_on(stream: &mut TcpStream) -> std::io::Result<()> {
    for _ in 0..100 {
        stream.write_all(b"anybody there?").await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Lookups through libc, with a name server of our own behind `/etc/resolv.conf`.
fn lookups() -> Vec<Case> {
    let dns =
        |reasons| fault(Category::Dns).reason(reasons).phase(&[Some(Phase::Dns)]).display_tells();
    let temporary = dns(&[Reason::DnsTemporaryFailure]);
    [
        ("NXDOMAIN", Some(Answers::Code(3)), dns(&[Reason::DnsHostNotFound])),
        ("no address", Some(Answers::Code(0)), dns(&[Reason::DnsNoAddress])),
        ("SERVFAIL", Some(Answers::Code(2)), temporary),
        ("name server refuses", Some(Answers::Code(5)), temporary),
        ("name server is silent", Some(Answers::Nothing), temporary),
        ("name server is down", None, temporary),
    ]
    .into_iter()
    .map(|(name, answers, expect)| {
        Case::new("getaddrinfo", name, expect, move || async move {
            in_namespace(&resolv_conf(), move || async move {
                let _server = match answers {
                    Some(answers) => Some(DnsServer::start(53, answers).await?),
                    None => None,
                };
                Failure::of(TcpStream::connect(("api.example.com", 80)).await)
            })
            .await
        })
    })
    .collect()
}

/// Puts our own files over those that say how names are looked up.
pub(crate) fn resolv_conf() -> String {
    "d=$(mktemp -d); printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n' > $d/r; \
     printf 'hosts: files dns\\n' > $d/n; touch /etc/nsswitch.conf 2>/dev/null || true; \
     mount --bind $d/r \"$(readlink -f /etc/resolv.conf)\"; \
     mount --bind $d/n /etc/nsswitch.conf"
        .to_owned()
}

/// The address as a socket address.
#[allow(dead_code)]
pub(crate) fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 99, 0, 2], port))
}
