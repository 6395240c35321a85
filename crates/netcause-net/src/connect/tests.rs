use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use netcause_fault::{Category, Evidence, Fault, Limit, Phase, Reason};
use socket2::{Domain, Socket, Type};

use crate::{Connector, Resolve, Resolving, Stream};

#[cfg(target_os = "linux")]
mod linux;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// A port on which nobody listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind((HERE, 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Gives the addresses that it holds; without any, it never answers.
#[derive(Debug)]
struct Given(Vec<IpAddr>);

impl Resolve for Given {
    fn resolve(&self, _: &str) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move {
            if addresses.is_empty() {
                std::future::pending::<()>().await;
            }
            Ok(addresses)
        })
    }
}

#[tokio::test]
async fn a_refusal_names_peer_addresses_phase_and_time() {
    let port = closed_port();
    let connector = Connector::new().resolver(Given(vec![HERE]));
    let error = connector.connect("db", port).await.expect_err("nobody listens");
    let fault = error.fault();
    assert_eq!(fault.category, Category::ConnectRefused);
    assert_eq!(fault.phase, Some(Phase::Connect));
    assert_eq!(fault.peer.server_address.as_deref(), Some("db"));
    assert_eq!(fault.peer.server_port, Some(port));
    assert_eq!(fault.peer.peer_address, Some(HERE));
    assert_eq!(fault.peer.local_address, Some(HERE));
    assert_eq!(fault.peer.dns_answers, [HERE]);
    assert!(fault.elapsed.is_some());
    if cfg!(target_os = "linux") {
        assert!(fault.evidence.contains(&Evidence::ResetOnConnect), "{:?}", fault.evidence);
    }
    assert_eq!(error.to_string(), format!("could not connect to db:{port}"));
}

#[tokio::test]
async fn a_lookup_without_answer_ends_at_its_own_limit() {
    let limit = Duration::from_millis(20);
    let connector = Connector::new().resolver(Given(Vec::new())).lookup_limit(limit);
    let error = connector.connect("db", 1).await.expect_err("the resolver is silent");
    let fault = error.fault();
    assert_eq!((fault.reason, fault.phase), (Some(Reason::DnsTimeout), Some(Phase::Dns)));
    assert_eq!((fault.timeout, fault.limit), (Some(limit), None));
}

/// A listener that accepts nothing and whose queue is full: the kernel drops what else comes.
/// Both must be kept.
fn full_listener(port: u16) -> (Socket, Vec<TcpStream>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::new(HERE, port).into()).expect("a free port");
    listener.listen(0).expect("it listens");
    let address = listener.local_addr().expect("bound").as_socket().expect("of the internet");
    let waiting = TcpStream::connect(address).expect("one has room");
    (listener, vec![waiting])
}

#[tokio::test]
async fn a_silent_peer_ends_at_the_limit_of_the_address() {
    let limit = Duration::from_millis(30);
    let (listener, _waiting) = full_listener(0);
    let port = listener.local_addr().unwrap().as_socket().unwrap().port();
    let connector = Connector::new().connect_limit(limit);
    let error = connector.connect("127.0.0.1", port).await.expect_err("nobody accepts");
    let fault = error.fault();
    assert_eq!(fault.category, Category::ConnectTimeout);
    assert_eq!((fault.timeout, fault.limit), (Some(limit), Some(Limit::Connect)));
    assert_eq!(fault.phase, Some(Phase::Connect));
    assert!(fault.elapsed >= Some(limit));
    if cfg!(target_os = "linux") {
        assert!(fault.evidence.contains(&Evidence::Unanswered(1)), "{:?}", fault.evidence);
    }
}

#[tokio::test]
async fn every_address_that_failed_is_told() {
    let port = closed_port();
    let connector = Connector::new().resolver(Given(vec![V6, HERE]));
    let error = connector.connect("db", port).await.expect_err("nobody listens");
    let fault = error.fault();
    assert_eq!(fault.category, Category::ConnectRefused);
    assert_eq!(fault.peer.dns_answers, [V6, HERE]);
    let told = fault.peer.peer_address.expect("one is told");
    let other = if told == V6 { HERE } else { V6 };
    let is_other =
        |it: &Evidence<'_>| matches!(it, Evidence::OtherAddress(ip, Some(_)) if *ip == other);
    assert!(fault.evidence.iter().any(is_other), "{:?}", fault.evidence);
}

#[tokio::test]
async fn a_total_limit_ends_all_tries() {
    let (full, _waiting) = full_listener(0);
    let port = full.local_addr().unwrap().as_socket().unwrap().port();
    let limit = Duration::from_millis(30);
    let connector = Connector::new().total_limit(limit);
    let error = connector.connect("127.0.0.1", port).await.expect_err("nobody accepts");
    let fault = error.fault();
    assert_eq!((fault.category, fault.timeout), (Category::ConnectTimeout, Some(limit)));
    assert!(fault.peer.local_address.is_some());
}

#[tokio::test]
async fn a_name_without_addresses_is_told_as_such() {
    #[derive(Debug)]
    struct Nobody;
    impl Resolve for Nobody {
        fn resolve(&self, _: &str) -> Resolving {
            Box::pin(async { Ok(Vec::new()) })
        }
    }
    let connector = Connector::new().resolver(Nobody);
    let error = connector.connect("db", 1).await.expect_err("there is no address");
    assert_eq!(error.fault().reason, Some(Reason::DnsNoAddress));
    assert_eq!(error.to_string(), "lookup of db gave no address");
}

#[tokio::test]
async fn the_errors_of_a_resolver_are_read() {
    #[derive(Debug)]
    struct Broken;
    impl Resolve for Broken {
        fn resolve(&self, _: &str) -> Resolving {
            Box::pin(async { Err("Temporary failure in name resolution".into()) })
        }
    }
    let connector = Connector::new().resolver(Broken);
    let error = connector.connect("db", 1).await.expect_err("it is broken");
    assert_eq!(error.fault().reason, Some(Reason::DnsTemporaryFailure));
}

/// A connection and the peer's end of it.
async fn connection() -> (Stream, TcpStream) {
    let listener = TcpListener::bind((HERE, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let stream = Connector::new().connect("127.0.0.1", port).await.expect("it listens");
    let (peer, _) = listener.accept().expect("it was connected to");
    (stream, peer)
}

#[tokio::test]
async fn a_reset_of_a_connection_that_was_idle_tells_for_how_long() {
    let (stream, _peer) = connection().await;
    let connection = stream.connection();
    let idle = Duration::from_millis(5);
    connection.begin_use();
    connection.end_use();
    std::thread::sleep(idle);
    connection.begin_use();
    let mut fault = Fault::of_reason(Reason::ConnectionReset);
    connection.describe(&mut fault);
    let reused = |it: &Evidence<'_>| matches!(it, Evidence::Reused(Some(for_)) if *for_ >= idle);
    assert!(fault.evidence.iter().any(reused), "{:?}", fault.evidence);
}
