use std::time::Duration;

use super::target::{Target, path, time};

fn target(text: &str) -> Target {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn host_and_port(text: &str) -> (String, u16) {
    let Target { host, port, .. } = target(text);
    (host, port)
}

#[test]
fn a_target_is_a_host_and_a_port() {
    assert_eq!(host_and_port("db.internal:5432"), ("db.internal".into(), 5432));
    assert_eq!(host_and_port("192.0.2.1:80"), ("192.0.2.1".into(), 80));
    assert_eq!(host_and_port("[2001:db8::1]:80"), ("2001:db8::1".into(), 80));
}

#[test]
fn a_url_says_port_tls_and_path() {
    let url = target("https://bob:hunter2@api.example/v1/charge?x=1#top");
    assert_eq!((url.host.as_str(), url.port, url.tls), ("api.example", 443, Some(true)));
    assert_eq!(url.path.as_deref(), Some("/v1/charge?x=1"));
    let url = target("http://[::1]:8080");
    assert_eq!((url.host.as_str(), url.port, url.tls), ("::1", 8080, Some(false)));
    assert_eq!(url.path.as_deref(), Some("/"));
    let url = target("postgres://bob:pw@db.internal/orders");
    assert_eq!((url.host.as_str(), url.port, url.path), ("db.internal", 5432, None));
    assert_eq!(host_and_port("kafka://broker:9092"), ("broker".into(), 9092));
}

#[test]
fn what_is_no_target_says_what_is_missing() {
    for (text, expected) in [
        ("db.internal", "which port?"),
        ("::1", "which port? as in [::1]:443"),
        ("kafka://broker", "kafka has none of its own"),
        ("db:0", "is no port"),
        ("db:http", "is no port"),
        ("db:70000", "is no port"),
        (":80", "no host"),
        ("", "no host"),
        ("a b:80", "no host"),
        ("a:b:80", "in brackets"),
        ("[fe80::1%eth0]:80", "of one link"),
        ("https:///x", "no host"),
    ] {
        let error = text.parse::<Target>().expect_err(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_path_smuggles_nothing_into_the_request() {
    assert_eq!(path("health").as_deref(), Ok("/health"));
    for text in ["/a b", "/a\r\nX: y", "/a\u{7f}"] {
        assert!(path(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_time_has_a_unit_or_is_seconds() {
    for (text, milliseconds) in
        [("5", 5000), ("0.5", 500), ("250ms", 250), ("2s", 2000), ("1m", 60_000)]
    {
        assert_eq!(time(text), Ok(Duration::from_millis(milliseconds)), "{text}");
    }
    for text in ["", "0", "s", "-1", "1h", "6m", "1e3", "nan", "0.0001"] {
        assert!(time(text).is_err(), "{text}");
    }
}
