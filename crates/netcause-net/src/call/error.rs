//! [`CallError`]: the client's own error, with what is known of the failure.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{Fault, WithFault, text_duration};

/// Why a call failed: the client's own error, or that the limit ran out, with what is known
/// of the failure in its chain. Any frame that logs it, typed, tells all of that.
///
/// An error that is no fault of the network or of the peer, such as a row that is not there,
/// is passed on as it is.
///
/// # Example: the client's own error back
///
/// ```
/// use netcause_net::CallError;
///
/// fn is_missing(error: &CallError<std::io::Error>) -> bool {
///     error.failed().is_some_and(|it| it.kind() == std::io::ErrorKind::NotFound)
/// }
/// ```
pub struct CallError<E> {
    error: Held,
    inner: PhantomData<fn() -> E>,
}

#[derive(Debug)]
enum Held {
    Plain(Box<dyn Error + Send + Sync>),
    Known(WithFault),
}

impl<E> CallError<E> {
    pub(super) fn plain(error: Box<dyn Error + Send + Sync>) -> Self {
        CallError { error: Held::Plain(error), inner: PhantomData }
    }

    pub(super) fn known(error: WithFault) -> Self {
        CallError { error: Held::Known(error), inner: PhantomData }
    }

    /// What is known of the failure; none where it is no fault of the network or the peer.
    #[must_use]
    pub fn fault(&self) -> Option<&Arc<Fault<'static>>> {
        match &self.error {
            Held::Plain(_) => None,
            Held::Known(error) => Some(error.fault()),
        }
    }

    /// Whether the limit of the call itself ran out, so that there is no error of the client.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.inside().is::<RanOut>()
    }

    /// The client's own error, or the one that says that the limit ran out.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        match self.error {
            Held::Plain(error) => error,
            Held::Known(error) => error.into_inner(),
        }
    }

    fn inside(&self) -> &(dyn Error + 'static) {
        match &self.error {
            Held::Plain(error) => &**error,
            Held::Known(error) => error.error(),
        }
    }
}

impl<E: Error + 'static> CallError<E> {
    /// The client's own error; none where the limit of the call ran out.
    #[must_use]
    pub fn failed(&self) -> Option<&E> {
        self.inside().downcast_ref()
    }

    /// The client's own error, without what is known of the failure.
    ///
    /// # Errors
    ///
    /// The error itself where the limit of the call ran out.
    pub fn into_failed(self) -> Result<E, Self> {
        if self.failed().is_none() {
            return Err(self);
        }
        self.into_inner().downcast().map(|error| *error).map_err(CallError::plain)
    }
}

impl<E> fmt::Debug for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallError").field(&self.error).finish()
    }
}

impl<E> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.inside(), f)
    }
}

impl<E> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match &self.error {
            Held::Plain(error) => &**error,
            Held::Known(error) => error,
        })
    }
}

/// The limit of a call ran out.
#[derive(Debug)]
pub(super) struct RanOut(pub(super) Duration);

impl fmt::Display for RanOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the call did not end within {}", text_duration(self.0))
    }
}

impl Error for RanOut {}

/// Nobody waits for the call any more.
#[derive(Debug)]
pub(super) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call was given up before it ended")
    }
}

impl Error for GivenUp {}
