//! reqwest-middleware and reqwest-retry, which wrap reqwest's errors out of sight.

use std::time::Duration;

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, scripts};
use netcause_client_tests::{Case, Expect, Failure, HOST, NO_HOST, fault, world};
use netcause_fault::{Category, Reason};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;

use crate::expect::{NO_SUCH_HOST, REFUSED_ON_CONNECT, RESET, TRUNCATED, certificate, code};
use crate::reqwests::{Call, v13};

const LABEL: &str = "reqwest-middleware";
const RETRY: &str = "reqwest-retry";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain();
    cases.extend(retried());
    cases
}

fn client(peer: &Peer, retries: Option<u32>) -> reqwest::Result<ClientWithMiddleware> {
    let call = Call { connect_limit: true, total_limit: true, ..Call::default() };
    let mut builder = ClientBuilder::new(v13::client(&call, peer)?);
    if let Some(retries) = retries {
        let pause = Duration::from_millis(1);
        let policy = ExponentialBackoff::builder()
            .retry_bounds(pause, pause)
            .build_with_max_retries(retries);
        builder = builder.with(RetryTransientMiddleware::new_with_policy(policy));
    }
    Ok(builder.build())
}

async fn get(peer: &Peer, retries: Option<u32>, url: String) -> reqwest_middleware::Result<()> {
    let response = client(peer, retries)?.get(url).send().await?.error_for_status()?;
    response.bytes().await?;
    Ok(())
}

fn plain() -> Vec<Case> {
    let mut cases = vec![Case::new(LABEL, "closed port", REFUSED_ON_CONNECT, || async {
        let peer = Peer::closed_port()?;
        Failure::of(get(&peer, None, peer.http("/")).await)?.target(&["127.0.0.1"], peer.port())
    })];
    cases.extend(
        [
            ("resets on request", RESET, scripts::reset_on_request()),
            ("truncated body", TRUNCATED, scripts::truncated_body()),
            ("status 503", code(Category::Unavailable, "503"), scripts::status(503, &[])),
        ]
        .into_iter()
        .map(|(name, expect, script)| {
            Case::new(LABEL, name, expect, move || async move {
                let peer = Peer::scripted(script).await?;
                Failure::of(get(&peer, None, peer.http("/")).await)
            })
        }),
    );
    cases
}

/// The wrapper decides nothing but how often was tried.
fn retried() -> Vec<Case> {
    let timeout = fault(Category::Timeout).reason(&[Reason::Timeout]);
    let expired = certificate(&[Reason::TlsCertificateExpired]);
    vec![
        Case::new(RETRY, "closed port", REFUSED_ON_CONNECT.gave_up_after(3), || async {
            let peer = Peer::closed_port()?;
            Failure::of(get(&peer, Some(3), peer.http("/")).await)?
                .target(&["127.0.0.1"], peer.port())
        }),
        Case::new(RETRY, "no such host", NO_SUCH_HOST.gave_up_after(2), || async {
            let peer = Peer::closed_port()?;
            Failure::of(get(&peer, Some(2), format!("http://{NO_HOST}/")).await)
        }),
        scripted("resets on request", RESET.gave_up_after(2), scripts::reset_on_request()),
        scripted("silent, total limit", timeout.gave_up_after(2), Script::new().hang()),
        // It takes a certificate's flaw for what a retry may mend.
        Case::new(RETRY, "expired certificate", expired.gave_up_after(2), || async {
            let identity = world().server(Leaf::Expired);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            Failure::of(get(&peer, Some(2), peer.https(HOST, "/")).await)?
                .target(&[HOST, "127.0.0.1"], peer.port())
        }),
    ]
}

fn scripted(name: &str, expect: Expect, script: Script) -> Case {
    Case::new(RETRY, name, expect, move || async move {
        let peer = Peer::scripted(script).await?;
        Failure::of(get(&peer, Some(2), peer.http("/")).await)
    })
}
