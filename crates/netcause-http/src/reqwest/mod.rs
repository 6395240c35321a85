//! reqwest, told why it failed.
//!
//! reqwest lets nobody replace its connector, but it lets others look on: [`instrument`] gives
//! a client a layer around its connector and a resolver that tells what it found, so that the
//! error of a failed connect carries host, port, addresses, phase and time. [`Instrument`]
//! adds a limit for connecting that says so when it runs out.
//!
//! [`AddressEvents`] is a layer for the subscriber that adds what became of each address, and
//! tells TCP from TLS; `netcause::init` adds it by itself.
//!
//! # TLS
//!
//! Neither touches a client's TLS. To see certificates, also those that were refused, give the
//! client a configuration of `netcause_net::TlsClient`, as one gives it any other:
//! `builder.tls_backend_preconfigured(config)`. reqwest then ignores its own options for TLS,
//! such as `add_root_certificate`: what they said has to be said to `TlsClient`. Since reqwest
//! does not add protocols to such a configuration, it needs `alpn(&["h2", "http/1.1"])`.
//!
//! # What stays unknown
//!
//! reqwest's sockets are not ours: there are no ICMP messages from them, and of a connection
//! that is used again only its addresses are known.

mod connector;
mod events;
mod instrument;
#[cfg(feature = "reqwest-middleware")]
mod middleware;
mod resolver;

pub use self::connector::{ConnectLayer, Connecting};
pub use self::events::AddressEvents;
pub use self::instrument::{Instrument, instrument};
#[cfg(feature = "reqwest-middleware")]
pub use self::middleware::CallMiddleware;
pub use self::resolver::RecordingResolver;
