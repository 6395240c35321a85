//! A connect that a timer further out ends: what was seen stands on the span of the call.
#![cfg(feature = "hyper-util")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

use std::error::Error;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use netcause_fault::{Evidence, Fault, Phase, Reason, WithFault};
use netcause_net::{Connector, Resolve, Resolving, Watch};
use socket2::{Domain, Socket, Type};
use tower_layer::Layer as _;
use tower_service::Service;
use tracing::field::{Empty, Field, Visit};
use tracing::{Id, Instrument, info_span};
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Keeps the faults that spans get.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<Fault<'static>>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Recorded {
    fn on_record(&self, _: &Id, values: &tracing::span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

impl Visit for Recorded {
    fn record_error(&mut self, _: &Field, value: &(dyn Error + 'static)) {
        let error = value.downcast_ref::<WithFault>().expect("it carries a fault");
        self.0.lock().unwrap().push(Fault::clone(error.fault()));
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// What the span of a call knows after the limit of the call.
async fn recorded(call: impl Future<Output: Send> + Send) -> Vec<Fault<'static>> {
    let recorded = Recorded::default();
    let subscriber = tracing_subscriber::registry().with(recorded.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let span = info_span!("call", error = Empty);
    let result = tokio::time::timeout(Duration::from_millis(30), call).instrument(span).await;
    assert!(result.is_err(), "the limit ends it");
    let faults = recorded.0.lock().unwrap();
    faults.clone()
}

/// An address that accepts nothing, and what keeps it so.
fn silent() -> (SocketAddr, impl Sized) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    listener.listen(0).expect("it listens");
    let address = listener.local_addr().expect("bound").as_socket().expect("of the internet");
    let waiting = TcpStream::connect(address).expect("one has room");
    (address, (listener, waiting))
}

#[tokio::test]
async fn a_connect_tells_how_far_it_got() {
    let (address, _kept) = silent();
    let uri = format!("http://{address}/").parse().expect("a URI");
    let mut connector = Watch::new().layer(Connector::new());
    let faults = recorded(async move { connector.call(uri).await.map(drop) }).await;
    let [fault] = &*faults else { panic!("one connect was given up: {faults:?}") };
    assert_eq!((fault.reason, fault.phase), (Some(Reason::Cancelled), Some(Phase::Connect)));
    assert_eq!(fault.peer.server_port, Some(address.port()));
    if cfg!(target_os = "linux") {
        assert!(fault.evidence.contains(&Evidence::Unanswered(1)), "{fault:?}");
    }
}

#[tokio::test]
async fn a_lookup_tells_that_it_did_not_get_further() {
    #[derive(Debug)]
    struct Silent;
    impl Resolve for Silent {
        fn resolve(&self, _: &str) -> Resolving {
            Box::pin(std::future::pending())
        }
    }
    let uri = "http://db:81/".parse().expect("a URI");
    let mut connector = Watch::new().layer(Connector::new().resolver(Silent));
    let faults = recorded(async move { connector.call(uri).await.map(drop) }).await;
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].phase, Some(Phase::Dns));
    assert_eq!(faults[0].peer.server_address.as_deref(), Some("db"));
}

/// A connector of somebody else's: hyper-util's own, which tells nothing.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn sockets_of_others_are_asked_for_by_address() {
    use hyper_util::client::legacy::connect::HttpConnector;
    use netcause_net::CallTrail;

    let (address, _kept) = silent();
    let uri = format!("http://{address}/").parse().expect("a URI");
    let call = CallTrail::start();
    call.set_server("127.0.0.1", address.port());
    let mut connector = Watch::foreign_sockets().layer(HttpConnector::new());
    let connecting = async move { connector.call(uri).await.map(drop) };
    let faults = recorded(call.scope(connecting)).await;
    assert_eq!(faults.len(), 1);
    let fault = &faults[0];
    assert_eq!(fault.phase, Some(Phase::Connect));
    assert_eq!(fault.peer.peer_address, Some(address.ip()));
    assert!(fault.peer.local_port.is_some());
    assert!(fault.evidence.contains(&Evidence::NoAnswer(1)), "{fault:?}");
}
