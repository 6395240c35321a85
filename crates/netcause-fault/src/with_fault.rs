//! [`WithFault`]: an error that carries what is known about its failure.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::downcast::downcast;
use crate::{Fault, chain};

/// An error with the facts of its failure in its own chain.
///
/// `Display` and `Debug` are those of the error inside, which `source()` gives; whoever walks
/// the chain finds the fault. Some errors print the `Debug` of their source to people.
///
/// # Example: an error that knows its peer
///
/// ```
/// use netcause_fault::{Fault, Reason, WithFault, classify};
///
/// let mut fault = Fault::of_reason(Reason::ConnectRefused);
/// fault.peer.server_address = Some("db".into());
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = WithFault::new(refused, fault);
/// let found = classify(&error).expect("it carries a fault");
/// assert_eq!(found.peer.server_address.as_deref(), Some("db"));
/// ```
pub struct WithFault {
    error: Box<dyn Error + Send + Sync>,
    fault: Arc<Fault<'static>>,
}

impl WithFault {
    /// Attaches a fault to an error.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>, fault: Fault<'static>) -> Self {
        WithFault { error: error.into(), fault: Arc::new(fault) }
    }

    /// Attaches a fault that others hold, too.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use netcause_fault::{Fault, Reason, WithFault};
    ///
    /// let fault = Arc::new(Fault::of_reason(Reason::ConnectTimeout));
    /// let error = WithFault::shared("too slow", Arc::clone(&fault));
    /// assert!(Arc::ptr_eq(error.fault(), &fault));
    /// ```
    pub fn shared(
        error: impl Into<Box<dyn Error + Send + Sync>>,
        fault: Arc<Fault<'static>>,
    ) -> Self {
        WithFault { error: error.into(), fault }
    }

    /// The outermost one of an error's chain, also behind what hides its inner link.
    ///
    /// ```
    /// use netcause_fault::{Fault, Reason, WithFault};
    ///
    /// let known = WithFault::new("too slow", Fault::of_reason(Reason::ConnectTimeout));
    /// let error = std::io::Error::other(known);
    /// let found = WithFault::find(&error).expect("it is inside");
    /// assert_eq!(found.fault().reason, Some(Reason::ConnectTimeout));
    /// ```
    #[must_use]
    pub fn find<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        chain::links(error).find_map(downcast::<WithFault>)
    }

    /// The fault.
    #[must_use]
    pub fn fault(&self) -> &Arc<Fault<'static>> {
        &self.fault
    }

    /// The error inside, as the next link of the chain.
    #[must_use]
    pub fn error(&self) -> &(dyn Error + 'static) {
        &*self.error
    }

    /// The error inside.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.error
    }
}

impl fmt::Debug for WithFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl fmt::Display for WithFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl Error for WithFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}
