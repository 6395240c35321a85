//! [`Attempt`]: which try of which operation is under way.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use netcause_fault::{Attempts, Fault};

/// An operation that may take several tries.
///
/// # Example: a loop of one's own
///
/// ```
/// use netcause_net::{Attempt, Operation};
///
/// # async fn charge() -> Result<(), std::io::Error> { Ok(()) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let operation = Operation::new(Some(2));
/// for attempt in operation.attempts() {
///     if attempt.scope(charge()).await.is_ok() {
///         break;
///     }
/// }
/// # assert!(Attempt::current().is_none());
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    id: u64,
    retries: Option<u32>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Operation {
    /// A new operation with so many retries allowed, where that is known.
    #[must_use]
    pub fn new(retries: Option<u32>) -> Self {
        Operation { id: NEXT.fetch_add(1, Ordering::Relaxed), retries }
    }

    /// Its try of that number, 0 being the first.
    #[must_use]
    pub fn attempt(self, number: u32) -> Attempt {
        Attempt { operation: self, number }
    }

    /// All its tries, the first and as many as may follow.
    pub fn attempts(self) -> impl Iterator<Item = Attempt> {
        (0..=self.retries.unwrap_or(u32::MAX)).map(move |number| self.attempt(number))
    }

    /// A number of its own within this process.
    #[must_use]
    pub fn id(self) -> u64 {
        self.id
    }

    /// How many retries are allowed.
    #[must_use]
    pub fn retries(self) -> Option<u32> {
        self.retries
    }
}

/// One try of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    operation: Operation,
    number: u32,
}

tokio::task_local! {
    static CURRENT: Attempt;
    static NOTED: Noted;
}

/// The fault that was noted last within a try.
type Noted = Arc<Mutex<Option<Arc<Fault<'static>>>>>;

impl Attempt {
    /// The try under way in this task.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|attempt| *attempt).ok()
    }

    /// Runs a future as this try: calls inside it know their number.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a future as this try, and returns the last fault that a call inside it noted,
    /// too: what a client's own error may have lost.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use netcause_fault::{Fault, Reason};
    /// use netcause_net::{Attempt, Operation};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let refused = Arc::new(Fault::of_reason(Reason::ConnectRefused));
    /// let call = async { Attempt::note_fault(&refused) };
    /// let ((), noted) = Operation::new(Some(2)).attempt(0).scope_noting(call).await;
    /// assert!(Arc::ptr_eq(&noted.unwrap(), &refused));
    /// # }
    /// ```
    pub async fn scope_noting<F: Future>(
        self,
        future: F,
    ) -> (F::Output, Option<Arc<Fault<'static>>>) {
        Attempt::noting(self.scope(future)).await
    }

    /// The same for a future that is no try of anything.
    pub async fn noting<F: Future>(future: F) -> (F::Output, Option<Arc<Fault<'static>>>) {
        let noted = Noted::default();
        let output = NOTED.scope(Arc::clone(&noted), future).await;
        let fault = noted.lock().unwrap_or_else(PoisonError::into_inner).take();
        (output, fault)
    }

    /// Notes the fault of a call that is part of the try under way in this task, if there is
    /// one.
    pub fn note_fault(fault: &Arc<Fault<'static>>) {
        let note = |noted: &Noted| {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            *noted = Some(Arc::clone(fault));
        };
        // Outside of a try nobody asks for it.
        let _ = NOTED.try_with(note);
    }

    /// The operation that it belongs to.
    #[must_use]
    pub fn operation(self) -> Operation {
        self.operation
    }

    /// How many retries were made before it.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// Whether no retry may follow.
    #[must_use]
    pub fn is_last(self) -> bool {
        self.operation.retries.is_some_and(|retries| self.number >= retries)
    }

    /// As a fault tells it.
    #[must_use]
    pub fn to_attempts(self) -> Attempts {
        Attempts {
            attempt: Some(self.number),
            max_attempts: self.operation.retries,
            ..Attempts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_try_is_known_inside_its_scope_and_nowhere_else() {
        let attempt = Operation::new(Some(5)).attempt(2);
        let seen = attempt.scope(async { Attempt::current() }).await;
        assert_eq!(seen, Some(attempt));
        assert_eq!(Attempt::current(), None);
    }

    #[test]
    fn two_retries_are_three_tries() {
        let tries: Vec<_> = Operation::new(Some(2)).attempts().collect();
        assert_eq!(tries.iter().map(|it| it.number()).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(tries.iter().map(|it| it.is_last()).collect::<Vec<_>>(), [false, false, true]);
    }
}
