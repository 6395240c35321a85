//! reqwest 0.12 and 0.13 side by side: the same cases for both.

use std::net::SocketAddr;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, TlsVersions, scripts};
use netcause_client_tests::{Case, Expect, Failure, HOST, LIMIT, NO_HOST, fault, world};
use netcause_fault::{Category, Phase, Reason};

use crate::expect::{
    BODY_TIMEOUT, CLOSED, GONE, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED_ON_CONNECT, RESET, TIMEOUT,
    TRUNCATED, certificate, code, handshake,
};
use crate::hyper::UNTRUSTED;

/// What a call needs of its client.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Call {
    pub(crate) connect_limit: bool,
    pub(crate) read_limit: bool,
    pub(crate) total_limit: bool,
    pub(crate) json: bool,
    pub(crate) http2: bool,
    pub(crate) proxy: Option<SocketAddr>,
}

const TOTAL: Call = Call {
    connect_limit: false,
    read_limit: false,
    total_limit: true,
    json: false,
    http2: false,
    proxy: None,
};

/// Two timers run with the same limit, and the one around the lookup as well may be first.
const CONNECT_TIMEOUT: Expect = fault(Category::ConnectTimeout)
    .reason(&[Reason::ConnectTimeout])
    .phase(&[None, Some(Phase::Connect)]);
const NO_PHASE: Expect = fault(Category::Timeout).reason(&[Reason::Timeout]).phase(&[None]);
const UNDECODED: Expect =
    fault(Category::Protocol).reason(&[Reason::BodyDecodeError]).phase(&[Some(Phase::Body)]);

/// The cases of one version of reqwest.
macro_rules! version {
    ($name:ident, $reqwest:ident, $label:literal, |$builder:ident, $tls:ident| $with_tls:expr) => {
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn client(call: &Call, peer: &Peer) -> $reqwest::Result<$reqwest::Client> {
                let $tls = world().tls(TlsVersions::Both, None);
                let $builder = $reqwest::Client::builder().no_proxy().resolve(HOST, peer.addr);
                let mut builder = $with_tls;
                if call.connect_limit {
                    builder = builder.connect_timeout(LIMIT);
                }
                if call.read_limit {
                    builder = builder.read_timeout(LIMIT);
                }
                if call.total_limit {
                    builder = builder.timeout(LIMIT);
                }
                if call.http2 {
                    builder = builder.http2_prior_knowledge();
                }
                if let Some(proxy) = call.proxy {
                    builder = builder.proxy($reqwest::Proxy::all(format!("http://{proxy}"))?);
                }
                builder.build()
            }

            async fn get(call: Call, peer: &Peer, url: String) -> $reqwest::Result<()> {
                let response = client(&call, peer)?.get(url).send().await?.error_for_status()?;
                match call.json {
                    true => response.json::<serde_json::Value>().await.map(drop),
                    false => response.bytes().await.map(drop),
                }
            }

            fn scripted(name: &str, expect: Expect, call: Call, script: Script) -> Case {
                Case::new($label, name, expect, move || async move {
                    let peer = Peer::scripted(script).await?;
                    let url = format!("http://{HOST}:{}/v1", peer.port());
                    Failure::of(get(call, &peer, url).await)?
                        .target(&[HOST, "127.0.0.1"], peer.port())
                })
            }

            fn leaf(name: &str, expect: Expect, leaf: Leaf) -> Case {
                Case::new($label, name, expect, move || async move {
                    let identity = world().server(leaf);
                    let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
                    let url = peer.https(HOST, "/");
                    Failure::of(get(Call::default(), &peer, url).await)?
                        .target(&[HOST, "127.0.0.1"], peer.port())
                })
            }

            fn encrypted(name: &str, expect: Expect, script: Script) -> Case {
                Case::new($label, name, expect, move || async move {
                    let peer = Peer::scripted(script).await?;
                    let call = Call { connect_limit: true, ..Call::default() };
                    Failure::of(get(call, &peer, peer.https(HOST, "/")).await)?
                        .target(&[HOST, "127.0.0.1"], peer.port())
                })
            }

            pub(crate) fn cases() -> Vec<Case> {
                let mut cases = dialing();
                cases.extend(exchanging());
                cases.extend(limits());
                cases.extend(statuses());
                cases.extend(tls());
                cases.extend(proxies());
                cases.extend(http2());
                cases
            }

            fn dialing() -> Vec<Case> {
                vec![
                    Case::new($label, "closed port", REFUSED_ON_CONNECT, || async {
                        let peer = Peer::closed_port()?;
                        Failure::of(get(Call::default(), &peer, peer.http("/")).await)?
                            .target(&["127.0.0.1"], peer.port())
                    }),
                    Case::new($label, "full queue, connect limit", CONNECT_TIMEOUT, || async {
                        let peer = Peer::full_queue(None).await?;
                        let call = Call { connect_limit: true, ..Call::default() };
                        Failure::of(get(call, &peer, peer.http("/")).await)?
                            .target(&["127.0.0.1"], peer.port())
                    }),
                    Case::new($label, "full queue, total limit", NO_PHASE, || async {
                        let peer = Peer::full_queue(None).await?;
                        Failure::of(get(TOTAL, &peer, peer.http("/")).await)
                    }),
                    Case::new($label, "no such host", NO_SUCH_HOST, || async {
                        let peer = Peer::silent().await?;
                        let url = format!("http://{NO_HOST}/");
                        Failure::of(get(Call::default(), &peer, url).await)?.target(&[NO_HOST], 80)
                    }),
                ]
            }

            fn exchanging() -> Vec<Case> {
                let call = Call::default();
                let json = Call { json: true, ..call };
                let gzip = [("Content-Encoding", "gzip")];
                vec![
                    scripted("closes on accept", GONE, call, Script::new().finish()),
                    scripted("closes on request", CLOSED, call, scripts::no_answer()),
                    scripted("resets on request", RESET, call, scripts::reset_on_request()),
                    scripted("garbage", NOT_THE_PROTOCOL, call, scripts::garbage()),
                    scripted("truncated body", TRUNCATED, call, scripts::truncated_body()),
                    scripted(
                        "reset in the body",
                        RESET.phase(&[Some(Phase::Body)]),
                        call,
                        scripts::reset_in_body(),
                    ),
                    scripted("truncated JSON body", TRUNCATED, json, scripts::truncated_body()),
                    scripted("not JSON", UNDECODED, json, scripts::answer(200, &[], "<html>")),
                    scripted("not gzip", UNDECODED, call, scripts::answer(200, &gzip, "plain")),
                    scripted(
                        "redirect loop",
                        fault(Category::Protocol).reason(&[Reason::TooManyRedirects]),
                        call,
                        scripts::redirect_loop(),
                    ),
                ]
            }

            fn limits() -> Vec<Case> {
                let read = Call { read_limit: true, ..Call::default() };
                vec![
                    scripted("silent, total limit", NO_PHASE, TOTAL, Script::new().hang()),
                    scripted("silent, read limit", NO_PHASE, read, Script::new().hang()),
                    scripted(
                        "stalled body, total limit",
                        BODY_TIMEOUT,
                        TOTAL,
                        scripts::stalled_body(),
                    ),
                    scripted(
                        "stalled body, read limit",
                        BODY_TIMEOUT,
                        read,
                        scripts::stalled_body(),
                    ),
                    Case::new($label, "silent, timeout()", TIMEOUT, || async {
                        let peer = Peer::silent().await?;
                        let call = get(Call::default(), &peer, peer.http("/"));
                        Failure::of(tokio::time::timeout(LIMIT, call).await)
                    }),
                ]
            }

            fn statuses() -> Vec<Case> {
                [
                    (401, code(Category::Auth, "401")),
                    (404, code(Category::HttpClientError, "404")),
                    (429, code(Category::RateLimited, "429")),
                    (500, code(Category::HttpServerError, "500")),
                    (503, code(Category::Unavailable, "503")),
                    (504, code(Category::ResponseTimeout, "504")),
                ]
                .into_iter()
                .map(|(status, expect)| {
                    let expect = expect.display_tells();
                    let script = scripts::status(status, &[("Retry-After", "2")]);
                    scripted(&format!("status {status}"), expect, Call::default(), script)
                })
                .collect()
            }

            fn tls() -> Vec<Case> {
                vec![
                    leaf(
                        "expired certificate",
                        certificate(&[Reason::TlsCertificateExpired]),
                        Leaf::Expired,
                    ),
                    leaf("unknown authority", UNTRUSTED, Leaf::UnknownAuthority),
                    leaf(
                        "wrong name",
                        certificate(&[Reason::TlsCertificateNameMismatch]),
                        Leaf::WrongName,
                    ),
                    encrypted(
                        "https to an http port",
                        handshake(&[Reason::TlsPeerNotTls]),
                        scripts::status(400, &[]),
                    ),
                    encrypted(
                        "closes on ClientHello",
                        handshake(&[Reason::TlsHandshakeClosed]),
                        Script::new().read_record().finish(),
                    ),
                    encrypted(
                        "https, silent, connect limit",
                        // The limit covers lookup, TCP and TLS, and the error says no more.
                        NO_PHASE,
                        Script::new().hang(),
                    ),
                ]
            }

            fn proxies() -> Vec<Case> {
                let refused = fault(Category::ConnectRefused)
                    .reason(&[Reason::ProxyConnectFailed])
                    .phase(&[Some(Phase::Proxy)]);
                let auth = fault(Category::Auth).reason(&[Reason::ProxyAuthRequired]);
                vec![
                    Case::new($label, "proxy is down", refused, || async {
                        let proxy = Peer::closed_port()?;
                        let call = Call { proxy: Some(proxy.addr), ..Call::default() };
                        let url = format!("https://{HOST}/");
                        Failure::of(get(call, &proxy, url).await)
                    }),
                    Case::new($label, "proxy wants credentials", auth, || async {
                        let proxy = Peer::scripted(scripts::status(407, &[])).await?;
                        let call = Call { proxy: Some(proxy.addr), ..Call::default() };
                        let url = format!("https://{HOST}/");
                        Failure::of(get(call, &proxy, url).await)
                    }),
                ]
            }

            fn http2() -> Vec<Case> {
                use crate::http2::{Answer, serve};
                let refused = fault(Category::ConnectionReset).reason(&[Reason::StreamRefused]);
                let reset = fault(Category::ConnectionReset).reason(&[Reason::StreamReset]);
                [
                    ("REFUSED_STREAM", Answer::Reset(h2::Reason::REFUSED_STREAM), refused),
                    ("RST_STREAM", Answer::Reset(h2::Reason::INTERNAL_ERROR), reset),
                    ("RST_STREAM in the body", Answer::ResetInBody(h2::Reason::CANCEL), reset),
                    ("GOAWAY", Answer::GoAway(h2::Reason::INTERNAL_ERROR), CLOSED),
                ]
                .into_iter()
                .map(|(name, answer, expect)| {
                    Case::new($label, name, expect, move || async move {
                        let port = serve(answer).await?;
                        let call = Call { http2: true, ..Call::default() };
                        let peer = Peer::closed_port()?;
                        let url = format!("http://127.0.0.1:{port}/");
                        Failure::of(get(call, &peer, url).await)?.target(&["127.0.0.1"], port)
                    })
                })
                .collect()
            }
        }
    };
}

version!(v12, reqwest012, "reqwest 0.12", |builder, tls| builder.use_preconfigured_tls(tls));
version!(v13, reqwest, "reqwest 0.13", |builder, tls| builder.tls_backend_preconfigured(tls));
