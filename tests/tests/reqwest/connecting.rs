//! A connect that fails, or that a timer ends.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use netcause_cli::peers::{Certificates, Leaf, Peer, TlsOptions, scripts};
use netcause_http::reqwest::{Instrument, RecordingResolver, instrument};
use netcause_tests::lines::Line;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tracing::{Instrument as _, error, info_span};

use crate::{builder, evidence, record_one, typed};

const LIMIT: Duration = Duration::from_millis(100);

/// The lines about an answer that does not come, logged by whoever waits for it.
async fn log_failure(client: &reqwest::Client, port: u16) {
    let failed = client.get(format!("http://db.example:{port}/")).send().await.unwrap_err();
    error!(error = typed(&failed), "no answer");
}

fn assert_names_the_peer(line: &Line, port: u16) {
    assert_eq!(line.peer(), (Some("db.example"), Some(port.into())), "{line:#?}");
    assert_eq!(line.text("network.peer.address"), Some("127.0.0.1"), "{line:#?}");
    assert_eq!(line.text("network.local.address"), Some("127.0.0.1"), "{line:#?}");
    assert!(line.number("fault.elapsed_ms").is_some(), "{line:#?}");
}

#[test]
fn a_closed_port_has_host_port_addresses_phase_and_time() {
    let peer = Peer::closed_port().unwrap();
    let client = instrument(builder(peer.addr)).build().unwrap();
    let line = record_one(log_failure(&client, peer.port()));
    assert_eq!(line.category(), Some("connect_refused"));
    assert_eq!(line.text("fault.phase"), Some("connect"));
    assert_names_the_peer(&line, peer.port());
}

#[test]
fn a_limit_of_ours_says_which_it_was() {
    let line = record_one(async {
        let peer = Peer::full_queue(None).await.unwrap();
        let client = Instrument::new().connect_limit(LIMIT).apply(builder(peer.addr));
        log_failure(&client.build().unwrap(), peer.port()).await;
        assert_ne!(peer.port(), 0);
    });
    assert_eq!(line.category(), Some("connect_timeout"), "{line:#?}");
    assert_eq!(line.number("fault.timeout_ms"), Some(100));
    assert_eq!(line.text("fault.limit"), Some("connect"));
    assert_eq!(line.text("fault.phase"), Some("connect"));
    assert_eq!(line.text("network.peer.address"), Some("127.0.0.1"));
    let summary = line.text("fault.summary").unwrap();
    assert!(summary.ends_with("timed out after 100ms"), "{summary}");
}

/// What a timer further out gives up is told by the line about it.
fn assert_tells_what_was_dropped(line: &Line) {
    assert_eq!(line.text("server.address"), Some("db.example"), "{line:#?}");
    assert_eq!(line.category(), Some("connect_timeout"));
    assert_eq!(line.text("fault.phase"), Some("connect"));
    assert_eq!(line.text("network.peer.address"), Some("127.0.0.1"));
    assert_eq!(line.text("network.local.address"), Some("127.0.0.1"));
    assert!(line.number("fault.elapsed_ms").unwrap() >= 95, "{line:#?}");
    let sent = |fact: &String| fact.contains("SYN sent, no answer");
    assert!(evidence(line).iter().any(sent), "{line:#?}");
}

#[test]
fn a_timer_of_tokio_around_the_call_tells_what_it_gave_up() {
    let line = record_one(
        async {
            let peer = Peer::full_queue(None).await.unwrap();
            let client = instrument(builder(peer.addr)).build().unwrap();
            let call = client.get(format!("http://db.example:{}/", peer.port())).send();
            let elapsed = tokio::time::timeout(LIMIT, call).await.unwrap_err();
            error!("no answer: {elapsed}");
        }
        .instrument_here("job"),
    );
    assert_tells_what_was_dropped(&line);
}

#[test]
fn a_timer_of_reqwest_tells_what_it_gave_up() {
    let line = record_one(
        async {
            let peer = Peer::full_queue(None).await.unwrap();
            let client = instrument(builder(peer.addr)).timeout(LIMIT).build().unwrap();
            log_failure(&client, peer.port()).await;
        }
        .instrument_here("job"),
    );
    assert_tells_what_was_dropped(&line);
}

/// Never answers, as a resolver behind a firewall.
struct Silent;

impl Resolve for Silent {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

/// Two addresses, of which only the second one is there.
struct Two(Ipv4Addr, Ipv4Addr);

impl Resolve for Two {
    fn resolve(&self, _: Name) -> Resolving {
        let both = [self.0, self.1].map(|it| SocketAddr::from((it, 0)));
        Box::pin(async move { Ok(Box::new(both.into_iter()) as Addrs) })
    }
}

fn resolved_by(resolver: impl Resolve + 'static) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy();
    builder.dns_resolver(RecordingResolver::around(resolver))
}

#[test]
fn a_lookup_without_an_end_is_one_of_names() {
    let client = Instrument::new().own_resolver().connect_limit(LIMIT);
    let client = client.apply(resolved_by(Silent)).build().unwrap();
    let line = record_one(log_failure(&client, 80));
    assert_eq!((line.category(), line.text("fault.phase")), (Some("dns"), Some("dns")));
    assert_eq!(line.text("error.type"), Some("dns_timeout"));
    assert_eq!(line.peer(), (Some("db.example"), Some(80)));
}

#[test]
fn each_address_has_its_own_result() {
    let peer = Peer::closed_port().unwrap();
    let two = Two(Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 1));
    let client = Instrument::new().own_resolver().apply(resolved_by(two)).build().unwrap();
    let line = record_one(log_failure(&client, peer.port()));
    assert_eq!(line.category(), Some("connect_refused"));
    let answers: Vec<_> = line.get("dns.answers").unwrap().as_array().unwrap().clone();
    assert_eq!(answers, ["127.0.0.2", "127.0.0.1"]);
    let tried: Vec<IpAddr> = vec![[127, 0, 0, 2].into(), [127, 0, 0, 1].into()];
    let used: IpAddr = line.text("network.peer.address").unwrap().parse().unwrap();
    let other = tried.iter().find(|it| **it != used).unwrap();
    let told = evidence(&line);
    assert!(
        told.iter().any(|fact| fact.starts_with(&format!("{other} was tried, too"))),
        "{told:?}"
    );
}

#[test]
fn a_certificate_that_is_refused_is_refused_in_the_handshake() {
    let line = record_one(async {
        let certificates = Certificates::new().unwrap();
        let identity = certificates.server(Leaf::Expired, &["db.example"]).unwrap();
        let well = scripts::answer(200, &[], "all is well");
        let peer = Peer::tls(&identity, &TlsOptions::default(), well).await.unwrap();
        let authority = reqwest::Certificate::from_der(certificates.authority()).unwrap();
        let builder = builder(peer.addr).tls_certs_only([authority]);
        let client = instrument(builder).build().unwrap();
        let url = format!("https://db.example:{}/", peer.port());
        let failed = client.get(url).send().await.unwrap_err();
        error!(error = typed(&failed), "no answer");
    });
    assert_eq!(line.category(), Some("tls_certificate"), "{line:#?}");
    assert_eq!(line.text("fault.phase"), Some("tls"));
    assert_eq!(line.text("fault.cause"), Some("certificate"));
    assert_eq!(line.text("network.peer.address"), Some("127.0.0.1"));
}

pub(crate) trait InSpan: Future + Sized {
    /// Within a span that is opened once the subscriber is there.
    fn instrument_here(self, name: &'static str) -> impl Future<Output = Self::Output> {
        async move { self.instrument(info_span!("work", name)).await }
    }
}

impl<F: Future> InSpan for F {}
