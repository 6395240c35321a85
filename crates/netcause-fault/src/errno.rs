//! Names and texts of operating system errors, without asking the C library.

/// The symbolic name of an error number.
pub(crate) fn name(code: i32) -> Option<&'static str> {
    match code {
        111 => Some("ECONNREFUSED"),
        _ => None,
    }
}
