//! The HTTP client of the AWS SDK: its `ConnectorError`, alone and in an `SdkError`.

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, scripts};
use netcause_client_tests::{Case, Expect, Failure, LIMIT, NO_HOST, Outcome, fault, world};
use netcause_fault::{Category, Reason};

use crate::expect::{
    CLOSED, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED_ON_CONNECT, RESET, certificate, handshake,
};
use crate::hyper::UNTRUSTED;

/// The limit is around lookup, TCP and TLS.
const CONNECT_TIMEOUT: Expect = fault(Category::ConnectTimeout).reason(&[Reason::ConnectTimeout]);

const LABEL: &str = "aws-smithy-http-client";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = dialing();
    cases.extend(exchanging());
    cases.extend(tls());
    cases
}

async fn call(url: &str) -> Result<(), ConnectorError> {
    // The read limit runs while connecting, too, and must not be the first to end.
    let settings =
        HttpConnectorSettings::builder().connect_timeout(LIMIT).read_timeout(LIMIT * 3).build();
    let root = world().certificates.authority().to_vec();
    let roots =
        TrustStore::empty().with_pem_certificate(pem::encode(&pem::Pem::new("CERTIFICATE", root)));
    let context = TlsContext::builder().with_trust_store(roots).build().expect("roots");
    let connector = Connector::builder()
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build();
    let mut request = HttpRequest::empty();
    request.set_uri(url).expect("a URL");
    connector.call(request).await.map(drop)
}

/// As the SDK's operations return it.
async fn operation(url: &str) -> Outcome {
    let failed = call(url).await.map_err(SdkError::<fmt::Error, HttpResponse>::dispatch_failure);
    Failure::of(failed)
}

use std::fmt;

fn dialing() -> Vec<Case> {
    vec![
        Case::new(LABEL, "closed port", REFUSED_ON_CONNECT, || async {
            let peer = Peer::closed_port()?;
            Failure::of(call(&peer.http("/")).await)?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(LABEL, "closed port, SdkError", REFUSED_ON_CONNECT, || async {
            let peer = Peer::closed_port()?;
            operation(&peer.http("/")).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(LABEL, "full queue, connect limit", CONNECT_TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            operation(&peer.http("/")).await
        }),
        Case::new(LABEL, "no such host", NO_SUCH_HOST, || async {
            operation(&format!("http://{NO_HOST}/")).await
        }),
    ]
}

fn exchanging() -> Vec<Case> {
    let silent: Expect = fault(Category::ResponseTimeout).reason(&[Reason::ResponseTimeout]);
    [
        ("silent, read limit", silent, Script::new().hang()),
        ("closes on request", CLOSED, scripts::no_answer()),
        ("resets on request", RESET, scripts::reset_on_request()),
        ("garbage", NOT_THE_PROTOCOL, scripts::garbage()),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new(LABEL, name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            operation(&peer.http("/")).await
        })
    })
    .collect()
}

fn tls() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new(LABEL, name, expect, move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            operation(&peer.https("localhost", "/")).await
        })
    })
    .collect();
    let not_tls = handshake(&[Reason::TlsPeerNotTls]);
    cases.push(Case::new(LABEL, "https to an http port", not_tls, || async {
        let peer = Peer::scripted(scripts::status(400, &[])).await?;
        operation(&peer.https("localhost", "/")).await
    }));
    cases
}
