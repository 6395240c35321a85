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
    "2026-11-23 09:20:30,000 [main] INFO shop.Main - still here",
];

#[test]
fn what_broke_where_since_when_and_whom_it_hurt_stands_first() {
    let page = page::of(&tally(LINES));
    let head: Vec<_> = page.lines().take(6).collect();
    assert_eq!(
        head[0],
        "8 lines, 2026-11-23 09:00:00 to 2026-11-23 09:20:30 UTC, 5 report a failure"
    );
    assert_eq!(head[2], "What broke    db.internal:5432: connect_refused 4 times (80 % of all)");
    assert_eq!(head[3], "Since when    2026-11-23 09:10:00 UTC, until the end of the log");
    assert!(page.contains("Whom it hurt  requests of /cart\n"), "{page}");
    assert!(page.contains("longest outage 30s") && page.contains("gave up 1 times"), "{page}");
    assert!(page.contains("/cart  1 failures on the way; requests: failed 1"), "{page}");
    assert!(page.contains("api.example  1 failures"), "{page}");
}

#[test]
fn a_log_without_failures_says_so_in_one_line() {
    assert_eq!(
        page::of(&tally(&LINES[..1])),
        "1 lines, 2026-11-23 09:00:00 UTC, 0 report a failure\n"
    );
    assert_eq!(page::of(&Tally::default()), "0 lines, 0 report a failure\n");
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
        part.add(record.trim_ascii_end(), is_fault);
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
