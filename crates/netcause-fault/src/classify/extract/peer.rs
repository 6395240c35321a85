//! Who of those that a text names is the peer that failed.

use std::net::IpAddr;

use arrayvec::ArrayVec;

use super::dictionary::Dictionary;
use super::host::{HostPort, Kind, is_hump, is_ip, is_no_domain, is_unspecified, kind, port};
use super::outcome::{Outcome, is_unresolved, outcome};
use super::role::{self, Role};
use super::spot::Spot;
use super::status::number;
use super::url::{Url, implied_port, split_port};
use super::words::{Word, after, back, before, contains, is_one_of, strip};

/// The most that one text is taken to name; of more, the least telling are forgotten.
const MOST: usize = 16;

/// One that may be the peer.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    host: &'a str,
    port: Option<u16>,
    /// What else it is called.
    other: Option<HostPort<'a>>,
    kind: Kind,
    role: Role,
}

/// All that may be the peer.
#[derive(Debug, Default)]
pub(super) struct Candidates<'a> {
    all: ArrayVec<Candidate<'a>, MOST>,
    url: Option<(Role, Url<'a>)>,
    /// Whether a name was not found.
    is_dns: bool,
    /// What the text is, once somebody has asked.
    text_kind: Option<TextKind>,
}

/// What a text is as a whole.
#[derive(Debug, Clone, Copy)]
struct TextKind {
    /// Whether it is a line of an access log.
    is_access: bool,
    /// Whether it is a proxy's, which names its client and its own virtual host.
    is_of_proxy: bool,
}

impl TextKind {
    fn of(text: &str) -> Self {
        TextKind { is_access: is_access(text), is_of_proxy: text.contains(", client: ") }
    }
}

/// The peer that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::classify) struct Named<'a> {
    /// The name or address, and the port.
    pub(in crate::classify) host_port: HostPort<'a>,
    /// The address, where the text has a name as well.
    pub(in crate::classify) address: Option<IpAddr>,
    /// Whether the text says that a connection to it was tried.
    pub(in crate::classify) is_tried: bool,
}

/// The role of what is known to have been called.
const CALLED: Role = Role::Reached;

/// The peer of a text that names none but a URL behind words that surely say that it was
/// called: what all that is considered of a text comes to, with one that may be the peer.
pub(super) fn only_called(url: Url<'_>) -> Option<Named<'_>> {
    let host_port = url.host_port.filter(|it| url.is_target && may_be_peer(it))?;
    Some(Named { host_port, address: None, is_tried: CALLED >= Role::Connected })
}

/// Whether what a URL names may be a peer: the name of a queue or a topic looks like one
/// without a port.
fn may_be_peer(it: &HostPort<'_>) -> bool {
    it.port.is_some() || kind(it.host) != Some(Kind::Word) || it.needs_no_lookup()
}

impl<'a> Candidates<'a> {
    /// Nobody yet, in a text of a name that was not found perhaps.
    pub(super) fn of(is_dns: bool) -> Self {
        Candidates { is_dns, ..Candidates::default() }
    }

    /// Considers a URL.
    pub(super) fn take_url(&mut self, text: &str, url: Url<'a>) {
        let lead = before(text, url.start);
        let role = match role::of(lead) {
            _ if !url.is_target || is_request_line(lead, &url) => Role::Never,
            Role::Plain | Role::Failed => Role::Named,
            // Nobody calls from a URL.
            Role::Client => Role::Reached,
            // A repository is asked at its URL.
            Role::Never if url.is_target && is_source(lead) => Role::Named,
            Role::Named if url.method.is_some() => Role::Reached,
            role => role,
        };
        self.take_url_as(role, url);
    }

    /// Considers a URL behind words that surely say that it was called.
    pub(super) fn take_called(&mut self, url: Url<'a>) {
        self.take_url_as(if url.is_target { CALLED } else { Role::Never }, url);
    }

    fn take_url_as(&mut self, role: Role, url: Url<'a>) {
        let Some(host_port) = url.host_port.filter(may_be_peer) else { return };
        if role == Role::Never {
            return;
        }
        if self.url.is_none_or(|(known, _)| role >= known) {
            self.url = Some((role, url));
        }
        let HostPort { host, port } = host_port;
        let kind = match kind(host) {
            Some(kind) => kind,
            None if is_ip(host) => Kind::Address,
            None => Kind::Domain,
        };
        self.push(Candidate { host, port, other: None, kind, role });
    }

    /// Considers an address or a name.
    pub(super) fn take_spot(&mut self, text: &'a str, spot: Spot<'a>) {
        let Spot { host, kind, .. } = spot;
        let (other, end) = other_name(text, &spot);
        let near = after(text, end);
        let (announced, length) = announced_port(near);
        let outcome = outcome(near.get(length..).unwrap_or_default());
        let is_told = spot.port.is_some() || announced.is_some() || other.is_some();
        // Every word of a text comes here: most are sent back before anything costs.
        if kind == Kind::Word && !is_told && outcome.is_none() && !self.may_be_name(text, &spot) {
            return;
        }
        let of_text = *self.text_kind.get_or_insert_with(|| TextKind::of(text));
        let Some(place) = Place::of(text, spot, of_text, self.is_dns) else { return };
        let port = spot
            .port
            .or(other.and_then(|it| it.port))
            .or(announced)
            .or_else(|| bare_port(&place, kind, near))
            .or_else(|| port_before(place.lead))
            .or_else(|| debug_port(place.lead));
        let is_guess = kind == Kind::Word && place.role == Role::Plain;
        let role = if is_guess { Role::Guessed } else { place.role };
        let candidate =
            Candidate { host, port, other: other.filter(|it| it.host != host), kind, role };
        if place.accepts(&candidate, outcome, spot.port.is_some()) {
            self.push(candidate);
        }
    }

    /// Whether a single word, of which nothing is told, may be a name all the same.
    fn may_be_name(&self, text: &str, spot: &Spot<'_>) -> bool {
        let (lead, tail) = (before(text, spot.start), after(text, spot.end));
        self.is_dns || is_quoted(lead, tail) || has_number(spot.host)
    }

    fn push(&mut self, candidate: Candidate<'a>) {
        if self.all.is_full() {
            let least = self.all.iter().enumerate().min_by_key(|(_, it)| it.role).map(|(at, _)| at);
            least.map(|at| self.all.remove(at));
        }
        let _ = self.all.try_push(candidate);
    }

    /// What an address is called elsewhere in the text: `10.0.0.1:80 (a)`.
    fn name_of(&self, address: &Candidate<'a>) -> Option<&'a str> {
        let same = self.all.iter().filter(|it| it.host == address.host && it.port == address.port);
        same.filter_map(|it| it.other).map(|it| it.host).find(|host| !is_ip(host))
    }

    /// The URL that was called.
    pub(super) fn url(&self) -> Option<Url<'a>> {
        self.url.map(|(_, url)| url)
    }

    /// The peer that failed: of those that are named alike, the innermost.
    pub(super) fn choose(&self, text: &str) -> Option<Named<'a>> {
        let best = self.all.iter().max_by_key(|it| it.role)?;
        if best.role == Role::Client && contains(text, "upstream") {
            return None;
        }
        let same_port = |it: &&Candidate<'_>| {
            best.port.is_some() && it.port == best.port && it.role > Role::Way
        };
        let name = match (best.kind, best.other) {
            (Kind::Address, Some(other)) if !is_ip(other.host) => Some(other.host),
            (Kind::Address, _) if self.name_of(best).is_some() => self.name_of(best),
            (Kind::Address, _) => self
                .all
                .iter()
                .filter(same_port)
                .filter(|it| it.kind != Kind::Address && it.role > Role::Way)
                .max_by_key(|it| it.role)
                .map(|it| it.host),
            _ => None,
        };
        let host = name.unwrap_or(best.host);
        let known_port = || {
            self.all.iter().filter(|it| it.host.eq_ignore_ascii_case(host)).find_map(|it| it.port)
        };
        let port = best.port.or_else(known_port);
        let beside = best.other.map(|it| it.host).filter(|it| is_ip(it));
        let among = || {
            self.all
                .iter()
                .rfind(|it| same_port(it) && it.kind == Kind::Address && it.role >= Role::Connected)
        };
        let address = if name.is_some() {
            Some(best.host)
        } else {
            beside.or_else(|| among().map(|it| it.host))
        };
        Some(Named {
            host_port: HostPort { host, port },
            address: address.filter(|it| *it != host).and_then(|it| it.parse().ok()),
            is_tried: best.role >= Role::Connected,
        })
    }
}

/// What stands around an address.
#[derive(Debug)]
struct Place<'a> {
    lead: &'a str,
    role: Role,
    is_quoted: bool,
    is_dns: bool,
}

impl<'a> Place<'a> {
    /// The place of an address; none, where none can be a peer.
    fn of(text: &'a str, spot: Spot<'a>, of_text: TextKind, is_dns: bool) -> Option<Self> {
        let (lead, tail) = (before(text, spot.start), after(text, spot.end));
        let is_quoted = is_quoted(lead, tail);
        let role = match role_at(of_text.is_of_proxy, lead, tail) {
            // Proxies quote the upstream, and nobody else.
            _ if of_text.is_access => {
                let is_upstream = is_quoted && spot.kind == Kind::Address && spot.port.is_some();
                if is_upstream { Role::Named } else { Role::Never }
            }
            _ if is_question(tail) => Role::Looked,
            role => role,
        };
        let is_file = spot.kind == Kind::Domain
            && is_no_domain(spot.host)
            && (spot.port.is_none() || role < Role::Reached);
        let is_of_nobody = is_unspecified(spot.host) && role < Role::Connected;
        let place = Place { lead, role, is_quoted, is_dns };
        (role > Role::Never && !is_file && !is_of_nobody).then_some(place)
    }

    /// Whether it may be claimed to be a peer.
    fn accepts(
        &self,
        candidate: &Candidate<'_>,
        outcome: Option<Outcome>,
        is_joined: bool,
    ) -> bool {
        let role = self.role;
        // `name@host` is an address of mail as well.
        if self.lead.ends_with('@')
            && candidate.port.is_none()
            && outcome.is_none()
            && role != Role::Client
        {
            return false;
        }
        // `ssh` prints whom it could not log in.
        if self.lead.ends_with('@') && outcome == Some(Outcome::Denied) {
            return true;
        }
        match candidate.kind {
            Kind::Address if candidate.port.is_some() => true,
            Kind::Address => role >= Role::Failed || role == Role::Client || outcome.is_some(),
            // `shop.checkout:28` is a place in a program.
            Kind::Domain if role == Role::Plain && candidate.port.is_some_and(is_odd) => false,
            Kind::Domain if candidate.port.is_some() || candidate.other.is_some() => true,
            Kind::Domain if self.is_quoted && self.follows(&["host"]) => true,
            Kind::Domain => role >= Role::Named || is_unresolved(outcome),
            Kind::Word if is_masked_word(candidate.host) => false,
            Kind::Word if is_joined && role >= Role::Failed => true,
            Kind::Word if self.is_host(candidate) => true,
            Kind::Word if is_stop_word(candidate.host) || is_hump(candidate.host) => false,
            Kind::Word if is_joined => is_plausible(candidate),
            Kind::Word => self.accepts_word(candidate, outcome),
        }
    }

    /// Whether a single word without a port behind a colon is a name.
    fn accepts_word(&self, candidate: &Candidate<'_>, outcome: Option<Outcome>) -> bool {
        let is_told = candidate.port.is_some() || candidate.other.is_some();
        let is_unresolved = is_unresolved(outcome);
        match self.role {
            Role::Looked => self.is_dns || is_unresolved,
            Role::Connected | Role::Reached => {
                is_told
                    || (self.is_quoted && self.follows(&["host", "hostname", "at", "on"]))
                    || (self.is_quoted
                        && self.role == Role::Connected
                        && self.follows(&["to", "with"]))
                    || ((outcome.is_some() || has_number(candidate.host))
                        && self.lead.ends_with(' ')
                        && self.follows(&["to", "with", "host", "hostname", "reach"]))
            }
            Role::Named => {
                is_told
                    || (self.is_quoted && self.follows(&["host", "hostname", "upstream", "Domain"]))
                    || (self.is_quoted && self.follows_host_name())
            }
            _ if is_told => self.is_quoted && candidate.port.is_some(),
            _ if outcome == Some(Outcome::NotResolved) => true,
            _ => is_unresolved && self.lead.trim_end().ends_with([']', ':', '(', '>']),
        }
    }

    /// Whether it is `host a port 80`.
    fn is_host(&self, candidate: &Candidate<'_>) -> bool {
        candidate.port.is_some() && follows_host(self.lead)
    }

    /// Whether it is `host name "a"`.
    fn follows_host_name(&self) -> bool {
        self.lead.trim_end_matches(['"', '\'', ' ']).ends_with("host name")
    }

    /// Whether one of the words stands right before.
    fn follows(&self, words: &[&str]) -> bool {
        back(self.lead).next().is_some_and(|word| is_one_of(word.text, words))
    }
}

/// Whether quotes stand on both sides.
fn is_quoted(lead: &str, tail: &str) -> bool {
    let quote = lead.chars().next_back().filter(|c| "\"'`<‘“".contains(*c));
    quote.is_some_and(|quote| {
        let closing = match quote {
            '<' => '>',
            '‘' => '’',
            '“' => '”',
            quote => quote,
        };
        tail.trim_start_matches('\\').starts_with(closing)
    })
}

/// Whether the text is a line of an access log: a request line, and then the status.
fn is_access(text: &str) -> bool {
    text.match_indices(" HTTP/").any(|(at, _)| {
        let rest = after(text, at).trim_start_matches(|c: char| c != '"');
        rest.strip_prefix("\" ").and_then(number).is_some()
    })
}

/// Whether the word before says that something comes from there.
fn is_source(lead: &str) -> bool {
    back(lead).next().is_some_and(|word| is_one_of(word.text, &["source", "repository", "origin"]))
}

/// Whether the key says on which machine the program ran: loggers add it beside its pid.
fn is_own_host(lead: &str) -> bool {
    let is_key =
        ["\"hostname\":\"", "\"hostname\": \"", "\"host.name\":\"", "\"host.hostname\":\""]
            .iter()
            .any(|key| lead.ends_with(key));
    is_key
        && ["\"pid\":", "\"level\":", "\"@timestamp\":", "\"name\":"]
            .iter()
            .any(|it| lead.contains(it))
}

/// Whether a name is the subject of a question to a name server.
fn is_question(tail: &str) -> bool {
    const QUESTIONS: &[&str] = &[
        "/A/IN",
        "/AAAA/IN",
        "/IN/A",
        "/IN/AAAA",
        ". A IN",
        ". AAAA IN",
        " A IN",
        " AAAA IN",
        " IN A",
        ". IN A",
    ];
    QUESTIONS.iter().any(|it| tail.starts_with(it))
}

/// The role by the words before and the marks around.
fn role_at(is_of_proxy: bool, lead: &str, tail: &str) -> Role {
    let marks = tail.trim_start_matches([' ', ')', ']', '"', '\'']);
    if ["->", "-->", "=>", "→"].iter().any(|arrow| marks.starts_with(arrow)) {
        // A broker's word for who connected to it.
        return if contains(lead, "amqp connection") { Role::Client } else { Role::Never };
    }
    if lead.trim_end().ends_with("->") && contains(lead, "amqp connection") {
        return Role::Never;
    }
    // The first fields of an access log.
    if tail.starts_with(" - - [") || tail.starts_with(" - - \"") || is_date_behind(tail) {
        return Role::Never;
    }
    if is_own_host(lead) {
        return Role::Never;
    }
    if lead.ends_with("'@'") {
        let is_log_of_server = contains(lead, "[warning]") || contains(lead, "[note]");
        return if is_log_of_server { Role::Client } else { Role::Never };
    }
    let lead = match lead.strip_suffix('@') {
        Some(user) => {
            user.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "._-:*/+".contains(c))
        }
        None => lead,
    };
    match role::of(lead) {
        // The virtual host of a proxy's own, in a line that names its client as well.
        Role::Named
            if is_of_proxy && (ends_with_key(lead, "server") || ends_with_key(lead, "host")) =>
        {
            Role::Never
        }
        Role::Plain if lead.ends_with('@') => Role::Never,
        role => role,
    }
}

/// ` [05/Sep/2022:10:37:14` of HAProxy.
fn is_date_behind(tail: &str) -> bool {
    let date = tail.strip_prefix(" [").unwrap_or_default().as_bytes();
    matches!(date, [a, b, b'/', c, ..] if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_alphabetic())
}

fn ends_with_key(lead: &str, key: &str) -> bool {
    let words = lead.trim_end_matches(['"', ' ']);
    words.strip_suffix(':').is_some_and(|it| it.ends_with(key))
}

/// Whether a URL stands in the request line of an access log.
fn is_request_line(lead: &str, url: &Url<'_>) -> bool {
    url.method.is_some_and(|method| {
        lead.trim_end().strip_suffix(method).is_some_and(|it| it.ends_with('"'))
    })
}

/// What else the peer is called right behind: `x (10.0.0.1)`, `10.0.0.1:80 (x:80)`, and
/// where that ends.
fn other_name<'a>(text: &'a str, spot: &Spot<'a>) -> (Option<HostPort<'a>>, usize) {
    if spot.other.is_some() {
        return (spot.other, spot.end);
    }
    match name_behind(text, spot) {
        // wget writes the name twice before the address.
        Some((other, end)) if other.host == spot.host && end > spot.end => {
            let behind = name_behind(text, &Spot { end, ..*spot });
            behind.map_or((None, end), |(other, end)| (Some(other), end))
        }
        Some((other, end)) => (Some(other), end),
        None => (None, spot.end),
    }
}

/// What the peer is called in brackets right behind, and where that ends.
fn name_behind<'a>(text: &'a str, spot: &Spot<'a>) -> Option<(HostPort<'a>, usize)> {
    #[cfg(test)]
    super::super::work::count(1);
    let near = after(text, spot.end);
    let rest = near.trim_start_matches(['"', '\'', ' ', '\\', '|']);
    let opened = near.len() - rest.len();
    let is_barred = near.starts_with('|') && opened > 0;
    let inside = rest.strip_prefix(['(', '[', '{']).or(is_barred.then_some(rest))?;
    let is_open = inside.len() < rest.len();
    let inside = inside.strip_prefix("IP: ").unwrap_or(inside);
    let length = inside.find([')', ']', '}', ' ', '|', ',', ';'])?;
    let (token, behind) = inside.split_at_checked(length)?;
    let token = token.rsplit('/').next()?.trim_matches(['"', '\'']);
    let (host, port) = split_port(token);
    let is_same = port.is_some() && port == spot.port;
    let is_other = match (kind(host), spot.kind) {
        _ if is_ip(host) => is_open || near.starts_with('|'),
        (Some(Kind::Address), _) => is_open,
        (Some(Kind::Domain), Kind::Address) => is_open && !is_no_domain(host),
        (Some(Kind::Word), Kind::Address) => {
            is_open && (is_same || is_one_of(host, &["localhost"]))
        }
        (Some(_), _) => is_open && host.eq_ignore_ascii_case(spot.host),
        (None, _) => false,
    };
    let closing = usize::from(behind.starts_with([')', ']', '}', '|']));
    is_other.then_some((HostPort { host, port }, spot.end + near.len() - behind.len() + closing))
}

/// The port that words announce: `port 80`, `", port 80`, `', 80)`, `"port":80`; and how
/// long that is.
fn announced_port(near: &str) -> (Option<u16>, usize) {
    let is_mark = |c: char| c.is_whitespace() || "\"'`,:=>(){}[]\\<|".contains(c);
    let words = near.trim_start_matches(is_mark);
    let marks = near.get(..near.len() - words.len()).unwrap_or_default();
    let words = [
        "on ",
        "at ",
        "and accepting TCP/IP connections on ",
        "and accepting\nTCP/IP connections on ",
    ]
    .iter()
    .find_map(|it| strip(words, it))
    .unwrap_or(words);
    let number = match strip(words, "port") {
        Some(rest) => {
            let digits = rest.trim_start_matches(is_mark);
            if digits.len() == rest.len() {
                None
            } else {
                Some(strip(digits, "Some(").unwrap_or(digits))
            }
        }
        None => is_tuple(marks).then_some(words),
    };
    // The number of a NetBIOS name stands between the same marks.
    let is_port = |(port, rest): &(u16, &str)| is_over(rest) && (marks != "<" || *port >= 1024);
    let found = number.and_then(port).filter(is_port);
    match found {
        Some((port, rest)) => (Some(port), near.len() - rest.len()),
        None => (None, 0),
    }
}

/// Whether a number behind these marks belongs to a quoted host, or follows it at once.
fn is_tuple(marks: &str) -> bool {
    let inside = marks.trim_start_matches(['"', '\'', '`']);
    let is_next = matches!(inside, "," | ", " | ", \"" | ", '" | ":`");
    matches!(marks, ":" | "," | "<") || (inside.len() < marks.len() && is_next)
}

/// The port in `master a 10.0.0.1 6379`.
fn bare_port(place: &Place<'_>, kind: Kind, near: &str) -> Option<u16> {
    let is_member =
        |word: Word<'_>| is_one_of(word.text, &["master", "slave", "replica", "sentinel", "IP"]);
    let (port, rest) = port(near.strip_prefix(' ').filter(|_| kind == Kind::Address)?)?;
    let ends = rest.is_empty() || rest.starts_with([' ', ')', ']', ',']);
    (ends && back(place.lead).take(2).any(is_member)).then_some(port)
}

/// Whether a number does not go on.
fn is_over(rest: &str) -> bool {
    let is_decimal =
        rest.starts_with('.') && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    !is_decimal && !rest.starts_with(|c: char| c.is_alphanumeric())
}

/// The port in `port 22 on 10.0.0.1` and `port 80 of host a`.
fn port_before(lead: &str) -> Option<u16> {
    let words = lead.strip_suffix("host ").unwrap_or(lead);
    let digits = words.strip_suffix(" on ").or_else(|| words.strip_suffix(" of "))?;
    let start = digits.trim_end_matches(|c: char| c.is_ascii_digit());
    start.ends_with("port ").then(|| digits.get(start.len()..)?.parse().ok())?
}

/// The port that the scheme implies, in the `Debug` output of a URL.
fn debug_port(lead: &str) -> Option<u16> {
    lead.strip_suffix("host: Some(Domain(\"")?;
    let (_, rest) = lead.rsplit_once("scheme: \"")?;
    implied_port(rest.split('"').next()?)
}

/// Whether it has letters and a number, as names of machines have: `db-02`.
fn has_number(host: &str) -> bool {
    host.contains('-') && host.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether somebody made a name unreadable.
fn is_masked_word(host: &str) -> bool {
    host.bytes().all(|byte| matches!(byte, b'x' | b'X' | b'*'))
}

/// Whether hardly anybody serves at a port.
fn is_odd(port: u16) -> bool {
    port < 1024
        && !matches!(
            port,
            22 | 25 | 53 | 80 | 110 | 143 | 389 | 443 | 465 | 587 | 636 | 873 | 993 | 995
        )
}

/// Whether a word and a number are a host and its port, though nothing announces them.
fn is_plausible(candidate: &Candidate<'_>) -> bool {
    let host = candidate.host;
    let is_usual = candidate.port.is_some_and(|port| port >= 1024 || matches!(port, 25 | 80 | 443));
    is_one_of(host, &["localhost"])
        || (is_usual && host.len() >= 2 && host.starts_with(|c: char| c.is_ascii_lowercase()))
}

#[rustfmt::skip]
static STOP_WORDS: Dictionary<(), 512> = Dictionary::new(&[(&[
    "address", "addresses", "host", "hosts", "hostname", "name", "names", "dns", "the", "a", "an",
    "server", "servers", "timed", "timeout", "failed", "failure", "error", "errors", "errno",
    "exception", "of", "for", "on", "in", "at", "to", "is", "was", "not", "no", "it", "status",
    "code", "line", "pid", "id", "port", "retry", "attempt", "count", "size", "length", "time",
    "duration", "ms", "level", "total", "http", "https", "exit", "uid", "gid", "seq", "offset",
    "partition", "slot", "shard", "process", "thread", "version", "connection", "connections",
    "connect", "remote", "local", "peer", "upstream", "backend", "database", "socket", "client",
    "proxy", "node", "broker", "null", "none", "undefined", "unknown", "true", "false", "tcp",
    "udp", "ssl", "tls", "unix", "request", "response", "service", "due", "because", "after",
    "while", "and", "or", "with", "from", "by", "any", "all", "some", "this", "that", "its",
    "your", "our", "operation", "resolution", "information", "lookup", "getaddrinfo", "cause",
    "reason", "message", "curl", "endpoint", "endpoints", "url", "master", "primary", "replica",
    "leader", "cluster", "query", "temporarily", "temporary", "permanently", "user", "group",
    "session", "channel", "stream", "target", "err", "s3", "sqs", "timedout", "refused", "closed",
    "reset", "lost", "be", "has", "had", "could", "cannot", "via", "using",
], ())]);

/// Whether a word without a port behind a colon is no name, whatever is told of it.
pub(super) fn is_no_name(text: &str, start: usize, word: &str) -> bool {
    let lead = before(text, start);
    // `ssh` prints whom it could not log in behind that mark.
    (is_stop_word(word) || is_hump(word)) && !lead.ends_with('@') && !follows_host(lead)
}

/// Whether it is `host a`.
fn follows_host(lead: &str) -> bool {
    // Most words end otherwise.
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let last = lead.as_bytes().iter().rfind(|byte| is_part(byte));
    last.is_some_and(|byte| matches!(byte | 0x20, b't' | b'e' | 0x80..))
        && back(lead).next().is_some_and(|word| is_one_of(word.text, &["host", "hostname"]))
}

/// Whether a word is no host, whatever stands beside.
fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(word)
        || word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains('-')
}
