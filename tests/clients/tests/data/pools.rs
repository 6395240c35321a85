//! Pools of connections: deadpool's and sqlx' own.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use netcause_cli::peers::{Peer, Script};
use netcause_client_tests::{Case, Expect, Failure, LIMIT, Outcome, fault};
use netcause_fault::{Category, Phase, Reason};
use sqlx::postgres::PgPoolOptions;
use tokio_postgres::NoTls;

use crate::connecting::{CLOSED, CONNECT_TIMEOUT, NO_NAME, REFUSED};
use crate::postgres_wire::{Says, error, fatal, server};

const NO_SLOT: Expect = fault(Category::PoolExhausted)
    .reason(&[Reason::PoolTimeout])
    .phase(&[Some(Phase::Pool)])
    .display_tells();
/// A limit over lookup, TCP and login.
const CREATING: Expect = fault(Category::Timeout).reason(&[Reason::Timeout]);

const DEADPOOL: &str = "deadpool-postgres";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(DEADPOOL, "closed port", REFUSED, || async {
            let peer = Peer::closed_port()?;
            get("127.0.0.1", peer.port()).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(DEADPOOL, "no such host", NO_NAME, || async {
            get(netcause_client_tests::NO_HOST, 5432).await
        }),
        Case::new(DEADPOOL, "connect dropped", CONNECT_TIMEOUT, || async {
            let peer = Peer::full_queue(None).await?;
            get("127.0.0.1", peer.port()).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(DEADPOOL, "hangs up", CLOSED, || async {
            let peer = Peer::scripted(Script::new().finish()).await?;
            get("127.0.0.1", peer.port()).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(DEADPOOL, "a login that hangs", CREATING, || async {
            let peer = Peer::silent().await?;
            get("127.0.0.1", peer.port()).await?.target(&["127.0.0.1"], peer.port())
        }),
        Case::new(DEADPOOL, "wrong password", fault(Category::Auth).code("28P01"), || async {
            let report = fatal("28P01", "password authentication failed for user \"app\"");
            get("127.0.0.1", server(Says::AtStart(report)).await?.port()).await
        }),
        Case::new(DEADPOOL, "every connection taken", NO_SLOT, || async {
            let server = server(Says::HangOnQuery).await?;
            let pool = deadpool("127.0.0.1", server.port())?;
            let _taken = pool.get().await?;
            Failure::of(pool.get().await)?.target(&["127.0.0.1"], server.port())
        }),
        Case::new("sqlx", "every connection taken", NO_SLOT, || async {
            let server = server(Says::HangOnQuery).await?;
            let pool = sqlx_pool(server.port())?;
            let _taken = pool.acquire().await?;
            Failure::of(pool.acquire().await)?.target(&["127.0.0.1"], server.port())
        }),
        // The pool keeps the cause to itself, so the verdict is the pool's, and the hint
        // names both.
        Case::new("sqlx", "pool of a closed port", NO_SLOT, || async {
            let peer = Peer::closed_port()?;
            Failure::of(sqlx_pool(peer.port())?.acquire().await)
        }),
        Case::new("sqlx", "pool of a full server", fault(Category::PoolExhausted), || async {
            let report = fatal("53300", "sorry, too many clients already");
            let server = server(Says::AtStart(report)).await?;
            Failure::of(sqlx_pool(server.port())?.acquire().await)
        }),
        Case::new(
            DEADPOOL,
            "a query that fails",
            fault(Category::Unavailable).code("40001"),
            || async {
                let report = error("40001", "could not serialize access due to concurrent update");
                let server = server(Says::ToQuery(report)).await?;
                let client = deadpool("127.0.0.1", server.port())?.get().await?;
                Failure::of(client.simple_query("SELECT 1").await)
            },
        ),
    ]
}

/// The pool's error when it makes a connection.
async fn get(host: &str, port: u16) -> Outcome {
    Failure::of(deadpool(host, port)?.get().await)
}

fn deadpool(host: &str, port: u16) -> Result<Pool, Box<dyn std::error::Error + Send + Sync>> {
    let mut config = tokio_postgres::Config::new();
    config.host(host).port(port).user("app").password("secret").connect_timeout(LIMIT);
    let recycling_method = RecyclingMethod::Fast;
    let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
    let limits = Timeouts { wait: Some(LIMIT), create: Some(LIMIT * 2), recycle: Some(LIMIT) };
    Ok(Pool::builder(manager).max_size(1).timeouts(limits).runtime(Runtime::Tokio1).build()?)
}

fn sqlx_pool(port: u16) -> Result<sqlx::PgPool, sqlx::Error> {
    let url = format!("postgres://app:secret@127.0.0.1:{port}/appdb?sslmode=disable");
    PgPoolOptions::new().max_connections(1).acquire_timeout(LIMIT * 2).connect_lazy(&url)
}
