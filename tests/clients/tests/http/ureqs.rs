//! ureq 3, whose error has variants and no `source()`.

use std::sync::Arc;
use std::time::Duration;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, scripts};
use netcause_client_tests::{
    Answers, Case, DnsServer, Expect, Failure, LIMIT, NO_HOST, Outcome, fault, in_namespace, world,
};
use netcause_fault::{Category, Phase, Reason};
use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

use crate::expect::{
    BODY_TIMEOUT, CLOSED, CONNECT_TIMEOUT, GONE, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED, RESET,
    RESPONSE_TIMEOUT, TIMEOUT, TRUNCATED, certificate, code, handshake,
};
use crate::hyper::UNTRUSTED;
use crate::sockets::resolv_conf;

type Config = ConfigBuilder<AgentScope>;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = dialing();
    cases.extend(exchanging());
    cases.extend(limits());
    cases.extend(statuses());
    cases.extend(tls());
    cases
}

async fn get(url: String, configure: fn(Config) -> Config) -> Outcome {
    let call = move || {
        let config = configure(ureq::Agent::config_builder()).build();
        let mut response = config.new_agent().get(url).call()?;
        response.body_mut().read_to_vec().map(drop)
    };
    Failure::of(tokio::task::spawn_blocking(call).await?)
}

fn scripted(name: &str, expect: Expect, script: Script, configure: fn(Config) -> Config) -> Case {
    Case::new("ureq", name, expect, move || async move {
        let peer = Peer::scripted(script).await?;
        get(peer.http("/"), configure).await?.target(&["127.0.0.1"], peer.port())
    })
}

fn dialing() -> Vec<Case> {
    let slow_lookup = fault(Category::Dns)
        .reason(&[Reason::DnsTimeout])
        .phase(&[Some(Phase::Dns)])
        .display_tells();
    let proxy = fault(Category::ConnectRefused).reason(&[Reason::ConnectRefused]);
    // The limit covers TLS as well.
    let connecting = CONNECT_TIMEOUT.phase(&[None, Some(Phase::Connect)]).display_tells();
    let auth = fault(Category::Auth).reason(&[Reason::ProxyAuthRequired]).display_tells();
    vec![
        Case::new("ureq", "closed port", REFUSED, || async {
            let peer = Peer::closed_port()?;
            get(peer.http("/"), |config| config).await
        }),
        Case::new("ureq", "full queue, connect limit", connecting, || async {
            let peer = Peer::full_queue(None).await?;
            get(peer.http("/"), |config| config.timeout_connect(Some(LIMIT))).await
        }),
        Case::new("ureq", "no such host", NO_SUCH_HOST.display_tells(), || async {
            get(format!("http://{NO_HOST}/"), |config| config).await
        }),
        Case::new("ureq", "silent name server, resolve limit", slow_lookup, || async {
            in_namespace(&resolv_conf(), || async {
                let _server = DnsServer::start(53, Answers::Nothing).await?;
                let limit = |config: Config| config.timeout_resolve(Some(LIMIT));
                get("http://api.example.com/".to_owned(), limit).await
            })
            .await
        }),
        Case::new("ureq", "proxy is down", proxy, || async {
            let proxy = Peer::closed_port()?;
            through(&proxy).await
        }),
        Case::new("ureq", "proxy wants credentials", auth, || async {
            let proxy = Peer::scripted(scripts::status(407, &[])).await?;
            through(&proxy).await
        }),
    ]
}

/// A call through a proxy.
async fn through(proxy: &Peer) -> Outcome {
    let proxy = ureq::Proxy::new(&proxy.http(""))?;
    let call = move || {
        let config = ureq::Agent::config_builder().proxy(Some(proxy)).build();
        config.new_agent().get("https://peer.test/").call().map(drop)
    };
    Failure::of(tokio::task::spawn_blocking(call).await?)
}

fn exchanging() -> Vec<Case> {
    let redirects = fault(Category::Protocol).reason(&[Reason::TooManyRedirects]).display_tells();
    vec![
        scripted("closes on accept", GONE, Script::new().finish(), |config| config),
        scripted("closes on request", CLOSED, scripts::no_answer(), |config| config),
        scripted("resets on request", RESET, scripts::reset_on_request(), |config| config),
        scripted("garbage", NOT_THE_PROTOCOL, scripts::garbage(), |config| config),
        scripted("truncated body", TRUNCATED_OR_CLOSED, scripts::truncated_body(), |config| config),
        scripted("bad chunk size", NOT_THE_PROTOCOL, scripts::bad_chunk_size(), |config| config),
        scripted("redirect loop", redirects, scripts::redirect_loop(), |config| config),
    ]
}

/// It says that the peer disconnected, and not where.
const TRUNCATED_OR_CLOSED: Expect = TRUNCATED
    .reason(&[Reason::BodyTruncated, Reason::ConnectionClosed])
    .phase(&[None, Some(Phase::Body)]);

fn limits() -> Vec<Case> {
    let response = RESPONSE_TIMEOUT.phase(&[Some(Phase::Response)]).display_tells();
    vec![
        scripted("silent, response limit", response, Script::new().hang(), |config| {
            config.timeout_recv_response(Some(LIMIT))
        }),
        scripted("stalled body, body limit", BODY_TIMEOUT, scripts::stalled_body(), |config| {
            config.timeout_recv_body(Some(LIMIT))
        }),
        scripted("silent, global limit", TIMEOUT, Script::new().hang(), |config| {
            config.timeout_global(Some(LIMIT))
        }),
        scripted("silent, limit of a call", TIMEOUT, Script::new().hang(), |config| {
            config.timeout_per_call(Some(LIMIT))
        }),
        scripted("slow body, global limit", TIMEOUT, slow(), |config| {
            config.timeout_global(Some(LIMIT))
        }),
    ]
}

fn slow() -> Script {
    Script::new()
        .read_head()
        .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        .pause(Duration::from_secs(2))
        .finish()
}

fn statuses() -> Vec<Case> {
    [
        (401, code(Category::Auth, "401")),
        (404, code(Category::HttpClientError, "404")),
        (429, code(Category::RateLimited, "429")),
        (500, code(Category::HttpServerError, "500")),
        (503, code(Category::Unavailable, "503")),
    ]
    .into_iter()
    .map(|(status, expect)| {
        let script = scripts::status(status, &[]);
        scripted(&format!("status {status}"), expect.display_tells(), script, |config| config)
    })
    .collect()
}

fn trusting(config: Config) -> Config {
    let root = Certificate::from_der(world().certificates.authority()).to_owned();
    let roots = RootCerts::Specific(Arc::new(vec![root]));
    config.tls_config(TlsConfig::builder().root_certs(roots).build())
}

fn tls() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("wrong name", Leaf::WrongName, certificate(&[Reason::TlsCertificateNameMismatch])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new("ureq", name, expect.display_tells(), move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            get(peer.https("localhost", "/"), trusting).await
        })
    })
    .collect();
    let not_tls = handshake(&[Reason::TlsPeerNotTls]).display_tells();
    cases.push(Case::new("ureq", "https to an http port", not_tls, || async {
        let peer = Peer::scripted(scripts::status(400, &[])).await?;
        get(peer.https("localhost", "/"), trusting).await
    }));
    cases
}
