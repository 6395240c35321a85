//! [`FaultContext`]: context for an error where it is made.

use std::error::Error;

use netcause_fault::WithFault;

use super::{Call, CallError, fault};

/// Gives an error its context where it is made, for code that makes no [`call`](crate::call)
/// of the whole.
///
/// # Example: a connect of one's own
///
/// ```
/// use std::time::{Duration, Instant};
/// use netcause_fault::Phase;
/// use netcause_net::{FaultContext, call};
///
/// let (limit, started) = (Duration::from_secs(1), Instant::now());
/// let address = "127.0.0.1:1".parse().unwrap();
/// let error = std::net::TcpStream::connect_timeout(&address, limit)
///     .fault_context(call("db", "db", 5432).phase(Phase::Connect).timeout(limit).started(started))
///     .unwrap_err();
/// let fault = error.fault().expect("nothing listens there");
/// assert_eq!(fault.peer.server_address.as_deref(), Some("db"));
/// assert_eq!(error.failed().map(|it| it.kind()), Some(std::io::ErrorKind::ConnectionRefused));
/// ```
pub trait FaultContext<T, E>: Sized {
    /// Says whom the failed operation meant to reach, in which phase, within which limit.
    ///
    /// The failure is noted in the [`Ledger`](crate::Ledger) of peers.
    ///
    /// # Errors
    ///
    /// The same one, with what is known of the failure in its chain; as it is where it is no
    /// fault of the network or of the peer.
    fn fault_context(self, context: Call<'_>) -> Result<T, CallError<E>>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> FaultContext<T, E> for Result<T, E> {
    fn fault_context(self, context: Call<'_>) -> Result<T, CallError<E>> {
        self.map_err(|error| {
            let error = error.into();
            match fault::of_error(&context, &*error) {
                Some(fault) => CallError::known(WithFault::new(error, fault)),
                None => CallError::plain(error),
            }
        })
    }
}
