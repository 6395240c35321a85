//! [`RecordingSessions`]: certificates of sessions that are resumed.

use std::sync::Arc;

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

use super::expiry;

/// A store of TLS sessions that passes everything on, and looks at the certificate under
/// which a session was made whenever one is taken out.
///
/// A resumed session asks no verifier, and each one leads to the next: without this a
/// process that runs for weeks would never be warned of a certificate that ends.
///
/// ```
/// use std::sync::Arc;
/// use netcause_net::RecordingSessions;
/// use rustls::client::{ClientSessionMemoryCache, Resumption};
///
/// fn recorded(config: &mut rustls::ClientConfig) {
///     let inner = Arc::new(ClientSessionMemoryCache::new(256));
///     config.resumption = Resumption::store(Arc::new(RecordingSessions::new(inner)));
/// }
/// ```
#[derive(Debug)]
pub struct RecordingSessions {
    inner: Arc<dyn ClientSessionStore>,
}

impl RecordingSessions {
    /// Keeps sessions in `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn ClientSessionStore>) -> Self {
        RecordingSessions { inner }
    }
}

impl ClientSessionStore for RecordingSessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.inner.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.inner.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.inner.set_tls12_session(name, value);
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.inner.tls12_session(name).inspect(|_| expiry::resuming(name))
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.inner.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.inner.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.inner.take_tls13_ticket(name).inspect(|_| expiry::resuming(name))
    }
}
