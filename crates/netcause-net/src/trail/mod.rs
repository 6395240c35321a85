//! What one connect did, step by step, and the fault that follows from it.

mod call;
mod describe;
mod foreign;
mod step;
#[cfg(feature = "hyper-util")]
mod watch;

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netcause_fault::Fault;

use crate::Connection;

pub use self::call::CallTrail;
pub use self::step::{AddressFailure, Step};
#[cfg(feature = "hyper-util")]
pub use self::watch::{Watch, Watched, Watching};

/// More steps than this are not kept.
const STEPS: usize = 64;

/// What one connect did: names looked up, addresses tried and what became of each.
///
/// It is known to everything that runs inside the connect: resolvers, sockets and the
/// verifier of certificates find it with [`Trail::current`], without arguments or globals.
///
/// # Example: a resolver of one's own tells what it found
///
/// ```
/// use netcause_net::{Step, Trail};
///
/// # async fn ask(name: &str) -> Vec<std::net::IpAddr> { vec![[127, 0, 0, 1].into()] }
/// async fn look_up(name: &str) -> Vec<std::net::IpAddr> {
///     let addresses = ask(name).await;
///     if let Some(trail) = Trail::current() {
///         trail.note(Step::Resolved(addresses.clone()));
///     }
///     addresses
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let trail = Trail::start();
/// trail.clone().scope(look_up("db")).await;
/// assert_eq!(trail.steps().len(), 1);
/// # }
/// ```
#[derive(Debug)]
pub struct Trail {
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    server: Option<(String, u16)>,
    expected: Option<(String, u16)>,
    connection: Option<Arc<Connection>>,
    steps: Vec<(Duration, Step)>,
}

tokio::task_local! {
    static CURRENT: Arc<Trail>;
}

impl Trail {
    /// Begins a trail; the [`CallTrail`] of this task, if there is one, comes to know it.
    #[must_use]
    pub fn start() -> Arc<Self> {
        let call = CallTrail::current();
        let expected = call.as_ref().and_then(|it| it.server());
        let state = Mutex::new(State { expected, ..State::default() });
        let trail = Arc::new(Trail { started: Instant::now(), state });
        if let Some(call) = call {
            call.add(&trail);
        }
        trail
    }

    /// The trail of the connect that is under way in this task.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Runs a future as this connect.
    pub async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Says whom the caller means to reach; the first word stands.
    pub fn set_server(&self, name: &str, port: u16) {
        self.lock().server.get_or_insert_with(|| (name.to_owned(), port));
    }

    /// The name that the caller means to reach, and its port: as the connector knows it, else
    /// as the call does.
    #[must_use]
    pub fn server(&self) -> Option<(String, u16)> {
        let state = self.lock();
        state.server.clone().or_else(|| state.expected.clone())
    }

    /// Adds a step.
    pub fn note(&self, step: Step) {
        let at = self.started.elapsed();
        let steps = &mut self.lock().steps;
        if steps.len() < STEPS {
            steps.push((at, step));
        }
    }

    /// All steps so far, each with the time since the start.
    #[must_use]
    pub fn steps(&self) -> Vec<(Duration, Step)> {
        self.lock().steps.clone()
    }

    /// When it began.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Whether the connection is ready for requests, with TLS where there is any.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.lock().steps.iter().any(|(_, step)| *step == Step::Ready)
    }

    /// Our own address and the peer's, once a connection stands.
    #[must_use]
    pub fn connected(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.lock().steps.iter().rev().find_map(|(_, step)| match step {
            Step::Connected { local, peer } => Some((*local, *peer)),
            _ => None,
        })
    }

    /// The connection of our connector that it led to, if it got that far.
    #[must_use]
    pub fn connection(&self) -> Option<Arc<Connection>> {
        self.lock().connection.clone()
    }

    pub(crate) fn set_connection(&self, connection: Arc<Connection>) {
        self.lock().connection = Some(connection);
    }

    /// The fault that an error of this connect amounts to: what the error says, and what was
    /// seen on the way there. It is noted in the [`Ledger`](crate::Ledger) and diagnosed: ask
    /// for it once.
    ///
    /// ```
    /// use netcause_net::{Step, Trail};
    ///
    /// let trail = Trail::start();
    /// trail.set_server("db", 5432);
    /// trail.note(Step::Trying(([10, 3, 7, 19], 5432).into()));
    /// let fault = trail.fault(&std::io::Error::from_raw_os_error(111));
    /// assert_eq!(fault.peer.server_address.as_deref(), Some("db"));
    /// assert_eq!(fault.peer.peer_address, Some([10, 3, 7, 19].into()));
    /// ```
    #[must_use]
    pub fn fault(&self, error: &(dyn Error + 'static)) -> Fault<'static> {
        describe::of_error(self, error)
    }

    /// What the name resolved to.
    pub(crate) fn answers(&self) -> Vec<IpAddr> {
        let resolved = |(_, step): &(Duration, Step)| match step {
            Step::Resolved(answers) => Some(answers.clone()),
            _ => None,
        };
        self.lock().steps.iter().rev().find_map(resolved).unwrap_or_default()
    }

    /// Whether it waits for an answer of the resolver.
    pub(crate) fn is_looking_up(&self) -> bool {
        matches!(self.lock().steps.last(), Some((_, Step::LookingUp)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
