//! Clients of HTTP, gRPC, TLS and DNS, and what stands around them.

mod aws;
mod expect;
mod grpc;
mod http2;
mod hyper;
mod innocent;
mod middleware;
mod reqwests;
mod resolver;
mod sockets;
mod tls;
mod towers;
mod ureqs;
mod websocket;
mod wrappers;

use netcause_client_tests::run;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_has_the_right_category() {
    let cases = [
        sockets::cases(),
        hyper::cases(),
        http2::cases(),
        reqwests::v12::cases(),
        reqwests::v13::cases(),
        middleware::cases(),
        tls::cases(),
        grpc::cases(),
        ureqs::cases(),
        resolver::cases(),
        websocket::cases(),
        towers::cases(),
        aws::cases(),
        wrappers::cases(),
    ];
    let report = run("HTTP, gRPC, TLS, DNS", cases.into_iter().flatten().collect()).await;
    assert!(report.n_clients() >= 12, "only {} clients", report.n_clients());
    report.assert_right(240);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_errors_are_no_faults() {
    run("no faults", innocent::cases()).await.assert_right(25);
}
