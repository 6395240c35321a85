//! The real clients, each as one function from a [`Call`] to its error.

use std::sync::Arc;

use anyhow::Context;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::case::{Failure, Outcome};
use crate::world::{Call, HOST};

/// A client that makes HTTP or TLS calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// tokio-rustls, with a request written by hand.
    TokioRustls,
    /// hyper-util's legacy client with hyper-rustls.
    Hyper,
    Reqwest,
}

impl Client {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Client::TokioRustls => "tokio-rustls",
            Client::Hyper => "hyper-util",
            Client::Reqwest => "reqwest",
        }
    }

    /// Makes the call and returns how it failed.
    pub(crate) async fn fail(self, call: Call) -> Outcome {
        let target = call.target();
        let result = match self {
            Client::TokioRustls => tokio_rustls(call).await,
            Client::Hyper => limited_hyper(call).await,
            Client::Reqwest => reqwest(call).await,
        };
        Some(Failure { error: result.err()?, target })
    }
}

async fn tokio_rustls(call: Call) -> anyhow::Result<()> {
    let config = call.tls.context("no TLS")?;
    let stream = TcpStream::connect(call.addr).await?;
    let name = ServerName::try_from(call.host)?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// hyper-util has no limit of its own beyond connecting; its users put tokio's around it.
async fn limited_hyper(call: Call) -> anyhow::Result<()> {
    match call.limits.total {
        Some(limit) => tokio::time::timeout(limit, hyper(call)).await?,
        None => hyper(call).await,
    }
}

async fn hyper(call: Call) -> anyhow::Result<()> {
    let client = HyperClient::builder(TokioExecutor::new()).build(hyper_connector(&call)?);
    // hyper-util resolves by the system only, which does not know the peer's name.
    let call =
        if call.host == HOST { call.clone().host(&call.addr.ip().to_string()) } else { call };
    let request = hyper::Request::get(call.url()).body(Empty::<Bytes>::new())?;
    client.request(request).await?.into_body().collect().await?;
    Ok(())
}

fn hyper_connector(call: &Call) -> anyhow::Result<HttpsConnector<HttpConnector>> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(call.limits.connect);
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(call.tls.clone().unwrap_or_else(no_roots))
        .https_or_http()
        .with_server_name_resolver(FixedServerNameResolver::new(call.host.clone().try_into()?))
        .enable_http1()
        .wrap_connector(http))
}

async fn reqwest(call: Call) -> anyhow::Result<()> {
    let response = reqwest_client(&call)?.get(call.url()).send().await?.error_for_status()?;
    match call.json {
        true => drop(response.json::<serde_json::Value>().await?),
        false => drop(response.bytes().await?),
    }
    Ok(())
}

pub(crate) fn reqwest_client(call: &Call) -> anyhow::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(call.tls.clone().unwrap_or_else(no_roots));
    if call.host == HOST {
        builder = builder.resolve(HOST, call.addr);
    }
    if let Some(proxy) = call.proxy {
        builder = builder.proxy(reqwest::Proxy::all(format!("http://{proxy}"))?);
    }
    if let Some(limit) = call.limits.connect {
        builder = builder.connect_timeout(limit);
    }
    if let Some(limit) = call.limits.read {
        builder = builder.read_timeout(limit);
    }
    if let Some(limit) = call.limits.total {
        builder = builder.timeout(limit);
    }
    Ok(builder.build()?)
}

/// For calls without TLS: clients want a configuration all the same.
fn no_roots() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
