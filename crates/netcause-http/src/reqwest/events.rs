//! [`AddressEvents`]: what hyper-util says of each address.

use std::fmt::{self, Debug, Write};
use std::net::SocketAddr;

use arrayvec::ArrayString;
use netcause_net::{AddressFailure, Step, Trail};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Context;

/// Where hyper-util's connector speaks of addresses.
const TARGET: &str = "hyper_util::client::legacy::connect::http";

/// A layer of the subscriber that takes what hyper-util's connector says of each address into
/// the trail of the connect: whom it tries, what became of it, when TCP is done.
///
/// Clients whose sockets are not ours, as reqwest's, say it nowhere else. It needs a filter of
/// its own, [`AddressEvents::filter`], for these events are at `DEBUG` and `TRACE`.
///
/// # Example
///
/// ```
/// use netcause_http::reqwest::AddressEvents;
/// use tracing_subscriber::prelude::*;
///
/// let addresses = AddressEvents::new().with_filter(AddressEvents::filter());
/// let subscriber = tracing_subscriber::registry().with(addresses);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AddressEvents {
    _private: (),
}

impl AddressEvents {
    /// The layer.
    #[must_use]
    pub fn new() -> Self {
        AddressEvents::default()
    }

    /// Lets just those events through.
    #[must_use]
    pub fn filter() -> Targets {
        Targets::new().with_target(TARGET, LevelFilter::TRACE)
    }

    fn is_of_addresses(metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }
}

impl<S: Subscriber> Layer<S> for AddressEvents {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if !Self::is_of_addresses(event.metadata()) {
            return;
        }
        let Some(trail) = Trail::current() else { return };
        let mut message = Message::default();
        event.record(&mut message);
        if let Some(step) = step(&message.0) {
            trail.note(step);
        }
    }
}

/// The message of an event, as much of it as tells anything.
#[derive(Default)]
struct Message(ArrayString<256>);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(Beginning(&mut self.0), "{value:?}");
        }
    }
}

/// Takes what there is room for.
struct Beginning<'a>(&'a mut ArrayString<256>);

impl Write for Beginning<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = text.floor_char_boundary(self.0.remaining_capacity());
        self.0.push_str(text.get(..room).unwrap_or_default());
        if room < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// What a message of hyper-util 0.1 says.
fn step(message: &str) -> Option<Step> {
    if let Some(address) = message.strip_prefix("connecting to ") {
        return Some(Step::Trying(address.parse().ok()?));
    }
    if let Some(address) = message.strip_prefix("connected to ") {
        return Some(Step::Reached(address.parse().ok()?));
    }
    let (address, error) = message.strip_prefix("connect error for ")?.split_once(": ")?;
    let address: SocketAddr = address.parse().ok()?;
    let mut failure = AddressFailure::new(address);
    // `ConnectError("tcp connect error", Os { code: 111, kind: …, message: … })`
    failure.os_error = error.split_once("code: ").and_then(|(_, rest)| {
        let (code, _) = rest.split_once(',')?;
        code.parse().ok()
    });
    Some(Step::Failed(Box::new(failure)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hyper_util_says_of_addresses_becomes_steps() {
        let address: SocketAddr = "[fd77::2]:7001".parse().unwrap();
        assert_eq!(step("connecting to [fd77::2]:7001"), Some(Step::Trying(address)));
        assert_eq!(step("connected to [fd77::2]:7001"), Some(Step::Reached(address)));
        let failed = "connect error for [fd77::2]:7001: ConnectError(\"tcp connect error\", \
                      [fd77::2]:7001, Os { code: 13, kind: PermissionDenied, message: \"\" })";
        let Some(Step::Failed(failure)) = step(failed) else { panic!("no failure") };
        assert_eq!((failure.address, failure.os_error), (address, Some(13)));
        assert_eq!(step("connecting to nowhere"), None);
        assert_eq!(step("anything else"), None);
    }
}
