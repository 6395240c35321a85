//! Clients with sockets of their own, each called through `netcause_net::call`: whoever makes
//! the call says whom it means, and the error knows it.

use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use netcause_fault::{Category, Fault, Limit};
use netcause_net::{CallError, Ledger, call};
use sqlx::Connection as _;
use tokio::net::TcpListener;

type AnyError = Box<dyn Error + Send + Sync>;
type Connect = fn(SocketAddr) -> Connecting;
type Connecting = Pin<Box<dyn Future<Output = Result<(), AnyError>> + Send>>;

/// How long a call may take where the peer says nothing.
const LIMIT: Duration = Duration::from_millis(300);

/// How long one may take where it ends by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Each client, and how it connects.
const CLIENTS: &[(&str, Connect)] = &[
    ("tokio-postgres", |address| {
        Box::pin(async move {
            let (host, port) = (address.ip(), address.port());
            let config = format!("host={host} port={port} user=app password=secret");
            Ok(tokio_postgres::connect(&config, tokio_postgres::NoTls).await.map(drop)?)
        })
    }),
    ("sqlx", |address| {
        Box::pin(async move {
            let url = format!("postgres://app:secret@{address}/app?sslmode=disable");
            sqlx::PgConnection::connect(&url).await?;
            Ok(())
        })
    }),
    ("redis", |address| {
        Box::pin(async move {
            let client = redis::Client::open(format!("redis://{address}/"))?;
            let config = redis::AsyncConnectionConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            client.get_multiplexed_async_connection_with_config(&config).await?;
            Ok(())
        })
    }),
    ("lapin", |address| {
        Box::pin(async move {
            let url = format!("amqp://guest:guest@{address}/%2f");
            lapin::Connection::connect(&url, lapin::ConnectionProperties::default()).await?;
            Ok(())
        })
    }),
    ("async-nats", |address| {
        Box::pin(async move {
            let options = async_nats::ConnectOptions::new().connection_timeout(PATIENCE);
            options.connect(address.to_string()).await?;
            Ok(())
        })
    }),
];

async fn fault(
    name: &str,
    address: SocketAddr,
    limit: Duration,
    connecting: Connecting,
) -> Fault<'static> {
    let host = format!("{name}.test");
    let made = call(name, &host, address.port()).timeout(limit).run(connecting);
    let error: CallError<AnyError> = made.await.expect_err(name);
    let fault = error.fault().unwrap_or_else(|| panic!("{name}: no fault: {error:?}"));
    assert_eq!(fault.peer.server_address.as_deref(), Some(&*host), "{name}");
    assert_eq!(fault.peer.server_port, Some(address.port()), "{name}");
    assert!(fault.elapsed.is_some(), "{name}");
    Fault::clone(fault)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_port_is_refused_and_its_history_told() {
    for (name, connect) in CLIENTS {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let _ = fault(name, address, PATIENCE, connect(address)).await;
        let again = fault(name, address, PATIENCE, connect(address)).await;
        assert_eq!(again.category, Category::ConnectRefused, "{name}");
        let evidence: String = again.evidence.iter().map(|it| format!("{it}; ")).collect();
        assert!(evidence.contains("never reached"), "{name}: {evidence}");
        assert!(evidence.contains("2 failures in a row"), "{name}: {evidence}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_says_nothing_ends_with_the_limit_of_the_call() {
    for (name, connect) in CLIENTS {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let fault = fault(name, address, LIMIT, connect(address)).await;
        assert_eq!(
            (fault.category, fault.limit),
            (Category::Timeout, Some(Limit::Total)),
            "{name}"
        );
        assert_eq!(fault.timeout, Some(LIMIT), "{name}");
        assert!(fault.elapsed.is_some_and(|elapsed| elapsed >= LIMIT), "{name}");
        drop(listener);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_hangs_up_was_reached_and_failed() {
    for (name, connect) in CLIENTS {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let hanging_up = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
        let fault = fault(name, address, PATIENCE, connect(address)).await;
        hanging_up.abort();
        assert_eq!(fault.category, Category::ConnectionReset, "{name}: {fault:?}");
        let history = Ledger::global().history(&format!("{name}.test"), address.port());
        assert_eq!(history.map(|it| it.failures), Some(1), "{name}");
        let evidence: String = fault.evidence.iter().map(|it| format!("{it}; ")).collect();
        assert!(!evidence.contains("never reached"), "{name}: {evidence}");
    }
}
