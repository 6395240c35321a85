//! From a name to addresses.

use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;

/// What [`Resolve::resolve`] gives.
pub type Resolving =
    Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, Box<dyn Error + Send + Sync>>> + Send>>;

/// Looks names up.
///
/// # Example: every name is this host
///
/// ```
/// use netcause_net::{Connector, Resolve, Resolving};
///
/// #[derive(Debug)]
/// struct Loopback;
///
/// impl Resolve for Loopback {
///     fn resolve(&self, _: &str) -> Resolving {
///         Box::pin(async { Ok(vec![[127, 0, 0, 1].into()]) })
///     }
/// }
///
/// let connector = Connector::new().resolver(Loopback);
/// ```
pub trait Resolve: Debug + Send + Sync + 'static {
    /// The addresses of a name, the preferred ones first.
    fn resolve(&self, name: &str) -> Resolving;
}

/// The resolver of this host: `getaddrinfo`, on a thread where it may block.
///
/// ```
/// use netcause_net::{Resolve, SystemResolver};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert!(SystemResolver.resolve("127.0.0.1").await.is_ok());
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            let found: io::Result<Vec<_>> = found.map(|it| it.map(|it| it.ip()).collect());
            Ok(found?)
        })
    }
}
