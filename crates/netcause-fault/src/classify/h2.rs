//! What h2's own error type says (h2 0.4): the reason of a reset or a goodbye, and the
//! error of the socket, which is not its source.

use std::error::Error;
use std::io;

use crate::Evidence;
use crate::downcast::downcast;

/// What an h2 error says of the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Http2Fact {
    /// The reason's number (RFC 9113 §7).
    code: u32,
    /// Whether it ended the connection, and not one stream alone.
    is_goodbye: bool,
}

impl Http2Fact {
    /// The fact as evidence.
    pub(crate) fn evidence(self) -> Evidence<'static> {
        match self.is_goodbye {
            true => Evidence::Goodbye(self.code),
            false => Evidence::StreamReset(self.code),
        }
    }
}

/// Reads a link of that type, if the peer sent a reason.
pub(crate) fn read(link: &(dyn Error + 'static)) -> Option<Http2Fact> {
    let error = downcast::<h2::Error>(link).filter(|error| error.is_remote())?;
    Some(Http2Fact { code: error.reason()?.into(), is_goodbye: error.is_go_away() })
}

/// The error of the socket inside.
pub(crate) fn io<'e>(link: &'e (dyn Error + 'static)) -> Option<&'e io::Error> {
    downcast::<h2::Error>(link)?.get_io()
}
