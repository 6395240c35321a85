//! An error as one of a type, asked for cheaply.

use std::error::Error;

/// The error as one of that type. Its size is at hand, and hardly any two types share it;
/// its type is a call away.
pub(crate) fn downcast<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    if size_of_val(error) == size_of::<T>() { error.downcast_ref() } else { None }
}
