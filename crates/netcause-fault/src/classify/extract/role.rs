//! What the words before an address make of it.

use super::words::{Word, WordsBack, back, is_one_of, parts};

/// What an address is in its sentence, from the least to the most telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Our own, a resolver's, a file's, a page to read.
    Never,
    /// Who called us.
    Client,
    /// What stands on the way.
    Way,
    /// A word, of which nothing says what.
    Guessed,
    /// Nothing says what.
    Plain,
    /// A failure stands right before.
    Failed,
    /// A word such as "host" or "broker" announces it.
    Named,
    /// "to", "at", "for".
    Reached,
    /// A connection was made to it.
    Connected,
    /// Its name was looked up.
    Looked,
}

/// What a word does to what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Skip,
    Noun,
    Local,
    Client,
    Way,
    Lookup,
    Connect,
    Preposition,
    Failure,
    Other,
}

/// How many words before an address may say what it is.
const WORDS: usize = 8;

/// The role of what stands behind a text.
pub(super) fn of(lead: &str) -> Role {
    let lead = lead.trim_end_matches(|c: char| c.is_whitespace() || "\"'`([{<\\/‘“«".contains(c));
    if lead.ends_with("->") || lead.ends_with('→') {
        return Role::Connected;
    }
    let mut words = back(lead);
    let (mut found, mut is_way) = (Role::Plain, false);
    for index in 0..WORDS {
        let Some(word) = words.next().filter(|word| !breaks(*word, index == 0)) else { break };
        match class(word.text) {
            Class::Skip => {}
            Class::Noun => found = Role::Named,
            Class::Way if is_one_of(word.text, &["through", "via"]) => return Role::Way,
            Class::Way => is_way = true,
            Class::Local => return Role::Never,
            Class::Client => return Role::Client,
            Class::Lookup => return Role::Looked,
            Class::Connect => return Role::Connected,
            Class::Preposition => return behind(word.text, words, is_way, found),
            Class::Failure if index == 0 && is_one_of(word.text, OF_CONNECTING) => {
                return Role::Connected;
            }
            Class::Failure if index == 0 => return Role::Failed,
            Class::Failure | Class::Other => break,
        }
    }
    if is_way { Role::Way } else { found }
}

/// Whether another part of the sentence begins between a word and what follows it. A key
/// and its value belong together.
fn breaks(word: Word<'_>, is_first: bool) -> bool {
    let ends = |c: char| matches!(c, ';' | '|' | ',' | '}' | ')' | ']' | '\n');
    let links = |c: char| matches!(c, ':' | '=' | '>' | '{');
    word.gap.contains(ends) || word.gap.contains(". ") || (!is_first && word.gap.contains(links))
}

/// The role of what stands behind a preposition, by the words before that.
fn behind(preposition: &str, words: WordsBack<'_>, is_way: bool, found: Role) -> Role {
    let is_host_noun = found == Role::Named;
    let mut words = words.take(5).take_while(|word| !breaks(*word, false)).map(|word| word.text);
    if preposition.eq_ignore_ascii_case("from") {
        let is_read = words.any(|word| is_one_of(word, READS));
        return if is_read { Role::Reached } else { Role::Client };
    }
    if preposition.eq_ignore_ascii_case("by") {
        let is_ended = words.any(|word| is_one_of(word, ENDS));
        return if is_ended { Role::Reached } else { found };
    }
    let (is_on, is_to) = (is_one_of(preposition, &["on"]), is_one_of(preposition, &["to"]));
    if is_on && is_host_noun {
        // Where something ran is not whom it called.
        return Role::Plain;
    }
    let (mut before, mut is_way) = (None, is_way);
    for word in words {
        match class(word) {
            Class::Local => return Role::Never,
            // `lookup a on b` asks b, `a resolves to b`, and the lookup for a is a's.
            Class::Lookup if is_on || is_to => return Role::Never,
            Class::Lookup => return Role::Looked,
            Class::Way => is_way = true,
            // Whoever names a proxy may name the target as well.
            Class::Connect if is_way => return Role::Way,
            Class::Connect => return Role::Connected,
            // "due to" names a cause.
            _ if is_to && is_one_of(word, &["due"]) => return Role::Never,
            _ if is_one_of(word, &["valid"]) => before = Some(Role::Never),
            // A certificate is not valid for the name that was expected.
            _ if before.is_some() && is_one_of(word, &["not"]) => return Role::Reached,
            _ => {}
        }
    }
    match before {
        Some(role) => role,
        None if is_way => Role::Way,
        None => Role::Reached,
    }
}

/// What a word does, whole or by one of its parts.
fn class(word: &str) -> Class {
    if is_one_of(word, SKIPPED) || word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Class::Skip;
    }
    if is_one_of(word, PREPOSITIONS) {
        return Class::Preposition;
    }
    if is_one_of(word, LOOKUPS) {
        return Class::Lookup;
    }
    if let Some(class) = of_error_name(word) {
        return class;
    }
    if is_one_of(word, CLIENTS) {
        return Class::Client;
    }
    if is_one_of(word, FAILURES) {
        return Class::Failure;
    }
    let is_failure = ["exception", "error"].iter().any(|end| ends_with(word, end));
    let has = |list: &[&str]| parts(word).any(|part| is_one_of(part, list));
    match word {
        _ if has(LOCALS) => Class::Local,
        _ if has(CLIENTS) => Class::Client,
        _ if has(WAYS) => Class::Way,
        _ if has(CONNECTS) => Class::Connect,
        _ if is_failure => Class::Failure,
        _ if has(NOUNS) => Class::Noun,
        _ => Class::Other,
    }
}

/// What the name of an error number says of the address behind it, as Node prints it.
fn of_error_name(word: &str) -> Option<Class> {
    const NAMES: &[(&str, Class)] = &[
        ("ECONN", Class::Connect),
        ("EHOST", Class::Connect),
        ("ENET", Class::Connect),
        ("ETIMEDOUT", Class::Connect),
        ("EPIPE", Class::Connect),
        ("EPROTO", Class::Connect),
        ("ESOCKET", Class::Connect),
        ("EADDR", Class::Local),
        ("EAI_", Class::Lookup),
        ("ENOTFOUND", Class::Lookup),
        ("ENODATA", Class::Lookup),
        ("ESERVFAIL", Class::Lookup),
        ("ETIMEOUT", Class::Lookup),
        ("EREFUSED", Class::Lookup),
    ];
    NAMES.iter().find(|(name, _)| word.starts_with(name)).map(|(_, class)| *class)
}

fn ends_with(word: &str, end: &str) -> bool {
    word.len()
        .checked_sub(end.len())
        .and_then(|at| word.get(at..))
        .is_some_and(|it| it.eq_ignore_ascii_case(end))
}

#[rustfmt::skip]
static SKIPPED: &[&str] = &[
    "the", "a", "an", "this", "that", "its", "our", "new", "tcp", "tcp4", "tcp6", "udp", "udp4",
    "ip", "ipv4", "ipv6", "ssl", "tls", "https", "http", "ws", "grpc", "id", "port", "some",
    "any", "is", "was", "up", "configured", "initial", "bootstrap", "Some", "af_inet", "x",
    "election",
];

#[rustfmt::skip]
static PREPOSITIONS: &[&str] = &[
    "to", "with", "at", "for", "against", "of", "on", "from", "by", "not", "toward", "towards",
    "matching", "matches", "via",
];

#[rustfmt::skip]
static LOOKUPS: &[&str] = &[
    "lookup", "resolve", "resolves", "resolving", "resolved", "resolution", "getaddrinfo",
    "gethostbyname", "UnknownHostException", "UnresolvedAddressException", "translate",
    "nxdomain", "unknownhost", "look",
];

#[rustfmt::skip]
static CONNECTS: &[&str] = &[
    "dial", "dialing", "dialling", "connect", "connects", "connecting", "connection",
    "connections", "connected", "reconnect", "reconnecting", "reach", "reaching", "contact",
    "contacting", "proxyconnect", "verify", "verifying", "connector", "reachable", "establish", "handshake",
    "handshaking",
];

#[rustfmt::skip]
static LOCALS: &[&str] = &[
    "local", "bind", "binding", "bound", "listen", "listens", "listening", "listener", "laddr",
    "lip", "src", "source", "self", "own", "caller", "file", "version", "release", "build",
    "referer", "referrer", "useragent", "forwarded", "resolver", "nameserver", "nameservers",
    "dns", "image", "repository", "tag", "commit", "running", "started", "starting",
    "logger", "thread", "module", "container", "pod", "origin", "interface", "line", "sni", "cn",
    "san", "altnames", "altname", "subject", "issuer", "vhost",
];

#[rustfmt::skip]
static CLIENTS: &[&str] = &[
    "client", "clients", "downstream", "rip", "visitor", "requester", "consumer", "remote_ip",
    "remote_addr", "remoteip", "remoteaddr", "remoteAddress", "remote_address", "remote_port",
    "client_ip", "clientip",
];

#[rustfmt::skip]
static WAYS: &[&str] = &[
    "proxy", "proxies", "through", "via", "gateway", "socks", "socks5",
];

#[rustfmt::skip]
static NOUNS: &[&str] = &[
    "host", "hostname", "hosts", "hostnames", "server", "servers", "node", "nodes", "broker",
    "brokers", "endpoint", "endpoints", "url", "uri", "upstream", "backend", "peer", "peers",
    "target", "remote", "raddr", "address", "addr", "addresses", "provider", "providers",
    "master", "primary", "leader", "replica", "slave", "cluster", "instance", "database", "db",
    "destination", "dst", "dest", "site", "domain", "name", "seed", "member", "datanode",
    "location", "authority", "dsn", "registrar", "mx", "relay", "Domain", "smtp", "ldap",
];

#[rustfmt::skip]
static FAILURES: &[&str] = &[
    "refused", "reset", "unreachable", "timeout", "out", "failed", "failure", "expired", "closed",
    "error", "exception", "known", "disconnected", "down", "lost", "aborted", "information",
    "denied", "occurred", "it", "peer",
];

/// Failures that a connection to what follows has.
#[rustfmt::skip]
static OF_CONNECTING: &[&str] = &[
    "refused", "unreachable", "out", "it",
];

/// What is read comes from a peer that was asked; all else comes from one that asks.
#[rustfmt::skip]
static READS: &[&str] = &[
    "read", "reading", "recv", "recvfrom", "receive", "received", "receiving", "response",
    "responses", "answer", "reply", "replies", "data", "fetch", "fetching", "fetched", "download",
    "downloading", "pull", "pulling", "get", "getting", "got", "load", "loading", "disconnect",
    "disconnected", "retrieve", "retrieving", "upstream", "header", "headers", "body", "server",
    "backend", "returned",
];

#[rustfmt::skip]
static ENDS: &[&str] = &[
    "closed", "reset", "refused", "terminated", "aborted", "rejected", "dropped", "lost", "hung",
    "denied",
];
