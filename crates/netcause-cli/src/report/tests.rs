use proptest::prelude::*;

use super::seen::Part;
use super::tally::Tally;
use super::timeline::{STEPS, Timeline, bars};
use super::*;

fn tally(lines: &[&str]) -> Tally {
    let mut workers =
        Workers::start(|| Enricher::new(Redactor::default(), Default::default(), Form::Json));
    for line in lines {
        workers.line(line.as_bytes(), 0).unwrap();
    }
    workers.finish().unwrap()
}

const LINES: &[&str] = &[
    "2026-11-23 09:00:00,000 [main] INFO shop.Main - started",
    "2026-11-23 09:10:00,000 [main] ERROR shop.Db - connect to db.internal:5432 failed: Connection refused",
    "2026-11-23 09:10:30,000 [main] ERROR shop.Db - connect to db.internal:5432 failed: Connection refused",
    "2026-11-23 09:20:00,000 [main] ERROR shop.Db - connect to db.internal:5432 failed: Connection refused",
    "2026-11-23 09:20:10,000 [main] WARN shop.Api - lookup api.example: no such host",
    r#"{"timestamp":"2026-11-23T09:20:20.000000Z","message":"m","http.route":"/cart","server.address":"db.internal","server.port":5432,"fault.category":"connect_refused","fault.cause":"peer_down","retry.attempt":5,"retry.max_attempts":5}"#,
    r#"{"timestamp":"2026-11-23T09:20:21.000000Z","message":"served","http.route":"/cart","impact.outcome":"failed"}"#,
    r#"{"timestamp":"2026-11-23T09:20:21.000000Z","message":"m: went well after 1 retry","target":"netcause::retry","retry.attempt":1}"#,
    "2026-11-23 09:20:30,000 [main] INFO shop.Main - still here",
];

#[test]
fn what_broke_where_since_when_and_whom_it_hurt_stands_first() {
    let page = page::of(&tally(LINES));
    let head: Vec<_> = page.lines().take(12).collect();
    let expected = [
        "9 lines, 2026-11-23 09:00:00 to 09:20:30 UTC; 5 (55 %) report a failure",
        "",
        "What broke    db.internal:5432: connections are refused (connect_refused)",
        "              4 of 5 failures, 80 %",
        "              1 other peer failed, too; all together:",
        "              80 % connect_refused at 1 peer, 20 % dns at 1 peer",
        "Since when    2026-11-23 09:20:00 UTC, until the end of the log",
        "              first 2026-11-23 09:10:00, with pauses between",
        "Cause         possibly peer_down (nothing listens there), by 3 lines",
        "              peer_down (nothing listens there), by 1 line",
        "Whom it hurt  requests of /cart: 1 failed",
        "Retries       1 call went well in the end, 1 call given up",
    ];
    assert_eq!(head, expected, "{page}");
    assert!(
        page.contains(
            "longest outage 30s from 2026-11-23 09:10:00; 1 retry failed; 1 call given up"
        ),
        "{page}"
    );
    assert!(page.contains("/cart  1 failure on the way; requests: failed 1"), "{page}");
    assert!(page.contains("api.example  1 failure, 2026-11-23 09:20:10 UTC"), "{page}");
}

#[test]
fn an_outage_that_is_over_has_its_end_and_its_longest_part() {
    let lines =
        [LINES[1], LINES[2], LINES[3], "2026-11-23 10:00:00,000 [main] INFO x - still here"];
    let page = page::of(&tally(&lines));
    let since = "Since when    2026-11-23 09:10:00 UTC, last 2026-11-23 09:20:00\n              longest without a pause: 30s from 2026-11-23 09:10:00\n";
    assert!(page.contains(since), "{page}");
}

#[test]
fn a_peer_with_a_name_stands_before_all_that_have_none() {
    let nameless = "2026-11-23 09:10:00,000 [main] ERROR shop.Db - Connection refused";
    let page = page::of(&tally(&[nameless, nameless, LINES[1]]));
    assert!(page.contains("What broke    db.internal:5432: "), "{page}");
    assert!(page.contains("(peer not named)  2 failures"), "{page}");
}

#[test]
fn without_routes_the_services_that_tell_of_failures_are_named() {
    let of = |service: &str| {
        format!(r#"{{"service.name":"{service}","message":"m","fault.category":"dns"}}"#)
    };
    let lines = [of("cart"), of("shop"), of("cart"), of("a"), of("b")];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let page = page::of(&tally(&lines));
    let hurt =
        "Whom it hurt  services, by failures that they tell of: cart 2, a 1, b 1, and 1 more\n";
    assert!(page.contains(hurt), "{page}");
}

#[test]
fn certificates_that_end_soon_or_are_refused_are_named() {
    let soon = r#"{"timestamp":"2026-11-23T09:20:20.000000Z","message":"m","server.address":"a.example","server.port":443,"tls.server.not_after":"2026-11-28T09:20:21Z","certificate.days_left":5}"#;
    let refused = r#"{"timestamp":"2026-11-23T09:20:20.000000Z","message":"m","server.address":"b.example","fault.category":"tls_certificate","tls.server.not_after":"2026-11-21T09:20:20Z"}"#;
    let page = page::of(&tally(&[soon, refused]));
    for line in [
        "Certificates that were refused, or end soon\n",
        "  a.example:443  ends 2026-11-28T09:20:21Z, 5 days after the log ends\n",
        "  b.example  ends 2026-11-21T09:20:20Z, 2 days before the log ends; refused\n",
    ] {
        assert!(page.contains(line), "{line} is missing in {page}");
    }
    assert!(page.contains("; 1 (50 %) report a failure\n"), "{page}");
}

#[test]
fn a_log_without_failures_says_so_in_one_line() {
    assert_eq!(
        page::of(&tally(&LINES[..1])),
        "1 line, 2026-11-23 09:00:00 UTC; none reports a failure\n"
    );
    assert_eq!(page::of(&Tally::default()), "0 lines; none reports a failure\n");
}

#[test]
fn what_is_kept_of_peers_has_a_bound() {
    let lines: Vec<_> =
        (0..3000).map(|it| format!("dial tcp: lookup host{it}.example: no such host")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let tally = tally(&lines);
    assert_eq!((tally.failures, tally.peers.len()), (3000, 1001));
    assert!(page::of(&tally).lines().count() < 60);
}

#[test]
fn however_many_threads_work_the_lines_are_counted_in_their_order() {
    let lines: Vec<_> = (0..20_000)
        .map(|it| {
            let (hour, minute, second) = (it / 3600, it / 60 % 60, it % 60);
            format!(
                "2026-11-23 0{hour}:{minute:02}:{second:02},000 [main] ERROR shop.Db - \
                 connect to db{}.internal:5432 failed: Connection refused",
                it % 1200
            )
        })
        .collect();
    let mut alone = Enricher::new(Redactor::default(), Default::default(), Form::Json);
    let (mut one, mut part, mut record) = (Tally::default(), Part::default(), String::new());
    for line in &lines {
        record.clear();
        let is_fault = alone.line(line.as_bytes(), 0, &mut record);
        part.add(record.trim_ascii_end(), is_fault, alone.time());
    }
    one.add(&part);
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(page::of(&tally(&lines)), page::of(&one));
}

#[test]
fn bars_are_as_high_as_their_counts() {
    assert_eq!(bars(&[0, 1, 4, 8]), " ▁▄█");
    assert_eq!(bars(&[0, 1, 1000]), " ▁█");
}

proptest! {
    #[test]
    fn a_timeline_counts_everything_at_its_time(times in proptest::collection::vec(-5_000_i64..100_000, 1..80)) {
        let mut timeline = Timeline::default();
        times.iter().for_each(|time| timeline.add(*time));
        let (start, counts) = timeline.steps();
        prop_assert_eq!(counts.iter().sum::<u64>(), times.len() as u64);
        prop_assert!(counts.len() <= STEPS);
        for (index, count) in counts.iter().enumerate() {
            let begin = start + index as i64 * timeline.width;
            let within = times.iter().filter(|time| (begin..begin + timeline.width).contains(time));
            prop_assert_eq!(within.count() as u64, *count);
        }
    }
}
