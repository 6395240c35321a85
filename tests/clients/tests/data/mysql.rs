//! MySQL with mysql_async and sqlx.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, SslOpts};
use netcause_client_tests::{Case, Expect, Form, fault, harmless, world};
use netcause_fault::{Category, Phase};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions, Connection};

use crate::connecting::{CLOSED, Call, Client, Expected, Failing, OTHER_PROTOCOL, TIMEOUT, plain};
use crate::mysql_wire::{Report, Says, report, server};
use crate::postgres::limited;

const MYSQL_ASYNC: Client = Client { name: "mysql_async", fail: connect_mysql_async };
const SQLX: Client = Client { name: "sqlx (mysql)", fail: connect_sqlx };

pub(crate) fn cases() -> Vec<Case> {
    let expected =
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL };
    let http = OTHER_PROTOCOL.untold(TOO_LARGE);
    let mut cases = plain(MYSQL_ASYNC, Expected { http, ..expected });
    cases.extend(plain(SQLX, expected));
    for client in [MYSQL_ASYNC, SQLX] {
        cases.extend(
            REPORTS.iter().map(|(name, category, says)| reported(client, name, *category, *says)),
        );
        cases.push(query(client, "hangs up on a query", CLOSED, Says::CloseOnQuery));
    }
    cases
}

/// The letters of an answer of HTTP, read as a length.
const TOO_LARGE: &[(Form, &str)] = &[
    (Form::Typed, "the library says the same of a query that is too long"),
    (Form::Joined, "the library says the same of a query that is too long"),
];

const DENIED: Report =
    report(1045, "28000", "Access denied for user 'app'@'10.0.0.1' (using password: YES)");

/// What a server says, and when.
const REPORTS: &[(&str, Category, Says)] = &[
    (
        "too many connections",
        Category::PoolExhausted,
        Says::AtStart(report(1040, "08004", "Too many connections")),
    ),
    (
        "host not allowed",
        Category::Auth,
        Says::AtStart(report(
            1130,
            "HY000",
            "Host '10.0.0.1' is not allowed to connect to this MySQL server",
        )),
    ),
    ("wrong password", Category::Auth, Says::ToLogin(DENIED)),
    (
        "no right to the database",
        Category::Auth,
        Says::ToLogin(report(
            1044,
            "42000",
            "Access denied for user 'app'@'%' to database 'appdb'",
        )),
    ),
    (
        "no such database",
        Category::HttpClientError,
        Says::ToLogin(report(1049, "42000", "Unknown database 'appdb'")),
    ),
    (
        "too many for the user",
        Category::PoolExhausted,
        Says::ToLogin(report(
            1203,
            "42000",
            "User app already has more than 'max_user_connections' active connections",
        )),
    ),
    (
        "lock wait timeout",
        Category::Unavailable,
        Says::ToQuery(report(
            1205,
            "HY000",
            "Lock wait timeout exceeded; try restarting transaction",
        )),
    ),
    (
        "deadlock",
        Category::Unavailable,
        Says::ToQuery(report(
            1213,
            "40001",
            "Deadlock found when trying to get lock; try restarting transaction",
        )),
    ),
    (
        "read-only",
        Category::Unavailable,
        Says::ToQuery(report(
            1290,
            "HY000",
            "The MySQL server is running with the --read-only option so it cannot execute this statement",
        )),
    ),
    (
        "shutting down",
        Category::Unavailable,
        Says::ToQuery(report(1053, "08S01", "Server shutdown in progress")),
    ),
    (
        "query took too long",
        Category::ResponseTimeout,
        Says::ToQuery(report(
            3024,
            "HY000",
            "Query execution was interrupted, maximum statement execution time exceeded",
        )),
    ),
    (
        "disk full",
        Category::Unavailable,
        Says::ToQuery(report(
            1021,
            "HY000",
            "Disk full (/var/tmp); waiting for someone to free some space...",
        )),
    ),
];

const NO_FAULTS: &[(&str, Report)] = &[
    (
        "syntax error",
        report(
            1064,
            "42000",
            "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'TIMEOUT' at line 1",
        ),
    ),
    ("no such table", report(1146, "42S02", "Table 'appdb.payments' doesn't exist")),
    ("duplicate entry", report(1062, "23000", "Duplicate entry '7' for key 'PRIMARY'")),
];

pub(crate) fn no_faults() -> Vec<Case> {
    let both = [MYSQL_ASYNC, SQLX];
    let cases = both.into_iter().flat_map(|client| {
        NO_FAULTS
            .iter()
            .map(move |(name, report)| query(client, name, harmless(), Says::ToQuery(*report)))
    });
    cases.collect()
}

fn reported(client: Client, name: &str, category: Category, says: Says) -> Case {
    let number = match says {
        Says::AtStart(report) | Says::ToLogin(report) | Says::ToQuery(report) => report.number,
        Says::CloseOnQuery => 0,
    };
    let code = NUMBERS.iter().find(|(it, _)| *it == number).map_or("", |(_, code)| code);
    let expect = fault(category).code(code).phase(&[Some(Phase::Response)]).display_tells();
    query(client, name, expect, says)
}

/// `error.type` is the number.
const NUMBERS: &[(u16, &str)] = &[
    (1021, "1021"),
    (1040, "1040"),
    (1044, "1044"),
    (1045, "1045"),
    (1049, "1049"),
    (1053, "1053"),
    (1130, "1130"),
    (1203, "1203"),
    (1205, "1205"),
    (1213, "1213"),
    (1290, "1290"),
    (3024, "3024"),
];

fn query(client: Client, name: &str, expect: Expect, says: Says) -> Case {
    Case::new(client.name, name, expect, move || async move {
        let server = server(says).await?;
        let call = Call { host: "127.0.0.1".to_owned(), port: server.port(), tls: false };
        (client.fail)(call).await?.target(&["127.0.0.1"], server.port())
    })
}

/// Connects and asks once.
fn connect_mysql_async(call: Call) -> Failing {
    Box::pin(async move {
        let mut options = OptsBuilder::default()
            .ip_or_hostname(call.host)
            .tcp_port(call.port)
            .user(Some("app"))
            .pass(Some("secret"))
            .db_name(Some("appdb"))
            .prefer_socket(false)
            .max_allowed_packet(Some(1 << 20))
            .wait_timeout(Some(60));
        if call.tls {
            let roots = vec![world().certificates.authority().to_vec().into()];
            options = options.ssl_opts(SslOpts::default().with_root_certs(roots));
        }
        limited(async {
            let mut connection = Conn::new(options).await?;
            connection.query_drop("SELECT 1").await
        })
        .await
    })
}

/// Connects and asks once.
fn connect_sqlx(call: Call) -> Failing {
    Box::pin(async move {
        let options = MySqlConnectOptions::new()
            .host(&call.host)
            .port(call.port)
            .username("app")
            .password("secret")
            .database("appdb")
            .ssl_mode(MySqlSslMode::Disabled);
        limited(async {
            let mut connection: MySqlConnection = options.connect().await?;
            sqlx::raw_sql("SELECT 1").execute(&mut connection).await?;
            connection.close().await
        })
        .await
    })
}
