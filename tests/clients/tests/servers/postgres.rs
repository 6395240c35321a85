//! A real PostgreSQL with tokio-postgres and sqlx.

use std::sync::Arc;

use netcause_client_tests::{Case, Expect, Failure, Outcome, fault, harmless};
use netcause_fault::{Category, Reason};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::instance::{Instance, signal};

type Any<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const CLOSED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionClosed, Reason::ConnectionReset]);

pub(crate) fn cases(server: &Arc<Instance>) -> Vec<Case> {
    let port = server.port;
    let mut cases = vec![
        refused(port, "wrong password", "app", "postgres", code(Category::Auth, "28P01")),
        refused(port, "no such database", "app", "nope", code(Category::HttpClientError, "3D000")),
        Case::new(
            "tokio-postgres",
            "too many for the role",
            code(Category::PoolExhausted, "53300"),
            move || too_many(port),
        ),
        Case::new(
            "tokio-postgres",
            "terminated in a query",
            code(Category::Unavailable, "57P01"),
            move || terminated(port),
        ),
    ];
    for (name, expect, statements) in STATEMENTS {
        cases.push(Case::new("tokio-postgres", *name, *expect, move || {
            by_tokio_postgres(port, statements)
        }));
        cases.push(Case::new("sqlx", *name, *expect, move || by_sqlx(port, statements)));
    }
    cases.push(Case::new(
        "sqlx",
        "wrong password",
        code(Category::Auth, "28P01"),
        move || async move { Failure::of(connect_sqlx(port, "wrong").await) },
    ));
    cases
}

/// What ends the server: each case has one of its own.
pub(crate) fn ends(crashing: Arc<Instance>, stopping: Arc<Instance>) -> Vec<Case> {
    let port = crashing.port;
    vec![
        Case::new("tokio-postgres", "backend killed in a query", CLOSED, move || async move {
            let outcome = killed(port).await;
            drop(crashing);
            outcome
        }),
        Case::new(
            "tokio-postgres",
            "shutting down",
            code(Category::Unavailable, "57P03"),
            move || async move {
                // It waits for those who are connected, and lets nobody else in.
                let _held = connect(stopping.port, "postgres").await?;
                stopping.stop()?;
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                Failure::of(connect(stopping.port, "postgres").await)
            },
        ),
    ]
}

const fn code(category: Category, code: &'static str) -> Expect {
    fault(category).code(code)
}

/// Statements of which the last one fails.
const STATEMENTS: &[(&str, Expect, &[&str])] = &[
    (
        "statement timeout",
        code(Category::ResponseTimeout, "57014"),
        &["SET statement_timeout = 50", "SELECT pg_sleep(5)"],
    ),
    (
        "read-only",
        code(Category::Unavailable, "25006"),
        &["SET default_transaction_read_only = on", "CREATE TABLE payments (id int)"],
    ),
    (
        "no slot of memory",
        code(Category::Unavailable, "53200"),
        &["DO $$ BEGIN RAISE 'out of memory' USING ERRCODE = '53200'; END $$"],
    ),
    (
        "no right",
        code(Category::Auth, "42501"),
        &["SET SESSION AUTHORIZATION pg_monitor", "SELECT * FROM pg_authid"],
    ),
    ("syntax error", harmless(), &["SELEC 1"]),
    ("no such table", harmless(), &["SELECT * FROM nowhere"]),
    (
        "unique violation",
        harmless(),
        &["CREATE TEMP TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1), (1)"],
    ),
    ("division by zero", harmless(), &["SELECT 1 / 0"]),
];

async fn by_tokio_postgres(port: u16, statements: &'static [&'static str]) -> Outcome {
    let client = connect(port, "postgres").await?;
    let (last, before) = statements.split_last().ok_or("no statement")?;
    for statement in before {
        client.batch_execute(statement).await?;
    }
    Failure::of(client.batch_execute(last).await)
}

async fn by_sqlx(port: u16, statements: &'static [&'static str]) -> Outcome {
    let mut connection = connect_sqlx(port, "secret").await?;
    let (last, before) = statements.split_last().ok_or("no statement")?;
    for statement in before {
        sqlx::raw_sql(*statement).execute(&mut connection).await?;
    }
    Failure::of(sqlx::raw_sql(*last).execute(&mut connection).await)
}

fn refused(
    port: u16,
    name: &'static str,
    user: &'static str,
    database: &'static str,
    expect: Expect,
) -> Case {
    Case::new("tokio-postgres", name, expect, move || async move {
        let password = if name == "wrong password" { "wrong" } else { "secret" };
        let config =
            format!("host=127.0.0.1 port={port} user={user} password={password} dbname={database}");
        Failure::of(tokio_postgres::connect(&config, NoTls).await)?.target(&["127.0.0.1"], port)
    })
}

async fn connect(port: u16, database: &str) -> Result<Client, tokio_postgres::Error> {
    connect_as(port, "app", database).await
}

async fn connect_as(
    port: u16,
    user: &str,
    database: &str,
) -> Result<Client, tokio_postgres::Error> {
    let config =
        format!("host=127.0.0.1 port={port} user={user} password=secret dbname={database}");
    let (client, connection) = tokio_postgres::connect(&config, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn connect_sqlx(port: u16, password: &str) -> Result<PgConnection, sqlx::Error> {
    let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port);
    let options = options.username("app").password(password).database("postgres");
    PgConnection::connect_with(&options.ssl_mode(PgSslMode::Disable).disable_statement_logging())
        .await
}

async fn too_many(port: u16) -> Outcome {
    let admin = connect(port, "postgres").await?;
    admin.batch_execute("CREATE ROLE few LOGIN PASSWORD 'secret' CONNECTION LIMIT 1").await?;
    let _held = connect_as(port, "few", "postgres").await?;
    Failure::of(connect_as(port, "few", "postgres").await)
}

async fn terminated(port: u16) -> Outcome {
    let (victim, admin) = (connect(port, "postgres").await?, connect(port, "postgres").await?);
    let process = process_of(&victim).await?;
    let query = tokio::spawn(async move { victim.batch_execute("SELECT pg_sleep(5)").await });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    admin.batch_execute(&format!("SELECT pg_terminate_backend({process})")).await?;
    Failure::of(query.await?)
}

async fn killed(port: u16) -> Outcome {
    let victim = connect(port, "postgres").await?;
    let process = process_of(&victim).await?;
    let query = tokio::spawn(async move { victim.batch_execute("SELECT pg_sleep(5)").await });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    signal("KILL", process)?;
    Failure::of(query.await?)
}

async fn process_of(client: &Client) -> Any<u32> {
    let rows = client.simple_query("SELECT pg_backend_pid()").await?;
    let process = rows.iter().find_map(|row| match row {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    });
    Ok(process.ok_or("no process")?)
}
