//! The work of reading a text grows as the text does, whatever stands in it.

use super::super::work;
use crate::{Chain, ReadOptions};

/// What a text may repeat so that each place looks at many others.
#[rustfmt::skip]
const REPEATED: &[&str] = &[
    "timeout ", "timed out ", "::::", "a.b.c.", "1s ", "1 ", "(((", "\"", "/", "://", "http://a/",
    "x:1 ", "failed to ", "error: ", "retry 1/2 ", "after 1s ", "host ", "[::1]", "db[db]", "a@",
    "max retries ", "lookup a ", "a-b ", "refused/", "connection ", "0 timed out ", "status ",
    "code 5 ", "\\n", "timeout/", "no such host ", "é", "lost,", "via proxy ", "10.0.0.1 ",
    "a.b|a.b|", "from a.b ", "=", "{", "'a' ", "no ", "available ", "caused by: ", "Some(",
    "error: 505", "returned error: 505 ", "status=505 ",
];

/// Further than any place looks, so that what differs between two lengths is the length.
const SHORT: usize = 4096;

fn steps(start: &str, repeated: &str, length: usize, is_line: bool) -> usize {
    let mut text = start.to_owned();
    text.extend(std::iter::repeat_n(repeated, length / repeated.len()));
    let options = ReadOptions { limit: 1 << 20, ..ReadOptions::plain() };
    let mut chain = Chain::new();
    match is_line {
        true => chain.read_line(&text, &options),
        false => chain.read_text(&text, &options),
    }
    work::of(|| drop(chain.classify()))
}

#[test]
fn four_times_the_text_takes_four_times_the_work() {
    for start in ["", "error: connection refused to db:5432: ", "lookup db: no such host "] {
        for (repeated, is_line) in REPEATED.iter().flat_map(|it| [(it, true), (it, false)]) {
            let [short, long] = [SHORT, 4 * SHORT].map(|it| steps(start, repeated, it, is_line));
            assert!(long <= 5 * short + 2000, "{start:?} {repeated:?}: {short} and {long} steps");
            assert!(short <= 100 * SHORT, "{start:?} {repeated:?}: {short} steps");
        }
    }
}
