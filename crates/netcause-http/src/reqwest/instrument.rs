//! [`Instrument`]: what is added to a client.

use std::time::Duration;

use netcause_net::SystemResolver;
use reqwest::ClientBuilder;

use super::{ConnectLayer, RecordingResolver};

/// Makes a client's failures tell why: see [`Instrument`], whose defaults it uses.
///
/// # Example
///
/// ```
/// use netcause_http::reqwest::instrument;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = instrument(reqwest::Client::builder()).build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn instrument(builder: ClientBuilder) -> ClientBuilder {
    Instrument::new().apply(builder)
}

/// What is added to a client of reqwest.
///
/// Names are looked up by the resolver of this host. A resolver that was set on the builder
/// before is replaced; [`Instrument::own_resolver`] leaves it, and
/// [`RecordingResolver`] around it makes it tell what it finds.
///
/// # Example: a limit for connecting that says so when it runs out
///
/// ```
/// use std::time::Duration;
/// use netcause_http::reqwest::Instrument;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let builder = reqwest::Client::builder().timeout(Duration::from_secs(2));
/// let client = Instrument::new()
///     .connect_limit(Duration::from_millis(500))
///     .apply(builder)
///     .build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "it does nothing until `apply`"]
pub struct Instrument {
    limit: Option<Duration>,
    keeps_resolver: bool,
}

impl Instrument {
    /// No limit, and the resolver of this host.
    pub fn new() -> Self {
        Instrument::default()
    }

    /// Limits connecting: lookup, TCP and TLS together.
    ///
    /// It ends a connect as reqwest's own `connect_timeout` does, but from within: the error
    /// then says where it was, and which limit ran out.
    pub fn connect_limit(self, limit: Duration) -> Self {
        Instrument { limit: Some(limit), ..self }
    }

    /// Leaves the builder's resolver as it is.
    pub fn own_resolver(self) -> Self {
        Instrument { keeps_resolver: true, ..self }
    }

    /// Adds all this to a client. Names that `resolve` of the builder gives addresses to keep
    /// them.
    pub fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        let builder = builder.connector_layer(ConnectLayer::new(self.limit));
        match self.keeps_resolver {
            true => builder,
            false => builder.dns_resolver(RecordingResolver::new(SystemResolver)),
        }
    }
}
