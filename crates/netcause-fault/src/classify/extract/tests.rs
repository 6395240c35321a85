use std::time::Duration;

use proptest::prelude::*;

use super::Stated;
use super::host::{is_host, is_masked};

/// The facts of a whole text.
fn read(text: &str, is_dns: bool) -> Stated<'_> {
    super::read(text, std::slice::from_ref(&(0..text.len())), None, is_dns)
}

/// The peer that a text names, as `host port`.
fn peer(text: &str) -> String {
    let Some(named) = read(text, true).peer else { return String::new() };
    let port = named.host_port.port.map(|port| format!(" {port}")).unwrap_or_default();
    format!("{}{port}", named.host_port.host)
}

fn assert_peers(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(peer(text), *expected, "{text}");
    }
}

#[test]
fn a_peer_is_read_however_it_is_written() {
    assert_peers(&[
        ("cannot connect to cache-1:6380: refused", "cache-1 6380"),
        ("dial tcp [2001:db8::7]:443: i/o timeout", "2001:db8::7 443"),
        ("connect ECONNREFUSED ::1:5432", "::1 5432"),
        ("query to 192.0.2.53#53 timed out", "192.0.2.53 53"),
        ("kex: connection closed by 192.0.2.9 port 22", "192.0.2.9 22"),
        ("ssh: connect to host build-7 port 2222: Connection refused", "build-7 2222"),
        (
            "HTTPSConnectionPool(host='api.shop.test', port=8443): Read timed out.",
            "api.shop.test 8443",
        ),
        ("[Errno 111] Connect call failed ('192.0.2.4', 9200)", "192.0.2.4 9200"),
        (
            "{error, {failed_connect, [{to_address, {\"auth.shop.test\", 443}}]}}",
            "auth.shop.test 443",
        ),
        ("connection timed out: orders/192.0.2.11:7000", "orders 7000"),
        ("Connection refused: /192.0.2.11:7000", "192.0.2.11 7000"),
        ("Unable to connect to search/<unresolved>:9300", "search 9300"),
        ("failed to dial /ip4/192.0.2.30/tcp/4001: connection refused", "192.0.2.30 4001"),
        ("last error: UNKNOWN: ipv4:192.0.2.8:50051: Failed to connect", "192.0.2.8 50051"),
        ("last error: ipv4:192.0.2.8%3A50051: Failed to connect", "192.0.2.8 50051"),
        (
            "connection to server at \"pg.shop.test\" (192.0.2.2), port 5433 failed",
            "pg.shop.test 5433",
        ),
        ("could not reach {\"host\": \"mq\", \"port\": 5672}: timed out", "mq 5672"),
        ("connect failed {:host=>\"mq\", :port=>5672}", "mq 5672"),
        ("connect failed host=mq port=5672", "mq 5672"),
        ("amqp://app:secret@mq.shop.test:5671/orders?heartbeat=5 is closed", "mq.shop.test 5671"),
        ("upstream: \"http://192.0.2.70:8081/pay\", connect() failed", "192.0.2.70 8081"),
        ("error=\"dns:///ledger:50051: no children to pick from\"", "ledger 50051"),
        ("connect to mail.shop.test[192.0.2.25]:25: Connection timed out", "mail.shop.test 25"),
        ("Unable to connect to port 22 on 192.0.2.44", "192.0.2.44 22"),
        (
            "read tcp 192.0.2.1:40112->192.0.2.2:443: read: connection reset by peer",
            "192.0.2.2 443",
        ),
        ("Failed to fetch https://cdn.shop.test/a.js: status 503", "cdn.shop.test 443"),
        ("unable to resolve host address ‘ledger.shop.test’", "ledger.shop.test"),
        (
            "E getaddrinfo(\"ledger.shop.test\", \"80\", {1,2}): Name or service not known",
            "ledger.shop.test 80",
        ),
        ("cannot verify ledger.shop.test's certificate, issued by ‘CN=shop’", "ledger.shop.test"),
        ("bob@build-7.shop.test: Permission denied (publickey).", "build-7.shop.test"),
        ("connection refused to 10.xx.x.xxx:8080", "10.xx.x.xxx 8080"),
    ]);
}

#[test]
fn the_name_that_was_looked_up_is_the_peer_and_not_who_was_asked() {
    assert_peers(&[
        ("dial tcp: lookup ledger on 192.0.2.53:53: no such host", "ledger"),
        (
            "Get \"https://ledger:8443/v1\": dial tcp: lookup ledger on 192.0.2.53:53: no such host",
            "ledger 8443",
        ),
        ("getaddrinfo ENOTFOUND ledger.shop.test", "ledger.shop.test"),
        ("java.net.UnknownHostException: ledger", "ledger"),
        ("could not resolve host: ledger", "ledger"),
        ("ping: ledger.shop.test: Name or service not known", "ledger.shop.test"),
        ("could not translate host name \"ledger\" to address: Try again", "ledger"),
        (
            "Failed host lookup: 'ledger.shop.test' (OS Error: No address associated with hostname)",
            "ledger.shop.test",
        ),
        ("ledger could not be resolved (3: Host not found)", "ledger"),
    ]);
}

#[test]
fn a_name_is_preferred_to_an_address_of_the_same_peer() {
    assert_peers(&[
        (
            "Post \"https://pay.shop.test/v1\": dial tcp 192.0.2.4:443: connect: connection refused",
            "pay.shop.test 443",
        ),
        (
            "connecting to broker=queue:9092 failed: connect ECONNREFUSED 192.0.2.4:9092",
            "queue 9092",
        ),
        ("attempt to connect to 192.0.2.4:8080 (app.shop.test) failed", "app.shop.test 8080"),
        ("Connect to 192.0.2.4:8123 [/192.0.2.4] failed: connect timed out", "192.0.2.4 8123"),
        (
            "Get \"https://pay.shop.test/\": proxyconnect tcp: dial tcp 192.0.2.4:3128: i/o timeout",
            "192.0.2.4 3128",
        ),
    ]);
}

#[test]
fn what_is_no_peer_is_not_taken_for_one() {
    assert_peers(&[
        ("listen tcp 0.0.0.0:8080: bind: address already in use", ""),
        ("connect ETIMEDOUT 192.0.2.4:443 - Local (0.0.0.0:0)", "192.0.2.4 443"),
        (
            "Call From worker-3/192.0.2.3 to name-1:9000 failed on connection exception",
            "name-1 9000",
        ),
        (
            "upstream timed out while connecting to upstream, client: 192.0.2.77, server: shop.test",
            "",
        ),
        ("client.go:381: timed out while waiting for the answer", ""),
        ("com.shop.Orders:117 connection reset by peer", ""),
        ("12:34:56 connection reset by peer", ""),
        ("connection refused (agent version 10.2.3.4)", ""),
        ("curl: (35) handshake failed, see https://shop.test/faq for help", ""),
        ("<bob@shop.test>: connection reset by peer", ""),
        ("Server selection timed out after 30000 ms", ""),
        ("the connected party did not properly respond after a period of time", ""),
        ("error in /srv/app/worker.py:88: connection refused", ""),
        ("cannot connect to unix:///var/run/app.sock", ""),
        ("failed (111: Connection refused), upstream: \"http://unix:/run/app.sock:/pay\"", ""),
        ("mongodb://a.shop.test:1,b.shop.test:2/orders: no primary", ""),
    ]);
}

#[test]
fn what_is_looked_up_is_a_name_only_where_a_name_was_not_found() {
    assert_eq!(read("Failed to lookup topic: request timed out", false).peer, None);
}

#[test]
fn the_peer_of_a_server_is_its_client() {
    assert_peers(&[
        ("TLS handshake error from 192.0.2.9:41822: EOF", "192.0.2.9 41822"),
        ("Failed password for root from 192.0.2.9 port 41822 ssh2", "192.0.2.9 41822"),
        ("Disconnected: rip=192.0.2.9, lip=192.0.2.1", "192.0.2.9"),
        ("[client 192.0.2.9:41822] error reading from remote server app:8080", "app 8080"),
        ("closing AMQP connection <0.9.0> (192.0.2.9:41822 -> 192.0.2.1:5672)", "192.0.2.9 41822"),
        ("192.0.2.9 - - [13/Sep/2022:03:15:12 +0000] \"GET / HTTP/1.1\" 502 157", ""),
    ]);
}

#[test]
fn a_url_that_was_called_is_read_alone_as_it_is_among_others() {
    for url in [
        "http://api.example:8080/v1",
        "https://10.0.0.1/",
        "https://[::1]:443/",
        "redis://cache",
        "queue://orders",
        "queue://localhost",
        "https://docs.rs/",
        "unix:///run/a",
        "http://a:80,b:80/",
    ] {
        let text = format!("{url})");
        let url = super::called(&text, 0..url.len()).expect(url);
        let end = text.len()..text.len();
        let alone = super::read(&text, &[url.range()], Some(url), false);
        let among = super::read(&text, &[url.range(), end], Some(url), false);
        assert_eq!(format!("{alone:?}"), format!("{among:?}"));
    }
}

fn limit(text: &str) -> Option<u128> {
    read(text, false).times.limit(true).map(|it| it.as_millis())
}

#[test]
fn the_limit_that_ran_out_is_told_from_a_wait() {
    let cases = [
        ("timed out after 250 ms", Some(250)),
        ("request timeout of 1500ms exceeded", Some(1500)),
        ("no connection within 5 seconds (waited 5.003 seconds)", Some(5000)),
        ("Read timed out. (read timeout=1.5)", Some(1500)),
        ("deadline exceeded after 1.502s", Some(1502)),
        ("client elapsed: 3 ms, server elapsed: 1010 ms, timeout: 1000 ms", Some(1000)),
        ("pool limit reached, connection timed out, timeout 30.00", Some(30_000)),
        ("Timeout performing GET cart (5000ms)", Some(5000)),
        ("timed out, retrying in 10s", None),
        ("retrying after 3 seconds...", None),
        ("connection timed out; next try in 2.5s (backoff 4s)", None),
        ("GET http://a.test/x?timeout=9000ms timed out", None),
        ("Retry-After: 30", None),
    ];
    for (text, expected) in cases {
        assert_eq!(limit(text), expected, "{text}");
    }
    let refused = read("connect to a.test:80 refused after 7ms", false);
    assert_eq!(refused.times.elapsed(), Some(Duration::from_millis(7)));
    assert_eq!(refused.times.limit(false), None);
    // A setting beside a failure that no timer made.
    assert_eq!(
        read("connection refused target=a.test:1 timeout=10s", false).times.limit(false),
        None
    );
}

#[test]
fn tries_are_told_from_other_counts() {
    let cases = [
        ("attempt 2 of 5", Some(2), Some(5)),
        ("(attempt #2)", Some(2), None),
        ("retry 3/10 failed", Some(3), Some(10)),
        ("\"retryCount\":4,\"retryTime\":4136", Some(4), None),
        ("Retrying (2)...", Some(2), None),
        ("gave up after 3 attempts", Some(3), None),
        ("this was the 2nd attempt", Some(2), None),
        ("attempt=3 max_attempts=7", Some(3), Some(7)),
        ("Trying again in 2.00 seconds... (1/100)", Some(1), Some(100)),
        ("exceeded maximum number of attempts, 3", Some(3), Some(3)),
        ("Already tried 5 time(s); policy is (maxRetries=10)", Some(5), Some(10)),
        ("Retries: 5/5, giving up", Some(5), Some(5)),
        ("max retries: 5", None, Some(5)),
        ("2 tries remaining", None, None),
        ("Retry(total=4, connect=None)", None, None),
        ("providers failed (1/8)", None, None),
        ("retrying in 10 s", None, None),
        ("retry 2026/11/23", None, None),
        ("will retry after 5 more attempts", None, None),
    ];
    for (text, attempt, maximum) in cases {
        let attempts = read(text, false).attempts;
        assert_eq!((attempts.attempt, attempts.max_attempts), (attempt, maximum), "{text}");
    }
    assert_eq!(read("failed after 3 retries", false).attempts.exhausted, Some(true));
}

#[test]
fn a_long_line_takes_time_in_proportion() {
    // Thousands of places of every kind: each is judged by what stands near.
    let text = "connect to a.b:1 [x] http://c.d:2/( (1/2) ::1:80 'q', 5 /ip4/".repeat(4000);
    assert!(read(&text, false).peer.is_some());
}

proptest! {
    #[test]
    fn whatever_is_read_looks_like_a_host(text in any_text()) {
        for is_dns in [true, false] {
            let stated = read(&text, is_dns);
            if let Some(named) = stated.peer {
                let host = named.host_port.host;
                prop_assert!(is_host(host) || is_masked(host), "{host}");
                prop_assert!(text.contains(host) && !host.contains(['@', '/', '?']));
                prop_assert_ne!(named.host_port.port, Some(0));
            }
        }
    }

    #[test]
    fn who_is_logged_in_is_no_part_of_the_host(user in "[a-z:]{1,8}", query in "[a-z=&@]{0,8}") {
        let text = format!("connect to amqp://{user}@mq.test:5672/v?{query} failed");
        prop_assert_eq!(peer(&text), "mq.test 5672");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let fragments = [
        "connect to ",
        "host ",
        "port ",
        "lookup ",
        " on ",
        "a.example",
        "db-1",
        "localhost",
        "10.0.0.1",
        "::1",
        "[::1]",
        "fe80::1%eth0",
        ":",
        ":80",
        ":99999",
        "#53",
        "%3A",
        "/",
        "://",
        "http",
        "@",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        ", ",
        "=",
        "=>",
        "->",
        " ",
        "\n",
        "\\n",
        "attempt ",
        "retry ",
        "2/5",
        "2nd ",
        "timeout ",
        "timed out after ",
        "5s",
        "1.5",
        "99999999999999999999",
        "ü",
        "…",
        "<unresolved>",
        "/ip4/",
        "ipv4:",
        "x.x.x.x",
        "***",
        "Some(",
        "scheme: ",
        "HTTP/1.1\" 502",
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(fragments.to_vec()), 0..12)
            .prop_map(|it| it.concat()),
    ]
}
