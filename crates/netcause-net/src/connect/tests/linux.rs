//! What only Linux tells, and what needs a second address of this host.

use std::sync::Arc;

use socket2::SockRef;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::{KeepAlive, Step, Trail};

const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A listener on the second address of this host alone.
fn listener_on_other() -> (TcpListener, u16) {
    let listener = TcpListener::bind((OTHER, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

#[tokio::test]
async fn an_address_that_refuses_gives_way_to_the_next_at_once() {
    let (_listener, port) = listener_on_other();
    let connector = Connector::new().resolver(Given(vec![V6, HERE, OTHER]));
    let trail = Trail::start();
    let stream = trail.clone().scope(connector.connect("db", port)).await.expect("one listens");
    assert_eq!(stream.connection().peer(), SocketAddr::new(OTHER, port));
    let steps = trail.steps();
    let failed = steps.iter().filter(|(_, it)| matches!(it, Step::Failed(_))).count();
    assert_eq!(failed, 2, "{steps:?}");
    let (last, _) = steps.last().expect("there are steps");
    assert!(*last < Duration::from_millis(250), "{steps:?}");
}

#[tokio::test]
async fn an_address_that_is_silent_does_not_hold_up_the_next() {
    let (_listener, port) = listener_on_other();
    let (_full, _waiting) = full_listener(port);
    let connector = Connector::new().resolver(Given(vec![HERE, OTHER]));
    let trail = Trail::start();
    let stream = trail.clone().scope(connector.connect("db", port)).await.expect("one listens");
    assert_eq!(stream.connection().peer(), SocketAddr::new(OTHER, port));
    let given_up = |(_, step): &(Duration, Step)| match step {
        Step::GivenUp(failure) => Some(failure.address.ip()),
        _ => None,
    };
    assert_eq!(trail.steps().iter().find_map(given_up), Some(HERE));
    // RFC 8305 §5: the second one is begun after 250 ms.
    assert!(trail.started().elapsed() >= Duration::from_millis(240));
}

#[tokio::test]
async fn a_request_that_is_taken_and_not_answered_is_told_also_after_the_end() {
    let (mut stream, _peer) = connection().await;
    let connection = Arc::clone(stream.connection());
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("it has room");
    let silence = Duration::from_millis(20);
    tokio::time::sleep(silence).await;
    drop(stream);
    let mut fault = Fault::of_reason(Reason::ResponseTimeout);
    connection.describe(&mut fault);
    let taken = |it: &Evidence<'_>| matches!(it, Evidence::RequestAcknowledged(since) if *since >= silence / 2);
    assert!(fault.evidence.iter().any(taken), "{:?}", fault.evidence);
    assert_eq!(connection.bytes_sent(), 18);
    assert_eq!(fault.peer.peer_address, Some(HERE));
    assert_eq!(fault.peer.local_port, connection.local().map(|it| it.port()));
}

#[tokio::test]
async fn probes_are_sent_as_asked() {
    let (stream, _peer) = connection().await;
    let socket = SockRef::from(stream.socket());
    assert_eq!(socket.tcp_keepalive_time().unwrap(), KeepAlive::default().idle);
    assert_eq!(socket.tcp_keepalive_interval().unwrap(), KeepAlive::default().interval);
    assert_eq!(socket.tcp_keepalive_retries().unwrap(), KeepAlive::default().probes);
    assert!(socket.tcp_nodelay().unwrap());
}
