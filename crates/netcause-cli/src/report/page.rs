//! The report, for a terminal: the answers first, the numbers below.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use netcause_record::push_timestamp;

use super::seen::{Seconds, Span};
use super::tally::{Peer, Route, Tally};
use super::timeline::bars;

/// More peers, and more routes, are not shown one by one.
const SHOWN: usize = 10;

/// How close to the end of the log a failure has to be for "until the end".
const END: i64 = 60;

/// What to call a peer that no line names.
const NOBODY: &str = "(peer not named)";

/// The report.
pub(super) fn of(tally: &Tally) -> String {
    let mut page = String::new();
    // Writing to a text cannot fail.
    let _ = write(tally, &mut page);
    page.chars().map(|it| if it.is_control() && it != '\n' { '\u{fffd}' } else { it }).collect()
}

fn write(tally: &Tally, page: &mut String) -> std::fmt::Result {
    let when = between(&tally.span);
    writeln!(page, "{} lines{when}, {} report a failure", tally.lines, tally.failures)?;
    let mut peers: Vec<_> = tally.peers.iter().collect();
    peers.sort_by_key(|(_, peer)| std::cmp::Reverse(peer.failures));
    let Some((worst, peer)) = peers.first() else { return Ok(()) };
    answers(tally, worst, peer, page)?;
    writeln!(page, "\nPeers, worst first")?;
    for (name, peer) in peers.iter().take(SHOWN) {
        write_peer(name, peer, page)?;
    }
    if peers.len() > SHOWN {
        writeln!(page, "  and {} more", peers.len() - SHOWN)?;
    }
    write_routes(tally, page)?;
    write_certificates(tally, page)?;
    let (start, counts) = tally.timeline.steps();
    if !counts.is_empty() {
        let step = duration(tally.timeline.width);
        let start = tally.span.first.map_or(start, |first| start.max(first));
        writeln!(page, "\nFailures over time, from {} UTC, {step} a bar", time(start))?;
        writeln!(page, "  {}", bars(counts))?;
    }
    Ok(())
}

/// The three questions of who is called at night.
fn answers(tally: &Tally, name: &str, peer: &Peer, page: &mut String) -> std::fmt::Result {
    let share = peer.failures * 100 / tally.failures.max(1);
    writeln!(page)?;
    writeln!(page, "What broke    {}: {} ({share} % of all)", shown(name), most(&peer.categories))?;
    if let Some(first) = peer.span.first {
        let goes_on =
            peer.span.last.zip(tally.span.last).is_some_and(|(last, end)| end - last <= END);
        let until = match peer.span.last {
            _ if goes_on => ", until the end of the log".to_owned(),
            Some(last) => format!(", last seen {} UTC", time(last)),
            None => String::new(),
        };
        writeln!(page, "Since when    {} UTC{until}", time(first))?;
    }
    if !peer.causes.is_empty() {
        writeln!(page, "Likely cause  {}", list(&peer.causes))?;
    }
    let hurt = routes(tally);
    match hurt.first() {
        Some((route, _)) => {
            let more = if hurt.len() > 1 {
                format!(" and {} more", hurt.len() - 1)
            } else {
                String::new()
            };
            writeln!(page, "Whom it hurt  requests of {}{more}", route_name(route))
        }
        None => writeln!(
            page,
            "Whom it hurt  the lines do not say: none has http.route or impact.outcome"
        ),
    }
}

fn write_peer(name: &str, peer: &Peer, page: &mut String) -> std::fmt::Result {
    let when = between(&peer.span);
    writeln!(page, "  {}  {} failures{when}", shown(name), peer.failures)?;
    writeln!(page, "      {}", list(&peer.categories))?;
    let mut facts = Vec::new();
    if peer.outage > 0 {
        facts.push(format!("longest outage {}", duration(peer.outage)));
    }
    if peer.retries > 0 {
        facts.push(format!("{} retries failed", peer.retries));
    }
    if peer.exhausted > 0 {
        facts.push(format!("gave up {} times", peer.exhausted));
    }
    if !peer.causes.is_empty() {
        facts.push(format!("likely cause {}", list(&peer.causes)));
    }
    if !facts.is_empty() {
        writeln!(page, "      {}", facts.join("; "))?;
    }
    let (_, counts) = peer.timeline.steps();
    if counts.len() > 1 {
        writeln!(page, "      {} {} a bar", bars(counts), duration(peer.timeline.width))?;
    }
    Ok(())
}

/// The routes, worst first.
fn routes(tally: &Tally) -> Vec<(&String, &Route)> {
    let harm = |route: &Route| {
        let bad = ["failed", "degraded"].iter().filter_map(|it| route.outcomes.get(*it));
        (bad.sum::<u64>(), route.failures)
    };
    let mut routes: Vec<_> = tally.routes.iter().filter(|it| harm(it.1) > (0, 0)).collect();
    routes.sort_by_key(|(_, route)| std::cmp::Reverse(harm(route)));
    routes
}

fn write_routes(tally: &Tally, page: &mut String) -> std::fmt::Result {
    let routes = routes(tally);
    if routes.is_empty() {
        return Ok(());
    }
    writeln!(page, "\nRoutes, worst first")?;
    for (name, route) in routes.iter().take(SHOWN) {
        write!(page, "  {}  {} failures on the way", route_name(name), route.failures)?;
        if !route.outcomes.is_empty() {
            write!(page, "; requests: {}", list(&route.outcomes))?;
        }
        writeln!(page)?;
    }
    Ok(())
}

fn write_certificates(tally: &Tally, page: &mut String) -> std::fmt::Result {
    let mut heading = "\nCertificates that were not accepted\n";
    for (name, peer) in &tally.peers {
        if let Some(not_after) = &peer.not_after {
            writeln!(page, "{heading}  {}  ends {not_after}", shown(name))?;
            heading = "";
        }
    }
    Ok(())
}

fn shown(name: &str) -> &str {
    if name.is_empty() { NOBODY } else { name }
}

fn route_name(name: &str) -> &str {
    if name.is_empty() { "(route not named)" } else { name }
}

/// The most frequent.
fn most(counts: &BTreeMap<String, u64>) -> String {
    let most = counts.iter().max_by_key(|(_, count)| **count);
    most.map_or(String::new(), |(name, count)| format!("{name} {count} times"))
}

/// All, the most frequent first.
fn list(counts: &BTreeMap<String, u64>) -> String {
    let mut all: Vec<_> = counts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let shown: Vec<_> = all.iter().map(|(name, count)| format!("{name} {count}")).collect();
    shown.join(", ")
}

fn between(span: &Span) -> String {
    match (span.first, span.last) {
        (Some(first), Some(last)) if first != last => {
            format!(", {} to {} UTC", time(first), time(last))
        }
        (Some(first), _) => format!(", {} UTC", time(first)),
        _ => String::new(),
    }
}

/// `2026-11-23 09:26:53`
fn time(seconds: Seconds) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let mut text = String::new();
    push_timestamp(UNIX_EPOCH + since, &mut text);
    text.truncate(19);
    text.replace('T', " ")
}

/// `2h 5m`, `14m 52s`, `7s`
fn duration(seconds: i64) -> String {
    match seconds {
        3600.. => format!("{}h {}m", seconds / 3600, seconds / 60 % 60),
        60.. => format!("{}m {}s", seconds / 60, seconds % 60),
        _ => format!("{seconds}s"),
    }
}
