//! The parts of the command that others use, too.

pub mod peers;
