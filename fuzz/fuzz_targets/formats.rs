//! Any bytes as a line of another program: recognised in its bounds, one record out, and the
//! same record when it comes again.

#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use netcause_cli::enrich::{Enricher, Form, formats};
use netcause_fuzz::processor_time;
use netcause_record::{Limits, Redactor};

/// Short lines are also read many times in a row: what grows faster than the line shows.
const LONG: usize = 16 * 1024;

/// Far above what one byte takes, sanitizers and all.
const TIME_A_BYTE: Duration = Duration::from_micros(10);

fuzz_target!(|input: &[u8]| {
    let Some((flags, input)) = input.split_first() else { return };
    let line = input.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let found = formats::recognise(line);
    let (whole, part) = (line.as_ptr_range(), found.message.as_ptr_range());
    assert!(found.message.is_empty() || (whole.start <= part.start && part.end <= whole.end));
    let once = record(line);
    assert_eq!(once.matches('\n').count(), 1, "{once:?}");
    assert!(once.len() <= Limits::default().record.max(line.len() + 1), "{} bytes", once.len());
    let value: serde_json::Value = match serde_json::from_str(&once) {
        Ok(value) => value,
        // JSON that not every reader takes.
        Err(error) => return assert!(is_of_reader(&error), "{error}: {once}"),
    };
    assert!(value.is_object());
    assert_eq!(record(once.trim_end_matches('\n').as_bytes()), once);
    if *flags == 0 && !line.is_empty() {
        check_time(&line.repeat(LONG / line.len()));
    }
});

thread_local! {
    /// The same for all lines, as in the command: what it keeps of one must not change another.
    static ENRICHER: RefCell<Enricher> =
        RefCell::new(Enricher::new(Redactor::default(), Limits::default(), Form::Json));
}

fn record(line: &[u8]) -> String {
    let mut out = String::new();
    ENRICHER.with_borrow_mut(|enricher| enricher.line(line, 0, &mut out));
    out
}

fn check_time(line: &[u8]) {
    let start = processor_time();
    record(line);
    let took = processor_time() - start;
    let bytes = u32::try_from(line.len()).unwrap_or(u32::MAX);
    assert!(took < Duration::from_millis(40) + TIME_A_BYTE * bytes, "{took:?}, {bytes} bytes");
}

/// Whether a text is JSON all the same: a number that no float can hold, half a pair in a
/// record that passes unchanged.
fn is_of_reader(error: &serde_json::Error) -> bool {
    let error = error.to_string();
    ["out of range", "surrogate", "hex escape"].iter().any(|it| error.contains(it))
}
