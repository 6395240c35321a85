use std::time::{Duration, SystemTime};

use super::Protocol;
use super::answer::{Answer, Head};
use netcause_fault::IcmpSender;

use super::{Hop, Trace, trace};

fn head(text: &str) -> Head {
    match Answer::read(text.as_bytes()) {
        Answer::Head(head) => head,
        other => panic!("{other:?} of {text:?}"),
    }
}

#[test]
fn an_answer_is_read_to_the_end_of_its_head() {
    let whole = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\n\r\nbody";
    for end in 0..whole.len() - 6 {
        assert_eq!(Answer::read(&whole.as_bytes()[..end]), Answer::Incomplete, "{end}");
    }
    let read = head(whole);
    assert_eq!((read.status, read.retry_after.as_deref()), (503, Some("2")));
    assert_eq!(read.pause(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(2)));
    assert_eq!(head("HTTP/1.0 204\n\n").status, 204);
}

#[test]
fn what_comes_before_the_answer_is_passed_over() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    assert_eq!(Answer::read(early.as_bytes()), Answer::Incomplete);
    assert_eq!(head(&format!("{early}HTTP/1.1 200 OK\r\n\r\n")).status, 200);
}

#[test]
fn a_pause_may_be_a_date() {
    let read = head("HTTP/1.1 429 \r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 30);
    assert_eq!(read.pause(before), Some(Duration::from_secs(30)));
}

#[test]
fn a_redirect_is_told_without_its_query() {
    let read = head("HTTP/1.1 302 Found\r\nLocation: https://login.example/a?token=x\r\n\r\n");
    assert_eq!(read.location.as_deref(), Some("https://login.example/a"));
}

#[test]
fn another_protocol_is_known_by_its_first_bytes() {
    let of = |bytes: &[u8]| match Answer::read(bytes) {
        Answer::Other(protocol) => protocol,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&[21, 3, 3, 0, 2, 2, 70]), Protocol::Tls);
    assert_eq!(of(&[0, 0, 18, 4, 0, 0, 0, 0, 0, 0]), Protocol::Http2);
    assert_eq!(of(b"220 mail ESMTP\r\n"), Protocol::Named("SMTP or FTP", "220 mail ESMTP".into()));
    assert_eq!(of(b"\x4a\0\0\0\x0a8.0.36\0"), Protocol::Named("MySQL", "8.0.36.".into()));
    assert_eq!(of(b"\x01\x02hello\x1b[31m"), Protocol::Unknown("..hello.[31m".into()));
    assert_eq!(of(b"HTTP/1.1 OK\r\n\r\n"), Protocol::Unknown("HTTP/1.1 OK".into()));
}

fn traced(hops: Vec<Hop>, reached: Option<u8>) -> String {
    let address = ([192, 0, 2, 9], 80).into();
    trace::finding(&Trace { address, elapsed: Duration::ZERO, hops, reached })
}

#[test]
fn a_trace_names_the_last_machine_that_answers() {
    let icmp = netcause_fault::Icmp {
        v6: false,
        kind: 11,
        code: 0,
        sender: Some([192, 0, 2, 1].into()),
        from: IcmpSender::Between,
    };
    let hop = Hop { number: 2, icmp, elapsed: Duration::ZERO };
    assert_eq!(
        traced(vec![hop], None),
        "the last machine on the way that answers is 192.0.2.1 (hop 2): the packets die there or \
         right behind it"
    );
    assert!(traced(vec![hop], Some(3)).contains("the peer itself answered at hop 3"));
    assert!(traced(Vec::new(), None).starts_with("no machine on the way answered"));
}
