//! With evidence switched off the kernel is never asked.

use std::net::TcpListener;

use netcause_fault::{Category, Evidence};
use netcause_net::{Connector, EvidenceMode, Settings, TcpInfo, set_settings};

#[tokio::test]
async fn the_kernel_is_not_asked() {
    let mut settings = Settings::default();
    settings.evidence = EvidenceMode::Off;
    set_settings(settings);

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let stream = Connector::new().connect("127.0.0.1", address.port()).await.expect("it listens");
    assert_eq!(stream.connection().tcp_info(), None);
    let local = stream.connection().local().expect("it stands");
    assert_eq!(TcpInfo::between(local, address), None);

    drop((listener, stream));
    let error = Connector::new().connect("127.0.0.1", address.port()).await;
    let fault = error.expect_err("nobody listens").fault().clone();
    assert_eq!(fault.category, Category::ConnectRefused);
    assert!(!fault.evidence.contains(&Evidence::ResetOnConnect), "{:?}", fault.evidence);
}
