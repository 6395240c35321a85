//! Sentences that no pattern has as a whole.

use crate::{Category as C, Reason, classify_text};

#[test]
fn sentences_are_read_by_their_parts() {
    for (line, expected) in [
        ("ERROR unable to quickly re-establish the upstream feed", C::Unknown),
        ("WARN connection with the master at db-2 was suddenly lost", C::ConnectionReset),
        ("ERROR the broker may soon not be available", C::Unavailable),
        ("WARN node 7 of the ring is not responding", C::ResponseTimeout),
        ("error: certificate of *.shop.example has expired", C::TlsCertificate),
        ("ERROR no healthy storage nodes", C::Unavailable),
        ("ERROR no upstream connections available", C::Unavailable),
        ("ERROR peer sent an unexpected AMQP protocol header", C::Protocol),
        ("WARN lost the gossip connection", C::ConnectionReset),
        ("WARN temporary failure resolving 'a.example'", C::Dns),
        ("error: could not obtain a database connection in time", C::PoolExhausted),
        ("WARN client prematurely closed the stream", C::Cancelled),
        ("ERROR call failed {\"statusCode\" : \"503\"}", C::Unavailable),
        ("ERROR stock answered with HTTP 429", C::RateLimited),
        ("socket error #10061", C::ConnectRefused),
        ("error: GET 404 http://a.example/x", C::HttpClientError),
        ("error: http://a.example/x  502", C::HttpServerError),
    ] {
        assert_eq!(classify_text(line).map(|it| it.category), Some(expected), "{line}");
    }
}

#[test]
fn parts_say_nothing_where_nothing_went_wrong() {
    for line in [
        "INFO connection to the master closed",
        "INFO no available updates for the cluster",
        "INFO session with db-2 terminated normally",
        "12:00:01 invalid header checks are enabled",
        "INFO all nodes joined",
        "INFO 0 timed out, 0 refused",
        "12:00:01 GET /errors/connection-refused 200",
        "INFO status: 200 rows: 503",
        "ERROR import: 503 rows were rejected",
        "ERROR line 404: unknown column",
        "ERROR got 500 items, expected 3",
        "INFO a 5 second timeout is set",
        "INFO the retry policy is: retry on ECONNREFUSED, ETIMEDOUT",
        "    syscall: 'connect ECONNREFUSED',",
        "ERROR unexpected EOF while parsing config.yaml",
    ] {
        assert_eq!(classify_text(line), None, "{line}");
    }
}

#[test]
fn of_two_things_that_may_be_none_is_claimed() {
    let reason = |text| classify_text(text).and_then(|it| it.reason);
    let said = "x509: certificate has expired or is not yet valid";
    assert_eq!(reason(said), Some(Reason::TlsCertificateInvalid));
    let after = format!("{said}: current time 2026-11-23 is after 2026-11-20");
    assert_eq!(reason(&after), Some(Reason::TlsCertificateExpired));
    let before = format!("{said}: current time 2026-11-23 is before 2026-12-20");
    assert_eq!(reason(&before), Some(Reason::TlsCertificateNotYetValid));
}

#[test]
fn what_stands_too_far_behind_is_not_read_in_any_script() {
    for filler in ["e", "é", "語"] {
        for shift in ["", "x", "xx"] {
            let line = format!("ERROR failed to connect {shift}{} (111)", filler.repeat(200));
            assert_eq!(classify_text(&line).map(|it| it.category), Some(C::Unknown), "{line}");
        }
    }
}
