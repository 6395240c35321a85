//! A real Redis with redis-rs: each case starts one, which takes milliseconds.

use netcause_client_tests::{Case, Expect, Failure, Outcome, fault, harmless};
use netcause_fault::{Category, Reason};
use redis::aio::MultiplexedConnection;

use crate::instance::Instance;

const CLOSED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionClosed, Reason::ConnectionReset]);

const fn code(category: Category, code: &'static str) -> Expect {
    fault(category).code(code).display_tells()
}

/// Settings, commands before, and the command that fails.
type Scene = (&'static str, Expect, &'static [&'static str], &'static [&'static str], &'static str);

const SCENES: &[Scene] = &[
    ("NOAUTH", code(Category::Auth, "NOAUTH"), &["--requirepass", "secret"], &[], "GET a"),
    (
        "WRONGPASS",
        code(Category::Auth, "WRONGPASS"),
        &["--requirepass", "secret"],
        &[],
        "AUTH wrong",
    ),
    (
        "NOPERM",
        code(Category::Auth, "NOPERM"),
        &[],
        &["ACL SETUSER few on >secret +ping", "AUTH few secret"],
        "SET a 1",
    ),
    (
        "READONLY",
        code(Category::Unavailable, "READONLY"),
        &["--replicaof", "127.0.0.1", "1"],
        &[],
        "SET a 1",
    ),
    (
        "MASTERDOWN",
        code(Category::Unavailable, "MASTERDOWN"),
        &["--replicaof", "127.0.0.1", "1", "--replica-serve-stale-data", "no"],
        &[],
        "GET a",
    ),
    ("OOM", code(Category::Unavailable, "OOM"), &["--maxmemory", "1"], &[], "SET a 1"),
    (
        "NOREPLICAS",
        code(Category::Unavailable, "NOREPLICAS"),
        &["--min-replicas-to-write", "1"],
        &[],
        "SET a 1",
    ),
    (
        "CLUSTERDOWN",
        code(Category::Unavailable, "CLUSTERDOWN"),
        &["--cluster-enabled", "yes"],
        &[],
        "GET a",
    ),
    ("WRONGTYPE", harmless(), &[], &["SET a 1"], "LPUSH a 2"),
    ("unknown command", harmless(), &[], &[], "CONNECT a"),
    ("not an integer", harmless(), &[], &["SET a many"], "INCR a"),
];

pub(crate) fn cases() -> Vec<Case> {
    let scenes = SCENES.iter().map(|(name, expect, settings, before, last)| {
        Case::new("redis", *name, *expect, move || async move {
            let server = tokio::task::block_in_place(|| Instance::redis(settings))?;
            let mut connection = connect(server.port).await?;
            for words in *before {
                command(words).query_async::<()>(&mut connection).await?;
            }
            Failure::of(command(last).query_async::<()>(&mut connection).await)
        })
    });
    let mut cases: Vec<_> = scenes.collect();
    cases.push(Case::new("redis", "SHUTDOWN", CLOSED, shut_down));
    cases
}

fn command(words: &str) -> redis::Cmd {
    let mut command = redis::Cmd::new();
    for word in words.split(' ') {
        command.arg(word);
    }
    command
}

async fn connect(port: u16) -> redis::RedisResult<MultiplexedConnection> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}"))?;
    client.get_multiplexed_async_connection().await
}

/// The command that waits when the server goes.
async fn shut_down() -> Outcome {
    let server = tokio::task::block_in_place(|| Instance::redis(&[]))?;
    let (mut waiting, mut other) = (connect(server.port).await?, connect(server.port).await?);
    waiting.set_response_timeout(std::time::Duration::from_secs(10));
    let waits =
        tokio::spawn(async move { command("BLPOP a 5").query_async::<()>(&mut waiting).await });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let _ = command("SHUTDOWN NOSAVE").query_async::<()>(&mut other).await;
    Failure::of(waits.await?)
}
