//! RabbitMQ with lapin.

use lapin::options::QueueDeclareOptions;
use lapin::tcp::OwnedTLSConfig;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use netcause_client_tests::{Case, Expect, fault, harmless, world};
use netcause_fault::{Category, Phase};

use crate::amqp_wire::{Says, server};
use crate::connecting::{
    CLOSED, Call, Client, Expected, Failing, OTHER_PROTOCOL, TIMEOUT, at_once, certificates, plain,
    tls_to_plain,
};
use crate::postgres::limited;

const LAPIN: Client = Client { name: "lapin", fail: connect };

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain(
        LAPIN,
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL },
    );
    cases.extend(certificates(LAPIN, at_once));
    cases.push(tls_to_plain(LAPIN));
    cases.extend(CLOSES.iter().map(|(name, category, code, says)| {
        let expect = fault(*category).code(code).phase(&[Some(Phase::Response)]).display_tells();
        said(name, expect, *says)
    }));
    cases
}

/// Why a broker closes a connection or a channel.
const CLOSES: &[(&str, Category, &str, Says)] = &[
    (
        "wrong password",
        Category::Auth,
        "ACCESS_REFUSED",
        Says::ToLogin(
            403,
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
        ),
    ),
    (
        "no such virtual host",
        Category::HttpClientError,
        "NOT_ALLOWED",
        Says::ToOpen(530, "NOT_ALLOWED - vhost app not found"),
    ),
    (
        "no right to the virtual host",
        Category::Auth,
        "NOT_ALLOWED",
        Says::ToOpen(530, "NOT_ALLOWED - access to vhost 'app' refused for user 'app'"),
    ),
    (
        "too many connections",
        Category::PoolExhausted,
        "NOT_ALLOWED",
        Says::ToOpen(
            530,
            "NOT_ALLOWED - access to vhost 'app' refused for user 'app': connection limit (100) is reached",
        ),
    ),
    (
        "no such queue",
        Category::HttpClientError,
        "NOT_FOUND",
        Says::ToCommand(404, "NOT_FOUND - no queue 'payments' in vhost '/'"),
    ),
    (
        "no right to the queue",
        Category::Auth,
        "ACCESS_REFUSED",
        Says::ToCommand(
            403,
            "ACCESS_REFUSED - access to queue 'payments' in vhost '/' refused for user 'app'",
        ),
    ),
    (
        "a queue declared otherwise",
        Category::HttpClientError,
        "PRECONDITION_FAILED",
        Says::ToCommand(
            406,
            "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'payments' in vhost '/': received 'true' but current is 'false'",
        ),
    ),
    (
        "an exclusive queue",
        Category::HttpClientError,
        "RESOURCE_LOCKED",
        Says::ToCommand(
            405,
            "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'payments' in vhost '/'",
        ),
    ),
    (
        "shutting down",
        Category::Unavailable,
        "CONNECTION_FORCED",
        Says::Forced(
            320,
            "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
        ),
    ),
    (
        "an internal error",
        Category::HttpServerError,
        "INTERNAL_ERROR",
        Says::Forced(541, "INTERNAL_ERROR"),
    ),
    (
        "no resources",
        Category::Unavailable,
        "RESOURCE_ERROR",
        Says::Forced(506, "RESOURCE_ERROR - node is low on memory"),
    ),
];

pub(crate) fn no_faults() -> Vec<Case> {
    vec![Case::new("lapin", "a URI that is none", harmless(), || async {
        limited(Connection::connect("amqp//127.0.0.1", ConnectionProperties::default())).await
    })]
}

fn said(name: &str, expect: Expect, says: Says) -> Case {
    Case::new("lapin", name, expect, move || async move {
        let server = server(says).await?;
        let call = Call { host: "127.0.0.1".to_owned(), port: server.port(), tls: false };
        connect(call).await?.target(&["127.0.0.1"], server.port())
    })
}

/// Connects and declares a queue.
fn connect(call: Call) -> Failing {
    Box::pin(async move {
        let scheme = if call.tls { "amqps" } else { "amqp" };
        let uri = format!("{scheme}://app:secret@{}:{}/app", call.host, call.port);
        let authority = pem::Pem::new("CERTIFICATE", world().certificates.authority().to_vec());
        let tls = OwnedTLSConfig { identity: None, cert_chain: Some(pem::encode(&authority)) };
        let options = ConnectionProperties::default();
        let runtime = lapin::runtime::default_runtime()?;
        limited(async move {
            let connection = Connection::connect_with_config(&uri, options, tls, runtime).await?;
            let channel = connection.create_channel().await?;
            let arguments = FieldTable::default();
            let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
            channel.queue_declare("payments".into(), options, arguments).await
        })
        .await
    })
}
