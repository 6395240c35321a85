//! [`Probe`]: asks a peer on purpose, step by step, and says where it ends and why.
//!
//! Lookup, TCP to each address, TLS and a request of HTTP, each bounded by a limit of its own.
//! Where nothing answers, the way there is traced with the very packets that got lost. No step
//! needs a privilege.

mod answer;
mod exchange;
mod lookup;
mod name_server;
mod run;
mod step;
mod tcp;
#[cfg(test)]
mod tests;
mod tls;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{Certificate, Fault, Peer, Request};
use rustls::client::danger::ServerCertVerifier;

pub use self::answer::Protocol;
pub use self::name_server::{NameServer, NameServerAnswer};
use self::run::Run;
pub use self::step::{Connecting, Exchange, Handshake, Hop, Lookup, Step, Trace};

/// What is asked of a peer.
///
/// # Example: whether somebody listens
///
/// ```
/// use netcause_fault::Category;
/// use netcause_net::probe::Probe;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
/// let port = listener.local_addr().unwrap().port();
/// let probed = Probe::new("127.0.0.1", port).run(|_| {}).await;
/// assert_eq!(probed.fault, None);
///
/// drop(listener);
/// let probed = Probe::new("127.0.0.1", port).run(|_| {}).await;
/// assert_eq!(probed.fault.unwrap().category, Category::ConnectRefused);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Probe {
    host: String,
    port: u16,
    limit: Duration,
    tls: bool,
    server_name: Option<String>,
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    path: Option<String>,
}

/// How long each step may take unless it is said.
const LIMIT: Duration = Duration::from_secs(5);

impl Probe {
    /// Looks the name up and connects, with a limit of 5 s for each step.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Probe {
            host: host.into(),
            port,
            limit: LIMIT,
            tls: false,
            server_name: None,
            verifier: None,
            path: None,
        }
    }

    /// How long each step may take.
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Probe { limit, ..self }
    }

    /// Shakes hands by TLS, trusting whom the operating system trusts.
    #[must_use]
    pub fn tls(self) -> Self {
        Probe { tls: true, ..self }
    }

    /// Says another name than the host's to the server, and wants its certificate for it.
    #[must_use]
    pub fn server_name(self, name: impl Into<String>) -> Self {
        Probe { server_name: Some(name.into()), ..self }
    }

    /// Leaves it to this verifier whether a certificate is accepted.
    #[must_use]
    pub fn verifier(self, verifier: Arc<dyn ServerCertVerifier>) -> Self {
        Probe { verifier: Some(verifier), ..self }
    }

    /// Asks for a path (`/health`) by HTTP/1.1; of the answer only the head is read.
    #[must_use]
    pub fn http(self, path: impl Into<String>) -> Self {
        Probe { path: Some(path.into()), ..self }
    }

    /// Takes the steps; `seen` is told of each when it has ended.
    ///
    /// It ends with the first step that fails, within a few times the limit of a step.
    pub async fn run(&self, seen: impl FnMut(&Step) + Send) -> Probed {
        let mut seen = seen;
        Run::new(self, &mut seen).go().await
    }

    /// The name that the server is told, and that its certificate has to be for.
    fn name(&self) -> &str {
        self.server_name.as_deref().unwrap_or(&self.host)
    }
}

/// What came of a [`Probe`].
///
/// ```
/// # use netcause_net::probe::{Probe, Step};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
/// # let port = listener.local_addr().unwrap().port();
/// let probed = Probe::new("127.0.0.1", port).run(|_| {}).await;
/// assert!(matches!(&*probed.steps, [Step::Connect(it)] if it.failure.is_none()));
/// assert_eq!(probed.peer.peer_port, Some(port));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Probed {
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Whom it was about, and which address was used.
    pub peer: Peer<'static>,
    /// What was asked, and the status of the answer.
    pub request: Request<'static>,
    /// The peer's certificate.
    pub certificate: Option<Certificate<'static>>,
    /// How long it took in all.
    pub elapsed: Duration,
    /// Why it ended early, diagnosed; none where all is well.
    pub fault: Option<Fault<'static>>,
    /// The error behind the fault, from the outermost link to the innermost.
    pub links: Vec<String>,
}
