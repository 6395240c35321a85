//! Clients of HTTP, gRPC, TLS and DNS, and what stands around them.

use netcause_client_tests::run;

mod sockets;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_has_the_right_category() {
    let report = run("HTTP, gRPC, TLS, DNS", sockets::cases()).await;
    report.assert_right(1);
}
