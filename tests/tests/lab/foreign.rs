//! The same failures through sockets that are not ours: reqwest, told to look on.

use std::sync::Once;
use std::time::Duration;

use netcause_cli::peers::{Leaf, TlsOptions};
use netcause_fault::Category::{ConnectRefused, ConnectTimeout, Dns, TlsCertificate, Unreachable};
use netcause_fault::Cause::{
    Certificate, Firewall, Misconfiguration, NetworkPath, PeerDown, PeerOverloaded,
};
use netcause_fault::Confidence::{Certain, Likely, Possible};
use netcause_fault::{Fault, classify};
use netcause_http::reqwest::{AddressEvents, Instrument};
use tracing_subscriber::prelude::*;

use crate::call::at;
use crate::certificates::{CERTIFICATES, trusting};
use crate::expect::expect;
use crate::lab::Lab;

/// What hyper-util says of addresses reaches the trail through the subscriber.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let addresses = AddressEvents::new().with_filter(AddressEvents::filter());
        tracing_subscriber::registry().with(addresses).init();
    });
}

impl Lab {
    /// The fault of a call by reqwest.
    #[track_caller]
    fn fault_of_reqwest(&self, url: &str) -> Fault<'static> {
        listen();
        let url = url.to_owned();
        self.client.run(|| async move {
            let builder = reqwest::Client::builder()
                .no_proxy()
                .tls_backend_preconfigured(trusting())
                .timeout(Duration::from_secs(6));
            let limit = Duration::from_millis(1_500);
            let client = Instrument::new().connect_limit(limit).apply(builder).build().unwrap();
            let error = client.get(url).send().await.expect_err("it fails");
            classify(&error).unwrap_or_else(|| panic!("no fault: {error:?}"))
        })
    }
}

#[test]
fn an_error_number_without_its_record_is_only_possible() {
    let Some(lab) = Lab::build() else { return };
    for (port, kind) in [(7001, "admin-prohibited"), (7002, "port-unreachable")] {
        lab.router.rule("forward", &format!("tcp dport {port} reject with icmpx type {kind}"));
    }
    for server in lab.server_addresses() {
        let url = |port| format!("http://{}/", at(server, port));
        expect("reqwest: admin-prohibited on the router", &lab.fault_of_reqwest(&url(7001)))
            .category(Unreachable)
            .cause(&[Firewall, NetworkPath])
            .confidence(Possible, Possible);
        expect("reqwest: reject on the router", &lab.fault_of_reqwest(&url(7002)))
            .category(ConnectRefused)
            .cause(&[Firewall, PeerDown])
            .confidence(Possible, Possible);
        expect("reqwest: closed port", &lab.fault_of_reqwest(&url(7003)))
            .category(ConnectRefused)
            .cause(&[PeerDown])
            .confidence(Possible, Possible)
            .evidence("never reached since start");
    }
}

#[test]
fn silence_is_counted_also_where_the_socket_is_not_ours() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7001 drop");
    for server in lab.server_addresses() {
        let fault = lab.fault_of_reqwest(&format!("http://{}/", at(server, 7001)));
        expect("reqwest: DROP on the router", &fault)
            .category(ConnectTimeout)
            .cause(&[Firewall, PeerDown, PeerOverloaded])
            .confidence(Possible, Possible)
            .evidence("2 SYNs sent, no answer")
            .no_evidence("no ICMP")
            .summary("timed out after 1.5s");
    }
}

#[test]
fn an_unroutable_ipv6_address_does_not_hide_what_ipv4_answered_reqwest() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let [v4, v6] = lab.server_addresses();
    lab.router.shell(&format!("ip -6 route replace unreachable {v6}"));
    let fault = lab.fault_of_reqwest(&format!("http://{name}:7001/"));
    expect("reqwest: IPv6 unroutable, IPv4 refuses", &fault)
        .category(ConnectRefused)
        .cause(&[PeerDown])
        .confidence(Possible, Possible);
    assert_eq!(fault.peer.peer_address, Some(v4));
}

#[test]
fn names_and_certificates_need_no_socket_of_ours() {
    let Some(lab) = Lab::build() else { return };
    expect("reqwest: NXDOMAIN", &lab.fault_of_reqwest(&format!("http://{}/", lab.name("nobody"))))
        .category(Dns)
        .cause(&[Misconfiguration])
        .confidence(Possible, Likely);
    let name = lab.server_name();
    let identity = CERTIFICATES.server(Leaf::Expired, &[&name]).unwrap();
    let _peer = lab.serve_tls(7001, identity, TlsOptions::default());
    let fault = lab.fault_of_reqwest(&format!("https://{name}:7001/"));
    expect("reqwest: certificate expired", &fault)
        .category(TlsCertificate)
        .cause(&[Certificate])
        .confidence(Certain, Certain)
        .evidence("ended 3 days before");
    assert!(fault.certificate.is_some_and(|seen| seen.subject.is_some()));
}
