//! Any bytes, read as an error's text, as a log message and as a line of a log.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use netcause_fault::{Chain, ReadOptions};
use netcause_fuzz::{check_chain, check_verdict, processor_time, sanitize, texts};

/// Short texts are also read many times in a row: what grows faster than the text shows.
const LONG: usize = 32 * 1024;

/// Far above what one byte takes, sanitizers and all.
const TIME_A_BYTE: Duration = Duration::from_micros(8);

fuzz_target!(|input: &[u8]| {
    let Some((flags, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let read = match flags & 3 {
        0 => Chain::read_text,
        1 => Chain::read_message,
        _ => Chain::read_line,
    };
    let plain = ReadOptions::plain();
    let sanitize: &dyn Fn(&mut String, usize) -> bool = &sanitize;
    let sanitize = (flags & 4 != 0).then_some(sanitize);
    let limit = if flags & 8 != 0 { text.len() / 2 } else { plain.limit };
    let options = ReadOptions { sanitize, limit, ..plain };
    let mut chain = Chain::new();
    read(&mut chain, &text, &options);
    check_chain(&chain, limit);
    check_verdict(&chain);
    check_places(&chain);
    if flags & 0xf0 == 0 && !text.is_empty() {
        let long = text.repeat(LONG / text.len());
        check_time(&mut chain, &long, read);
    }
});

/// Everything that was found stands in the text; a method perhaps in small letters.
fn check_places(chain: &Chain) {
    let Some(fault) = chain.classify() else { return };
    let method = fault.request.method.as_deref().unwrap_or_default();
    assert!(chain.message().to_ascii_uppercase().contains(method), "{method}");
    let message = chain.message().as_bytes().as_ptr_range();
    for text in texts(&fault) {
        let range = text.as_bytes().as_ptr_range();
        assert!(message.start <= range.start && range.end <= message.end, "{text:?}");
    }
}

fn check_time(chain: &mut Chain, text: &str, read: impl Fn(&mut Chain, &str, &ReadOptions<'_>)) {
    let options = ReadOptions { limit: 2 * LONG, ..ReadOptions::plain() };
    let start = processor_time();
    read(chain, text, &options);
    let _ = chain.classify();
    let took = processor_time() - start;
    let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
    assert!(took < Duration::from_millis(20) + TIME_A_BYTE * bytes, "{took:?}, {bytes} bytes");
}
