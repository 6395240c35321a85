//! The codes with which databases and brokers answer, and what each one means.
//!
//! One line a code: its name as `error.type` has it, the kind of failure, the likely
//! cause, whether a retry helps, and what to check next. What a protocol uses one name
//! for where the cases differ has a further word in its key.
//!
//! A code that speaks of the statement or the data itself is no fault.

use crate::{Category, Cause, Confidence, Fault, Retry};

/// One code and what it means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// The name, and perhaps a word that tells cases apart.
    key: &'static str,
    /// What kind of failure it is.
    pub(crate) category: Category,
    /// What is likely behind it.
    pub(crate) cause: Cause,
    /// Whether trying again helps.
    pub(crate) retry: Retry,
    /// What to check next.
    pub(crate) hint: &'static str,
}

impl Code {
    /// The code as the protocol has it.
    pub(crate) fn name(&self) -> &'static str {
        self.key.split(' ').next().unwrap_or_default()
    }

    /// Whether no word tells its case apart.
    pub(crate) fn is_bare(&self) -> bool {
        self.key == self.name()
    }

    /// Whether it says no more than that a connection of the server's own failed: a closer
    /// cause in the same text tells more.
    pub(crate) fn is_general(&self) -> bool {
        self.key == "08" || self.category == Category::Unknown
    }

    /// How sure the cause is: of credentials the peer itself is the judge.
    pub(crate) fn confidence(&self) -> Confidence {
        match self.cause {
            Cause::Credentials => Confidence::Certain,
            _ => Confidence::Likely,
        }
    }
}

/// Whose code it is; the same digits mean something else elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLSTATE, as PostgreSQL and its relatives use it (its manual, appendix A).
    SqlState,
    /// The numbers of MySQL and MariaDB.
    MySql,
    /// The names of AMQP 0-9-1 (its specification, section 1.2).
    Amqp,
}

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A fault.
    Fault(&'static Code),
    /// The statement or the data is wrong: nobody else is to blame.
    Harmless,
}

/// What a code says, if it says anything.
pub(crate) fn meaning(dialect: Dialect, code: &str) -> Option<Meaning> {
    match dialect {
        Dialect::SqlState => sql_state(code),
        Dialect::MySql => match row(MYSQL, code) {
            Some(code) => Some(Meaning::Fault(code)),
            // What servers report of a statement; numbers from 2000 on are the client's own.
            None => (code.len() == 4 && code.starts_with(['1', '3'])).then_some(Meaning::Harmless),
        },
        Dialect::Amqp => AMQP.iter().find(|it| is_same_name(it.key, code)).map(Meaning::Fault),
    }
}

/// The code of that key, as a rule names it.
pub(crate) fn of_key(key: &str) -> Option<&'static Code> {
    TABLES.iter().find_map(|table| row(table, key))
}

/// What the code of a fault means, whoever stated it.
pub(crate) fn of_fault(fault: &Fault<'_>) -> Option<&'static Code> {
    let name = fault.code.as_deref()?;
    let is_it = |code: &&Code| code.category == fault.category;
    let named = TABLES.iter().copied().flatten().filter(|code| code.name() == name).find(is_it);
    named.or_else(|| class(name).filter(is_it))
}

fn sql_state(code: &str) -> Option<Meaning> {
    let is_state = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if code.len() != 5 || !code.bytes().all(is_state) {
        return None;
    }
    if let Some(code) = row(SQL_STATE, code).or_else(|| class(code)) {
        return Some(Meaning::Fault(code));
    }
    // Success, a warning, foreign data, and what other servers put where they have none.
    let says_nothing = ["00", "01", "HV", "HY", "IM"].iter().any(|class| code.starts_with(class));
    (!says_nothing && code != "42000").then_some(Meaning::Harmless)
}

/// The line for the whole class of a SQLSTATE.
fn class(code: &str) -> Option<&'static Code> {
    if code.len() != 5 { None } else { row(SQL_STATE, code.get(..2)?) }
}

fn row(table: &'static [Code], key: &str) -> Option<&'static Code> {
    table.iter().find(|code| code.key == key)
}

/// `ACCESS_REFUSED`, `ACCESS-REFUSED` and `ACCESSREFUSED` are one name.
fn is_same_name(name: &str, other: &str) -> bool {
    letters(name).eq(letters(other))
}

fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(|byte| !matches!(byte, b'_' | b'-'))
}

const fn code(
    key: &'static str,
    category: Category,
    cause: Cause,
    retry: Retry,
    hint: &'static str,
) -> Code {
    Code { key, category, cause, retry, hint }
}

const TABLES: &[&[Code]] = &[SQL_STATE, MYSQL, REDIS, MONGODB, AMQP];

use Category as Is;
use Cause::{
    ClientDeadline, Credentials, LocalLimits, Misconfiguration, PeerDown, PeerFault, PeerOverloaded,
};
use Retry::{AfterDelay, IfIdempotent, No, Yes};

const LOGIN: &str =
    "the server did not accept the login: check user name, password and where both come from";
const RIGHTS: &str = "this user lacks the right: check its roles and grants on the server";
const NOT_LET_IN: &str = "the server's rules do not let this user in from this host: check pg_hba.conf, the user and whether TLS is demanded";
const NO_DATABASE: &str =
    "the server has no database of that name: check the name and the server that is called";
const NO_SLOT: &str = "the server has no connection left: look for leaks and for pools that are too large in sum; then raise the server's limit or put a pooler between";
const NO_SLOT_FOR_USER: &str = "this user, or this database, has used up its own limit of connections: look for leaks and the size of the pools";
const NOT_READY: &str = "the server starts, stops or recovers: it lets nobody in until that is done; if it lasts, look into its log";
const ENDED_BY_OPERATOR: &str = "an operator, a restart or a failover ended the connection: connect again; what was under way is undone or unknown";
const CRASHED: &str =
    "another process of the server crashed, so it dropped every connection: look into its log";
const CONTENTION: &str = "two transactions were in each other's way and the server gave this one up: run the whole transaction again; if it happens often, look at what locks for long";
const TOO_SLOW: &str = "the server gave the statement up at its own limit: look at its plan, at locks that it waited for and at the load; then at the limit";
const CANCELLED: &str =
    "somebody, perhaps the caller's own timeout, asked the server to stop this statement";
const REPLICA: &str = "this server takes no writes: after a failover the address still leads to a replica; connect again, and check which host it names";
const DISK_FULL: &str = "the server's disk is full: free space there";
const MEMORY_FULL: &str = "the server is out of memory: look at its limits and at what takes it";
const IDLE: &str = "the server closed a connection that had been idle for too long: end transactions soon, and let the pool drop idle connections earlier";
const BROKEN: &str = "the database lost the connection that it needed: look at the way to it, and at what stands between";
const FAILED: &str = "the server failed on this statement, and it is not the statement's fault: look into the server's log";
const BLOCKED: &str = "the server blocks this host after too many broken connections: find out why they broke, then unblock it on the server";
const LOADING: &str = "the server reads its data into memory after a start: wait";
const SPLIT: &str =
    "a part of the cluster, or the primary, is not there: look at the state of its nodes";
const SCRIPT: &str = "a script runs and holds up everybody else: look at it on the server";
const BROKER_DOWN: &str = "the broker shuts down or an operator closed the connection: connect again; if it lasts, look into its log";
const VHOST: &str = "the broker has no such virtual host, or forbids what was asked: check the path of the URI and the broker's settings";
const DECLARED_OTHERWISE: &str = "what the client asks for differs from what the broker has: compare the declarations on both sides";
const NO_QUEUE: &str =
    "the server has nothing of that name: check the name, and who should have created it";

/// SQLSTATE; two characters stand for all of a class that have no line of their own.
#[rustfmt::skip]
const SQL_STATE: &[Code] = &[
    code("08", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("08001", Is::Unknown, PeerDown, Yes, BROKEN),
    code("08004", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("08P01", Is::Protocol, PeerFault, No, "one side broke the protocol: look for a pooler or a proxy between, and at the versions"),
    code("25006", Is::Unavailable, Misconfiguration, AfterDelay, REPLICA),
    code("25P03", Is::ConnectionReset, LocalLimits, IfIdempotent, IDLE),
    code("25P04", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("28", Is::Auth, Credentials, No, NOT_LET_IN),
    code("28000", Is::Auth, Credentials, No, NOT_LET_IN),
    code("28P01", Is::Auth, Credentials, No, LOGIN),
    code("3D000", Is::HttpClientError, Misconfiguration, No, NO_DATABASE),
    code("40001", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("40003", Is::Unavailable, PeerFault, IfIdempotent, "the server does not know whether the statement was done: check before trying again"),
    code("40P01", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("42501", Is::Auth, Credentials, No, RIGHTS),
    code("53", Is::Unavailable, PeerOverloaded, AfterDelay, "the server has run out of something: look into its log"),
    code("53100", Is::Unavailable, PeerFault, No, DISK_FULL),
    code("53200", Is::Unavailable, PeerOverloaded, AfterDelay, MEMORY_FULL),
    code("53300", Is::PoolExhausted, PeerOverloaded, AfterDelay, NO_SLOT),
    code("55P03", Is::Unavailable, PeerOverloaded, AfterDelay, "another transaction holds the lock for too long: look at who holds it"),
    code("57", Is::Unavailable, PeerDown, AfterDelay, ENDED_BY_OPERATOR),
    code("57014", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("57014 cancelled", Is::Cancelled, ClientDeadline, No, CANCELLED),
    code("57P01", Is::Unavailable, PeerDown, AfterDelay, ENDED_BY_OPERATOR),
    code("57P02", Is::Unavailable, PeerFault, AfterDelay, CRASHED),
    code("57P03", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("57P05", Is::ConnectionReset, LocalLimits, IfIdempotent, IDLE),
    code("58", Is::HttpServerError, PeerFault, IfIdempotent, FAILED),
    code("F0", Is::HttpServerError, Misconfiguration, No, FAILED),
    code("XX", Is::HttpServerError, PeerFault, IfIdempotent, FAILED),
];

/// Servers report numbers from 1000 on (MySQL error message reference), their own client
/// library from 2000 to 2999.
#[rustfmt::skip]
const MYSQL: &[Code] = &[
    code("1021", Is::Unavailable, PeerFault, No, DISK_FULL),
    code("1037", Is::Unavailable, PeerOverloaded, AfterDelay, MEMORY_FULL),
    code("1038", Is::Unavailable, PeerOverloaded, AfterDelay, MEMORY_FULL),
    code("1040", Is::PoolExhausted, PeerOverloaded, AfterDelay, NO_SLOT),
    code("1041", Is::Unavailable, PeerOverloaded, AfterDelay, MEMORY_FULL),
    code("1044", Is::Auth, Credentials, No, RIGHTS),
    code("1045", Is::Auth, Credentials, No, LOGIN),
    code("1047", Is::Unavailable, PeerFault, AfterDelay, SPLIT),
    code("1049", Is::HttpClientError, Misconfiguration, No, NO_DATABASE),
    code("1053", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("1077", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("1079", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("1114", Is::Unavailable, PeerFault, No, DISK_FULL),
    code("1129", Is::Unavailable, PeerFault, No, BLOCKED),
    code("1130", Is::Auth, Credentials, No, LOGIN),
    code("1142", Is::Auth, Credentials, No, RIGHTS),
    code("1143", Is::Auth, Credentials, No, RIGHTS),
    code("1152", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("1158", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("1159", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("1160", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("1161", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("1203", Is::PoolExhausted, PeerOverloaded, AfterDelay, NO_SLOT_FOR_USER),
    code("1205", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("1213", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("1226", Is::RateLimited, PeerOverloaded, AfterDelay, NO_SLOT_FOR_USER),
    code("1227", Is::Auth, Credentials, No, RIGHTS),
    code("1251", Is::Auth, Misconfiguration, No, LOGIN),
    code("1290", Is::Unavailable, Misconfiguration, AfterDelay, REPLICA),
    code("1317", Is::Cancelled, ClientDeadline, No, CANCELLED),
    code("1698", Is::Auth, Credentials, No, LOGIN),
    code("1792", Is::Unavailable, Misconfiguration, AfterDelay, REPLICA),
    code("1820", Is::Auth, Credentials, No, LOGIN),
    code("1836", Is::Unavailable, Misconfiguration, AfterDelay, REPLICA),
    code("1862", Is::Auth, Credentials, No, LOGIN),
    code("1927", Is::Unavailable, PeerDown, AfterDelay, ENDED_BY_OPERATOR),
    code("1969", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("2002", Is::Unknown, PeerDown, Yes, BROKEN),
    code("2003", Is::Unknown, PeerDown, Yes, BROKEN),
    code("2006", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("2013", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("2055", Is::ConnectionReset, PeerFault, IfIdempotent, BROKEN),
    code("2059", Is::Auth, Misconfiguration, No, LOGIN),
    code("3024", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("3118", Is::Auth, Credentials, No, LOGIN),
    code("4031", Is::ConnectionReset, LocalLimits, IfIdempotent, IDLE),
];

/// The first word of an error reply (Redis' source; Valkey's are the same).
#[rustfmt::skip]
const REDIS: &[Code] = &[
    code("BUSY", Is::Unavailable, PeerOverloaded, AfterDelay, SCRIPT),
    code("CLUSTERDOWN", Is::Unavailable, PeerFault, AfterDelay, SPLIT),
    code("DENIED", Is::Auth, Misconfiguration, No, "the server is in protected mode: it lets in nobody from elsewhere until it has a password"),
    code("LOADING", Is::Unavailable, PeerDown, AfterDelay, LOADING),
    code("MASTERDOWN", Is::Unavailable, PeerDown, AfterDelay, SPLIT),
    code("MISCONF", Is::Unavailable, PeerFault, No, "the server cannot save its data and takes no writes: look at its disk and its log"),
    code("NOAUTH", Is::Auth, Credentials, No, "the server wants a password and got none: check the client's settings"),
    code("NOPERM", Is::Auth, Credentials, No, RIGHTS),
    code("NOREPLICAS", Is::Unavailable, PeerFault, AfterDelay, "the server takes no writes while too few replicas follow it: look at them"),
    code("OOM", Is::Unavailable, PeerOverloaded, AfterDelay, "the server has reached maxmemory and evicts nothing: look at what fills it, and at its policy"),
    code("READONLY", Is::Unavailable, Misconfiguration, AfterDelay, REPLICA),
    code("TRYAGAIN", Is::Unavailable, PeerOverloaded, AfterDelay, "the cluster moves these keys to another node: try again"),
    code("UNBLOCKED", Is::Unavailable, PeerDown, AfterDelay, REPLICA),
    code("WRONGPASS", Is::Auth, Credentials, No, LOGIN),
];

/// Numbers of error replies (MongoDB's `error_codes.yml`).
#[rustfmt::skip]
const MONGODB: &[Code] = &[
    code("13", Is::Auth, Credentials, No, RIGHTS),
    code("18", Is::Auth, Credentials, No, LOGIN),
    code("24", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("50", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("91", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("112", Is::Unavailable, PeerOverloaded, AfterDelay, CONTENTION),
    code("133", Is::Unavailable, PeerDown, AfterDelay, SPLIT),
    code("189", Is::Unavailable, PeerDown, AfterDelay, REPLICA),
    code("262", Is::ResponseTimeout, PeerOverloaded, IfIdempotent, TOO_SLOW),
    code("10107", Is::Unavailable, PeerDown, AfterDelay, REPLICA),
    code("11600", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
    code("11602", Is::Unavailable, PeerDown, AfterDelay, REPLICA),
    code("13435", Is::Unavailable, PeerDown, AfterDelay, REPLICA),
    code("13436", Is::Unavailable, PeerDown, AfterDelay, NOT_READY),
];

/// Reply codes by name.
#[rustfmt::skip]
const AMQP: &[Code] = &[
    code("ACCESS_REFUSED", Is::Auth, Credentials, No, "the broker refused the login or the right: check user, password, virtual host and permissions"),
    code("CHANNEL_ERROR", Is::Protocol, PeerFault, No, "one side broke the protocol: look at the versions of client and broker"),
    code("COMMAND_INVALID", Is::Protocol, PeerFault, No, "one side broke the protocol: look at the versions of client and broker"),
    code("CONNECTION_FORCED", Is::Unavailable, PeerDown, AfterDelay, BROKER_DOWN),
    code("CONTENT_TOO_LARGE", Is::HttpClientError, Misconfiguration, No, "the message is larger than the broker takes"),
    code("FRAME_ERROR", Is::Protocol, PeerFault, No, "one side broke the protocol: look for another protocol on this port"),
    code("INTERNAL_ERROR", Is::HttpServerError, PeerFault, IfIdempotent, FAILED),
    code("INVALID_PATH", Is::HttpClientError, Misconfiguration, No, VHOST),
    code("NOT_ALLOWED", Is::HttpClientError, Misconfiguration, No, VHOST),
    code("NOT_ALLOWED credentials", Is::Auth, Credentials, No, "this user has no right to the virtual host: check its permissions on the broker"),
    code("NOT_ALLOWED limit", Is::PoolExhausted, PeerOverloaded, AfterDelay, NO_SLOT_FOR_USER),
    code("NOT_FOUND", Is::HttpClientError, Misconfiguration, No, NO_QUEUE),
    code("NOT_IMPLEMENTED", Is::HttpClientError, Misconfiguration, No, "the broker does not do what was asked: compare the versions"),
    code("PRECONDITION_FAILED", Is::HttpClientError, Misconfiguration, No, DECLARED_OTHERWISE),
    code("RESOURCE_ERROR", Is::Unavailable, PeerOverloaded, AfterDelay, "the broker has run out of something: look at its memory and disk alarms"),
    code("RESOURCE_LOCKED", Is::HttpClientError, Misconfiguration, No, "another connection holds the queue for itself: look at who consumes from it"),
    code("SYNTAX_ERROR", Is::Protocol, PeerFault, No, "one side broke the protocol: look at the versions of client and broker"),
    code("UNEXPECTED_FRAME", Is::Protocol, PeerFault, No, "one side broke the protocol: look at the versions of client and broker"),
];

#[cfg(test)]
mod tests;
