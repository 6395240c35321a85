//! Clients against real servers, which the tests start on loopback: PostgreSQL, Redis and
//! RabbitMQ have to be installed.

mod calls;
mod instance;
mod postgres;
mod rabbitmq;
mod redis;

use std::sync::Arc;

use instance::Instance;
use netcause_client_tests::run;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_fails_as_its_code_says() {
    let start = || Arc::new(Instance::postgres().expect("a PostgreSQL server"));
    let server = start();
    let mut cases = postgres::cases(&server);
    cases.extend(postgres::ends(start(), start()));
    run("A real PostgreSQL", cases).await.assert_right(23);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn redis_fails_as_its_reply_says() {
    run("A real Redis", redis::cases()).await.assert_right(12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rabbitmq_fails_as_its_reply_says() {
    let server = Arc::new(Instance::rabbitmq().expect("a RabbitMQ broker"));
    run("A real RabbitMQ", rabbitmq::cases(&server)).await.assert_right(4);
    run("A real RabbitMQ that dies", vec![rabbitmq::killed(server)]).await.assert_right(1);
}
