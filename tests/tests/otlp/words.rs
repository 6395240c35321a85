//! What is said of endpoints that do not work: host, port, cause, and what to change.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use netcause_otlp::{OtlpConfig, Protocol, TlsFiles, probe};
use netcause_tests::receiver::{Receiver, Reply};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::CERTIFICATES;

const HTTP: Protocol = Protocol::HttpProtobuf;

/// A peer that answers each connection with these bytes, once something has come; its port.
fn peer(answer: impl Into<Vec<u8>>) -> u16 {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let mut stream = stream;
                let _ = stream.read(&mut [0; 4_096]);
                let _ = stream.write_all(&answer);
                // Until the other side has gone: a reset could overtake the answer.
                let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                let _ = stream.read_to_end(&mut Vec::new());
            });
        }
    });
    port
}

fn http(status: &str, headers: &str, body: &str) -> u16 {
    let length = body.len();
    peer(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}"))
}

/// A server of TLS, as in [`peer`].
fn tls_peer() -> u16 {
    let chain = CertificateDer::pem_file_iter(&CERTIFICATES.server).expect("a file");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(&CERTIFICATES.server_key).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).expect("TLS");
            while tls.complete_io(&mut stream).is_ok() && tls.is_handshaking() {}
        }
    });
    port
}

/// What is said of an endpoint.
fn said(protocol: Protocol, endpoint: String, authority: Option<PathBuf>) -> String {
    let tls = TlsFiles { certificate: authority, ..TlsFiles::default() };
    let timeout = Duration::from_millis(700);
    let config = OtlpConfig { protocol, endpoint, tls, timeout, ..OtlpConfig::default() };
    let probed = probe(&config, false).expect("it can be tried");
    probed.failure.expect("it does not work").to_string()
}

/// Each of `parts` stands in what is said, in order, and nothing is said twice.
fn check(said: &str, port: u16, parts: &[&str]) {
    let mut rest = said;
    for part in [format!(" on port {port}").as_str()].iter().chain(parts) {
        let Some(at) = rest.find(part) else { panic!("no {part:?} in {said:?}") };
        rest = &rest[at + part.len()..];
    }
    assert!(!said.contains("Retries"), "{said}");
}

#[test]
fn an_answer_that_refuses_says_what_to_change() {
    let page = "content-type: text/html\r\n";
    let text = "content-type: text/plain\r\n";
    let moved = "location: https://elsewhere/v1/logs\r\n";
    let cases: [(u16, &str, &[&str]); 8] = [
        (http("401 No", "", ""), "", &["with status 401 (Unauthorized)", "_OTLP_HEADERS"]),
        (http("403 No", "", ""), "", &["with status 403 (Forbidden)", "_OTLP_HEADERS"]),
        (http("404 No", "", ""), "/v1/logs", &["POST /v1/logs", "404", "in no pipeline for logs"]),
        (
            http("404 No", "", ""),
            "/logs",
            &["POST /logs", "404", "receivers take logs at /v1/logs"],
        ),
        (http("415 No", "", ""), "", &["415 (Unsupported Media Type)", "_OTLP_PROTOCOL"]),
        (http("302 No", moved, ""), "", &["(302 Found)", "redirects are not followed"]),
        (http("200 OK", page, "<p>"), "", &["a page of HTML", "takes no OTLP"]),
        (
            http("400 No", text, "Client sent an HTTP request to an HTTPS server.\n"),
            "",
            &["to an HTTPS server.", "begin with https://"],
        ),
    ];
    for (port, path, parts) in cases {
        let said = said(HTTP, format!("http://127.0.0.1:{port}{path}"), None);
        check(&said, port, parts);
    }
}

#[test]
fn a_page_that_is_large_does_not_hide_the_status() {
    let port = http("404 Not Found", "content-type: text/html\r\n", &"x".repeat(300_000));
    let said = said(HTTP, format!("http://127.0.0.1:{port}/v1/logs"), None);
    check(&said, port, &["with status 404"]);
}

#[test]
fn what_a_receiver_says_is_repeated_without_secrets_and_short() {
    let body = format!("bad header authorization: Bearer swordfish123456789 {}", "x".repeat(2_000));
    let port = http("400 Bad Request", "content-type: text/plain\r\n", &body);
    let said = said(HTTP, format!("http://127.0.0.1:{port}/v1/logs"), None);
    check(&said, port, &["(Bad Request: bad header authorization"]);
    assert!(!said.contains("swordfish") && said.len() < 600, "{said}");
}

#[test]
fn another_protocol_on_the_port_is_named_with_the_way_out() {
    let ssh = peer("SSH-2.0-OpenSSH_9.2\r\n");
    let url = format!("http://127.0.0.1:{ssh}/v1/logs");
    check(
        &said(HTTP, url.clone(), None),
        ssh,
        &["speaks no HTTP/1.1", "4317", "_OTLP_PROTOCOL=grpc"],
    );
    check(&said(Protocol::Grpc, url, None), ssh, &["speaks no gRPC", "4318", "=http/protobuf"]);
    let plain = http("200 OK", "", "");
    let url = format!("https://127.0.0.1:{plain}/v1/logs");
    check(&said(HTTP, url, None), plain, &["does not speak TLS", "http or https"]);
}

#[test]
fn a_port_of_tls_that_is_spoken_to_without_is_suspected() {
    let port = tls_peer();
    let url = format!("http://127.0.0.1:{port}/v1/logs");
    for protocol in [HTTP, Protocol::Grpc] {
        let said = said(protocol, url.clone(), None);
        assert!(said.contains("https"), "{said}");
        check(&said, port, &[]);
    }
}

#[test]
fn a_certificate_that_is_not_trusted_says_where_to_name_its_issuer() {
    let port = tls_peer();
    let url = format!("https://127.0.0.1:{port}/v1/logs");
    let parts = ["issuer is not trusted", "OTEL_EXPORTER_OTLP_CERTIFICATE"];
    check(&said(HTTP, url.clone(), None), port, &parts);
    let authority = Some(CERTIFICATES.authority.clone());
    check(&said(Protocol::Grpc, url, authority), port, &["HTTP/2 over TLS", "_OTLP_PROTOCOL"]);
}

#[test]
fn a_peer_that_hangs_is_named_with_the_limit_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let said = said(HTTP, format!("http://127.0.0.1:{port}/v1/logs"), None);
    check(&said, port, &["did not answer POST /v1/logs within 700ms; "]);
    assert_eq!(said.matches("within").count(), 1, "{said}");
}

#[test]
fn a_code_of_grpc_is_said_once_with_the_words_of_the_receiver() {
    let cases: [(u8, &str, &[&str]); 4] = [
        (9, "not now", &["(FAILED_PRECONDITION): not now; "]),
        (12, "unknown service", &["(UNIMPLEMENTED): unknown service; ", "in no pipeline for logs"]),
        (16, "", &["(UNAUTHENTICATED); ", "_OTLP_HEADERS"]),
        (3, "gr%C3%B6%C3%9Fer", &["(INVALID_ARGUMENT): größer; "]),
    ];
    for (code, words, parts) in cases {
        let receiver = Receiver::start(true, move |_, _| Reply::Grpc(code, words, ""));
        let port = receiver.address.port();
        check(&said(Protocol::Grpc, receiver.url(), None), port, parts);
    }
}
