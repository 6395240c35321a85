//! Failures of and behind a proxy, with reqwest.

use std::net::SocketAddr;

use netcause_cli::peers::{Peer, Script, TlsVersions, scripts};
use netcause_fault::{Category, Reason};

use crate::case::{Case, Expect, IN_CONNECT, IN_EXCHANGE, IN_PROXY, Names, expect, expect_code};
use crate::clients::Client;
use crate::world::Call;

pub(crate) fn cases() -> Vec<Case> {
    let down =
        expect(Category::ConnectRefused, &[Reason::ProxyConnectFailed, Reason::ConnectRefused]);
    let closed = expect(Category::ConnectionReset, &[Reason::ConnectionClosed]).phase(IN_EXCHANGE);
    vec![
        https("proxy down", down.phase(IN_PROXY), Peer::closed_port),
        // Nothing in the error says that the address is a proxy's.
        http("proxy down, plain http", down.phase(IN_CONNECT), Peer::closed_port),
        tunnel("proxy wants credentials", auth(), scripts::status(407, &[])),
        tunnel("proxy refuses", refuses(), scripts::status(403, &[])),
        tunnel("proxy cannot reach the target", refuses(), scripts::status(502, &[])),
        tunnel("proxy closes", refuses(), scripts::no_answer()),
        forward("proxy wants credentials, plain http", wants_credentials(), 407),
        forward(
            "proxy answers 502, plain http",
            expect_code(Category::HttpServerError, "502"),
            502,
        ),
        forward_script("proxy closes, plain http", closed, scripts::no_answer()),
    ]
}

fn auth() -> Expect {
    expect(Category::Auth, &[Reason::ProxyAuthRequired]).phase(IN_PROXY)
}

fn wants_credentials() -> Expect {
    Expect { reasons: &[Reason::ProxyAuthRequired], ..expect_code(Category::Auth, "407") }
}

fn refuses() -> Expect {
    expect(Category::Protocol, &[Reason::ProxyTunnelError]).phase(IN_PROXY)
}

/// The target is a documentation address (RFC 5737) that nobody calls: the proxy fails.
fn through(proxy: &Peer, scheme: &'static str) -> Call {
    let addr = SocketAddr::from(([192, 0, 2, 1], 8443));
    Call { scheme, addr, proxy: Some(proxy.addr), ..Call::http(proxy) }
}

fn https(name: &str, expect: Expect, peer: fn() -> std::io::Result<Peer>) -> Case {
    Case::new("reqwest", name, expect.names(Names::Host), move |world| async move {
        let peer = peer().unwrap();
        let tls = Some(world.tls(TlsVersions::Both, None));
        Client::Reqwest.fail(Call { tls, ..through(&peer, "https") }).await
    })
}

fn http(name: &str, expect: Expect, peer: fn() -> std::io::Result<Peer>) -> Case {
    Case::new("reqwest", name, expect.names(Names::Host), move |_| async move {
        let peer = peer().unwrap();
        Client::Reqwest.fail(through(&peer, "http")).await
    })
}

fn tunnel(name: &str, expect: Expect, script: Script) -> Case {
    Case::new("reqwest", name, expect.names(Names::Host), move |world| async move {
        let peer = Peer::scripted(script).await.unwrap();
        let tls = Some(world.tls(TlsVersions::Both, None));
        Client::Reqwest.fail(Call { tls, ..through(&peer, "https") }).await
    })
}

fn forward(name: &str, expect: Expect, status: u16) -> Case {
    forward_script(name, expect, scripts::status(status, &[]))
}

fn forward_script(name: &str, expect: Expect, script: Script) -> Case {
    Case::new("reqwest", name, expect.names(Names::Host), move |_| async move {
        let peer = Peer::scripted(script).await.unwrap();
        Client::Reqwest.fail(through(&peer, "http")).await
    })
}
