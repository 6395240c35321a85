//! The examples, which `cargo test` builds beside this: what they log of a peer that is gone.
#![cfg(feature = "hyper-util")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;

use socket2::{Domain, Socket, Type};

/// What an example logs when it calls a URI; without colours or the caller's settings.
fn logged(example: &str, uri: &str) -> String {
    let here = std::env::current_exe().expect("it has a path");
    let built = here.ancestors().nth(2).expect("it stands in `deps`").join("examples");
    let mut command = Command::new(built.join(example));
    let output = command.arg(uri).env("NETCAUSE_FORMAT", "json").output();
    let output = output.expect("`cargo build --examples` with the feature `hyper-util` makes it");
    String::from_utf8(output.stdout).expect("JSON is text")
}

fn assert_told(line: &str, members: &[&str]) {
    for member in members {
        assert!(line.contains(member), "{member} is not in {line}");
    }
}

#[test]
fn a_closed_port_is_told_with_addresses_phase_and_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    for example in ["hyper", "tonic"] {
        let line = logged(example, &format!("http://localhost:{port}/"));
        let summary = format!("Connection to host localhost on port {port} refused after ");
        let server = format!(r#""server.address":"localhost","server.port":{port}"#);
        assert_told(&line, &[&summary, &server]);
        assert_told(&line, &[r#""network.peer.address":""#, r#""network.local.address":""#]);
        assert_told(&line, &[r#""dns.answers":[""#, r#""fault.elapsed_ms":"#]);
        assert_told(&line, &[r#""fault.phase":"connect""#, r#""fault.cause":"peer_down""#]);
    }
}

#[test]
fn a_silent_peer_is_told_with_the_limit_that_ran_out() {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    listener.listen(0).expect("it listens");
    let address = listener.local_addr().expect("bound").as_socket().expect("of the internet");
    let _waiting = TcpStream::connect(address).expect("one has room");
    for example in ["hyper", "tonic"] {
        let line = logged(example, &format!("http://{address}/"));
        assert_told(&line, &["timed out after 100ms", r#""fault.category":"connect_timeout""#]);
        assert_told(&line, &[r#""fault.timeout_ms":100,"fault.limit":"connect""#]);
    }
}
