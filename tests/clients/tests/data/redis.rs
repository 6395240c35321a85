//! Redis with redis-rs.

use netcause_client_tests::{Case, Expect, Failure, Form, LIMIT, Outcome, fault, harmless, world};
use netcause_fault::{Category, Phase};
use redis::{AsyncConnectionConfig, Client as Redis, TlsCertificates};

use crate::connecting::{
    CLOSED, Call, Client, Expected, Failing, OTHER_PROTOCOL, TIMEOUT, at_once, certificates, plain,
    tls_to_plain,
};
use crate::redis_wire::{Says, server};

const REDIS: Client = Client { name: "redis", fail: connect };

pub(crate) fn cases() -> Vec<Case> {
    // The library's words are the same for every limit.
    let mut cases = plain(
        REDIS,
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL },
    );
    cases.extend(certificates(REDIS, at_once));
    cases.push(tls_to_plain(REDIS));
    cases.extend(LINES.iter().map(|(name, category, code, line)| {
        let expect = fault(*category).code(code).phase(&[Some(Phase::Response)]).display_tells();
        said(name, expect, Says::Line(line))
    }));
    cases.extend([
        said("max number of clients", FULL, Says::Line(MAX_CLIENTS)),
        said(
            "max number of clients, unasked",
            FULL.also(&[Category::ConnectionReset]).untold(UNASKED),
            Says::Unasked(MAX_CLIENTS),
        ),
        said("hangs up on a command", CLOSED, Says::Close),
        said("no answer to a command", TIMEOUT, Says::Hang),
        said("no answer that is RESP", OTHER_PROTOCOL, Says::Line("what?")),
        login("wrong password", "-WRONGPASS invalid username-password pair or user is disabled."),
        login("a password where none is set", NO_PASSWORD_SET),
    ]);
    cases
}

const FULL: Expect = fault(Category::PoolExhausted).display_tells();
const MAX_CLIENTS: &str = "-ERR max number of clients reached";
/// In every form.
const UNASKED: &[(Form, &str)] = &[
    (Form::Typed, "the library drops a reply to nothing, and says only that the peer closed"),
    (Form::Joined, "the library drops a reply to nothing, and says only that the peer closed"),
    (Form::Display, "the library drops a reply to nothing, and says only that the peer closed"),
    (Form::Debug, "the library drops a reply to nothing, and says only that the peer closed"),
];
const NO_PASSWORD_SET: &str = "-ERR AUTH <password> called without any password configured \
     for the default user. Are you sure your configuration is correct?";

/// Error replies, and what they mean.
const LINES: &[(&str, Category, &str, &str)] = &[
    ("NOAUTH", Category::Auth, "NOAUTH", "-NOAUTH Authentication required."),
    (
        "WRONGPASS",
        Category::Auth,
        "WRONGPASS",
        "-WRONGPASS invalid username-password pair or user is disabled.",
    ),
    (
        "NOPERM",
        Category::Auth,
        "NOPERM",
        "-NOPERM User app has no permissions to run the 'ping' command",
    ),
    (
        "DENIED",
        Category::Auth,
        "DENIED",
        "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.",
    ),
    (
        "LOADING",
        Category::Unavailable,
        "LOADING",
        "-LOADING Redis is loading the dataset in memory",
    ),
    (
        "MASTERDOWN",
        Category::Unavailable,
        "MASTERDOWN",
        "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    ),
    ("CLUSTERDOWN", Category::Unavailable, "CLUSTERDOWN", "-CLUSTERDOWN Hash slot not served"),
    (
        "READONLY",
        Category::Unavailable,
        "READONLY",
        "-READONLY You can't write against a read only replica.",
    ),
    (
        "OOM",
        Category::Unavailable,
        "OOM",
        "-OOM command not allowed when used memory > 'maxmemory'.",
    ),
    (
        "MISCONF",
        Category::Unavailable,
        "MISCONF",
        "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    ),
    (
        "NOREPLICAS",
        Category::Unavailable,
        "NOREPLICAS",
        "-NOREPLICAS Not enough good replicas to write.",
    ),
    (
        "BUSY",
        Category::Unavailable,
        "BUSY",
        "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    ),
    (
        "TRYAGAIN",
        Category::Unavailable,
        "TRYAGAIN",
        "-TRYAGAIN Multiple keys request during rehashing of slot",
    ),
    (
        "UNBLOCKED",
        Category::Unavailable,
        "UNBLOCKED",
        "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
    ),
];

/// Errors of the caller's own.
const NO_FAULTS: &[(&str, &str)] = &[
    ("WRONGTYPE", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ("unknown command", "-ERR unknown command 'CONNECT', with args beginning with: "),
    ("NOSCRIPT", "-NOSCRIPT No matching script. Please use EVAL."),
    ("EXECABORT", "-EXECABORT Transaction discarded because of previous errors."),
    ("not an integer", "-ERR value is not an integer or out of range"),
];

pub(crate) fn no_faults() -> Vec<Case> {
    let replies = NO_FAULTS.iter().map(|(name, line)| said(name, harmless(), Says::Line(line)));
    let mut cases: Vec<_> = replies.collect();
    cases.push(Case::new("redis", "a reply of another type", harmless(), || async {
        let server = server(Says::Line("+PONG")).await?;
        let mut connection = open(server.port())?.get_multiplexed_async_connection().await?;
        Failure::of(redis::cmd("GET").query_async::<u64>(&mut connection).await)
    }));
    cases.push(Case::new("redis", "a URL that is none", harmless(), || async {
        Failure::of(Redis::open("redi://127.0.0.1"))
    }));
    cases
}

fn said(name: &str, expect: Expect, says: Says) -> Case {
    Case::new("redis", name, expect, move || async move {
        let server = server(says).await?;
        let call = Call { host: "127.0.0.1".to_owned(), port: server.port(), tls: false };
        connect(call).await?.target(&["127.0.0.1"], server.port())
    })
}

/// A reply to `AUTH`, which the library puts in words of its own.
fn login(name: &'static str, line: &'static str) -> Case {
    Case::new("redis", name, fault(Category::Auth), move || async move {
        let server = server(Says::AtOnce(line)).await?;
        let client = Redis::open(format!("redis://:secret@127.0.0.1:{}", server.port()))?;
        ping(client).await
    })
}

fn open(port: u16) -> redis::RedisResult<Redis> {
    Redis::open(format!("redis://127.0.0.1:{port}"))
}

fn connect(call: Call) -> Failing {
    Box::pin(async move {
        if !call.tls {
            return ping(Redis::open(format!("redis://{}:{}", call.host, call.port))?).await;
        }
        let authority = pem::Pem::new("CERTIFICATE", world().certificates.authority().to_vec());
        let root_cert = Some(pem::encode(&authority).into_bytes());
        let url = format!("rediss://{}:{}", call.host, call.port);
        ping(Redis::build_with_tls(url, TlsCertificates { client_tls: None, root_cert })?).await
    })
}

async fn ping(client: Redis) -> Outcome {
    let limits = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(LIMIT))
        .set_response_timeout(Some(LIMIT));
    match client.get_multiplexed_async_connection_with_config(&limits).await {
        Ok(mut connection) => {
            Failure::of(redis::cmd("PING").query_async::<()>(&mut connection).await)
        }
        Err(error) => Failure::of(Err::<(), _>(error)),
    }
}
