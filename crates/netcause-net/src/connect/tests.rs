use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use netcause_fault::{Category, Evidence, Limit, Phase, Reason};
use socket2::{Domain, Socket, Type};

use crate::{Connector, Resolve, Resolving};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

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
fn full_listener() -> (Socket, Vec<TcpStream>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::new(HERE, 0).into()).expect("a free port");
    listener.listen(0).expect("it listens");
    let address = listener.local_addr().expect("bound").as_socket().expect("of the internet");
    let waiting = TcpStream::connect(address).expect("one has room");
    (listener, vec![waiting])
}

#[tokio::test]
async fn a_silent_peer_ends_at_the_limit_of_the_address() {
    let limit = Duration::from_millis(30);
    let (listener, _waiting) = full_listener();
    let port = listener.local_addr().unwrap().as_socket().unwrap().port();
    let connector = Connector::new().connect_limit(limit);
    let error = connector.connect("127.0.0.1", port).await.expect_err("nobody accepts");
    let fault = error.fault();
    assert_eq!(fault.category, Category::ConnectTimeout);
    assert_eq!((fault.timeout, fault.limit), (Some(limit), Some(Limit::Connect)));
    assert_eq!(fault.phase, Some(Phase::Connect));
    assert!(fault.elapsed >= Some(limit));
    #[cfg(target_os = "linux")]
    assert!(fault.evidence.contains(&Evidence::Unanswered(1)), "{:?}", fault.evidence);
}
