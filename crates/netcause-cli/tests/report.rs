//! `netcause report`: the first screen answers the questions of who is on call.

#![allow(clippy::expect_used, reason = "a test that cannot run has failed")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::{run, stderr, stdout};

#[test]
fn logs_of_several_programs_make_one_report() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (one, two) = (directory.join("shop.log"), directory.join("proxy.log"));
    let refused = "2026-11-23 09:10:00,000 [main] ERROR shop.Db - connect to db.internal:5432 failed: Connection refused\n";
    fs::write(&one, refused.repeat(3)).expect("a file can be written");
    let upstream = "2026/11/23 09:12:00 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: shop.example, request: \"GET / HTTP/1.1\", upstream: \"http://10.3.7.19:8080/\", host: \"shop.example\"\n";
    fs::write(&two, upstream).expect("a file can be written");
    let paths = [&one, &two].map(|it| it.to_str().expect("the path is UTF-8"));
    let output = run(&["report", paths[0], paths[1]], &[]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
    let page = stdout(&output);
    for expected in [
        "4 lines, 2026-11-23 09:10:00 to 09:12:00 UTC; 4 (100 %) report a failure",
        "What broke    db.internal:5432: connections are refused (connect_refused)",
        "3 of 4 failures, 75 %",
        "10.3.7.19:8080  1 failure",
    ] {
        assert!(page.contains(expected), "{expected:?} is missing in\n{page}");
    }
}

#[test]
fn what_cannot_be_read_or_is_not_built_is_named() {
    let output = run(&["report", "/nowhere/at/all.log"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/at/all.log"));
    let output = run(&["report", "--html", "x.html", "x.log"], &[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains("--html"));
}
