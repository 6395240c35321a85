//! The summary and the hint.

mod answer;
mod hint;
mod summary;
mod target;
mod words;

#[cfg(test)]
mod tests;

pub use self::hint::Hint;
pub use self::summary::Summary;
pub(crate) use self::words::TLS_REASONS;
