//! The report, for a terminal: the answers first, the numbers below.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use netcause_record::push_timestamp;

use super::seen::{Seconds, Span, seconds};
use super::tally::{Peer, Route, Tally};
use super::timeline::bars;
use super::words;

/// More peers, and more routes, are not shown one by one.
const SHOWN: usize = 10;

/// How close to the end of the log a failure has to be for "until the end".
const END: i64 = 60;

/// A peer with a name stands first if it has that part of the failures at least.
const NAMED: u64 = 20;

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
    let (lines, when) = (counted(tally.lines, "line", "lines"), between(&tally.span));
    if tally.failures == 0 {
        writeln!(page, "{lines}{when}; none reports a failure")?;
    } else {
        let share = share(tally.failures, tally.lines);
        writeln!(page, "{lines}{when}; {} ({share}) report a failure", tally.failures)?;
    }
    let mut peers: Vec<_> = tally.peers.iter().collect();
    peers.sort_by_key(|(_, peer)| std::cmp::Reverse(peer.failures));
    if !peers.is_empty() {
        answers(tally, &peers, page)?;
        writeln!(page, "\nPeers, worst first")?;
    }
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
fn answers(tally: &Tally, peers: &[(&String, &Peer)], page: &mut String) -> std::fmt::Result {
    // Who has a name can be looked after.
    let named = peers.iter().find(|(name, _)| !name.is_empty());
    let named = named.filter(|(_, peer)| peer.failures * NAMED >= tally.failures);
    let Some((name, peer)) = named.or(peers.first()) else { return Ok(()) };
    let share = share(peer.failures, tally.failures);
    let (category, count) = most(&peer.categories).unwrap_or_default();
    writeln!(page)?;
    writeln!(page, "What broke    {}: {} ({category})", shown(name), words::of_category(category))?;
    let all = if count == peer.failures { "" } else { "; not all of that kind" };
    writeln!(page, "              {} of {} failures, {share}{all}", peer.failures, tally.failures)?;
    if peers.len() > 1 {
        let others = counted(peers.len() as u64 - 1, "other peer", "other peers");
        writeln!(page, "              {others} failed, too; all together:")?;
        writeln!(page, "              {}", kinds(tally))?;
    }
    write_since(tally, peer, page)?;
    for (label, (cause, count)) in ["Cause       ", "            "].iter().zip(sorted(&peer.causes))
    {
        let what = words::of_cause(cause.rsplit(' ').next().unwrap_or_default());
        writeln!(page, "{label}  {cause} ({what}), by {}", counted(count, "line", "lines"))?;
    }
    write_hurt(tally, page)?;
    let given_up: u64 = tally.peers.values().map(|peer| peer.exhausted).sum();
    if tally.recovered + given_up > 0 {
        let recovered = counted(tally.recovered, "call", "calls");
        let given_up = counted(given_up, "call", "calls");
        writeln!(page, "Retries       {recovered} went well in the end, {given_up} given up")?;
    }
    Ok(())
}

/// The most frequent categories, each with its part of all failures and at how many peers:
/// one that is met everywhere is a trouble of this side, or of the network.
fn kinds(tally: &Tally) -> String {
    let mut kinds = BTreeMap::<&str, (u64, u64)>::new();
    for (name, count) in tally.peers.values().flat_map(|peer| &peer.categories) {
        let (failures, peers) = kinds.entry(name).or_default();
        (*failures, *peers) = (*failures + count, *peers + 1);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (failures, _))| std::cmp::Reverse(*failures));
    let shown = kinds.iter().take(3).map(|(name, (failures, peers))| {
        let peers = counted(*peers, "peer", "peers");
        format!("{} {name} at {peers}", share(*failures, tally.failures))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn write_since(tally: &Tally, peer: &Peer, page: &mut String) -> std::fmt::Result {
    let (Some(first), Some(last)) = (peer.span.first, peer.span.last) else { return Ok(()) };
    let is_over = tally.span.last.is_some_and(|end| end - last > END);
    let current = peer.current.filter(|it| !is_over && it.begin > first && it.seconds() > 0);
    match current {
        _ if is_over => writeln!(page, "Since when    {} UTC, last {}", time(first), time(last))?,
        None => writeln!(page, "Since when    {} UTC, until the end of the log", time(first))?,
        Some(outage) => {
            let begin = time(outage.begin);
            writeln!(page, "Since when    {begin} UTC, until the end of the log")?;
            writeln!(page, "              first {}, with pauses between", time(first))?;
        }
    }
    if is_over && peer.longest.seconds() > 0 {
        let (length, begin) = (duration(peer.longest.seconds()), time(peer.longest.begin));
        writeln!(page, "              longest without a pause: {length} from {begin}")?;
    }
    Ok(())
}

/// Requests, else services.
fn write_hurt(tally: &Tally, page: &mut String) -> std::fmt::Result {
    let routes = routes(tally);
    let named = routes.iter().find(|(name, _)| !name.is_empty()).or(routes.first());
    if let Some((name, route)) = named {
        let harm = ["failed", "degraded"]
            .iter()
            .filter_map(|it| Some((route.outcomes.get(*it).filter(|it| **it > 0)?, it)))
            .map(|(count, outcome)| format!("{count} {outcome}"))
            .collect::<Vec<_>>();
        let harm = if harm.is_empty() { String::new() } else { format!(": {}", harm.join(", ")) };
        writeln!(page, "Whom it hurt  requests of {}{harm}", route_name(name))?;
        if routes.len() > 1 {
            let others = counted(routes.len() as u64 - 1, "other route", "other routes");
            writeln!(page, "              {others}: see below")?;
        }
        return Ok(());
    }
    let services = sorted(&tally.services);
    if services.is_empty() {
        let text = "the lines do not say: none has http.route, impact.outcome or service.name";
        return writeln!(page, "Whom it hurt  {text}");
    }
    let shown = services.iter().take(3).map(|(name, count)| format!("{name} {count}"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = match services.len().saturating_sub(3) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    writeln!(page, "Whom it hurt  services, by failures that they tell of: {shown}{more}")?;
    writeln!(page, "              which requests, the lines do not say: none has http.route")
}

fn write_peer(name: &str, peer: &Peer, page: &mut String) -> std::fmt::Result {
    let (failures, when) = (counted(peer.failures, "failure", "failures"), between(&peer.span));
    writeln!(page, "  {}  {failures}{when}", shown(name))?;
    writeln!(page, "      {}", list(&peer.categories))?;
    let mut facts = Vec::new();
    if peer.longest.seconds() > 0 {
        let (length, begin) = (duration(peer.longest.seconds()), time(peer.longest.begin));
        facts.push(format!("longest outage {length} from {begin}"));
    }
    if peer.retries > 0 {
        facts.push(format!("{} failed", counted(peer.retries, "retry", "retries")));
    }
    if peer.exhausted > 0 {
        facts.push(format!("{} given up", counted(peer.exhausted, "call", "calls")));
    }
    if !peer.causes.is_empty() {
        facts.push(format!("cause: {}", list(&peer.causes)));
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
        let failures = counted(route.failures, "failure", "failures");
        write!(page, "  {}  {failures} on the way", route_name(name))?;
        if !route.outcomes.is_empty() {
            write!(page, "; requests: {}", list(&route.outcomes))?;
        }
        writeln!(page)?;
    }
    Ok(())
}

fn write_certificates(tally: &Tally, page: &mut String) -> std::fmt::Result {
    let now = tally.span.last;
    let mut heading = "\nCertificates that were refused, or end soon\n";
    for (name, certificate) in &tally.certificates {
        let not_after = &certificate.not_after;
        let left = seconds(not_after).zip(now).map(|(end, now)| end - now);
        let left = match left {
            Some(left) if left < 0 => format!(", {} before the log ends", days(left)),
            Some(left) => format!(", {} after the log ends", days(left)),
            None => String::new(),
        };
        let refused = if certificate.is_refused { "; refused" } else { "" };
        writeln!(page, "{heading}  {}  ends {not_after}{left}{refused}", shown(name))?;
        heading = "";
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
fn most(counts: &BTreeMap<String, u64>) -> Option<(&str, u64)> {
    sorted(counts).first().copied()
}

/// All, the most frequent first.
fn sorted(counts: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut all: Vec<_> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let shown: Vec<_> =
        sorted(counts).iter().map(|(name, count)| format!("{name} {count}")).collect();
    shown.join(", ")
}

/// `1 line`, `2 lines`
fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn days(seconds: i64) -> String {
    counted(seconds.unsigned_abs() / 86_400, "day", "days")
}

/// `25 %`, `under 1 %`
fn share(part: u64, whole: u64) -> String {
    match part * 100 / whole.max(1) {
        0 if part > 0 => "under 1 %".to_owned(),
        share => format!("{share} %"),
    }
}

fn between(span: &Span) -> String {
    let (Some(first), Some(last)) = (span.first, span.last) else { return String::new() };
    let (from, to) = (time(first), time(last));
    match from.split_once(' ').zip(to.split_once(' ')) {
        _ if first == last => format!(", {from} UTC"),
        Some(((day, _), (same, clock))) if day == same => format!(", {from} to {clock} UTC"),
        _ => format!(", {from} to {to} UTC"),
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
