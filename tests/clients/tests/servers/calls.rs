//! Real servers, called through `netcause_net::call`.

use netcause_fault::Category;
use netcause_net::{CallError, Ledger, call};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};

use crate::instance::Instance;

async fn ping(port: u16, password: &str) -> Result<(), CallError<sqlx::Error>> {
    let options = PgConnectOptions::new().host("127.0.0.1").port(port).ssl_mode(PgSslMode::Disable);
    let options = options.username("app").password(password).database("postgres");
    let made = call("users", "users.test", port).db_system("postgresql");
    made.run(async {
        let mut connection: PgConnection = options.connect().await?;
        connection.ping().await
    })
    .await
}

#[tokio::test]
async fn a_call_knows_what_postgres_says_of_it() {
    let server = Instance::postgres().expect("a PostgreSQL server");
    let port = server.port;
    let history = || Ledger::global().history("users.test", port).expect("it was called");

    let error = ping(port, "wrong").await.expect_err("the password is wrong");
    let fault = error.fault().expect("it is a fault");
    assert_eq!((fault.category, fault.code.as_deref()), (Category::Auth, Some("28P01")));
    assert_eq!(fault.peer.server_address.as_deref(), Some("users.test"));
    assert!(matches!(error.failed(), Some(sqlx::Error::Database(_))));
    // It answered: nothing is wrong with the peer.
    assert_eq!((history().failures, history().answered.is_some()), (0, true));

    ping(port, "secret").await.expect("it is well");
    drop(server);
    let error = ping(port, "secret").await.expect_err("it is gone");
    let fault = error.fault().expect("it is a fault");
    assert_eq!(fault.category, Category::ConnectRefused);
    let evidence: String = fault.evidence.iter().map(|it| format!("{it}; ")).collect();
    assert!(evidence.contains("last reached"), "{evidence}");
    assert_eq!(history().failures, 1);
}
