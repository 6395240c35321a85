//! The report, for the person who was called.

use std::fmt::Write;
use std::time::Duration;

use netcause_fault::{Cause, Confidence, Fault, text_duration};
use netcause_net::probe::{Probed, Step};

use super::{Options, steps, target};
use crate::explain::{self, BOLD, Page};

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";

/// Where the text of a step begins.
const COLUMN: usize = 28;

/// Whom it is about, and how long it may take.
pub(super) fn opening(options: &Options) -> String {
    let (host, port) = (target::shown(&options.target.host), options.target.port);
    let why = match options.is_tls() && !options.tls && options.target.tls.is_none() {
        true => "; with TLS, as the port is 443 (--plain: without)",
        false => "",
    };
    let limit = text_duration(options.limit);
    format!("Probing {host}:{port}, each step within {limit}{why}\n\n")
}

/// A step that has ended.
pub(super) fn step(step: &Step, colour: bool) -> String {
    let mut line = String::new();
    let (style, word) = match step {
        Step::Trace(_) => ("", ""),
        step if step.is_well() => (GREEN, "ok"),
        _ => (RED, "failed"),
    };
    let elapsed = short(step.elapsed());
    // Writing to a text cannot fail.
    let _ = write!(line, "  {:<8}{elapsed:>8}  ", steps::name(step));
    Page { out: &mut line, colour: colour && !style.is_empty() }.styled(style, word);
    for (index, text) in steps::texts(step).iter().enumerate() {
        let used = if index == 0 { 20 + word.len() } else { 0 };
        line.extend(std::iter::repeat_n(' ', COLUMN.saturating_sub(used)));
        line.extend(text.chars().map(explain::printable));
        line.push('\n');
    }
    line
}

/// Below a millisecond tenths count.
fn short(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("0.{}ms", micros / 100),
        1_000..10_000_000 => format!("{}ms", micros / 1_000),
        _ => format!("{}s", time.as_secs()),
    }
}

/// What it all means, and what to look at next.
pub(super) fn verdict(probed: &Probed, limit: Duration, colour: bool) -> String {
    let mut out = String::from("\n");
    let mut page = Page { out: &mut out, colour };
    match &probed.fault {
        Some(fault) => trouble(fault, probed, &mut page),
        None => well(probed, limit, &mut page),
    }
    out
}

fn well(probed: &Probed, limit: Duration, page: &mut Page<'_>) {
    page.styled(BOLD, &steps::headline(probed));
    page.out.push('\n');
    let tried = |step: &Step| matches!(step, Step::Connect(_));
    let failed = probed.steps.iter().filter(|it| tried(it) && !it.is_well()).count();
    let all = probed.steps.iter().filter(|it| tried(it)).count();
    if failed > 0 {
        page.item(&format!(
            "Only {} of {all} addresses answer: programs that try one after the other may wait \
             up to {} for each of the others first.",
            all - failed,
            text_duration(limit),
        ));
    }
    if let Some(warning) = probed.certificate.as_ref().and_then(steps::ends_soon) {
        page.item(&warning);
    }
}

fn trouble(fault: &Fault<'_>, probed: &Probed, page: &mut Page<'_>) {
    page.styled(BOLD, &fault.summary().to_string());
    page.out.push('\n');
    page.heading("What it means");
    page.item(explain::meaning(fault.category));
    page.heading("What was seen");
    for fact in &fault.evidence {
        page.item(&fact.to_string());
    }
    if fault.evidence.is_empty() {
        probed.links.last().iter().for_each(|link| page.item(link));
    }
    causes(fault, page);
    page.check_next(fault);
}

fn causes(fault: &Fault<'_>, page: &mut Page<'_>) {
    let ranked = explain::ranked(fault);
    let (here, others): (Vec<_>, Vec<_>) =
        ranked.into_iter().partition(|(cause, _)| *cause == fault.cause);
    if fault.cause == Cause::Unknown {
        page.heading("Possible causes");
    } else {
        page.heading("Cause");
        let sure = match fault.confidence {
            Confidence::Certain => "certain: only this produces what was seen",
            Confidence::Likely => "likely: it usually produces what was seen",
            _ => "possible: one explanation of several",
        };
        page.item(&format!("{} ({sure})", fault.cause));
        here.iter().for_each(|(_, how)| page.item(&format!("- {how}")));
    }
    if fault.cause != Cause::Unknown
        && fault.confidence != Confidence::Certain
        && !others.is_empty()
    {
        page.heading("Or else");
    }
    if fault.confidence != Confidence::Certain {
        others.iter().for_each(|(cause, how)| page.item(&format!("- {cause}: {how}")));
    }
}
