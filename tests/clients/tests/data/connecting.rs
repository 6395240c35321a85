//! What may happen to any client before its protocol begins: nobody there, no answer, a
//! hang-up, a peer of another protocol, TLS that fails.

use std::future::Future;
use std::io;
use std::pin::Pin;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions};
use netcause_client_tests::{Case, Expect, NO_HOST, Outcome, fault, world};
use netcause_fault::{Category, Phase, Reason};
use tokio::net::TcpStream;

use crate::wire::{Wire, pass_on};

/// Whom a client calls, and how.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Over TLS, trusting the authority of the world.
    pub(crate) tls: bool,
}

/// A client, as one function that makes a call which fails.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) fail: fn(Call) -> Failing,
}

pub(crate) type Failing = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// What is expected of what happens, where clients differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) dropped: Expect,
    pub(crate) silent: Expect,
    pub(crate) closed: Expect,
    pub(crate) http: Expect,
}

pub(crate) const REFUSED: Expect =
    fault(Category::ConnectRefused).reason(&[Reason::ConnectRefused]);
pub(crate) const NO_NAME: Expect = fault(Category::Dns)
    .reason(&[Reason::DnsHostNotFound, Reason::DnsTemporaryFailure])
    .phase(&[Some(Phase::Dns)]);
pub(crate) const CONNECT_TIMEOUT: Expect = fault(Category::ConnectTimeout)
    .reason(&[Reason::ConnectTimeout])
    .phase(&[Some(Phase::Connect)])
    .also(&[Category::Timeout]);
/// A limit around the whole call: nothing tells where it ran out.
pub(crate) const TIMEOUT: Expect = fault(Category::Timeout).reason(&[Reason::Timeout]);
pub(crate) const CLOSED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionClosed]);
pub(crate) const RESET: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionReset]);
pub(crate) const OTHER_PROTOCOL: Expect = fault(Category::Protocol);
pub(crate) const NOT_TLS: Expect = fault(Category::TlsHandshake);
/// A text that leaves the cause out may still name the handshake.
const EXPIRED: Expect = fault(Category::TlsCertificate)
    .reason(&[Reason::TlsCertificateExpired])
    .phase(&[Some(Phase::Tls)])
    .also(&[Category::TlsHandshake]);
const UNTRUSTED: Expect = fault(Category::TlsCertificate)
    .reason(&[Reason::TlsCertificateUntrusted])
    .phase(&[Some(Phase::Tls)])
    .also(&[Category::TlsHandshake]);
const OTHER_NAME: Expect = fault(Category::TlsCertificate)
    .reason(&[Reason::TlsCertificateNameMismatch])
    .phase(&[Some(Phase::Tls)])
    .also(&[Category::TlsHandshake]);

/// What any client meets without TLS.
pub(crate) fn plain(client: Client, expected: Expected) -> Vec<Case> {
    let case = |name, expect, peer| scripted(client, name, expect, peer);
    let mut cases = vec![
        Case::new(client.name, "closed port", REFUSED, move || async move {
            let peer = Peer::closed_port()?;
            (client.fail)(to(&peer)).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(client.name, "no such host", NO_NAME, move || async move {
            let call = Call { host: NO_HOST.to_owned(), port: 5432, tls: false };
            (client.fail)(call).await?.target(&[NO_HOST], 5432)
        }),
        Case::new(client.name, "connect dropped", expected.dropped, move || async move {
            let peer = Peer::full_queue(None).await?;
            (client.fail)(to(&peer)).await?.target(&["127.0.0.1"], peer.port())
        }),
    ];
    cases.push(case("accepts, says nothing", expected.silent, Script::new().hang()));
    cases.push(case("accepts, hangs up", expected.closed, Script::new().finish()));
    cases.push(case("accepts, resets", RESET, Script::new().reset()));
    cases.push(case("an HTTP server on the port", expected.http, http_server()));
    cases
}

/// What a server says before TLS begins, if anything.
pub(crate) type Prelude = for<'a> fn(&'a mut TcpStream) -> Preluding<'a>;
pub(crate) type Preluding<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

/// TLS from the first byte on.
pub(crate) fn at_once(_stream: &mut TcpStream) -> Preluding<'_> {
    Box::pin(async { Ok(()) })
}

/// Certificates that are wrong in one way each.
pub(crate) fn certificates(client: Client, prelude: Prelude) -> Vec<Case> {
    let case = |name, expect, leaf| certificate(client, prelude, name, expect, leaf);
    vec![
        case("certificate expired", EXPIRED, Leaf::Expired),
        case("certificate of an unknown issuer", UNTRUSTED, Leaf::UnknownAuthority),
        case("certificate for another name", OTHER_NAME, Leaf::WrongName),
    ]
}

fn certificate(
    client: Client,
    prelude: Prelude,
    name: &'static str,
    expect: Expect,
    leaf: Leaf,
) -> Case {
    Case::new(client.name, name, expect, move || async move {
        let identity = world().server(leaf);
        let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new().hang()).await?;
        let addr = peer.addr;
        let wire = Wire::serve(move |mut stream| async move {
            prelude(&mut stream).await?;
            pass_on(stream, addr).await
        })
        .await?;
        let call = Call { host: "localhost".to_owned(), port: wire.port(), tls: true };
        (client.fail)(call).await?.target(LOCALHOST, wire.port())
    })
}

/// A call over TLS of a server without.
pub(crate) fn tls_to_plain(client: Client) -> Case {
    Case::new(client.name, "TLS to a plain port", NOT_TLS, move || async move {
        let peer = Peer::scripted(http_server()).await?;
        let call = Call { host: "localhost".to_owned(), port: peer.port(), tls: true };
        (client.fail)(call).await?.target(LOCALHOST, peer.port())
    })
}

const LOCALHOST: &[&str] = &["localhost", "127.0.0.1"];

fn scripted(client: Client, name: &'static str, expect: Expect, script: Script) -> Case {
    Case::new(client.name, name, expect, move || async move {
        let peer = Peer::scripted(script).await?;
        (client.fail)(to(&peer)).await?.target(&["127.0.0.1"], peer.port())
    })
}

/// Answers whatever comes first: database clients send no head of HTTP.
fn http_server() -> Script {
    let body = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    Script::new().pause(std::time::Duration::from_millis(5)).send(body).finish()
}

/// A call of a peer without TLS.
pub(crate) fn to(peer: &Peer) -> Call {
    Call { host: "127.0.0.1".to_owned(), port: peer.port(), tls: false }
}
