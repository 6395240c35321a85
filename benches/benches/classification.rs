//! Classification alone: from an error, or its text, to a verdict with cause and evidence.

use std::error::Error;
use std::hint::black_box;

use netcause_benches::errors;
use netcause_benches::measure::{Case, measure};
use netcause_benches::report::{print, table};
use netcause_fault::{Chain, ReadOptions};

/// What all tables compare with: reading the operating system's error, and nothing else.
const BASE: &str = "an errno formatted by std";

fn main() {
    typed();
    texts();
}

fn typed() {
    let chains = errors::chains();
    let cases = chains.iter().map(|(name, error)| {
        print_verdict(name, |chain| chain.read_error(error, &ReadOptions::plain()));
        classified(name, move |chain| chain.read_error(black_box(error), &ReadOptions::plain()))
    });
    let measured = measure(cases.chain([base()]).collect());
    print(&table("Typed chains: read, classified, diagnosed", &measured, BASE));
}

fn texts() {
    let cases = errors::TEXTS.iter().map(|(name, text)| {
        print_verdict(name, |chain| chain.read_text(text, &ReadOptions::plain()));
        classified(name, move |chain| chain.read_text(black_box(text), &ReadOptions::plain()))
    });
    let (name, text) = errors::TEXTS[5];
    let message = classified("no fault, as a log message", move |chain| {
        chain.read_message(black_box(text), &ReadOptions::plain());
    });
    debug_assert_eq!(name, "no fault");
    let measured = measure(cases.chain([message, base()]).collect());
    print(&table("Texts: read, classified, diagnosed", &measured, BASE));
    lines();
}

fn lines() {
    let cases = errors::LINES.iter().map(|(name, line)| {
        print_verdict(name, |chain| chain.read_line(line, &ReadOptions::plain()));
        classified(name, move |chain| chain.read_line(black_box(line), &ReadOptions::plain()))
    });
    let measured = measure(cases.chain([base()]).collect());
    print(&table("Lines of logs: read, classified, diagnosed", &measured, BASE));
}

fn classified<'a>(name: &'static str, read: impl Fn(&mut Chain) + 'a) -> Case<'a> {
    let mut chain = Chain::new();
    Case::repeat(name, move || {
        chain.clear();
        read(&mut chain);
        let mut fault = chain.classify();
        if let Some(fault) = &mut fault {
            fault.diagnose();
        }
        black_box(&fault);
    })
}

fn base() -> Case<'static> {
    let mut text = String::with_capacity(128);
    Case::repeat(BASE, move || {
        use std::fmt::Write;
        text.clear();
        let error: &dyn Error = &std::io::Error::from_raw_os_error(black_box(111));
        let _ = write!(text, "{error}");
        black_box(&text);
    })
}

/// So that no figure stands for a case that was not recognised.
fn print_verdict(name: &str, read: impl Fn(&mut Chain)) {
    let mut chain = Chain::new();
    read(&mut chain);
    let verdict = chain.classify().map(|fault| fault.error_type().to_owned());
    print(&format!("{name:<40} {}", verdict.as_deref().unwrap_or("no fault")));
}
