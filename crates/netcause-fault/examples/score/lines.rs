//! Labelled lines, and how well the text classification reads them.
//!
//! A `.jsonl` file has one object a line: `line`, `runtime`, `is_fault`, `category`, `host`,
//! `port`, `timeout_ms`, `attempt`, `max_attempts`, `note` (`also: a, b` names further right
//! answers). A `.tsv` file has the columns runtime, case, category, reason, text.

use std::error::Error;

use netcause_fault::{Category, Fault, classify_text};
use serde_json::Value;

/// The columns of [`Score::row`].
pub(crate) const HEADER: &str =
    "                     lines | recall prec. | categ. | host  port  | limit attempts";

/// One labelled line.
pub(crate) struct Line {
    pub(crate) runtime: String,
    pub(crate) text: String,
    pub(crate) is_fault: bool,
    /// Every right category; empty for none.
    pub(crate) categories: Vec<String>,
    /// Whether both answers to "is it a fault?" are right.
    pub(crate) is_open: bool,
    pub(crate) host: Vec<String>,
    pub(crate) port: Vec<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) attempt: Option<u64>,
    pub(crate) max_attempts: Option<u64>,
    pub(crate) has_facts: bool,
}

/// True and false answers about one fact.
#[derive(Default, Clone, Copy)]
pub(crate) struct Counts {
    hits: u32,
    false_alarms: u32,
    misses: u32,
}

impl Counts {
    fn add<T: PartialEq>(&mut self, expected: &[T], found: Option<T>) -> bool {
        match found {
            Some(found) if expected.contains(&found) => self.hits += 1,
            Some(_) if expected.is_empty() => {
                self.false_alarms += 1;
                return false;
            }
            Some(_) => {
                self.false_alarms += 1;
                self.misses += 1;
                return false;
            }
            None if expected.is_empty() => {}
            None => {
                self.misses += 1;
                return false;
            }
        }
        true
    }

    pub(crate) fn precision(self) -> f64 {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    pub(crate) fn recall(self) -> f64 {
        ratio(self.hits, self.hits + self.misses)
    }

    pub(crate) fn f1(self) -> f64 {
        ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }
}

/// Everything that is counted over a set of lines.
#[derive(Default)]
pub(crate) struct Score {
    pub(crate) lines: u32,
    pub(crate) faults: Counts,
    pub(crate) right_categories: u32,
    pub(crate) categories: u32,
    pub(crate) host: Counts,
    pub(crate) port: Counts,
    pub(crate) limit: Counts,
    pub(crate) attempts: Counts,
}

impl Score {
    /// Counts one line and names what is wrong.
    pub(crate) fn add(&mut self, line: &Line) -> Vec<String> {
        let fault = classify_text(&line.text);
        let mut wrong = Vec::new();
        self.lines += 1;
        let expected: &[bool] = if line.is_fault { &[true] } else { &[] };
        let found = fault.as_ref().map(|_| true);
        if !line.is_open && !self.faults.add(expected, found) {
            wrong.push(if line.is_fault { "missed".to_owned() } else { "false alarm".to_owned() });
        }
        if line.is_fault && !line.is_open {
            self.categories += 1;
            let found = fault.as_ref().map_or("none", |fault| fault.category.as_str());
            if line.categories.iter().any(|right| right == found) {
                self.right_categories += 1;
            } else if fault.is_some() {
                wrong.push(format!("{found}, not {}", line.categories.join(" or ")));
            }
        }
        // Facts of a line that is no fault are nobody's business.
        if line.is_fault && line.has_facts {
            self.add_facts(line, fault.as_ref(), &mut wrong);
        }
        wrong
    }

    fn add_facts(&mut self, line: &Line, fault: Option<&Fault<'_>>, wrong: &mut Vec<String>) {
        let peer = fault.map(|fault| &fault.peer);
        let host = peer.and_then(|peer| match &peer.server_address {
            Some(name) => Some(name.to_string()),
            None => peer.peer_address.map(|address| address.to_string()),
        });
        let port = peer.and_then(|peer| peer.server_port.or(peer.peer_port)).map(u64::from);
        let limit = fault.and_then(|fault| {
            // The time that a refusal took is no limit.
            let elapsed = fault.elapsed.filter(|_| is_of_a_limit(fault.category));
            fault.timeout.or(elapsed)
        });
        let limit = limit.and_then(|limit| u64::try_from(limit.as_millis()).ok());
        let attempt = fault.and_then(|fault| fault.attempts.attempt).map(u64::from);
        let maximum = fault.and_then(|fault| fault.attempts.max_attempts).map(u64::from);
        let facts = [
            ("host", self.host.add(&line.host, host.clone()), format!("{host:?}")),
            ("port", self.port.add(&line.port, port), format!("{port:?}")),
            ("limit", self.limit.add(line.limit.as_slice(), limit), format!("{limit:?}")),
            (
                "attempt",
                self.attempts.add(line.attempt.as_slice(), attempt),
                format!("{attempt:?}"),
            ),
            (
                "max_attempts",
                self.attempts.add(line.max_attempts.as_slice(), maximum),
                format!("{maximum:?}"),
            ),
        ];
        for (name, is_right, found) in facts {
            if !is_right {
                wrong.push(format!("{name} {found}"));
            }
        }
    }

    /// The share of faults whose category is right.
    pub(crate) fn category(&self) -> f64 {
        ratio(self.right_categories, self.categories)
    }

    /// One line of a table.
    pub(crate) fn row(&self, name: &str) -> String {
        format!(
            "{name:20} {:5} | {:.3} {:.3} | {:.3} | {:.3} {:.3} | {:.3} {:.3}",
            self.lines,
            self.faults.recall(),
            self.faults.precision(),
            self.category(),
            self.host.f1(),
            self.port.f1(),
            self.limit.f1(),
            self.attempts.f1(),
        )
    }
}

pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Line>, Box<dyn Error>> {
    if file.ends_with(".tsv") {
        return Ok(text.lines().skip(1).filter_map(of_columns).collect());
    }
    text.lines().filter(|line| !line.trim().is_empty()).map(of_object).collect()
}

/// A line of a `.tsv` file. Where the text cannot tell the category, a coarser answer is
/// right: curl says the same for every cause.
fn of_columns(line: &str) -> Option<Line> {
    let [runtime, _, category, reason, text] = line.splitn(5, '\t').collect::<Vec<_>>()[..] else {
        return None;
    };
    let is_fault = category != "none";
    let mut categories = vec![category.to_owned()];
    if is_fault {
        categories.extend(coarser(category, reason).map(|it| it.as_str().to_owned()));
    }
    Some(Line {
        runtime: runtime.to_owned(),
        text: text.to_owned(),
        is_fault,
        categories,
        is_open: false,
        host: Vec::new(),
        port: Vec::new(),
        limit: None,
        attempt: None,
        max_attempts: None,
        has_facts: false,
    })
}

/// What is right as well of a text that tells less than was provoked: that something
/// failed, that a connection ended, that a limit ran out, whichever; and which of two
/// categories a limit or an end within a handshake has.
fn coarser(category: &str, reason: &str) -> impl Iterator<Item = Category> {
    use Category as C;
    let more: &[Category] = match category {
        // "Permission denied" is a firewall's word, and a server's about its caller.
        "unreachable" if reason == "permission_denied" => &[C::Auth],
        // "upstream connect error": of what kind is not said, but that it is unavailable.
        "unknown" => &[C::Unavailable],
        "connect_timeout" => &[C::Timeout],
        "timeout" => &[C::ResponseTimeout],
        "response_timeout" => &[C::Timeout],
        "tls_handshake" => &[C::ConnectionReset, C::Timeout, C::ConnectTimeout, C::ResponseTimeout],
        "tls_certificate" | "connection_reset" => &[C::ConnectionReset, C::TlsHandshake],
        // Bytes of TLS in the answer.
        "protocol" => &[C::TlsHandshake],
        _ => &[],
    };
    more.iter().copied().chain([C::Unknown])
}

fn of_object(line: &str) -> Result<Line, Box<dyn Error>> {
    let value: Value = serde_json::from_str(line)?;
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let also = also(value["note"].as_str().unwrap_or_default());
    let is_fault = value["is_fault"].as_bool().ok_or("is_fault is missing")?;
    let mut categories: Vec<String> =
        also.iter().filter(|it| *it != "not a fault").cloned().collect();
    let is_open = if is_fault { also.len() > categories.len() } else { !categories.is_empty() };
    categories.push(value["category"].as_str().unwrap_or("unknown").to_owned());
    Ok(Line {
        runtime: text("runtime"),
        text: text("line"),
        is_fault,
        categories,
        is_open,
        host: value["host"].as_str().map(str::to_owned).into_iter().collect(),
        port: value["port"].as_u64().into_iter().collect(),
        limit: value["timeout_ms"].as_u64(),
        attempt: value["attempt"].as_u64(),
        max_attempts: value["max_attempts"].as_u64(),
        has_facts: true,
    })
}

/// The categories behind "also:" in a note.
fn also(note: &str) -> Vec<String> {
    let Some((_, rest)) = note.split_once("also: ") else { return Vec::new() };
    let list = rest.split(';').next().unwrap_or_default();
    let names = list.split(',').map(str::trim).map(|name| name.trim_end_matches('.'));
    let is_known = |name: &&str| {
        *name == "not a fault" || Category::ALL.iter().any(|category| category.as_str() == *name)
    };
    names.filter(is_known).map(str::to_owned).collect()
}

fn is_of_a_limit(category: Category) -> bool {
    matches!(
        category,
        Category::ConnectTimeout
            | Category::ResponseTimeout
            | Category::Timeout
            | Category::PoolExhausted
            | Category::TlsHandshake
            | Category::Dns
    )
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) }
}
