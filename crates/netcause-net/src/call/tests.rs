use std::error::Error;
use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use netcause_fault::{Category, Fault, Limit, Phase, Reason, WithFault, classify};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::{Instrument, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::{CallError, FaultContext, call};
use crate::{Attempt, Connector, Ledger, Operation, Outcome, Served};

/// A query over a socket of its own: one byte there, one byte back.
async fn query(address: SocketAddr) -> io::Result<u8> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(b"?").await?;
    socket.read_u8().await
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port on which nothing listens.
async fn closed_port() -> SocketAddr {
    listener().await.1
}

async fn answer(listener: TcpListener) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let _ = socket.read_u8().await;
    let _ = socket.write_all(b"!").await;
}

fn evidence(fault: &Fault<'_>) -> String {
    fault.evidence.iter().map(|it| format!("{it}; ")).collect()
}

#[tokio::test]
async fn a_refused_call_names_whom_it_meant_and_gives_the_own_error_back() {
    let address = closed_port().await;
    let made = call("carts", "db.test", address.port()).protocol("postgresql");
    let error = made.run(query(address)).await.unwrap_err();
    let fault = Arc::clone(error.fault().expect("it is a fault"));
    assert_eq!(fault.category, Category::ConnectRefused);
    assert_eq!(fault.peer.server_address.as_deref(), Some("db.test"));
    assert_eq!(fault.peer.server_port, Some(address.port()));
    assert_eq!(fault.peer.protocol.as_deref(), Some("postgresql"));
    assert!(fault.elapsed.is_some());
    let evidence = evidence(&fault);
    assert!(evidence.contains("ECONNREFUSED") && evidence.contains("never reached"), "{evidence}");

    // Whoever logs it, as it is or inside another error, tells that very fault.
    let outer = io::Error::other(error);
    let found = WithFault::find(&outer).map(|it| Arc::clone(it.fault()));
    assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &fault)));
    let error: CallError<io::Error> = outer.downcast().unwrap();
    assert_eq!(error.to_string(), "Connection refused (os error 111)");
    assert!(!error.is_timeout());
    assert_eq!(error.into_failed().unwrap().raw_os_error(), Some(111));
}

#[tokio::test]
async fn a_call_that_hangs_ends_with_its_limit() {
    let (listener, address) = listener().await;
    let limit = Duration::from_millis(40);
    let made = call("carts", "db.test", address.port()).timeout(limit);
    let error = made.run(query(address)).await.unwrap_err();
    drop(listener);
    assert!(error.is_timeout() && error.failed().is_none());
    let fault = error.fault().expect("it is a fault");
    assert_eq!((fault.reason, fault.limit), (Some(Reason::Timeout), Some(Limit::Total)));
    assert_eq!(fault.timeout, Some(limit));
    assert!(fault.elapsed.is_some_and(|elapsed| elapsed >= limit));
    assert!(!evidence(fault).contains("never reached"), "a connection stood: {}", evidence(fault));
    assert_eq!(error.to_string(), "the call did not end within 40ms");
    assert!(error.into_failed().is_err());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connect_that_nobody_answers_is_seen_in_the_kernel() {
    // A full queue of connections that nobody accepts: further ones are not answered.
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let _filler = TcpStream::connect(address).await.unwrap();
    let made = call("carts", "127.0.0.1", address.port()).timeout(Duration::from_millis(40));
    let error = made.run(query(address)).await.unwrap_err();
    let evidence = evidence(error.fault().expect("it is a fault"));
    let expected = format!("a connect to {address} is under way: 1 SYN sent, no answer");
    assert!(evidence.contains(&expected), "{evidence}");
}

#[tokio::test]
async fn an_answer_clears_the_failures_of_a_peer() {
    let (listener, address) = listener().await;
    let port = address.port();
    for failures in 1..4 {
        let made = call("carts", "db-that-heals.test", port);
        let failed = made.run(query(closed_port().await)).await.unwrap_err();
        let history = Ledger::global().history("db-that-heals.test", port).unwrap();
        assert_eq!(history.failures, failures);
        let told = format!("{failures} failures in a row");
        assert_eq!(evidence(failed.fault().unwrap()).contains(&told), failures > 1);
    }
    let made = call("carts", "db-that-heals.test", port);
    let (answered, ()) = tokio::join!(made.run(query(address)), answer(listener));
    assert_eq!(answered.unwrap(), b'!');
    let history = Ledger::global().history("db-that-heals.test", port).unwrap();
    assert_eq!((history.failures, history.answered.is_some()), (0, true));
}

/// An error as databases have them.
#[derive(Debug)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Refused {}

#[tokio::test]
async fn an_error_that_is_no_fault_is_passed_on_as_it_is() {
    let missing = Refused("no rows returned by a query that expected to return one row");
    let error = call("carts", "rows.test", 1).run(async { Err::<(), _>(missing) }).await;
    let error = error.unwrap_err();
    assert!(error.fault().is_none() && WithFault::find(&error).is_none());
    assert!(error.failed().is_some());
    assert_eq!(Ledger::global().history("rows.test", 1), None);
}

#[tokio::test]
async fn a_wrong_password_is_an_answer_of_the_peer() {
    let wrong = Refused("FATAL: password authentication failed for user \"app\" (SQLSTATE 28P01)");
    let made = call("carts", "password.test", 1).db_system("postgresql");
    let error = made.run(async { Err::<(), _>(wrong) }).await.unwrap_err();
    let fault = error.fault().expect("it is a fault");
    assert_eq!((fault.category, fault.code.as_deref()), (Category::Auth, Some("28P01")));
    let history = Ledger::global().history("password.test", 1).unwrap();
    assert_eq!((history.failures, history.answered.is_some()), (0, true));
}

#[tokio::test]
async fn an_error_without_a_type_is_taken_too() {
    let address = closed_port().await;
    let made = call("carts", "db.test", address.port());
    let query = async { Ok::<u8, Box<dyn Error + Send + Sync>>(query(address).await?) };
    let error = made.run(query).await.unwrap_err();
    assert_eq!(error.fault().map(|it| it.category), Some(Category::ConnectRefused));
    assert_eq!(error.into_inner().to_string(), "Connection refused (os error 111)");
}

#[tokio::test]
async fn what_our_own_connector_knows_stands() {
    let address = closed_port().await;
    let made = call("carts", "127.0.0.1", address.port());
    let connector = Connector::new();
    let connecting = connector.connect("127.0.0.1", address.port());
    let error = made.run(async { connecting.await.map(drop) }).await.unwrap_err();
    let fault = error.fault().expect("it is a fault");
    assert_eq!(fault.peer.peer_address, Some(address.ip()));
    let history = Ledger::global().history("127.0.0.1", address.port()).unwrap();
    assert_eq!(history.failures, 1, "one failure is noted once");
}

#[tokio::test]
async fn the_number_of_a_try_is_told() {
    let address = closed_port().await;
    let attempt = Operation::new(Some(5)).attempt(2);
    let made = call("carts", "db.test", address.port());
    let error = attempt.scope(made.run(query(address))).await.unwrap_err();
    let attempts = error.fault().expect("it is a fault").attempts;
    assert_eq!((attempts.attempt, attempts.max_attempts), (Some(2), Some(5)));
    assert!(error.fault().unwrap().summary().to_string().ends_with("Retries: 2/5"));
    assert!(Attempt::current().is_none());
}

#[tokio::test]
async fn the_request_that_is_served_learns_of_the_call_once() {
    let address = closed_port().await;
    let served = Served::new();
    let outer = call("carts", "db.test", address.port());
    let inner = call("carts", "inner.test", address.port());
    let calls = async {
        // A call inside a call is a part of it.
        outer.run(async { inner.run(query(address)).await }).await.unwrap_err();
        call("well", "ok.test", 1).run(async { Ok::<_, io::Error>(()) }).await.unwrap();
    };
    served.clone().scope(calls).await;
    let impact = served.impact(false);
    assert_eq!((impact.calls, impact.calls_failed), (2, 1));
    assert_eq!(impact.outcome, Outcome::Degraded);
    let fault = impact.fault.expect("one call failed");
    assert_eq!(fault.peer.server_address.as_deref(), Some("db.test"));
}

#[tokio::test]
async fn a_call_that_is_given_up_is_no_failure_of_the_peer() {
    let served = Served::new();
    let made = call("carts", "slow.test", 1).run(pending::<Result<(), io::Error>>());
    let given_up = tokio::time::timeout(Duration::from_millis(5), made);
    served.clone().scope(given_up).await.unwrap_err();
    assert_eq!(Ledger::global().history("slow.test", 1), None);
    let impact = served.impact(false);
    assert_eq!(impact.fault.map(|it| it.category), Some(Category::Cancelled));
}

#[test]
fn context_says_what_a_timer_ended() {
    for (phase, reason) in [
        (Phase::Connect, Reason::ConnectTimeout),
        (Phase::Tls, Reason::TlsHandshakeTimeout),
        (Phase::Response, Reason::ResponseTimeout),
        (Phase::Pool, Reason::PoolTimeout),
        (Phase::Request, Reason::Timeout),
    ] {
        let elapsed = Refused("deadline has elapsed");
        let context = call("db", "db.test", 1).phase(phase).timeout(Duration::from_secs(2));
        let error = Err::<(), _>(elapsed).fault_context(context).unwrap_err();
        let fault = error.fault().expect("it is a fault");
        assert_eq!((fault.reason, fault.phase), (Some(reason), Some(phase)));
        assert_eq!(fault.timeout, Some(Duration::from_secs(2)));
        assert_eq!(classify(&error).and_then(|it| it.reason), Some(reason));
    }
}

#[test]
fn context_makes_no_fault_of_what_is_none() {
    let context = call("db", "db.test", 1).phase(Phase::Response).timeout(Duration::from_secs(2));
    let error = "x".parse::<u16>().fault_context(context).unwrap_err();
    assert!(error.fault().is_none() && classify(&error).is_none());
    assert!(Ok::<_, io::Error>(1).fault_context(context).is_ok());
}

#[test]
fn a_limit_is_told_only_where_it_ran_out() {
    let refused = io::Error::from_raw_os_error(111);
    let context = call("db", "db.test", 2).phase(Phase::Connect).timeout(Duration::from_secs(2));
    let error = Err::<(), _>(refused).fault_context(context).unwrap_err();
    assert_eq!(error.fault().map(|it| (it.timeout, it.limit)), Some((None, None)));
}

/// Each field of each span, as it was given or recorded.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl Visit for Spans {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let known = WithFault::find(value).is_some();
        self.record_debug(field, &format_args!("{value} known={known}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut self.clone());
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

#[tokio::test]
async fn the_span_tells_whom_and_why() {
    let address = closed_port().await;
    let spans = Spans::default();
    let made = call("carts", "db.test", address.port()).db_system("postgresql");
    let asked = made.run(query(address)).in_current_span();
    let asked = asked.with_subscriber(Registry::default().with(spans.clone())).await;
    assert!(asked.is_err());
    let told = spans.0.lock().unwrap().join("\n");
    for field in [
        "otel.kind=client",
        "otel.name=carts",
        "server.address=db.test",
        &format!("server.port={}", address.port()),
        "db.system.name=postgresql",
        "error.type=connect_refused",
        "otel.status_code=ERROR",
        "error=Connection refused (os error 111) known=true",
    ] {
        assert!(told.lines().any(|line| line == field), "{field}:\n{told}");
    }
}
