pub(super) mod held_out;
mod linear;
mod sentences;
mod summaries;

use std::error::Error;
use std::io;
use std::time::Duration;

use proptest::prelude::*;

use super::rules::{KNOWN_BEFORE_URLS, KNOWN_LINKS, TABLES};
use super::scan::Reading;
use super::{Facts, Source, extract};
use crate::test_errors::{ConnectError, Link, link, link_to, refused};
use crate::{
    Category, Chain, Classifiers, Classify, Evidence, Fault, Limit, Phase, Priority, ReadOptions,
    Reason, Retry, Verdict, WithFault, classify, classify_text,
};

/// Category, reason, phase.
type Expected = (Category, Option<Reason>, Option<Phase>);

fn of(text: &str) -> Option<Expected> {
    classify_text(text).map(|fault| (fault.category, fault.reason, fault.phase))
}

fn reason(reason: Reason, phase: Option<Phase>) -> Option<Expected> {
    Some((reason.category(), Some(reason), phase))
}

#[test]
fn texts_of_reqwest_and_hyper() {
    let send = "error sending request for url (http://127.0.0.1:40159/v1/x): ";
    let tls = "error sending request for url (https://localhost:43469/): client error (Connect): ";
    let body = "error decoding response body for url (http://127.0.0.1:1/b): ";
    let cases = [
        (
            format!(
                "{send}client error (Connect): tcp connect error: Connection refused (os error 111)"
            ),
            reason(Reason::ConnectRefused, Some(Phase::Connect)),
        ),
        (
            format!("{send}client error (Connect): tcp connect error: deadline has elapsed"),
            reason(Reason::ConnectTimeout, Some(Phase::Connect)),
        ),
        (
            format!(
                "{send}client error (Connect): tcp connect error: Connection reset by peer (os error 104)"
            ),
            reason(Reason::ConnectionReset, Some(Phase::Connect)),
        ),
        (
            format!("{send}client error (Connect): operation timed out"),
            reason(Reason::ConnectTimeout, Some(Phase::Connect)),
        ),
        (
            format!(
                "{send}client error (Connect): tcp connect error: Permission denied (os error 13)"
            ),
            reason(Reason::ConnectDenied, Some(Phase::Connect)),
        ),
        (
            format!(
                "{send}client error (Connect): tcp connect error: Too many open files (os error 24)"
            ),
            reason(Reason::TooManyOpenFiles, Some(Phase::Connect)),
        ),
        (
            format!(
                "{send}client error (Connect): dns error: error resolving DNS: failed to lookup address information: Name or service not known"
            ),
            reason(Reason::DnsHostNotFound, Some(Phase::Dns)),
        ),
        (
            format!(
                "{send}client error (Connect): tunnel error: failed to create underlying connection: tcp connect error: Connection refused (os error 111)"
            ),
            Some((Category::ConnectRefused, Some(Reason::ProxyConnectFailed), Some(Phase::Proxy))),
        ),
        (
            format!("{send}client error (Connect): tunnel error: proxy authorization required"),
            reason(Reason::ProxyAuthRequired, Some(Phase::Proxy)),
        ),
        (
            format!("{send}client error (Connect): tunnel error: unsuccessful"),
            reason(Reason::ProxyTunnelError, Some(Phase::Proxy)),
        ),
        (
            format!("{send}client error (SendRequest): connection closed before message completed"),
            reason(Reason::ConnectionClosed, None),
        ),
        (
            format!(
                "{send}client error (SendRequest): connection error: Connection reset by peer (os error 104)"
            ),
            reason(Reason::ConnectionReset, None),
        ),
        (
            format!(
                "{send}client error (SendRequest): connection error: Connection refused (os error 111)"
            ),
            reason(Reason::ConnectionTimeoutEstablished, None),
        ),
        (
            format!("{send}client error (SendRequest): channel closed"),
            reason(Reason::ConnectionClosed, None),
        ),
        (
            format!("{send}client error (SendRequest): invalid HTTP version parsed"),
            reason(Reason::InvalidResponse, Some(Phase::Response)),
        ),
        (format!("{send}operation timed out"), reason(Reason::Timeout, None)),
        (format!("{tls}operation timed out"), reason(Reason::Timeout, None)),
        (
            format!("{tls}Connection reset by peer (os error 104)"),
            reason(Reason::ConnectionReset, Some(Phase::Tls)),
        ),
        (format!("{tls}tls handshake eof"), reason(Reason::TlsHandshakeClosed, Some(Phase::Tls))),
        (
            format!("{tls}invalid peer certificate: UnknownIssuer"),
            reason(Reason::TlsCertificateUntrusted, Some(Phase::Tls)),
        ),
        (
            format!("{tls}received fatal alert: HandshakeFailure"),
            reason(Reason::TlsHandshakeFailure, Some(Phase::Tls)),
        ),
        (
            format!("{tls}received corrupt message of type InvalidContentType"),
            reason(Reason::TlsPeerNotTls, Some(Phase::Tls)),
        ),
        (
            format!(
                "{body}request or response body error: error reading a body from connection: end of file before message length reached"
            ),
            reason(Reason::BodyTruncated, Some(Phase::Body)),
        ),
        (
            format!(
                "{body}request or response body error: error reading a body from connection: Connection reset by peer (os error 104)"
            ),
            reason(Reason::ConnectionReset, Some(Phase::Body)),
        ),
        (
            format!("{body}request or response body error: operation timed out"),
            reason(Reason::BodyTimeout, Some(Phase::Body)),
        ),
        (
            format!("{body}request or response body error: Invalid gzip header"),
            reason(Reason::BodyDecodeError, Some(Phase::Body)),
        ),
        (
            format!("{body}expected value at line 1 column 1"),
            reason(Reason::BodyDecodeError, Some(Phase::Body)),
        ),
        (
            format!("{body}EOF while parsing a list at line 1 column 11"),
            reason(Reason::BodyDecodeError, Some(Phase::Body)),
        ),
        (
            body.trim_end_matches(": ").to_owned(),
            Some((Category::Unknown, None, Some(Phase::Body))),
        ),
        (send.trim_end_matches(": ").to_owned(), Some((Category::Unknown, None, None))),
        ("client error (Connect)".to_owned(), Some((Category::Unknown, None, None))),
        (
            "error following redirect for url (http://a/loop): too many redirects".to_owned(),
            reason(Reason::TooManyRedirects, Some(Phase::Response)),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(of(&text), expected, "{text}");
    }
}

#[test]
fn debug_output_of_reqwest_says_the_same() {
    let connect = |inner: &str| {
        format!(
            "reqwest::Error {{ kind: Request, url: \"https://pay.example/v1?key=x\", source: \
             hyper_util::client::legacy::Error(Connect, {inner}) }}"
        )
    };
    let certificate = |inner: &str| {
        connect(&format!(
            "Custom {{ kind: Other, error: Custom {{ kind: InvalidData, error: {inner} }} }}"
        ))
    };
    let cases = [
        (connect("ConnectError(\"tcp connect error\", 10.0.0.1:443, Os { code: 111, kind: ConnectionRefused, message: \"Connection refused\" })"), reason(Reason::ConnectRefused, Some(Phase::Connect))),
        (connect("ConnectError(\"tcp connect error\", 10.0.0.1:443, Custom { kind: TimedOut, error: Elapsed(()) })"), reason(Reason::ConnectTimeout, Some(Phase::Connect))),
        (connect("ConnectError(\"dns error\", DnsError { inner: Custom { kind: Uncategorized, error: \"failed to lookup address information: Name or service not known\" } })"), reason(Reason::DnsHostNotFound, Some(Phase::Dns))),
        (connect("TimedOut"), reason(Reason::Timeout, None)),
        (connect("ProxyAuthRequired"), reason(Reason::ProxyAuthRequired, Some(Phase::Proxy))),
        (connect("TunnelUnsuccessful"), reason(Reason::ProxyTunnelError, Some(Phase::Proxy))),
        (certificate("InvalidCertificate(ExpiredContext { time: UnixTime(1795405669), not_after: UnixTime(1795319266) })"), reason(Reason::TlsCertificateExpired, Some(Phase::Tls))),
        (certificate("InvalidCertificate(NotValidForNameContext { expected: DnsName(\"localhost\"), presented: [\"DnsName(\\\"b\\\")\"] })"), reason(Reason::TlsCertificateNameMismatch, Some(Phase::Tls))),
        (certificate("InvalidCertificate(InvalidPurposeContext { required: ServerAuth, presented: [ClientAuth] })"), reason(Reason::TlsCertificateInvalid, Some(Phase::Tls))),
        (certificate("AlertReceived(CertificateRequired)"), reason(Reason::TlsClientCertificateRequired, Some(Phase::Tls))),
        (certificate("InvalidMessage(InvalidContentType)"), reason(Reason::TlsPeerNotTls, Some(Phase::Tls))),
        ("reqwest::Error { kind: Request, url: \"http://a/\", source: TimedOut }".to_owned(), reason(Reason::Timeout, None)),
        ("reqwest::Error { kind: Decode, url: \"http://a/\", source: reqwest::Error { kind: Body, source: TimedOut } }".to_owned(), reason(Reason::BodyTimeout, Some(Phase::Body))),
        ("hyper_util::client::legacy::Error(SendRequest, hyper::Error(IncompleteMessage))".to_owned(), reason(Reason::ConnectionClosed, None)),
        ("hyper_util::client::legacy::Error(SendRequest, hyper::Error(Parse(Version)))".to_owned(), reason(Reason::InvalidResponse, Some(Phase::Response))),
        ("hyper::Error(Body, Custom { kind: UnexpectedEof, error: IncompleteBody })".to_owned(), reason(Reason::BodyTruncated, Some(Phase::Body))),
        ("reqwest::Error { kind: Builder, url: \"localhost:1/x\", source: BadScheme }".to_owned(), None),
    ];
    for (text, expected) in cases {
        assert_eq!(of(&text), expected, "{text}");
        assert_eq!(of(&text.replace("{ ", "{\n    ").replace(", ", ",\n    ")), expected, "{text}");
    }
}

#[test]
fn statuses_have_the_categories_of_the_table() {
    let cases = [
        (401, Category::Auth),
        (403, Category::Auth),
        (404, Category::HttpClientError),
        (407, Category::Auth),
        (408, Category::ResponseTimeout),
        (429, Category::RateLimited),
        (499, Category::Cancelled),
        (500, Category::HttpServerError),
        (502, Category::HttpServerError),
        (503, Category::Unavailable),
        (504, Category::ResponseTimeout),
        (599, Category::HttpServerError),
    ];
    for (status, category) in cases {
        let side = if status < 500 { "client" } else { "server" };
        for text in [
            format!("HTTP status {side} error ({status} Some Words) for url (http://a:1/s)"),
            format!("reqwest::Error {{ kind: Status({status}, None), url: \"http://a:1/s\" }}"),
        ] {
            let fault = classify_text(&text).unwrap();
            assert_eq!((fault.category, fault.request.status), (category, Some(status)), "{text}");
            assert_eq!(fault.error_type(), status.to_string());
            assert_eq!(fault.peer.server_address.as_deref(), Some("a"));
        }
    }
    assert_eq!(
        of("upstream said: 503 Service Unavailable").map(|it| it.0),
        Some(Category::Unavailable)
    );
    assert_eq!(of("status code 200"), None);
    assert_eq!(of("status code 4040"), None);
}

#[test]
fn wordings_of_other_systems() {
    let cases = [
        ("Connection refused (os error 61)", Reason::ConnectRefused),
        (
            "No connection could be made because the target machine actively refused it. (os error 10061)",
            Reason::ConnectRefused,
        ),
        ("Es konnte keine Verbindung hergestellt werden (os error 10061)", Reason::ConnectRefused),
        ("Host is unreachable (os error 113)", Reason::HostUnreachable),
        ("Network unreachable (os error 101)", Reason::NetworkUnreachable),
        (
            "An existing connection was forcibly closed by the remote host. (os error 10054)",
            Reason::ConnectionReset,
        ),
        (
            "failed to lookup address information: nodename nor servname provided, or not known",
            Reason::DnsHostNotFound,
        ),
        ("failed to lookup address information: Name does not resolve", Reason::DnsHostNotFound),
        ("failed to lookup address information: Try again", Reason::DnsTemporaryFailure),
        (
            "failed to lookup address information: No such host is known. (os error 11001)",
            Reason::DnsHostNotFound,
        ),
        (
            "failed to lookup address information: Temporary failure in name resolution",
            Reason::DnsTemporaryFailure,
        ),
        (
            "failed to lookup address information: No address associated with hostname",
            Reason::DnsNoAddress,
        ),
        ("No file descriptors available (os error 24)", Reason::TooManyOpenFiles),
        ("Address not available (os error 99)", Reason::AddressNotAvailable),
        ("Can't assign requested address (os error 49)", Reason::AddressNotAvailable),
        (
            "error:0A000086:SSL routines::certificate verify failed:../ssl/x.c:1889: (certificate has expired)",
            Reason::TlsCertificateExpired,
        ),
        (
            "certificate verify failed:../ssl/statem/statem_clnt.c:1889:: unable to get local issuer certificate",
            Reason::TlsCertificateUntrusted,
        ),
        ("error:0A00010B:SSL routines:ssl3_get_record:wrong version number", Reason::TlsPeerNotTls),
        (
            "tlsv13 alert certificate required:../ssl/record/rec_layer_s3.c:1601:SSL alert number 116",
            Reason::TlsClientCertificateRequired,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(of(text).and_then(|it| it.1), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_about_a_peer_is_no_fault() {
    let parse: Box<dyn Error> = Box::new("x".parse::<u16>().unwrap_err());
    let missing: Box<dyn Error> = Box::new(io::Error::from_raw_os_error(2));
    let denied: Box<dyn Error> = Box::new(io::Error::from(io::ErrorKind::PermissionDenied));
    let busy: Box<dyn Error> = Box::new(io::Error::from_raw_os_error(11));
    let ended: Box<dyn Error> = Box::new(io::Error::from(io::ErrorKind::UnexpectedEof));
    for error in [parse, missing, denied, busy, ended] {
        assert_eq!(classify(&*error), None, "{error}");
    }
    for text in [
        "expected value at line 1 column 1",
        "builder error for url (localhost:8080/x): URL scheme is not allowed",
        "client error (Connect): unsupported scheme ftp",
        "relative URL without a base",
        "task 12 panicked with message \"connection refused\"",
        "task 12 was cancelled",
        "failed to open config: No such file or directory (os error 2)",
        "order 503 of table 404 has 111 parts",
        "uncountable timed outing",
        "early eof",
        "reading the connection timeout: invalid digit found in string",
        "connect timeout must be positive",
        "invalid request timeout",
        "could not read the cache: failed to fill whole buffer",
        "http://timed out.example/connection refused".split(' ').next().unwrap_or_default(),
        "GET http://shop.example/connection-refused/timed-out took 3ms",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn harmless_messages_are_no_faults() {
    let mut chain = Chain::new();
    for message in [
        "finished with 0 errors",
        "connect_timeout=5s read_timeout=30s",
        "connect timeout: 5s",
        "using a connect timeout of the default",
        "using a timeout of 5s",
        "Listening on 0.0.0.0:8080",
        "retry policy: max 5",
        "reconnected to redis://cache:6379 after connection reset",
        "recovered: the timed out call succeeded",
        "Connecting to db.example:5432",
        "TLS handshake with api.example took 12ms",
        "connection error count is 0",
        "GET /orders 404 Not Found",
        "connection closed",
    ] {
        chain.read_message(message, &ReadOptions::plain());
        assert_eq!(chain.classify().map(|it| it.category), None, "{message}");
    }
    chain.read_message("charge failed: Connection refused (os error 111)", &ReadOptions::plain());
    assert_eq!(chain.classify().map(|it| it.category), Some(Category::ConnectRefused));
}

#[test]
fn the_peer_is_the_one_of_the_url() {
    let cases = [
        ("(http://a.example/x)", Some(("a.example", Some(80)))),
        ("(https://a.example/x?y=z)", Some(("a.example", Some(443)))),
        ("(https://user:pass@a.example:8443/)", Some(("a.example", Some(8443)))),
        ("(https://user:p@ss@a.example/)", Some(("a.example", Some(443)))),
        ("(http://[::1]:8080/)", Some(("::1", Some(8080)))),
        ("(http://[fe80::1%25eth0]/)", Some(("fe80::1%25eth0", Some(80)))),
        ("(http://10.0.0.1:99999/)", None),
        ("(http:///x)", None),
    ];
    for (url, expected) in cases {
        let text = format!("error sending request for url {url}: operation timed out");
        let fault = classify_text(&text).unwrap();
        let found = fault.peer.server_address.as_deref().map(|it| (it, fault.peer.server_port));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_address_that_was_used_is_not_whom_the_caller_meant() {
    let debug = "hyper_util::client::legacy::Error(Connect, ConnectError(\"tcp connect error\", \
                 192.0.2.7:443, Os { code: 111, kind: ConnectionRefused, message: \"x\" }))";
    let used = classify_text(debug).unwrap().peer;
    assert_eq!((used.server_address, used.server_port), (None, None));
    assert_eq!((used.peer_address, used.peer_port), ("192.0.2.7".parse().ok(), Some(443)));
    let meant = classify_text(&format!("http://192.0.2.7:443/ {debug}")).unwrap().peer;
    assert_eq!(meant.server_address.as_deref(), Some("192.0.2.7"));
}

#[test]
fn a_manual_is_not_the_peer() {
    let text = "peer closed connection without sending TLS close_notify: \
                https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof";
    let fault = classify_text(text).unwrap();
    assert_eq!(fault.reason, Some(Reason::ConnectionClosed));
    assert!(fault.peer.is_empty());
}

#[test]
fn addresses_limits_and_tries_are_read_where_they_are_anchored() {
    let fault =
        classify_text("failed to connect to db:5432: timed out after 1.5s (attempt 2/5)").unwrap();
    assert_eq!(fault.category, Category::ConnectTimeout);
    assert_eq!(fault.peer.server_address.as_deref(), Some("db"));
    assert_eq!(fault.peer.server_port, Some(5432));
    assert_eq!(fault.timeout, Some(Duration::from_millis(1500)));
    assert_eq!((fault.attempts.attempt, fault.attempts.max_attempts), (Some(2), Some(5)));
    let axios = classify_text("timeout of 1000ms exceeded").unwrap();
    assert_eq!(axios.timeout, Some(Duration::from_secs(1)));
    let waits = classify_text("connection refused, retrying in 10s, 3 tries remaining").unwrap();
    assert_eq!((waits.timeout, waits.attempts.attempt), (None, None));
    let python = classify_text("Max retries exceeded with url: /x: Connection refused").unwrap();
    assert_eq!(python.attempts.attempt, None);
    let keys = classify_text("connection reset by peer attempt=3 max_attempts=7").unwrap();
    assert_eq!((keys.attempts.attempt, keys.attempts.max_attempts), (Some(3), Some(7)));
}

#[test]
fn a_limit_that_is_only_named_has_to_stand_for_itself() {
    for text in ["connection timeout", "fetch: connection timeout", "connection timeout: gave up"] {
        assert_eq!(of(text), reason(Reason::ConnectTimeout, Some(Phase::Connect)), "{text}");
    }
    assert_eq!(
        of("connect timeout after 5s"),
        reason(Reason::ConnectTimeout, Some(Phase::Connect))
    );
    assert_eq!(of("connection timeout: 5s"), None);
}

#[test]
fn a_retry_wrapper_sets_the_tries_and_decides_nothing() {
    let text = "Request failed after 2 retries: error sending request for url (http://a/): \
                client error (Connect): tcp connect error: Connection refused (os error 111)";
    let fault = classify_text(text).unwrap();
    assert_eq!(fault.category, Category::ConnectRefused);
    assert_eq!((fault.attempts.attempt, fault.attempts.exhausted), (Some(2), Some(true)));
    assert_eq!(of("Request failed after 2 retries"), reason(Reason::RetriesExhausted, None));
}

#[test]
fn the_times_and_names_of_a_certificate_are_read() {
    for text in [
        "invalid peer certificate: certificate expired: verification time 1795405669 (UNIX), but certificate is not valid after 1795319266 (86403 seconds ago)",
        "InvalidCertificate(ExpiredContext { time: UnixTime(1795405669), not_after: UnixTime(1795319266) })",
    ] {
        let fault = classify_text(text).unwrap();
        let certificate = fault.certificate.as_ref().unwrap();
        assert_eq!(certificate.verified_at, Some(1_795_405_669));
        assert_eq!(certificate.not_after, Some(1_795_319_266));
        assert_eq!(certificate.days_left(), Some(-1));
        assert!(
            fault.evidence.contains(&Evidence::CertificateExpired(Duration::from_secs(86_403)))
        );
    }
    let named = classify_text("invalid peer certificate: certificate not valid for name \"localhost\"; certificate is only valid for DnsName(\"other.example.com\")").unwrap();
    assert_eq!(named.peer.server_address.as_deref(), Some("localhost"));
    assert_eq!(named.certificate.unwrap().names.as_deref(), Some("DnsName(\"other.example.com\")"));
    for odd in ["", "no host", "a\u{7f}b"] {
        let text = format!(
            "invalid peer certificate: certificate not valid for name \"{odd}\"; certificate is only valid for "
        );
        let fault = classify_text(&text).unwrap();
        assert_eq!((fault.peer.server_address, fault.certificate), (None, None), "{odd}");
    }
}

#[test]
fn a_typed_chain_tells_error_number_and_peer() {
    let error = link_to(
        "error sending request for url (http://db.example:5432/)",
        link_to(
            "client error (Connect)",
            ConnectError::new("10.0.0.1:5432".parse().unwrap(), refused()),
        ),
    );
    let fault = classify(&error).unwrap();
    assert_eq!((fault.category, fault.phase), (Category::ConnectRefused, Some(Phase::Connect)));
    assert_eq!(fault.peer.server_address.as_deref(), Some("db.example"));
    assert_eq!(fault.peer.peer_address, Some("10.0.0.1".parse().unwrap()));
    assert!(fault.evidence.contains(&Evidence::OsError(111)));
    assert_eq!(fault.retry, Some(Retry::Yes));
}

#[test]
fn a_timer_of_our_own_has_no_error_number() {
    let elapsed = io::Error::new(io::ErrorKind::TimedOut, link("deadline has elapsed"));
    let error = link_to(
        "client error (Connect)",
        ConnectError::new("10.0.0.1:1".parse().unwrap(), elapsed),
    );
    let own = classify(&error).unwrap();
    assert_eq!((own.category, own.limit), (Category::ConnectTimeout, Some(Limit::Connect)));
    assert!(own.evidence.contains(&Evidence::OwnTimer(Some(Limit::Connect))));
    let kernel =
        ConnectError::new("10.0.0.1:1".parse().unwrap(), io::Error::from_raw_os_error(110));
    let kernel = classify(&kernel).unwrap();
    assert_eq!(kernel.category, Category::ConnectTimeout);
    assert_eq!(kernel.evidence.as_slice(), [Evidence::OsError(110)]);
}

#[test]
fn the_limit_of_the_standard_library_is_known_by_its_words() {
    use std::net::{SocketAddr, TcpStream};
    // Nothing answers in a nanosecond, not even this host.
    let nowhere = SocketAddr::from(([192, 0, 2, 1], 9));
    let error = TcpStream::connect_timeout(&nowhere, Duration::from_nanos(1)).unwrap_err();
    if error.kind() == io::ErrorKind::TimedOut {
        let fault = classify(&error).unwrap();
        assert_eq!((fault.category, fault.phase), (Category::ConnectTimeout, Some(Phase::Connect)));
    }
    let debug = "Error { kind: TimedOut, message: \"connection timed out\" }";
    assert_eq!(of(debug), reason(Reason::ConnectTimeout, Some(Phase::Connect)));
    assert_eq!(of("connection timed out"), reason(Reason::Timeout, None));
}

#[test]
fn the_phase_is_never_guessed_from_an_error_number() {
    for code in [104, 110, 111, 113, 32, 24] {
        let fault = classify(&io::Error::from_raw_os_error(code)).unwrap();
        assert_eq!(fault.phase, None, "{code}");
    }
}

#[test]
fn kinds_without_a_number_count_too() {
    let cases = [
        (io::ErrorKind::ConnectionRefused, Reason::ConnectRefused),
        (io::ErrorKind::ConnectionReset, Reason::ConnectionReset),
        (io::ErrorKind::TimedOut, Reason::Timeout),
        // A library's word for an end of input.
        (io::ErrorKind::BrokenPipe, Reason::ConnectionClosed),
        (io::ErrorKind::HostUnreachable, Reason::HostUnreachable),
    ];
    for (kind, expected) in cases {
        for error in [io::Error::from(kind), io::Error::new(kind, "in words of its own")] {
            assert_eq!(classify(&error).unwrap().reason, Some(expected), "{error:?}");
        }
    }
}

#[test]
fn a_stated_fault_is_filled_from_the_text() {
    let mut stated = Fault::of_reason(Reason::ConnectTimeout);
    stated.elapsed = Some(Duration::from_millis(101));
    let inner = link("deadline has elapsed");
    let error = link_to("for url (http://h.example:1/)", WithFault::new(inner, stated));
    let fault = classify(&error).unwrap();
    assert_eq!(fault.elapsed, Some(Duration::from_millis(101)));
    assert_eq!(fault.peer.server_address.as_deref(), Some("h.example"));
}

struct Fixed(i32, fn(&Link) -> Verdict);

impl Classify for Fixed {
    fn classify(&self, link: &(dyn Error + 'static)) -> Verdict {
        link.downcast_ref::<Link>().map_or(Verdict::NoOpinion, self.1)
    }

    fn name(&self) -> &'static str {
        "fixed"
    }

    fn priority(&self) -> Priority {
        match self.0 {
            ..0 => Priority::run_before(Priority::default()),
            0 => Priority::default(),
            1.. => Priority::run_after(Priority::default()),
        }
    }
}

fn judged(classifiers: Vec<Fixed>, error: &(dyn Error + 'static)) -> Option<Category> {
    let boxed = classifiers.into_iter().map(|one| Box::new(one) as Box<dyn Classify>);
    let classifiers = Classifiers::new(boxed);
    let options = ReadOptions { classifiers: &classifiers, ..ReadOptions::plain() };
    let mut chain = Chain::new();
    chain.read_error(error, &options);
    chain.classify().map(|fault| fault.category)
}

#[test]
fn later_classifiers_override_earlier_ones_and_final_ends_it() {
    let auth: fn(&Link) -> Verdict = |_| Verdict::Fault(Fault::new(Category::Auth));
    let limited: fn(&Link) -> Verdict = |_| Verdict::Fault(Fault::new(Category::RateLimited));
    let last: fn(&Link) -> Verdict = |_| Verdict::Final(Fault::new(Category::Cancelled));
    let none: fn(&Link) -> Verdict = |_| Verdict::NotAFault;
    let error = link("Connection refused");
    assert_eq!(judged(vec![], &error), Some(Category::ConnectRefused));
    assert_eq!(
        judged(vec![Fixed(1, limited), Fixed(0, auth)], &error),
        Some(Category::RateLimited)
    );
    assert_eq!(judged(vec![Fixed(-1, limited), Fixed(0, auth)], &error), Some(Category::Auth));
    assert_eq!(judged(vec![Fixed(-1, last), Fixed(0, auth)], &error), Some(Category::Cancelled));
    assert_eq!(judged(vec![Fixed(0, auth), Fixed(1, none)], &error), None);
}

#[test]
fn among_equals_the_inner_link_wins() {
    let by_text: fn(&Link) -> Verdict = |link| match link.text.as_str() {
        "outer" => Verdict::Fault(Fault::new(Category::Auth)),
        _ => Verdict::Fault(Fault::new(Category::RateLimited)),
    };
    let error = link_to("outer", link("inner"));
    assert_eq!(judged(vec![Fixed(0, by_text)], &error), Some(Category::RateLimited));
}

#[test]
fn known_links_say_what_the_rules_say() {
    for (text, says) in KNOWN_LINKS {
        let facts = Facts { source: Source::Text, ..Facts::default() };
        let mut scanned = Reading::of(text, &[], &facts);
        let whole = 0..text.len();
        let facts = Facts::default();
        let known = Reading::of(text, std::slice::from_ref(&whole), &facts);
        assert!(known.telling.is_empty());
        scanned.telling.clear();
        assert_eq!(format!("{scanned:?}"), format!("{known:?}"), "{says:?}");
    }
}

#[test]
fn known_links_with_urls_say_what_the_rules_say() {
    for (begin, says) in KNOWN_BEFORE_URLS {
        for url in
            ["http://a.test:81/x", "https://[::1]/?a=(b)#c", "ftp://", "://a.b", "x.", "a://b "]
        {
            let text = format!("{begin}{url})");
            let facts = Facts { source: Source::Text, ..Facts::default() };
            let mut scanned = Reading::of(&text, &[], &facts);
            let whole = 0..text.len();
            let facts = Facts::default();
            let known = Reading::of(&text, std::slice::from_ref(&whole), &facts);
            let stated = [&scanned, &known].map(|reading| {
                format!("{:?}", extract::read(&text, &reading.telling, reading.called, false))
            });
            assert_eq!(stated[0], stated[1], "{text}");
            scanned.telling.clone_from(&known.telling);
            scanned.called = known.called;
            assert_eq!(format!("{scanned:?}"), format!("{known:?}"), "{says:?} {text}");
        }
    }
}

#[test]
fn patterns_are_lower_case_and_written_once() {
    let mut seen = std::collections::HashSet::new();
    for rule in TABLES.iter().copied().flatten() {
        assert_eq!(rule.text(), rule.text().to_ascii_lowercase());
        assert!(seen.insert((rule.text(), format!("{:?}", rule.says))), "{}", rule.text());
    }
}

#[test]
fn an_error_that_classifies_another_while_it_prints_is_read() {
    #[derive(Debug)]
    struct Nested;
    impl std::fmt::Display for Nested {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let inner = classify(&refused()).map_or("none", |it| it.category.as_str());
            write!(f, "{inner}: connection reset by peer")
        }
    }
    impl Error for Nested {}
    assert_eq!(classify(&Nested).map(|it| it.category), Some(Category::ConnectionReset));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in any_text()) {
        let mut chain = Chain::new();
        for read in [Chain::read_text, Chain::read_message] {
            read(&mut chain, &text, &ReadOptions::plain());
            let Some(mut fault) = chain.classify() else { continue };
            fault.diagnose();
            if let Some(host) = fault.peer.server_address.as_deref() {
                prop_assert!(!host.is_empty() && chain.message().contains(host));
                prop_assert!(!host.contains('@'));
            }
            if let Some(url) = fault.request.url.as_deref() {
                prop_assert!(chain.message().contains(url));
            }
            let summary = fault.summary().to_string();
            let hint = fault.hint().map(|hint| hint.to_string()).unwrap_or_default();
            for sentence in [summary, hint] {
                prop_assert!(!sentence.contains("  ") && !sentence.ends_with([':', ' ']), "{sentence}");
            }
            let again = { let mut again = fault.clone(); again.diagnose(); again };
            prop_assert_eq!(&again, &fault);
            prop_assert_eq!(fault.clone().into_owned(), fault.borrowed());
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let fragments: Vec<String> =
        TABLES.iter().copied().flatten().map(|rule| rule.text().to_owned()).collect();
    let loose = [
        "http://",
        "a.example",
        ":",
        "/",
        "@",
        "[",
        "]",
        "(",
        ")",
        " after 2s",
        "5/7",
        "503",
        "ü",
        "…",
        " ",
        "\n",
        "99999999999",
        "{ code: ",
    ];
    let fragments: Vec<String> = fragments.into_iter().chain(loose.map(str::to_owned)).collect();
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(fragments), 0..8)
            .prop_map(|it| it.concat()),
    ]
}

#[cfg(feature = "rustls")]
#[test]
fn rustls_errors_are_read_by_their_type() {
    use rustls::pki_types::UnixTime;
    use rustls::{AlertDescription, CertificateError, Error as Tls, InvalidMessage};

    let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let expired = CertificateError::ExpiredContext { time: at(1000), not_after: at(400) };
    let cases = [
        (Tls::InvalidCertificate(expired), Reason::TlsCertificateExpired),
        (Tls::InvalidCertificate(CertificateError::UnknownIssuer), Reason::TlsCertificateUntrusted),
        (Tls::InvalidCertificate(CertificateError::BadSignature), Reason::TlsCertificateInvalid),
        (
            Tls::AlertReceived(AlertDescription::CertificateRequired),
            Reason::TlsClientCertificateRequired,
        ),
        (Tls::InvalidMessage(InvalidMessage::InvalidContentType), Reason::TlsPeerNotTls),
        (Tls::NoApplicationProtocol, Reason::TlsAlpnMismatch),
    ];
    for (error, expected) in cases {
        let text = of(&error.to_string());
        let inner = io::Error::new(io::ErrorKind::InvalidData, error);
        let fault = classify(&io::Error::other(inner)).unwrap();
        assert_eq!(fault.reason, Some(expected));
        assert_eq!(text, Some((fault.category, fault.reason, fault.phase)));
    }
    // A text that was cut keeps the times.
    let expired = CertificateError::ExpiredContext { time: at(1000), not_after: at(400) };
    let mut chain = Chain::new();
    let options = ReadOptions { limit: 30, ..ReadOptions::plain() };
    chain.read_error(&Tls::InvalidCertificate(expired), &options);
    let certificate = chain.classify().unwrap().certificate.unwrap();
    assert_eq!((certificate.verified_at, certificate.not_after), (Some(1000), Some(400)));
}
