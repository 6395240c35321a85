//! Failures of TLS, with tokio-rustls, hyper-rustls and reqwest.

use std::sync::Arc;
use std::time::Duration;

use netcause_cli::peers::{
    Identity, Leaf, Peer, Script, TlsOptions, TlsVersions, scripts, tls_alert,
};
use netcause_fault::{Category, Phase, Reason};

use crate::case::{Case, Expect, IN_EXCHANGE, IN_TLS, IN_TLS_OR_EXCHANGE, Names, Outcome, expect};
use crate::clients::Client;
use crate::world::{Call, Limits, World};

pub(crate) fn cases() -> Vec<Case> {
    let all = [Client::TokioRustls, Client::Hyper, Client::Reqwest];
    let mut cases: Vec<_> = all.into_iter().flat_map(server_certificates).collect();
    cases.extend(all.into_iter().flat_map(client_certificates));
    cases.extend(all.into_iter().flat_map(broken_handshakes));
    cases.extend(all.into_iter().flat_map(alerts));
    cases.extend(negotiations());
    cases.extend(others());
    cases
}

fn named(client: Client) -> Names {
    match client {
        Client::Reqwest => Names::Host,
        _ => Names::Nothing,
    }
}

const fn certificate(reasons: &'static [Reason]) -> Expect {
    expect(Category::TlsCertificate, reasons).phase(IN_TLS)
}

const fn handshake(reasons: &'static [Reason]) -> Expect {
    expect(Category::TlsHandshake, reasons).phase(IN_TLS)
}

/// Calls a peer that has this leaf.
fn leaf(client: Client, name: &str, leaf: Leaf, expect: Expect) -> Case {
    Case::new(client.name(), name, expect, move |world| async move {
        let identity = world.server(leaf);
        let peer =
            Peer::tls(&identity, &TlsOptions::default(), scripts::no_answer()).await.unwrap();
        client.fail(Call::https(&peer, world.tls(TlsVersions::Both, None))).await
    })
}

/// Calls a peer that never gets as far as TLS.
fn scripted(client: Client, name: &str, expect: Expect, script: Script) -> Case {
    Case::new(client.name(), name, expect, move |world| async move {
        let peer = Peer::scripted(script).await.unwrap();
        client.fail(Call::https(&peer, world.tls(TlsVersions::Both, None))).await
    })
}

fn server_certificates(client: Client) -> Vec<Case> {
    let names = named(client);
    let untrusted = certificate(&[Reason::TlsCertificateUntrusted]).names(names);
    let mismatch = certificate(&[Reason::TlsCertificateNameMismatch]).names(match client {
        Client::Reqwest => Names::Host,
        _ => Names::HostOnly,
    });
    let cases = [
        ("expired", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired]).names(names)),
        (
            "not yet valid",
            Leaf::NotYetValid,
            certificate(&[Reason::TlsCertificateNotYetValid]).names(names),
        ),
        ("wrong name", Leaf::WrongName, mismatch),
        ("unknown authority", Leaf::UnknownAuthority, untrusted),
        ("self-signed", Leaf::SelfSigned, untrusted),
        (
            "wrong purpose",
            Leaf::WrongPurpose,
            certificate(&[Reason::TlsCertificateInvalid]).names(names),
        ),
    ];
    let mut cases: Vec<_> = cases
        .into_iter()
        .map(|(name, wrong, expect)| leaf(client, &format!("{name} certificate"), wrong, expect))
        .collect();
    cases.push(address_without_entry(client, mismatch));
    cases
}

/// The certificate is for names, and the caller uses the address.
fn address_without_entry(client: Client, expect: Expect) -> Case {
    Case::new(client.name(), "certificate without the address", expect, move |world| async move {
        let identity = world.server(Leaf::Good);
        let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await.unwrap();
        let tls = world.tls(TlsVersions::Both, None);
        client.fail(Call::https(&peer, tls).host("127.0.0.1")).await
    })
}

fn client_certificates(client: Client) -> Vec<Case> {
    let required = certificate(&[Reason::TlsClientCertificateRequired]).phase(IN_TLS_OR_EXCHANGE);
    let rejected = certificate(&[Reason::TlsClientCertificateRejected]).phase(IN_TLS_OR_EXCHANGE);
    let case = |name: &str, versions, leaf: Option<Leaf>, expect: Expect| {
        let name = format!("client certificate {name}");
        Case::new(client.name(), name, expect.names(named(client)), move |world| {
            with_client_certificate(client, world, versions, leaf)
        })
    };
    use TlsVersions::{Only12, Only13};
    vec![
        case("missing, TLS 1.2", Only12, None, required),
        case("missing, TLS 1.3", Only13, None, required),
        case("of an unknown authority", Only12, Some(Leaf::UnknownAuthority), rejected),
        case("expired, TLS 1.3", Only13, Some(Leaf::Expired), rejected),
        case("for another purpose", Only12, Some(Leaf::WrongPurpose), rejected),
    ]
}

async fn with_client_certificate(
    client: Client,
    world: Arc<World>,
    versions: TlsVersions,
    leaf: Option<Leaf>,
) -> Outcome {
    // Long enough for the client to have sent its request when TLS 1.3 refuses it.
    let latency = Duration::from_millis(150);
    let options =
        TlsOptions { versions, client_certificate: true, latency, ..TlsOptions::default() };
    let peer = Peer::tls(&world.server(Leaf::Good), &options, Script::new()).await.unwrap();
    let identity: Option<Identity> = leaf.map(|leaf| world.certificates.client(leaf).unwrap());
    client.fail(Call::https(&peer, world.tls(versions, identity.as_ref()))).await
}

fn broken_handshakes(client: Client) -> Vec<Case> {
    let names = named(client);
    let not_tls = handshake(&[Reason::TlsPeerNotTls]).names(names);
    let closed = handshake(&[Reason::TlsHandshakeClosed]).names(names);
    vec![
        scripted(client, "https to an http port", not_tls, scripts::status(400, &[])),
        scripted(client, "https to an SSH server", not_tls, scripts::ssh()),
        scripted(client, "closes on ClientHello", closed, Script::new().read_record().finish()),
        scripted(client, "resets on ClientHello", reset_in_handshake(client), reset_on_hello()),
    ]
}

fn reset_on_hello() -> Script {
    Script::new().read_record().reset()
}

/// A bare errno names no phase; only reqwest's error has the scheme of the URL.
fn reset_in_handshake(client: Client) -> Expect {
    expect(Category::ConnectionReset, &[Reason::ConnectionReset])
        .phase(&[None, Some(Phase::Tls)])
        .names(named(client))
}

fn alerts(client: Client) -> Vec<Case> {
    [
        (40, "handshake_failure", Reason::TlsHandshakeFailure),
        (70, "protocol_version", Reason::TlsProtocolVersion),
        (80, "internal_error", Reason::TlsHandshakeFailure),
        (112, "unrecognized_name", Reason::TlsUnrecognizedName),
    ]
    .into_iter()
    .map(|(alert, name, reason)| {
        let expect = handshake(one(reason)).names(named(client));
        let script = Script::new().read_record().send(tls_alert(alert)).finish();
        scripted(client, &format!("alert {name}"), expect, script)
    })
    .collect()
}

/// A list of one reason, for tables that name it once.
fn one(reason: Reason) -> &'static [Reason] {
    Box::leak(Box::new([reason]))
}

fn negotiations() -> Vec<Case> {
    use TlsVersions::{Only12, Only13};
    let version = handshake(&[Reason::TlsProtocolVersion]);
    let alpn = handshake(&[Reason::TlsAlpnMismatch]);
    let mut cases = Vec::new();
    for client in [Client::TokioRustls, Client::Reqwest] {
        let names = named(client);
        cases.push(versions(
            client,
            "peer has TLS 1.2 only",
            (Only12, Only13),
            version.names(names),
        ));
        cases.push(versions(
            client,
            "peer has TLS 1.3 only",
            (Only13, Only12),
            version.names(names),
        ));
        cases.push(no_common_protocol(client, alpn.names(names)));
    }
    cases
}

fn versions(
    client: Client,
    name: &str,
    (theirs, ours): (TlsVersions, TlsVersions),
    expect: Expect,
) -> Case {
    Case::new(client.name(), name, expect, move |world| async move {
        let options = TlsOptions { versions: theirs, ..TlsOptions::default() };
        let peer = Peer::tls(&world.server(Leaf::Good), &options, Script::new()).await.unwrap();
        client.fail(Call::https(&peer, world.tls(ours, None))).await
    })
}

fn no_common_protocol(client: Client, expect: Expect) -> Case {
    Case::new(client.name(), "no common ALPN", expect, move |world| async move {
        let options = TlsOptions { alpn: vec!["foo".to_owned()], ..TlsOptions::default() };
        let peer = Peer::tls(&world.server(Leaf::Good), &options, Script::new()).await.unwrap();
        let mut tls = world.tls(TlsVersions::Both, None);
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        client.fail(Call::https(&peer, tls)).await
    })
}

fn others() -> Vec<Case> {
    let limit = expect(Category::Timeout, &[Reason::Timeout]).names(Names::Host);
    let ended = expect(Category::ConnectionReset, &[Reason::ConnectionClosed]).phase(IN_EXCHANGE);
    vec![
        Case::new("reqwest", "hangs on ClientHello, connect limit", limit, |world| async move {
            let peer = Peer::silent().await.unwrap();
            let tls = world.tls(TlsVersions::Both, None);
            Client::Reqwest.fail(Call::https(&peer, tls).limits(Limits::connect())).await
        }),
        Case::new("tokio-rustls", "ends without close_notify", ended, |world| async move {
            let script = Script::new().read_head().close();
            let options = TlsOptions::default();
            let peer = Peer::tls(&world.server(Leaf::Good), &options, script).await.unwrap();
            let tls = world.tls(TlsVersions::Both, None);
            Client::TokioRustls.fail(Call::https(&peer, tls)).await
        }),
        Case::new(
            "reqwest",
            "closes on request, over TLS",
            ended.names(Names::Host),
            |world| async move {
                let options = TlsOptions::default();
                let identity = world.server(Leaf::Good);
                let peer = Peer::tls(&identity, &options, scripts::no_answer()).await.unwrap();
                let tls = world.tls(TlsVersions::Both, None);
                Client::Reqwest.fail(Call::https(&peer, tls)).await
            },
        ),
    ]
}
