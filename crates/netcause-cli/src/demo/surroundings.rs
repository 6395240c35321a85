//! What surrounds the checkout in the demonstration: peers that fail, each in its own way.

use std::io;
use std::time::Duration;

use netcause::http::reqwest::{CallMiddleware, Instrument};
use netcause::net::TlsClient;
use reqwest::{Client, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use super::checkout::Services;
use super::client::Service;
use crate::peers::{Certificates, Leaf, Peer, Script, TlsOptions, scripts};

/// How long connecting to the payment service may take.
const HURRIED: Duration = Duration::from_millis(100);

/// How long connecting may take on this machine, also when it is busy.
const CONNECT: Duration = Duration::from_millis(300);

/// How long an answer may take on this machine.
const ANSWER: Duration = Duration::from_millis(500);

/// How long a name lookup may take, which has to leave this machine.
const LOOKUP: Duration = Duration::from_secs(3);

/// The port of the full accept queue, if it is free.
pub(super) const FULL_QUEUE_PORT: u16 = 12345;

/// The peers, which stop when this is dropped, and how the checkout reaches them.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    peers: Vec<(&'static str, Peer)>,
}

impl Surroundings {
    /// Starts every peer.
    pub(super) async fn start() -> io::Result<(Self, Services)> {
        let certificates = Certificates::new()?;
        let mut here = Surroundings::default();
        let prices = here.http("prices.example", answers()).await?;
        let payments = here.full_queue("hello.from.the.other.side").await?;
        let inventory = here.add("http", "inventory.example", Peer::closed_port()?)?;
        let fraud = here.http("fraud.example", vec![Script::new().hang()]).await?;
        let rates = url("http", "no.such.host.invalid", 80)?;
        let carrier = here.https("carrier.example", &certificates, Leaf::Expired).await?;
        let mail = here.https("mail.example", &certificates, Leaf::SelfSigned).await?;
        let loyalty = here.https("loyalty.example", &certificates, Leaf::WrongName).await?;
        let shipping = here.http("shipping.example", busy_then_well()).await?;
        let addresses = here.http("addresses.example", over_quota()).await?;
        let vouchers = here.http("vouchers.example", vec![scripts::status(401, &[])]).await?;
        let invoices = here.http("invoices.example", vec![scripts::reset_in_body()]).await?;
        let documents = here.http("documents.example", vec![scripts::truncated_body()]).await?;
        let warehouse = here.http("warehouse.example", vec![ssh()]).await?;

        let hurried = here.client(&certificates, HURRIED, ANSWER)?;
        let nearby = here.client(&certificates, CONNECT, ANSWER)?;
        let distant = here.client(&certificates, LOOKUP, LOOKUP + ANSWER)?;
        let near = |url| Service { url, http: nearby.clone() };
        let services = Services {
            prices: near(prices),
            payments: Service { url: payments, http: hurried },
            inventory: near(inventory),
            fraud: near(fraud),
            rates: Service { url: rates, http: distant },
            carrier: near(carrier),
            mail: near(mail),
            loyalty: near(loyalty),
            shipping: near(shipping),
            addresses: near(addresses),
            vouchers: near(vouchers),
            invoices: near(invoices),
            documents: near(documents),
            warehouse: near(warehouse),
        };
        Ok((here, services))
    }

    async fn http(&mut self, host: &'static str, scripts: Vec<Script>) -> io::Result<Url> {
        let peer = Peer::scripted_in_turn(scripts).await?;
        self.add("http", host, peer)
    }

    async fn https(
        &mut self,
        host: &'static str,
        certificates: &Certificates,
        leaf: Leaf,
    ) -> io::Result<Url> {
        let identity = certificates.server(leaf, &[host])?;
        let peer = Peer::tls(&identity, &TlsOptions::default(), well()).await?;
        self.add("https", host, peer)
    }

    async fn full_queue(&mut self, host: &'static str) -> io::Result<Url> {
        let peer = Peer::full_queue(Some(FULL_QUEUE_PORT)).await?;
        if peer.port() != FULL_QUEUE_PORT {
            let used = peer.port();
            tracing::info!("another program has port {FULL_QUEUE_PORT}, so {host} is on {used}");
        }
        self.add("http", host, peer)
    }

    fn add(&mut self, scheme: &str, host: &'static str, peer: Peer) -> io::Result<Url> {
        let url = url(scheme, host, peer.port());
        self.peers.push((host, peer));
        url
    }

    /// A client that finds the peers by their names, trusts their authority only, and has
    /// these limits for connecting and for the whole of a try.
    fn client(
        &self,
        certificates: &Certificates,
        connect: Duration,
        total: Duration,
    ) -> io::Result<ClientWithMiddleware> {
        let tls = TlsClient::with_roots(certificates.roots()?).build().map_err(io::Error::other)?;
        let builder = Client::builder().no_proxy().tls_backend_preconfigured(tls);
        let names = self.peers.iter();
        let builder = names.fold(builder, |builder, (host, peer)| builder.resolve(host, peer.addr));
        let builder = Instrument::new().connect_limit(connect).apply(builder);
        let client = builder.build().map_err(io::Error::other)?;
        // To this service every answer of 400 and above is a failure.
        let calls = CallMiddleware::new()
            .total_limit(total)
            .failure_if(|answer| answer.status().is_client_error() || answer.is_failure());
        Ok(ClientBuilder::new(client).with(calls).build())
    }
}

fn url(scheme: &str, host: &str, port: u16) -> io::Result<Url> {
    Url::parse(&format!("{scheme}://{host}:{port}/")).map_err(io::Error::other)
}

fn well() -> Script {
    scripts::answer(200, &[], "all is well")
}

fn answers() -> Vec<Script> {
    vec![well()]
}

fn busy_then_well() -> Vec<Script> {
    vec![scripts::status(503, &[("Retry-After", "1")]), well()]
}

fn over_quota() -> Vec<Script> {
    vec![scripts::status(429, &[("Retry-After", "60")])]
}

/// An SSH server, a little slow: its banner never overtakes the request.
fn ssh() -> Script {
    Script::new().pause(Duration::from_millis(20)).send("SSH-2.0-OpenSSH_9.9\r\n").hang()
}
