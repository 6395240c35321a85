//! hyper-util's client over our connector: what its errors know.
#![cfg(feature = "hyper-util")]

use std::net::TcpListener;

use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause_fault::{Category, Phase, classify};
use netcause_net::{Connector, Watch, Watched};
use tower_layer::Layer;

type Body = Empty<&'static [u8]>;

fn client(connector: Connector) -> Client<Watched<Connector>, Body> {
    Client::builder(TokioExecutor::new()).build(Watch::new().layer(connector))
}

#[tokio::test]
async fn a_refused_connect_tells_its_peer_through_the_error_of_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let uri = format!("http://localhost:{port}/").parse().expect("a URI");
    let error = client(Connector::new()).get(uri).await.expect_err("nobody listens");
    let fault = classify(&error).expect("it carries a fault");
    assert_eq!((fault.category, fault.phase), (Category::ConnectRefused, Some(Phase::Connect)));
    assert_eq!(fault.peer.server_address.as_deref(), Some("localhost"));
    assert_eq!(fault.peer.server_port, Some(port));
    assert!(fault.peer.peer_address.is_some_and(|it| it.is_loopback()));
    assert!(!fault.peer.dns_answers.is_empty());
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told_as_such() {
    let uri = "http://does-not-exist.invalid/".parse().expect("a URI");
    let error = client(Connector::new()).get(uri).await.expect_err("there is no such name");
    let fault = classify(&error).expect("it carries a fault");
    assert_eq!((fault.category, fault.phase), (Category::Dns, Some(Phase::Dns)));
    assert_eq!(fault.peer.server_address.as_deref(), Some("does-not-exist.invalid"));
    assert_eq!(fault.peer.server_port, Some(80));
    assert_eq!(fault.peer.peer_address, None);
}
