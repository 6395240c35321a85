//! What databases and brokers answer, and what their clients say around it.
//!
//! A code is named where the words are those of one server and of one code only.

use super::{Rule, Says, Stage, at, is, note, of, weak};
use crate::classify::codes::Dialect;
use crate::{Category, Reason};

const fn code(pattern: &'static str, key: &'static str, source: &'static str) -> Rule {
    note(pattern, Says::Answer(key), source)
}

const fn follows(pattern: &'static str, dialect: Dialect, source: &'static str) -> Rule {
    note(pattern, Says::CodeFollows(dialect), source)
}

const fn field(pattern: &'static str, dialect: Dialect, source: &'static str) -> Rule {
    note(pattern, Says::CodeField(dialect), source)
}

const fn perhaps(pattern: &'static str, dialect: Dialect, source: &'static str) -> Rule {
    note(pattern, Says::CodePerhaps(dialect), source)
}

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    // --- what clients say around it
    at("error connecting to server", Stage::Tcp, "tokio-postgres"),
    at("kind: connect, cause: some(", Stage::Tcp, "tokio-postgres Debug"),
    at("error communicating with the server", Stage::Exchange, "tokio-postgres"),
    is("error parsing response from server", Reason::InvalidResponse, "tokio-postgres"),
    is("unexpected message from server", Reason::InvalidResponse, "tokio-postgres"),
    at("error communicating with database", Stage::Request, "sqlx"),
    at("error occurred while attempting to establish a tls connection", Stage::Tls, "sqlx"),
    is("encountered unexpected or invalid data", Reason::InvalidResponse, "sqlx"),
    note("expected to read ", Says::Length, "sqlx"),
    is("server does not support tls", Reason::TlsPeerNotTls, "tokio-postgres, sqlx"),
    is("server does not have this capability", Reason::TlsPeerNotTls, "mysql_async"),
    at("kind: i/o error", Stage::Request, "mongodb"),
    note("unexpected end of file", Says::Ended, "std, mongodb"),
    is("invalid reply to a database operation", Reason::InvalidResponse, "mongodb"),
    is("invalid wire protocol opcode", Reason::InvalidResponse, "mongodb"),
    is("incompatible type - parse error", Reason::InvalidResponse, "redis"),
    is("parsing error: parsererrors", Reason::InvalidResponse, "lapin"),
    is("parsingerror(error(parsererrors", Reason::InvalidResponse, "lapin Debug"),
    is("invalid server operation", Reason::InvalidResponse, "async-nats"),
    is("expected info, got nothing", Reason::ConnectionClosed, "async-nats"),
    at("db error: error: ", Stage::Answered, "tokio-postgres"),
    at("db error: fatal: ", Stage::Answered, "tokio-postgres"),
    at("kind: db, cause: some(", Stage::Answered, "tokio-postgres Debug"),
    at("error returned from database", Stage::Answered, "sqlx"),
    at("server error: `error ", Stage::Answered, "mysql_async"),
    at("kind: command failed", Stage::Answered, "mongodb"),
    at("kind: command(commanderror", Stage::Answered, "mongodb Debug"),

    // --- pools
    is("waiting for a slot to become available", Reason::PoolTimeout, "deadpool"),
    is("timeout(wait)", Reason::PoolTimeout, "deadpool Debug"),
    is("timed out in bb8", Reason::PoolTimeout, "bb8"),
    is("timed out waiting for connection", Reason::PoolTimeout, "r2d2"),
    is("pooltimedout", Reason::PoolTimeout, "sqlx Debug"),
    note("timeout occurred while creating a new object", Says::ConnectTimer, "deadpool"),
    note("timeout(create)", Says::ConnectTimer, "deadpool Debug"),
    note("timeout occurred while recycling an object", Says::Timer, "deadpool"),
    note("timeout(recycle)", Says::Timer, "deadpool Debug"),

    // --- where a code follows
    follows("sqlstate", Dialect::SqlState, "generic"),
    follows("sql state", Dialect::SqlState, "generic"),
    field("pgdatabaseerror {", Dialect::SqlState, "sqlx Debug"),
    perhaps("error: ", Dialect::SqlState, "PostgreSQL, verbose"),
    perhaps("fatal: ", Dialect::SqlState, "PostgreSQL, verbose"),
    perhaps("error ", Dialect::MySql, "MySQL"),
    follows("returned from database: ", Dialect::MySql, "sqlx"),
    field("mysqldatabaseerror {", Dialect::MySql, "sqlx Debug"),
    follows("servererror { code: ", Dialect::MySql, "mysql_async Debug"),
    follows("operationalerror: (", Dialect::MySql, "Python"),
    follows("operationalerror) (", Dialect::MySql, "SQLAlchemy"),
    follows("amqp soft error: ", Dialect::Amqp, "lapin"),
    follows("amqp hard error: ", Dialect::Amqp, "lapin"),
    follows("kind: soft(", Dialect::Amqp, "lapin Debug"),
    follows("kind: hard(", Dialect::Amqp, "lapin Debug"),

    // --- PostgreSQL
    weak(code("password authentication failed for user", "28P01", "PostgreSQL")),
    code("fatal: password authentication failed", "28P01", "PostgreSQL"),
    code("fatal:  password authentication failed", "28P01", "PostgreSQL"),
    code("no pg_hba.conf entry for", "28000", "PostgreSQL"),
    code("pg_hba.conf rejects connection", "28000", "PostgreSQL"),
    code("is not permitted to log in", "28000", "PostgreSQL"),
    note("\" does not exist", Says::Missing, "PostgreSQL"),
    code("sorry, too many clients already", "53300", "PostgreSQL"),
    code("remaining connection slots are reserved", "53300", "PostgreSQL"),
    code("too many connections for role", "53300", "PostgreSQL"),
    code("too many connections for database", "53300", "PostgreSQL"),
    code("the database system is starting up", "57P03", "PostgreSQL"),
    code("the database system is shutting down", "57P03", "PostgreSQL"),
    code("the database system is in recovery mode", "57P03", "PostgreSQL"),
    code("the database system is not accepting connections", "57P03", "PostgreSQL"),
    code("the database system is not yet accepting connections", "57P03", "PostgreSQL"),
    code("terminating connection due to administrator command", "57P01", "PostgreSQL"),
    code("terminating connection due to unexpected postmaster exit", "57P01", "PostgreSQL"),
    code("because of crash of another server process", "57P02", "PostgreSQL"),
    code("due to conflict with recovery", "40001", "PostgreSQL"),
    code("due to idle-in-transaction timeout", "25P03", "PostgreSQL"),
    code("due to idle-session timeout", "57P05", "PostgreSQL"),
    code("terminating connection due to transaction timeout", "25P04", "PostgreSQL"),
    code("canceling statement due to statement timeout", "57014", "PostgreSQL"),
    code("canceling statement due to user request", "57014 cancelled", "PostgreSQL"),
    code("canceling statement due to lock timeout", "55P03", "PostgreSQL"),
    code("could not obtain lock on", "55P03", "PostgreSQL"),
    code("could not serialize access", "40001", "PostgreSQL"),
    code("deadlock detected", "40P01", "PostgreSQL"),
    code("in a read-only transaction", "25006", "PostgreSQL"),
    code("could not extend file", "53100", "PostgreSQL"),
    code("db error: error: out of memory", "53200", "PostgreSQL by tokio-postgres"),
    code("error returned from database: out of memory", "53200", "PostgreSQL by sqlx"),
    code("permission denied for table", "42501", "PostgreSQL"),
    code("permission denied for schema", "42501", "PostgreSQL"),
    code("permission denied for sequence", "42501", "PostgreSQL"),
    code("permission denied for database", "42501", "PostgreSQL"),
    code("permission denied for function", "42501", "PostgreSQL"),
    code("permission denied for view", "42501", "PostgreSQL"),
    is("query_wait_timeout", Reason::PoolTimeout, "PgBouncer"),
    of("server login has been failing", Category::Unavailable, "PgBouncer"),

    // --- MySQL
    weak(of("access denied for user", Category::Auth, "MySQL")),
    weak(of("unknown database '", Category::HttpClientError, "MySQL")),
    code("lock wait timeout exceeded", "1205", "MySQL"),
    code("deadlock found when trying to get lock", "1213", "MySQL"),
    code("running with the --read-only option", "1290", "MySQL"),
    code("running with the --super-read-only option", "1290", "MySQL"),
    code("maximum statement execution time exceeded", "3024", "MySQL"),
    code("er_con_count_error", "1040", "mysql2"),
    code("er_access_denied_error", "1045", "mysql2"),
    code("er_bad_db_error", "1049", "mysql2"),
    code("er_lock_wait_timeout", "1205", "mysql2"),
    code("er_lock_deadlock", "1213", "mysql2"),
    is("mysql server has gone away", Reason::ConnectionClosed, "MySQL 2006"),
    is("lost connection to mysql server", Reason::ConnectionClosed, "MySQL 2013"),
    is("protocol_connection_lost", Reason::ConnectionClosed, "mysql2"),

    // --- Redis and Valkey
    code("noauth", "NOAUTH", "Redis"),
    code("wrongpass", "WRONGPASS", "Redis"),
    code("invalid username-password pair", "WRONGPASS", "Redis"),
    of("password authentication failed - authenticationfailed", Category::Auth, "redis-rs"),
    of("called without any password configured", Category::Auth, "Redis"),
    code("noperm", "NOPERM", "Redis"),
    code("is running in protected mode", "DENIED", "Redis"),
    code("busyloading", "LOADING", "redis-rs"),
    code("is loading the dataset in memory", "LOADING", "Redis"),
    code("masterdown", "MASTERDOWN", "Redis"),
    code("link with master is down", "MASTERDOWN", "Redis"),
    code("clusterdown", "CLUSTERDOWN", "Redis"),
    code("against a read only replica", "READONLY", "Redis"),
    code("against a read only slave", "READONLY", "Redis"),
    code("command not allowed when used memory", "OOM", "Redis"),
    weak(code("misconf", "MISCONF", "Redis")),
    code("is configured to save rdb snapshots", "MISCONF", "Redis"),
    code("noreplicas", "NOREPLICAS", "Redis"),
    code("not enough good replicas to write", "NOREPLICAS", "Redis"),
    code("is busy running a script", "BUSY", "Redis"),
    code("multiple keys request during rehashing of slot", "TRYAGAIN", "Redis"),
    code("force unblock from blocking operation", "UNBLOCKED", "Redis"),
    of("max number of clients reached", Category::PoolExhausted, "Redis"),

    // --- MongoDB
    note("server selection timeout: ", Says::Wrapped(Category::Unavailable), "MongoDB"),
    of("server selection error", Category::Unavailable, "MongoDB"),
    of("scram failure", Category::Auth, "mongodb"),
    code("error code 13 (unauthorized)", "13", "mongodb"),
    code("code: 13, code_name: \"unauthorized\"", "13", "mongodb Debug"),
    code("error code 18 (authenticationfailed)", "18", "mongodb"),
    code("code: 18, code_name: \"authenticationfailed\"", "18", "mongodb Debug"),
    code("lockbusy", "24", "MongoDB"),
    code("maxtimemsexpired", "50", "MongoDB"),
    code("shutdowninprogress", "91", "MongoDB"),
    code("writeconflict", "112", "MongoDB"),
    code("failedtosatisfyreadpreference", "133", "MongoDB"),
    code("primarysteppeddown", "189", "MongoDB"),
    code("exceededtimelimit", "262", "MongoDB"),
    code("notwritableprimary", "10107", "MongoDB"),
    code("interruptedatshutdown", "11600", "MongoDB"),
    code("interruptedduetoreplstatechange", "11602", "MongoDB"),
    code("notprimarynosecondaryok", "13435", "MongoDB"),
    code("notprimaryorsecondary", "13436", "MongoDB"),

    // --- AMQP
    code("access_refused", "ACCESS_REFUSED", "RabbitMQ"),
    code("connection_forced", "CONNECTION_FORCED", "RabbitMQ"),
    code("not_found - no ", "NOT_FOUND", "RabbitMQ"),
    code("not_allowed - vhost", "NOT_ALLOWED", "RabbitMQ"),
    code("not_allowed - access to vhost", "NOT_ALLOWED credentials", "RabbitMQ"),
    code(": connection limit (", "NOT_ALLOWED limit", "RabbitMQ"),
    code("precondition_failed - ", "PRECONDITION_FAILED", "RabbitMQ"),
    code("resource_locked - ", "RESOURCE_LOCKED", "RabbitMQ"),
    code("resource_error - ", "RESOURCE_ERROR", "RabbitMQ"),

    // --- NATS
    of("authorizationviolation", Category::Auth, "async-nats Debug"),
    of("user authentication expired", Category::Auth, "NATS"),
    of("permissions violation for", Category::Auth, "NATS"),
    of("maximum connections exceeded", Category::PoolExhausted, "NATS"),
    weak(of("no responders", Category::Unavailable, "NATS")),
    weak(of("noresponders", Category::Unavailable, "async-nats Debug")),
    is("stale connection", Reason::KeepaliveTimeout, "NATS"),
    note("nats: timeout", Says::Timer, "NATS"),
    of("many connection errors", Category::Unavailable, "MySQL"),
    of("er_host_is_blocked", Category::Unavailable, "MySQL"),
];
