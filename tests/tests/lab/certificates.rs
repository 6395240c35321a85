//! Certificates that are not accepted, on either side.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use netcause_cli::peers::{Certificates, Identity, Leaf, Peer, TlsOptions, TlsVersions, scripts};
use netcause_fault::Category::TlsCertificate;
use netcause_fault::Cause::{Certificate, Credentials};
use netcause_fault::Confidence::Certain;
use netcause_fault::{Fault, Reason};
use netcause_net::{TlsClient, Watch};
use rustls::ClientConfig;
use rustls::crypto::ring;
use tokio::net::TcpListener;
use tower_layer::Layer;

use crate::call::{LIMIT, call_url, plain};
use crate::expect::expect;
use crate::lab::Lab;

pub(crate) static CERTIFICATES: LazyLock<Certificates> =
    LazyLock::new(|| Certificates::new().unwrap());

impl Lab {
    pub(crate) fn serve_tls(&self, port: u16, identity: Identity, options: TlsOptions) -> Peer {
        self.server.run(move || async move {
            let listener = TcpListener::bind(("::", port)).await.unwrap();
            Peer::tls_on(listener, &identity, &options, scripts::status(200, &[])).unwrap()
        })
    }

    fn fault_of_tls(&self, host: &str) -> Fault<'static> {
        let url = format!("https://{host}/");
        self.client.run(|| async move {
            let https = HttpsConnectorBuilder::new()
                .with_tls_config(trusting())
                .https_only()
                .enable_http1()
                .wrap_connector(plain());
            let client: Client<_, Empty<Bytes>> =
                Client::builder(TokioExecutor::new()).build(Watch::new().layer(https));
            call_url(&client, &url, LIMIT).await.expect_err("it fails")
        })
    }
}

pub(crate) fn trusting() -> ClientConfig {
    let roots = CERTIFICATES.roots().unwrap();
    TlsClient::with_roots(roots).provider(Arc::new(ring::default_provider())).build().unwrap()
}

#[test]
fn a_certificate_that_is_not_accepted_is_the_cause_for_certain() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let flaws = [
        (Leaf::Expired, "expired", Reason::TlsCertificateExpired, "ended 3 days before"),
        (Leaf::SelfSigned, "self-signed", Reason::TlsCertificateUntrusted, "self-signed"),
        (
            Leaf::UnknownAuthority,
            "unknown issuer",
            Reason::TlsCertificateUntrusted,
            "issued by CN=Unknown CA",
        ),
        (
            Leaf::WrongName,
            "wrong name",
            Reason::TlsCertificateNameMismatch,
            "the certificate is for other.test",
        ),
        (Leaf::NotYetValid, "not yet valid", Reason::TlsCertificateNotYetValid, "starts"),
    ];
    for (port, (leaf, flaw, reason, fact)) in (7001..).zip(flaws) {
        let identity = CERTIFICATES.server(leaf, &[&name]).unwrap();
        let _peer = lab.serve_tls(port, identity, TlsOptions::default());
        let fault = lab.fault_of_tls(&format!("{name}:{port}"));
        expect(&format!("certificate: {flaw}"), &fault)
            .category(TlsCertificate)
            .cause(&[Certificate])
            .confidence(Certain, Certain)
            .evidence(fact)
            .hint(match leaf {
                Leaf::SelfSigned => "names itself as its issuer",
                _ => "",
            });
        assert_eq!(fault.reason, Some(reason));
        let seen = fault.certificate.as_ref().expect("the certificate was seen");
        assert!(seen.not_after.is_some() && seen.days_left().is_some());
        assert!(seen.subject.is_some() && seen.issuer.is_some() && seen.names.is_some());
    }
}

#[test]
fn a_client_certificate_that_is_missing_is_a_matter_of_credentials() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    for (port, versions) in [(7001, TlsVersions::Only13), (7002, TlsVersions::Only12)] {
        let identity = CERTIFICATES.server(Leaf::Good, &[&name]).unwrap();
        let options = TlsOptions {
            versions,
            client_certificate: true,
            // Long enough for the client to have sent its request when TLS 1.3 refuses it.
            latency: Duration::from_millis(150),
            ..TlsOptions::default()
        };
        let _peer = lab.serve_tls(port, identity, options);
        let fault = lab.fault_of_tls(&format!("{name}:{port}"));
        expect("client certificate missing", &fault)
            .category(TlsCertificate)
            .cause(&[Credentials])
            .confidence(Certain, Certain)
            .evidence("TLS alert")
            .summary(&format!("TLS handshake with host {name} on port {port} failed"));
        assert_eq!(fault.reason, Some(Reason::TlsClientCertificateRequired));
    }
}
