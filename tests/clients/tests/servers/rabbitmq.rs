//! A real RabbitMQ with lapin.

use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, Event};
use netcause_client_tests::{Case, Expect, Failure, Outcome, fault};
use netcause_fault::Category;

use crate::instance::Instance;

const fn code(category: Category, code: &'static str) -> Expect {
    fault(category).code(code).display_tells()
}

pub(crate) fn cases(server: &Arc<Instance>) -> Vec<Case> {
    let port = server.port;
    vec![
        Case::new(
            "lapin",
            "wrong password",
            code(Category::Auth, "ACCESS_REFUSED"),
            move || async move { Failure::of(connect(port, "guest:wrong", "%2f").await) },
        ),
        Case::new(
            "lapin",
            "no such virtual host",
            code(Category::HttpClientError, "NOT_ALLOWED"),
            move || async move { Failure::of(connect(port, "guest:guest", "nope").await) },
        ),
        Case::new(
            "lapin",
            "no such queue",
            code(Category::HttpClientError, "NOT_FOUND"),
            move || async move {
                declare(
                    port,
                    "nowhere",
                    QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() },
                )
                .await
            },
        ),
        Case::new(
            "lapin",
            "a queue declared otherwise",
            code(Category::HttpClientError, "PRECONDITION_FAILED"),
            move || async move {
                let durable =
                    QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
                let _ = declare(port, "payments", QueueDeclareOptions::default()).await;
                declare(port, "payments", durable).await
            },
        ),
    ]
}

/// The broker dies while a client is connected.
pub(crate) fn killed(server: Arc<Instance>) -> Case {
    Case::new("lapin", "broker killed", fault(Category::ConnectionReset), move || async move {
        let connection = connect(server.port, "guest:guest", "%2f").await?;
        let mut events = pin!(connection.events_listener());
        server.kill()?;
        while let Some(event) = events.next().await {
            if let Event::Error(error) = event {
                return Failure::of(Err::<(), _>(error));
            }
        }
        Err("no error".into())
    })
}

async fn connect(port: u16, user: &str, vhost: &str) -> lapin::Result<Connection> {
    let uri = format!("amqp://{user}@127.0.0.1:{port}/{vhost}");
    Connection::connect(&uri, ConnectionProperties::default()).await
}

async fn declare(port: u16, queue: &str, options: QueueDeclareOptions) -> Outcome {
    let connection = connect(port, "guest:guest", "%2f").await?;
    let channel = connection.create_channel().await?;
    Failure::of(channel.queue_declare(queue.into(), options, FieldTable::default()).await)
}
