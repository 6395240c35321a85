//! What is said when a peer turns: once each.

use std::error::Error;
use std::fmt;

use netcause_fault::{Attempts, Fault, WithFault, text_duration};

use super::peer::Outage;

/// Says that a peer turned bad, with what its last failure is known to be.
pub(super) fn onset(host: &str, port: u16, outage: &Outage, fault: &Fault<'_>) {
    let mut fault = fault.clone().into_owned();
    // It speaks of all the tries, and of no one's number.
    fault.attempts = Attempts::default();
    fault.diagnose();
    let lasted = text_duration(outage.lasted);
    let failures = outage.failures;
    let error = WithFault::new(InARow(failures), fault);
    let error: &(dyn Error + 'static) = &error;
    // No one call's doing: none of the spans around belongs to it.
    tracing::warn!(
        parent: None,
        server.address = host,
        server.port = port,
        outage.duration_ms = millis(outage),
        outage.failures = failures,
        error,
        "Host {host} on port {port} has failed for {lasted}, {failures} tries in a row",
    );
}

/// Says that a peer is back.
pub(super) fn recovery(host: &str, port: u16, outage: &Outage) {
    let lasted = text_duration(outage.lasted);
    let failures = outage.failures;
    tracing::info!(
        parent: None,
        server.address = host,
        server.port = port,
        outage.duration_ms = millis(outage),
        outage.failures = failures,
        "Host {host} on port {port} reachable again after {lasted}, {failures} failed tries",
    );
}

fn millis(outage: &Outage) -> u64 {
    u64::try_from(outage.lasted.as_millis()).unwrap_or(u64::MAX)
}

/// What the fault of an outage is about.
#[derive(Debug)]
struct InARow(u32);

impl fmt::Display for InARow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed tries in a row", self.0)
    }
}

impl Error for InARow {}
