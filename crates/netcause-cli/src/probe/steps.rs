//! Steps in words.

use std::time::{Duration, SystemTime};

use netcause_fault::{Certificate, Evidence, long_duration, text_duration};
use netcause_net::AddressFailure;
use netcause_net::probe::{Connecting, Exchange, Handshake, Lookup, Probed, Step, Trace};

/// What a step is called.
pub(super) fn name(step: &Step) -> &'static str {
    match step {
        Step::Lookup(_) => "lookup",
        Step::Connect(_) => "connect",
        Step::Trace(_) => "trace",
        Step::Tls(_) => "tls",
        Step::Http(_) => "http",
        _ => "step",
    }
}

/// What came of it, one line or more.
pub(super) fn texts(step: &Step) -> Vec<String> {
    match step {
        Step::Lookup(it) => of_lookup(it),
        Step::Connect(it) => vec![of_connecting(it)],
        Step::Trace(it) => of_trace(it),
        Step::Tls(it) => of_handshake(it),
        Step::Http(it) => vec![of_exchange(it)],
        _ => Vec::new(),
    }
}

fn of_lookup(it: &Lookup) -> Vec<String> {
    if !it.answers.is_empty() {
        let answers: Vec<_> = it.answers.iter().map(ToString::to_string).collect();
        return vec![format!("{} is {}", it.name, answers.join(", "))];
    }
    let first = format!("{} has no address", it.name);
    std::iter::once(first).chain(it.name_servers.iter().map(ToString::to_string)).collect()
}

fn of_connecting(it: &Connecting) -> String {
    match (&it.failure, it.local) {
        (Some(failure), _) => format!("{}: {}", it.address, why(failure)),
        (None, Some(local)) => format!("{} from {}", it.address, local.ip()),
        (None, None) => it.address.to_string(),
    }
}

/// Why an address gave no connection.
pub(super) fn why(failure: &AddressFailure) -> String {
    let tcp = failure.tcp.unwrap_or_default();
    match (failure.icmp, failure.os_error) {
        (Some(icmp), _) => icmp.to_string(),
        (None, Some(_)) if tcp.segments_in > 0 => Evidence::ResetOnConnect.to_string(),
        (None, Some(code)) if failure.nothing_sent => {
            format!("{}; no packet left this host", Evidence::OsError(code))
        }
        (None, Some(code)) => Evidence::OsError(code).to_string(),
        (None, None) if tcp.segments_out > 0 => Evidence::Unanswered(tcp.segments_out).to_string(),
        (None, None) => "no answer".to_owned(),
    }
}

fn of_trace(it: &Trace) -> Vec<String> {
    let hops = it.hops.iter().map(|hop| {
        let sender = hop.icmp.sender.map_or_else(|| "?".to_owned(), |it| it.to_string());
        let time = hop.elapsed.as_micros();
        let what = match hop.icmp.meaning() {
            netcause_fault::IcmpMeaning::TimeExceeded => String::new(),
            _ => format!(": {}", hop.icmp),
        };
        format!("{:>2}  {sender}  {}.{}ms{what}", hop.number, time / 1000, time / 100 % 10)
    });
    let end = match (it.reached, it.last()) {
        (Some(number), _) => format!("{number:>2}  {} itself", it.address.ip()),
        (None, Some(last)) => format!("{:>2}  nobody answers from here on", last.number + 1),
        (None, None) => " 1  nobody answers from here on".to_owned(),
    };
    hops.chain(Some(end)).collect()
}

fn of_handshake(it: &Handshake) -> Vec<String> {
    let first = match (&it.error, &it.version) {
        (Some(error), _) => error.clone(),
        (None, Some(version)) => format!("{version} with {}", it.name),
        (None, None) => it.name.clone(),
    };
    let chain = it.chain.iter().enumerate().map(|(index, seen)| of_certificate(index, seen));
    std::iter::once(first).chain(chain).collect()
}

fn of_certificate(index: usize, seen: &Certificate<'_>) -> String {
    let whose = if index == 0 { "certificate of" } else { "issued by" };
    let mut text = format!("{whose} {}", seen.subject.as_deref().unwrap_or("nobody"));
    if let Some(names) = seen.names.as_deref().filter(|_| index == 0) {
        text.push_str(&format!(" for {names}"));
    }
    if let Some(issuer) = seen.issuer.as_deref().filter(|_| index == 0) {
        text.push_str(&format!(", issued by {issuer}"));
    }
    if let Some(end) = seen.not_after {
        text.push_str(&format!(", {}", until(end, seen.verified_at)));
    }
    text
}

/// `valid until 2027-02-20 (89 days)`.
fn until(end: i64, now: Option<i64>) -> String {
    let date = date(end);
    let Some(now) = now else { return format!("valid until {date}") };
    let time = long_duration(Duration::from_secs(end.abs_diff(now)));
    match end >= now {
        true => format!("ends {date}, in {time}"),
        false => format!("ended {date}, {time} ago"),
    }
}

/// `2027-02-20`.
fn date(seconds: i64) -> String {
    let since = Duration::from_secs(seconds.unsigned_abs());
    let time = match seconds >= 0 {
        true => SystemTime::UNIX_EPOCH.checked_add(since),
        false => SystemTime::UNIX_EPOCH.checked_sub(since),
    };
    let mut text = String::new();
    if let Some(time) = time {
        netcause_record::push_timestamp(time, &mut text);
    }
    text.split('T').next().unwrap_or_default().to_owned()
}

/// From so few days on the end of a certificate is near: as `NETCAUSE_CERT_WARN_DAYS` has it.
const SOON: i64 = 14;

/// That a certificate ends soon, if it does.
pub(super) fn ends_soon(seen: &Certificate<'_>) -> Option<String> {
    let days = seen.days_left().filter(|days| *days <= SOON)?;
    let end = date(seen.not_after?);
    Some(format!(
        "The certificate ends on {end}, in {days} day{}.",
        if days == 1 { "" } else { "s" }
    ))
}

fn of_exchange(it: &Exchange) -> String {
    let path = it.path.split('?').next().unwrap_or_default();
    let mut text = format!("GET {path}: ");
    match (it.status, &it.error) {
        (Some(status), _) => text.push_str(&format!("status {status}")),
        (None, Some(error)) => text.push_str(error),
        (None, None) => text.push_str("no answer"),
    }
    if let Some(pause) = &it.retry_after {
        text.push_str(&format!(", Retry-After: {pause}"));
    }
    if let Some(location) = &it.location {
        text.push_str(&format!(", Location: {location}"));
    }
    text
}

/// What there is to say where all is well.
pub(super) fn headline(probed: &Probed) -> String {
    let host = probed.peer.server_address.as_deref().unwrap_or("the peer");
    let port = probed.peer.server_port.unwrap_or_default();
    let time = text_duration(probed.elapsed);
    let what = match probed.steps.last() {
        Some(Step::Http(_)) => "answers",
        Some(Step::Tls(_)) => "can be reached, and its certificate is accepted here",
        _ => "can be reached",
    };
    format!("Host {host} on port {port} {what}; it took {time}")
}
