//! From a chain to a verdict.

/// The classifiers of the user's own error types, in order.
#[derive(Debug, Default)]
pub struct Classifiers {}

impl Classifiers {
    /// No classifiers of the user's.
    #[must_use]
    pub const fn none() -> Self {
        Classifiers {}
    }
}
