//! The code of tonic's own status type (tonic 0.14), instead of its words.

use std::error::Error;

use super::grpc::{self, Author, Stated};
use crate::downcast::downcast;

/// Reads a link of that type.
///
/// A status with a source, or in tonic's own words, tells what the client met; any other
/// came from the peer.
pub(crate) fn read(link: &(dyn Error + 'static)) -> Option<Stated> {
    let status = downcast::<tonic::Status>(link)?;
    let code = grpc::of_number(u64::try_from(i32::from(status.code())).ok()?)?;
    let is_own = status.source().is_some() || grpc::is_own_message(status.message());
    let author = if is_own { Author::Client } else { Author::Peer };
    Some(Stated { code, author })
}

/// Whether a link is the limit of a call that ran out.
pub(crate) fn is_deadline(link: &(dyn Error + 'static)) -> bool {
    link.is::<tonic::TimeoutExpired>()
}
