//! Faults that a peer's answer states by its number.

use super::{grpc, verdict};
use crate::{Fault, Phase};

impl Fault<'static> {
    /// The fault that an answer of HTTP states by its status, not yet diagnosed; none for
    /// statuses below 400 and above 599.
    ///
    /// ```
    /// use netcause_fault::{Category, Fault};
    ///
    /// let fault = Fault::of_status(503).unwrap();
    /// assert_eq!((fault.category, fault.error_type()), (Category::Unavailable, "503"));
    /// assert_eq!(Fault::of_status(304), None);
    /// ```
    #[must_use]
    pub fn of_status(status: u16) -> Option<Self> {
        (400..600).contains(&status).then(|| verdict::fault_of_status(status))
    }

    /// The fault that an answer of gRPC states by its status (grpc/grpc,
    /// `doc/statuscodes.md`), not yet diagnosed; none for 0 and for numbers above 16.
    ///
    /// ```
    /// use netcause_fault::{Category, Fault};
    ///
    /// let fault = Fault::of_grpc_status(14).unwrap();
    /// assert_eq!((fault.category, fault.error_type()), (Category::Unavailable, "UNAVAILABLE"));
    /// assert_eq!(Fault::of_grpc_status(0), None);
    /// ```
    #[must_use]
    pub fn of_grpc_status(status: u32) -> Option<Self> {
        let code = grpc::of_number(u64::from(status))?;
        let mut fault = Fault::new(code.category);
        fault.code = Some(code.name.into());
        fault.phase = Some(Phase::Response);
        Some(fault)
    }
}

/// The words for a status of gRPC, as tonic's statuses print them.
///
/// ```
/// let text = netcause_fault::grpc_status_text(14);
/// assert_eq!(text, Some("The service is currently unavailable"));
/// ```
#[must_use]
pub fn grpc_status_text(status: u32) -> Option<&'static str> {
    Some(grpc::of_number(u64::from(status))?.words)
}
