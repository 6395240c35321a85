//! PostgreSQL with tokio-postgres and sqlx.

use netcause_cli::peers::TlsVersions;
use netcause_client_tests::{Case, Expect, Failure, Form, LIMIT, Outcome, fault, harmless, world};
use netcause_fault::{Category, Phase};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::connecting::{
    CLOSED, CONNECT_TIMEOUT, Call, Client, Expected, Failing, NOT_TLS, OTHER_PROTOCOL, Preluding,
    TIMEOUT, certificates, plain,
};
use crate::postgres_wire::{Report, Says, error, fatal, server};
use crate::wire::{read, send};

const TOKIO_POSTGRES: Client = Client { name: "tokio-postgres", fail: connect_tokio_postgres };
const SQLX: Client = Client { name: "sqlx", fail: connect_sqlx };

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain(
        TOKIO_POSTGRES,
        Expected {
            dropped: CONNECT_TIMEOUT,
            silent: TIMEOUT,
            closed: CLOSED,
            http: OTHER_PROTOCOL.untold(CUT_MESSAGE),
        },
    );
    cases.extend(plain(
        SQLX,
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL },
    ));
    for client in [TOKIO_POSTGRES, SQLX] {
        cases.extend(certificates(client, ask_for_tls));
        cases.push(without_tls(client));
        cases.extend(at_start(client));
        cases.extend(to_query(client));
        cases.extend(in_query(client));
    }
    cases
}

/// The library waits for the rest of the message that an answer of HTTP seems to be.
const CUT_MESSAGE: &[(Form, &str)] = &[
    (Form::Typed, "the chain says only that the connection ended within a message"),
    (Form::Joined, "the chain says only that the connection ended within a message"),
    (Form::Debug, "the chain says only that the connection ended within a message"),
];

fn connect_tokio_postgres(call: Call) -> Failing {
    Box::pin(async move {
        let mut config = tokio_postgres::Config::new();
        config.host(&call.host).port(call.port).user("app").password("secret").dbname("appdb");
        config.connect_timeout(LIMIT);
        if call.tls {
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
            let tls = MakeRustlsConnect::new(world().tls(TlsVersions::Both, None));
            return limited(config.connect(tls)).await;
        }
        config.ssl_mode(tokio_postgres::config::SslMode::Disable);
        limited(config.connect(NoTls)).await
    })
}

fn sqlx_options(call: &Call) -> PgConnectOptions {
    let authority = pem::Pem::new("CERTIFICATE", world().certificates.authority().to_vec());
    PgConnectOptions::new_without_pgpass()
        .host(&call.host)
        .port(call.port)
        .username("app")
        .password("secret")
        .database("appdb")
        .ssl_mode(if call.tls { PgSslMode::VerifyFull } else { PgSslMode::Disable })
        .ssl_root_cert_from_pem(pem::encode(&authority).into_bytes())
}

fn connect_sqlx(call: Call) -> Failing {
    Box::pin(async move { limited(sqlx_options(&call).connect()).await })
}

/// The error of a call, or that its limit ran out.
pub(crate) async fn limited<T, E>(call: impl Future<Output = Result<T, E>>) -> Outcome
where
    E: std::error::Error + Send + Sync + 'static,
{
    match timeout(LIMIT * 2, call).await {
        Ok(result) => Failure::of(result),
        Err(elapsed) => Failure::of(Err::<(), _>(elapsed)),
    }
}

/// Agrees to TLS.
fn ask_for_tls(stream: &mut TcpStream) -> Preluding<'_> {
    Box::pin(async move {
        read(stream, 8).await?;
        send(stream, b"S").await
    })
}

fn without_tls(client: Client) -> Case {
    Case::new(client.name, "a server without TLS", NOT_TLS, move || async move {
        let server = server(Says::HangOnQuery).await?;
        let call = Call { host: "localhost".to_owned(), port: server.port(), tls: true };
        (client.fail)(call).await?.target(&["localhost", "127.0.0.1"], server.port())
    })
}

/// A category with its code, which the peer's answer has.
const fn code(category: Category, code: &'static str) -> Expect {
    fault(category).code(code).phase(&[Some(Phase::Response)])
}

const RESERVED: &str =
    "remaining connection slots are reserved for roles with the SUPERUSER attribute";

/// What a server says instead of letting the client in.
const AT_START: &[(&str, Category, Report)] = &[
    (
        "wrong password",
        Category::Auth,
        fatal("28P01", "password authentication failed for user \"app\""),
    ),
    ("no such role", Category::Auth, fatal("28000", "role \"app\" does not exist")),
    (
        "not in pg_hba.conf",
        Category::Auth,
        fatal(
            "28000",
            "no pg_hba.conf entry for host \"10.0.0.1\", user \"app\", database \"appdb\", no encryption",
        ),
    ),
    (
        "no such database",
        Category::HttpClientError,
        fatal("3D000", "database \"appdb\" does not exist"),
    ),
    (
        "too many clients",
        Category::PoolExhausted,
        fatal("53300", "sorry, too many clients already"),
    ),
    ("slots reserved", Category::PoolExhausted, fatal("53300", RESERVED)),
    (
        "too many for the role",
        Category::PoolExhausted,
        fatal("53300", "too many connections for role \"app\""),
    ),
    ("starting up", Category::Unavailable, fatal("57P03", "the database system is starting up")),
    (
        "shutting down",
        Category::Unavailable,
        fatal("57P03", "the database system is shutting down"),
    ),
    (
        "in recovery",
        Category::Unavailable,
        fatal("57P03", "the database system is in recovery mode"),
    ),
    (
        "in German",
        Category::Auth,
        fatal("28P01", "Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen"),
    ),
];

fn at_start(client: Client) -> Vec<Case> {
    let cases = AT_START.iter().map(|(name, category, report)| {
        let expect = code(*category, report.code).untold(untold(client, name));
        Case::new(client.name, *name, expect, move || async move {
            let server = server(Says::AtStart(*report)).await?;
            let call = Call { host: "127.0.0.1".to_owned(), port: server.port(), tls: false };
            (client.fail)(call).await?.target(&["127.0.0.1"], server.port())
        })
    });
    cases.collect()
}

/// What a server says in answer to a query.
const TO_QUERY: &[(&str, Category, Report)] = &[
    (
        "terminated",
        Category::Unavailable,
        fatal("57P01", "terminating connection due to administrator command"),
    ),
    (
        "another backend crashed",
        Category::Unavailable,
        fatal("57P02", "terminating connection because of crash of another server process"),
    ),
    (
        "statement timeout",
        Category::ResponseTimeout,
        error("57014", "canceling statement due to statement timeout"),
    ),
    (
        "serialization failure",
        Category::Unavailable,
        error("40001", "could not serialize access due to concurrent update"),
    ),
    ("deadlock", Category::Unavailable, error("40P01", "deadlock detected")),
    (
        "lock not available",
        Category::Unavailable,
        error("55P03", "canceling statement due to lock timeout"),
    ),
    (
        "read-only",
        Category::Unavailable,
        error("25006", "cannot execute INSERT in a read-only transaction"),
    ),
    (
        "disk full",
        Category::Unavailable,
        error("53100", "could not extend file \"base/5/16384\": No space left on device"),
    ),
    ("out of memory", Category::Unavailable, error("53200", "out of memory")),
    ("no right", Category::Auth, error("42501", "permission denied for table payments")),
    (
        "cancelled by the user",
        Category::Cancelled,
        error("57014", "canceling statement due to user request"),
    ),
    (
        "an internal error",
        Category::HttpServerError,
        error("XX000", "cache lookup failed for type 16384"),
    ),
];

/// About the SQL or the data, whatever the words sound like.
pub(crate) const NO_FAULTS: &[(&str, Report)] = &[
    ("no such table", error("42P01", "relation \"payments\" does not exist")),
    (
        "no such table, of a fearful name",
        error("42P01", "relation \"connection refused\" does not exist"),
    ),
    ("syntax error", error("42601", "syntax error at or near \"timeout\"")),
    (
        "unique violation",
        error("23505", "duplicate key value violates unique constraint \"u_pkey\""),
    ),
    ("division by zero", error("22012", "division by zero")),
    ("raised by a function", error("P0001", "order 7 timed out after 30s")),
];

fn to_query(client: Client) -> Vec<Case> {
    let cases = TO_QUERY.iter().map(|(name, category, report)| {
        let expect = code(*category, report.code).untold(untold(client, name));
        query(client, name, expect, Says::ToQuery(*report))
    });
    cases.collect()
}

/// What a text without the code cannot tell: the chain of both libraries leaves it out.
fn untold(client: Client, name: &str) -> &'static [(Form, &'static str)] {
    match (name, client.name) {
        ("in German", _) => &[(Form::Joined, "the words are German, and the code is not in them")],
        ("an internal error", _) => {
            &[(Form::Joined, "the code, which says so, is not in the text")]
        }
        ("no such role", "sqlx") => {
            &[(Form::Joined, "GRANT to a role that does not exist fails in the same words")]
        }
        _ => &[],
    }
}

fn in_query(client: Client) -> Vec<Case> {
    vec![
        query(client, "hangs up on a query", CLOSED, Says::CloseOnQuery),
        query(client, "no answer to a query", TIMEOUT, Says::HangOnQuery),
        query(client, "garbage in answer to a query", OTHER_PROTOCOL, Says::GarbageOnQuery),
    ]
}

pub(crate) fn no_faults() -> Vec<Case> {
    let both = [TOKIO_POSTGRES, SQLX];
    let cases = both.into_iter().flat_map(|client| {
        NO_FAULTS
            .iter()
            .map(move |(name, report)| query(client, name, harmless(), Says::ToQuery(*report)))
    });
    cases.collect()
}

fn query(client: Client, name: &str, expect: Expect, says: Says) -> Case {
    Case::new(client.name, name, expect, move || async move {
        let server = server(says).await?;
        let port = server.port();
        let outcome = match client.name {
            "sqlx" => query_sqlx(port).await,
            _ => query_tokio_postgres(port).await,
        };
        outcome?.target(&["127.0.0.1"], port)
    })
}

async fn query_tokio_postgres(port: u16) -> Outcome {
    let config = format!("host=127.0.0.1 port={port} user=app sslmode=disable");
    let (client, connection) = tokio_postgres::connect(&config, NoTls).await?;
    let connection = tokio::spawn(connection);
    let outcome = limited(client.simple_query("SELECT 1")).await;
    connection.abort();
    outcome
}

async fn query_sqlx(port: u16) -> Outcome {
    let call = Call { host: "127.0.0.1".to_owned(), port, tls: false };
    let mut connection = PgConnection::connect_with(&sqlx_options(&call)).await?;
    limited(sqlx::query("SELECT 1").execute(&mut connection)).await
}
