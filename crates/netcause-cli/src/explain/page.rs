//! The answer, as a person would write it.

use std::fmt::Write;

use netcause_fault::{Category, Cause, Confidence, Fault, Peer, Phase, Retry};
use netcause_record::Record;

use super::{causes, checks};

/// Where lines end, in characters.
const WIDTH: usize = 100;

/// How far a line that goes on is indented.
const INDENT: usize = 3;

pub(crate) const BOLD: &str = "\x1b[1m";
pub(crate) const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Appends the explanation of a record.
pub(crate) fn write_page(record: &Record<'_>, colour: bool, out: &mut String) {
    let mut page = Page { out, colour };
    match record.fault {
        Some(fault) => page.fault(fault),
        None => page.out.push_str(
            "This line reports no failure of the network or of a dependency, as far as it says.\n",
        ),
    }
}

/// A page for people, in the making.
pub(crate) struct Page<'a> {
    pub(crate) out: &'a mut String,
    pub(crate) colour: bool,
}

impl Page<'_> {
    fn fault(&mut self, fault: &Fault<'_>) {
        self.styled(BOLD, &fault.summary().to_string());
        self.out.push('\n');
        self.heading("What happened");
        self.item(meaning(fault.category));
        for fact in &fault.evidence {
            self.item(&fact.to_string());
        }
        self.heading("Where");
        let place = place(fault);
        self.item(if place.is_empty() { "the line does not say" } else { &place });
        self.causes(fault);
        self.check_next(fault);
    }

    /// What to look at, and whether to try again.
    pub(crate) fn check_next(&mut self, fault: &Fault<'_>) {
        self.heading("Check next");
        if let Some(hint) = fault.hint() {
            self.item(&hint.to_string());
        }
        for check in checks::of(fault) {
            self.styled(BOLD, &format!("  $ {}", check.command));
            self.out.push('\n');
            self.styled(DIM, &format!("      {}", check.shows));
            self.out.push('\n');
        }
        if let Some(advice) = fault.retry.map(advice) {
            self.heading("Try again?");
            self.item(advice);
        }
    }

    fn causes(&mut self, fault: &Fault<'_>) {
        let causes = causes::ranked(fault);
        if causes.is_empty() {
            return;
        }
        self.heading("What usually causes it, most likely first");
        for (index, (cause, how)) in causes.iter().enumerate() {
            let is_known = *cause == fault.cause && fault.cause != Cause::Unknown;
            let sure = match fault.confidence {
                Confidence::Certain if is_known => " (certain here)",
                Confidence::Likely if is_known => " (likely here)",
                _ => "",
            };
            self.item(&format!("{}. {how}{sure}", index + 1));
        }
    }

    pub(crate) fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.styled(BOLD, text);
        self.out.push('\n');
    }

    pub(crate) fn item(&mut self, text: &str) {
        self.out.push(' ');
        let mut column = 1;
        for word in text.split(' ') {
            let length = word.chars().count() + 1;
            if column + length > WIDTH && column > INDENT {
                self.out.push_str("\n   ");
                column = INDENT;
            }
            self.out.push(' ');
            self.out.extend(word.chars().map(printable));
            column += length;
        }
        self.out.push('\n');
    }

    pub(crate) fn styled(&mut self, style: &str, text: &str) {
        self.out.push_str(if self.colour { style } else { "" });
        self.out.extend(text.chars().map(printable));
        self.out.push_str(if self.colour { RESET } else { "" });
    }
}

/// What must not reach a terminal, shown as a mark.
pub(crate) fn printable(letter: char) -> char {
    let turns = matches!(letter, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if letter.is_control() || turns { char::REPLACEMENT_CHARACTER } else { letter }
}

/// Who the peer is, and where in the exchange it happened.
fn place(fault: &Fault<'_>) -> String {
    let Peer { server_address, server_port, peer_address, peer_port, .. } = &fault.peer;
    let mut parts = Vec::new();
    if let Some(host) = server_address {
        parts.push(format!("host {host}"));
    }
    if let Some(port) = server_port {
        parts.push(format!("port {port}"));
    }
    if let Some(address) = peer_address {
        let differs = |port: &u16| Some(*port) != *server_port;
        let port = peer_port.filter(differs).map(|port| format!(" port {port}"));
        let port = port.unwrap_or_default();
        parts.push(format!("address {address}{port}"));
    }
    if let Some(phase) = fault.phase {
        parts.push(stage(phase).to_owned());
    }
    let attempts = &fault.attempts;
    let mut place = parts.join(", ");
    if let Some(made) = attempts.attempt {
        let of = attempts.max_attempts.map(|max| format!(" of {max}")).unwrap_or_default();
        // Writing to a text cannot fail.
        let _ =
            write!(place, "{}after {made}{of} retries", if place.is_empty() { "" } else { "; " });
    }
    place
}

fn stage(phase: Phase) -> &'static str {
    match phase {
        Phase::Dns => "while looking up the name",
        Phase::Connect => "while connecting",
        Phase::Proxy => "at the proxy",
        Phase::Tls => "in the TLS handshake",
        Phase::Pool => "while waiting for a connection of the pool",
        Phase::Request => "while sending the request",
        Phase::Response => "while waiting for the answer, or in it",
        Phase::Body => "in the body of the answer",
        _ => "in the exchange",
    }
}

/// What a category of failures means.
pub(crate) fn meaning(category: Category) -> &'static str {
    match category {
        Category::Dns => "The name of the peer could not be turned into an address.",
        Category::ConnectRefused => "The host answered, and said that nothing listens there.",
        Category::ConnectTimeout => "Nothing answered when a connection was asked for.",
        Category::Unreachable => {
            "Packets do not get there: somebody on the way, or this host, said so."
        }
        Category::ConnectionReset => {
            "The connection was there, and ended before its work was done."
        }
        Category::TlsCertificate => "The certificate of one side was not accepted by the other.",
        Category::TlsHandshake => "The two sides could not agree on an encrypted connection.",
        Category::ResponseTimeout => "No answer came before the time was up.",
        Category::Timeout => {
            "Something took longer than allowed; the line does not say in which step."
        }
        Category::PoolExhausted => "There was no free connection to use.",
        Category::RateLimited => "The peer answered that it was asked too often.",
        Category::Unavailable => "The peer is there, and says that it cannot serve now.",
        Category::Auth => "The peer did not accept who asked, or what they may do.",
        Category::HttpClientError => "The peer answered that the request was wrong.",
        Category::HttpServerError => "The peer answered that it failed itself.",
        Category::Protocol => "The answer was not what the protocol demands.",
        Category::LocalResource => "This host, not the peer, ran out of something or had it taken.",
        Category::Cancelled => "Whoever had asked did not wait for the answer.",
        _ => "A call to a peer failed; the line does not say how.",
    }
}

fn advice(retry: Retry) -> &'static str {
    match retry {
        Retry::Yes => "Yes: nothing was done yet.",
        Retry::IfIdempotent => "Only what may be done twice: it may have been done already.",
        Retry::AfterDelay => "Yes, after a pause.",
        Retry::No => "No: it would fail in the same way.",
        _ => "The line does not say.",
    }
}
