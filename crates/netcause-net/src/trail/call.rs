//! [`CallTrail`]: the connects of one call, and the connection that it used.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Trail;
use crate::Connection;

/// More connects than this within one call are not kept.
const TRAILS: usize = 16;

/// What one call to a peer did: several connects where a client tries again or follows a
/// redirect, none where it had a connection.
///
/// Whoever makes a call opens one, so that an answer that never came can be judged by the
/// connection that the call had.
///
/// ```
/// use netcause_net::{CallTrail, Trail};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let call = CallTrail::start();
/// call.clone().scope(async { Trail::start() }).await;
/// assert_eq!(call.trails().len(), 1);
/// # }
/// ```
#[derive(Debug, Default)]
pub struct CallTrail {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    server: Option<(String, u16)>,
    trails: Vec<Arc<Trail>>,
    connection: Option<Arc<Connection>>,
}

tokio::task_local! {
    static CURRENT: Arc<CallTrail>;
}

impl CallTrail {
    /// Begins the trail of a call.
    #[must_use]
    pub fn start() -> Arc<Self> {
        Arc::default()
    }

    /// The call under way in this task.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Runs a future as this call.
    pub async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Says whom the call means to reach, for connects that nobody tells; the first word stands.
    pub fn set_server(&self, name: &str, port: u16) {
        self.lock().server.get_or_insert_with(|| (name.to_owned(), port));
    }

    pub(super) fn server(&self) -> Option<(String, u16)> {
        self.lock().server.clone()
    }

    /// Runs a function as this call.
    ///
    /// ```
    /// use netcause_net::{CallTrail, Trail};
    ///
    /// let call = CallTrail::start();
    /// call.sync_scope(|| Trail::start());
    /// assert_eq!(call.trails().len(), 1);
    /// ```
    pub fn sync_scope<R>(self: &Arc<Self>, work: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(Arc::clone(self), work)
    }

    /// Its connects, in the order in which they began.
    #[must_use]
    pub fn trails(&self) -> Vec<Arc<Trail>> {
        self.lock().trails.clone()
    }

    /// The connection that it uses; the last one that was set.
    #[must_use]
    pub fn connection(&self) -> Option<Arc<Connection>> {
        self.lock().connection.clone()
    }

    /// Says which connection it uses, which may not be the one that it opened.
    pub fn set_connection(&self, connection: Arc<Connection>) {
        self.lock().connection = Some(connection);
    }

    pub(super) fn add(&self, trail: &Arc<Trail>) {
        let trails = &mut self.lock().trails;
        if trails.len() < TRAILS {
            trails.push(Arc::clone(trail));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
