//! reqwest as it is, and what its failures tell once it is instrumented.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

mod calls;
mod connecting;

use std::error::Error;
use std::net::SocketAddr;

use netcause_http::reqwest::AddressEvents;
use netcause_tests::lines::{Line, Lines};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

/// The lines of the events that asynchronous work sends.
fn record(work: impl Future<Output = ()>) -> Vec<Line> {
    let lines = Lines::default();
    let addresses = AddressEvents::new().with_filter(AddressEvents::filter());
    let subscriber = tracing_subscriber::registry()
        .with(lines.layer().with_filter(LevelFilter::INFO))
        .with(addresses);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(work));
    lines.take()
}

/// The same where it is one event.
fn record_one(work: impl Future<Output = ()>) -> Line {
    let mut lines = record(work);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines.remove(0)
}

fn typed(error: &(impl Error + 'static)) -> &(dyn Error + 'static) {
    error
}

/// A client's beginning that finds `db.example` at an address.
fn builder(address: SocketAddr) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().resolve("db.example", address)
}

fn evidence(line: &Line) -> Vec<String> {
    let facts = line.get("fault.evidence").and_then(|facts| facts.as_array().cloned());
    facts.unwrap_or_default().iter().filter_map(|fact| Some(fact.as_str()?.to_owned())).collect()
}
