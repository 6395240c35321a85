//! What single words make of the address behind them.

use super::dictionary::Dictionary;
use super::words::parts;

/// What a word does to what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Our own side, or no address at all.
    Local,
    /// Whoever called us.
    Client,
    /// What stands on the way.
    Way,
    /// A connection is spoken of.
    Connect,
    /// A lookup is spoken of.
    Lookup,
    /// A word for a machine or a service.
    Noun,
    /// The words before it decide.
    Preposition,
    /// A failure is spoken of.
    Failure,
    /// It changes nothing.
    Skip,
    /// Any other word.
    Other,
}

/// What a word does, whole or by one of its parts.
pub(super) fn class(word: &str) -> Class {
    if let Some(class) = known(word).or_else(|| of_error_name(word)) {
        return class;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Class::Skip;
    }
    // The only part of most words is the word itself.
    let others = parts(word).filter(|part| part.len() < word.len());
    let by_part = others.filter_map(known).filter(|class| {
        matches!(class, Class::Local | Class::Client | Class::Way | Class::Connect | Class::Noun)
    });
    let is_failure = ["exception", "error"].iter().any(|end| ends_with(word, end));
    match by_part.min() {
        None | Some(Class::Noun) if is_failure => Class::Failure,
        None => Class::Other,
        Some(class) => class,
    }
}

/// What a whole word does, whatever its case.
fn known(word: &str) -> Option<Class> {
    CLASSES.get(word)
}

static CLASSES: Dictionary<Class, 1024> = Dictionary::new(&[
    (SKIPPED, Class::Skip),
    (PREPOSITIONS, Class::Preposition),
    (LOOKUPS, Class::Lookup),
    (CLIENTS, Class::Client),
    (FAILURES, Class::Failure),
    (LOCALS, Class::Local),
    (WAYS, Class::Way),
    (CONNECTS, Class::Connect),
    (NOUNS, Class::Noun),
]);

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
    if !word.starts_with('E') {
        return None;
    }
    NAMES.iter().find(|(name, _)| word.starts_with(name)).map(|(_, class)| *class)
}

fn ends_with(word: &str, end: &str) -> bool {
    word.len()
        .checked_sub(end.len())
        .and_then(|at| word.get(at..))
        .is_some_and(|it| it.eq_ignore_ascii_case(end))
}

#[rustfmt::skip]
const SKIPPED: &[&str] = &[
    "the", "a", "an", "this", "that", "its", "our", "new", "tcp", "tcp4", "tcp6", "udp", "udp4",
    "ip", "ipv4", "ipv6", "ssl", "tls", "https", "http", "ws", "grpc", "id", "port", "some",
    "any", "is", "was", "up", "configured", "initial", "bootstrap", "some", "af_inet", "x",
    "election",
];

#[rustfmt::skip]
const PREPOSITIONS: &[&str] = &[
    "to", "with", "at", "for", "against", "of", "on", "from", "by", "not", "toward", "towards",
    "matching", "matches", "via",
];

#[rustfmt::skip]
const LOOKUPS: &[&str] = &[
    "lookup", "resolve", "resolves", "resolving", "resolved", "resolution", "getaddrinfo",
    "gethostbyname", "unknownhostexception", "unresolvedaddressexception", "translate",
    "nxdomain", "unknownhost", "look",
];

#[rustfmt::skip]
const CONNECTS: &[&str] = &[
    "dial", "dialing", "dialling", "connect", "connects", "connecting", "connection",
    "connections", "connected", "reconnect", "reconnecting", "reach", "reaching", "contact",
    "contacting", "proxyconnect", "verify", "verifying", "connector", "reachable", "establish", "handshake",
    "handshaking",
];

#[rustfmt::skip]
const LOCALS: &[&str] = &[
    "local", "bind", "binding", "bound", "listen", "listens", "listening", "listener", "laddr",
    "lip", "src", "source", "self", "own", "caller", "file", "version", "release", "build",
    "referer", "referrer", "useragent", "forwarded", "resolver", "nameserver", "nameservers",
    "dns", "image", "repository", "tag", "commit", "running", "started", "starting",
    "logger", "thread", "module", "container", "pod", "origin", "interface", "line", "sni", "cn",
    "san", "altnames", "altname", "subject", "issuer", "vhost",
];

#[rustfmt::skip]
const CLIENTS: &[&str] = &[
    "client", "clients", "downstream", "rip", "visitor", "requester", "consumer", "remote_ip",
    "remote_addr", "remoteip", "remoteaddr", "remoteaddress", "remote_address", "remote_port",
    "client_ip", "clientip",
];

#[rustfmt::skip]
const WAYS: &[&str] = &[
    "proxy", "proxies", "through", "via", "gateway", "socks", "socks5",
];

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "host", "hostname", "hosts", "hostnames", "server", "servers", "node", "nodes", "broker",
    "brokers", "endpoint", "endpoints", "url", "uri", "upstream", "backend", "peer", "peers",
    "target", "remote", "raddr", "address", "addr", "addresses", "provider", "providers",
    "master", "primary", "leader", "replica", "slave", "cluster", "instance", "database", "db",
    "destination", "dst", "dest", "site", "domain", "name", "seed", "member", "datanode",
    "location", "authority", "dsn", "registrar", "mx", "relay", "domain", "smtp", "ldap",
];

#[rustfmt::skip]
const FAILURES: &[&str] = &[
    "refused", "reset", "unreachable", "timeout", "out", "failed", "failure", "expired", "closed",
    "error", "exception", "known", "disconnected", "down", "lost", "aborted", "information",
    "denied", "occurred", "it", "peer",
];
