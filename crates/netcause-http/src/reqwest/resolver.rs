//! [`RecordingResolver`]: a resolver that tells what it found.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use netcause_net::{Resolve as _, Step, SystemResolver, Trail};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A resolver that tells the connect that it is asked for what it found.
///
/// # Example: around a resolver of one's own
///
/// ```
/// use netcause_http::reqwest::{Instrument, RecordingResolver};
/// use reqwest::dns::{Name, Resolve, Resolving};
///
/// struct Loopback;
///
/// impl Resolve for Loopback {
///     fn resolve(&self, _: Name) -> Resolving {
///         Box::pin(async {
///             let here = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
///             Ok(Box::new(std::iter::once(here)) as reqwest::dns::Addrs)
///         })
///     }
/// }
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let builder = reqwest::Client::builder().dns_resolver(RecordingResolver::around(Loopback));
/// let client = Instrument::new().own_resolver().apply(builder).build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RecordingResolver<R>(R);

impl RecordingResolver<System> {
    /// The resolver of this host.
    #[must_use]
    pub fn new(system: SystemResolver) -> Self {
        RecordingResolver(System(system))
    }
}

impl<R: Resolve> RecordingResolver<R> {
    /// Another resolver.
    pub fn around(resolver: R) -> Self {
        RecordingResolver(resolver)
    }
}

/// The resolver of this host, as reqwest asks it.
#[derive(Debug, Clone, Copy)]
pub struct System(SystemResolver);

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        let resolving = self.0.resolve(name.as_str());
        Box::pin(async move {
            let found = resolving.await?;
            Ok(Box::new(found.into_iter().map(|it| SocketAddr::new(it, 0))) as Addrs)
        })
    }
}

impl<R: Resolve> Resolve for RecordingResolver<R> {
    fn resolve(&self, name: Name) -> Resolving {
        let resolving = self.0.resolve(name);
        let trail = Trail::current();
        note(trail.as_ref(), Step::LookingUp);
        Box::pin(async move {
            match resolving.await {
                Ok(found) => {
                    let found: Vec<SocketAddr> = found.collect();
                    note(trail.as_ref(), resolved(&found));
                    Ok(Box::new(found.into_iter()) as Addrs)
                }
                Err(error) => {
                    note(trail.as_ref(), Step::LookupFailed);
                    Err(error as Box<dyn Error + Send + Sync>)
                }
            }
        })
    }
}

fn note(trail: Option<&Arc<Trail>>, step: Step) {
    if let Some(trail) = trail {
        trail.note(step);
    }
}

fn resolved(found: &[SocketAddr]) -> Step {
    let mut addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
    addresses.dedup();
    Step::Resolved(addresses)
}
