//! tonic: a client made from the health service's description, against servers that
//! refuse, break off, or answer with a status of gRPC or of a proxy.

use std::time::Duration;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, scripts};
use netcause_client_tests::{Case, Expect, Failure, HOST, LIMIT, NO_HOST, Outcome, fault, world};
use netcause_fault::{Category, Phase, Reason};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::expect::{
    CLOSED, CONNECT_TIMEOUT, GONE, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED_ON_CONNECT,
    RESPONSE_TIMEOUT, TRUNCATED, certificate, code, handshake,
};
use crate::http2::{Answer, serve};
use crate::hyper::UNTRUSTED;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = connecting();
    cases.extend(dialing());
    cases.extend(tls());
    cases.extend(breaking());
    cases.extend(statuses());
    cases.extend(proxies());
    cases
}

async fn check(channel: Channel) -> Result<(), tonic::Status> {
    HealthClient::new(channel).check(HealthCheckRequest::default()).await.map(drop)
}

fn endpoint(port: u16) -> Result<Endpoint, tonic::transport::Error> {
    Ok(Endpoint::from_shared(format!("http://127.0.0.1:{port}"))?.connect_timeout(LIMIT))
}

/// `Endpoint::connect`, whose error is not yet a status.
fn connecting() -> Vec<Case> {
    vec![
        Case::new("tonic", "connect(): closed port", REFUSED_ON_CONNECT, || async {
            let peer = Peer::closed_port()?;
            Failure::of(endpoint(peer.port())?.connect().await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new("tonic", "connect(): full queue", CONNECT_TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            Failure::of(endpoint(peer.port())?.connect().await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new("tonic", "connect(): no such host", NO_SUCH_HOST, || async {
            let endpoint = Endpoint::from_shared(format!("http://{NO_HOST}:1"))?;
            Failure::of(endpoint.connect().await)
        }),
    ]
}

/// Calls on a channel that connects when it must; the code is the client's own word.
fn dialing() -> Vec<Case> {
    vec![
        Case::new("tonic", "closed port", REFUSED_ON_CONNECT, || async {
            let peer = Peer::closed_port()?;
            Failure::of(check(endpoint(peer.port())?.connect_lazy()).await)?
                .target(&["127.0.0.1"], peer.port())
        }),
        Case::new("tonic", "full queue", CONNECT_TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            Failure::of(check(endpoint(peer.port())?.connect_lazy()).await)
        }),
        Case::new("tonic", "no such host", NO_SUCH_HOST, || async {
            let endpoint = Endpoint::from_shared(format!("http://{NO_HOST}:1"))?;
            Failure::of(check(endpoint.connect_lazy()).await)
        }),
        Case::new("tonic", "silent, deadline", RESPONSE_TIMEOUT, || async {
            let peer = Peer::silent().await?;
            let endpoint = endpoint(peer.port())?.timeout(LIMIT);
            Failure::of(check(endpoint.connect_lazy()).await)
        }),
    ]
}

async fn secure(peer: &Peer) -> Result<Endpoint, tonic::transport::Error> {
    let root =
        pem::encode(&pem::Pem::new("CERTIFICATE", world().certificates.authority().to_vec()));
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(root)).domain_name(HOST);
    Endpoint::from_shared(format!("https://{}", peer.addr))?.tls_config(tls)
}

fn tls() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("wrong name", Leaf::WrongName, certificate(&[Reason::TlsCertificateNameMismatch])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
        ("no HTTP/2 over TLS", Leaf::Good, handshake(&[Reason::TlsAlpnMismatch])),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new("tonic", name, expect, move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            Failure::of(check(secure(&peer).await?.connect_lazy()).await)
        })
    })
    .collect();
    let required = fault(Category::TlsCertificate).reason(&[Reason::TlsClientCertificateRequired]);
    cases.push(Case::new("tonic", "client certificate required", required, || async {
        let options = TlsOptions {
            client_certificate: true,
            alpn: vec!["h2".to_owned()],
            latency: Duration::from_millis(150),
            ..TlsOptions::default()
        };
        let peer = Peer::tls(&world().server(Leaf::Good), &options, Script::new()).await?;
        Failure::of(check(secure(&peer).await?.connect_lazy()).await)
    }));
    let not_tls = handshake(&[Reason::TlsPeerNotTls]);
    cases.push(Case::new("tonic", "https to a plain port", not_tls, || async {
        let peer = Peer::scripted(scripts::status(400, &[])).await?;
        Failure::of(check(secure(&peer).await?.connect_lazy()).await)
    }));
    cases
}

async fn call(port: u16) -> Outcome {
    Failure::of(check(endpoint(port)?.connect().await?).await)
}

/// Answers late enough for the call to be under way: one that finds its connection gone is
/// told no more than that.
fn http1() -> Script {
    let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    Script::new().read_head().pause(Duration::from_millis(50)).send(answer).hang()
}

/// Connections and streams that break.
fn breaking() -> Vec<Case> {
    const RESET: Expect = fault(Category::ConnectionReset).reason(&[Reason::StreamReset]);
    const REFUSED: Expect = fault(Category::ConnectionReset).reason(&[Reason::StreamRefused]);
    let mut cases: Vec<_> = [
        ("HTTP/1.1 server", NOT_THE_PROTOCOL, http1()),
        (
            "closes on request",
            CLOSED.also(&[Category::Cancelled]),
            Script::new().read_head().finish(),
        ),
        ("resets on request", GONE.also(&[Category::Cancelled]), Script::new().read_head().reset()),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new("tonic", name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            call(peer.port()).await
        })
    })
    .collect();
    cases.extend(
        [
            ("REFUSED_STREAM", Answer::Reset(h2::Reason::REFUSED_STREAM), REFUSED),
            ("RST_STREAM INTERNAL_ERROR", Answer::Reset(h2::Reason::INTERNAL_ERROR), RESET),
            ("RST_STREAM CANCEL", Answer::Reset(h2::Reason::CANCEL), RESET),
            ("RST_STREAM in a message", Answer::ResetInBody(h2::Reason::INTERNAL_ERROR), RESET),
            ("GOAWAY", Answer::GoAway(h2::Reason::ENHANCE_YOUR_CALM), CLOSED),
            ("dropped in a message", Answer::DropInBody, TORN),
            ("half a message, no status", Answer::HalfMessage, TRUNCATED),
        ]
        .into_iter()
        .map(|(name, answer, expect)| {
            Case::new(
                "tonic",
                name,
                expect,
                move || async move { call(serve(answer).await?).await },
            )
        }),
    );
    let dead = fault(Category::ConnectionReset).reason(&[Reason::KeepaliveTimeout]);
    cases.push(Case::new("tonic", "no answer to pings", dead, || async {
        let peer = Peer::silent().await?;
        let endpoint = endpoint(peer.port())?
            .http2_keep_alive_interval(Duration::from_millis(50))
            .keep_alive_timeout(LIMIT);
        Failure::of(check(endpoint.connect().await?).await)
    }));
    cases
}

const TORN: Expect = fault(Category::ConnectionReset)
    .reason(&[Reason::ConnectionClosed, Reason::BodyTruncated])
    .phase(&[Some(Phase::Body), Some(Phase::Response), None]);

macro_rules! grpc {
    ($status:literal, $message:literal) => {
        Answer::Whole(
            200,
            &[
                ("content-type", "application/grpc"),
                ("grpc-status", $status),
                ("grpc-message", $message),
            ],
            "",
        )
    };
}

/// Statuses that the server itself states.
fn statuses() -> Vec<Case> {
    use Category as C;
    [
        (grpc!("1", "gone"), code(C::Cancelled, "CANCELLED")),
        (grpc!("2", "boom"), code(C::HttpServerError, "UNKNOWN")),
        (grpc!("3", "no such field"), code(C::HttpClientError, "INVALID_ARGUMENT")),
        (grpc!("4", "too slow"), code(C::ResponseTimeout, "DEADLINE_EXCEEDED")),
        (grpc!("5", "no such row"), code(C::HttpClientError, "NOT_FOUND")),
        (grpc!("6", "twice"), code(C::HttpClientError, "ALREADY_EXISTS")),
        (grpc!("7", "RBAC: access denied"), code(C::Auth, "PERMISSION_DENIED")),
        (grpc!("8", "quota"), code(C::RateLimited, "RESOURCE_EXHAUSTED")),
        (grpc!("9", "not empty"), code(C::HttpClientError, "FAILED_PRECONDITION")),
        (grpc!("10", "conflict"), code(C::HttpClientError, "ABORTED")),
        (grpc!("11", "past the end"), code(C::HttpClientError, "OUT_OF_RANGE")),
        (grpc!("12", ""), code(C::HttpClientError, "UNIMPLEMENTED")),
        (grpc!("13", "boom"), code(C::HttpServerError, "INTERNAL")),
        (grpc!("14", "no healthy upstream"), code(C::Unavailable, "UNAVAILABLE")),
        (grpc!("15", "lost"), code(C::HttpServerError, "DATA_LOSS")),
        (grpc!("16", "token expired"), code(C::Auth, "UNAUTHENTICATED")),
    ]
    .into_iter()
    .map(|(answer, expect)| {
        let Answer::Whole(_, headers, _) = answer else { unreachable!() };
        let name = format!("grpc-status {}", headers[1].1);
        Case::new("tonic", name, expect.display_tells(), move || async move {
            call(serve(answer).await?).await
        })
    })
    .collect()
}

/// Answers that do not come from a gRPC server at all.
fn proxies() -> Vec<Case> {
    const TEXT: &[(&str, &str)] = &[("content-type", "text/plain")];
    [
        ("502, text body", Answer::Whole(502, TEXT, "upstream down"), C502),
        ("503, text body", Answer::Whole(503, TEXT, "upstream down"), C503),
        ("504, text body", Answer::Whole(504, TEXT, "upstream slow"), C504),
        ("429, text body", Answer::Whole(429, TEXT, "slow down"), C429),
        ("503, page", Answer::Whole(503, TEXT, "<html>no</html>"), C503),
        ("503, no body", Answer::Whole(503, TEXT, ""), C503),
        ("401, no body", Answer::Whole(401, TEXT, ""), C401),
        ("404, no body", Answer::Whole(404, TEXT, ""), C404),
    ]
    .into_iter()
    .map(|(name, answer, expect)| {
        Case::new("tonic", name, expect.display_tells(), move || async move {
            call(serve(answer).await?).await
        })
    })
    .collect()
}

const C401: Expect = code(Category::Auth, "401");
const C404: Expect = code(Category::HttpClientError, "404");
const C429: Expect = code(Category::RateLimited, "429");
const C502: Expect = code(Category::HttpServerError, "502");
const C503: Expect = code(Category::Unavailable, "503");
const C504: Expect = code(Category::ResponseTimeout, "504");
